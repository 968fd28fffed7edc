"""Stage ``ocr``: correct OCR errors in scanned texts, with a noisy channel model.

Similar words are the candidates; the confusion table and the language model score them. Texts that were never
scanned are skipped: an unknown word there is a name, a new word or a joke.
"""

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from clean_news.edits import Edit, replace
from clean_news.rule_selection import is_off
from clean_news.settings import NO_SECOND_OPINION
from clean_news.stages import Proposal, Rule

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from clean_news.article import Article, ScannedWord
    from clean_news.language.change_selection import TextSpan
    from clean_news.language.tokens import Sentence
    from clean_news.settings import Settings
    from clean_news.stages.ocr.names import Page
    from clean_news.stages.ocr.readings import Reading
    from clean_news.stages.spin.phrase_hashes import HashTable

SOURCE = "noisy channel over dictionaries/ocr and the news language model (docs/how-it-works.md)"
RULES = (
    Rule(
        "OCR001",
        "A misread word in a scanned text is corrected, based on its context and the shapes of its letters.",
        before="Tho steamer was to leavo tlie wharf at noon, nnd the mail was put on board by tbe pilot.",
        after="The steamer was to leave the wharf at noon, and the mail was put on board by the pilot.",
        keeps=(
            "The gaoler was paid by instalments to-day, and would shew the waggon to Bro. Millett and Cpl. Sharpe.",
            "The didgeridoo and the chakalaka were a hit at the braai, he said on Monday.",
        ),
        source=SOURCE,
    ),
    Rule(
        "OCR002",
        "Two words that OCR ran together are separated.",
        before="The members ofthe council met at the hall inthe evening to hear the report.",
        after="The members of the council met at the hall in the evening to hear the report.",
        keeps=("The undermentioned goods were put on board in the forenoon by the storekeeper.",),
        source=SOURCE,
    ),
    Rule(
        "OCR003",
        "A word that OCR split in two is joined.",
        before="The council met at the hall to hear the re port of the com mittee on the bridge.",
        after="The council met at the hall to hear the report of the committee on the bridge.",
        keeps=("It may be that he was at home for ever so long.",),
        source=SOURCE,
    ),
    Rule(
        "OCR004",
        "Noise that was read as a punctuation mark or a letter next to a word is removed.",
        before="The farmer sold his mangelwurzels ' at the yards and went .home with the squatter.",
        after="The farmer sold his mangelwurzels at the yards and went home with the squatter.",
        keeps=("He said it was 'the best of times' and left. It was not.",),
        source=SOURCE,
    ),
    Rule(
        "OCR005",
        "A long s (ſ), or the f that was read for it, is replaced by s in old print.",
        before="The Houfe refolved that the fame fhould be publifhed, with the Affiftance of the Prefs.",
        after="The House resolved that the same should be published, with the Assistance of the Press.",
        keeps=("His fame was found in fine fish and a sour fig, and he paid the fee for it.",),
        source=SOURCE,
    ),
    Rule(
        "OCR006",
        "What the other rules leave misread is corrected letter by letter, by a small neural model of scanned print.",
        before="The members met at the hall to hear the report ofthc council on the bridge.",
        after="The members met at the hall to hear the report of the council on the bridge.",
        keeps=(
            "The gaoler was paid by instalments to-day, and would shew the waggon to Bro. Millett and Cpl. Sharpe.",
        ),
        source="edit tagger trained on period print with noise and on scans (CONTRIBUTING.md, “The character model”)",
    ),
)
CLEAR_PROBABILITY = 0.9  # from which a misreading is clear
MODEL_WEIGHT = 0.7  # of language model log probabilities relative to costs; 0.5 to 1 differ little on ocr-train
CONTEXT_CHARS = 30  # code points of context on either side in an edit's evidence
MIN_POSTERIOR = 0.001  # readings of lower probability are ignored
MIN_CHANGE_POSTERIOR = 0.02  # of a change; less likely ones are no suggestions either


