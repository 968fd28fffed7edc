"""Choose the reading of each part of a text that the character model doubts, by the language model too.

The character model sees letters, the language model words: a reading that both like is chosen, and how sure it is
follows from both (:mod:`.confidence`).
"""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import NamedTuple

from clean_news.language.context_fit import Place, fits, tokens_around
from clean_news.language.model_mixture import NgramModel
from clean_news.stages.ocr import names, scan_gate
from clean_news.stages.ocr.character_model import confidence
from clean_news.stages.ocr.character_model.confidence import Context, Evidence
from clean_news.stages.ocr.character_model.decoding import Correction
from clean_news.stages.ocr.names import Page

MIN_READING_PROBABILITY = 0.005  # of a reading, by the character model alone; lower ones are not looked at
MAX_FACT_CONFIDENCE = 0.49  # of a reading that writes a digit or a new name, or changes a known one: a suggestion
MAX_CANDIDATES = 4  # in an edit's evidence
HYPHEN = re.compile(r"[-¬\u00ad]\s*")


class Chosen(NamedTuple):
    """The reading that is chosen for a part of a text.

    Attributes:
        start: offset of the part in code points.
        end: its exclusive end.
        after: the reading.
        is_fact: whether it writes a digit or a new name, or changes a known one.
        evidence: what speaks for and against it.
        confidence: the probability that it is right, 0–1; of facts, at most :data:`MAX_FACT_CONFIDENCE`.
        candidates: the character model's probability of each of the best readings.
    """

    start: int
    end: int
    after: str
    is_fact: bool
    evidence: Evidence
    confidence: float
    candidates: dict[str, float]


def chosen_readings(
    text: str, found: Sequence[Correction], model: NgramModel, spun: Container[str] = ()
) -> list[Chosen]:
    """Choose a reading for each part that has one which may be right.

    Args:
        text: the text, as the first pass leaves it.
        found: the readings of the parts that the character model doubts.
        model: the language model of the text's age.
        spun: the forms that article spinners write, in lower case.
    """
    page = names.page_of(text, scan_gate.unknown_share(text), model)
    chosen = (_chosen(page, correction, contexts) for correction, contexts in _with_contexts(page, found, spun))
    return [each for each in chosen if each is not None]


def _with_contexts(
    page: Page, found: Sequence[Correction], spun: Container[str]
) -> Iterator[tuple[Correction, dict[str, Context]]]:
    """Yield the corrections, each with its readings that may be right and how they fit their context."""
    possible = [
        [
            after
            for after, probability in readings.items()
            if _may_be_right(page.text[start:end], after, probability, spun)
        ]
        for start, end, readings in found
    ]
    asked = [(correction, own) for correction, own in zip(found, possible, strict=True) if own]
    scored = _contexts_of(page, [(correction.start, correction.end, own) for correction, own in asked])
    for (correction, _), contexts in zip(asked, scored, strict=True):
        yield correction, contexts


def _contexts_of(page: Page, places: Sequence[tuple[int, int, Sequence[str]]]) -> Iterator[dict[str, Context]]:
    """Yield how readings fit their context, by reading, for each of several places: start, exclusive end, readings."""
    asked: list[Place] = []
    for start, end, readings in places:
        left, right = tokens_around(page.text, start, end)
        asked += [Place(left, words, right) for words in ("", page.text[start:end], *readings)]
    scored = iter(fits(asked, page.model))
    for _, _, readings in places:
        nothing, standing = next(scored), next(scored)
        yield {reading: Context(next(scored), standing, nothing) for reading in readings}


def _may_be_right(before: str, after: str, probability: float, spun: Container[str]) -> bool:
    """Whether a reading is looked at."""
    if after == before or probability < MIN_READING_PROBABILITY or _squeezed(after) == _squeezed(before):
        return False
    return confidence.is_plausible(before, after, spun)


def _squeezed(text: str) -> str:
    """A text without hyphens: a hyphen between lines is of the layout, one inside a word a matter of style."""
    return HYPHEN.sub("", text)


def _chosen(page: Page, correction: Correction, contexts: Mapping[str, Context]) -> Chosen | None:
    """The best reading of a part, by both models; None if each has an unknown word."""
    start, end, readings = correction
    before = page.text[start:end]
    possible = [after for after in contexts if not confidence.becomes_unknown(before, after, page)]
    if not possible:
        return None
    after = max(possible, key=lambda after: confidence.rank(readings[after], contexts[after]))
    fact = is_fact(before, after, page)
    found = confidence.evidence(before, after, readings, page, contexts[after])
    sure = confidence.confidence(found)
    likely = list(readings.items())[:MAX_CANDIDATES]
    candidates = {reading: round(own, 4) for reading, own in [*likely, (after, readings[after])]}
    return Chosen(start, end, after, fact, found, min(sure, MAX_FACT_CONFIDENCE) if fact else sure, candidates)


def is_fact(before: str, after: str, page: Page) -> bool:
    """Whether a reading writes a digit or a new name, or changes a known one."""
    digits = confidence.digits(after)
    return (
        (bool(digits) and digits != confidence.digits(before))
        or confidence.writes_name(before, after, page)
        or confidence.is_other_name(before, after)
    )
