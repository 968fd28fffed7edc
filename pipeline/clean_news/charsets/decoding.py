"""Decodes article bytes to text reversibly.

Edits refer to code points, not to bytes, so every choice made in decoding is recorded in a :class:`Decoding`, the first
entry of an article's change log. ``encode(*decode(raw)) == raw`` holds for all bytes that are text; for others
:func:`decode` raises :class:`NotText`.
"""

import base64
import codecs
import re
import zlib
from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from clean_news.charsets.declared import is_article_codec
from clean_news.charsets.detection import Detection, detect, is_wide
from clean_news.charsets.mixed import STRAY_BYTE, with_strays
from clean_news.stored_bytes import decompress

LineEnds = Literal["lf", "crlf", "cr", "mixed"]
LINE_BREAKS: dict[LineEnds, str] = {"lf": "\n", "crlf": "\r\n", "cr": "\r", "mixed": "\n"}

# Raw bytes in a log: the default of max-megabytes, so that no log can decompress to more than an article may have.
MAX_STORED_BYTES = 64 << 20

SURROGATE = re.compile("[\ud800-\udfff]")  # surrogateescape and surrogatepass decode invalid bytes to these


class Undecodable(msgspec.Struct, frozen=True):
    """Bytes that the article's codec cannot decode; they are U+FFFD in the text.

    Attributes:
        at: offset of the U+FFFD in the decoded text, in code points.
        byte: offset of the first byte in the file.
        hex: the bytes in hex.
    """

    at: Annotated[int, Meta(ge=0)]
    byte: Annotated[int, Meta(ge=0)]
    hex: str


class Decoding(msgspec.Struct, frozen=True, omit_defaults=True):
    r"""How an article's bytes became text; written to the log as ``"decoding"``.

    Attributes:
        codec: Python's name of the codec, e.g. ``"utf-8"``, ``"cp1252"``, ``"utf-16-le"``.
        bom: whether the bytes begin with a byte order mark, which is not part of the text.
        line_ends: the line ends of the bytes; uniform ``crlf`` and ``cr`` are converted to ``\n``, whereas with
            ``mixed`` every ``\r`` remains in the text.
        undecodable: the bytes that were decoded to U+FFFD, in order.
        stray_codec: the single-byte codec of bytes that are not UTF-8 in a text that is; empty if there are none.
        stray: the offsets of the characters that are read in it, in code points of the decoded text, in order.
        confidence: confidence in the codec, 0–1.
        why: the reason for choosing the codec, for people.
        raw_zlib: the raw bytes, zlib-compressed and in base64, only if encoding the text would not reproduce them.
    """

    codec: str
    bom: bool = False
    line_ends: LineEnds = "lf"
    undecodable: tuple[Undecodable, ...] = ()
    stray_codec: str = ""
    stray: tuple[Annotated[int, Meta(ge=0)], ...] = ()
    confidence: float = 1.0
    why: str = ""
    raw_zlib: str | None = None


class NotText(ValueError):  # no suffix "Error", like edits.Overlap
    """The bytes are not text; the message names the reason and a remedy."""


SIGNATURES = {
    b"%PDF-": "a PDF; give it the extension .pdf",
    b"PK\x03\x04": "a ZIP archive, a book or an office document; give it its extension (.zip, .epub, .docx, .xlsx)",
    b"\x1f\x8b": "gzip; give it the extension of its content and .gz (.jsonl.gz, .tar.gz), or decompress it first",
    b"\x28\xb5\x2f\xfd": "zstandard; give it the extension of its content and .zst, or decompress it first",
    b"BZh": "bzip2; decompress it first",
    b"\xfd7zXZ\x00": "xz; give it the extension .tar.xz if it is a tar archive, or decompress it first",
    b"\x89PNG\r\n": "a PNG image; recognise its text first (OCR)",
    b"\xff\xd8\xff": "a JPEG image; recognise its text first (OCR)",
    b"GIF8": "a GIF image; recognise its text first (OCR)",
    b"\xd0\xcf\x11\xe0": "an old office document; save it as plain text first",
    b"SQLite format 3\0": "an SQLite database; give it the extension .sqlite",
    b"\x7fELF": "a program; leave it out",
    b"PAR1": "Parquet; give it the extension .parquet",
}
TAR = (257, b"ustar")  # offset and signature: its headers are padded with NULs, as texts may be
PADDING = re.compile(rb"\0{8,}")
MAX_CONTROL_IN_PADDED = 0.005  # of the bytes that are not padding
CONTROL_BYTES = bytes(set(range(0x20)) - set(b"\t\n\v\f\r\x1b")) + b"\x7f"  # ESC begins ANSI colour sequences


