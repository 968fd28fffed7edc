r"""The lines of a stream, however long: no more than a limit of one is held in memory.

A line ends at ``\n`` and nowhere else.
"""

from collections.abc import Iterator
from typing import IO, NamedTuple

PIECE = 1 << 20  # bytes


class Line(NamedTuple):
    """A line of a stream.

    Attributes:
        number: 1 for the first.
        content: its bytes, line end included; None for a line that is longer than the limit.
        start: where it begins in the stream, in bytes.
        size: how long it is, in bytes.
    """

    number: int
    content: bytes | None
    start: int
    size: int


def lines_of(file: IO[bytes], limit: int) -> Iterator[Line]:
    """The lines of a stream, each as soon as its end is there.

    Args:
        file: the stream.
        limit: how long a line may be without its line end, in bytes.
    """
    number = start = 0
    while content := file.readline(limit + 1):
        number += 1
        size = len(content)
        if size <= limit or content.endswith(b"\n"):
            yield Line(number, content, start, size)
        else:
            del content
            size += sum(map(len, rest_of_line(file)))
            yield Line(number, None, start, size)
        start += size


def rest_of_line(file: IO[bytes]) -> Iterator[bytes]:
    """What there is up to the next line end and with it, in pieces."""
    while piece := file.readline(PIECE):
        yield piece
        if piece.endswith(b"\n"):
            return
