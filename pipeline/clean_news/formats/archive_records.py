"""Reads and writes the records of a web archive (WARC 1.0 and 1.1, ISO 28500), one by one.

Records are parsed by fastwarc (J. Bevendorff et al., "Resiliparse and FastWARC"): 600 MB, compressed to 3 MB with gzip,
took it 0.14 s and 15 MB of memory. It does not report truncated records, so this module checks for them.
"""

import base64
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import IO, Any

from clean_news.formats import UnreadableError, load_library
from clean_news.regular_files import open_regular

CHUNK_BYTES = 1 << 18  # bytes read at a time
GZIP_MAGIC = b"\x1f\x8b"
GZIP_LEVEL = 6
Headers = list[tuple[str, str]]


class Block:
    """The block of an archive's record, which is read once, from its start to its end.

    Attributes:
        number: number of the record in the archive, from 1.
        length: size of the block in bytes.
        left: bytes of the block that have not been read yet.
        source: the decompressed bytes of the archive.
    """

    def __init__(self, stream: Any, length: int, number: int, source: "ArchiveSource") -> None:  # noqa: ANN401  # a reader of fastwarc, or a BufferedReader
        self._stream, self.source = stream, source
        self.number, self.length, self.left = number, length, length

    def read(self, size: int) -> bytes:
        """Read up to ``size`` bytes of the block.

        Raises:
            OSError: if the archive cannot be read.
            UnreadableError: if it is truncated within the block.
        """
        found: bytes = self._stream.read(min(size, self.left)) if self.left else b""
        self.left -= len(found)
        if self.left and not found:
            self.source.check(self.number)
            raise damaged(self.number, f"{self.left} bytes are missing")
        return found

    def read_rest(self) -> bytes:
        """Read the rest of the block."""
        return b"".join(self.chunks())

    def chunks(self) -> Iterator[bytes]:
        """Yield the rest of the block in chunks."""
        while self.left:
            yield self.read(CHUNK_BYTES)


class Record(Block):
    """One record of a WARC archive.

    Attributes:
        version: the first line, e.g. ``WARC/1.0``.
        headers: names and values, in order.
    """

    def __init__(self, found: Any, number: int, source: "ArchiveSource") -> None:  # noqa: ANN401  # a fastwarc.warc.WarcRecord
        super().__init__(found.reader, found.content_length, number, source)
        self.version = (found.headers.status_line_bytes or b"WARC/1.0").decode("latin-1")
        self.headers: Headers = [
            (name.decode("utf-8", "surrogateescape"), value.decode("utf-8", "surrogateescape"))
            for name, value in found.headers.items_bytes()
        ]

    def __getitem__(self, name: str) -> str:
        """Return the value of a header, case-insensitively; empty if it is missing."""
        return next((value for found, value in self.headers if found.lower() == name.lower()), "")


def records(path: Path) -> Iterator[Record]:
    """Yield the records of an archive, in order; the unread rest of a block is skipped.

    Raises:
        OSError: if it cannot be read.
        UnreadableError: if it is not a web archive, is damaged or truncated; the records before that have been yielded.
    """
    warc = load_library("fastwarc.warc", "warc")
    number = 0
    with open_regular(path) as file:
        source = ArchiveSource(gzip.GzipFile(fileobj=file) if is_compressed(path) else file)
        found = iter(warc.ArchiveIterator(source, parse_http=False, record_types=warc.any_type, stream_detect=False))
        while True:
            try:
                each = next(found, None)
            except OSError as error:
                source.check(number + 1)
                raise damaged(number + 1, str(error)) from error
            if each is None:
                source.check(number + 1)
                return
            number += 1
            record = Record(each, number, source)
            if not record["Content-Length"].strip().isdecimal() or not record["WARC-Type"]:
                source.check(number)
                raise damaged(number, "it has no WARC-Type or no Content-Length")
            yield record
            for _ in record.chunks():  # skip what was not read
                pass


class ArchiveSource:
    """The decompressed bytes of an archive, as a file for fastwarc; a read error ends them and is kept for later.

    fastwarc can decompress gzip itself, but treats truncated data as the end, as it does an error in its source.
    """

    def __init__(self, file: Any) -> None:  # noqa: ANN401  # a file or a GzipFile
        self.file = file
        self.error: Exception | None = None

    def read(self, size: int = CHUNK_BYTES) -> bytes:
        """Read up to ``size`` bytes; empty at the end or after an error."""
        try:
            found: bytes = self.file.read1(size)
        except (OSError, EOFError, zlib.error) as error:
            self.error = error
            return b""
        return found

    def tell(self) -> int:
        """Return the start position, which fastwarc asks for once."""
        return 0

    def check(self, number: int) -> None:
        """Raise the error that ended the bytes, if there was one.

        Args:
            number: number of the record being read.

        Raises:
            OSError: if the file system reported an error.
            UnreadableError: if the archive is damaged.
        """
        if isinstance(self.error, OSError) and self.error.errno:
            raise self.error
        if self.error:
            raise damaged(number, str(self.error)) from self.error


