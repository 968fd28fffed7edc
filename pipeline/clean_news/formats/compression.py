"""Opens files that are plain, or compressed with gzip, Zstandard or xz, by the file's name.

Damaged or truncated files and decompression bombs raise :class:`clean_news.formats.UnreadableError` after what could be
read, and take no more memory than any other file.
"""

import gzip
import io
import lzma
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path, PurePath
from types import ModuleType
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from clean_news.formats import UnreadableError, load_library
from clean_news.regular_files import open_regular

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BUFFER_BYTES = 1 << 17
# A block of four bytes can decompress to 128 KB, Zstandard's maximum (RFC 8878), so one read to at most 32 MB.
ZSTD_READ_BYTES = 1 << 10
# JSON lines of news compress to a third or a tenth; gzip's limit is 1/1032.
MIN_BOMB_BYTES = 1 << 30  # smaller output is never a bomb
MAX_RATIO = 500  # of decompressed to compressed size
GZIP_LEVEL = 6
ZSTD_LEVEL = 3
XZ_PRESET = 6
XZ_MEMORY_BYTES = 256 << 20  # the strongest preset needs 65 MB; a file may ask for 4 GB
GZIP, ZSTD, XZ = "gzip", "Zstandard", "xz"
KIND_OF_SUFFIX = {".gz": GZIP, ".tgz": GZIP, ".zst": ZSTD, ".xz": XZ, ".txz": XZ}


def is_compressed(path: Path) -> bool:
    """Whether a file is compressed, by its name."""
    return bool(_kind_of(path.name))


def _kind_of(name: str) -> str:
    """Return how a file of a name is compressed; empty if it is not.

    >>> _kind_of("a.tar.GZ"), _kind_of("a.jsonl")
    ('gzip', '')
    """
    return KIND_OF_SUFFIX.get(PurePath(name).suffix.lower(), "")


def open_decompressed(path: Path, *, guarded: bool) -> io.BufferedReader:
    """Open a file for reading its decompressed content.

    Args:
        path: the file; its extension determines the compression.
        guarded: whether to stop at what looks like a decompression bomb.

    Returns:
        The stream, which the caller closes. Reading raises UnreadableError if the file is damaged, truncated or a bomb.

    Raises:
        OSError: if it cannot be opened.
        UnreadableError: if the library for it is missing.
    """
    kind = _kind_of(path.name)
    if not kind:
        return cast("io.BufferedReader", open_regular(path, buffering=BUFFER_BYTES))
    if kind == ZSTD:
        _zstandard()
    compressed = open_regular(path)
    chunks = {GZIP: _decompress_gzip, ZSTD: _decompress_zstd, XZ: _decompress_xz}[kind](compressed)
    return io.BufferedReader(
        DecompressedStream(_bounded(chunks, compressed) if guarded else chunks, compressed), BUFFER_BYTES
    )


def compressing(target: IO[bytes], name: str) -> AbstractContextManager[IO[bytes]]:
    """Return a stream that compresses what is written to it; equal input gives equal output.

    Args:
        target: the compressed file; it stays open.
        name: the file's name, whose extension determines the compression.

    Raises:
        UnreadableError: if the library for it is missing.
    """
    kind = _kind_of(name)
    if kind == GZIP:
        archive = gzip.GzipFile(filename="", mode="wb", compresslevel=GZIP_LEVEL, fileobj=target, mtime=0)
        return cast("AbstractContextManager[IO[bytes]]", archive)
    if kind == XZ:
        return cast("AbstractContextManager[IO[bytes]]", lzma.LZMAFile(target, "wb", preset=XZ_PRESET))
    if kind == ZSTD:
        compressor = _zstandard().ZstdCompressor(level=ZSTD_LEVEL, write_checksum=True)
        return cast("AbstractContextManager[IO[bytes]]", compressor.stream_writer(target, closefd=False))
    return nullcontext(target)


def _zstandard() -> ModuleType:
    """Import the library for Zstandard.

    Raises:
        UnreadableError: if it is not installed.
    """
    return cast("ModuleType", load_library("zstandard", "zstd"))


