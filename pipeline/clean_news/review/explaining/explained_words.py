"""Says why the stage ``spin`` kept or changed the words of an article, for ``clean-news explain ARTICLE:WORD``.

Words that the stage ``source`` changed before are named with their source.
"""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

import msgspec

from clean_news import edits as splicing
from clean_news.change_log import StageLog
from clean_news.change_log.detail import CANDIDATES, evidence_shown
from clean_news.edits import Edit, proposed_text
from clean_news.language.tokens import FOLDED_PUNCTUATION, TOKEN
from clean_news.printable_text import visible
from clean_news.provenance import provenance
from clean_news.review.explaining.named_articles import ArticleNameError, NamedArticle
from clean_news.review.explaining.text_views import POSITION, TextView
from clean_news.review.explaining.words_from_source import FromSource, SourceWords, source_blocks, words_from_source
from clean_news.rule_selection import apply_from, is_off
from clean_news.settings import Settings
from clean_news.stages.spin import kept_words
from clean_news.stages.spin.kept_words import Candidate, Verdict, Word

STAGE, RULE = "spin", "SPIN001"
MAX_CANDIDATES = 4  # shown for a word
MIN_SHOWN_PROBABILITY = 0.0005  # of a candidate after the first
MIN_SHOWN_FAMILY = 0.01
BARRED = {
    kept_words.PROTECTED: "protected by a setting or a reviewer, or part of an address",
    kept_words.QUOTED: 'in a quotation, which quotes = "keep" leaves as it is',
}


def explanation(named: NamedArticle) -> Iterator[str]:
    """Yield the lines that explain an article: its verdict, and the words that are asked about.

    If no word is asked about, these are all that were changed, and all that were kept although a candidate was
    considered.

    Args:
        named: the article and the word.

    Raises:
        ArticleNameError: if the word does not occur in the article.
        LogError: if the article's log cannot be inverted.
    """
    settings = named.settings
    number, stage = _stage_of(named)
    view = TextView(named.text, named.log, number, named.is_clean)
    weighed = kept_words.weigh(view.received, settings)
    source = words_from_source(named.text, named.log, number)
    of_source = _source_words_asked(named.word, view, source) if named.word else source.edits
    # A word that came from a source is explained by it, unless the stage changed it once more.
    taken = [each.span for each in source.edits if each.edit.state == "applied"]
    free = [word for word in weighed.words if not _overlaps(word.span, taken) or _is_changed(word, stage.edits)]
    asked = _words_asked(named, view, free, stage.edits, bool(of_source)) if named.word else None
    yield visible(named.place)
    yield from _verdict_lines(weighed.verdict, settings)
    if stage.failed is not None:
        yield f"  the stage {STAGE} failed on it: {visible(stage.failed)}"
    if _is_outdated(named):
        yield "  its log is of another version, other settings or other dictionaries; the figures are today's"
    if source.used:
        yield f"  source: {source.used}"
    if asked is None and not weighed.verdict.is_spun:
        yield from source_blocks(of_source, view)
        return
    shown = free if asked is None else asked
    if shown and not weighed.verdict.is_spun:
        what = "no other word" if source.used else "no word"
        yield f"  {what} of an article that was not spun is changed; the figures are those it would have if it were"
    yield from source_blocks(of_source, view)
    yield from _word_blocks(shown, stage.edits, view, settings, asked is not None)


def _stage_of(named: NamedArticle) -> tuple[int, StageLog]:
    """The stage in the log, with its index.

    Raises:
        ArticleNameError: if it did not run.
    """
    for number, stage in enumerate(named.log.stages):
        if stage.name == STAGE:
            return number, stage
    reason = named.log.note or f"the stage {STAGE} did not run on it; let it run"
    raise ArticleNameError(f"{named.place}: {reason}")


def _is_outdated(named: NamedArticle) -> bool:
    """Whether the log of an article was written by another version, or with other settings or dictionaries.

    The setting ``log-detail`` may differ: it changes no figure.
    """
    log = named.log
    now = provenance(msgspec.structs.replace(named.settings, log_detail=log.detail))
    return (log.version, log.settings_sha256, log.dictionaries) != (now.version, now.settings_sha256, now.dictionaries)


