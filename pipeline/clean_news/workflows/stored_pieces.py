"""Stores the pieces of a divided file, with the bytes that the clean file and its log will have.

A stored piece is a sequence of frames. A block of rows that follow each other in the file begins with a frame that
says which they are, then come bytes of the clean file and of the log; the last frame says how the piece ended. Putting
a file together is then copying. Each frame has a checksum, since a file system of a cluster may lose a part of a file.
"""

import io
import os
import struct
from collections import deque
from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING, NamedTuple, cast
from zlib import crc32

import msgspec

from clean_news.batch.tally import Report
from clean_news.formats import CleanRow
from clean_news.printable_text import printable

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

FRAME_BYTES = 1 << 20  # so many are collected, since rows are small
BLOCK_HEAD = struct.Struct(">QQ")  # index of the row after the block before in the piece, and of the first of this one
FRAME_HEAD = struct.Struct(">cQI")  # kind, length and CRC-32 of the content, which begins with the kind
CLEAN, LOGS, BLOCK, END = b"C", b"L", b"B", b"E"


class MissingPieceError(ValueError):
    """Not all pieces of a file are there: a task did not finish, or one is damaged, or they are of another file."""


class Frame(NamedTuple):
    """A part of a stored piece.

    Attributes:
        kind: ``CLEAN``, ``LOGS``, ``BLOCK`` or ``END``.
        content: the bytes; see ``BLOCK_HEAD`` for the beginning of a block, :class:`End` for the end.
    """

    kind: bytes
    content: bytes


class End(NamedTuple):
    """How a piece ended.

    Attributes:
        following: index of the row after its last one, in the file; 0 if it has none.
        broken: why the raw file could not be read to its end; empty if it could.
        report: the report of its rows.
    """

    following: int
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
        self._following = 0
        self._sections = Section(stored, CLEAN), Section(stored, LOGS)
        self.clean, self.logs = (cast("IO[bytes]", section) for section in self._sections)

    def in_blocks(self, rows: Iterable[CleanRow], indices: deque[int]) -> Iterator[CleanRow]:
        """Yield rows, and store those that follow each other as a block.

        Args:
            rows: the clean rows; whoever takes one has written those before it.
            indices: their indices in the file; each is there when the row is, and is taken out.
        """
        for row in rows:
            index = indices.popleft()
            if index != self._following or not index:
                self._end_block()
                _store(Frame(BLOCK, BLOCK_HEAD.pack(self._following, index)), self._stored)
            self._following = index + 1
            yield row
        self._end_block()

    def _end_block(self) -> None:
        """Store what has been written of a block of rows."""
        for section in self._sections:
            section.store()

    def end(self, broken: str, report: Report) -> None:
        """Write the last frame; see :class:`End`."""
        _store(Frame(END, msgspec.msgpack.encode(End(self._following, broken, report))), self._stored)


def _store(frame: Frame, stored: IO[bytes]) -> None:
    """Append a frame to a stored piece."""
    kind, content = frame
    stored.write(FRAME_HEAD.pack(kind, len(content), crc32(content, kind[0])))
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
        if kind not in {CLEAN, LOGS, BLOCK, END} or len(content) != size or crc32(content, kind[0]) != checksum:
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
    waiting: dict[int, Iterator[Frame]] = {}  # the pieces, by the index of their next row
    ends: list[End] = []

    def note(frame: Frame, piece: Iterator[Frame]) -> int:
        if frame.kind == END:
            ends.append(_end_from(frame.content))
            return ends[-1].following
        following, first = BLOCK_HEAD.unpack(frame.content)
        waiting[first] = piece
        return int(following)

    for piece in pieces:
        note(next(piece), piece)
    at = 0
    while at in waiting:
        piece = waiting.pop(at)
        for frame in piece:
            if frame.kind == CLEAN:
                yield frame.content
            elif frame.kind == LOGS:
                logs.write(frame.content)
            else:
                at = note(frame, piece)
                break
    if len(ends) != len(pieces) or at != max(end.following for end in ends):
        raise MissingPieceError("its parts do not belong together")
    broken += sorted({end.broken for end in ends if end.broken})
