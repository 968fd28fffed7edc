"""Reverses synonym spinning with a noisy-channel model: a dictionary of synonyms and a news language model.

Documents that were not spun as a whole are not changed: an odd synonym in one of them is the author's choice.
"""

from collections import Counter, defaultdict
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from clean_news.edits import Edit, replace
from clean_news.settings import NO_SECOND_OPINION
from clean_news.stages import SOURCE_RULES, Proposal, Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clean_news.article import Article
    from clean_news.language.tokens import Sentence
    from clean_news.protection import Span
    from clean_news.settings import Settings
    from clean_news.stages.spin.readings import Readings
    from clean_news.stages.spin.repetitions import TokenSpan
    from clean_news.stages.spin.swap_rate import Decoded
    from clean_news.user_files import FileVersion

RULES = (
    Rule(
        "SPIN001",
        "Synonyms that an article spinner substituted are replaced by the original words.",
        before="The overseas ministry mentioned on Monday that the embassy would shut its doorways subsequent month.",
        after="The foreign ministry said on Monday that the embassy would shut its doors next month.",
        keeps=(
            "Her name was mentioned in a letter from a cousin who lives overseas.",
            "The price of a barrel of oil fell to $61 on Monday.",
        ),
        source="noisy channel over dictionaries/spin and the news language model (docs/how-it-works.md)",
    ),
)
SPUN_FROM = 0.5  # minimum probability of spinning from which a document is treated as spun
SPUN, GENUINE = "spun", "genuine"  # values of the document fact ``verdict``
MIN_POSTERIOR = 0.01  # of a reading, from which its replacement is considered
INDEFINITE_ARTICLES = {"a", "an"}  # agree with the next word, which the stage agreement sees to
MAX_ARTICLE_LETTERS = 2
CONTEXT_CHARS = 30  # code points of context on either side in an edit's evidence


class Examined(NamedTuple):
    """A decoded document.

    Attributes:
        sentences: its sentences.
        capitals: what :func:`readings.unreliable_capitals` gives for them.
        readings: all readings of it.
        decoded: their probabilities, and those of the document.
        named: the places of words that are repaired as part of a known name.
        texts: the replacements, which the readings name by number.
        user_files: the user dictionaries.
    """

    sentences: "list[Sentence]"
    capitals: list[list[bool]]
    readings: "Readings"
    decoded: "Decoded"
    named: "frozenset[TokenSpan]"
    texts: list[str]
    user_files: "tuple[FileVersion, ...]"


class WeighedEdits(NamedTuple):
    """The edits of a document that is treated as spun.

    Attributes:
        changes: what they were chosen from; see :func:`changes_of`.
        edits: the edits.
        facts: about the whole document, for the log.
    """

    changes: "dict[TokenSpan, dict[str, float]]"
    edits: list[Edit]
    facts: dict[str, Any] = {}  # noqa: RUF012  # never changed


def propose(article: "Article", settings: "Settings") -> Proposal:
    """Propose originals for spun words and phrases, if the document as a whole was spun.

    The document fact ``verdict`` says whether the document is treated as spun or as genuine, and ``spun`` is the
    probability that it was spun; see :class:`swap_rate.Decoded` for the others.

    Args:
        article: the article.
        settings: the run's settings.
    """
    from clean_news.stages.spin.first_look import first_look_at_document, reason_to_skip

    reason = reason_to_skip(article.text, settings)
    if reason:
        return Proposal([], held_off=reason)
    if settings.document == "auto":
        look = first_look_at_document(article.text, settings)
        if look.margin < 0:
            facts = {"verdict": GENUINE, "spun": 0.0, "suspicion": round(look.mean_log_ratio, 4)}
            return Proposal([], facts, held_off=look.held_off)
    examined = examine(article.text, settings, _taken_from_source(article))
    spun = 1.0 if settings.document == "spun" else examined.decoded.spun
    facts = _facts_of(examined.decoded, spun)
    if spun < SPUN_FROM:
        return Proposal([], facts, held_off=f"judged genuine (probability of spinning {spun:.3f})")
    weighed = weighed_edits(article.text, examined, settings, spun)
    return Proposal(weighed.edits, {**facts, **weighed.facts})


def _taken_from_source(article: "Article") -> "list[Span]":
    """The places of words that were taken from the article's source: they are right."""
    return [(repair.start, repair.end) for repair in article.repairs if repair.rule.startswith(SOURCE_RULES)]


