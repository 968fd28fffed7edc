"""Opens SQLite databases, and finds the table and the columns of the texts."""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from clean_news.formats import NoTextError, UnreadableError
from clean_news.formats.delimited_header import DEFAULT_ID, DEFAULT_TEXT, ID_NAMES, TEXT_NAMES, column_of
from clean_news.formats.size_limit import MEGABYTE
from clean_news.formats.sqlite.head import MAGIC
from clean_news.printable_text import visible
from clean_news.regular_files import open_regular

CHANGES_TABLE = "clean_news_changes"
MAX_DATABASE_BYTES = 1 << 30
MAX_NAMED = 12  # tables or columns in a message
WRITE_AHEAD = b"\2\2"  # in the header: the mode with a write-ahead log
ROW_NUMBERS = ("rowid", "_rowid_", "oid")  # names of the number of a row; columns may hide some
# Files with changes that are not in the database yet.
JOURNALS = ("-wal", "-journal")
INTO_COPY = "close the program that uses it, or copy it (sqlite3 FILE.db 'VACUUM INTO \"COPY.db\"') and clean the copy"


class TextColumn(NamedTuple):
    """Where the texts of a database are.

    Attributes:
        table: name of the table.
        column: name of the column of the texts.
        id_column: name of that of the ids; empty if there is none.
        row_number: name of the number of a row in this table.
    """

    table: str
    column: str
    id_column: str = ""
    row_number: str = "rowid"

    @property
    def field(self) -> str:
        """The table and the column, as they are named in settings."""
        return f"{self.table}.{self.column}"

    def all_rows(self) -> str:
        """Return the query for the numbers of all rows, in order, and the types of their texts."""
        kind = f"typeof({self._named(self.column)})"
        return f"SELECT {self._number()}, {kind} FROM {quoted(self.table)} ORDER BY 1"  # noqa: S608  # quoted

    def value_of(self, column: str) -> str:
        """Return the query for the value of a column in the row of a number."""
        return f"SELECT {self._named(column)} FROM {quoted(self.table)} WHERE {self._number()} = ?"  # noqa: S608  # quoted

    def update(self) -> str:
        """Return the statement that changes the text in the row of a number."""
        column = quoted(self.column)
        return f"UPDATE {quoted(self.table)} SET {column} = ? WHERE {self._number()} = ?"  # noqa: S608  # quoted

    def _named(self, column: str) -> str:
        """Return a column with its table: SQLite takes an unknown quoted name without one for a string."""
        return f"{quoted(self.table)}.{quoted(column)}"

    def _number(self) -> str:
        """Return the name of the number of a row.

        Raises:
            ValueError: if it is another.
        """
        if self.row_number not in ROW_NUMBERS:
            raise ValueError(f"{self.row_number!r} is no name of the number of a row")
        return self.row_number


def quoted(name: str) -> str:
    """Return a name as SQL has it.

    >>> quoted('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def check_file(path: Path) -> None:
    """Check what can be told without opening a database: its size, its kind, and that no changes wait beside it.

    Raises:
        OSError: if it cannot be read.
        UnreadableError: if it cannot be cleaned.
    """
    with open_regular(path, buffering=0) as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise UnreadableError("is not an SQLite database; rename it")
    if path.stat().st_size > MAX_DATABASE_BYTES:
        raise UnreadableError(
            f"is larger than {MAX_DATABASE_BYTES >> 30} GB, and its log could not restore it; export the texts as CSV"
        )
    for suffix in JOURNALS:
        beside = path.with_name(path.name + suffix)
        if beside.is_file() and beside.stat().st_size:
            raise UnreadableError(f"has changes in {visible(beside.name)} that are not in it yet; {INTO_COPY}")


def copied(path: Path, target: Path) -> str:
    """Copy a database while no other program writes to it; return the SHA-256 of its file, in hex.

    Args:
        path: the file; see :func:`check_file`.
        target: the copy, which is written.

    Raises:
        OSError: if it cannot be read or written.
        UnreadableError: if it is locked.
    """
    digest = hashlib.sha256()
    with _locked(path), open_regular(path) as source, target.open("wb") as file:
        while chunk := source.read(MEGABYTE):
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keep other programs from writing to a database.

    One with a write-ahead log cannot be locked without writing files beside it; that its log is empty was checked.

    Raises:
        UnreadableError: if another program has it locked.
    """
    with open_regular(path, buffering=0) as file:
        if file.read(20)[18:20] == WRITE_AHEAD:
            yield
            return
    with _explained_errors(), closing(connected(path, "mode=ro")) as connection:
        connection.isolation_level = None
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database for reading that no other program writes to: a copy, or one in CLEAN; nothing is written.

    Raises:
        UnreadableError: if it is damaged; also within the context.
    """
    with _explained_errors(), closing(connected(path, "mode=ro&immutable=1")) as connection:
        prepare(connection)
        yield connection


def connected(path: Path, mode: str) -> sqlite3.Connection:
    """Return a connection, which may be used in any thread."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, timeout=0, check_same_thread=False)


