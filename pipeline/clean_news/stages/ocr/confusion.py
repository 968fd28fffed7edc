"""What a scanner makes of letters: how dear it is to have read one piece of text as another.

The table ``dictionaries/ocr/confusions.tsv`` counts what pieces of one to three characters were read as;
:func:`estimate` makes such counts from corrected texts and their scans. Costs are minus the natural logarithm
of a probability.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from clean_news.dictionaries import folder

Piece = tuple[str, str]  # what was printed, what was read

LONGEST = 4  # characters of a confusion's two sides together: m → iii, rn → m, h → li
STEPS = [(one, other) for one in range(LONGEST) for other in range(LONGEST) if 0 < one + other <= LONGEST]
UNSEEN = 0.3  # count of a confusion of one character that the table lacks: seldom, but possible
FEWEST = 3  # confusions seen less often are not written down
ROUNDS = 2
HEADER = """\
# What the scanners of old newspapers read for a piece of print, and how often. Statistics only, estimated
# from the training pairs of scanned and corrected Trove newspaper articles (1843-1954), aligned character by
# character; made by benchmarks/estimate_confusions.py, which holds back every fourth article for measuring. Pieces
# of one character stand first, and the commonest first.
# Columns: printed, read (the same: read correctly; empty: nothing), count. A space is written ␣.
"""


class Confusions(NamedTuple):
    """The table, as costs in nats.

    Attributes:
        costs: of reading the first piece as the second; correct readings of one character are in it, too.
        unseen: of a confusion of one character that the table lacks, by the printed character ("": none).
        unknown: the same for a printed character that the table lacks altogether.
    """

    costs: Mapping[Piece, float]
    unseen: Mapping[str, float]
    unknown: float


def costs_of(counts: Mapping[Piece, int]) -> Confusions:
    """The costs that follow from counts of (printed, read).

    >>> costs = costs_of({("e", "e"): 90, ("e", "c"): 10}).costs
    >>> round(costs["e", "c"], 2)
    2.3
    """
    total: Counter[str] = Counter()
    for (printed, _), count in counts.items():
        total[printed] += count
    # Something may appear from nothing at any place.
    total[""] = sum(count for printed, count in total.items() if len(printed) == 1) + total[""]
    costs = {piece: -math.log(count / total[piece[0]]) for piece, count in counts.items() if count}
    unseen = {printed: -math.log(UNSEEN / (count + 1)) for printed, count in total.items() if len(printed) < 2}
    return Confusions(costs, unseen, -math.log(UNSEEN / 100))


def align(printed: str, read: str, confusions: Confusions) -> tuple[float, list[Piece]]:
    """The likeliest way in which ``printed`` was read as ``read``.

    Returns:
        Its cost in nats, and the pieces that make it up, in order.
    """
    costs, unseen = confusions.costs, confusions.unseen
    width = len(read) + 1
    best = [math.inf] * ((len(printed) + 1) * width)
    came: list[tuple[int, int]] = [(0, 0)] * len(best)
    best[0] = 0.0
    for end in range(len(printed) + 1):
        for stop in range(width):
            here = end * width + stop
            for one, other in STEPS:
                if one > end or other > stop:
                    continue
                before = printed[end - one : end]
                cost = costs.get((before, read[stop - other : stop]))
                if cost is None:
                    if one > 1 or other > 1:
                        continue
                    cost = unseen.get(before, confusions.unknown)
                cost += best[here - one * width - other]
                if cost < best[here]:
                    best[here], came[here] = cost, (one, other)
    return best[-1], list(reversed(list(_pieces_back(printed, read, came))))


def _pieces_back(printed: str, read: str, came: list[tuple[int, int]]) -> Iterator[Piece]:
    """The pieces of the best path, the last first."""
    end, stop = len(printed), len(read)
    while end or stop:
        one, other = came[end * (len(read) + 1) + stop]
        yield printed[end - one : end], read[stop - other : stop]
        end, stop = end - one, stop - other


def cost(observed: str, original: str, confusions: Confusions | None = None) -> float:
    """Minus the log probability, in nats, that ``original`` was read as ``observed``.

    Args:
        observed: what the scan has.
        original: what may have been printed.
        confusions: the table; by default the shipped one.
    """
    return align(original, observed, confusions or standard())[0]


def read_table(path: Path) -> dict[Piece, int]:
    """The counts of a table.

    Raises:
        ValueError: for a line that is not three columns of which the last is a number.
    """
    counts = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line and not line.startswith("# "):
            columns = line.replace("␣", " ").split("\t")
            if len(columns) != 3 or not columns[2].isdigit():
                raise ValueError(f"{path}, line {number}: {line!r} is not: printed, tab, read, tab, count")
            counts[columns[0], columns[1]] = int(columns[2])
    return counts


@lru_cache(maxsize=1)
def standard() -> Confusions:
    """The costs of ``dictionaries/ocr/confusions.tsv``."""
    return costs_of(read_table(folder() / "ocr" / "confusions.tsv"))


def estimate(pairs: Iterable[tuple[str, str]]) -> dict[Piece, int]:
    """Counts of (printed, read) from pairs of a corrected text and its scan.

    First every stretch where the two differ counts as a whole; then stretches are taken apart by what was
    learnt: ``he → lio`` into ``h → li`` and ``e → o``. White space counts as one space, ``¬`` as a hyphen.
    """
    right: Counter[Piece] = Counter()
    stretches: Counter[Piece] = Counter()
    occurrences: Counter[str] = Counter()
    for printed, read in pairs:
        _compare(_flat(printed), _flat(read), right, stretches)
        occurrences.update(_pieces_in(_flat(printed)))
    counts: Counter[Piece] = right + Counter({piece: n for piece, n in stretches.items() if fits(piece)})
    for _ in range(ROUNDS):
        confusions = costs_of(_with_totals(counts, occurrences))
        counts = right.copy()
        for (printed, read), count in stretches.items():
            if len(printed) + len(read) <= 4 * LONGEST:
                for piece in align(printed, read, confusions)[1]:
                    counts[piece] += count
    return _with_totals(counts, occurrences)


def _flat(text: str) -> str:
    """The text on one line, with the corrected texts' mark of a broken word written as the scans have it."""
    return " ".join(text.replace("¬", "-").split())