def examine(text: str, settings: "Settings", kept: "Sequence[Span]" = ()) -> Examined:
    """Decode a document, whatever the first look says of it.

    Args:
        text: the document; it must contain a token.
        settings: the run's settings.
        kept: places where words were taken from the article's source: they are right, and were swapped.
    """
    from clean_news.language.tokens import sentences
    from clean_news.protection import merge_spans, protected_spans, protected_token_indices
    from clean_news.stages.spin import known_names, name_readings, spun_forms, swap_rate, user_dictionary
    from clean_news.stages.spin.name_support import with_name_costs
    from clean_news.stages.spin.readings import parts_of, readings_of, unreliable_capitals

    user_files = user_dictionary.files(settings.dictionary)
    found = sentences(text)
    count = sum(form[0].isalpha() for sentence in found for form in sentence.forms)
    guarded = protected_token_indices(found, merge_spans([*protected_spans(text, settings), *kept]))
    table = spun_forms.standard(user_files)
    capitals = unreliable_capitals(found)
    readings = readings_of(found, parts_of(text, found, capitals), table, capitals, guarded)
    texts = table.phrases.texts.interned
    names = name_readings.support_of(readings, found, texts, known_names.standard(), table.model)
    readings = with_name_costs(readings, found, capitals, table.model, names.bonus)
    if settings.quotes != "auto":
        readings = _by_quotes_setting(readings, settings.quotes)
    lengths = [len(sentence.forms) for sentence in found]
    decoded = swap_rate.decode(lengths, readings, count, table.model, table.lexicon, len(kept))
    return Examined(found, capitals, readings, decoded, names.places, texts, user_files)


def _facts_of(decoded: "Decoded", spun: float) -> dict[str, Any]:
    """The facts about the whole document for the log; the family only of one that is treated as spun."""
    facts = {
        "verdict": SPUN if spun >= SPUN_FROM else GENUINE,
        "spun": round(spun, 4),
        "swapped_share": round(decoded.share, 4),
        "gain": round(decoded.gain, 4),
        "swap_rates": {part: round(rate, 3) for part, rate in decoded.rates.items()},
    }
    if spun >= SPUN_FROM:
        family = max(decoded.families, key=decoded.families.__getitem__)
        facts["family"] = {family: round(decoded.families[family], 3)}
    return facts


def _by_quotes_setting(readings: "Readings", quotes: str) -> "Readings":
    """The readings with quotations kept unchanged (``keep``) or treated like the body (``repair``)."""
    import numpy as np

    from clean_news.stages.spin.readings import BODY, QUOTATION, without_readings

    quoted = readings.part == QUOTATION
    if quotes == "repair":
        return readings._replace(part=np.where(quoted, BODY, readings.part))
    return without_readings(readings, quoted & (readings.text >= 0))


def changes_of(examined: Examined) -> "dict[TokenSpan, dict[str, float]]":
    """Return the replacements that the readings propose for each span, with their calibrated probabilities.

    The posteriors of readings that amount to the same change are added before calibration, and the same change at
    several places is pooled. A pair that a user dictionary rejects is penalised.
    """
    import numpy as np

    from clean_news.stages.spin import calibration, user_dictionary
    from clean_news.stages.spin.repetitions import pooled

    found, readings, posterior = examined.sentences, examined.readings, examined.decoded.posterior
    likely = ((readings.text >= 0) & (posterior > MIN_POSTERIOR)).nonzero()[0]
    edges = readings.edges
    rows = zip(
        edges.sentence[likely].tolist(),
        edges.start[likely].tolist(),
        edges.end[likely].tolist(),
        readings.text[likely].tolist(),
        posterior[likely].tolist(),
        strict=True,
    )
    changes: dict[TokenSpan, dict[str, float]] = defaultdict(partial(defaultdict, float))
    texts = examined.texts
    for sentence, start, end, text, probability in rows:
        after = texts[text]
        if end == start + 1 and " " not in after:  # most are
            before = found[sentence].forms[start]
            if before != after and (len(after) > MAX_ARTICLE_LETTERS or _is_change(before, after)):
                changes[sentence, start, end][after] += probability
            continue
        for span, part in minimal_changes(found[sentence].forms, (sentence, start, end), after.split(" ")):
            changes[span][part] += probability
    rejections = user_dictionary.read(examined.user_files).rejections
    uncalibrated = [probability for afters in changes.values() for probability in afters.values()]
    calibrated = iter(calibration.standard().apply_to(np.array(uncalibrated)).tolist())
    calibrated_changes = pooled(
        {span: dict(zip(afters, calibrated, strict=False)) for span, afters in changes.items()},
        found,
        examined.capitals,
        examined.named,
    )
    if not rejections:
        return calibrated_changes
    return {
        (number, start, end): user_dictionary.penalise_rejected(
            " ".join(found[number].forms[start:end]), afters, rejections
        )
        for (number, start, end), afters in calibrated_changes.items()
    }


