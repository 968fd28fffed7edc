"""Compute the edit distances of many pairs of short texts at once.

Each column of the dynamic programming table is two bit vectors, which all pairs update in parallel (Myers, "A Fast
Bit-Vector Algorithm for Approximate String Matching Based on Dynamic Programming", 1999; Hyyrö, 2003).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.stages.ocr.costs import Ints, texts_of
from clean_news.stages.ocr.word_table import bit_counts

MAX_LETTERS = 64  # of a pattern
ALPHABET_SIZE = 32
LETTER_A = ord("a")
LETTERS, OTHERS = 26, 6  # codes of a to z; codes of all other characters, several of which share one

Codes = NDArray[np.uint8]


class CodedTexts(NamedTuple):
    """Texts as codes of their characters.

    Attributes:
        codes: below :data:`ALPHABET_SIZE`; shape (positions, texts), arbitrary after the end of a text.
        lengths: number of characters of each text.
    """

    codes: Codes
    lengths: NDArray[np.int16]


def coded(strings: Sequence[str]) -> CodedTexts:
    """Convert lower-case strings to codes."""
    points, lengths = texts_of(strings)
    letters = points.T - np.uint16(LETTER_A)  # wraps around for characters before a
    codes = np.where(letters < LETTERS, letters, LETTERS + points.T % OTHERS)
    return CodedTexts(np.ascontiguousarray(codes, np.uint8), lengths.astype(np.int16))


def edit_distances(patterns: CodedTexts, texts: CodedTexts, pattern: Ints, text: Ints) -> NDArray[np.int16]:
    """Return the Levenshtein distance of each pair.

    Args:
        patterns: at most :data:`MAX_LETTERS` characters each.
        texts: of any length.
        pattern: index of the pattern of each pair.
        text: index of the text of each pair; the lengths of the texts must be descending.
    """
    if not len(pattern):
        return np.zeros(0, np.int16)
    widths = [np.dtype(dtype) for dtype in (np.uint16, np.uint32, np.uint64)]
    width = np.searchsorted([8 * dtype.itemsize for dtype in widths], patterns.lengths).astype(np.uint8)
    if not width.any():
        return _distances(patterns, texts, pattern, text, widths[0])
    found = np.zeros(len(pattern), np.int16)
    of_pair = width[pattern]
    for number in sorted(set(width.tolist())):
        rows = np.flatnonzero(of_pair == number)
        if len(rows):
            found[rows] = _distances(patterns, texts, pattern[rows], text[rows], widths[number])
    return found


def _distances(
    patterns: CodedTexts, texts: CodedTexts, pattern: Ints, text: Ints, dtype: np.dtype[Any]
) -> NDArray[np.int16]:
    """Return the distances of pairs whose patterns have at most as many characters as the data type has bits."""
    lengths = texts.lengths.take(text)
    offset = pattern * ALPHABET_SIZE
    matches = _match_bits(patterns, dtype)
    one = dtype.type(1)
    full = ~dtype.type(0)
    more, less = np.full(len(text), full), np.zeros(len(text), dtype)  # cells above the one above, and below it
    counts = np.searchsorted(-lengths, -np.arange(int(lengths[0])))  # of the texts that have not ended
    for position, count in enumerate(counts.tolist()):
        up, down = more[:count], less[:count]
        same = matches.take(offset[:count] + texts.codes[position].take(text[:count]))
        same |= down
        diagonal = same & up
        diagonal += up
        diagonal ^= up
        diagonal |= same
        left_down = diagonal & up
        left_up = np.bitwise_or(diagonal, up, out=same)
        np.invert(left_up, out=left_up)
        left_up |= down
        left_up <<= one
        left_up |= one
        left_down <<= one
        np.bitwise_and(diagonal, left_up, out=down)
        diagonal |= left_up
        np.invert(diagonal, out=diagonal)
        np.bitwise_or(left_down, diagonal, out=up)
    rows = np.array([(1 << length) - 1 & int(full) for length in patterns.lengths.tolist()], dtype)
    inside = rows.take(pattern)
    more &= inside
    less &= inside
    lengths += bit_counts(more)
    lengths -= bit_counts(less)
    return lengths


def _match_bits(patterns: CodedTexts, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return, for each pattern and code, the positions of the code as bits; shape (patterns × codes,)."""
    found = np.zeros(len(patterns.lengths) * ALPHABET_SIZE, dtype)
    position, row = np.nonzero(np.arange(min(len(patterns.codes), 8 * dtype.itemsize))[:, None] < patterns.lengths)
    bits = dtype.type(1) << position.astype(dtype)
    np.bitwise_or.at(found, row * ALPHABET_SIZE + patterns.codes[position, row], bits)
    return found
