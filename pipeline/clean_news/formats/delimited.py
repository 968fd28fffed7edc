"""The format of CSV and TSV, plain or compressed: a record is a row, and the article is the cell of one column.

Only that cell is replaced in a record; every other byte of the file is preserved: delimiters, quoting, line ends, byte
order mark. The header and records that are not articles are copied.
"""

import base64
import zlib
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import IO, Any, NamedTuple
from zlib import crc32

from clean_news.change_log import ChangeLog, LogError, TextChangedError, irreversible_log_error, is_kept, revert
from clean_news.formats import CleanRow, Row
from clean_news.formats.compression import compressing, open_decompressed
from clean_news.formats.delimited_header import Table, first_cell, table_of
from clean_news.formats.delimited_records import (
    DIALECTS,
    NONE,
    Cell,
    Dialect,
    MalformedRecordError,
    Record,
    cells_of,
    read_records,
)
from clean_news.formats.file_places import Source, spans_of
from clean_news.formats.json_lines import MAX_NAME_CHARS, NoArticleError, RawSpan, SecondPass
from clean_news.formats.row_logs import kept_instead, pair_with_logs, read_logs, valid_log, was_kept
from clean_news.formats.size_limit import MEGABYTE, too_large
from clean_news.printable_text import visible
from clean_news.regular_files import MAX_ARTICLE_FILE_BYTES
from clean_news.settings import Settings
from clean_news.stored_bytes import decompress

LOG_SUFFIX = ".changes.jsonl"
MANY = True

FIELD = "field"  # in the carrier: name of the column of the text
TABLE = "table"  # in the carrier: the dialect, and the index and number of the columns
LITERAL = "literal"  # in the carrier: "bare" or "quoted", or the cell itself if that does not restore it
REST = "rest"  # in the carrier: CRC-32 of the rest of the record, so that a rerun detects changes there
LINES = "lines"  # in the carrier: CRLF if that ends all lines in the cell
CRLF = "crlf"
UNWRITABLE = (
    "the clean text has a line feed or a delimiter, which a file without quoted values cannot contain; convert it to "
    "CSV with quoted values"
)


class TextCell(NamedTuple):
    """A record that contains an article.

    Attributes:
        content: the record.
        cell: position of the text.
        text: the text, whose lines end in a line feed.
        has_crlf: whether its lines end in a carriage return and a line feed in the file.
        dialect: the file's dialect.
        line: number of the first line of the record, from 1.
    """

    content: bytes
    cell: Cell
    text: str
    has_crlf: bool
    dialect: Dialect
    line: int = 1

    @property
    def literal(self) -> str:
        """The cell as it is in the file."""
        return self.content[self.cell.start : self.cell.end].decode()

    def with_literal(self, literal: str) -> bytes:
        """Return the record with another cell."""
        return self.content[: self.cell.start] + literal.encode() + self.content[self.cell.end :]


def read(raw: Path, settings: Settings) -> Iterator[Row]:
    """Yield all records of a file as rows, in order, beginning with the header.

    Args:
        raw: the file.
        settings: of these, ``text_field``, ``id_field`` and ``max_megabytes`` are used.

    Raises:
        OSError: if it cannot be read.
        UnreadableError: if it has no column of the text, is not in UTF-8, or cannot be decompressed to its end.
    """
    table = table_of(raw, settings)
    with open_decompressed(raw, guarded=True) as file:
        for record in read_records(file, table.dialect, settings.max_megabytes * MEGABYTE):
            yield row_of(record, table, settings)


def row_of(record: Record, table: Table, settings: Settings) -> Row:
    """Return a record as a row; its raw record is a :class:`TextCell`, or the bytes or :class:`RawSpan` to copy."""
    name = str(record.line)
    carrier: dict[str, Any] = {
        FIELD: table.field,
        TABLE: {"dialect": table.dialect.name, "column": table.column, "columns": table.columns},
    }
    if record.content is None:
        fault = f"line {name}: {too_large(settings.max_megabytes)} (or close its quotation mark)"
        return Row(None, name, fault=fault, carrier=carrier, raw_record=RawSpan(record.start, record.size))
    fault = ""
    if record.line > 1 and record.content.removeprefix(BOM_UTF8).strip():
        try:
            row = _article_row(record.content, table, name, carrier)
            return row._replace(raw_record=row.raw_record._replace(line=record.line))
        except NoArticleError as error:
            fault = f"line {name}: {error}"
    return Row(None, name, fault=fault, carrier={**carrier, REST: crc32(record.content)}, raw_record=record.content)