def damaged(number: int, why: str) -> UnreadableError:
    """Return the error for a damaged or truncated archive.

    Args:
        number: number of the record that is damaged.
        why: what is wrong with it.
    """
    return UnreadableError(
        f"is damaged or truncated at record {number} ({why}); download it again, or repair it with warcio recompress"
    )


def is_compressed(path: Path) -> bool:
    """Whether an archive is compressed with gzip."""
    with open_regular(path) as file:
        return file.read(2) == GZIP_MAGIC


def write_record(version: str, headers: Headers, block: Iterator[bytes], target: IO[bytes], compressed: bool) -> None:
    """Write a record; in a compressed archive each record is a separate gzip member.

    Args:
        version: the first line.
        headers: the headers, including the length of the block.
        block: chunks of the block.
        target: the archive.
        compressed: whether to compress with gzip; equal records give equal bytes.
    """
    write_bytes(chain((head_of(version, headers),), block), target, compressed)


def head_of(version: str, headers: Headers) -> bytes:
    """Return the first line and the headers of a record, as they are usually formatted, with the empty line."""
    head = "\r\n".join([version, *(f"{name}: {value}" for name, value in headers)])
    return head.encode("utf-8", "surrogateescape") + b"\r\n\r\n"


def write_bytes(chunks: Iterable[bytes], target: IO[bytes], compressed: bool) -> None:
    """Write the head and the block of a record, and the two empty lines after it; see :func:`write_record`."""
    member = gzip.GzipFile("", "wb", GZIP_LEVEL, target, mtime=0) if compressed else target
    for chunk in chunks:
        member.write(chunk)
    member.write(b"\r\n\r\n")
    if compressed:
        member.close()


def replace_headers(headers: Headers, changes: dict[str, str | None]) -> Headers:
    """Return headers with changed values, in the original order; new ones are appended, None removes a header."""
    known = {name.lower() for name in changes}
    left = {name.lower(): (name, value) for name, value in changes.items()}
    new: Headers = []
    for name, value in headers:
        if name.lower() not in known:
            new.append((name, value))
            continue
        changed = left.pop(name.lower(), ("", None))[1]
        if changed is not None:
            new.append((name, changed))
    return new + [(name, value) for name, value in left.values() if value is not None]


def block_headers(block: bytes) -> dict[str, str | None]:
    """Return the headers that depend on the block: its SHA-1 in base 32, as in Common Crawl, and its length."""
    digest = "sha1:" + base64.b32encode(hashlib.sha1(block, usedforsecurity=False).digest()).decode("ascii")
    return {"WARC-Block-Digest": digest, "Content-Length": str(len(block))}


class HttpResponse:
    """The HTTP response in a record of type ``response``.

    Attributes:
        status: HTTP status; None if it cannot be parsed.
        media_type: e.g. ``text/html``, in lower case; empty if missing.
        charset: charset declared in the header; empty if none.
        body: the decoded body, up to one byte more than the limit.
    """

    def __init__(self, block: bytes, limit: int) -> None:
        self.status: int | None = None
        self.media_type = self.charset = ""
        self.body: bytes = b""
        try:
            found = _parse_http(block, "all")
            try:
                self.body = _read_up_to(found.reader, limit + 1)
            except OSError:  # not encoded as declared: many crawlers decode the body but keep the header
                found = _parse_http(block, "none")
                self.body = found.reader.read(limit + 1)
        except OSError:  # not HTTP: no line end within fastwarc's limit
            return
        if found.http_headers:
            self.status = found.http_headers.status_code
            self.media_type, self.charset = media_type_of(found.http_headers.get("Content-Type") or "")


def _parse_http(block: bytes, decoding: str) -> Any:  # noqa: ANN401  # a fastwarc.warc.WarcRecord
    """Parse a block as HTTP with fastwarc.

    Args:
        block: the block of the record.
        decoding: fastwarc's ``auto_decode``: ``all`` or ``none``.
    """
    warc = load_library("fastwarc.warc", "warc")
    found = warc.WarcRecord()
    found.init_headers(warc.response)
    found.is_http = True
    found.set_bytes_content(block)
    try:
        found.parse_http(auto_decode=decoding, strict_mode=False)
    except OSError:
        found = warc.WarcRecord()
        found.init_headers(warc.response)
        found.is_http = True
        found.set_bytes_content(block)
        found.parse_http(auto_decode="none", strict_mode=False)
    return found


def _read_up_to(reader: Any, size: int) -> bytes:  # noqa: ANN401  # a reader of fastwarc
    """Read up to ``size`` bytes, in as many reads as necessary."""
    found = io.BytesIO()
    while found.tell() < size and (chunk := reader.read(min(CHUNK_BYTES, size - found.tell()))):
        found.write(chunk)
    return found.getvalue()


def media_type_of(header: str) -> tuple[str, str]:
    """Return the media type and the charset of a Content-Type header.

    >>> media_type_of('Text/HTML; Charset="ISO-8859-2"')
    ('text/html', 'ISO-8859-2')
    """
    kind, _, rest = header.partition(";")
    for parameter in rest.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return kind.strip().lower(), value.strip().strip("\"'")
    return kind.strip().lower(), ""
