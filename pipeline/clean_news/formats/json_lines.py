"""JSON lines, plain or packed with gzip or Zstandard: one line is one row, its text one field of an object.

Only the literal of the text is cut out of a line and the clean one put in; every other byte stays. A line that is
no article is copied. :func:`restore` gives the very bytes of the raw file back; of a packed one those of its
content, packed again.
"""

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import IO, NamedTuple
from zlib import crc32

from clean_news import change_log
from clean_news.change_log import ChangeLog, LogError, TextChangedError, is_kept, revert
from clean_news.formats import CleanRow, Row, UnreadableError
from clean_news.formats.compression import opened, packing
from clean_news.formats.json_literal import (
    Member,
    NotAnObjectError,
    Style,
    carried,
    literal_from,
    member_of,
    members,
    spliced,
    style_of,
)
from clean_news.formats.limited_lines import PIECE, Line, lines_of, rest_of_line
from clean_news.formats.row_logs import logs_of, was_kept
from clean_news.formats.size_limit import MEGABYTE, too_large
from clean_news.settings import Settings
from clean_news.visible import visible

LOG_SUFFIX = ".changes.jsonl"
MANY = True
RESTORED_SUFFIX = ""
REST = "rest"  # in the carrier: CRC-32 of what else is in the line, by which a rerun sees that it was changed
LONGEST_NAME = 200  # code points


class Record(NamedTuple):
    """The line of an article.

    Attributes:
        line: the line, its line end included.
        members: the members of its object.
        text: the one with the article.
        style: how its literal is written.
    """

    line: str
    members: list[Member]
    text: Member
    style: Style


class Span(NamedTuple):
    """A line that is too long to be held in memory, by its place in the unpacked raw file.

    Attributes:
        start: where it begins, in bytes.
        size: how long it is, in bytes.
    """

    start: int
    size: int


class NoArticleError(ValueError):
    """A line should be an article and is none; the message says why, and what to do."""


def read(raw: Path, settings: Settings) -> Iterator[Row]:
    """The lines of a file, in order, none left out.

    Args:
        raw: the file.
        settings: ``text_field``, ``id_field`` and ``max_megabytes`` count.

    Raises:
        OSError: if it cannot be read.
        UnreadableError: if it is packed and cannot be unpacked to its end.
    """
    with opened(raw, guarded=True) as file:
        for line in lines_of(file, settings.max_megabytes * MEGABYTE):
            yield row_of(line, settings)


def row_of(line: Line, settings: Settings) -> Row:
    """A line as a row. Its shell is the :class:`Record` of an article, else the bytes or their :class:`Span`."""
    name = str(line.number)
    if line.content is None:
        fault = f"line {name}: {too_large(settings.max_megabytes)}"
        return Row(None, name, fault=fault, shell=Span(line.start, line.size))
    if not line.content.removeprefix(BOM_UTF8).strip():
        return Row(None, name, carrier={REST: crc32(line.content)}, shell=line.content)
    try:
        record = _record_of(line.content, settings.text_field)
    except NoArticleError as error:
        return Row(None, name, fault=f"line {name}: {error}", carrier={REST: crc32(line.content)}, shell=line.content)
    literal = record.line[record.text.at : record.text.end]
    rest = record.line[: record.text.at] + record.line[record.text.end :]
    return Row(
        record.text.value,
        id_of(record, settings.id_field) or name,
        carrier={
            "field": settings.text_field,
            "literal": carried(literal, record.text.value, record.style),
            REST: crc32(rest.encode()),
        },
        shell=record,
    )


def _record_of(content: bytes, field: str) -> Record:
    """The record in the bytes of a line.

    Raises:
        NoArticleError: if there is no article in the field.
    """
    try:
        line = content.decode()
        found = members(line)
    except UnicodeDecodeError as error:
        raise NoArticleError(
            f"is not UTF-8 (byte 0x{content[error.start]:02x} at {error.start + 1}); convert it to UTF-8"
        ) from error
    except NotAnObjectError as error:
        raise NoArticleError(f"{error}; mend the line, or let a JSON library write it") from error
    member = member_of(found, field)
    if member is None:
        there = ", ".join(visible(each.key)[:40] for each in found[:12]) or "no field at all"
        raise NoArticleError(
            f"has no field {field!r}, there is: {there}; name the field with the text by the setting text-field"
        )
    # Whole numbers are given as text, so the literal must say.
    if not line.startswith('"', member.at):
        seen = visible(line[member.at : member.end][:20])
        raise NoArticleError(
            f"its field {field!r} is no text but {seen}; put the text there, "
            "or name another field by the setting text-field"
        )
    return Record(line, found, member, style_of(line[member.at : member.end]))


def id_of(record: Record, field: str) -> str:
    """What the id field says, fit to be printed: a text, or a number as it is written; else empty."""
    member = member_of(record.members, field)
    if member is None:
        return ""
    first = record.line[member.at]
    if first == '"':
        name = member.value
    elif first in "-0123456789":
        name = record.line[member.at : member.end]
    else:
        return ""
    shown = visible(name[: LONGEST_NAME + 1])
    return shown if len(shown) <= LONGEST_NAME else shown[: LONGEST_NAME - 1] + "…"


def clean_line(row: CleanRow) -> bytes:
    """The clean line of a row that is no :class:`Span`."""
    shell = row.row.shell
    if not isinstance(shell, Record):
        assert isinstance(shell, bytes), "a span is copied from the raw file"
        return shell
    if row.text == shell.text.value or was_kept(row):
        return shell.line.encode()
    return spliced(shell.line, shell.text, shell.style.write(row.text)).encode()


