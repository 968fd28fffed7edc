"""The format of JSON lines, plain or compressed: a line is a row, and the article is one field of its object.

Only the string literal of the article is replaced in a line; every other byte is preserved. Lines that are not articles
are copied. :func:`restore` reproduces the exact bytes of the raw file, or of its content if it is compressed.
"""

import json
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import IO, NamedTuple
from zlib import crc32

from clean_news import change_log
from clean_news.change_log import ChangeLog, LogError, TextChangedError, is_kept, revert
from clean_news.formats import CleanRow, Row, UnreadableError
from clean_news.formats.compression import compressing, open_decompressed
from clean_news.formats.file_places import Source, spans_of
from clean_news.formats.json_literal import (
    Member,
    NotAnObjectError,
    Style,
    characters_of,
    literal_from,
    member_of,
    parse_members,
    splice,
    stored_literal,
    style_of,
)
from clean_news.formats.limited_lines import CHUNK_BYTES, Line, read_lines, rest_of_line
from clean_news.formats.row_logs import read_logs, valid_log, was_kept
from clean_news.formats.row_places import ALL_PLACES, RowPlaces
from clean_news.formats.size_limit import MEGABYTE, too_large
from clean_news.printable_text import visible
from clean_news.settings import Settings

LOG_SUFFIX = ".changes.jsonl"
MANY = True
REST = "rest"  # in the carrier: CRC-32 of the rest of the line, so that a rerun detects changes there
MAX_NAME_CHARS = 200
REPEATED_BYTES = 1 << 10  # at the start of a text, by which a repetition is told


class JsonRecord(NamedTuple):
    """A line that contains an article.

    Attributes:
        line: the line, including its line end.
        members: the members of its object.
        text: the member with the article.
        style: style of that member's literal.
        number: number of the line, from 1.
    """

    line: str
    members: list[Member]
    text: Member
    style: Style
    number: int = 1


class RawSpan(NamedTuple):
    """A line that is too long to be held in memory, by its position in the decompressed raw file.

    Attributes:
        start: start offset in bytes.
        size: length in bytes.
    """

    start: int
    size: int


class NoArticleError(ValueError):
    """A line or record that should be an article is not one; the message says why, and names the remedy."""


def read(raw: Path, settings: Settings) -> Iterator[Row]:
    """Yield all lines of a file as rows, in order.

    Args:
        raw: the file.
        settings: of these, ``text_field``, ``id_field`` and ``max_megabytes`` are used.

    Raises:
        OSError: if it cannot be read.
        UnreadableError: if it is compressed and cannot be decompressed to its end.
    """
    with open_decompressed(raw, guarded=True) as file:
        for line in read_lines(file, settings.max_megabytes * MEGABYTE):
            yield row_of(line, settings)


def read_places(raw: Path, settings: Settings, places: RowPlaces) -> Iterator[tuple[int, Row]]:
    """Yield the lines at some places as rows, each with its index in the file, from 0; see :func:`read`."""
    takes = places.dealing().takes
    key = json.dumps(settings.text_field).encode()
    with open_decompressed(raw, guarded=True) as file:
        for line in read_lines(file, settings.max_megabytes * MEGABYTE):
            if takes(_repeated_part(line.content, key)):
                yield line.number - 1, row_of(line, settings)


def _repeated_part(content: bytes | None, key: bytes) -> bytes:
    r"""Return what lines with the same text have in common: most of the text, found without parsing; empty if unknown.

    Args:
        content: the line; None if it is too long.
        key: the literal of the name of the text's field.

    >>> _repeated_part(b'{"id": 1, "text": "Nobody asked.", "url": "/1"}', b'"text"')
    b': "Nobody asked.'
    """
    start = content.find(key) + len(key) if content else 0
    if not content or start < len(key):
        return b""
    end = content.find(b'",', start, start + REPEATED_BYTES)
    return content[start : end if end >= 0 else start + REPEATED_BYTES]


def row_of(line: Line, settings: Settings) -> Row:
    """Return a line as a row; its raw record is a :class:`JsonRecord`, or the bytes or :class:`RawSpan` to copy."""
    name = str(line.number)
    if line.content is None:
        fault = f"line {name}: {too_large(settings.max_megabytes)}"
        return Row(None, name, fault=fault, raw_record=RawSpan(line.start, line.size))
    if not line.content.removeprefix(BOM_UTF8).strip():
        return Row(None, name, carrier={REST: crc32(line.content)}, raw_record=line.content)
    try:
        record = _record_of(line.content, settings.text_field)._replace(number=line.number)
    except NoArticleError as error:
        return Row(
            None, name, fault=f"line {name}: {error}", carrier={REST: crc32(line.content)}, raw_record=line.content
        )
    literal = record.line[record.text.value_start : record.text.end]
    rest = record.line[: record.text.value_start] + record.line[record.text.end :]
    return Row(
        record.text.value,
        _id_of(record, settings.id_field) or name,
        carrier={
            "field": settings.text_field,
            "literal": stored_literal(literal, record.text.value, record.style),
            REST: crc32(rest.encode()),
        },
        raw_record=record,
    )


