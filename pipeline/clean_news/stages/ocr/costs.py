"""What it costs to have read one word as another: many pairs at once, by the confusion table.

The same figures as :func:`clean_news.stages.ocr.confusion.cost` gives pair by pair, a hundred times as fast: what
two words share at their ends counts as read correctly, each pair of middles is weighed once, and NumPy fills
the tables of all middles cell by cell.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Postfix, Prefix

from clean_news.stages.ocr import confusion
from clean_news.stages.ocr.confusion import LONGEST, Confusions

Costs = NDArray[np.float32]
Codes = NDArray[np.int32]
Pair = tuple[str, str]  # what the scan has, what may have been printed

BITS = 10  # of a character's code in a packed piece
LONGEST_MIDDLE = 12  # letters that differ, of which some may be right; words further apart are none of each other's
GROUPS = (3, 6, LONGEST_MIDDLE)  # middles are weighed together by the longer side's length
SEVERAL = [(one, other) for one in range(1, LONGEST) for other in range(1, LONGEST) if 2 < one + other <= LONGEST]


class PieceCosts(NamedTuple):
    """The confusion table as arrays. Code 0 stands for whatever the table lacks.

    Attributes:
        of_point: the code of each code point as a piece of one character; those beyond have the last.
        keys: for longer pieces, by length, the codes of their characters packed into one number; sorted.
        key_codes: the code of each of these pieces.
        single: cost of each printed character (row) read as each (column).
        several: the same for pieces of other lengths (printed, read); infinite where the table has none.
        lost: by length the cost of pieces that were printed and not read.
        added: by length the cost of pieces that were read and not printed.
    """

    of_point: Codes
    keys: dict[int, NDArray[np.int64]]
    key_codes: dict[int, Codes]
    single: Costs
    several: dict[tuple[int, int], Costs]
    lost: dict[int, Costs]
    added: dict[int, Costs]


def _piece_costs(confusions: Confusions) -> PieceCosts:
    """The table as arrays."""
    named = {piece for pair in confusions.costs for piece in pair if piece}
    pieces = sorted(named.union(*named))  # a character that only longer pieces have needs a code, too
    codes = {
        length: {piece: code for code, piece in enumerate((p for p in pieces if len(p) == length), 1)}
        for length in range(1, LONGEST)
    }
    sizes = {length: len(codes[length]) + 1 for length in codes}
    unseen = np.full(sizes[1], confusions.unknown, np.float32)
    for piece, code in codes[1].items():
        unseen[code] = confusions.unseen.get(piece, confusions.unknown)
    single = np.repeat(unseen[:, None], sizes[1], 1)
    several = {(one, other): np.full((sizes[one], sizes[other]), np.inf, np.float32) for one, other in SEVERAL}
    lost = {length: np.full(sizes[length], np.inf, np.float32) for length in codes}
    added = {length: np.full(sizes[length], np.inf, np.float32) for length in codes}
    lost[1], added[1] = unseen.copy(), np.full(sizes[1], confusions.unseen[""], np.float32)
    for (printed, read), cost in confusions.costs.items():
        if not read:
            lost[len(printed)][codes[len(printed)][printed]] = cost
        elif not printed:
            added[len(read)][codes[len(read)][read]] = cost
        else:
            table = single if len(printed) == len(read) == 1 else several.get((len(printed), len(read)))
            if table is not None:
                table[codes[len(printed)][printed], codes[len(read)][read]] = cost
    of_point = np.zeros(max(map(ord, codes[1])) + 2, np.int32)  # the last is that of all code points beyond
    for piece, code in codes[1].items():
        of_point[ord(piece)] = code
    packed = {
        length: sorted((_sum_of_codes(piece, codes[1]), code) for piece, code in of.items())
        for length, of in codes.items()
        if length > 1
    }
    keys = {length: np.array([key for key, _ in pairs], np.int64) for length, pairs in packed.items()}
    key_codes = {length: np.array([code for _, code in pairs], np.int32) for length, pairs in packed.items()}
    return PieceCosts(of_point, keys, key_codes, single, several, lost, added)


def _sum_of_codes(piece: str, codes: dict[str, int]) -> int:
    """The codes of a piece's characters, packed into one number."""
    key = 0
    for character in piece:
        key = key << BITS | codes[character]
    return key


@lru_cache(maxsize=1)
def standard() -> PieceCosts:
    """The shipped table."""
    return _piece_costs(confusion.standard())