def propose(article: "Article", settings: "Settings") -> Proposal:
    """Propose corrections of the misread words of a scanned article.

    The document fact ``scanned`` is the probability that it was scanned, which is computed from ``unknown_share`` and,
    if that leaves a doubt, from the number of ``clear_misreadings``.
    """
    from clean_news.language import english
    from clean_news.protection import merge_spans, protected_spans
    from clean_news.stages.ocr import long_s, scan_gate

    reason = english.length_reason(article.text, settings.min_words, settings.max_words)
    if reason:
        return Proposal([], held_off=reason)
    foreign = english.not_english_reason(article.text[: english.SAMPLE_CHARS])
    if foreign and not scan_gate.is_english_list(article.text):
        return Proposal([], held_off=foreign)
    words = english.word_count(article.text)
    letters = _long_s_letters(article.text, settings)
    text = article.text.replace("ſ", "s") if letters else article.text  # of the same length
    look = _first_look(text, words, foreign)
    facts = look.facts
    if look.reason:
        return Proposal(letters, facts, held_off=None if letters else look.reason)
    from clean_news.stages.ocr import names
    from clean_news.stages.spin import lexicon_building, user_dictionary
    from clean_news.stages.spin.first_look import may_be_spun

    spun = lexicon_building.standard(user_dictionary.files(settings.dictionary)).inverse
    protected = merge_spans([*protected_spans(article.text, settings), *look.foreign])
    changes = _scored_changes(text, protected, spun, scan_gate.misreading_penalty(look.share), article.words)
    likely = _likeliest_edits(article.text, changes)
    page = names.page_of(article.text, look.share)
    edits = _with_confidences(likely, page, settings.suggest_from)
    if look.share < look.sure:
        clear = _clear_misreadings(likely)
        scanned = scan_gate.is_confirmed(clear, words, may_be_spun=may_be_spun(article.text, settings))
        probability = scan_gate.CONFIRMED_PROBABILITY if scanned else scan_gate.UNCONFIRMED_PROBABILITY
        facts |= {"scanned": probability, "clear_misreadings": clear}
        if not scanned and letters:
            return Proposal(letters, facts)
        if not scanned:
            return Proposal([], facts, held_off=f"judged never scanned ({clear} clear misreadings of common words)")
    kept = [edit for edit in edits if not is_off(edit.rule, settings)]
    found = long_s.combined(letters, kept, settings.apply_from)
    stays = [*protected, *(edit.span for edit in edits if is_off(edit.rule, settings))]
    reread = _reread(page, found, stays, spun, settings)
    if not _wants_second_opinion(settings):
        return Proposal(reread, facts)
    from clean_news.stages.ocr.second_opinion import asking

    passes = asking.passes_of(page.text, changes, found, reread, settings)
    asked = asking.ask(page, passes, stays, spun, settings)
    return Proposal(asked.edits, facts | asked.facts)


class _FirstLook(NamedTuple):
    """What the unknown words of a text say of it.

    Attributes:
        share: their share; see :func:`scan_gate.unknown_share`.
        sure: the share from which it surely was scanned.
        foreign: the spans of its lines in other languages.
        facts: for the log.
        reason: why it is left alone; empty if it may have been scanned.
    """

    share: float
    sure: float
    foreign: "list[TextSpan]"
    facts: dict[str, Any]
    reason: str


def _first_look(text: str, words: int, foreign: str | None) -> _FirstLook:
    """Look at the unknown words of a text, apart from those in lines in other languages.

    Args:
        text: the text.
        words: their number.
        foreign: why the text is not English, if it may be a list of names.
    """
    from clean_news.language import english
    from clean_news.stages.ocr import scan_gate, spellings

    is_list = foreign is not None
    minimum = scan_gate.min_share(words, is_list=is_list)
    unknown, lines = scan_gate.unknown(text), []
    if unknown.share >= minimum and not is_list:
        lines = english.foreign_lines(text)
        if lines:
            begins, ends = [0, *(end for _, end in lines)], [*(start for start, _ in lines), len(text)]
            unknown = scan_gate.unknown("".join(text[begin:end] for begin, end in zip(begins, ends, strict=True)))
    share = unknown.share
    facts: dict[str, Any] = {
        "scanned": round(scan_gate.scanned_probability(share), 4),
        "unknown_share": round(share, 4),
    }
    if share < minimum:
        reason = foreign or f"judged never scanned ({share:.1%} unknown words)"
        return _FirstLook(share, minimum, lines, facts, reason)
    spelling = spellings.own_spelling(unknown.words)
    sure = scan_gate.sure_share(words, len(unknown.words), is_list=is_list)
    if not spelling:
        return _FirstLook(share, sure, lines, facts, "")
    facts = {**facts, "scanned": scan_gate.UNCONFIRMED_PROBABILITY, "spelling": spelling}
    return _FirstLook(share, sure, lines, facts, f"judged {spelling}, whose words look misread")