def _record_of(content: bytes, field: str) -> JsonRecord:
    """Parse a line that should contain an article.

    Raises:
        NoArticleError: if there is no article in the field.
    """
    try:
        line = content.decode()
        found = parse_members(line)
    except UnicodeDecodeError as error:
        raise NoArticleError(
            f"is not UTF-8 (byte 0x{content[error.start]:02x} at {error.start + 1}); convert it to UTF-8"
        ) from error
    except NotAnObjectError as error:
        raise NoArticleError(f"{error}; correct the line, or write it with a JSON library") from error
    member = member_of(found, field)
    if member is None:
        there = ", ".join(visible(each.key)[:40] for each in found[:12]) or "none"
        raise NoArticleError(f"has no field {field!r} (fields: {there}); set text-field to the field with the text")
    # Integers are parsed as strings, so that only the literal tells.
    if not line.startswith('"', member.value_start):
        seen = visible(line[member.value_start : member.end][:20])
        raise NoArticleError(
            f"its field {field!r} is not a string but {seen}; put the text there, or set text-field to another field"
        )
    return JsonRecord(line, found, member, style_of(line[member.value_start : member.end]))


def _id_of(record: JsonRecord, field: str) -> str:
    """Return the value of the id field in printable form if it is a string or a number; else empty."""
    member = member_of(record.members, field)
    if member is None:
        return ""
    first = record.line[member.value_start]
    if first == '"':
        name = member.value
    elif first in "-0123456789":
        name = record.line[member.value_start : member.end]
    else:
        return ""
    shown = visible(name[: MAX_NAME_CHARS + 1])
    return shown if len(shown) <= MAX_NAME_CHARS else shown[: MAX_NAME_CHARS - 1] + "…"


def source_of(row: Row) -> Source | None:
    """Return where the article is in the decompressed file; None if the row is not an article."""
    record = row.raw_record
    if not isinstance(record, JsonRecord):
        return None
    literal = record.line[record.text.value_start : record.text.end]
    column = len(record.line[: record.text.value_start].removeprefix("\ufeff")) + 1
    return Source(record.number, column, literal, spans_of(characters_of(literal), 1), record.style.write_part)


def clean_line(row: CleanRow) -> bytes:
    """Return the clean line of a row whose raw record is not a :class:`RawSpan`."""
    raw_record = row.row.raw_record
    if not isinstance(raw_record, JsonRecord):
        assert isinstance(raw_record, bytes), "a span is copied from the raw file"
        return raw_record
    if row.text == raw_record.text.value or was_kept(row):
        return raw_record.line.encode()
    return splice(raw_record.line, raw_record.text, raw_record.style.write(row.text)).encode()


def write(rows: Iterable[CleanRow], raw: Path, clean: IO[bytes], logs: IO[bytes]) -> None:
    """Write the lines, compressed like the raw file, and the change logs, uncompressed.

    Args:
        rows: the clean rows.
        raw: the raw file, from which lines that are too long for memory are copied.
        clean: the clean file, open for writing.
        logs: the file of change logs, open for writing.

    Raises:
        OSError: if they cannot be written.
    """
    with compressing(clean, raw.name) as target:
        write_places(rows, raw, ALL_PLACES, target, logs)


def write_places(
    rows: Iterable[CleanRow],
    raw: Path,
    places: RowPlaces,  # noqa: ARG001  # other formats need them
    clean: IO[bytes],
    logs: IO[bytes],
) -> None:
    """Write some of the lines, not compressed, and their change logs; see :func:`write`."""
    with ExitStack() as files:
        again = None
        for row in rows:
            raw_record = row.row.raw_record
            if isinstance(raw_record, RawSpan):
                again = again or files.enter_context(closing(SecondPass(raw)))
                for chunk in again.chunks(raw_record):
                    clean.write(chunk)
            else:
                clean.write(clean_line(row))
            logs.write(row.log)


def join(written: Iterable[bytes], raw: Path, settings: Settings, clean: IO[bytes]) -> None:  # noqa: ARG001  # others need them
    """Write a clean file from what :func:`write_places` has written of its lines."""
    with compressing(clean, raw.name) as target:
        for chunk in written:
            target.write(chunk)