def fits(piece: Piece) -> bool:
    """Whether a confusion is short enough for the table."""
    return len(piece[0]) + len(piece[1]) <= LONGEST


def _pieces_in(text: str) -> Iterator[str]:
    """Every piece of two or three characters of a text."""
    for length in (2, 3):
        yield from map("".join, zip(*(text[shift:] for shift in range(length)), strict=False))


def _compare(printed: str, read: str, right: Counter[Piece], stretches: Counter[Piece]) -> None:
    """Count the characters that two texts have in common, and the stretches where they differ."""
    from rapidfuzz.distance import Levenshtein

    begin, start = 0, 0
    for block in Levenshtein.opcodes(printed, read).as_matching_blocks():
        if block.a > begin or block.b > start:
            stretches[printed[begin : block.a], read[start : block.b]] += 1
        right.update((character, character) for character in printed[block.a : block.a + block.size])
        begin, start = block.a + block.size, block.b + block.size


def _with_totals(counts: Mapping[Piece, int], occurrences: Mapping[str, int]) -> dict[Piece, int]:
    """The frequent confusions and, for those of several characters, how often these were read otherwise."""
    kept = {piece: n for piece, n in counts.items() if n >= FEWEST and (fits(piece) or piece[0] == piece[1])}
    misread: Counter[str] = Counter()
    for (printed, _), count in kept.items():
        if len(printed) > 1:
            misread[printed] += count
    for printed, count in misread.items():
        kept[printed, printed] = max(occurrences.get(printed, 0) - count, 0)
    return kept


def write_table(path: Path, counts: Mapping[Piece, int], header: str = HEADER) -> None:
    """Write the table: the commonest printed piece first, for each what it was read as, commonest first.

    Args:
        path: of the file.
        counts: of (printed, read).
        header: lines that begin with ``# ``, each ended by a line break.
    """
    total: Counter[str] = Counter()
    for (printed, _), count in counts.items():
        total[printed] += count
    order = sorted(counts.items(), key=lambda item: (len(item[0][0]), -total[item[0][0]], item[0][0], -item[1]))
    lines = (f"{printed}\t{read}".replace(" ", "␣") + f"\t{count}\n" for (printed, read), count in order)
    path.write_text(header + "".join(lines), encoding="utf-8")
