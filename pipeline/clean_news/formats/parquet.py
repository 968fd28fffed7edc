"""Parquet: a table whose column of texts is cleaned; all else in it stays.

The raw table is read twice, side by side: for the texts, and again where the clean table is written, for all other
columns. So no row carries them along, and a batch of rows is all that is held, beside the row group being written.
What comes back is the same table; its bytes may differ, as another writer may have written them.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from zlib import crc32

from clean_news.change_log import ChangeLog, is_kept, revert
from clean_news.formats import CleanRow, Row, UnreadableError, load_library
from clean_news.formats.row_logs import logs_of, unchanged, was_kept, with_logs
from clean_news.formats.size_limit import MEGABYTE, too_large
from clean_news.settings import Settings

LOG_SUFFIX = ".changes.jsonl"
MANY = True
RESTORED_SUFFIX = ""

FIELD = "field"  # in the carrier: the column's name
REST = "rest"  # in the carrier: see rest_of; by it a rerun sees that something else was changed
BATCH = 4 * MEGABYTE  # of uncompressed columns, on average
MOST_ROWS = 1024  # in a batch
MOST_GROUP = 128 * MEGABYTE  # a larger row group is split, as pyarrow writes a group from memory


def read(raw: Path, settings: Settings) -> Iterator[Row]:
    """The rows of a table; null is kept, as is a text that is too large.

    Raises:
        OSError: if the file cannot be read.
        UnreadableError: if it is no table of Parquet, is damaged, or has no such column of texts.
    """
    number = 0
    with opened(raw) as table:
        _check_column(table.schema_arrow, settings.text_field)
        fields = [settings.text_field]
        if settings.id_field in table.schema_arrow.names:
            fields.append(settings.id_field)
        for group in range(table.num_row_groups):
            rest = _rest_of(raw, table, group, settings.text_field)
            for batch in batches(table, group, fields):
                identifiers = batch.column(settings.id_field) if len(fields) > 1 else None
                for at, value in enumerate(batch.column(settings.text_field)):
                    number += 1
                    given = identifiers[at].as_py() if identifiers is not None else None
                    name = str(given) if isinstance(given, int | str) and given != "" else str(number)
                    yield row_of(_raw_bytes(value), name, number, rest, settings)


def row_of(raw: bytes | None, name: str, number: int, rest: int, settings: Settings) -> Row:
    """The row of a cell."""
    carrier = {FIELD: settings.text_field, REST: rest}
    if raw is None:
        return Row(None, name, carrier=carrier)
    if len(raw) > settings.max_megabytes * MEGABYTE:
        return Row(None, name, fault=f"row {number}: {too_large(settings.max_megabytes)}", carrier=carrier)
    try:
        return Row(raw.decode(), name, carrier=carrier)
    except UnicodeDecodeError:  # a column of texts may hold other bytes: few writers look
        return Row(raw, name, carrier=carrier)


def _rest_of(raw: Path, table: Any, group: int, field: str) -> int:  # noqa: ANN401  # pyarrow is untyped
    """CRC-32 of what the file says beside the texts of a row group: its other columns, the schema, its metadata."""
    schema = table.schema_arrow
    found = crc32(schema.serialize())
    columns = table.metadata.row_group(group)
    with raw.open("rb") as file:
        for column in (columns.column(at) for at in range(columns.num_columns)):
            if column.path_in_schema != field:
                pages = [at for at in (column.dictionary_page_offset, column.data_page_offset) if at is not None]
                file.seek(min(pages))
                left = column.total_compressed_size
                while left > 0 and (piece := file.read(min(left, MEGABYTE))):
                    found = crc32(piece, found)
                    left -= len(piece)
    return found


def write(rows: Iterable[CleanRow], raw: Path, clean: IO[bytes], logs: IO[bytes]) -> None:
    """Write the table with clean texts in its column."""

    def texts() -> Iterator[tuple[str, bytes | None]]:
        for row in rows:
            logs.write(row.log)
            yield row.row.carrier[FIELD], None if was_kept(row) else row.text.encode()

    _rewrite(raw, texts(), clean)


def read_clean(clean: Path, logs: Path) -> Iterator[tuple[str, ChangeLog]]:
    """The clean text and the log of each row.

    Raises:
        OSError: if one of the files cannot be read.
        LogError: if a log cannot be read, or the files do not belong together.
    """
    for raw, log in with_logs(cells(clean, _field_in(logs)), logs, clean):
        yield "" if is_kept(log) or raw is None else raw.decode("utf-8", "replace"), log


def restore(clean: Path, logs: Path, target: IO[bytes]) -> None:
    """Write a table that equals the raw one."""

    def texts() -> Iterator[tuple[str, bytes | None]]:
        for text, log in read_clean(clean, logs):
            yield log.carrier[FIELD], None if is_kept(log) else revert(text, log)

    for _ in unchanged(_rewriting(clean, texts(), target), clean):
        pass


def _field_in(logs: Path) -> str:
    """The name of the column of texts; empty if there are no logs."""
    for log in logs_of(logs):
        return str(log.carrier.get(FIELD, ""))
    return ""


def cells(path: Path, field: str) -> Iterator[bytes | None]:
    """What is in a column of texts, in UTF-8 as a rule; None for null."""
    with opened(path) as table:
        if field or table.metadata.num_rows:
            _check_column(table.schema_arrow, field)
        for group in range(table.num_row_groups):
            for batch in batches(table, group, [field]):
                yield from map(_raw_bytes, batch.column(field))


def _rewrite(path: Path, texts: Iterator[tuple[str, bytes | None]], target: IO[bytes]) -> None:
    """Write a table with other texts; see :func:`_rewriting`."""
    for _ in _rewriting(path, texts, target):
        pass


def _rewriting(path: Path, texts: Iterator[tuple[str, bytes | None]], target: IO[bytes]) -> Iterator[int]:
    """Write a table with other texts in a column.

    Args:
        path: the table.
        texts: for each row the column's name and the text in UTF-8; None keeps what is there.
        target: where the table goes.

    Yields:
        How many rows of each row group were written.

    Raises:
        OSError: if it cannot be read or written.
        UnreadableError: if the table breaks off.
    """
    arrow, parquet = load_library("pyarrow", "parquet"), load_library("pyarrow.parquet", "parquet")
    with opened(path) as table:
        schema = table.schema_arrow
        if table.num_row_groups:  # raises if the metadata of a column are damaged; see batches
            next(table.iter_batches(1, row_groups=[0], use_threads=False), None)
        codecs = _codecs_of(table.metadata)
        # Older writers name what is in a list "item"; the name belongs to the schema.
        named = not any(".list.item" in path for path in codecs)
        with parquet.ParquetWriter(target, schema, compression=codecs, use_compliant_nested_type=named) as writer:
            for group in range(table.num_row_groups):
                changed: list[Any] = []
                for batch in batches(table, group, None):
                    changed.append(_with_texts(batch, schema, texts))
                    if sum(each.nbytes for each in changed) > MOST_GROUP:
                        yield flush(arrow.Table.from_batches(changed, schema), writer)
                        changed = []
                if changed:
                    yield flush(arrow.Table.from_batches(changed, schema), writer)
        if next(texts, None) is not None:
            raise UnreadableError("has fewer rows than when it was read; let nothing write to it meanwhile")


def flush(table: Any, writer: Any) -> int:  # noqa: ANN401  # pyarrow is untyped
    """Write a row group."""
    writer.write_table(table, row_group_size=max(1, table.num_rows))
    return int(table.num_rows)


def _with_texts(batch: Any, schema: Any, texts: Iterator[tuple[str, bytes | None]]) -> Any:  # noqa: ANN401
    """A batch with the next texts in their column.

    Raises:
        UnreadableError: if there are fewer texts than rows.
    """
    if not batch.num_rows:
        return batch
    new, field = [], ""
    for at in range(batch.num_rows):
        given = next(texts, None)
        if given is None:
            raise UnreadableError("has more rows than when it was read; let nothing write to it meanwhile")
        field, text = given
        new.append(_raw_bytes(batch.column(field)[at]) if text is None else text)
    place = schema.get_field_index(field)
    columns = [*batch.columns]
    columns[place] = _column_of(new, schema.field(place).type)
    return type(batch).from_arrays(columns, schema=schema)


def _column_of(texts: list[bytes | None], kind: Any) -> Any:  # noqa: ANN401  # pyarrow is untyped
    """A column of texts that are in UTF-8 as a rule."""
    arrow = load_library("pyarrow", "parquet")
    # As bytes first: a text is then not read, so that one that is not UTF-8 comes through as well.
    plain = arrow.array(texts, arrow.large_binary()).view(arrow.large_string())
    if arrow.types.is_dictionary(kind):
        return plain.cast(kind.value_type, safe=False).dictionary_encode().cast(kind)
    return plain.cast(kind, safe=False)


def _check_column(schema: Any, field: str) -> None:  # noqa: ANN401  # pyarrow is untyped
    """Raise :class:`UnreadableError` if a table has not exactly one column of that name, or if it has no texts."""
    names = list(schema.names)
    if names.count(field) != 1:
        many = "no" if field not in names else "more than one"
        raise UnreadableError(
            f"has {many} column {field!r}; it has {', '.join(map(repr, names)) or 'none at all'}; "
            "name the one with the texts with --text-field or the setting text-field"
        )
    kind = schema.field(field).type
    value = getattr(kind, "value_type", kind) if str(kind).startswith("dictionary") else kind
    if str(value) not in {"string", "large_string", "string_view"}:
        raise UnreadableError(
            f"its column {field!r} has no texts but {kind}; name the one with the texts with --text-field "
            "or the setting text-field"
        )


def _raw_bytes(value: Any) -> bytes | None:  # noqa: ANN401  # pyarrow is untyped
    """The bytes of a cell; None for null."""
    if not value.is_valid:
        return None
    plain = value.value if hasattr(value, "dictionary") else value
    buffer = plain.as_buffer() if plain is not None else None
    return None if buffer is None else bytes(buffer)


def batches(table: Any, group: int, fields: list[str] | None) -> Iterator[Any]:  # noqa: ANN401
    """The batches of a row group, each of a few megabytes."""
    # Not by column: pyarrow 26 aborts the whole process if the metadata of the column are damaged.
    found = table.metadata.row_group(group)
    rows = max(1, min(MOST_ROWS, BATCH * max(found.num_rows, 1) // max(found.total_byte_size, 1)))
    yield from table.iter_batches(rows, row_groups=[group], columns=fields, use_threads=False)


def _codecs_of(metadata: Any) -> str | dict[str, str]:  # noqa: ANN401  # pyarrow is untyped
    """How the columns are compressed, by their path."""
    if not metadata.num_row_groups:
        return "snappy"
    group = metadata.row_group(0)
    columns = [group.column(at) for at in range(group.num_columns)]
    names = {each.path_in_schema: each.compression for each in columns}
    return {path: "none" if name == "UNCOMPRESSED" else name.lower() for path, name in names.items()}


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """A table, open.

    Raises:
        OSError: if the file cannot be read.
        UnreadableError: if pyarrow cannot read it as Parquet.
    """
    arrow, parquet = load_library("pyarrow", "parquet"), load_library("pyarrow.parquet", "parquet")
    with path.open("rb") as file:
        try:
            with parquet.ParquetFile(file, buffer_size=MEGABYTE, pre_buffer=False) as table:
                yield table
        except (arrow.ArrowException, OSError, UnicodeDecodeError) as error:  # the last: of a damaged name
            if isinstance(error, OSError) and error.errno:
                raise  # of the file system: pyarrow's own have no number
            raise UnreadableError(f"is no whole Parquet file ({error}); write it again") from error