def _verdict_lines(verdict: Verdict, settings: Settings) -> Iterator[str]:
    """Yield how the document was judged, with the figures and the thresholds."""
    decoded = verdict.decoded
    if decoded is None:
        yield f"  not treated as spun: {verdict.reason}"
        return
    if settings.document == "spun":
        yield "  treated as spun: declared spun by the setting document"
    elif verdict.is_spun:
        yield f"  judged spun, with probability {decoded.spun:.3f}"
    elif verdict.first_look and verdict.first_look.mean_log_ratio < verdict.first_look.threshold:
        yield "  judged genuine by the first look at its words"
    else:
        yield f"  judged genuine: the probability that it was spun is {decoded.spun:.3f}"
    if verdict.first_look:
        look = verdict.first_look
        yield f"  first look: {look.mean_log_ratio:.3f}; articles of this length are decoded from {look.threshold:.3f}"
    yield (
        f"  share of its distinct words that were swapped: {decoded.share:.3f}; "
        f"speaks for spinning above {verdict.min_share:.3f}"
    )
    yield f"  gain in nats per word: {decoded.gain:.3f}; speaks for spinning above {verdict.min_gain:.3f}"
    if not verdict.is_spun:
        return
    families = sorted(decoded.families.items(), key=lambda item: -item[1])
    shown = [f"{name} {share:.2f}" for name, share in families if share >= MIN_SHOWN_FAMILY]
    yield f"  family of spinners: {', '.join(shown)}"
    yield f"  swap rates: {', '.join(f'{part} {rate:.3f}' for part, rate in decoded.rates.items())}"
    yield f"  edits are applied from confidence {_threshold(settings):g}, suggested from {settings.suggest_from:g}"


def _threshold(settings: Settings) -> float:
    """The confidence from which the stage's edits are applied."""
    of_rule = apply_from(RULE, settings)
    return settings.apply_from if of_rule is None else of_rule