def _long_s_letters(text: str, settings: "Settings") -> list[Edit]:
    """The edits of the long s (ſ) of a text, without those in protected spans or if their rule is off."""
    from clean_news.protection import protected_spans
    from clean_news.stages.ocr import long_s

    letters = [] if is_off(long_s.RULE, settings) else long_s.letter_edits(text)
    if not letters:
        return []
    protected = protected_spans(text, settings)
    return [edit for edit in letters if not any(start <= edit.start < end for start, end in protected)]


def _wants_second_opinion(settings: "Settings") -> bool:
    """Whether a second opinion is asked for; without the second pass, half of what may stand at a place is missing."""
    from clean_news.stages.ocr.character_model import second_pass

    return settings.second_opinion != NO_SECOND_OPINION and not is_off(second_pass.RULE, settings)


def _reread(
    page: "Page",
    edits: "list[Edit]",
    stays: "Sequence[TextSpan]",
    spun: "Container[str]",
    settings: "Settings",
) -> "list[Edit]":
    """The edits after the second pass, unless its rule is off.

    Args:
        page: the article.
        edits: the edits of the first pass.
        stays: places that must not change: what is protected, and what a rule that is off would change.
        spun: the forms that article spinners write.
        settings: the run's settings.
    """
    from clean_news.protection import merge_spans
    from clean_news.stages.ocr import names
    from clean_news.stages.ocr.character_model import second_pass

    if is_off(second_pass.RULE, settings):
        return edits
    supportable = {edit.span for edit in edits if names.may_be_supported(edit, page)}
    found = second_pass.second_pass(page.text, edits, merge_spans(stays), spun, settings, supportable)
    own = {edit.span: edit for edit in found if edit.rule == second_pass.RULE}
    own |= {edit.span: edit for edit in names.without_invented_names(own.values(), page)}
    return [own.get(edit.span, edit) for edit in found]


def _clear_misreadings(edits: "Sequence[Edit]") -> int:
    """Count the distinct unknown words that, by the posterior, are certainly misreadings of very common words."""
    from clean_news.language import vocabulary
    from clean_news.stages.ocr.candidates import COMMON

    known = vocabulary.standard()
    return len(
        {
            (edit.before, edit.after)
            for edit in edits
            if edit.evidence["posterior"] >= CLEAR_PROBABILITY
            and edit.before.lower() not in known.words
            and edit.after.isalpha()
            and edit.after.islower()
            and known.log_probability(edit.after) >= COMMON
        }
    )


def _scored_changes(
    text: str,
    protected: "Sequence[TextSpan]",
    spun: "HashTable",
    penalty: float,
    words: "Sequence[ScannedWord]" = (),
) -> "dict[TextSpan, dict[str, float]]":
    """Compute the posterior probabilities of changes.

    Args:
        text: the text of the article.
        protected: protected spans, in order and without overlaps.
        spun: the forms that article spinners write.
        penalty: additional cost of each misreading, in nats.
        words: the words as the scanner read them, with its confidences.

    Returns:
        For each span, the probabilities of its replacement texts.
    """
    import numpy as np

    from clean_news.language import forward_backward, lattice
    from clean_news.language.tokens import sentences
    from clean_news.protection import protected_token_indices
    from clean_news.stages.ocr.halves import in_one_line
    from clean_news.stages.ocr.readings import context_of, readings_of
    from clean_news.stages.ocr.suspects import rare_forms

    found = sentences(in_one_line(text))
    context = context_of(text, found, spun)
    spun.remember(rare_forms(context.counts, context.model))
    by_sentence = readings_of(found, context, protected_token_indices(found, protected))
    readings = [reading for own in by_sentence for reading in own]
    edges = lattice.edge_arrays(by_sentence)
    built = lattice.build([len(sentence.forms) for sentence in found], edges)
    scores = np.array([-reading.cost - penalty * (reading.text is not None) for reading in readings])
    if any(word.confidence is not None for word in words):
        scores -= _confidence_costs(text, words, found, readings)
    _, posterior = forward_backward.decode(built, context.model, scores, MODEL_WEIGHT)
    return _by_span(found, readings, posterior.edges.tolist())


