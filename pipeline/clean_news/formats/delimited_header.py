"""Finds the dialect of a CSV or TSV file, and in its header the columns of the text and the id.

The dialect is the first of all possible ones in which the header has a column of the text and the fewest records at the
start of the file are malformed or differ from the header in their number of columns. ``csv.Sniffer`` guesses from
frequencies, and so takes a letter for the delimiter of a table with one long text.
"""

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from clean_news.formats import NoTextError, UnreadableError
from clean_news.formats.compression import open_decompressed
from clean_news.formats.delimited_records import (
    DIALECTS,
    DOUBLED,
    NONE,
    QUOTE,
    Cell,
    Dialect,
    MalformedRecordError,
    Record,
    cells_of,
    read_records,
)
from clean_news.printable_text import visible
from clean_news.settings import Settings

SAMPLE_BYTES = 1 << 18
SAMPLE_RECORDS = 200
DEFAULT_TEXT, DEFAULT_ID = Settings().text_field, Settings().id_field
# Names of columns, likeliest first, where the settings name none. From the headers of public news data sets: All the
# News, CC-News, newspaper3k, news-please, GDELT's article lists, Kaggle's fake-news sets.
TEXT_NAMES = (
    "text", "body", "content", "article", "maintext", "article_text", "article_body", "articlebody", "full_text",
    "fulltext", "article_content", "story",
)  # fmt: skip
ID_NAMES = ("id", "article_id", "articleid", "guid", "uuid", "url", "link")


class Table(NamedTuple):
    """How a file is read.

    Attributes:
        dialect: its dialect.
        field: name of the column of the text.
        column: index of that column.
        columns: number of columns of the header.
        id_column: index of the column of the id; None if there is none.
    """

    dialect: Dialect
    field: str
    column: int
    columns: int
    id_column: int | None = None


def table_of(raw: Path, settings: Settings) -> Table:
    """Return how a file is read.

    Args:
        raw: the file; its name tells whether it is tab-separated.
        settings: of these, ``text_field`` and ``id_field`` are used.

    Raises:
        OSError: if it cannot be read.
        UnreadableError: if it is not in UTF-8, or its header has several columns of the text; NoTextError, if none.
    """
    with open_decompressed(raw, guarded=True) as file:
        sample = file.read(SAMPLE_BYTES)
    if not sample:
        raise UnreadableError("has no content; write it again, or remove it")
    _check_encoding(sample)
    is_tabbed = raw.name.lower().removesuffix(".gz").removesuffix(".zst").endswith(".tsv")
    dialects = [each for each in DIALECTS.values() if not is_tabbed or each.delimiter == "tab"]
    ranked = [(*_rank(sample, dialect, settings), number, dialect) for number, dialect in enumerate(dialects)]
    dialect = min(ranked)[-1]
    names = header_names(_records(sample, dialect)[0].content or b"", dialect)
    column = column_of(names, settings.text_field, DEFAULT_TEXT, TEXT_NAMES)
    if column is None:
        shown = ", ".join(visible(name)[:40] or "(empty)" for name in names[:12]) or "none"
        raise NoTextError(
            f"has no column {settings.text_field!r} in its first line (columns: {shown}); name the column of the text "
            "with --text-field or the setting text-field, and put a line with the names of the columns first"
        )
    if names.count(names[column]) > 1:
        raise UnreadableError(
            f"has more than one column {names[column]!r}; rename one, or name another with --text-field"
        )
    id_column = column_of(names, settings.id_field, DEFAULT_ID, ID_NAMES)
    return Table(dialect, names[column], column, len(names), None if id_column == column else id_column)


def _check_encoding(sample: bytes) -> None:
    """Check that a file is text of single bytes, with lines that a line feed ends.

    Raises:
        UnreadableError: if it is not.
    """
    if sample.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) or b"\0" in sample[:1024]:
        raise UnreadableError("is not UTF-8 but UTF-16 or binary; save it as CSV in UTF-8 (Excel: “CSV UTF-8”)")
    if b"\n" not in sample and b"\r" in sample:
        raise UnreadableError("has lines that end in a carriage return alone; convert them (mac2unix FILE)")


def _records(sample: bytes, dialect: Dialect) -> list[Record]:
    """Return the first records of a file, but not the one that the end of the sample cuts off."""
    found: list[Record] = []
    for record in read_records(BytesIO(sample), dialect, SAMPLE_BYTES):
        if found and record.start + record.size == SAMPLE_BYTES:
            break
        found.append(record)
        if len(found) == SAMPLE_RECORDS:
            break
    return found


def _rank(sample: bytes, dialect: Dialect, settings: Settings) -> tuple[bool, float]:
    """Return how badly a dialect fits: whether the header has no text in it, and the share of unfitting records."""
    records = _records(sample, dialect)
    names = header_names(records[0].content or b"", dialect)
    bad = 0
    for record in records[1:]:
        content = record.content or b""
        try:
            bad += bool(content.strip()) and not _fits(content, cells_of(content, dialect), dialect, len(names))
        except MalformedRecordError:
            bad += 1
    has_text = column_of(names, settings.text_field, DEFAULT_TEXT, TEXT_NAMES) is not None
    # A cell that is never closed takes all records with it.
    return not has_text, (bad + 1) / len(records) if bad else 0.0


def _fits(record: bytes, cells: Sequence[Cell], dialect: Dialect, columns: int) -> bool:
    """Whether a record has as many cells as the header, and none that is quoted or escaped in another dialect."""
    contents = [record[cell.start : cell.end] for cell in cells]
    if dialect.quoting == NONE:
        is_other = any(len(each) > 1 and each[:1] == each[-1:] == QUOTE for each in contents)
    else:
        is_other = dialect.quoting == DOUBLED and any(each[:1] != QUOTE and b'\\"' in each for each in contents)
    return len(cells) == columns and not is_other


def header_names(record: bytes, dialect: Dialect) -> list[str]:
    """Return the names of the columns; none if the record is malformed."""
    try:
        cells = cells_of(record, dialect, first_cell(record))
    except MalformedRecordError:
        return []
    return [dialect.value_of(record[cell.start : cell.end].decode("utf-8", "replace")).strip() for cell in cells]


def first_cell(record: bytes) -> int:
    """Return the start of the first cell: after the byte order mark, if there is one."""
    return len(BOM_UTF8) if record.startswith(BOM_UTF8) else 0


def column_of(names: Sequence[str], wanted: str, default: str, known: Sequence[str]) -> int | None:
    """Return the index of a column; if the settings name the default one, also by another usual name."""
    if wanted in names:
        return names.index(wanted)
    folded = [name.casefold() for name in names]
    for name in (wanted.casefold(), *(known if wanted == default else ())):
        if name in folded:
            return folded.index(name)
    return None