def _overlaps(span: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    """Whether a span overlaps one of others."""
    return any(span[0] < end and start < span[1] for start, end in others)


def _is_changed(word: Word, edits: Iterable[Edit]) -> bool:
    """Whether the stage changed a word."""
    return _overlaps(word.span, (edit.span for edit in edits if edit.state == "applied"))


def _source_words_asked(word: str, view: TextView, source: SourceWords) -> list[FromSource]:
    """The edits of the stage ``source`` that are asked about: by position, by what it received, or by what it wrote."""
    if not source.edits:
        return []
    if position := POSITION.fullmatch(word):
        span = view.received_span(*map(int, position.groups()))
        spans = [span] if span else []
    else:
        wanted = _folded(TOKEN.findall(word))
        found = (_occurrences(wanted, text, _tokens(text)) for text in (source.received, view.received))
        before, after = found if wanted else ([], [])
        spans = [*source.mapped(before), *after]
    return [each for each in source.edits if each.overlaps(spans)]


def _tokens(text: str) -> list[tuple[int, int]]:
    """The spans of the tokens of a text."""
    return [match.span() for match in TOKEN.finditer(text)]


def _words_asked(
    named: NamedArticle, view: TextView, words: Sequence[Word], edits: Sequence[Edit], is_of_source: bool
) -> Sequence[Word]:
    """The words that are asked about: by position, by what the stage received, or by what it wrote.

    Raises:
        ArticleNameError: if there is none, nor one of the source.
    """
    if position := POSITION.fullmatch(named.word):
        span = view.received_span(*map(int, position.groups()))
        found = [word for word in words if span and word.span[0] < span[1] and span[0] < word.span[1]]
        if not found and (words or span is None) and not is_of_source:
            raise ArticleNameError(f"{named.place}: there is no word at {named.word}; count lines and columns from 1")
        return found
    wanted = _folded(TOKEN.findall(named.word))
    if not wanted:
        raise ArticleNameError(f"{named.place}: {visible(named.word)}: is not a word; name one, or LINE:COLUMN")
    received = [word.span for word in words]
    spans = _occurrences(wanted, view.received, received)
    written = splicing.apply(view.received, edits)
    found_in_written = _occurrences(wanted, written, _tokens(written))
    spans += splicing.map_spans(found_in_written, splicing.invert(edits))
    if not spans and words and not is_of_source:
        near = get_close_matches(wanted[0], sorted({*_folded(TOKEN.findall(view.received + "\n" + written))}), n=1)
        hint = f"did you mean {near[0]}?" if near else "name one that does, or LINE:COLUMN"
        raise ArticleNameError(f"{named.place}: {visible(named.word)} does not occur in it; {hint}")
    asked = {at for span in spans for at in range(*span)}
    return [word for word in words if not asked.isdisjoint(range(*word.span))]


def _occurrences(wanted: Sequence[str], text: str, tokens: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in a text at which words occur in a row.

    Args:
        wanted: the words, folded.
        text: the text.
        tokens: the spans of its tokens; punctuation marks are ignored.
    """
    spans = [(start, end) for start, end in tokens if text[start].isalnum()]
    forms = _folded(text[start:end] for start, end in spans)
    return [
        (spans[at][0], spans[at + len(wanted) - 1][1])
        for at in range(len(forms) - len(wanted) + 1)
        if forms[at : at + len(wanted)] == wanted
    ]


def _folded(forms: Iterable[str]) -> list[str]:
    """Tokens in lower case with straight apostrophes, without punctuation marks."""
    return [form.translate(FOLDED_PUNCTUATION).lower() for form in forms if form[0].isalnum()]


def _word_blocks(
    words: Iterable[Word], edits: Sequence[Edit], view: TextView, settings: Settings, all_words: bool
) -> Iterator[str]:
    """Yield the lines about each word; a change of several words is explained once.

    Args:
        words: the words, in order.
        edits: the logged edits of the stage.
        view: where they are.
        settings: the thresholds.
        all_words: whether words are included that were kept without a candidate that was considered.
    """
    ordered = sorted(edits, key=lambda edit: (edit.state != "applied", edit.span))
    logged_at: dict[int, Edit] = {}  # by offset; an applied edit before others
    for edit in ordered:
        for at in range(*edit.span):
            logged_at.setdefault(at, edit)
    chosen: dict[tuple[int, int], tuple[Word, Edit | None]] = {}
    for word in words:
        logged = next((logged_at[at] for at in range(*word.span) if at in logged_at), None)
        if logged is not None and logged.state == "applied":
            chosen.setdefault(logged.span, (word, logged))
        elif all_words or word.is_suspicious:
            chosen.setdefault(word.span, (word, logged))
    places = view.locate(list(chosen))
    for (line, column), (word, logged) in zip(places, chosen.values(), strict=True):
        yield ""
        lines = (
            _change_lines(logged)
            if logged is not None and logged.state == "applied"
            else _kept_lines(word, logged, settings)
        )
        yield f"{line}:{column} {next(lines)}"
        yield from lines


def _change_lines(edit: Edit) -> Iterator[str]:
    """Yield what the log says of an applied edit."""
    yield f"{visible(edit.before)}: changed to {visible(edit.after)}, confidence {_rounded(edit)}"
    # Logs that are not full have no candidates where there is only the one that was chosen.
    candidates = evidence_shown(edit).get(CANDIDATES) or {proposed_text(edit): edit.confidence}
    if isinstance(candidates, dict):
        for after, probability in candidates.items():
            if isinstance(probability, int | float):
                yield f"  {visible(edit.before)} → {visible(after)}: {probability:.4f}"


def _rounded(edit: Edit) -> str:
    """The confidence, truncated to four decimals: .99999 is not 1."""
    return f"{int(edit.confidence * 10_000) / 10_000:g}"


def _kept_lines(word: Word, logged: Edit | None, settings: Settings) -> Iterator[str]:
    """Yield why a word was kept, and the best candidates."""
    where = "" if word.part == "body" else f" ({word.part})"
    yield f"{visible(word.text)}{where}: kept; the probability of keeping it was {word.kept:.3f}"
    if word.barred:
        yield f"  {BARRED[word.barred]}"
    elif not word.candidates:
        yield "  the dictionaries have no original for it that the language model knows"
    for number, candidate in enumerate(word.candidates[:MAX_CANDIDATES]):
        if number and candidate.posterior < MIN_SHOWN_PROBABILITY:
            break
        reason = _rejection(logged) if _is_of(logged, candidate) else _reason(candidate, settings)
        confidence = "" if candidate.confidence is None else f", confidence {candidate.confidence:.3f}"
        yield (
            f"  {visible(candidate.before)} → {visible(candidate.after)}: "
            f"probability {candidate.posterior:.3f}{confidence}: {reason}"
        )


def _is_of(logged: Edit | None, candidate: Candidate) -> bool:
    """Whether the logged edit is the rejected one of a candidate."""
    return (
        logged is not None
        and logged.state == "rejected"
        and candidate.edit is not None
        and candidate.edit.span == logged.span
    )


def _rejection(logged: Edit | None) -> str:
    """Why a rejected edit was not made."""
    return "rejected by a reviewer" if logged is not None else ""


def _reason(candidate: Candidate, settings: Settings) -> str:
    """Why a candidate did not replace its word."""
    threshold = _threshold(settings)
    if candidate.confidence is None:
        return "too improbable to be considered"
    if is_off(RULE, settings):
        return f"the rule {RULE} is switched off"
    if candidate.confidence < settings.suggest_from:
        return f"under {settings.suggest_from:g}, so it is not even suggested"
    if candidate.displaced_by is not None:
        other = candidate.displaced_by
        return f"a more probable change is at the same place: {visible(other.before)} → {visible(other.after)}"
    if candidate.edit is None:
        return "it would break a contraction"
    if candidate.confidence < threshold:
        return f"under {threshold:g}, so it is only suggested" if threshold <= 1 else "the rule's edits are suggested"
    return "it is applied with the present settings"
