"""Compute channel costs for many word pairs at once, with the confusion table.

The results equal those of :func:`clean_news.stages.ocr.confusion.cost` for single pairs, a hundred times as fast: the
common prefix and suffix of two words count as read correctly, and NumPy fills the dynamic programming tables of all
differing middles in parallel.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Postfix, Prefix

from clean_news.stages.ocr import confusion
from clean_news.stages.ocr.confusion import MAX_CONFUSION_CHARS, Confusions

Costs = NDArray[np.float32]
Codes = NDArray[np.int64]
Points = NDArray[np.uint16]
Ints = NDArray[np.int64]
Pair = tuple[str, str]  # read, printed

MAX_POINT = 0xFFFF
CODE_BITS = 10  # bits per character in a packed piece
MAX_MIDDLE_CHARS = 12  # of the longer side of a middle; longer ones have infinite cost
MIN_GROUPED = 300  # pairs; fewer are one batch
GROUP_LIMITS = (3, 6, MAX_MIDDLE_CHARS)  # middles are scored in batches, by the length of the longer side
MULTI_CHAR_LENGTHS = [
    (one, other)
    for one in range(1, MAX_CONFUSION_CHARS)
    for other in range(1, MAX_CONFUSION_CHARS)
    if 2 < one + other <= MAX_CONFUSION_CHARS
]


class PieceCosts(NamedTuple):
    """The confusion table as arrays. Code 0 represents all characters and pieces that the table lacks.

    Attributes:
        code_of_point: code of each one-character piece, by code point; greater code points use the last element.
        keys: by length, the sorted keys of the longer pieces: the codes of their characters packed into an integer.
        key_codes: by length, the code of the piece of each key.
        single: substitution costs of single characters, shape (printed codes, read codes).
        multi: the same for pieces of other lengths (printed, read), infinite where the table has none; without lengths
            of which it has none at all, as in the following two.
        deletion: by length, the cost of pieces that were printed and not read.
        insertion: by length, the cost of pieces that were read and not printed.
        correct: by code, the cost of reading a character correctly; 0 if the table lacks it.
    """

    code_of_point: Codes
    keys: dict[int, NDArray[np.int64]]
    key_codes: dict[int, Codes]
    single: Costs
    multi: dict[tuple[int, int], Costs]
    deletion: dict[int, Costs]
    insertion: dict[int, Costs]
    correct: NDArray[np.float64]


def _piece_costs(confusions: Confusions) -> PieceCosts:
    """Convert the confusion table to arrays."""
    named = {piece for pair in confusions.costs for piece in pair if piece}
    pieces = sorted(named.union(*named))  # characters that occur only in longer pieces need codes too
    codes = {
        length: {piece: code for code, piece in enumerate((p for p in pieces if len(p) == length), 1)}
        for length in range(1, MAX_CONFUSION_CHARS)
    }
    sizes = {length: len(codes[length]) + 1 for length in codes}
    unseen = np.full(sizes[1], confusions.unknown, np.float32)
    for piece, code in codes[1].items():
        unseen[code] = confusions.unseen.get(piece, confusions.unknown)
    single = np.repeat(unseen[:, None], sizes[1], 1)
    multi = {(one, other): np.full((sizes[one], sizes[other]), np.inf, np.float32) for one, other in MULTI_CHAR_LENGTHS}
    deletion = {length: np.full(sizes[length], np.inf, np.float32) for length in codes}
    insertion = {length: np.full(sizes[length], np.inf, np.float32) for length in codes}
    deletion[1], insertion[1] = unseen.copy(), np.full(sizes[1], confusions.unseen[""], np.float32)
    for (printed, read), cost in confusions.costs.items():
        if not read:
            deletion[len(printed)][codes[len(printed)][printed]] = cost
        elif not printed:
            insertion[len(read)][codes[len(read)][read]] = cost
        else:
            table = single if len(printed) == len(read) == 1 else multi.get((len(printed), len(read)))
            if table is not None:
                table[codes[len(printed)][printed], codes[len(read)][read]] = cost
    code_of_point = np.zeros(max(map(ord, codes[1])) + 2, np.int64)  # the last element is for all greater code points
    for piece, code in codes[1].items():
        code_of_point[ord(piece)] = code
    packed = {
        length: sorted((_packed_codes(piece, codes[1]), code) for piece, code in of.items())
        for length, of in codes.items()
        if length > 1
    }
    keys = {length: np.array([key for key, _ in pairs], np.int64) for length, pairs in packed.items()}
    key_codes = {length: np.array([code for _, code in pairs], np.int64) for length, pairs in packed.items()}
    correct = np.array([0.0, *(confusions.costs.get((piece, piece), 0.0) for piece in codes[1])])
    multi = {sizes: costs for sizes, costs in multi.items() if np.isfinite(costs).any()}
    deletion = {size: costs for size, costs in deletion.items() if np.isfinite(costs).any()}
    insertion = {size: costs for size, costs in insertion.items() if np.isfinite(costs).any()}
    return PieceCosts(code_of_point, keys, key_codes, single, multi, deletion, insertion, correct)


def _packed_codes(piece: str, codes: dict[str, int]) -> int:
    """Pack the codes of the characters of a piece into one integer."""
    key = 0
    for character in piece:
        key = key << CODE_BITS | codes[character]
    return key


@lru_cache(maxsize=1)
def standard() -> PieceCosts:
    """The shipped confusion table as arrays."""
    return _piece_costs(confusion.standard())


@lru_cache(maxsize=100_000)
def correct_cost(form: str) -> float:
    """Return the cost of reading every character correctly, in nats."""
    costs = confusion.standard().costs
    return sum(costs.get((character, character), 0.0) for character in form)


class Texts(NamedTuple):
    """Short texts as a matrix of code points.

    Attributes:
        points: the code points of each text, 0 after its end; shape (texts, width). The greatest is U+FFFF.
        lengths: the number of characters of each text; shape (texts,).
    """

    points: Points
    lengths: Ints

    def rows(self, numbers: Ints) -> "Texts":
        """Return the texts of these rows."""
        return Texts(self.points[numbers], self.lengths[numbers])


def texts_of(strings: Sequence[str]) -> Texts:
    """Convert strings to a matrix."""
    lengths = np.fromiter(map(len, strings), np.int64, len(strings))
    width = int(lengths.max(initial=0))
    padded = "".join([text.ljust(width, "\0") for text in strings])
    points = np.frombuffer(padded.encode("utf-32-le", "surrogatepass"), np.uint32).reshape(len(strings), width)
    return Texts(np.minimum(points, MAX_POINT).astype(np.uint16), lengths)


def reading_costs(pairs: Sequence[Pair]) -> list[float]:
    """Return the negative log probability, in nats, of each pair (read, printed).

    Infinite if the middles of the words have more than :data:`MAX_MIDDLE_CHARS` characters.
    """
    if len(pairs) == 1:
        return [_single_cost(*pair) for pair in pairs]
    costs: list[float] = pair_costs(
        texts_of([read for read, _ in pairs]), texts_of([text for _, text in pairs])
    ).tolist()
    return costs


def middle_of(read: str, printed: str) -> Pair:
    """Strip the common prefix and suffix of two words.

    >>> middle_of("tlie", "the")
    ('li', 'h')
    """
    begin: int = Prefix.similarity(read, printed)
    end: int = min(Postfix.similarity(read, printed), min(len(read), len(printed)) - begin)
    return read[begin : len(read) - end], printed[begin : len(printed) - end]


@lru_cache(maxsize=10_000)
def _single_cost(read: str, printed: str) -> float:
    """The cost of one pair, without arrays."""
    middle = middle_of(read, printed)
    if max(map(len, middle)) > MAX_MIDDLE_CHARS:
        return math.inf
    return confusion.cost(*middle) - correct_cost(middle[1]) + correct_cost(printed)


def pair_costs(read: Texts, printed: Texts) -> NDArray[np.float64]:
    """Return the cost of reading each printed text as the text in the same row; as :func:`reading_costs`."""
    table = standard()
    begin, end = common_affixes(read, printed)
    rest, wanted = read.lengths - begin - end, printed.lengths - begin - end
    sizes = np.maximum(rest, wanted)
    costs = np.full(len(sizes), np.inf)
    lower = -1
    for upper in GROUP_LIMITS if len(sizes) > MIN_GROUPED else GROUP_LIMITS[-1:]:
        rows = np.flatnonzero((sizes > lower) & (sizes <= upper))
        if len(rows):
            costs[rows] = _middle_costs(
                _slices(read.points, rows, begin[rows], rest[rows], table),
                _slices(printed.points, rows, begin[rows], wanted[rows], table),
                table,
            )
        lower = upper
    whole = table.correct[_codes_of(printed.points, table)]
    found: NDArray[np.float64] = costs + np.cumsum(whole, 1)[:, -1] if whole.size else costs
    return found


def common_affixes(one: Texts, other: Texts) -> tuple[Ints, Ints]:
    """Return the length of the common prefix of each pair of texts, and of the common suffix of what follows it.

    >>> [found.tolist() for found in common_affixes(texts_of(["tlie", "aaa"]), texts_of(["the", "aa"]))]
    [[1, 2], [1, 0]]
    """
    shorter = np.minimum(one.lengths, other.lengths)
    begin = np.minimum(_equal_run(one.points, other.points), shorter)
    end = np.minimum(_equal_run(_right_aligned(one), _right_aligned(other)), shorter - begin)
    return begin, end


def _equal_run(one: Points, other: Points) -> Ints:
    """Return how many leading columns of each row are equal."""
    width = min(one.shape[1], other.shape[1])
    equal = np.zeros((len(one), width + 1), np.bool_)
    np.equal(one[:, :width], other[:, :width], out=equal[:, :width])
    found: Ints = equal.argmin(1)
    return found


def _right_aligned(texts: Texts) -> Points:
    """Return the points of each text from its end to its start; what follows is arbitrary."""
    width = texts.points.shape[1]
    lasts = np.arange(len(texts.points)) * width + texts.lengths - 1
    found: Points = texts.points.ravel().take(lasts[:, None] - np.arange(width), mode="clip")
    return found


def _codes_of(points: Points, table: PieceCosts) -> Codes:
    """Return the code of each character."""
    return table.code_of_point[np.minimum(points, len(table.code_of_point) - 1)]


class Middles(NamedTuple):
    """The parts of texts between a common prefix and a common suffix.

    Attributes:
        codes: by piece length, the codes of the pieces, shape (positions, texts); 0 after the end of a text.
        lengths: number of characters of each.
    """

    codes: dict[int, Codes]
    lengths: Ints


def _slices(points: Points, rows: Ints, begin: Ints, lengths: Ints, table: PieceCosts) -> Middles:
    """Return the parts of some texts, each of ``lengths`` characters from ``begin`` on."""
    steps = np.arange(max(int(lengths.max()), 1))
    columns = np.minimum(begin[:, None] + steps, max(points.shape[1] - 1, 0))
    single = np.zeros(columns.shape, np.int64)
    if points.shape[1]:
        single = np.where(steps < lengths[:, None], _codes_of(points[rows[:, None], columns], table), single)
    found = {1: single.T}
    for length, keys in table.keys.items():
        if length <= len(steps):
            last = len(steps) - length + 1
            packed = single[:, :last].astype(np.int64)
            for step in range(1, length):
                packed = packed << CODE_BITS | single[:, step : last + step]
            indices = np.minimum(np.searchsorted(keys, packed), len(keys) - 1)
            found[length] = np.where(keys[indices] == packed, table.key_codes[length][indices], 0).T
    return Middles(found, lengths)


def _middle_costs(read: Middles, printed: Middles, table: PieceCosts) -> NDArray[np.float64]:
    """Return the costs of middles, relative to reading them correctly.

    A cost is a weighted edit distance over pieces; those of all middles are computed in parallel. The middles are the
    last axis of all arrays, so that memory access is sequential.
    """
    height, width = len(printed.codes[1]), len(read.codes[1])
    deletion = {one: costs.take(printed.codes[one]) for one, costs in table.deletion.items() if one in printed.codes}
    insertion = {
        other: costs.take(read.codes[other]) for other, costs in table.insertion.items() if other in read.codes
    }
    substitution = {
        (one, other): costs.take((printed.codes[one] * costs.shape[1])[:, None] + read.codes[other])
        for (one, other), costs in [((1, 1), table.single), *table.multi.items()]
        if one in printed.codes and other in read.codes
    }
    best = np.full((height + 1, width + 1, len(read.lengths)), np.inf, np.float32)
    best[0, 0] = 0.0
    for end in range(height + 1):
        row = best[end]
        for one, costs in deletion.items():
            if one <= end:
                np.minimum(row, best[end - one] + costs[end - one], out=row)
        for (one, other), costs in substitution.items():
            if one <= end:
                np.minimum(row[other:], best[end - one, : width + 1 - other] + costs[end - one], out=row[other:])
        for stop in range(1, width + 1):
            for other, costs in insertion.items():
                if other <= stop:
                    np.minimum(row[stop], row[stop - other] + costs[stop - other], out=row[stop])
    final = best[printed.lengths, read.lengths, np.arange(len(read.lengths))].astype(np.float64)
    found: NDArray[np.float64] = final - np.cumsum(table.correct[printed.codes[1].T], 1)[:, -1]
    return found
