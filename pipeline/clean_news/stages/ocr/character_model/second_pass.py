"""The second pass over a scanned text: what the character model reads otherwise, as edits of rule OCR006.

The model sees the text as the first pass leaves it. Its edits are expressed in the text that the stage received: where
they overlap an edit of the first pass, they replace it. A name that the first pass only suggests, because nothing else
supports it, is applied if the model reads it, too: two independent models seldom invent the same name.
"""

import bisect
from typing import TYPE_CHECKING, NamedTuple

from msgspec import structs

from clean_news import edits as splicing
from clean_news.edits import Edit, replace
from clean_news.protection import overlaps_any
from clean_news.rule_selection import apply_from
from clean_news.stages.ocr.character_model import weights
from clean_news.stages.ocr.character_model.choosing import chosen_readings
from clean_news.stages.ocr.character_model.decoding import Correction, corrections
from clean_news.stages.ocr.halves import is_half_of_word

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from clean_news.language.change_selection import TextSpan
    from clean_news.language.model_mixture import NgramModel
    from clean_news.settings import Settings
    from clean_news.stages.ocr.names import Page

RULE = "OCR006"
MIN_CONFIDENCE = 0.3  # of a suggestion; of those below, one in six is right
CONTEXT_CHARS = 30  # code points of context on either side in an edit's evidence
# Probability of a reading from which it supports a name of the first pass. Source: of the names that the first pass is
# sure of but only suggests, 96% are right from .02 in the scans of shared/bench/ocr-dev, every fourth of ocr-train and
# 30 noisy news articles, and 81% below.
MIN_SUPPORT = 0.02


class _Change(NamedTuple):
    """A change in the text that the first pass leaves, and the part of it that was read as a whole."""

    part: "TextSpan"
    start: int
    end: int
    after: str
    confidence: float
    candidates: dict[str, float]


def second_pass(
    page: "Page",
    first: "Sequence[Edit]",
    protected: "Sequence[TextSpan]",
    spun: "Container[str]",
    settings: "Settings",
    supportable: "Container[TextSpan]",
) -> list[Edit]:
    """Propose what the character model reads otherwise.

    Args:
        page: the article.
        first: the edits of the first pass, without overlaps.
        protected: spans that must not change, in order and without overlaps.
        spun: the forms that article spinners write.
        settings: decide which edits of the first pass are applied.
        supportable: spans of suggestions of the first pass that are applied if the model reads the same.

    Returns:
        The edits of both passes, without overlaps, ordered by position.
    """
    text = page.text
    applied = [edit for edit in first if is_applied(edit, settings)]
    read = splicing.apply(text, applied)
    spans_back = splicing.invert(applied)
    found = corrections(read, weights.standard())
    first = list(_with_support(first, supportable, applied, read, found))
    own: list[Edit] = []
    replaced: set[tuple[int, int]] = set()
    changes = _changes(read, found, page.model, spun)
    spans = splicing.map_spans([(change.start, change.end) for change in changes], spans_back)
    parts = splicing.map_spans([change.part for change in changes], spans_back)
    again = splicing.map_spans(spans, applied)
    for change, span, part, (start, end) in zip(changes, spans, parts, again, strict=True):
        after = read[start : change.start] + change.after + read[change.end : end]
        touched = {edit.span for edit in first if edit.start < span[1] and span[0] < edit.end}
        sure = change.confidence >= _threshold(RULE, settings)
        doubtful = change.confidence < max(settings.suggest_from, MIN_CONFIDENCE)
        if doubtful or overlaps_any(part, protected) or (touched and not sure):
            continue
        if own and span[0] < own[-1].end:
            continue
        if after == text[slice(*span)]:
            replaced |= touched
            continue
        edit = replace(
            text,
            *span,
            after,
            RULE,
            change.confidence,
            candidates=change.candidates,
            context=text[max(0, span[0] - CONTEXT_CHARS) : span[1] + CONTEXT_CHARS],
        )
        if not is_half_of_word(edit, text):
            replaced |= touched
            own.append(edit)
    return sorted([*(edit for edit in first if edit.span not in replaced), *own], key=lambda edit: edit.span)


def is_applied(edit: Edit, settings: "Settings") -> bool:
    """Whether the pipeline will apply an edit."""
    own = apply_from(edit.rule, settings)
    if own is None and edit.state != "applied":
        return False
    return edit.confidence >= _threshold(edit.rule, settings)


def _threshold(rule: str, settings: "Settings") -> float:
    """The confidence from which edits of a rule are applied."""
    own = apply_from(rule, settings)
    return settings.apply_from if own is None else own


def _with_support(
    first: "Sequence[Edit]",
    supportable: "Container[TextSpan]",
    applied: "Sequence[Edit]",
    read: str,
    found: "Sequence[Correction]",
) -> "Iterator[Edit]":
    """Yield the edits of the first pass, those suggestions applied that the model reads, too.

    Args:
        first: the edits.
        supportable: spans of the suggestions that may be applied.
        applied: those of them that are applied.
        read: the text that they leave.
        found: what the model reads in it, ordered by position.
    """
    ends = [correction.end for correction in found]
    spans = [edit.span for edit in first if edit.span in supportable]
    mapped = dict(zip(spans, splicing.map_spans(spans, applied), strict=True))
    for edit in first:
        if edit.span not in mapped:
            yield edit
            continue
        start, end = mapped[edit.span]
        at = bisect.bisect_left(ends, end)
        covered = at < len(found) and found[at].start <= start
        probability = _probability_of(edit, (start, end), read, found[at]) if covered else 0.0
        yield structs.replace(edit, state="applied") if probability >= MIN_SUPPORT else edit


def _probability_of(edit: Edit, span: "TextSpan", read: str, correction: Correction) -> float:
    """The probability of the readings of a part in which an edit of the first pass is made."""
    start, end, readings = correction
    edited = read[start : span[0]] + edit.after + read[span[1] : end]
    return sum(
        probability
        for reading, probability in readings.items()
        if reading == edited or (edit.after in reading and edit.before not in reading)
    )


def _changes(text: str, found: "Sequence[Correction]", model: "NgramModel", spun: "Container[str]") -> list[_Change]:
    """The changes that the model makes in a text, ordered by position, without overlaps."""
    changes = []
    for chosen in chosen_readings(text, found, model, spun):
        part = chosen.start, chosen.end, chosen.after
        changes.append(_Change(part[:2], *trimmed(text, *part), chosen.confidence, chosen.candidates))
    return changes


def trimmed(text: str, start: int, end: int, after: str) -> tuple[int, int, str]:
    """Leave out the words and outer marks that a reading shares with the text; a removed word takes its space along."""
    before, words = text[start:end].split(" "), after.split(" ")
    while len(before) > 1 and len(words) > 1 and before[0] == words[0]:
        start += len(before.pop(0)) + 1
        words.pop(0)
    while len(before) > 1 and len(words) > 1 and before[-1] == words[-1]:
        end -= len(before.pop()) + 1
        words.pop()
    after, rest = " ".join(words), text[start:end]
    while len(after) > 1 and len(rest) > 1 and after[-1] == rest[-1] and not after[-1].isalnum():
        after, rest, end = after[:-1], rest[:-1], end - 1
    while len(after) > 1 and len(rest) > 1 and after[0] == rest[0] and not after[0].isalnum():
        after, rest, start = after[1:], rest[1:], start + 1
    if not after:
        if text[end : end + 1] == " ":
            end += 1
        elif start and text[start - 1] == " ":
            start -= 1
    return start, end, after
