"""Asks the neural model about the unsure places of a scanned text, and makes edits of what is most probable there.

The text is rendered as it would be repaired, so that each place stands in a context that is as right as it can be.
Names and digits are treated with caution (:mod:`caution`).
"""

from collections.abc import Callable, Container, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import structs

from clean_news import edits as splicing
from clean_news.edits import Edit, replace
from clean_news.language.change_selection import SpanCandidates, TextSpan, top_candidates
from clean_news.language.neural.variant_scores import NeuralModel, log_probabilities
from clean_news.language.neural.variant_tree import Place as Variants
from clean_news.protection import merge_spans
from clean_news.rule_selection import is_off
from clean_news.stages import opinion_model
from clean_news.stages.ocr import long_s
from clean_news.stages.ocr.character_model import second_pass
from clean_news.stages.ocr.character_model.decoding import corrections
from clean_news.stages.ocr.character_model.weights import standard as character_model
from clean_news.stages.ocr.halves import in_one_line, is_half_of_word
from clean_news.stages.ocr.names import Page
from clean_news.stages.ocr.rule_of_change import rule_of
from clean_news.stages.ocr.second_opinion import weights
from clean_news.stages.ocr.second_opinion.caution import with_caution
from clean_news.stages.ocr.second_opinion.evidence import Evidence, evidence, log_share, with_scores
from clean_news.stages.ocr.second_opinion.places import Passes, Place, places_of
from clean_news.stages.ocr.second_opinion.ranking import confidence, probabilities, surety

if TYPE_CHECKING:
    from clean_news.settings import Settings

BEAMS = (1, 8)  # of the character model, which finds more texts than one pass needs
# Probabilities without the neural model: of any change, from which a place is asked about, and of a text, up to which;
# of the texts that are asked about, besides the one that stands there, and their number.
MIN_CHANGE, MAX_SURE = 0.05, 0.98
MIN_TEXT, MAX_TEXTS = 0.02, 5
TAIL_TOKENS = 6  # after a place, which a text has to fit: in a scan, what is further away is often misread
SHOWN_FROM = 0.5  # probability of a text from which the surroundings of other places have it
CONTEXT_CHARS = 30  # code points of context on either side in an edit's evidence


class Asked(NamedTuple):
    """What the stage proposes after a second opinion.

    Attributes:
        edits: its edits, ordered by position, without overlaps.
        facts: which model was asked about how many words, for the log.
    """

    edits: list[Edit]
    facts: dict[str, Any]


class Judged(NamedTuple):
    """A place that the neural model was asked about.

    Attributes:
        place: the place.
        priors: the probability of each text without the neural model.
        scores: natural log probability by the neural model of each text that it was asked about.
        found: the evidence for these.
    """

    place: Place
    priors: dict[str, float]
    scores: dict[str, float]
    found: dict[str, Evidence]


Priors = Callable[[Mapping[str, Evidence]], dict[str, float]]
"""The probabilities of the texts of a place without the neural model, from the evidence for them."""


def passes_of(
    text: str, changes: SpanCandidates, first: Sequence[Edit], edits: Sequence[Edit], settings: "Settings"
) -> Passes:
    """Collect what the passes found; the character model reads once more, for more texts.

    Args:
        text: the article.
        changes: the lattice's changes, with their probabilities.
        first: the edits of the first pass.
        edits: those of both passes.
        settings: the run's settings.
    """
    applied, output = ([edit for edit in some if second_pass.is_applied(edit, settings)] for some in (first, edits))
    reread, read = (corrections(each, character_model(), BEAMS) for each in (splicing.apply(text, applied), text))
    return Passes(text, changes, applied, edits, output, reread, read)


def ask(page: Page, passes: Passes, stays: Sequence[TextSpan], spun: Container[str], settings: "Settings") -> Asked:
    """Weigh what may stand at the unsure places of a scanned article again.

    Args:
        page: the article.
        passes: what the passes found in it.
        stays: spans that must not change.
        spun: the forms that article spinners write.
        settings: the run's settings.

    Raises:
        SettingsError: if the model cannot be opened.
    """
    model = opinion_model.standard(settings)
    long = [edit.span for edit in passes.edits if edit.rule == long_s.RULE]
    places = places_of(passes, merge_spans([*stays, *long]), spun)
    decided: list[Edit] = []
    asked: set[TextSpan] = set()
    for each in judged(page, passes, places, lambda found: probabilities(found, weights.BEFORE), model):
        own = _edits_of(each, page, passes, settings)
        if own is not None:
            decided += own
            asked |= {edit.span for edit in passes.edits if _overlap(edit.span, each.place.span)}
    found = [*(edit for edit in passes.edits if edit.span not in asked), *decided]
    return Asked(sorted(found, key=lambda edit: edit.span), opinion_model.facts(page.text, model))


def judged(page: Page, passes: Passes, places: Sequence[Place], priors: Priors, model: NeuralModel) -> list[Judged]:
    """Ask the neural model about the places at which the passes are unsure.

    Args:
        page: the article.
        passes: what the passes found in it.
        places: see :func:`.places_of`.
        priors: see :data:`Priors`.
        model: the neural model.
    """
    found = evidence_of(page, passes, places)
    before = [priors(each) for each in found]
    text, variants = _rendered(page.text, places, before)
    scores = log_probabilities(text, [each for each in variants if each is not None], model, TAIL_TOKENS)
    waiting = iter(scores)
    asked = []
    for place, own, prior, variant in zip(places, found, before, variants, strict=True):
        of_place = next(waiting) if variant is not None else ()
        if of_place:
            by_text = dict(zip(_asked_texts(place, prior), of_place, strict=True))
            asked.append(Judged(place, prior, by_text, with_scores(own, prior, by_text, place.kept)))
    return asked


