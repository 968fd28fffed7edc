"""The format of Parquet: one string column of a table is cleaned; everything else is preserved.

The raw table is read twice in parallel: for the texts, and again for all other columns while the clean table is
written. So rows need not carry the other columns, and only a batch of rows and the row group being written are in
memory. Restoring yields an equal table; its bytes may differ, since another program may have written the raw file.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import IO, Any
from zlib import crc32

from clean_news.change_log import ChangeLog, LogError, irreversible_log_error, is_kept, revert
from clean_news.formats import CleanRow, Row, UnreadableError, load_library
from clean_news.formats.row_logs import pair_with_logs, read_logs, read_unchanged, valid_log, was_kept
from clean_news.formats.row_places import ALL_PLACES, RowPlaces
from clean_news.formats.size_limit import MEGABYTE, too_large
from clean_news.regular_files import open_regular
from clean_news.settings import Settings

LOG_SUFFIX = ".changes.jsonl"
MANY = True

FIELD = "field"  # in the carrier: name of the column
REST = "rest"  # in the carrier: see _rest_of; lets a rerun detect changes outside the texts
BATCH_BYTES = 4 * MEGABYTE  # of uncompressed columns, on average
MAX_BATCH_ROWS = 1024
LENGTH_BYTES = 8  # of the length of a text that a task has written
KEPT_LENGTH = -1
MAX_GROUP_BYTES = 128 * MEGABYTE  # larger row groups are split, as pyarrow writes a group from memory


def read(raw: Path, settings: Settings) -> Iterator[Row]:
    """Yield the rows of a table; nulls and texts that are too large are kept unchanged.

    Raises:
        OSError: if the file cannot be read.
        UnreadableError: if it is not a Parquet file, is damaged, or has no string column of that name.
    """
    for _, row in read_places(raw, settings, ALL_PLACES):
        yield row


def read_places(raw: Path, settings: Settings, places: RowPlaces) -> Iterator[tuple[int, Row]]:
    """Yield the rows at some places, each with its index in the table, from 0; see :func:`read`."""
    number = 0
    takes = places.dealing().takes
    with open_table(raw) as table:
        _check_column(table.schema_arrow, settings.text_field)
        fields = [settings.text_field]
        if settings.id_field in table.schema_arrow.names:
            fields.append(settings.id_field)
        for group in range(table.num_row_groups):
            rest = _rest_of(raw, table, group, settings.text_field)
            for batch in _batches(table, group, fields):
                identifiers = batch.column(settings.id_field) if len(fields) > 1 else None
                for at, value in enumerate(batch.column(settings.text_field)):
                    number += 1
                    content = _raw_bytes(value)
                    if not takes(content):
                        continue
                    given = identifiers[at].as_py() if identifiers is not None else None
                    name = str(given) if isinstance(given, int | str) and given != "" else str(number)
                    yield number - 1, row_of(content, name, number, rest, settings)


def row_of(raw: bytes | None, name: str, number: int, rest: int, settings: Settings) -> Row:
    """Return the row for a cell."""
    carrier = {FIELD: settings.text_field, REST: rest}
    if raw is None:
        return Row(None, name, carrier=carrier)
    if len(raw) > settings.max_megabytes * MEGABYTE:
        return Row(None, name, fault=f"row {number}: {too_large(settings.max_megabytes)}", carrier=carrier)
    try:
        return Row(raw.decode(), name, carrier=carrier)
    except UnicodeDecodeError:  # few writers check that a string column is valid UTF-8
        return Row(raw, name, carrier=carrier)


def _rest_of(raw: Path, table: Any, group: int, field: str) -> int:  # noqa: ANN401  # pyarrow is untyped
    """CRC-32 of everything in a row group but the texts: its other columns, and the schema with the metadata."""
    schema = table.schema_arrow
    found = crc32(schema.serialize())
    columns = table.metadata.row_group(group)
    with open_regular(raw) as file:
        for column in (columns.column(at) for at in range(columns.num_columns)):
            if column.path_in_schema != field:
                pages = [at for at in (column.dictionary_page_offset, column.data_page_offset) if at is not None]
                file.seek(min(pages))
                left = column.total_compressed_size
                while left > 0 and (chunk := file.read(min(left, MEGABYTE))):
                    found = crc32(chunk, found)
                    left -= len(chunk)
    return found


def write(rows: Iterable[CleanRow], raw: Path, clean: IO[bytes], logs: IO[bytes]) -> None:
    """Write the table with the clean texts in their column."""

    def texts() -> Iterator[tuple[str, bytes | None]]:
        for row in rows:
            logs.write(row.log)
            yield row.row.carrier[FIELD], None if was_kept(row) else row.text.encode()

    _rewrite(raw, texts(), clean)


def write_places(
    rows: Iterable[CleanRow],
    raw: Path,  # noqa: ARG001  # other formats need it
    places: RowPlaces,  # noqa: ARG001  # as above
    clean: IO[bytes],
    logs: IO[bytes],
) -> None:
    """Write the texts of some rows, for :func:`join`, and their change logs."""
    for row in rows:
        is_kept_row = was_kept(row)
        text = b"" if is_kept_row else row.text.encode()
        length = KEPT_LENGTH if is_kept_row else len(text)
        clean.write(length.to_bytes(LENGTH_BYTES, "big", signed=True) + text)
        logs.write(row.log)


def join(written: Iterable[bytes], raw: Path, settings: Settings, clean: IO[bytes]) -> None:
    """Write a clean table from what :func:`write_places` has written of its rows."""
    _rewrite(raw, ((settings.text_field, text) for chunk in written for text in _texts_in(chunk)), clean)


def _texts_in(chunk: bytes) -> Iterator[bytes | None]:
    """Yield the texts of whole rows; None for one that is kept."""
    at = 0
    while at < len(chunk):
        length = int.from_bytes(chunk[at : at + LENGTH_BYTES], "big", signed=True)
        at += LENGTH_BYTES
        yield None if length == KEPT_LENGTH else chunk[at : at + length]
        at += max(length, 0)


def read_clean(clean: Path, logs: Path) -> Iterator[tuple[str, ChangeLog | LogError]]:
    """Yield the clean text and the change log of each row, or the error of a line that is not a valid log.

    Raises:
        OSError: if one of the files cannot be read.
        LogError: if the files do not belong together.
    """
    field = _field_in(logs)
    for number, (raw, log) in enumerate(pair_with_logs(_cells(clean, field), logs, clean), 1):
        if isinstance(log, LogError):
            yield "", log
        elif log.carrier.get(FIELD) != field:
            yield "", irreversible_log_error(f"{clean}: row {number}", "it names another column than the first log")
        else:
            yield "" if is_kept(log) or raw is None else raw.decode("utf-8", "replace"), log


def restore(clean: Path, logs: Path, target: IO[bytes]) -> None:
    """Write a table that equals the raw one."""

    def texts() -> Iterator[tuple[str, bytes | None]]:
        for text, found in read_clean(clean, logs):
            log = valid_log(found)
            yield log.carrier[FIELD], None if is_kept(log) else revert(text, log)

    for _ in read_unchanged(_rewriting(clean, texts(), target), clean):
        pass


def is_same_table(one: Path, other: Path) -> bool:
    """Whether two tables have the same columns and cells; their row groups must be the same, too.

    Raises:
        OSError: if a file cannot be read.
    """
    try:
        with open_table(one) as first, open_table(other) as second:
            if not first.schema_arrow.equals(second.schema_arrow):
                return False
            pairs = zip_longest(first.iter_batches(MAX_BATCH_ROWS), second.iter_batches(MAX_BATCH_ROWS))
            # Serialised too, since NaN does not equal NaN.
            return all(
                a is not None and b is not None and (a.equals(b) or a.serialize().equals(b.serialize()))
                for a, b in pairs
            )
    except UnreadableError:
        return False


def _field_in(logs: Path) -> str:
    """Return the name of the text column, from the first valid log that has it; empty if there is none."""
    with closing(read_logs(logs)) as found:
        fields = (log.carrier.get(FIELD) for log in found if not isinstance(log, LogError))
        return next((field for field in fields if isinstance(field, str)), "")


def _cells(path: Path, field: str) -> Iterator[bytes | None]:
    """Yield the cells of a string column, usually in UTF-8; None for null."""
    with open_table(path) as table:
        if field or table.metadata.num_rows:
            _check_column(table.schema_arrow, field)
        for group in range(table.num_row_groups):
            for batch in _batches(table, group, [field]):
                yield from map(_raw_bytes, batch.column(field))


def _rewrite(path: Path, texts: Iterator[tuple[str, bytes | None]], target: IO[bytes]) -> None:
    """Write a table with other texts; see :func:`_rewriting`."""
    for _ in _rewriting(path, texts, target):
        pass


def _rewriting(path: Path, texts: Iterator[tuple[str, bytes | None]], target: IO[bytes]) -> Iterator[int]:
    """Write a table with other texts in a column.

    Args:
        path: the table.
        texts: for each row the column's name and the text in UTF-8; None keeps the existing value.
        target: the new file.

    Yields:
        The number of rows of each row group written.

    Raises:
        OSError: if it cannot be read or written.
        UnreadableError: if the table is truncated.
    """
    arrow, parquet = load_library("pyarrow", "parquet"), load_library("pyarrow.parquet", "parquet")
    with open_table(path) as table:
        schema = table.schema_arrow
        if table.num_row_groups:  # raises if the metadata of a column are damaged; see _batches
            next(table.iter_batches(1, row_groups=[0], use_threads=False), None)
        codecs = _codecs_of(table.metadata)
        # Older writers name the elements of a list "item"; the name is part of the schema.
        named = not any(".list.item" in path for path in codecs)
        with parquet.ParquetWriter(target, schema, compression=codecs, use_compliant_nested_type=named) as writer:
            for group in range(table.num_row_groups):
                changed: list[Any] = []
                for batch in _batches(table, group, None):
                    changed.append(_with_texts(batch, schema, texts))
                    if sum(each.nbytes for each in changed) > MAX_GROUP_BYTES:
                        yield _write_group(arrow.Table.from_batches(changed, schema), writer)
                        changed = []
                if changed:
                    yield _write_group(arrow.Table.from_batches(changed, schema), writer)
        if next(texts, None) is not None:
            raise UnreadableError(
                "lost rows while it was being cleaned; let no other program write to it, and clean it again"
            )


def _write_group(table: Any, writer: Any) -> int:  # noqa: ANN401  # pyarrow is untyped
    """Write a row group; return its number of rows."""
    writer.write_table(table, row_group_size=max(1, table.num_rows))
    return int(table.num_rows)


def _with_texts(batch: Any, schema: Any, texts: Iterator[tuple[str, bytes | None]]) -> Any:  # noqa: ANN401
    """Return a batch with the next texts in their column.

    Raises:
        UnreadableError: if there are fewer texts than rows.
    """
    if not batch.num_rows:
        return batch
    new, field = [], ""
    for at in range(batch.num_rows):
        given = next(texts, None)
        if given is None:
            raise UnreadableError(
                "gained rows while it was being cleaned; let no other program write to it, and clean it again"
            )
        field, text = given
        new.append(_raw_bytes(batch.column(field)[at]) if text is None else text)
    position = schema.get_field_index(field)
    columns = [*batch.columns]
    columns[position] = _column_of(new, schema.field(position).type)
    return type(batch).from_arrays(columns, schema=schema)


def _column_of(texts: list[bytes | None], kind: Any) -> Any:  # noqa: ANN401  # pyarrow is untyped
    """Return a column of texts, which are usually in UTF-8."""
    arrow = load_library("pyarrow", "parquet")
    # A view of bytes is not validated, so that texts that are not UTF-8 are preserved too.
    plain = arrow.array(texts, arrow.large_binary()).view(arrow.large_string())
    if arrow.types.is_dictionary(kind):
        return plain.cast(kind.value_type, safe=False).dictionary_encode().cast(kind)
    return plain.cast(kind, safe=False)


def _check_column(schema: Any, field: str) -> None:  # noqa: ANN401  # pyarrow is untyped
    """Raise :class:`UnreadableError` unless a table has exactly one column of that name, of a string type."""
    names = list(schema.names)
    if names.count(field) != 1:
        many = "no" if field not in names else "more than one"
        raise UnreadableError(
            f"has {many} column {field!r} (columns: {', '.join(map(repr, names)) or 'none'}); "
            "name the text column with --text-field or the setting text-field"
        )
    kind = schema.field(field).type
    value = getattr(kind, "value_type", kind) if str(kind).startswith("dictionary") else kind
    if str(value) not in {"string", "large_string", "string_view"}:
        raise UnreadableError(
            f"its column {field!r} is of type {kind}, not string; name the text column with --text-field "
            "or the setting text-field"
        )


def _raw_bytes(value: Any) -> bytes | None:  # noqa: ANN401  # pyarrow is untyped
    """Return the bytes of a cell; None for null."""
    if not value.is_valid:
        return None
    plain = value.value if hasattr(value, "dictionary") else value
    buffer = plain.as_buffer() if plain is not None else None
    return None if buffer is None else bytes(buffer)


def _batches(table: Any, group: int, fields: list[str] | None) -> Iterator[Any]:  # noqa: ANN401
    """Yield the batches of a row group, each of a few megabytes."""
    # Not the size by column: pyarrow 26 aborts the whole process if the metadata of a column are damaged.
    found = table.metadata.row_group(group)
    rows = max(1, min(MAX_BATCH_ROWS, BATCH_BYTES * max(found.num_rows, 1) // max(found.total_byte_size, 1)))
    yield from table.iter_batches(rows, row_groups=[group], columns=fields, use_threads=False)


def _codecs_of(metadata: Any) -> str | dict[str, str]:  # noqa: ANN401  # pyarrow is untyped
    """Return the compression of each column, by path."""
    if not metadata.num_row_groups:
        return "snappy"
    group = metadata.row_group(0)
    columns = [group.column(at) for at in range(group.num_columns)]
    names = {each.path_in_schema: each.compression for each in columns}
    return {path: "none" if name == "UNCOMPRESSED" else name.lower() for path, name in names.items()}


@contextmanager
def open_table(path: Path) -> Iterator[Any]:
    """Open a table.

    Raises:
        OSError: if the file cannot be read.
        UnreadableError: if pyarrow cannot read it as Parquet.
    """
    arrow, parquet = load_library("pyarrow", "parquet"), load_library("pyarrow.parquet", "parquet")
    with open_regular(path) as file:
        try:
            with parquet.ParquetFile(file, buffer_size=MEGABYTE, pre_buffer=False) as table:
                yield table
        except (arrow.ArrowException, OSError, UnicodeDecodeError) as error:  # the last for a damaged column name
            if isinstance(error, OSError) and error.errno:
                raise  # from the file system: pyarrow's own errors have no errno
            raise UnreadableError(f"is not a complete Parquet file ({error}); write it again") from error
