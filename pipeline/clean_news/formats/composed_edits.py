"""Composes the edits of several stages to replacements in the text that the first stage received."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from clean_news.change_log import StageLog
from clean_news.edits import Edit, applied_in_order


class Replacement(NamedTuple):
    """A replacement of a span by another text, in code points; the end is exclusive."""

    start: int
    end: int
    after: str


class _Piece(NamedTuple):
    """A part of the present text: a span of the first text, with another text in its place or, if None, as it was."""

    start: int
    end: int
    after: str | None

    @property
    def length(self) -> int:
        """Its length in the present text."""
        return self.end - self.start if self.after is None else len(self.after)

    def split(self, at: int) -> tuple["_Piece", "_Piece"]:
        """Divide it at an offset in the present text."""
        if self.after is None:
            middle = self.start + at
            return _Piece(self.start, middle, None), _Piece(middle, self.end, None)
        return _Piece(self.start, self.end, self.after[:at]), _Piece(self.end, self.end, self.after[at:])


def composed(length: int, stages: Iterable[StageLog]) -> list[Replacement]:
    """Return the replacements that all stages make together, in order and without overlaps.

    Args:
        length: length of the text that the first stage received, in code points.
        stages: the stages, in order.
    """
    pieces = [_Piece(0, length, None)]
    for stage in stages:
        edits = applied_in_order(stage.edits)
        if edits:
            pieces = _after_edits(pieces, edits)
    found: list[Replacement] = []
    for piece in pieces:
        if piece.after is None or (piece.start == piece.end and not piece.after):
            continue
        if found and found[-1].end == piece.start:
            found[-1] = Replacement(found[-1].start, piece.end, found[-1].after + piece.after)
        else:
            found.append(Replacement(piece.start, piece.end, piece.after))
    return found


def _after_edits(pieces: Sequence[_Piece], edits: Sequence[Edit]) -> list[_Piece]:
    """Return the pieces of the text after the edits of one stage."""
    done: list[_Piece] = []
    waiting = list(reversed(pieces))
    position = 0  # in the text before these edits

    def take(until: int) -> list[_Piece]:
        nonlocal position
        taken: list[_Piece] = []
        while waiting and position + waiting[-1].length <= until:
            taken.append(waiting.pop())
            position += taken[-1].length
        if waiting and position < until:
            first, second = waiting.pop().split(until - position)
            waiting.append(second)
            taken.append(first)
            position = until
        return taken

    for edit in edits:
        done += take(edit.start)
        removed = take(edit.end)
        start = removed[0].start if removed else (done[-1].end if done else 0)
        done.append(_Piece(start, removed[-1].end if removed else start, edit.after))
    return done + waiting[::-1]
