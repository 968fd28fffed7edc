"""Reads and writes the records of an ARC archive (version 1, the Internet Archive's format before WARC), one by one.

A record is a line with URL, IP address, date, media type and length, then a block of that length, then an empty line.
The first one describes the archive: its URL is ``filedesc://…``. What lies between two records is kept as it is, since
crawlers write none, one or several line ends there.
"""

import gzip
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, BinaryIO

from clean_news.formats import UnreadableError
from clean_news.formats.archive_records import (
    CHUNK_BYTES,
    GZIP_LEVEL,
    ArchiveSource,
    Block,
    damaged,
    is_compressed,
    media_type_of,
)
from clean_news.formats.compression import DecompressedStream
from clean_news.regular_files import open_regular

DESCRIPTION = b"filedesc://"  # how the URL of the first record begins
VERSION = b"1"  # the first byte of its block
MAX_LINE_BYTES = 1 << 16
MAX_GAP_BYTES = 1 << 10
MAX_LENGTH_DIGITS = 15
LINE_ENDS = b"\r\n"
DATE_DIGITS = range(8, 18)  # usually 14: 20040131235959


class ArcRecord(Block):
    """One record of an ARC archive.

    Attributes:
        line: its first line, including the line end.
        url: the URL.
        media_type: the media type, in lower case; empty if it has none.
        charset: what the media type says of the charset; empty if nothing.
    """

    def __init__(self, line: bytes, number: int, archive: "_Archive") -> None:
        """Parse the first line.

        Args:
            line: the line, including its line end.
            number: number of the record.
            archive: the archive, after that line.

        Raises:
            UnreadableError: if it is not the first line of a record.
        """
        words = line.rstrip(LINE_ENDS).split(b" ")
        date = next((at for at in range(len(words) - 3, 1, -1) if _is_date(words[at])), 0)  # URLs may have spaces
        if not date or not words[0] or not (words[-1].isdigit() and len(words[-1]) <= MAX_LENGTH_DIGITS):
            raise damaged(number, "it does not begin with a URL, an IP address, a date, a media type and a length")
        super().__init__(archive.stream, int(words[-1]), number, archive.source)
        self.line = line
        self.url = b" ".join(words[: date - 1]).decode("utf-8", "surrogateescape")
        said = b" ".join(words[date + 1 : -1]).decode("latin-1")
        self.media_type, self.charset = media_type_of(said)
        self._before_type = b" ".join(words[: date + 1])

    def line_for(self, media_type: str, length: int) -> bytes:
        """Return its first line with another media type and length."""
        end = self.line[len(self.line.rstrip(LINE_ENDS)) :]
        return b" ".join((self._before_type, media_type.encode(), str(length).encode())) + end

    def rest(self) -> Iterator[bytes]:
        """Yield the rest of the block in chunks, then the line ends after it."""
        yield from self.chunks()
        yield self.gap()

    def gap(self) -> bytes:
        """Return the line ends after the block, which is skipped if it was not read; only once.

        Raises:
            OSError, UnreadableError: see :meth:`read`; or if there are too many line ends.
        """
        for _ in self.chunks():
            pass
        found = bytearray()
        while (byte := self._stream.peek(1)[:1]) and byte in LINE_ENDS:
            found += self._stream.read(1)
            if len(found) > MAX_GAP_BYTES:
                raise damaged(self.number, f"more than {MAX_GAP_BYTES} empty lines follow it")
        return bytes(found)


class _Archive:
    """The decompressed bytes of an archive. A read error ends them, and is raised for the record that lacks them.

    Attributes:
        source: the decompressed bytes, in chunks.
        stream: the same as a stream.
    """

    def __init__(self, file: BinaryIO, *, compressed: bool) -> None:
        self.source = ArchiveSource(gzip.GzipFile(fileobj=file) if compressed else file)
        self.stream = io.BufferedReader(DecompressedStream(iter(self.source.read, b""), file), CHUNK_BYTES)

    def line(self, number: int) -> bytes:
        """Read the first line of a record; empty at the end of the archive.

        Args:
            number: number of the record.

        Raises:
            OSError: if the archive cannot be read.
            UnreadableError: if there is no line end within the maximum, or the archive is damaged.
        """
        line = self.stream.readline(MAX_LINE_BYTES)
        if not line.endswith(b"\n"):
            self.source.check(number)
        if line and not line.endswith(b"\n"):
            raise damaged(number, "its first line has no end")
        return line


def _is_date(word: bytes) -> bool:
    """Whether a word of a first line is a date.

    >>> _is_date(b"20040131235959"), _is_date(b"2004-01-31"), _is_date(b"2004")
    (True, False, False)
    """
    return len(word) in DATE_DIGITS and word.isdigit()


def records(path: Path) -> Iterator[ArcRecord]:
    """Yield the records of an archive, in order; what was not read of one is skipped.

    Raises:
        OSError: if it cannot be read.
        UnreadableError: if it is not an ARC archive, is damaged or truncated; the records before that were yielded.
    """
    with open_regular(path) as file:
        archive = _Archive(file, compressed=is_compressed(path))
        number = 1
        while line := archive.line(number):
            record = ArcRecord(line, number, archive)
            if number == 1:
                _check_description(record, archive)
            yield record
            record.gap()
            number += 1
        if number == 1:
            raise damaged(number, "it is empty")


def _check_description(record: ArcRecord, archive: _Archive) -> None:
    """Check that the first record describes an archive of version 1.

    Raises:
        OSError: if the archive cannot be read.
        UnreadableError: if it does not.
    """
    if not record.line.startswith(DESCRIPTION):
        raise damaged(record.number, f"it does not begin with {DESCRIPTION.decode()}")
    version = archive.stream.peek(1)[:1] if record.length else b""
    if version != VERSION:
        archive.source.check(record.number)
        raise UnreadableError(
            f"is not an ARC archive of version 1 (but of {version.decode('latin-1')!r}); convert it to WARC"
        )


def write_record(chunks: Iterable[bytes], target: IO[bytes], compressed: bool) -> None:
    """Write a record: its first line, its block and what follows; in a compressed archive, as a separate gzip member.

    Args:
        chunks: the bytes of the record.
        target: the archive.
        compressed: whether to compress with gzip; equal records give equal bytes.
    """
    if not compressed:
        target.writelines(chunks)
        return
    with gzip.GzipFile("", "wb", GZIP_LEVEL, target, mtime=0) as member:
        for chunk in chunks:
            member.write(chunk)