def evidence_of(page: Page, passes: Passes, places: Sequence[Place]) -> list[dict[str, Evidence]]:
    """Collect the evidence for the texts of places, without the neural model's; arguments as of :func:`judged`."""
    spans = splicing.map_spans([place.span for place in places], passes.output)
    confidences = [
        max((edit.confidence for edit in passes.output if _overlap(edit.span, place.span)), default=0.0)
        for place in places
    ]
    return evidence(places, spans, splicing.apply(page.text, passes.output), confidences, page)


def _overlap(one: TextSpan, other: TextSpan) -> bool:
    """Whether two spans overlap."""
    return one[0] < other[1] and other[0] < one[1]


def _asked_texts(place: Place, prior: Mapping[str, float]) -> list[str]:
    """The texts of a place that are asked about, the one that its surroundings see first; none if it is sure."""
    best = max(prior, key=prior.__getitem__)
    if 1 - prior[place.kept] < MIN_CHANGE or (prior[best] > MAX_SURE and best == place.output):
        return []
    shown = _shown(place, prior)
    others = [text for text in prior if text != place.kept and prior[text] >= MIN_TEXT]
    others.sort(key=lambda text: -prior[text])
    return list(dict.fromkeys([shown, place.kept, *others[:MAX_TEXTS]]))


def _shown(place: Place, prior: Mapping[str, float]) -> str:
    """The text of a place that the surroundings of other places have."""
    best = max(prior, key=prior.__getitem__)
    return best if prior[best] >= SHOWN_FROM else place.kept


def _rendered(
    text: str, places: Sequence[Place], priors: Sequence[Mapping[str, float]]
) -> tuple[str, list[Variants | None]]:
    """Render a text as it would be repaired, in one line, with what is asked about each place; None for sure ones."""
    pieces: list[str] = []
    variants: list[Variants | None] = []
    at = length = 0
    for place, prior in zip(places, priors, strict=True):
        start, end = place.span
        texts = _asked_texts(place, prior)
        shown = texts[0] if texts else _shown(place, prior)
        pieces += (text[at:start], shown)
        length += start - at
        common = _shared_end(texts)
        shorter = [each[: len(each) - common].replace("\n", " ") for each in texts]
        variants.append(Variants(length, length + len(shown) - common, tuple(shorter[1:])) if len(texts) > 1 else None)
        length += len(shown)
        at = end
    return in_one_line("".join([*pieces, text[at:]])), variants


def _shared_end(texts: Sequence[str]) -> int:
    """The length of the whole words that texts have in common at their ends, with the space before them."""
    shared = 0
    limit = min(map(len, texts), default=0)
    while shared < limit and len({text[-1 - shared] for text in texts}) == 1:
        shared += 1
    space = texts[0].find(" ", len(texts[0]) - shared) if shared else -1
    return len(texts[0]) - space if space >= 0 else 0


def _edits_of(judged: Judged, page: Page, passes: Passes, settings: "Settings") -> list[Edit] | None:
    """The edits of a place after a second opinion; None if those of the passes stay.

    Args:
        judged: the place.
        page: the article.
        passes: what the passes found in it.
        settings: the run's settings.
    """
    place, priors, scores, found = judged
    after = probabilities(found, weights.AFTER)
    text = max((each for each in after if each != place.kept), key=after.__getitem__)
    sure = confidence(surety(after[text], after[place.kept], log_share(page)), weights.SURE)
    if sure < settings.suggest_from:
        return []
    own = [edit for edit in passes.output if _overlap(edit.span, place.span)] if text == place.output else []
    edits = [structs.replace(edit, confidence=sure, state="applied") for edit in own] or [
        _edit(place, text, sure, after, page)
    ]
    if any(is_off(edit.rule, settings) or is_half_of_word(edit, page.text) for edit in edits):
        return None
    cautious = [with_caution(edit, place.texts[text], page) for edit in edits]
    applied = all(second_pass.is_applied(edit, settings) for edit in cautious)
    opinions = opinion_model.opinions(
        priors[text], scores[text] - scores[place.kept], differ=applied != (text == place.output)
    )
    return [structs.replace(edit, evidence={**edit.evidence, opinion_model.EVIDENCE: opinions}) for edit in cautious]


def _edit(place: Place, text: str, sure: float, after: Mapping[str, float], page: Page) -> Edit:
    """The edit that writes a text at a place: of the first pass if the lattice has it, else of the second."""
    start, end, written = second_pass.trimmed(page.text, *place.span, text)
    before = page.text[start:end]
    candidates = top_candidates({each: own for each, own in after.items() if each != place.kept})
    context = page.text[max(0, start - CONTEXT_CHARS) : end + CONTEXT_CHARS]
    rule = rule_of(before, written) if place.texts[text].lattice else second_pass.RULE
    return replace(page.text, start, end, written, rule, sure, candidates=candidates, context=context)
