"""The shown article in lines: those of the clean text, each with the pieces in it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from clean_news.diff.pieces import Piece
from clean_news.tracing import TracedEdit


class ShownLine(NamedTuple):
    """A line of the clean text.

    Attributes:
        number: from 1 on.
        pieces: what stands in it, the line end that was kept not among it.
    """

    number: int
    pieces: tuple[Piece, ...]

    @property
    def edits(self) -> tuple[TracedEdit, ...]:
        """The edits to name beside it."""
        return tuple(each for piece in self.pieces for each in piece.edits)


def lines_of(pieces: Iterable[Piece]) -> Iterator[ShownLine]:
    """The lines of the article; one that an edit ended or began shows the sign of it."""
    number, line = 1, list[Piece]()
    for piece in pieces:
        if piece.kind in ("suggested", "rejected"):  # shown whole, on the line where it begins
            line.append(piece)
            if "\n" in piece.before:
                yield ShownLine(number, tuple(line))
                number, line = number + piece.before.count("\n"), []
            continue
        *ended, rest = piece.after.split("\n")
        for text in ended:
            sign = "" if piece.kind == "kept" else "\n"
            line.append(piece._replace(before=piece.before if sign else text, after=text + sign))
            yield ShownLine(number, tuple(line))
            number, line = number + 1, []
            piece = piece._replace(before="", edits=())  # noqa: PLW2901  # what of it is left
        if rest or piece.edits or (piece.kind != "kept" and piece.before):
            line.append(piece._replace(before=piece.before if piece.kind != "kept" else rest, after=rest))
    if line:
        yield ShownLine(number, tuple(line))


def hunks_of(lines: Sequence[ShownLine], context: int) -> list[Sequence[ShownLine]]:
    """The lines with something to show and those around them, in stretches.

    Args:
        lines: of one article.
        context: number of lines around one with something to show.
    """
    stretches: list[tuple[int, int]] = []
    for at, line in enumerate(lines):
        if any(piece.kind != "kept" or piece.edits for piece in line.pieces):
            start, end = max(0, at - context), min(len(lines), at + context + 1)
            if stretches and start <= stretches[-1][1]:
                start = stretches.pop()[0]
            stretches.append((start, end))
    return [lines[start:end] for start, end in stretches]
