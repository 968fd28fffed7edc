"""Lays out a passage and the variants of its places as one run of a network, in which they share their tokens.

The *trunk* is the passage as it is. A variant that differs from it is a *branch*: it begins at the first token that
differs and ends some tokens after the place, its *tail*. The tokens of a branch see those of the trunk before it and
their own predecessors, and have the positions that they would have in a text of their own. So every variant gets the
log-probability that it would get alone, and the passage is run once.

Source: tree attention, as in X. Miao et al., "SpecInfer" (2023).
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

CONTEXT_CHARS = 250  # code points of context before the first place of a passage
TAIL_CHARS = 100  # code points after a place in which the tokens of its tail are looked for
TAIL_TOKENS = 10  # tokens after a place that a variant has to fit, if the caller does not say otherwise
MAX_WORD_CHARS = 60  # a place's tokens are looked for from the beginning of its word, if it is not further away
CHARS_PER_TOKEN = 4  # of English, about
PASSAGE_TOKENS = 400  # of a trunk and its branches, by this estimate: the attention of longer ones takes more time
MAX_TOKENS = 1024  # of a run; a place whose surroundings have more in a window of their own is not scored

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Place(NamedTuple):
    """A place in a text and what may stand there.

    Attributes:
        start: offset of its text in code points.
        end: exclusive end.
        variants: other texts that may stand there.
    """

    start: int
    end: int
    variants: tuple[str, ...]


class Encoded(NamedTuple):
    """The tokens of a text: their ids, and the offsets of their beginnings and exclusive ends in code points."""

    ids: list[int]
    starts: list[int]
    ends: list[int]


Encode = Callable[[str], Encoded]


class Tree(NamedTuple):
    """A run of a network; for the first five see :meth:`network.Network.log_probabilities`.

    Attributes:
        tokens: the start token, the trunk and the branches.
        positions: their positions.
        seen: the attention mask.
        sources: the token before each that is scored.
        targets: the tokens that are scored.
        scored: for each place, for its own text and each variant, the indices of its tokens in ``targets``.
    """

    tokens: Ints
    positions: Ints
    seen: Flags
    sources: Ints
    targets: Ints
    scored: list[list[list[int]]]


class _Branch(NamedTuple):
    """A branch: the index in the trunk of the token that its first one replaces, and its tokens."""

    at: int
    ids: list[int]


class _Variant(NamedTuple):
    """The tokens of a variant: those of the trunk from ``start`` to ``end``, then those of a branch, if any."""

    start: int
    end: int
    branch: int | None


def trees(
    text: str,
    places: Sequence[Place],
    encode: Encode,
    start_token: int,
    max_tokens: int = MAX_TOKENS,
    tail: int = TAIL_TOKENS,
) -> Iterator[tuple[range, Tree]]:
    """Yield the runs that score the places of a text, each with the places that it scores.

    Args:
        text: the text.
        places: its places, in order, without overlaps.
        encode: the tokeniser.
        start_token: the token that begins a text.
        max_tokens: the most tokens of a run, if less than :data:`MAX_TOKENS`.
        tail: number of tokens after a place that are scored with it.
    """
    pending = [*_passages(places, tail)][::-1]
    while pending:
        passage = pending.pop()
        tree = _tree(text, places[passage.start : passage.stop], encode, start_token, min(max_tokens, MAX_TOKENS), tail)
        if tree is not None:
            yield passage, tree
        elif len(passage) > 1:
            middle = passage.start + len(passage) // 2
            pending += [range(middle, passage.stop), range(passage.start, middle)]


def _passages(places: Sequence[Place], tail: int) -> Iterator[range]:
    """Group places that are near each other, as ranges of their indices."""
    begin = 0
    tokens = float(CONTEXT_CHARS) / CHARS_PER_TOKEN
    for number, place in enumerate(places):
        own = sum(len(variant) / CHARS_PER_TOKEN + tail for variant in place.variants)
        gap = place.start - places[number - 1].end if number else 0
        added = own + (gap + place.end - place.start) / CHARS_PER_TOKEN
        if number > begin and (gap > CONTEXT_CHARS or tokens + added > PASSAGE_TOKENS):
            yield range(begin, number)
            begin, tokens = number, float(CONTEXT_CHARS) / CHARS_PER_TOKEN
        tokens += added
    if places:
        yield range(begin, len(places))


def _tree(
    text: str, places: Sequence[Place], encode: Encode, start_token: int, max_tokens: int, tail: int
) -> Tree | None:
    """Lay out the places of a passage; None if it has too many tokens."""
    offset = _word_start(text, max(0, places[0].start - CONTEXT_CHARS))
    trunk = encode(text[offset : places[-1].end + TAIL_CHARS])
    branches: list[_Branch] = []
    variants = [_variants_of(text, place, offset, trunk, branches, encode, tail) for place in places]
    size = 1 + max(variant.end for of_place in variants for variant in of_place)
    if size + sum(len(branch.ids) for branch in branches) > max_tokens:
        return None
    return _laid_out([start_token, *trunk.ids[: size - 1]], branches, variants)


def _word_start(text: str, at: int) -> int:
    """The offset of the word that an offset is in, with the space before it, which belongs to its first token."""
    least = max(0, at - MAX_WORD_CHARS)
    while at > least and not text[at - 1].isspace():
        at -= 1
    return at - 1 if at and text[at - 1] == " " else at


def _variants_of(
    text: str, place: Place, offset: int, trunk: Encoded, branches: list[_Branch], encode: Encode, tail: int
) -> list[_Variant]:
    """The tokens of a place's own text and of its variants; their branches are added to ``branches``.

    Args:
        text: the text.
        place: the place.
        offset: offset of the passage in the text.
        trunk: the tokens of the passage.
        branches: see above.
        encode: the tokeniser.
        tail: number of tokens after the place.
    """
    word = _word_start(text, place.start) - offset
    first = next((at for at, end in enumerate(trunk.ends) if end > word), len(trunk.ids) - 1)
    before = text[offset + trunk.starts[first] : place.start]
    following = text[place.end : place.end + TAIL_CHARS]
    found = []
    for variant in (text[place.start : place.end], *place.variants):
        ids, starts, _ = encode(before + variant + following)
        end = len(before) + len(variant)
        ids = ids[: next((at for at, start in enumerate(starts) if start >= end), len(ids)) + tail]
        shared = _shared(ids, trunk.ids[first : first + len(ids)])
        branch = None
        if shared < len(ids):
            branch = len(branches)
            branches.append(_Branch(first + shared, ids[shared:]))
        found.append(_Variant(first, first + shared, branch))
    return found


def _shared(one: Sequence[int], other: Sequence[int]) -> int:
    """The number of tokens that two sequences have in common at their beginnings."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _laid_out(trunk: list[int], branches: Sequence[_Branch], variants: Sequence[Sequence[_Variant]]) -> Tree:
    """Lay out the trunk, which begins with the start token, and its branches."""
    tokens, size = list(trunk), len(trunk)
    total = size + sum(len(branch.ids) for branch in branches)
    positions = np.arange(total)
    seen = np.zeros((total, total), bool)
    seen[:size, :size] = np.tri(size, dtype=bool)
    # A token of the trunk at index i of the passage is at i + 1 here, after the token at i.
    sources = sorted({at for of_place in variants for each in of_place for at in range(each.start, each.end)})
    targets = [trunk[at + 1] for at in sources]
    of_trunk = {at: number for number, at in enumerate(sources)}
    of_branch = []
    for at, ids in branches:
        begin, end = len(tokens), len(tokens) + len(ids)
        seen[begin:end, : at + 1] = True
        seen[begin:end, begin:end] = np.tri(len(ids), dtype=bool)
        positions[begin:end] = np.arange(at + 1, at + 1 + len(ids))
        of_branch.append(range(len(targets), len(targets) + len(ids)))
        sources += [at, *range(begin, end - 1)]
        targets += ids
        tokens += ids
    scored = [
        [
            [
                *(of_trunk[at] for at in range(each.start, each.end)),
                *(() if each.branch is None else of_branch[each.branch]),
            ]
            for each in of_place
        ]
        for of_place in variants
    ]
    as_array = [np.array(values, np.int64) for values in (tokens, sources, targets)]
    return Tree(as_array[0], positions, seen, as_array[1], as_array[2], scored)