def _confidence_costs(
    text: str, words: "Sequence[ScannedWord]", sentences: "list[Sentence]", readings: "list[Reading]"
) -> "list[float]":
    """Return for each reading what the scanner's confidence in the words that it changes adds to its cost, in nats."""
    from clean_news.language import vocabulary
    from clean_news.stages.ocr.scanner_confidence import ChangeCosts

    costs = ChangeCosts(text, words, vocabulary.standard().words)
    spans = [sentence.spans for sentence in sentences]
    return [
        0.0
        if reading.text is None
        else costs.of(spans[reading.sentence][reading.start][0], spans[reading.sentence][reading.end - 1][1])
        for reading in readings
    ]


def _by_span(
    found: "list[Sentence]", readings: "list[Reading]", posterior: list[float]
) -> "dict[TextSpan, dict[str, float]]":
    """Sum the probabilities of the readings of each span by replacement text."""
    changes: dict[TextSpan, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for reading, probability in zip(readings, posterior, strict=True):
        if reading.text is not None and probability > MIN_POSTERIOR:
            spans = found[reading.sentence].spans
            span = (spans[reading.start][0], spans[reading.end - 1][1])
            changes[span][reading.text] += probability
    return {span: _with_case_merged(texts) for span, texts in changes.items()}


def _with_case_merged(texts: dict[str, float]) -> dict[str, float]:
    """Merge texts that differ only in case into the most likely one, with the sum of their probabilities.

    Otherwise a word whose letters are certain but whose case is not would not be corrected.

    >>> _with_case_merged({"they": 0.5, "They": 0.25, "then": 0.125})
    {'they': 0.75, 'then': 0.125}
    """
    together: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        together[text.lower()].append(text)
    return {max(same, key=texts.__getitem__): sum(map(texts.__getitem__, same)) for same in together.values()}


def _likeliest_edits(text: str, changes: "dict[TextSpan, dict[str, float]]") -> list[Edit]:
    """Return the most likely change of each span as an edit without its confidence, without overlaps.

    Args:
        text: the text of the article.
        changes: see :func:`_scored_changes`.
    """
    from clean_news.language import change_selection
    from clean_news.stages.ocr.rule_of_change import rule_of

    edits = [
        replace(
            text,
            *span,
            after,
            rule_of(text[slice(*span)], after),
            posterior=round(min(probability, 1.0), 6),
            candidates=change_selection.top_candidates(changes[span]),
            context=text[max(0, span[0] - CONTEXT_CHARS) : span[1] + CONTEXT_CHARS],
        )
        for span, after, probability in change_selection.likeliest_changes(changes, MIN_CHANGE_POSTERIOR)
    ]
    return sorted(edits, key=lambda edit: edit.span)


def _with_confidences(likely: "Sequence[Edit]", page: "Page", suggest_from: float) -> list[Edit]:
    """Return the edits with their confidences, and names without support as suggestions.

    Args:
        likely: see :func:`_likeliest_edits`.
        page: the article.
        suggest_from: minimum confidence of an edit.
    """
    from clean_news.stages.ocr import confidence, names
    from clean_news.stages.ocr.halves import is_half_of_word

    found = names.without_invented_names(confidence.calibrated(likely, page), page)
    return [edit for edit in found if edit.confidence >= suggest_from and not is_half_of_word(edit, page.text)]