@lru_cache(maxsize=100_000)
def kept_cost(form: str) -> float:
    """The cost in nats of reading every character correctly."""
    costs = confusion.standard().costs
    return sum(costs.get((character, character), 0.0) for character in form)


@lru_cache(maxsize=1)
def weighed() -> dict[Pair, float]:
    """The middles weighed so far, with what they cost beyond being read correctly: the same few come again."""
    return {}


MOST_KEPT = 200_000  # middles; then all are forgotten


def reading_costs(pairs: Sequence[Pair]) -> list[float]:
    """Minus the log probability, in nats, of each pair's second word having been read as its first.

    Infinite where the words differ over more than :data:`LONGEST_MIDDLE` letters.
    """
    middles = [middle_of(*pair) for pair in pairs]
    known = weighed()
    if len(known) > MOST_KEPT:
        known.clear()
    new = list({middle for middle in middles if middle not in known})
    known.update((middle, cost - kept_cost(middle[1])) for middle, cost in zip(new, _middle_costs(new), strict=True))
    return [known[middle] + kept_cost(printed) for middle, (_, printed) in zip(middles, pairs, strict=True)]


def middle_of(read: str, printed: str) -> Pair:
    """What is left of two words without what they have in common at both ends.

    >>> middle_of("tlie", "the")
    ('li', 'h')
    """
    begin: int = Prefix.similarity(read, printed)
    end: int = min(Postfix.similarity(read, printed), min(len(read), len(printed)) - begin)
    return read[begin : len(read) - end], printed[begin : len(printed) - end]


def _middle_costs(middles: Sequence[Pair]) -> list[float]:
    """The cost of each of these (read, printed)."""
    costs = np.full(len(middles), np.inf)
    sizes = np.array([max(map(len, middle)) for middle in middles], np.int64)
    least = -1
    for most in GROUPS:
        chosen = np.flatnonzero((sizes > least) & (sizes <= most)).tolist()
        if chosen:
            costs[chosen] = _batch_costs([middles[number] for number in chosen], standard())
        least = most
    found: list[float] = costs.tolist()
    return found


def _coded(texts: Sequence[str], width: int, table: PieceCosts) -> dict[int, Codes]:
    """By length the codes of the pieces at each place (first axis) of each text; 0 beyond its end."""
    padded = "".join(text.ljust(width, "\0") for text in texts)
    points = np.frombuffer(padded.encode("utf-32-le"), np.uint32).reshape(len(texts), width)
    single = table.of_point[np.minimum(points, len(table.of_point) - 1)]
    found = {1: single.T}
    for length, keys in table.keys.items():
        if length <= width:
            packed = single[:, : width - length + 1].astype(np.int64)
            for step in range(1, length):
                packed = packed << BITS | single[:, step : width - length + 1 + step]
            place = np.minimum(np.searchsorted(keys, packed), len(keys) - 1)
            found[length] = np.where(keys[place] == packed, table.key_codes[length][place], 0).T
    return found


def _batch_costs(middles: Sequence[Pair], table: PieceCosts) -> Costs:
    """The cost of each of these (read, printed), all filled at once: the cells of an edit distance with pieces.

    The middles are the last axis of all arrays, so that NumPy goes through memory in order.
    """
    reads, prints = [read for read, _ in middles], [printed for _, printed in middles]
    width, height = max(map(len, reads)), max(map(len, prints))
    read, printed = _coded(reads, width, table), _coded(prints, height, table)
    lost = {one: table.lost[one][codes] for one, codes in printed.items()}
    added = {other: table.added[other][codes] for other, codes in read.items()}
    swapped = {
        (one, other): costs[printed[one][:, None], read[other][None, :]]
        for (one, other), costs in [((1, 1), table.single), *table.several.items()]
        if one in printed and other in read
    }
    best = np.full((height + 1, width + 1, len(middles)), np.inf, np.float32)
    best[0, 0] = 0.0
    for end in range(height + 1):
        row = best[end]
        for one, costs in lost.items():
            if one <= end:
                np.minimum(row, best[end - one] + costs[end - one], out=row)
        for (one, other), costs in swapped.items():
            if one <= end:
                np.minimum(row[other:], best[end - one, : width + 1 - other] + costs[end - one], out=row[other:])
        for stop in range(1, width + 1):
            for other, costs in added.items():
                if other <= stop:
                    np.minimum(row[stop], row[stop - other] + costs[stop - other], out=row[stop])
    ends = np.array([len(text) for text in prints]), np.array([len(text) for text in reads])
    final: Costs = best[*ends, np.arange(len(middles))]
    return final