def decode(raw: bytes, declared: str | None = None) -> tuple[str, Decoding]:
    r"""Decode an article's bytes to text, with the record for restoring them.

    Args:
        raw: the raw bytes.
        declared: the charset that their source declares, e.g. in its HTTP header. It is used if the bytes support it,
            as is a declaration in the first 1,024 bytes of HTML or XML; ``why`` names the one used.

    Returns:
        The text, without byte order mark and surrogates, and the record of its decoding.

    Raises:
        NotText: if the bytes are binary data, or larger than :data:`MAX_STORED_BYTES` and can only be restored from a
            copy in the log.

    >>> decode(b"The caf\xe9\x92s owner\r\n")[0]
    'The café’s owner\n'
    """
    found = detect(raw, declared)
    _refuse_binary(raw, found)
    try:
        text, decoding = decode_as(raw, found)
    except UnicodeError:  # bytes that are invalid in the detected multi-byte codec
        text, decoding = decode_as(raw, found._replace(codec="cp1252", confidence=0.0, why="no other codec fits"))
    if not _round_trips(text, decoding, raw):
        if len(raw) > MAX_STORED_BYTES:
            raise NotText(f"its bytes are not restored by encoding it in {decoding.codec}; convert the file to UTF-8")
        stored = base64.b64encode(zlib.compress(raw, 9)).decode("ascii")
        decoding = msgspec.structs.replace(decoding, raw_zlib=stored)
    return text, decoding


def encode(text: str, decoding: Decoding) -> bytes:
    """Restore the raw bytes of a decoded text.

    Args:
        text: the text that :func:`decode` returned.
        decoding: the record that it returned with the text.

    Returns:
        The bytes that :func:`decode` was given. If the record contains a copy of the bytes, that is returned whatever
        the text; the log's ``raw_sha256`` serves to verify the bytes.

    Raises:
        ValueError: if the codec is not one of texts or cannot encode the text, there is no U+FFFD where the record
            requires one, or the copy of the bytes is damaged; all mean that the text or the record was changed since.
    """
    if not is_article_codec(decoding.codec):
        raise ValueError(f"{decoding.codec[:40]!r} is not a charset of articles")
    if decoding.raw_zlib is not None:
        return decompress(decoding.raw_zlib, MAX_STORED_BYTES)
    line_end = LINE_BREAKS[decoding.line_ends]
    pieces = [byte_order_mark(decoding.codec)] if decoding.bom else []
    at = 0
    for place, raw in _bytes_by_place(text, decoding):
        if place < at:
            raise ValueError(f"the bytes at {place} are not in order")
        pieces += [text[at:place].replace("\n", line_end).encode(decoding.codec), raw]
        at = place + 1
    pieces.append(text[at:].replace("\n", line_end).encode(decoding.codec))
    return b"".join(pieces)


def _bytes_by_place(text: str, decoding: Decoding) -> list[tuple[int, bytes]]:
    """Return the bytes of the characters that are not in the text's codec, by their offset in it.

    Raises:
        ValueError: if there is no U+FFFD where the record requires one, or no character of the codec of stray bytes.
    """
    found = []
    for bytes_ in decoding.undecodable:
        if text[bytes_.at : bytes_.at + 1] != "\ufffd":
            raise ValueError(f"no U+FFFD at {bytes_.at}: the text is not the one that was decoded")
        found.append((bytes_.at, bytes.fromhex(bytes_.hex)))
    if decoding.stray and not is_article_codec(decoding.stray_codec):
        raise ValueError(f"{decoding.stray_codec[:40]!r} is not a charset of articles")
    for at in decoding.stray:
        raw = text[at : at + 1].encode(decoding.stray_codec)
        if len(raw) != 1:
            raise ValueError(f"no character of one byte at {at}: the text is not the one that was decoded")
        found.append((at, raw))
    return sorted(found)


def byte_order_mark(codec: str) -> bytes:
    """Return the byte order mark of a codec; UTF-8's for single-byte codecs."""
    return "\ufeff".encode(codec) if is_wide(codec) else codecs.BOM_UTF8


