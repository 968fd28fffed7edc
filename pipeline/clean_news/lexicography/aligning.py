"""Align a spun article with its original to find which words and phrases were swapped for which.

Equal tokens are the anchors (Levenshtein opcodes over tokens). Each block between them is segmented into phrase pairs;
see :mod:`clean_news.stages.source.phrase_pairs`.
"""

from collections.abc import Callable
from typing import NamedTuple

from clean_news.language.tokens import FOLDED_PUNCTUATION, TOKEN
from clean_news.stages.source.phrase_pairs import MAX_KNOWN_TOKENS, Block, segmented
from clean_news.stages.source.possible_originals import PossibleOriginals
from clean_news.stages.source.word_alignment import MAX_BLOCK_TOKENS, changed_blocks


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
        ours, theirs = low_source[begin:end], low_target[other_begin:other_end]
        for (other, other_stop), (first, stop), kind in segmented(
            Block(theirs, theirs, ours, _possible(ours, is_known))
        ):
            if kind == "equal":
                kept += ours[first:stop]
            elif kind != "gap":
                originals, forms = (
                    range(begin + first, begin + stop),
                    range(other_begin + other, other_begin + other_stop),
                )
                swaps.append(Swap(_phrase(original, source_spans, originals), _phrase(spun, target_spans, forms)))
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


def _possible(source: list[str], is_known: Callable[[str, str], bool]) -> PossibleOriginals:
    """The phrases of a block of the original that the dictionary has for a form."""
    phrases = {
        " ".join(source[at : at + length]) for length in range(1, MAX_KNOWN_TOKENS + 1) for at in range(len(source))
    }
    return lambda form: frozenset(phrase for phrase in phrases if is_known(phrase, form))
