"""Segments two blocks of tokens into pairs of phrases by dynamic programming.

Pairs that the lexicon knows cost least, then single words, then phrases. So "corporate mentioned" for "company said" is
split into two pairs, and "in line with" for "according to" is kept whole.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from clean_news.stages.source.possible_originals import PossibleOriginals

MAX_KNOWN_TOKENS = 7  # of a phrase that the lexicon knows
MAX_UNKNOWN_TOKENS = 3  # of another
KNOWN_COST, KNOWN_EXTRA_COST = 0.1, 0.01  # of a known pair, per token of the original; two pairs before one of both
PAIR_COST, EXTRA_TOKEN_COST = 1.0, 0.6  # of an unknown pair, and of each token beyond the first on either side
GAP_COST, GAP_TOKEN_COST = 1.0, 0.5  # of a phrase that only one side has, and of each of its tokens
TOLERANCE = 1e-9  # of costs that count as equal
WORDLIKE = frozenset("-–%'")  # marks that a phrase may have; others are aligned with equal ones only

Kind = Literal["equal", "known", "unknown", "gap"]
Bounds = tuple[int, int]  # first token, exclusive end


class Segment(NamedTuple):
    """A phrase of the article and the phrase of the source that it is aligned with; of a gap one is empty.

    Attributes:
        spun: its tokens in the article.
        original: its tokens in the source.
        kind: ``known`` if the lexicon calls the source's phrase a possible original of the article's.
    """

    spun: Bounds
    original: Bounds
    kind: Kind


class Block(NamedTuple):
    """Two blocks of tokens.

    Attributes:
        forms: the article's tokens as the lexicon has them.
        ours: the same as they are compared.
        theirs: the source's tokens as they are compared.
        possible: the possible originals of a form.
    """

    forms: list[str]
    ours: list[str]
    theirs: list[str]
    possible: PossibleOriginals


class _Step(NamedTuple):
    """A pair of phrases: the number of tokens of each, what it costs, and its kind."""

    spun: int
    original: int
    cost: float
    kind: Kind


def segmented(block: Block) -> list[Segment]:
    """Return the segmentation that costs least; the tokens are numbered from the start of the blocks."""
    size, other_size = len(block.ours), len(block.theirs)
    best: dict[Bounds, tuple[float, Bounds, Kind]] = {(0, 0): (0.0, (0, 0), "equal")}
    for i in range(size + 1):
        known = _known_forms(block, i)
        for j in range(other_size + 1):
            if (i, j) not in best:
                continue
            cost = best[i, j][0]
            for step in _steps(block, i, j, known):
                place = (i + step.spun, j + step.original)
                if place not in best or cost + step.cost < best[place][0] - TOLERANCE:
                    best[place] = (cost + step.cost, (i, j), step.kind)
    found = []
    at = (size, other_size)
    while at != (0, 0):
        _, begin, kind = best[at]
        found.append(Segment((begin[0], at[0]), (begin[1], at[1]), kind))
        at = begin
    return found[::-1]


def _known_forms(block: Block, i: int) -> list[tuple[int, frozenset[str]]]:
    """The forms that begin at a token: their numbers of tokens and their possible originals."""
    lengths = range(1, min(MAX_KNOWN_TOKENS, len(block.ours) - i) + 1)
    found = ((length, block.possible(" ".join(block.forms[i : i + length]))) for length in lengths)
    return [(length, originals) for length, originals in found if originals]


def _steps(block: Block, i: int, j: int, known: list[tuple[int, frozenset[str]]]) -> Iterator[_Step]:
    """Yield the pairs of phrases that begin at two tokens."""
    ours, theirs = block.ours[i : i + MAX_KNOWN_TOKENS], block.theirs[j : j + MAX_KNOWN_TOKENS]
    is_equal = ours[:1] == theirs[:1]
    if ours and is_equal:
        yield _Step(1, 1, 0.0, "equal")
    for spun, originals in known:
        for original in range(1, len(theirs) + 1):
            if " ".join(theirs[:original]) in originals and theirs[:original] != ours[:spun]:
                yield _Step(spun, original, KNOWN_COST * original + KNOWN_EXTRA_COST * (original - 1), "known")
    for spun in range(1, _plain_length(ours) + 1):
        for original in range(1, _plain_length(theirs) + 1):
            if (spun, original) != (1, 1) or not is_equal:
                extra = spun + original - 2 + len(set(ours[:spun]) & set(theirs[:original]))
                yield _Step(spun, original, PAIR_COST + EXTRA_TOKEN_COST * extra, "unknown")
    for length in range(1, len(ours) + 1):
        yield _Step(length, 0, GAP_COST + GAP_TOKEN_COST * length, "gap")
    for length in range(1, len(theirs) + 1):
        yield _Step(0, length, GAP_COST + GAP_TOKEN_COST * length, "gap")


def _plain_length(tokens: list[str]) -> int:
    """The number of tokens, up to the limit of an unknown phrase, before the first punctuation mark."""
    for length, token in enumerate(tokens[:MAX_UNKNOWN_TOKENS]):
        if not (token[0].isalnum() or token[-1].isalnum() or token in WORDLIKE):
            return length
    return min(len(tokens), MAX_UNKNOWN_TOKENS)
