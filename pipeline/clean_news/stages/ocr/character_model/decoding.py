"""Decode corrections from the character model: a beam search over each part of the text that it doubts."""

import math
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from clean_news.stages.ocr.character_model.network import edit_log_probabilities, encode, keep_probabilities
from clean_news.stages.ocr.character_model.one_thread import one_thread
from clean_news.stages.ocr.character_model.pieces import HISTORY_CHARS, KEEP, apply, histories
from clean_news.stages.ocr.character_model.weights import Floats, Weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

BEAMS = (1, 5)  # hypotheses of each part in the first and second round; eight bring little
MAX_DEFICIT = 5.0  # in nats, of a hypothesis against the best one of its part
EDITS_PER_HYPOTHESIS = 5  # that a hypothesis is continued with
MAX_KEEP_PROBABILITY = 0.85  # of a character of a token that is decoded
MAX_SPACE_KEEP_PROBABILITY = 0.9  # of a space, for the tokens beside it to be decoded as one part
MAX_PART_CHARS = 60  # longer ones are no words
MIN_CORRECTION_PROBABILITY = 0.5  # of a correction that the next parts see, in the second round
TOKEN = re.compile(r"\S+")


class Correction(NamedTuple):
    """What the model reads for a part of the text.

    Attributes:
        start: offset of the part in code points.
        end: its exclusive end.
        readings: probability of each reading, that of the text as it stands included; the most probable first.
    """

    start: int
    end: int
    readings: dict[str, float]


class _Hypothesis(NamedTuple):
    """A corrected beginning of a part, and its log probability."""

    written: str
    score: float


def corrections(text: str, weights: Weights, beams: Sequence[int] = BEAMS) -> list[Correction]:
    """Decode the parts of a text that the model doubts, in order.

    Args:
        text: the text.
        weights: the network.
        beams: see :data:`BEAMS`.
    """
    ids = weights.alphabet.ids_of(text)
    found: list[Correction] = []
    with one_thread():
        encoded = encode(ids, weights)
        keeps = keep_probabilities(encoded, histories(ids, range(len(ids))), weights)
        parts = list(_doubted_parts(text, keeps))
        for size in beams:
            found = _decode(text, parts, _histories_before(text, parts, found), encoded, weights, size)
    return found


def _doubted_parts(text: str, keeps: Floats) -> Iterator[tuple[int, int]]:
    """Yield the spans of doubted tokens; tokens with a doubted space between them are one part."""
    tokens = [match.span() for match in TOKEN.finditer(text)]
    start = 0
    for number, (first, end) in enumerate(tokens):
        if (number and not _is_doubted_gap(text, keeps, tokens[number - 1][1], first)) or not number:
            start = first
        following = tokens[number + 1][0] if number + 1 < len(tokens) else None
        if following is not None and _is_doubted_gap(text, keeps, end, following):
            continue
        if end - start <= MAX_PART_CHARS and keeps[start:end].min() < MAX_KEEP_PROBABILITY:
            yield start, end


def _is_doubted_gap(text: str, keeps: Floats, start: int, end: int) -> bool:
    """Whether the model may remove the white space between two tokens; those on two lines stay apart."""
    return "\n" not in text[start:end] and bool(keeps[start:end].min() < MAX_SPACE_KEEP_PROBABILITY)


def _histories_before(text: str, parts: Sequence[tuple[int, int]], found: Sequence[Correction]) -> list[str]:
    """The corrected text before each part, as far as the model sees it."""
    before: list[str] = []
    corrected, end = "", 0
    for number, (start, stop) in enumerate(parts):
        corrected = (corrected + text[end:start])[-HISTORY_CHARS:]
        before.append(corrected)
        written = text[start:stop]
        if found:
            best, probability = next(iter(found[number].readings.items()))
            written = best if probability >= MIN_CORRECTION_PROBABILITY else written
        corrected, end = (corrected + written)[-HISTORY_CHARS:], stop
    return before


def _decode(
    text: str, parts: Sequence[tuple[int, int]], before: Sequence[str], encoded: Floats, weights: Weights, size: int
) -> list[Correction]:
    """Search the readings of all parts at once, one character of each at a time.

    Args:
        text: the text.
        parts: the spans to decode.
        before: the corrected text before each.
        encoded: the encoded characters of the text.
        weights: the network.
        size: number of hypotheses of each part.
    """
    beams: list[list[_Hypothesis]] = [[_Hypothesis("", 0.0)] for _ in parts]
    longest = max((end - start for start, end in parts), default=0)
    for step in range(longest):
        active = [number for number, (start, end) in enumerate(parts) if start + step < end]
        owners = [number for number in active for _ in beams[number]]
        positions = np.array([parts[number][0] + step for number in owners])
        written = _recent(
            [before[number] + hypothesis.written for number in active for hypothesis in beams[number]], weights
        )
        scores = edit_log_probabilities(encoded[positions], written, weights)
        best = np.argpartition(scores, -EDITS_PER_HYPOTHESIS, axis=1)[:, -EDITS_PER_HYPOTHESIS:]
        best_scores = np.take_along_axis(scores, best, axis=1)
        row = 0
        for number in active:
            rows = slice(row, row + len(beams[number]))
            row = rows.stop
            continued = _continued(
                beams[number],
                text[parts[number][0] + step],
                best[rows].tolist(),
                best_scores[rows].tolist(),
                weights.alphabet.edits,
            )
            beams[number] = continued[:size]
    return [
        Correction(start, end, {hypothesis.written: math.exp(hypothesis.score) for hypothesis in beam})
        for (start, end), beam in zip(parts, beams, strict=True)
    ]


def _recent(texts: Sequence[str], weights: Weights) -> "NDArray[np.uint8]":
    """The ids of the last characters of texts; shape (texts, HISTORY_CHARS)."""
    padded = "".join(text[-HISTORY_CHARS:].rjust(HISTORY_CHARS, "\0") for text in texts)
    return weights.alphabet.ids_of(padded).reshape(-1, HISTORY_CHARS)


def _continued(
    beam: Sequence[_Hypothesis],
    character: str,
    edits: Sequence[Sequence[int]],
    scores: Sequence[Sequence[float]],
    names: Sequence[str],
) -> list[_Hypothesis]:
    """Continue hypotheses by one character; equal texts are merged.

    Args:
        beam: the hypotheses.
        character: the character as it was read.
        edits: ids of the likeliest edits of each hypothesis.
        scores: their log probabilities.
        names: the edits by id.

    Returns:
        The hypotheses within :data:`MAX_DEFICIT` of the best one, the most probable first.
    """
    minimum = max(each.score + max(own) for each, own in zip(beam, scores, strict=True)) - MAX_DEFICIT
    together: dict[str, float] = {}
    for hypothesis, own, own_scores in zip(beam, edits, scores, strict=True):
        for edit, score in zip(own, own_scores, strict=True):
            total = hypothesis.score + score
            if total < minimum:
                continue
            name = names[edit]
            written = hypothesis.written + (character if name == KEEP else apply(name, character))
            known = together.get(written)
            if known is not None:
                high, low = max(total, known), min(total, known)
                total = high + math.log1p(math.exp(low - high))
            together[written] = total
    ranked = sorted(together.items(), key=lambda item: (-item[1], item[0]))
    return [_Hypothesis(*item) for item in ranked]
