"""Two versions of a line made into the smallest changes that lead from one to the other.

For libraries that return a new text and do not say what they changed.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple


class Change(NamedTuple):
    """Tokens that differ.

    Attributes:
        start: first of the tokens.
        end: token behind them; ``start`` for an insertion.
        after: what stands in their place.
    """

    start: int
    end: int
    after: str


class Piece(NamedTuple):
    """A stretch of the alignment: whether it differs, and whether it joins the changes beside it."""

    differs: bool
    joins: bool
    start: int
    end: int
    after: str


def changes(before: Sequence[str], after: str, joins: Callable[[str], bool] = lambda _: False) -> Iterator[Change]:
    """The changes that lead from ``before`` to ``after``, in order; they neither overlap nor touch.

    Args:
        before: tokens; a plain string is one token a character.
        after: the new text.
        joins: which unchanged tokens become part of a change that they touch, so that a garbled run
            is one change although some of its characters stay.

    >>> list(changes("nÃ¤he", "nähe", joins=lambda token: not token.isascii()))
    [Change(start=1, end=3, after='ä')]
    """
    for touched, run in groupby(aligned(before, after, joins), key=lambda piece: piece.joins):
        pieces = list(run)
        if touched and any(piece.differs for piece in pieces):
            yield Change(pieces[0].start, pieces[-1].end, "".join(piece.after for piece in pieces))


def aligned(before: Sequence[str], after: str, joins: Callable[[str], bool]) -> Iterator[Piece]:
    """The alignment of the two: a piece for each difference and for each token that stays."""
    from rapidfuzz.distance import Levenshtein  # imported where needed: the CLI must start fast

    for code in Levenshtein.opcodes(before, after):
        if code.tag != "equal":
            yield Piece(True, True, code.src_start, code.src_end, after[code.dest_start : code.dest_end])
            continue
        for at in range(code.src_start, code.src_end):
            yield Piece(False, joins(before[at]), at, at + 1, before[at])