def source_of(row: Row) -> Source | None:
    """Return where the article is in the decompressed file; None if the row is not an article."""
    found = row.raw_record
    if not isinstance(found, TextCell):
        return None
    before = found.content[: found.cell.start].decode("utf-8", "replace")
    literal = found.literal
    characters = found.dialect.characters_of(literal)
    if found.has_crlf:  # of which the text has only the line feeds
        characters = ["\r\n" if character == "\n" else character for character in characters if character != "\r"]
    column = len(before) - (before.rfind("\n") + 1) + 1
    spans = spans_of(characters, int(found.dialect.quoting != NONE and literal.startswith('"')))
    return Source(found.line + before.count("\n"), column, literal, spans, partial(_rewrite, found))


def _rewrite(found: TextCell, part: str) -> str | None:
    """Return how a part of a text is written in its cell; None if the cell would have to be quoted for it."""
    dialect = found.dialect
    is_quoted = dialect.quoting != NONE and found.literal.startswith('"')
    if not is_quoted:
        return None if part and dialect.needs_quotes(part) else part
    literal = _literal(part, is_quoted=True, has_crlf=found.has_crlf, dialect=dialect)
    return literal and literal[1:-1]


def _article_row(content: bytes, table: Table, name: str, carrier: dict[str, Any]) -> Row:
    """Return the row of a record with an article.

    Raises:
        NoArticleError: if there is none.
    """
    cells = _checked_cells(content, table)
    found = _text_in(content, cells[table.column], table.dialect)
    carrier[LITERAL] = _stored(found)
    if found.has_crlf:
        carrier[LINES] = CRLF
    carrier[REST] = crc32(content[found.cell.end :], crc32(content[: found.cell.start]))
    if table.id_column is not None:
        cell = cells[table.id_column]
        given = table.dialect.value_of(content[cell.start : cell.end].decode("utf-8", "replace")).strip()
        shown = visible(given[: MAX_NAME_CHARS + 1])
        name = (shown if len(shown) <= MAX_NAME_CHARS else shown[: MAX_NAME_CHARS - 1] + "…") or name
    return Row(found.text, name, carrier=carrier, raw_record=found)


def _checked_cells(content: bytes, table: Table) -> list[Cell]:
    """Return the cells of a record.

    Raises:
        NoArticleError: if they are not those of the header.
    """
    try:
        cells = cells_of(content, table.dialect, first_cell(content))
    except MalformedRecordError as error:
        raise NoArticleError(str(error)) from error
    if len(cells) != table.columns:
        counted = "1 column" if len(cells) == 1 else f"{len(cells):,} columns"
        raise NoArticleError(
            f"has {counted}, but the first line {table.columns:,}; quote values with delimiters in them"
        )
    return cells


def _text_in(content: bytes, cell: Cell, dialect: Dialect) -> TextCell:
    """Return the text of a record.

    Raises:
        NoArticleError: if it is not UTF-8.
    """
    try:
        value = dialect.value_of(content[cell.start : cell.end].decode())
    except UnicodeDecodeError as error:
        found = content[cell.start + error.start]
        raise NoArticleError(
            f"is not UTF-8 (byte 0x{found:02x} at {error.start + 1} in the text); convert the file to UTF-8"
        ) from error
    lines = value.count("\n")
    has_crlf = lines > 0 and lines == value.count("\r\n") == value.count("\r")
    return TextCell(content, cell, _from_file(value) if has_crlf else value, has_crlf, dialect)


def _from_file(value: str) -> str:
    """Return a value whose lines end in CR LF in the file with line feeds."""
    return value.replace("\r\n", "\n")


