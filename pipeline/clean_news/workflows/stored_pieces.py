"""Stores the pieces of a divided file, with the bytes that the clean file and its log will have.

A stored piece is a sequence of frames: bytes of the clean file, bytes of the log, and the end of a block of rows; the
last one says how the piece ended. Putting a file together is then copying. Each frame has a checksum, since a file
system of a cluster may lose a part of a file.
"""

import io
import os
import struct
from collections.abc import Iterable, Iterator
from itertools import count
from typing import IO, TYPE_CHECKING, NamedTuple, cast
from zlib import crc32

import msgspec

from clean_news.batch.tally import Report
from clean_news.formats import CleanRow
from clean_news.formats.row_places import BLOCK_ROWS
from clean_news.printable_text import printable

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

FRAME_BYTES = 1 << 20  # so many are collected, since rows are small
FRAME_HEAD = struct.Struct(">cQI")  # kind, length and CRC-32 of the content
CLEAN, LOGS, BLOCK, END = b"C", b"L", b"B", b"E"


class MissingPieceError(ValueError):
    """Not all pieces of a file are there: a task did not finish, or one is damaged, or they are of another file."""


class Frame(NamedTuple):
    """A part of a stored piece.

    Attributes:
        kind: ``CLEAN``, ``LOGS``, ``BLOCK`` or ``END``.
        content: the bytes; the number of rows for the end of a block, an :class:`End` for that of the piece.
    """

    kind: bytes
    content: bytes


class End(NamedTuple):
    """How a piece ended.

    Attributes:
        broken: why the raw file could not be read to its end; empty if it could.
        report: the report of its rows.
    """

    broken: str
    report: Report


class Section(io.RawIOBase):
    """A stream whose bytes become frames of one kind; a frame has one or more whole writes."""

    def __init__(self, stored: IO[bytes], kind: bytes) -> None:
        """Begin empty.

        Args:
            stored: the stored piece.
            kind: the kind of the frames.
        """
        self.stored, self.kind = stored, kind
        self.collected = bytearray()

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, content: "ReadableBuffer") -> int:
        """Add bytes; return their number."""
        before = len(self.collected)
        self.collected += content
        written = len(self.collected) - before
        if len(self.collected) >= FRAME_BYTES:
            self.store()
        return written

    def store(self) -> None:
        """Store what has been collected as a frame."""
        if self.collected:
            _store(Frame(self.kind, bytes(self.collected)), self.stored)
            self.collected.clear()


class PieceWriter:
    """Writes a stored piece.

    Attributes:
        clean: takes the bytes of the clean file.
        logs: takes those of the log.
    """

    def __init__(self, stored: IO[bytes], head: bytes) -> None:
        """Begin with the first line.

        Args:
            stored: the stored piece.
            head: the first line, by which the piece is told from others.
        """
        stored.write(head)
        self._stored = stored
        self._sections = Section(stored, CLEAN), Section(stored, LOGS)
        self.clean, self.logs = (cast("IO[bytes]", section) for section in self._sections)

    def in_blocks(self, rows: Iterable[CleanRow]) -> Iterator[CleanRow]:
        """Yield rows, and end a block after every ``BLOCK_ROWS``.

        Args:
            rows: the clean rows; whoever takes one has written those before it.
        """
        number = 0
        for row in rows:
            if number == BLOCK_ROWS:
                self._end_block(number)
                number = 0
            number += 1
            yield row
        if number:
            self._end_block(number)

    def _end_block(self, rows: int) -> None:
        """Store what has been written of a block of rows."""
        for section in self._sections:
            section.store()
        _store(Frame(BLOCK, bytes((rows,))), self._stored)

    def end(self, end: End) -> None:
        """Write the last frame."""
        _store(Frame(END, msgspec.msgpack.encode(end)), self._stored)


def _store(frame: Frame, stored: IO[bytes]) -> None:
    """Append a frame to a stored piece."""
    kind, content = frame
    stored.write(FRAME_HEAD.pack(kind, len(content), crc32(content)))
    stored.write(content)


def frames(stored: IO[bytes], head: bytes) -> Iterator[Frame]:
    """Yield the frames of a stored piece; the last one is that of its end.

    Args:
        stored: the stored piece, at its start.
        head: its first line.

    Raises:
        OSError: if it cannot be read.
        MissingPieceError: if it is damaged, or another one.
    """
    if stored.read(len(head)) != head:
        raise MissingPieceError(
            f"{printable(stored.name)}: is not the part that belongs there, or the file was changed meanwhile"
        )
    left = os.fstat(stored.fileno()).st_size - len(head)
    kind = b""
    while kind != END:
        start = stored.read(FRAME_HEAD.size)
        kind, size, checksum = FRAME_HEAD.unpack(start) if len(start) == FRAME_HEAD.size else (b"", 0, 0)
        left -= FRAME_HEAD.size + size
        content = stored.read(size) if left >= 0 else b""  # a damaged length could take all memory
        if kind not in {CLEAN, LOGS, BLOCK, END} or len(content) != size or crc32(content) != checksum:
            raise MissingPieceError(f"{printable(stored.name)}: is damaged")
        yield Frame(kind, content)
    if left:
        raise MissingPieceError(f"{printable(stored.name)}: is damaged")


def end_of(found: Iterable[Frame]) -> End:
    """Return how a piece ended; all of it is read, and so checked.

    Args:
        found: its frames.

    Raises:
        OSError, MissingPieceError: see :func:`frames`.
    """
    last = b""
    for frame in found:
        last = frame.content
    return _end_from(last)


def _end_from(content: bytes) -> End:
    """Parse the content of the last frame.

    Raises:
        MissingPieceError: if it is of another version.
    """
    try:
        return msgspec.msgpack.decode(content, type=End)
    except msgspec.MsgspecError as error:
        raise MissingPieceError(f"one of its parts is damaged ({error})") from error


def in_order(pieces: list[Iterator[Frame]], logs: IO[bytes], broken: list[str]) -> Iterator[bytes]:
    """Yield the bytes of the clean file, in whole writes of the pieces.

    Args:
        pieces: the frames of each piece.
        logs: gets the bytes of the log.
        broken: gets the reason why the raw file could not be read to its end.

    Raises:
        OSError: if a piece cannot be read, or the log cannot be written.
        MissingPieceError: if a piece is damaged, or they do not belong together.
    """
    for index in count():
        kind, content = END, b""
        for kind, content in pieces[index % len(pieces)]:
            if kind == CLEAN:
                yield content
            elif kind == LOGS:
                logs.write(content)
            else:
                break
        if kind == BLOCK and content[0] == BLOCK_ROWS:
            continue
        ends = [content] if kind == END else []
        following = [frame for frame in (next(piece, None) for piece in pieces) if frame is not None]
        ends += [frame.content for frame in following if frame.kind == END]
        if len(ends) != len(pieces) or len(following) + (kind == END) != len(pieces):
            raise MissingPieceError("its parts do not belong together")
        broken += sorted({end.broken for end in map(_end_from, ends) if end.broken})
        return