@contextmanager
def _explained_errors() -> Iterator[None]:
    """Raise errors of SQLite as UnreadableError."""
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as error:  # the second: a damaged schema in SQLite's own message
        raise explained(error) from error


def prepare(connection: sqlite3.Connection) -> None:
    """Set a connection up for a database that is not trusted, whose texts come as bytes."""
    connection.isolation_level = None
    connection.text_factory = bytes
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA cell_size_check=ON")


def explained(error: Exception) -> UnreadableError:
    """Return the error for users of one of SQLite."""
    if "locked" in str(error) or "busy" in str(error):
        return UnreadableError(f"is locked by another program; {INTO_COPY}")
    return UnreadableError(f"cannot be read as an SQLite database ({error}); restore it (sqlite3 FILE.db .recover)")


def check_whole(connection: sqlite3.Connection) -> None:
    """Check that a database is not damaged.

    Raises:
        UnreadableError: if it is.
    """
    found = connection.execute("PRAGMA quick_check(1)").fetchone()
    if not found or found[0] != b"ok":
        why = visible((found[0] if found else b"nothing").decode("utf-8", "replace"))[:200]
        raise UnreadableError(f"is damaged ({why}); restore it (sqlite3 FILE.db .recover)")


def text_column(connection: sqlite3.Connection, text_field: str, id_field: str) -> TextColumn:
    """Return where the texts of a database are.

    Args:
        connection: the database.
        text_field: ``TABLE.COLUMN``, or a column that one table has; the default also stands for other usual names.
        id_field: the column of the ids.

    Raises:
        UnreadableError: if there are several, or they cannot be changed; NoTextError, if there is none.
    """
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY rowid")
    names = [name.decode("utf-8", "replace") for (name,) in rows.fetchall()]
    tables = [name for name in names if not name.lower().startswith("sqlite_")]
    if CHANGES_TABLE in tables:
        raise UnreadableError(f"has a table {CHANGES_TABLE}, so it is a clean file; name the raw database")
    found = []
    for table in tables:
        wanted = text_field
        if text_field.casefold().startswith(f"{table.casefold()}."):
            wanted = text_field[len(table) + 1 :]
        elif "." in text_field:
            continue
        columns = _columns(connection, table)
        at = column_of(columns, wanted, DEFAULT_TEXT, TEXT_NAMES)
        if at is not None and not (_is_view(connection, table) and "." not in text_field):
            id_at = column_of(columns, id_field, DEFAULT_ID, ID_NAMES)
            id_column = columns[id_at] if id_at is not None and id_at != at else ""
            found.append(TextColumn(table, columns[at], id_column, _row_number(columns)))
    if not found:
        shown = ", ".join(map(visible, tables[:MAX_NAMED])) or "none"
        raise NoTextError(
            f"has no column {text_field!r} (tables: {shown}); name it with --text-field TABLE.COLUMN or the setting "
            "text-field"
        )
    if len(found) > 1:
        shown = ", ".join(visible(each.field) for each in found[:MAX_NAMED])
        raise UnreadableError(f"has texts in several tables ({shown}); name one with --text-field TABLE.COLUMN")
    _check_changeable(connection, found[0])
    return found[0]


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    """Return the names of the columns of a table or view; none if it cannot be read."""
    try:
        return [
            name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)
            for _, name, *_ in connection.execute(f"PRAGMA table_info({quoted(table)})").fetchall()
        ]
    except sqlite3.OperationalError:  # a view of what is not there, or a virtual table of an unknown module
        return []


def _is_view(connection: sqlite3.Connection, table: str) -> bool:
    """Whether a name is that of a view."""
    found = connection.execute("SELECT type FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    return bool(found and found[0] == b"view")


def _row_number(columns: Sequence[str]) -> str:
    """Return a name of the number of a row that no column hides.

    Raises:
        UnreadableError: if there is none.
    """
    hidden = {column.casefold() for column in columns}
    free = next((name for name in ROW_NUMBERS if name not in hidden), None)
    if free is None:
        raise UnreadableError("has a table with columns called rowid, _rowid_ and oid; rename one of them")
    return free


def _check_changeable(connection: sqlite3.Connection, found: TextColumn) -> None:
    """Check that changing a text changes nothing else.

    Raises:
        UnreadableError: if it does, or is not possible.
    """
    name = visible(found.field)
    try:
        connection.execute(found.value_of(found.column), (0,)).fetchone()
        plan = connection.execute(f"EXPLAIN {found.update()}", ("", 0)).fetchall()
    except sqlite3.OperationalError as error:
        raise UnreadableError(
            f"has texts in {name} that cannot be changed ({error}): name a column of an ordinary table with row "
            "numbers by --text-field TABLE.COLUMN, or export the texts as CSV"
        ) from error
    operations = {row[1].decode() if isinstance(row[1], bytes) else row[1] for row in plan}
    if "Program" in operations:
        raise UnreadableError(
            f"has triggers that run when {name} is changed, so that more would change than the texts; drop them in a "
            "copy of the database, or export the texts as CSV"
        )
    if "VUpdate" in operations:
        raise UnreadableError(f"has texts in the virtual table {name}; name the table that it indexes, or export CSV")
