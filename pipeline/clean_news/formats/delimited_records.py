"""Reads the records of CSV and TSV files as bytes (RFC 4180, and what other writers make of it).

Python's ``csv`` gives the values of a record, but not where they are; a value that is replaced in place needs its
position. Delimiters, quotation marks and line feeds are single bytes in UTF-8 and in every other charset that extends
ASCII, so that only the cell of the text must be decoded.
"""

import re
from collections.abc import Iterator
from typing import IO, NamedTuple

from clean_news.formats.limited_lines import CHUNK_BYTES

DELIMITERS = {"comma": b",", "semicolon": b";", "tab": b"\t", "pipe": b"|"}
MAX_COLUMNS = 10_000  # real tables have tens; a hostile line could have millions
QUOTE = b'"'
# How a quotation mark is written within a quoted cell: twice (RFC 4180), after a backslash (MySQL), or there are no
# quoted cells (IANA's text/tab-separated-values), so that it is a character like any other.
DOUBLED, BACKSLASH, NONE = "doubled", "backslash", "none"
QUOTED_CELL = {
    DOUBLED: re.compile(rb'"(?>(?:[^"]+|"")*)"'),
    BACKSLASH: re.compile(rb'"(?>(?:[^"\\]+|\\.)*)"', re.DOTALL),
}
ESCAPED_RUN = re.compile(rb'(?>(?:[^"\\]+|\\.)*)', re.DOTALL)
ESCAPE = re.compile(r'\\(["\\])')
# A code point of a value, as it is written in a cell.
CHARACTERS = {DOUBLED: re.compile('""|.', re.DOTALL), BACKSLASH: re.compile(r'\\["\\]|.', re.DOTALL)}
# The states of the scanner between two chunks: at the start of a cell, in a cell without quotation marks, in a quoted
# one, after a quotation mark in it, after a backslash in it.
START, BARE, QUOTED, CLOSED, ESCAPED = range(5)


class Dialect(NamedTuple):
    """How a file separates and quotes its cells.

    Attributes:
        delimiter: name of the delimiter, see ``DELIMITERS``.
        quoting: ``DOUBLED``, ``BACKSLASH`` or ``NONE``.
    """

    delimiter: str
    quoting: str

    @property
    def separator(self) -> bytes:
        """The byte between two cells."""
        return DELIMITERS[self.delimiter]

    @property
    def name(self) -> str:
        """The dialect's name in change logs, e.g. ``comma doubled``."""
        return f"{self.delimiter} {self.quoting}"

    def value_of(self, literal: str) -> str:
        """Return the value of a cell."""
        if self.quoting == NONE:
            return literal
        is_quoted = literal.startswith('"')
        inner = literal[1:-1] if is_quoted else literal
        if self.quoting == BACKSLASH:
            return ESCAPE.sub(r"\1", inner)
        return inner.replace('""', '"') if is_quoted else inner

    def characters_of(self, literal: str) -> list[str]:
        """Return how each code point of a value is written in its cell, without the quotation marks around it."""
        if self.quoting == NONE or (self.quoting == DOUBLED and not literal.startswith('"')):
            return list(literal)
        return CHARACTERS[self.quoting].findall(literal[1:-1] if literal.startswith('"') else literal)

    def quoted(self, value: str) -> str:
        """Return the quoted cell of a value."""
        if self.quoting == DOUBLED:
            return '"' + value.replace('"', '""') + '"'
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'

    def needs_quotes(self, value: str) -> bool:
        """Whether a value would not be read back without quotation marks; an empty one may be the only of its line."""
        special = (self.separator.decode(), '"', "\n", "\r", *(("\\",) if self.quoting == BACKSLASH else ()))
        return not value or value[0] == "\ufeff" or any(each in value for each in special)


DIALECTS = {
    dialect.name: dialect
    for dialect in (Dialect(name, quoting) for quoting in (DOUBLED, BACKSLASH, NONE) for name in DELIMITERS)
}


class Record(NamedTuple):
    """A record of a file: a line, or several if a quoted cell has line feeds.

    Attributes:
        line: number of its first line, from 1.
        content: the bytes, including the line end; None if they are more than the limit.
        start: start offset in the file, in bytes.
        size: length in bytes.
    """

    line: int
    content: bytes | None
    start: int
    size: int


class Cell(NamedTuple):
    """Position of a cell in its record, in bytes, including its quotation marks; the end is exclusive."""

    start: int
    end: int


class MalformedRecordError(ValueError):
    """A record cannot be divided into cells; the message says why and names the remedy."""


