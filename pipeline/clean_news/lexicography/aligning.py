"""Aligning a spun article with its original: which words and phrases were swapped for which.

Equal words are the anchors (Levenshtein's opcodes over tokens). Between them a small search cuts what is left into
pairs: known pairs are cheapest, then word for word, then phrases, so that "company said" → "corporate mentioned"
comes apart and "according to" → "in line with" stays together.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from clean_news.language.tokens import SAME, TOKEN

MARGIN = 2  # equal words on either side that a phrase may take in
LONGEST_PHRASE = 5  # tokens
LONGEST_BLOCK = 40  # tokens; what is longer was rewritten, not spun
KNOWN_COST = 0.1  # of each token of the original in a known pair
WORD_COST, LENGTH_COST = 1.0, 0.6  # of another pair, and of each token more
LONE_COST, LONE_LENGTH_COST = 1.0, 0.5  # of tokens that stand on one side alone, and of each of them

Step = tuple[int, int]  # tokens taken of the original and of the spun text


class Swap(NamedTuple):
    """A phrase of the original and what stands for it in the spun text."""

    original: str
    spun: str


class Alignment(NamedTuple):
    """What an alignment shows: the swaps, and the tokens that were kept, in small letters and in order."""

    swaps: list[Swap]
    kept: list[str]


def align(original: str, spun: str, is_known: Callable[[str, str], bool]) -> Alignment:
    """Align an article with its original.

    Args:
        original: the genuine text.
        spun: the spun text.
        is_known: whether the dictionary has a pair; asked for keys of original and form in lower case.

    >>> align("The company said it rose.", "The corporate mentioned it rose.", lambda one, other: False).swaps
    [Swap(original='company', spun='corporate'), Swap(original='said', spun='mentioned')]
    """
    from rapidfuzz.distance import Levenshtein

    low_source, low_target = keys_of(original), keys_of(spun)
    source_spans = [match.span() for match in TOKEN.finditer(original)]
    target_spans = [match.span() for match in TOKEN.finditer(spun)]
    swaps: list[Swap] = []
    kept: list[str] = []
    at = 0
    opcodes = [
        (code.tag, code.src_start, code.src_end, code.dest_start, code.dest_end)
        for code in Levenshtein.opcodes(low_source, low_target)
    ]
    for begin, end, other_begin, other_end in blocks(opcodes):
        kept += low_source[at:begin]
        at = end
        if max(end - begin, other_end - other_begin) > LONGEST_BLOCK:
            continue
        for (i, j), (k, m) in _cuts(low_source[begin:end], low_target[other_begin:other_end], is_known):
            ours, theirs = range(begin + i, begin + i + k), range(other_begin + j, other_begin + j + m)
            if low_source[begin + i : begin + i + k] == low_target[other_begin + j : other_begin + j + m]:
                kept += low_source[begin + i : begin + i + k]
            elif ours and theirs:
                swaps.append(Swap(written(original, source_spans, ours), written(spun, target_spans, theirs)))
    return Alignment([swap for swap in swaps if _is_swap(swap)], kept + low_source[at:])


def keys_of(text: str) -> list[str]:
    """The text's tokens in small letters, quotation marks made straight."""
    return [token.translate(SAME).lower() for token in TOKEN.findall(text)]


def written(text: str, spans: list[Step], places: range) -> str:
    """The words of the text from the first to the last of these tokens, with single blanks between."""
    return " ".join(text[spans[places[0]][0] : spans[places[-1]][1]].translate(SAME).split())


def _is_swap(swap: Swap) -> bool:
    """Whether words were swapped: changed punctuation and the other indefinite article are no swap."""
    if {side.lower() for side in swap} == {"a", "an"}:
        return False
    return all(any(sign.isalnum() for sign in side) for side in swap)


def blocks(opcodes: Sequence[tuple[str, int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """The stretches that differ, each with up to two equal tokens on either side; overlapping ones become one.

    >>> blocks([("equal", 0, 3, 0, 3), ("replace", 3, 4, 3, 4), ("insert", 4, 4, 4, 5), ("equal", 4, 9, 5, 10)])
    [(1, 6, 1, 7)]
    """
    found: list[list[int]] = []
    room = 0  # equal tokens just before
    for place, (kind, begin, end, other_begin, other_end) in enumerate(opcodes):
        if kind == "equal":
            room = end - begin
            continue
        before = min(MARGIN, room)
        following = opcodes[place + 1] if place + 1 < len(opcodes) else None
        behind = min(MARGIN, following[2] - following[1]) if following and following[0] == "equal" else 0
        block = [begin - before, end + behind, other_begin - before, other_end + behind]
        if found and block[0] <= found[-1][1] and block[2] <= found[-1][3]:
            found[-1][1], found[-1][3] = block[1], block[3]
        else:
            found.append(block)
        room = 0
    return [(begin, end, other_begin, other_end) for begin, end, other_begin, other_end in found]


def _cuts(source: list[str], target: list[str], is_known: Callable[[str, str], bool]) -> list[tuple[Step, Step]]:
    """The cheapest way to cut two stretches into pairs: for each its places and how many tokens it takes."""
    best: dict[Step, tuple[float, Step]] = {(0, 0): (0.0, (0, 0))}
    for i in range(len(source) + 1):
        for j in range(len(target) + 1):
            if (i, j) not in best:
                continue
            for k in range(min(LONGEST_PHRASE, len(source) - i) + 1):
                for m in range(min(LONGEST_PHRASE, len(target) - j) + 1):
                    if k or m:
                        cost = best[i, j][0] + _cost_of(source[i : i + k], target[j : j + m], is_known)
                        if cost < best.get((i + k, j + m), (float("inf"),))[0]:
                            best[i + k, j + m] = (cost, (i, j))
    found = []
    at = (len(source), len(target))
    while at != (0, 0):
        before = best[at][1]
        found.append((before, (at[0] - before[0], at[1] - before[1])))
        at = before
    return found[::-1]


def _cost_of(source: list[str], target: list[str], is_known: Callable[[str, str], bool]) -> float:
    """What a pair costs: equal tokens nothing, known pairs little, others the more the longer and the less alike."""
    if source == target:
        return 0.0 if len(source) == 1 else float("inf")
    if not source or not target:
        return LONE_COST + LONE_LENGTH_COST * (len(source) + len(target))
    if is_known(" ".join(source), " ".join(target)):
        return KNOWN_COST * len(source) + 0.01 * (len(source) - 1)  # two known pairs rather than one of both
    shared = len(set(source) & set(target))
    return WORD_COST + LENGTH_COST * (len(source) + len(target) - 2 + shared)
