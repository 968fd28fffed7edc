"""Align a spun article with its original to find which words and phrases were swapped for which.

Equal tokens are the anchors (Levenshtein opcodes over tokens). Each block between them is segmented into phrase pairs
by dynamic programming: known pairs cost least, then single words, then phrases. So "company said" → "corporate
mentioned" is split into two swaps, and "according to" → "in line with" is kept whole.
"""

from collections.abc import Callable
from typing import NamedTuple

from clean_news.language.tokens import FOLDED_PUNCTUATION, TOKEN
from clean_news.stages.source.word_alignment import changed_blocks

MAX_PHRASE_TOKENS = 5
MAX_BLOCK_TOKENS = 40  # a longer block was rewritten, not spun
KNOWN_COST = 0.1  # of a known pair, per token of the original
PAIR_COST, EXTRA_TOKEN_COST = 1.0, 0.6  # of an unknown pair, and of each token beyond the first on either side
GAP_COST, GAP_TOKEN_COST = 1.0, 0.5  # of a phrase that only one side has, and of each of its tokens

Position = tuple[int, int]  # token indices in the original and in the spun text


class Swap(NamedTuple):
    """A phrase of the original and the phrase that replaces it in the spun text."""

    original: str
    spun: str


class Alignment(NamedTuple):
    """The swaps found, and the unchanged tokens, in lower case and in text order."""

    swaps: list[Swap]
    kept: list[str]


def align(original: str, spun: str, is_known: Callable[[str, str], bool]) -> Alignment:
    """Align an article with its original.

    Args:
        original: the genuine text.
        spun: the spun text.
        is_known: whether the dictionary has a pair; called with the original and the form in lower case.

    >>> align("The company said it rose.", "The corporate mentioned it rose.", lambda one, other: False).swaps
    [Swap(original='company', spun='corporate'), Swap(original='said', spun='mentioned')]
    """
    from rapidfuzz.distance import Levenshtein

    low_source, low_target = normalised_tokens(original), normalised_tokens(spun)
    source_spans = [match.span() for match in TOKEN.finditer(original)]
    target_spans = [match.span() for match in TOKEN.finditer(spun)]
    swaps: list[Swap] = []
    kept: list[str] = []
    at = 0
    opcodes = [
        (code.tag, code.src_start, code.src_end, code.dest_start, code.dest_end)
        for code in Levenshtein.opcodes(low_source, low_target)
    ]
    for begin, end, other_begin, other_end in changed_blocks(opcodes):
        kept += low_source[at:begin]
        at = end
        if max(end - begin, other_end - other_begin) > MAX_BLOCK_TOKENS:
            continue
        for (i, j), (k, m) in _segment(low_source[begin:end], low_target[other_begin:other_end], is_known):
            ours, theirs = range(begin + i, begin + i + k), range(other_begin + j, other_begin + j + m)
            if low_source[begin + i : begin + i + k] == low_target[other_begin + j : other_begin + j + m]:
                kept += low_source[begin + i : begin + i + k]
            elif ours and theirs:
                swaps.append(Swap(_phrase(original, source_spans, ours), _phrase(spun, target_spans, theirs)))
    return Alignment([swap for swap in swaps if _is_swap(swap)], kept + low_source[at:])


def normalised_tokens(text: str) -> list[str]:
    """The tokens of the text in lower case, with straight quotation marks."""
    return [token.translate(FOLDED_PUNCTUATION).lower() for token in TOKEN.findall(text)]


def _phrase(text: str, spans: list[tuple[int, int]], tokens: range) -> str:
    """The text from the first to the last of these tokens, with straight quotation marks and single spaces."""
    return " ".join(text[spans[tokens[0]][0] : spans[tokens[-1]][1]].translate(FOLDED_PUNCTUATION).split())


def _is_swap(swap: Swap) -> bool:
    """Whether words were swapped, not only punctuation or the form of the indefinite article."""
    if {side.lower() for side in swap} == {"a", "an"}:
        return False
    return all(any(character.isalnum() for character in side) for side in swap)


def _segment(
    source: list[str], target: list[str], is_known: Callable[[str, str], bool]
) -> list[tuple[Position, tuple[int, int]]]:
    """The segmentation of two blocks into phrase pairs that costs least.

    Returns:
        For each pair its start in both blocks and its number of tokens in both; one number may be 0.
    """
    best: dict[Position, tuple[float, Position]] = {(0, 0): (0.0, (0, 0))}
    for i in range(len(source) + 1):
        for j in range(len(target) + 1):
            if (i, j) not in best:
                continue
            for k in range(min(MAX_PHRASE_TOKENS, len(source) - i) + 1):
                for m in range(min(MAX_PHRASE_TOKENS, len(target) - j) + 1):
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
    """The cost of a phrase pair: 0 for equal tokens, low for known pairs, else growing with length and shared words."""
    if source == target:
        return 0.0 if len(source) == 1 else float("inf")
    if not source or not target:
        return GAP_COST + GAP_TOKEN_COST * (len(source) + len(target))
    if is_known(" ".join(source), " ".join(target)):
        return KNOWN_COST * len(source) + 0.01 * (len(source) - 1)  # prefers two known pairs to one that spans both
    shared = len(set(source) & set(target))
    return PAIR_COST + EXTRA_TOKEN_COST * (len(source) + len(target) - 2 + shared)
