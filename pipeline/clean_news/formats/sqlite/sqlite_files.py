"""The format of SQLite databases: the texts of one column are cleaned, in a copy and in one transaction.

SQLite decides where in the file a text is, so no edit of a log can restore the bytes. The last log, which is that of
the file, has the blocks of the raw file that differ from the clean one, and the digest of the raw file.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import msgspec

from clean_news import change_log
from clean_news.change_log import (
    WRITTEN,
    ChangeLog,
    LogError,
    TextChangedError,
    irreversible_log_error,
    is_kept,
    revert,
)
from clean_news.formats import CleanRow, Row, UnreadableError
from clean_news.formats.row_logs import kept_instead, read_logs, valid_log, was_kept
from clean_news.formats.size_limit import MEGABYTE, too_large
from clean_news.formats.sqlite.blocks import applied, difference
from clean_news.formats.sqlite.changes_table import ChangesTable
from clean_news.formats.sqlite.database import (
    TextColumn,
    check_file,
    check_whole,
    connected,
    copied,
    explained,
    opened,
    prepare,
    text_column,
)
from clean_news.printable_text import visible
from clean_news.regular_files import open_regular
from clean_news.settings import Settings

LOG_SUFFIX = ".changes.jsonl"
MANY = True

FIELD = "field"  # in the carrier: table and column of the text
PLACE = "place"  # in the carrier: the same apart, and the number of the row
DIGEST = "sha256"  # in the carrier of the last log: that of the raw file
MAX_NAME_CHARS = 200
MIN_LIMIT = 2 * MEGABYTE  # of a value, and so of the schema


def read(raw: Path, settings: Settings) -> Iterator[Row]:
    """Yield the texts as rows, in the order of the table, and then the file itself.

    Args:
        raw: the file.
        settings: of these, ``text_field``, ``id_field`` and ``max_megabytes`` are used.

    Raises:
        OSError: if it cannot be read.
        UnreadableError: if it is damaged, locked or too large, or if it is not known where its texts are.
    """
    check_file(raw)
    limit = settings.max_megabytes * MEGABYTE
    with TemporaryDirectory(prefix="clean-news-") as folder:
        copy = Path(folder, "copy.db")
        digest = copied(raw, copy)
        with opened(copy) as connection:
            check_whole(connection)
            where = text_column(connection, settings.text_field, settings.id_field)
            # What is longer is not read into memory.
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, max(limit, MIN_LIMIT))
            for number, kind in connection.execute(where.all_rows()):
                yield _row(connection, where, number, kind.decode(), settings.max_megabytes)
    yield Row(None, carrier={FIELD: where.field, DIGEST: digest})


def _row(connection: sqlite3.Connection, where: TextColumn, number: int, kind: str, megabytes: int) -> Row:
    """Return the row of a text, or of what is in its place."""
    place = {"table": where.table, "column": where.column, "row_number": where.row_number, "row": number}
    empty = Row(None, _name_of(connection, where, number), carrier={FIELD: where.field, PLACE: place})
    if kind == "null":
        return empty
    if kind != "text":
        value = "a BLOB" if kind == "blob" else f"a value of type {kind}"
        fault = f"row {number}: has {value} in {visible(where.field)}, not a text; store it as TEXT"
        return empty._replace(fault=fault)
    try:
        (content,) = connection.execute(where.value_of(where.column), (number,)).fetchone()
    except sqlite3.DataError:
        content = None
    if content is None or len(content) > megabytes * MEGABYTE:
        return empty._replace(fault=f"row {number}: {too_large(megabytes)}")
    try:
        article: bytes | str = content.decode()
    except UnicodeDecodeError:  # text of another charset, which SQLite does not mind
        article = content
    return empty._replace(article=article, raw_record=content)


def _name_of(connection: sqlite3.Connection, where: TextColumn, number: int) -> str:
    """Return the name of the article of a row: its id, or its number."""
    if not where.id_column:
        return str(number)
    try:
        (value,) = connection.execute(where.value_of(where.id_column), (number,)).fetchone()
    except sqlite3.DataError:  # too long a value
        value = None
    given = value.decode("utf-8", "replace") if isinstance(value, bytes) else "" if value is None else str(value)
    shown = visible(given[: MAX_NAME_CHARS + 1]).strip() or str(number)
    return shown if len(shown) <= MAX_NAME_CHARS else shown[: MAX_NAME_CHARS - 1] + "…"


def write(rows: Iterable[CleanRow], raw: Path, clean: IO[bytes], logs: IO[bytes]) -> None:
    """Write a copy of the database with the clean texts, and the change logs.

    Raises:
        OSError: if they cannot be written.
        UnreadableError: if the raw file was changed since it was read, or cannot be changed in a copy.
    """
    with TemporaryDirectory(prefix="clean-news-") as folder:
        copy = Path(folder, "copy.db")
        digest = copied(raw, copy)
        last = _write_texts(rows, copy, logs)
        if last.row.carrier[DIGEST] != digest:
            raise UnreadableError(
                "was changed while it was being cleaned; let no other program write to it, and clean it again"
            )
        with open_regular(raw) as old, copy.open("rb") as new:
            stored = difference(old, new)
            new.seek(0)
            while chunk := new.read(MEGABYTE):
                clean.write(chunk)
    log = change_log.read(last.log, last.row.name)
    logs.write(change_log.write(msgspec.structs.replace(log, carrier={**log.carrier, WRITTEN: stored})))


def _write_texts(rows: Iterable[CleanRow], copy: Path, logs: IO[bytes]) -> CleanRow:
    """Write the clean texts into a copy, in one transaction, and their logs; return the last row, that of the file.

    Raises:
        OSError, UnreadableError: see :func:`write`.
    """
    try:
        with closing(connected(copy, "mode=rw")) as connection:
            prepare(connection)
            connection.execute("PRAGMA synchronous=OFF")  # a copy of which nothing is lost
            connection.execute("BEGIN IMMEDIATE")
            changes = ChangesTable(connection)
            for row in rows:
                if DIGEST in row.row.carrier:
                    connection.execute("COMMIT")
                    return row
                logs.write(_write_text(connection, changes, row))
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise explained(error) from error
    raise UnreadableError("was not read to its end; clean it again")


def _write_text(connection: sqlite3.Connection, changes: ChangesTable, row: CleanRow) -> bytes:
    """Write the clean text of a row, if it differs; return its log.

    Raises:
        sqlite3.Error: if the database cannot be written.
    """
    if was_kept(row) or row.text.encode("utf-8", "surrogatepass") == row.row.raw_record:
        return row.log
    place = row.row.carrier[PLACE]
    where = TextColumn(place["table"], place["column"], row_number=place["row_number"])
    try:
        connection.execute(where.update(), (row.text, place["row"]))
    except (sqlite3.IntegrityError, sqlite3.DataError) as error:
        return kept_instead(row, f"the database refuses the clean text ({error}); change its constraints in a copy")
    changes.add(where, place["row"], change_log.read(row.log, row.row.name))
    return row.log


def read_clean(clean: Path, logs: Path) -> Iterator[tuple[str, ChangeLog | LogError]]:
    """Yield the clean text and the change log of each row, or the error of the pair; a kept one has no text.

    Raises:
        OSError: if one of the files cannot be read.
        LogError: if the clean file is no sound database any more.
    """
    with closing(read_logs(logs)) as found:
        try:
            check_file(clean)
            with opened(clean) as connection:
                for log in found:
                    yield ("", log) if isinstance(log, LogError) or is_kept(log) else _text_of(connection, log, clean)
        except UnreadableError as error:
            raise _changed(clean, str(error)) from error


def _text_of(connection: sqlite3.Connection, log: ChangeLog, clean: Path) -> tuple[str, ChangeLog | LogError]:
    """Return the clean text of a log, with the log, or with the error.

    Raises:
        sqlite3.Error: if the database is damaged.
    """
    try:
        place = msgspec.convert(log.carrier.get(PLACE), _Place)
    except msgspec.ValidationError:
        return "", irreversible_log_error(visible(log.id), "it does not name the row of its text")
    where = TextColumn(place.table, place.column, row_number=place.row_number)
    try:
        found = connection.execute(where.value_of(where.column), (place.row,)).fetchone()
    except (sqlite3.OperationalError, sqlite3.DataError, OverflowError, ValueError) as error:
        return "", _changed(clean, f"row {place.row}: {error}")
    if found is None or not isinstance(found[0], bytes):
        return "", _changed(clean, f"row {place.row} has no text")
    return found[0].decode("utf-8", "surrogateescape"), log


class _Place(msgspec.Struct):
    """Where a text is, as the carrier of its log has it."""

    table: str
    column: str
    row_number: str
    row: int


def _changed(clean: Path, why: str) -> TextChangedError:
    """Return the error for a clean database that was changed in another way than in its texts."""
    return TextChangedError(
        f"{visible(str(clean))}: was changed after clean-news wrote it ({visible(why)}); undo the change, "
        "or clean the raw file again with --force"
    )


def restore(clean: Path, logs: Path, target: IO[bytes]) -> None:
    """Write the raw database.

    Raises:
        OSError: if a file cannot be read or written.
        LogError: if the clean file or its log was changed since it was written.
    """
    last: ChangeLog | None = None
    for text, found in read_clean(clean, logs):
        last = valid_log(found)
        if not is_kept(last):
            revert(text, last, f"{visible(str(clean))}: {visible(last.id)}")
    digest = hashlib.sha256()
    where = visible(str(clean))
    try:
        with open_regular(clean) as file:
            for chunk in applied(file, last.carrier.get(WRITTEN) if last else None):
                digest.update(chunk)
                target.write(chunk)
    except ValueError as error:
        raise irreversible_log_error(where, str(error)) from error
    if last is None or digest.hexdigest() != last.carrier.get(DIGEST):
        raise _changed(clean, "more than its texts")