def read_records(file: IO[bytes], dialect: Dialect, limit: int) -> Iterator[Record]:
    """Yield the records of a file; where they end does not depend on the limit.

    Args:
        file: the file, at its start.
        dialect: its dialect.
        limit: how many bytes of a record may be held in memory.
    """
    scanner = _Scanner(dialect)
    start = size = 0
    line = first = 1
    chunks: list[bytes] = []
    while chunk := file.readline(CHUNK_BYTES):
        size += len(chunk)
        if size <= limit:
            chunks.append(chunk)
        else:
            chunks.clear()
        scanner.feed(chunk)
        if not chunk.endswith(b"\n"):
            continue
        line += 1
        if scanner.ends_line():
            yield Record(first, b"".join(chunks) if size <= limit else None, start, size)
            start, size, first = start + size, 0, line
            chunks = []
    if size:
        yield Record(first, b"".join(chunks) if size <= limit else None, start, size)


class _Scanner:
    """Finds out whether a line feed is within a quoted cell, from chunks of any size."""

    def __init__(self, dialect: Dialect) -> None:
        """Begin at the start of a record.

        Args:
            dialect: the file's dialect.
        """
        self.quoting = dialect.quoting
        self.separator = dialect.separator
        separator = re.escape(self.separator)
        self.bare_cells = re.compile(rb'(?>(?:(?:[^"%b][^%b]*)?%b)*)' % (separator, separator, separator))
        self.state = START

    def ends_line(self) -> bool:
        """Whether the line feed just fed ends the record, which is then the start of the next one."""
        if self.state in (QUOTED, ESCAPED):
            return False
        self.state = START
        return True

    def feed(self, chunk: bytes) -> None:
        """Go on through a chunk."""
        if self.quoting == NONE or (self.state in (START, BARE) and QUOTE not in chunk):
            # The next cell starts after a separator; chunks end anywhere.
            self.state = START if chunk.endswith(self.separator) else BARE
            return
        at = 0
        while at < len(chunk):
            at = self._step(chunk, at)

    def _step(self, chunk: bytes, at: int) -> int:
        """Go on to the next change of state; return the offset after it."""
        if self.state == START:
            at = self.bare_cells.match(chunk, at).end()  # type: ignore[union-attr]  # it also matches nothing
            if at < len(chunk):
                self.state = QUOTED if chunk.startswith(QUOTE, at) else BARE
                at += self.state == QUOTED
            return at
        if self.state == BARE:
            found = chunk.find(self.separator, at)
            if found < 0:
                return len(chunk)
            self.state = START
            return found + 1
        if self.state == QUOTED:
            return self._in_quotes(chunk, at)
        if self.state == ESCAPED:
            self.state = QUOTED
            return at + 1
        if self.quoting == DOUBLED and chunk.startswith(QUOTE, at):
            self.state = QUOTED
            return at + 1
        self.state = BARE
        return at

    def _in_quotes(self, chunk: bytes, at: int) -> int:
        """Go on to the quotation mark that may end a quoted cell; return the offset after it."""
        if self.quoting == DOUBLED:
            found = chunk.find(QUOTE, at)
            at = len(chunk) if found < 0 else found
        else:
            at = ESCAPED_RUN.match(chunk, at).end()  # type: ignore[union-attr]  # it also matches nothing
            if chunk.startswith(b"\\", at):  # the last byte
                self.state = ESCAPED
                return at + 1
        if at < len(chunk):
            self.state = CLOSED
            at += 1
        return at


def cells_of(record: bytes, dialect: Dialect, start: int = 0) -> list[Cell]:
    r"""Return the cells of a record.

    Args:
        record: the record; its line end is in no cell.
        dialect: the file's dialect.
        start: start of the first cell, after a byte order mark.

    Raises:
        MalformedRecordError: if it has too many cells, or its quotation marks are not as in the dialect.

    >>> cells_of(b'7,"a ""b"" c",\r\n', Dialect("comma", "doubled"))
    [Cell(start=0, end=1), Cell(start=2, end=13), Cell(start=14, end=14)]
    """
    end = len(record) - (record.endswith(b"\r\n") + record.endswith(b"\n"))
    quoted = QUOTED_CELL.get(dialect.quoting)
    found: list[Cell] = []
    at = start
    while True:
        if quoted and record.startswith(QUOTE, at, end):
            match = quoted.match(record, at, end)
            if not match:
                raise MalformedRecordError(
                    "has a quotation mark that is never closed, so that what follows is in one cell; close it, "
                    "or double the quotation marks within a value"
                )
            stop = match.end()
            if stop < end and not record.startswith(dialect.separator, stop):
                raise MalformedRecordError(
                    f"has text after a closing quotation mark (in column {len(found) + 1}); double the quotation "
                    "marks within a value"
                )
        else:
            stop = record.find(dialect.separator, at, end)
            stop = end if stop < 0 else stop
        found.append(Cell(at, stop))
        if stop == end:
            return found
        if len(found) == MAX_COLUMNS:
            raise MalformedRecordError(f"has more than {MAX_COLUMNS:,} columns; quote its values")
        at = stop + 1
