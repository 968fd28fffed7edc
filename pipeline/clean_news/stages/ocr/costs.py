"""Compute channel costs for many word pairs at once, with the confusion table.

The results equal those of :func:`clean_news.stages.ocr.confusion.cost` for single pairs, a hundred times as fast: the
common prefix and suffix of two words count as read correctly, each pair of differing middles is scored once, and NumPy
fills the dynamic programming tables of all middles in parallel.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Postfix, Prefix

from clean_news.stages.ocr import confusion
from clean_news.stages.ocr.confusion import MAX_CONFUSION_CHARS, Confusions

Costs = NDArray[np.float32]
Codes = NDArray[np.int32]
Pair = tuple[str, str]  # read, printed

CODE_BITS = 10  # bits per character in a packed piece
MAX_MIDDLE_CHARS = 12  # of the longer side of a middle; longer ones have infinite cost
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
        multi: the same for pieces of other lengths (printed, read); infinite where the table has none.
        deletion: by length, the cost of pieces that were printed and not read.
        insertion: by length, the cost of pieces that were read and not printed.
    """

    code_of_point: Codes
    keys: dict[int, NDArray[np.int64]]
    key_codes: dict[int, Codes]
    single: Costs
    multi: dict[tuple[int, int], Costs]
    deletion: dict[int, Costs]
    insertion: dict[int, Costs]


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
    code_of_point = np.zeros(max(map(ord, codes[1])) + 2, np.int32)  # the last element is for all greater code points
    for piece, code in codes[1].items():
        code_of_point[ord(piece)] = code
    packed = {
        length: sorted((_packed_codes(piece, codes[1]), code) for piece, code in of.items())
        for length, of in codes.items()
        if length > 1
    }
    keys = {length: np.array([key for key, _ in pairs], np.int64) for length, pairs in packed.items()}
    key_codes = {length: np.array([code for _, code in pairs], np.int32) for length, pairs in packed.items()}
    return PieceCosts(code_of_point, keys, key_codes, single, multi, deletion, insertion)


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


@lru_cache(maxsize=1)
def middle_cache() -> dict[Pair, float]:
    """The cached costs of middles, in nats relative to reading them correctly."""
    return {}


MAX_CACHED_MIDDLES = 200_000  # then the cache is cleared


def reading_costs(pairs: Sequence[Pair]) -> list[float]:
    """Return the negative log probability, in nats, of each pair (read, printed).

    Infinite if the middles of the words have more than :data:`MAX_MIDDLE_CHARS` characters.
    """
    middles = [middle_of(*pair) for pair in pairs]
    known = middle_cache()
    if len(known) > MAX_CACHED_MIDDLES:
        known.clear()
    new = list({middle for middle in middles if middle not in known})
    if new:
        costs = zip(new, _middle_costs(new), strict=True)
        known.update((middle, cost - correct_cost(middle[1])) for middle, cost in costs)
    return [known[middle] + correct_cost(printed) for middle, (_, printed) in zip(middles, pairs, strict=True)]


def middle_of(read: str, printed: str) -> Pair:
    """Strip the common prefix and suffix of two words.

    >>> middle_of("tlie", "the")
    ('li', 'h')
    """
    begin: int = Prefix.similarity(read, printed)
    end: int = min(Postfix.similarity(read, printed), min(len(read), len(printed)) - begin)
    return read[begin : len(read) - end], printed[begin : len(printed) - end]


def _middle_costs(middles: Sequence[Pair]) -> list[float]:
    """Return the cost of each middle (read, printed)."""
    costs = np.full(len(middles), np.inf)
    sizes = np.array([max(map(len, middle)) for middle in middles], np.int64)
    lower = -1
    for upper in GROUP_LIMITS:
        chosen = np.flatnonzero((sizes > lower) & (sizes <= upper)).tolist()
        if chosen:
            costs[chosen] = _batch_costs([middles[number] for number in chosen], standard())
        lower = upper
    found: list[float] = costs.tolist()
    return found


def _coded(texts: Sequence[str], width: int, table: PieceCosts) -> dict[int, Codes]:
    """Return, by piece length, the codes of the pieces, shape (positions, texts); 0 after the end of a text."""
    padded = "".join(text.ljust(width, "\0") for text in texts)
    points = np.frombuffer(padded.encode("utf-32-le"), np.uint32).reshape(len(texts), width)
    single = table.code_of_point[np.minimum(points, len(table.code_of_point) - 1)]
    found = {1: single.T}
    for length, keys in table.keys.items():
        if length <= width:
            packed = single[:, : width - length + 1].astype(np.int64)
            for step in range(1, length):
                packed = packed << CODE_BITS | single[:, step : width - length + 1 + step]
            indices = np.minimum(np.searchsorted(keys, packed), len(keys) - 1)
            found[length] = np.where(keys[indices] == packed, table.key_codes[length][indices], 0).T
    return found


def _batch_costs(middles: Sequence[Pair], table: PieceCosts) -> Costs:
    """Return the cost of each middle (read, printed): a weighted edit distance over pieces, computed in parallel.

    The middles are the last axis of all arrays, so that memory access is sequential.
    """
    reads, prints = [read for read, _ in middles], [printed for _, printed in middles]
    width, height = max(map(len, reads)), max(map(len, prints))
    read, printed = _coded(reads, width, table), _coded(prints, height, table)
    deletion = {one: table.deletion[one][codes] for one, codes in printed.items()}
    insertion = {other: table.insertion[other][codes] for other, codes in read.items()}
    substitution = {
        (one, other): costs[printed[one][:, None], read[other][None, :]]
        for (one, other), costs in [((1, 1), table.single), *table.multi.items()]
        if one in printed and other in read
    }
    best = np.full((height + 1, width + 1, len(middles)), np.inf, np.float32)
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
    ends = np.array([len(text) for text in prints]), np.array([len(text) for text in reads])
    final: Costs = best[*ends, np.arange(len(middles))]
    return final