def _literal(text: str, *, is_quoted: bool, has_crlf: bool, dialect: Dialect) -> str | None:
    """Return the cell of a text; quoted if it would not be read back otherwise, None if it cannot be written."""
    value = text.replace("\n", "\r\n") if has_crlf else text
    if dialect.quoting == NONE:
        return None if any(each in value for each in (dialect.separator.decode(), "\n", "\r")) else value
    return dialect.quoted(value) if is_quoted or dialect.needs_quotes(value) else value


def _stored(found: TextCell) -> str | dict[str, str]:
    """Return what restores the cell of a text: whether it is quoted if that suffices, else the cell itself."""
    literal = found.literal
    is_quoted = found.dialect.quoting != NONE and literal.startswith('"')
    if literal == _literal(found.text, is_quoted=is_quoted, has_crlf=found.has_crlf, dialect=found.dialect):
        return "quoted" if is_quoted else "bare"
    return {"zlib": base64.b64encode(zlib.compress(literal.encode())).decode("ascii")}


def _literal_from(log: ChangeLog, text: str, has_crlf: bool, dialect: Dialect) -> str:
    """Return the raw cell of a text.

    Raises:
        ValueError: if the log does not have it.
    """
    stored = log.carrier.get(LITERAL)
    literal: str | None
    if isinstance(stored, str):
        literal = _literal(text, is_quoted=stored == "quoted", has_crlf=has_crlf, dialect=dialect)
    elif isinstance(stored, dict) and isinstance(stored.get("zlib"), str):
        # Each character may have been escaped, and each line feed have been CR LF.
        literal = decompress(stored["zlib"], 2 * len(text.encode("utf-8", "surrogatepass")) + len('""')).decode()
    else:
        raise ValueError("it does not have the cell")
    content = literal.encode() if literal is not None else b"\n"
    if cells_of(content, dialect) != [Cell(0, len(content))] or content.endswith(b"\n"):
        raise ValueError("what it has is not a cell")
    value = dialect.value_of(content.decode())
    if (_from_file(value) if has_crlf else value) != text:
        raise ValueError("the stored cell is that of another text")
    return content.decode()


def write(rows: Iterable[CleanRow], raw: Path, clean: IO[bytes], logs: IO[bytes]) -> None:
    """Write the records, compressed like the raw file, and the change logs, uncompressed.

    Raises:
        OSError: if they cannot be written.
    """
    with compressing(clean, raw.name) as target, ExitStack() as files:
        again = None
        for row in rows:
            found = row.row.raw_record
            log = row.log
            if isinstance(found, RawSpan):
                again = again or files.enter_context(closing(SecondPass(raw)))
                for chunk in again.chunks(found):
                    target.write(chunk)
            elif not isinstance(found, TextCell):
                target.write(found)
            elif was_kept(row) or row.text == found.text:
                target.write(found.content)
            else:
                is_quoted = found.literal.startswith('"')
                literal = _literal(row.text, is_quoted=is_quoted, has_crlf=found.has_crlf, dialect=found.dialect)
                if literal is None:
                    log = kept_instead(row, UNWRITABLE)
                target.write(found.content if literal is None else found.with_literal(literal))
            logs.write(log)


def read_clean(clean: Path, logs: Path) -> Iterator[tuple[str, ChangeLog | LogError]]:
    """Yield the clean text and the change log of each record, or the error of the pair; a copied one has no text.

    Raises:
        OSError: if one of the files cannot be read.
        LogError: if the clean file cannot be decompressed, or the files do not belong together.
    """
    for _, found, log in _side_by_side(clean, logs):
        yield ("", found) if isinstance(found, LogError) else (found.text if found else "", log)


