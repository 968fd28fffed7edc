"""Compute the minimal changes between two versions of a line.

For libraries that return a new text without saying what they changed.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple


class TokenChange(NamedTuple):
    """The replacement of a span of tokens.

    Attributes:
        start: index of the first replaced token.
        end: exclusive end; equals ``start`` for an insertion.
        after: the replacement text.
    """

    start: int
    end: int
    after: str


class AlignedSpan(NamedTuple):
    """One step of the alignment: a difference, or a token that both versions have.

    Attributes:
        differs: whether the two versions differ here.
        joins: whether the span becomes part of a change next to it.
        start: index of its first token.
        end: exclusive end.
        after: its text in the new version.
    """

    differs: bool
    joins: bool
    start: int
    end: int
    after: str


def changes(before: Sequence[str], after: str, joins: Callable[[str], bool] = lambda _: False) -> Iterator[TokenChange]:
    """Yield the changes from ``before`` to ``after``, in order; they neither overlap nor touch.

    Args:
        before: the tokens; each character of a plain string is one token.
        after: the new text.
        joins: predicate for unchanged tokens that become part of a change next to them, so that a garbled
            run is one change although some of its characters are the same in both versions.

    >>> list(changes("nÃ¤he", "nähe", joins=lambda token: not token.isascii()))
    [TokenChange(start=1, end=3, after='ä')]
    """
    for touched, run in groupby(_alignment(before, after, joins), key=lambda span: span.joins):
        spans = list(run)
        if touched and any(span.differs for span in spans):
            yield TokenChange(spans[0].start, spans[-1].end, "".join(span.after for span in spans))


def _alignment(before: Sequence[str], after: str, joins: Callable[[str], bool]) -> Iterator[AlignedSpan]:
    """Yield a span for each difference and for each unchanged token."""
    from rapidfuzz.distance import Levenshtein  # imported where needed: the CLI must start fast

    for code in Levenshtein.opcodes(before, after):
        if code.tag != "equal":
            yield AlignedSpan(True, True, code.src_start, code.src_end, after[code.dest_start : code.dest_end])
            continue
        for at in range(code.src_start, code.src_end):
            yield AlignedSpan(False, joins(before[at]), at, at + 1, before[at])