class SecondPass:
    """Reads the raw file a second time, forwards only, since compressed files are not seekable."""

    def __init__(self, raw: Path) -> None:
        """Open the file at its start.

        Args:
            raw: the raw file.
        """
        self.file = open_decompressed(raw, guarded=True)
        self.at = 0
        self.close = self.file.close

    def chunks(self, span: RawSpan) -> Iterator[bytes]:
        """Yield the bytes of a span; spans must be read in order.

        Raises:
            UnreadableError: if the file became shorter.
        """
        for _ in self.read_to(span.start):
            pass
        yield from self.read_to(span.start + span.size)

    def read_to(self, end: int) -> Iterator[bytes]:
        """Yield the bytes from the current position to ``end``."""
        while self.at < end:
            chunk = self.file.read(min(CHUNK_BYTES, end - self.at))
            if not chunk:
                raise UnreadableError("was changed while it was being cleaned; clean it again")
            self.at += len(chunk)
            yield chunk


def read_clean(clean: Path, logs: Path) -> Iterator[tuple[str, ChangeLog | LogError]]:
    """Yield the clean text and the change log of each line, or the error of the pair; a copied line has no text.

    Raises:
        OSError: if one of the files cannot be read.
        LogError: if the clean file cannot be decompressed, or the files do not belong together.
    """
    with _corruption_as_log_error(clean):
        for where, file, log in _side_by_side(clean, logs):
            if isinstance(log, LogError) or is_kept(log):
                for _ in rest_of_line(file):
                    pass
                yield "", log
                continue
            try:
                text = _clean_record(file.readline(), log, where).text.value
            except LogError as error:
                yield "", error
            else:
                yield text, log


def restore(clean: Path, logs: Path, target: IO[bytes]) -> None:
    """Write the raw lines, compressed like the clean file.

    Raises:
        OSError: if a file cannot be read or written.
        LogError: see :func:`read_clean`; or if the clean file or its log was changed since it was written.
    """
    with _corruption_as_log_error(clean), compressing(target, clean.name) as decompressed:
        for where, file, found in _side_by_side(clean, logs):
            log = valid_log(found)
            if is_kept(log):
                for chunk in rest_of_line(file):
                    decompressed.write(chunk)
            else:
                decompressed.write(_raw_line(_clean_record(file.readline(), log, where), log, where).encode())


def _side_by_side(clean: Path, logs: Path) -> Iterator[tuple[str, IO[bytes], ChangeLog | LogError]]:
    """Yield for each line of a clean file its location, the file, from which to read just that line, and its log.

    Raises:
        OSError, LogError: see :func:`read_clean`.
        UnreadableError: if the clean file cannot be decompressed.
    """
    name = visible(str(clean))
    number = 0
    with open_decompressed(clean, guarded=False) as file, closing(read_logs(logs)) as found:
        for number, log in enumerate(found, 1):
            if not file.peek(1):
                raise _mismatch(name, f"it has {number - 1} lines, the log has more")
            yield f"{name}: line {number}", file, log
        if file.peek(1):
            raise _mismatch(name, f"it has more lines than the {number} of the log")


@contextmanager
def _corruption_as_log_error(clean: Path) -> Iterator[None]:
    """Raise LogError for a clean file that cannot be decompressed: it was changed since clean-news wrote it.

    Raises:
        LogError: in place of UnreadableError.
    """
    try:
        yield
    except UnreadableError as error:
        raise LogError(f"{visible(str(clean))}: {error}; or clean the raw file again with --force") from error


def _mismatch(name: str, why: str) -> LogError:
    """Return the error for a clean file whose number of lines differs from its log's."""
    return LogError(
        f"{name}: does not belong to its change log ({why}); undo the change, or clean the raw file again with --force"
    )


def _clean_record(content: bytes, log: ChangeLog, where: str) -> JsonRecord:
    """Parse a clean line.

    Raises:
        LogError: if it is no longer an article, or the log does not name its field.
    """
    field = log.carrier.get("field")
    if not isinstance(field, str):
        raise LogError(f"{where}: its change log is not that of a JSON line; clean the raw file again with --force")
    try:
        return _record_of(content, field)
    except NoArticleError as error:
        raise TextChangedError(
            f"{where}: was changed after clean-news wrote it ({error}); undo the change, "
            "or clean the raw file again with --force"
        ) from error


def _raw_line(record: JsonRecord, log: ChangeLog, where: str) -> str:
    """Return the raw line of a clean line.

    Raises:
        LogError: if the text or the log was changed since it was written.
    """
    text = revert(record.text.value, log, where).decode("utf-8", "surrogatepass")
    if text == record.text.value:
        return record.line
    try:
        return splice(record.line, record.text, literal_from(log.carrier["literal"], text))
    except (KeyError, ValueError, RecursionError) as error:
        raise change_log.irreversible_log_error(where, f"of the JSON literal: {error}") from error