def write(rows: Iterable[CleanRow], raw: Path, clean: IO[bytes], logs: IO[bytes]) -> None:
    """Write the lines, packed as the raw file is, and the logs, plain.

    Args:
        rows: the rows.
        raw: the raw file; lines that are too long for the memory are copied from there.
        clean: where the lines go.
        logs: where the logs go.

    Raises:
        OSError: if they cannot be written.
    """
    with packing(clean, raw.name) as target, ExitStack() as files:
        again = None
        for row in rows:
            shell = row.row.shell
            if isinstance(shell, Span):
                again = again or files.enter_context(closing(Again(raw)))
                for piece in again.pieces(shell):
                    target.write(piece)
            else:
                target.write(clean_line(row))
            logs.write(row.log)


class Again:
    """The raw file, read a second time, forwards only: what is packed cannot be jumped about in."""

    def __init__(self, raw: Path) -> None:
        """Begin at the start.

        Args:
            raw: the file.
        """
        self.file = opened(raw, guarded=True)
        self.at = 0
        self.close = self.file.close

    def pieces(self, span: Span) -> Iterator[bytes]:
        """The bytes of a span; spans are asked for in order.

        Raises:
            UnreadableError: if the file became shorter.
        """
        for _ in self.through(span.start):
            pass
        yield from self.through(span.start + span.size)

    def through(self, end: int) -> Iterator[bytes]:
        """What is left up to a place."""
        while self.at < end:
            piece = self.file.read(min(PIECE, end - self.at))
            if not piece:
                raise UnreadableError("was changed while it was being cleaned; clean it again")
            self.at += len(piece)
            yield piece


def read_clean(clean: Path, logs: Path) -> Iterator[tuple[str, ChangeLog]]:
    """The clean text and the log of each line; of a line that was copied the text is empty.

    Raises:
        OSError: if one of the files cannot be read.
        LogError: if a log cannot be read, the clean file cannot be unpacked, or they do not belong together.
    """
    with _unpackable(clean):
        for where, file, log in _side_by_side(clean, logs):
            if is_kept(log):
                for _ in rest_of_line(file):
                    pass
                yield "", log
            else:
                yield _clean_record(file.readline(), log, where).text.value, log


def restore(clean: Path, logs: Path, target: IO[bytes]) -> None:
    """Write the raw lines, packed as the clean file is.

    Raises:
        OSError: if something cannot be read or written.
        LogError: see :func:`read_clean`; or if clean file or log were changed since.
    """
    with _unpackable(clean), packing(target, clean.name) as unpacked:
        for where, file, log in _side_by_side(clean, logs):
            if is_kept(log):
                for piece in rest_of_line(file):
                    unpacked.write(piece)
            else:
                unpacked.write(_raw_line(_clean_record(file.readline(), log, where), log, where).encode())


def _side_by_side(clean: Path, logs: Path) -> Iterator[tuple[str, IO[bytes], ChangeLog]]:
    """For each line of a clean file what to call it, the file, to read just that line from, and the log.

    Raises:
        OSError, LogError: see :func:`read_clean`.
        UnreadableError: if the clean file cannot be unpacked.
    """
    name = visible(str(clean))
    number = 0
    with opened(clean, guarded=False) as file, closing(logs_of(logs)) as found:
        for number, log in enumerate(found, 1):
            if not file.peek(1):
                raise _not_together(name, f"it has {number - 1} lines, there are more in the log")
            yield f"{name}: line {number}", file, log
        if file.peek(1):
            raise _not_together(name, f"it has more than the {number} lines of the log")


@contextmanager
def _unpackable(clean: Path) -> Iterator[None]:
    """A clean file that cannot be unpacked was changed since, as its log would tell of a plain one.

    Raises:
        LogError: in place of an UnreadableError.
    """
    try:
        yield
    except UnreadableError as error:
        raise LogError(f"{visible(str(clean))}: {error}; or clean the raw file again with --force") from error


def _not_together(name: str, why: str) -> LogError:
    """The error for a clean file that has not as many lines as its log."""
    return LogError(
        f"{name}: and its log do not belong together ({why}); undo the change, or clean the raw file again with --force"
    )


def _clean_record(content: bytes, log: ChangeLog, where: str) -> Record:
    """The record of a clean line.

    Raises:
        LogError: if it is none any more, or the log does not say which field.
    """
    field = log.carrier.get("field")
    if not isinstance(field, str):
        raise LogError(f"{where}: its log is not one of JSON lines; clean the raw file again with --force")
    try:
        return _record_of(content, field)
    except NoArticleError as error:
        raise TextChangedError(
            f"{where}: was changed after clean-news wrote it ({error}); undo the change, "
            "or clean the raw file again with --force"
        ) from error


def _raw_line(record: Record, log: ChangeLog, where: str) -> str:
    """The raw line that a clean one was made from.

    Raises:
        LogError: if the text or the log was changed since.
    """
    text = revert(record.text.value, log, where).decode("utf-8", "surrogatepass")
    if text == record.text.value:
        return record.line
    try:
        return spliced(record.line, record.text, literal_from(log.carrier["literal"], text))
    except (KeyError, ValueError) as error:
        raise change_log.irreversible_log_error(where, f"of the JSON literal: {error}") from error