def _refuse_binary(raw: bytes, found: Detection) -> None:
    """Check for binary data.

    Raises:
        NotText: if there is the signature of a binary format, or many control characters.
    """
    for signature, what in SIGNATURES.items():
        if raw.startswith(signature):
            raise NotText(f"the bytes are {what}")
    if raw.startswith(TAR[1], TAR[0]):
        raise NotText("the bytes are a tar archive; give it the extension .tar")
    if is_wide(found.codec):
        return
    control = len(raw) - len(raw.translate(None, CONTROL_BYTES))
    # A few stray control bytes are repaired by the characters stage; more than 1 in 20 indicate a binary format.
    if _is_padded_text(raw):
        return
    if control > 0.05 * len(raw) and (control >= 8 or control > 0.3 * len(raw)):
        raise NotText(
            f"{control} of {len(raw)} bytes are control characters ({raw.count(0)} of them NUL), so this is "
            "not text; leave the file out, or convert it to UTF-8 text first"
        )


def _is_padded_text(raw: bytes) -> bool:
    """Whether bytes are text padded with NULs, as from a buffer or a database: hardly any other control characters."""
    rest = PADDING.sub(b"", raw.strip(b"\0"))
    control = len(rest) - len(rest.translate(None, CONTROL_BYTES))
    return bool(rest.strip()) and len(rest) < len(raw) and control <= MAX_CONTROL_IN_PADDED * len(rest)


def decode_as(raw: bytes, found: Detection) -> tuple[str, Decoding]:
    """Decode bytes with a detected codec.

    Args:
        raw: the raw bytes, including any byte order mark.
        found: their codec.

    Returns:
        The text and the record of its decoding.

    Raises:
        UnicodeError: if the bytes are invalid in a multi-byte codec.
    """
    marked = _with_surrogates(raw[len(found.bom) :], found)
    line_ends = _line_ends_of(marked)
    if line_ends in ("crlf", "cr"):
        marked = marked.replace(LINE_BREAKS[line_ends], "\n")
    stray: tuple[int, ...] = ()
    if found.stray_codec:
        read = with_strays(marked, found.stray_codec)
        stray = tuple(at.start() for at in STRAY_BYTE.finditer(marked) if read[at.start()] != marked[at.start()])
    text = read if stray else marked
    undecodable: tuple[Undecodable, ...] = ()
    if not _is_encodable(marked):
        undecodable = tuple(_undecodable_bytes(marked, found, LINE_BREAKS[line_ends], frozenset(stray)))
        text = SURROGATE.sub("\ufffd", text)
    return text, Decoding(
        found.codec,
        bool(found.bom),
        line_ends,
        undecodable,
        found.stray_codec if stray else "",
        stray,
        round(found.confidence, 3),
        found.why,
    )


def _round_trips(text: str, decoding: Decoding, raw: bytes) -> bool:
    """Whether encoding the text reproduces the raw bytes."""
    try:
        return encode(text, decoding) == raw
    except UnicodeError:
        return False


def _is_encodable(text: str) -> bool:
    """Whether a text has no surrogates, as nearly all; encoding it takes a tenth of the time of looking for them."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _with_surrogates(body: bytes, found: Detection) -> str:
    """The decoded body, with surrogates for undecodable bytes."""
    if not is_wide(found.codec):
        return body.decode(found.codec, "surrogateescape")
    whole = len(body) - found.cut
    # Each byte of a truncated last unit becomes a surrogate, as with surrogateescape.
    return body[:whole].decode(found.codec, "surrogatepass") + "".join(chr(0xDC00 + byte) for byte in body[whole:])


def _undecodable_bytes(marked: str, found: Detection, line_end: str, stray: frozenset[int]) -> Iterator[Undecodable]:
    """The record of every surrogate in the text that :func:`_with_surrogates` made, but for those of stray bytes."""
    at, byte = 0, len(found.bom)
    for surrogate in SURROGATE.finditer(marked):
        byte += len(marked[at : surrogate.start()].replace("\n", line_end).encode(found.codec))
        at = surrogate.end()
        whole = is_wide(found.codec) and surrogate.start() < len(marked) - found.cut
        bytes_ = surrogate[0].encode(found.codec, "surrogatepass") if whole else bytes([ord(surrogate[0]) & 0xFF])
        if surrogate.start() not in stray:
            yield Undecodable(surrogate.start(), byte, bytes_.hex())
        byte += len(bytes_)


def _line_ends_of(text: str) -> LineEnds:
    """The kind of line ends in a text."""
    returns = text.count("\r")
    if not returns:
        return "lf"
    if "\n" not in text:
        return "cr"
    return "crlf" if returns == text.count("\n") == text.count("\r\n") else "mixed"