class DecompressedStream(io.RawIOBase):
    """Decompressed chunks as a raw stream."""

    def __init__(self, chunks: Iterator[bytes], compressed: BinaryIO) -> None:
        """Start at the first chunk.

        Args:
            chunks: the decompressed data.
            compressed: the compressed file, closed with this stream.
        """
        self.chunks = chunks
        self.compressed = compressed
        self.rest = memoryview(b"")

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Fill the buffer from the next chunk; return the number of bytes, 0 at the end."""
        while not self.rest:
            chunk = next(self.chunks, None)
            if chunk is None:
                return 0
            self.rest = memoryview(chunk)
        target = memoryview(buffer)
        count = min(len(target), len(self.rest))
        target[:count] = self.rest[:count]
        self.rest = self.rest[count:]
        return count

    def close(self) -> None:
        """Close the compressed file too."""
        self.compressed.close()
        super().close()


def _decompress_gzip(compressed: BinaryIO) -> Iterator[bytes]:
    """Yield the decompressed chunks of a gzip file, which may have several members.

    Raises:
        UnreadableError: if it is damaged or truncated.
    """
    archive = gzip.GzipFile(fileobj=compressed)
    try:
        while chunk := archive.read1(BUFFER_BYTES):
            yield chunk
    except EOFError as error:
        raise _truncated() from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise _damaged("gzip", error) from error


def _decompress_zstd(compressed: BinaryIO) -> Iterator[bytes]:
    """Yield the decompressed chunks of a Zstandard file, which may have several frames.

    Raises:
        UnreadableError: if it is damaged or truncated.
    """
    # Not stream_reader, which accepts a truncated frame as complete, so that rows would be lost silently.
    library = _zstandard()
    decompressor = library.ZstdDecompressor()
    frame = None
    try:
        while step := compressed.read(ZSTD_READ_BYTES):
            while step:
                frame = frame or decompressor.decompressobj()
                if chunk := frame.decompress(step):
                    yield chunk
                step = b""
                if frame.eof:
                    step, frame = frame.unused_data, None
    except library.ZstdError as error:
        raise _damaged("Zstandard", error) from error
    if frame is not None:
        raise _truncated()


def _decompress_xz(compressed: BinaryIO) -> Iterator[bytes]:
    """Yield the decompressed chunks of an xz file, which may have several streams.

    Raises:
        UnreadableError: if it is damaged or truncated, or needs too much memory.
    """
    decompressor = None
    try:
        while step := compressed.read(BUFFER_BYTES):
            step = step if decompressor else step.lstrip(b"\0")  # padding between streams
            if not step:
                continue
            decompressor = decompressor or lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY_BYTES)
            yield decompressor.decompress(step, BUFFER_BYTES)
            while not decompressor.eof and not decompressor.needs_input:
                yield decompressor.decompress(b"", BUFFER_BYTES)
            if decompressor.eof:
                compressed.seek(-len(decompressor.unused_data), io.SEEK_CUR)
                decompressor = None
    except lzma.LZMAError as error:
        raise _damaged(XZ, error) from error
    if decompressor is not None:
        raise _truncated()


def _bounded(chunks: Iterator[bytes], compressed: BinaryIO) -> Iterator[bytes]:
    """Yield the chunks, as long as they do not look like those of a decompression bomb.

    Raises:
        UnreadableError: at more than ``MIN_BOMB_BYTES`` and more than ``MAX_RATIO`` times the compressed size.
    """
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > MIN_BOMB_BYTES and size > MAX_RATIO * compressed.tell():
            raise UnreadableError(
                f"decompresses to more than {MAX_RATIO} times its size, {size >> 20} MB so far, and may be a "
                "decompression bomb; if you trust it, decompress it and clean the decompressed file"
            )
        yield chunk


def _truncated() -> UnreadableError:
    """Return the error for a truncated file."""
    return UnreadableError("is truncated; download or compress it again")


def _damaged(kind: str, error: Exception) -> UnreadableError:
    """Return the error for a file that cannot be decompressed."""
    return UnreadableError(f"cannot be decompressed as {kind} ({error}); download or compress it again")