def restore(clean: Path, logs: Path, target: IO[bytes]) -> None:
    """Write the raw records, compressed like the clean file.

    Raises:
        OSError: if a file cannot be read or written.
        LogError: if the clean file or its log was changed since it was written.
    """
    with compressing(target, clean.name) as file, closing(SecondPass(clean)) as again:
        for record, found, log in _side_by_side(clean, logs):
            if isinstance(found, LogError):
                raise found
            chunks = again.chunks(RawSpan(record.start, record.size))
            if found is None:
                for chunk in chunks:
                    file.write(chunk)
                continue
            for _ in chunks:  # what the record has in memory
                pass
            file.write(_raw_record(found, valid_log(log), _where(clean, record)))


def _raw_record(found: TextCell, log: ChangeLog, where: str) -> bytes:
    """Return the raw record of a clean one.

    Raises:
        LogError: if the text or the log was changed since it was written.
    """
    text = revert(found.text, log, where).decode("utf-8", "surrogatepass")
    if text == found.text:
        return found.content
    try:
        return found.with_literal(_literal_from(log, text, found.has_crlf, found.dialect))
    except ValueError as error:  # also MalformedRecordError, UnicodeError
        raise irreversible_log_error(where, f"of the cell: {error}") from error


def _side_by_side(clean: Path, logs: Path) -> Iterator[tuple[Record, TextCell | LogError | None, ChangeLog | LogError]]:
    """Yield each record of a clean file with its text, and its log; None for a record that was copied.

    In place of the text of a record that was changed, or whose log is damaged, its error is yielded.

    Raises:
        OSError, LogError: see :func:`read_clean`.
    """
    table = _table_in(logs)
    with open_decompressed(clean, guarded=False) as file:
        for record, log in pair_with_logs(read_records(file, table.dialect, MAX_ARTICLE_FILE_BYTES), logs, clean):
            if isinstance(log, LogError):
                yield record, log, log
            elif is_kept(log):
                yield record, None, log
            else:
                try:
                    yield record, _clean_text(record, log, table, _where(clean, record)), log
                except LogError as error:
                    yield record, error, log


def _clean_text(record: Record, log: ChangeLog, table: Table, where: str) -> TextCell:
    """Return the text of a clean record.

    Raises:
        LogError: if it was changed in another way than in its text, or its log was.
    """
    if _table_of_log(log) != table:
        raise irreversible_log_error(where, "it names another table than the first log")
    try:
        if record.content is None:
            raise NoArticleError("it is too large")
        found = _text_in(record.content, _checked_cells(record.content, table)[table.column], table.dialect)
    except NoArticleError as error:
        raise TextChangedError(
            f"{where}: was changed after clean-news wrote it ({error}); undo the change, "
            "or clean the raw file again with --force"
        ) from error
    # A line that was added, or the last line feed that was removed, must not decide how the others are read.
    has_crlf = log.carrier.get(LINES) == CRLF
    value = table.dialect.value_of(found.literal)
    return found._replace(text=_from_file(value) if has_crlf else value, has_crlf=has_crlf)


def _where(clean: Path, record: Record) -> str:
    """Return the place of a record, for messages."""
    return f"{visible(str(clean))}: line {record.line}"


def _table_in(logs: Path) -> Table:
    """Return how a clean file is read, from the first valid log.

    Raises:
        OSError: if the logs cannot be read.
        LogError: if there is none.
    """
    with closing(read_logs(logs)) as found:
        tables = (_table_of_log(log) for log in found if not isinstance(log, LogError))
        table = next((table for table in tables if table), None)
    if table is None:
        raise LogError(
            f"{visible(str(logs))}: has no valid log of a table; restore it, or clean the raw file again with --force"
        )
    return table


def _table_of_log(log: ChangeLog) -> Table | None:
    """Return how a clean file is read, as a log says; None if it does not, or was changed."""
    field, stored = log.carrier.get(FIELD), log.carrier.get(TABLE)
    if not isinstance(field, str) or not isinstance(stored, dict):
        return None
    column, columns, dialect = stored.get("column"), stored.get("columns"), stored.get("dialect")
    if not isinstance(column, int) or not isinstance(columns, int) or not 0 <= column < columns:
        return None
    if not isinstance(dialect, str) or dialect not in DIALECTS:
        return None
    return Table(DIALECTS[dialect], field, column, columns)
