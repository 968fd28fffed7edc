r"""Reads the lines of a stream, holding at most a given number of bytes of a line in memory.

A line ends at ``\n`` and nowhere else.
"""

from collections.abc import Iterator
from typing import IO, NamedTuple

CHUNK_BYTES = 1 << 20


class Line(NamedTuple):
    """A line of a stream.

    Attributes:
        number: line number, from 1.
        content: the bytes, including the line end; None for a line longer than the limit.
        start: start offset in the stream, in bytes.
        size: length in bytes.
    """

    number: int
    content: bytes | None
    start: int
    size: int


def read_lines(file: IO[bytes], limit: int) -> Iterator[Line]:
    """Yield the lines of a stream, each as soon as it is complete.

    Args:
        file: the stream.
        limit: maximum length of a line without its line end, in bytes.
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
    """Yield the bytes up to and including the next line end, in chunks."""
    while chunk := file.readline(CHUNK_BYTES):
        yield chunk
        if chunk.endswith(b"\n"):
            return
