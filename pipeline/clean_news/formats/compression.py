"""Streams that are plain, gzip (``.gz``) or Zstandard (``.zst``), by the file's name.

An archive may be damaged, broken off, or made to unpack without end. All of that ends with
:class:`clean_news.formats.UnreadableError`, after what could be read, and takes no more memory than any other file.
"""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import ModuleType
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from clean_news.formats import UnreadableError, load_library

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BUFFER = 1 << 17  # bytes
# A block of four bytes can stand for 128 KB, the most that Zstandard allows (RFC 8878): so much unpacks to 32 MB.
ZSTD_STEP = 1 << 10
# JSON lines of news shrink to a third or a tenth; the most that gzip can do is 1/1032.
LARGE = 1 << 30  # bytes
RATIO = 500
GZIP_LEVEL = 6
ZSTD_LEVEL = 3


def opened(path: Path, *, guarded: bool) -> io.BufferedReader:
    """Open a file for reading what is in it, unpacked.

    Args:
        path: the file; the name says how it is packed.
        guarded: whether to stop at what looks like an archive that unpacks without end.

    Returns:
        The stream; close it. Reading raises UnreadableError where the archive is damaged, breaks off or is too large.

    Raises:
        OSError: if it cannot be opened.
        UnreadableError: if the package for it is missing.
    """
    name = path.name.lower()
    if not name.endswith((".gz", ".zst")):
        return io.BufferedReader(io.FileIO(path), BUFFER)
    if name.endswith(".zst"):
        zstandard()
    packed = path.open("rb")
    pieces = _gunzipped(packed) if name.endswith(".gz") else _unpacked_zstd(packed)
    return io.BufferedReader(Unpacked(bounded(pieces, packed) if guarded else pieces, packed), BUFFER)


def packing(target: IO[bytes], name: str) -> AbstractContextManager[IO[bytes]]:
    """A stream that packs what is written to it; the same bytes always give the same archive.

    Args:
        target: where the archive goes; it stays open.
        name: the file's name, which says how it is packed.

    Raises:
        UnreadableError: if the package for it is missing.
    """
    if name.lower().endswith(".gz"):
        archive = gzip.GzipFile(filename="", mode="wb", compresslevel=GZIP_LEVEL, fileobj=target, mtime=0)
        return cast("AbstractContextManager[IO[bytes]]", archive)
    if name.lower().endswith(".zst"):
        compressor = zstandard().ZstdCompressor(level=ZSTD_LEVEL, write_checksum=True)
        return cast("AbstractContextManager[IO[bytes]]", compressor.stream_writer(target, closefd=False))
    return nullcontext(target)


def zstandard() -> ModuleType:
    """The package for Zstandard.

    Raises:
        UnreadableError: if it is not installed.
    """
    return cast("ModuleType", load_library("zstandard", "zstd"))


class Unpacked(io.RawIOBase):
    """The pieces of an unpacked archive as a raw stream."""

    def __init__(self, pieces: Iterator[bytes], packed: BinaryIO) -> None:
        """Start at the first piece.

        Args:
            pieces: what the archive unpacks to.
            packed: the archive's file, closed with this stream.
        """
        self.pieces = pieces
        self.packed = packed
        self.rest = memoryview(b"")

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Fill the buffer from the next piece; returns the number of bytes, 0 at the end."""
        while not self.rest:
            piece = next(self.pieces, None)
            if piece is None:
                return 0
            self.rest = memoryview(piece)
        target = memoryview(buffer)
        count = min(len(target), len(self.rest))
        target[:count] = self.rest[:count]
        self.rest = self.rest[count:]
        return count

    def close(self) -> None:
        """Close the archive's file too."""
        self.packed.close()
        super().close()


def _gunzipped(packed: BinaryIO) -> Iterator[bytes]:
    """The pieces that a gzip file unpacks to; it may be several archives in a row.

    Raises:
        UnreadableError: if it is damaged or breaks off.
    """
    archive = gzip.GzipFile(fileobj=packed)
    try:
        while piece := archive.read1(BUFFER):
            yield piece
    except EOFError as error:
        raise _broken_off() from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise damaged("gzip", error) from error


def _unpacked_zstd(packed: BinaryIO) -> Iterator[bytes]:
    """The pieces that a Zstandard file unpacks to; it may be several frames in a row.

    Raises:
        UnreadableError: if it is damaged or breaks off.
    """
    # Not stream_reader: that takes a frame which breaks off for a whole one, and rows would be lost in silence.
    library = zstandard()
    decompressor = library.ZstdDecompressor()
    frame = None
    try:
        while step := packed.read(ZSTD_STEP):
            while step:
                frame = frame or decompressor.decompressobj()
                if piece := frame.decompress(step):
                    yield piece
                step = b""
                if frame.eof:
                    step, frame = frame.unused_data, None
    except library.ZstdError as error:
        raise damaged("Zstandard", error) from error
    if frame is not None:
        raise _broken_off()


def bounded(pieces: Iterator[bytes], packed: BinaryIO) -> Iterator[bytes]:
    """The pieces, as long as they do not look like those of an archive that unpacks without end.

    Raises:
        UnreadableError: where more than ``LARGE`` came of less than a ``RATIO``-th of it.
    """
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > LARGE and size > RATIO * packed.tell():
            raise UnreadableError(
                f"unpacks to more than {RATIO} times its size, {size >> 20} MB so far: an archive made to fill the "
                "disk, not news; if you trust it, unpack it and clean the unpacked file"
            )
        yield piece


def _broken_off() -> UnreadableError:
    """The error for an archive that is not whole."""
    return UnreadableError("breaks off in the middle of the archive; fetch or pack it again")


def damaged(kind: str, error: Exception) -> UnreadableError:
    """The error for an archive that cannot be unpacked."""
    return UnreadableError(f"cannot be unpacked as {kind} ({error}); fetch or pack it again")
