"""The records of a web archive (WARC 1.0 and 1.1, ISO 28500), one by one, read and written.

fastwarc reads them (J. Bevendorff et al., "Resiliparse and FastWARC"): on 600 MB that 3 MB of gzip unpack to it
took 0.14 s and 15 MB of memory. It says nothing of a record that breaks off, so that is looked for here.
"""

import base64
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from clean_news.formats import UnreadableError, load_library

PIECE = 1 << 18  # bytes read at a time
GZIP = b"\x1f\x8b"
LEVEL = 6
Headers = list[tuple[str, str]]


class Record:
    """One record.

    Attributes:
        number: its number in the archive, from 1.
        version: its first line, e.g. ``WARC/1.0``.
        headers: names and values, in order.
        length: bytes in its block, as it says itself.
        left: bytes of the block that were not read yet.
    """

    def __init__(self, found: Any, number: int, source: "Source") -> None:  # noqa: ANN401  # a fastwarc.warc.WarcRecord
        self.number = number
        self.version = (found.headers.status_line_bytes or b"WARC/1.0").decode("latin-1")
        self.headers: Headers = [
            (name.decode("utf-8", "surrogateescape"), value.decode("utf-8", "surrogateescape"))
            for name, value in found.headers.items_bytes()
        ]
        self.length: int = found.content_length
        self.left = self.length
        self.reader = found.reader
        self.source = source

    def __getitem__(self, name: str) -> str:
        """The value of a header; empty if there is none."""
        return next((value for found, value in self.headers if found.lower() == name.lower()), "")

    def read(self, size: int) -> bytes:
        """The next bytes of the block.

        Raises:
            UnreadableError: if the archive breaks off in it.
        """
        found: bytes = self.reader.read(min(size, self.left)) if self.left else b""
        self.left -= len(found)
        if self.left and not found:
            self.source.check(self.number)
            raise damaged(self.number, f"{self.left} bytes are missing")
        return found

    def whole(self) -> bytes:
        """All of the block that is left."""
        return b"".join(self.pieces())

    def pieces(self) -> Iterator[bytes]:
        """The block's bytes, in pieces."""
        while self.left:
            yield self.read(PIECE)


def records(path: Path) -> Iterator[Record]:
    """The records of an archive, in order; what is not read of one is passed over.

    Raises:
        OSError: if it cannot be read.
        UnreadableError: if it is no archive, is damaged or breaks off; the records before that have been given.
    """
    warc = load_library("fastwarc.warc", "warc")
    number = 0
    with path.open("rb") as file:
        source = Source(gzip.GzipFile(fileobj=file) if is_compressed(path) else file)
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
            for _ in record.pieces():  # what nobody wanted
                pass


class Source:
    """The bytes of an archive, unpacked; where they cannot be read on they end.

    fastwarc unpacks gzip itself, but takes one that is cut off for one that ends; and an error in its source ends it.
    """

    def __init__(self, file: Any) -> None:  # noqa: ANN401  # a file or a GzipFile
        self.file = file
        self.error: Exception | None = None

    def read(self, size: int = PIECE) -> bytes:
        """The next bytes; none at the end."""
        try:
            found: bytes = self.file.read1(size)
        except (OSError, EOFError, zlib.error) as error:
            self.error = error
            return b""
        return found

    def tell(self) -> int:
        """Where the archive begins for fastwarc, which asks once."""
        return 0

    def check(self, number: int) -> None:
        """Raise what ended the bytes, if anything did, while a record was looked for.

        Raises:
            OSError: if the file system did.
            UnreadableError: if the archive is damaged.
        """
        if isinstance(self.error, OSError) and self.error.errno:
            raise self.error
        if self.error:
            raise damaged(number, str(self.error)) from self.error


def damaged(number: int, why: str) -> UnreadableError:
    """The error for an archive that cannot be read on."""
    return UnreadableError(
        f"is damaged or breaks off at record {number} ({why}); fetch it again, or repair it (warcio recompress)"
    )


def is_compressed(path: Path) -> bool:
    """Whether an archive is in gzip."""
    with path.open("rb") as file:
        return file.read(2) == GZIP


def write_record(version: str, headers: Headers, block: Iterator[bytes], target: IO[bytes], compressed: bool) -> None:
    """Write a record; in a compressed archive each is a member of its own.

    Args:
        version: its first line.
        headers: its headers; the length among them is that of the block.
        block: the block.
        target: the archive.
        compressed: whether it is in gzip; equal records are equal bytes there too.
    """
    head = "\r\n".join([version, *(f"{name}: {value}" for name, value in headers)])
    member = gzip.GzipFile("", "wb", LEVEL, target, mtime=0) if compressed else target
    member.write(head.encode("utf-8", "surrogateescape") + b"\r\n\r\n")
    for piece in block:
        member.write(piece)
    member.write(b"\r\n\r\n")
    if compressed:
        member.close()


def with_headers(headers: Headers, changes: dict[str, str | None]) -> Headers:
    """Headers with other values, in their places; what is new comes behind, what is None goes."""
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


def of_block(block: bytes) -> dict[str, str | None]:
    """The headers that depend on a block: its SHA-1 in base 32, as Common Crawl has it, and its length."""
    digest = "sha1:" + base64.b32encode(hashlib.sha1(block, usedforsecurity=False).digest()).decode("ascii")
    return {"WARC-Block-Digest": digest, "Content-Length": str(len(block))}


class Answer:
    """What a server answered, in a record of type response.

    Attributes:
        status: the HTTP status; None if that cannot be read.
        media_type: e.g. ``text/html``, in lower case; empty if it is not said.
        charset: what the header declares; empty if nothing.
        body: its first bytes, unpacked; one more than the limit if there are more.
    """

    def __init__(self, block: bytes, limit: int) -> None:
        found = http(block, "all")
        try:
            self.body: bytes = _read_up_to(found.reader, limit + 1)
        except OSError:  # packed otherwise than it says; many crawlers keep the header of what they have unpacked
            found = http(block, "none")
            self.body = found.reader.read(limit + 1)
        self.status: int | None = found.http_headers.status_code if found.http_headers else None
        self.media_type, self.charset = media_type_of(
            (found.http_headers.get("Content-Type") or "") if found.http_headers else ""
        )


def http(block: bytes, decoding: str) -> Any:  # noqa: ANN401  # a fastwarc.warc.WarcRecord
    """A block of HTTP as fastwarc reads it."""
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
    """Bytes up to a size, however few come at a time."""
    found = io.BytesIO()
    while found.tell() < size and (piece := reader.read(min(PIECE, size - found.tell()))):
        found.write(piece)
    return found.getvalue()


def media_type_of(header: str) -> tuple[str, str]:
    """The media type and the charset in a Content-Type.

    >>> media_type_of('Text/HTML; Charset="ISO-8859-2"')
    ('text/html', 'ISO-8859-2')
    """
    kind, _, rest = header.partition(";")
    for parameter in rest.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return kind.strip().lower(), value.strip().strip("\"'")
    return kind.strip().lower(), ""