def weighed_edits(text: str, examined: Examined, settings: "Settings", spun: float) -> WeighedEdits:
    """Return the edits of a document that is treated as spun, after a second opinion if the settings ask for it.

    Args:
        text: the document.
        examined: its decoding.
        settings: the run's settings.
        spun: see :func:`chosen`.
    """
    changes = changes_of(examined)
    if settings.second_opinion == NO_SECOND_OPINION:
        return WeighedEdits(changes, chosen(text, examined.sentences, changes, settings.suggest_from, spun))
    from clean_news.stages.spin import asking

    asked = asking.ask(text, examined.sentences, examined.capitals, changes, settings)
    edits = chosen(text, examined.sentences, asked.changes, settings.suggest_from, spun)
    return WeighedEdits(asked.changes, asking.with_opinions(edits, asked, settings.apply_from), asked.facts)


def chosen(
    text: str,
    found: "list[Sentence]",
    changes: "dict[TokenSpan, dict[str, float]]",
    suggest_from: float,
    spun: float,
) -> list[Edit]:
    """Return the most probable change of each span, as edits that do not overlap.

    Args:
        text: the article.
        found: its sentences.
        changes: see :func:`changes_of`.
        suggest_from: minimum probability of a change.
        spun: probability that the document was spun; every change's probability is multiplied by it.
    """
    from clean_news.language import change_selection
    from clean_news.stages.spin.spacing import fitted

    curly = "’" in text
    calibrated = {
        (found[number].spans[start][0], found[number].spans[end - 1][1]): afters
        for (number, start, end), afters in changes.items()
    }
    edits = [
        replace(
            text,
            *span,
            spaced.replace("'", "’") if curly else spaced,
            "SPIN001",
            round(min(probability, 1.0), 4),
            candidates=change_selection.top_candidates(calibrated[span]),
            context=text[max(0, span[0] - CONTEXT_CHARS) : span[1] + CONTEXT_CHARS],
        )
        for span, after, probability in change_selection.likeliest_changes(calibrated, suggest_from, spun)
        if (spaced := fitted(text, span, after)) is not None
    ]
    return _with_repetitions(edits)


def _with_repetitions(edits: list[Edit]) -> list[Edit]:
    """The edits, with the number of repetitions in the evidence of those that occur more than once."""
    changes = [(edit.before.lower(), edit.after.lower()) for edit in edits]
    count = Counter(changes)
    found = []
    for edit, change in zip(edits, changes, strict=True):
        times = count[change]
        if times > 1:
            edit = msgspec.structs.replace(edit, evidence={**edit.evidence, "times_in_document": times})  # noqa: PLW2901
        found.append(edit)
    return found


def minimal_changes(forms: list[str], span: "TokenSpan", words: list[str]) -> "list[tuple[TokenSpan, str]]":
    """Split the replacement of a span by ``words`` into minimal changes, without unchanged words.

    With as many words as tokens, each word is a change of its own: the reading ``last year`` of ``final yr`` also
    supports ``final`` → ``last`` by itself, and the same repair must not be counted as two different changes.
    """
    sentence, start, end = span
    if len(words) != end - start:
        from clean_news.language.change_selection import common_affix_lengths

        prefix, suffix = common_affix_lengths(words, forms[start:end])
        return [((sentence, start + prefix, end - suffix), " ".join(words[prefix : len(words) - suffix]))]
    return [
        ((sentence, at, at + 1), word)
        for at, word in zip(range(start, end), words, strict=True)
        if _is_change(forms[at], word)
    ]


def _is_change(before: str, after: str) -> bool:
    """Whether a word is replaced by another one; ``a`` and ``an`` are one word."""
    return before != after and not (after.lower() in INDEFINITE_ARTICLES and before.lower() in INDEFINITE_ARTICLES)
