"""Estimate and apply the OCR channel model: the cost of reading one string as another.

The table ``dictionaries/ocr/confusions.tsv`` counts what strings of one to three characters were read as;
:func:`estimate` makes such counts from pairs of corrected and scanned texts. Costs are negative natural log
probabilities.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from clean_news.dictionaries import folder

Piece = tuple[str, str]  # a confusion: printed, read

MAX_CONFUSION_CHARS = 4  # of both sides of a confusion together: m → iii, rn → m, h → li
ALIGNMENT_STEPS = [
    (one, other)
    for one in range(MAX_CONFUSION_CHARS)
    for other in range(MAX_CONFUSION_CHARS)
    if 0 < one + other <= MAX_CONFUSION_CHARS
]
UNSEEN_COUNT = 0.3  # pseudo-count of a one-character confusion that the table lacks
MIN_COUNT = 3  # rarer confusions are not written to the table
ROUNDS = 2
HEADER = """\
# Character confusions in the OCR of old newspapers, with counts. Statistics only, estimated from the training
# pairs of scanned and corrected Trove newspaper articles (1843-1954), aligned character by character, by
# benchmarks/estimate_confusions.py, which holds out every fourth article for evaluation. Sorted by the length of the
# printed string, then by its frequency.
# Columns: printed, read (equal: read correctly; empty: deleted), count. A space is written ␣.
"""


class Confusions(NamedTuple):
    """The confusion table as costs, in nats.

    Attributes:
        costs: cost of each confusion (printed, read); includes the correct readings of single characters.
        unseen: cost of a one-character confusion that the table lacks, by printed character ("" for insertions).
        unknown: the same for a printed character that the table lacks.
    """

    costs: Mapping[Piece, float]
    unseen: Mapping[str, float]
    unknown: float


def costs_of(counts: Mapping[Piece, int]) -> Confusions:
    """Convert counts of (printed, read) to costs.

    >>> costs = costs_of({("e", "e"): 90, ("e", "c"): 10}).costs
    >>> round(costs["e", "c"], 2)
    2.3
    """
    total: Counter[str] = Counter()
    for (printed, _), count in counts.items():
        total[printed] += count
    # An insertion is possible at every character.
    total[""] = sum(count for printed, count in total.items() if len(printed) == 1) + total[""]
    costs = {piece: -math.log(count / total[piece[0]]) for piece, count in counts.items() if count}
    unseen = {printed: -math.log(UNSEEN_COUNT / (count + 1)) for printed, count in total.items() if len(printed) < 2}
    return Confusions(costs, unseen, -math.log(UNSEEN_COUNT / 100))


def align(printed: str, read: str, confusions: Confusions) -> tuple[float, list[Piece]]:
    """Find the most likely alignment of a printed string with what was read.

    Args:
        printed: the printed string.
        read: the string that was read.
        confusions: the costs.

    Returns:
        The cost of the alignment in nats, and its confusions (correct readings included), in order.
    """
    costs, unseen = confusions.costs, confusions.unseen
    width = len(read) + 1
    best = [math.inf] * ((len(printed) + 1) * width)
    steps: list[tuple[int, int]] = [(0, 0)] * len(best)
    best[0] = 0.0
    for end in range(len(printed) + 1):
        for stop in range(width):
            here = end * width + stop
            for one, other in ALIGNMENT_STEPS:
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
                    best[here], steps[here] = cost, (one, other)
    return best[-1], list(reversed(list(_pieces_back(printed, read, steps))))


def _pieces_back(printed: str, read: str, steps: list[tuple[int, int]]) -> Iterator[Piece]:
    """Yield the pieces of the best path, from the last to the first."""
    end, stop = len(printed), len(read)
    while end or stop:
        one, other = steps[end * (len(read) + 1) + stop]
        yield printed[end - one : end], read[stop - other : stop]
        end, stop = end - one, stop - other


def cost(observed: str, original: str, confusions: Confusions | None = None) -> float:
    """Return the negative log probability, in nats, of reading ``original`` as ``observed``.

    Args:
        observed: the string in the scan.
        original: the string that may have been printed.
        confusions: the costs; by default those of the shipped table.
    """
    return align(original, observed, confusions or standard())[0]


def read_table(path: Path) -> dict[Piece, int]:
    """Read the counts of a confusion table.

    Raises:
        ValueError: if a line is not three columns of which the last is a number.
    """
    counts = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line and not line.startswith("# "):
            columns = line.replace("␣", " ").split("\t")
            if len(columns) != 3 or not columns[2].isdigit():
                raise ValueError(f"{path}, line {number}: {line!r} is invalid; expected printed, tab, read, tab, count")
            counts[columns[0], columns[1]] = int(columns[2])
    return counts


@lru_cache(maxsize=1)
def standard() -> Confusions:
    """The costs of ``dictionaries/ocr/confusions.tsv``."""
    return costs_of(read_table(folder() / "ocr" / "confusions.tsv"))


def estimate(pairs: Iterable[tuple[str, str]]) -> dict[Piece, int]:
    """Estimate the counts of (printed, read) from pairs of a corrected text and its scan.

    At first each differing span counts as one confusion. Then the spans are realigned with the costs estimated so
    far, :data:`ROUNDS` times: ``he → lio`` becomes ``h → li`` and ``e → o``. Runs of white space count as one space,
    ``¬`` as a hyphen.

    Args:
        pairs: pairs of a corrected text and its scan.
    """
    right: Counter[Piece] = Counter()
    spans: Counter[Piece] = Counter()
    occurrences: Counter[str] = Counter()
    for printed, read in pairs:
        _compare(_flat(printed), _flat(read), right, spans)
        occurrences.update(_pieces_in(_flat(printed)))
    counts: Counter[Piece] = right + Counter({piece: n for piece, n in spans.items() if _is_short_enough(piece)})
    for _ in range(ROUNDS):
        confusions = costs_of(_with_totals(counts, occurrences))
        counts = right.copy()
        for (printed, read), count in spans.items():
            if len(printed) + len(read) <= 4 * MAX_CONFUSION_CHARS:
                for piece in align(printed, read, confusions)[1]:
                    counts[piece] += count
    return _with_totals(counts, occurrences)


def _flat(text: str) -> str:
    """Return the text on one line, with the break mark of the corrected texts (``¬``) as the hyphen of the scans."""
    return " ".join(text.replace("¬", "-").split())


def _is_short_enough(piece: Piece) -> bool:
    """Whether a confusion is short enough for the table."""
    return len(piece[0]) + len(piece[1]) <= MAX_CONFUSION_CHARS


def _pieces_in(text: str) -> Iterator[str]:
    """Yield all substrings of two and three characters of a text."""
    for length in (2, 3):
        yield from map("".join, zip(*(text[shift:] for shift in range(length)), strict=False))


def _compare(printed: str, read: str, right: Counter[Piece], spans: Counter[Piece]) -> None:
    """Count the characters that two texts have in common, and the spans where they differ."""
    from rapidfuzz.distance import Levenshtein

    begin, start = 0, 0
    for block in Levenshtein.opcodes(printed, read).as_matching_blocks():
        if block.a > begin or block.b > start:
            spans[printed[begin : block.a], read[start : block.b]] += 1
        right.update((character, character) for character in printed[block.a : block.a + block.size])
        begin, start = block.a + block.size, block.b + block.size


def _with_totals(counts: Mapping[Piece, int], occurrences: Mapping[str, int]) -> dict[Piece, int]:
    """Return the frequent confusions, and the counts of correct readings of multi-character strings."""
    frequent = {piece: n for piece, n in counts.items() if n >= MIN_COUNT}
    kept = {piece: n for piece, n in frequent.items() if _is_short_enough(piece) or piece[0] == piece[1]}
    misread: Counter[str] = Counter()
    for (printed, _), count in kept.items():
        if len(printed) > 1:
            misread[printed] += count
    for printed, count in misread.items():
        kept[printed, printed] = max(occurrences.get(printed, 0) - count, 0)
    return kept


def write_table(path: Path, counts: Mapping[Piece, int], header: str = HEADER) -> None:
    """Write the table, sorted by length and frequency of the printed string, then by count.

    Args:
        path: path of the file.
        counts: counts of (printed, read).
        header: lines that begin with ``# ``, each with a line break.
    """
    total: Counter[str] = Counter()
    for (printed, _), count in counts.items():
        total[printed] += count
    order = sorted(counts.items(), key=lambda item: (len(item[0][0]), -total[item[0][0]], item[0][0], -item[1]))
    lines = (f"{printed}\t{read}".replace(" ", "␣") + f"\t{count}\n" for (printed, read), count in order)
    path.write_text(header + "".join(lines), encoding="utf-8")
