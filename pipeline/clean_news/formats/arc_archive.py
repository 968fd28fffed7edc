"""The format of ARC archives, in which the Internet Archive and others kept crawls before WARC.

The articles are the web pages and plain texts in the answers of servers. Each record of the raw archive corresponds to
one of the clean archive, in the same order: the answer with an article becomes one with its plain text, under the same
URL, IP address and date; any other record is preserved byte for byte. As with WARC, the raw archive is read twice in
parallel, so that rows need not carry their records.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import IO
from zlib import crc32

from clean_news.change_log import ChangeLog, LogError, is_kept, revert
from clean_news.formats import CleanRow, Row
from clean_news.formats.arc_records import ArcRecord, records, write_record
from clean_news.formats.archive_records import is_compressed
from clean_news.formats.archived_pages import HTML_TYPES, TEXT_TYPE, row_of_body, row_of_response
from clean_news.formats.row_logs import (
    clean_texts,
    pair_with_logs,
    read_unchanged,
    rows_with_records,
    valid_log,
    was_kept,
)
from clean_news.formats.row_places import ALL_PLACES, RowPlaces
from clean_news.formats.size_limit import MEGABYTE, too_large
from clean_news.formats.stored_pages import raw_of, stored
from clean_news.settings import Settings

LOG_SUFFIX = ".changes.jsonl"
MANY = True

REST = "rest"  # in the carrier: see _rest_of; lets a rerun detect changes outside the texts
OF_SERVERS = ("http:", "https:")  # URLs whose blocks begin with the headers of an answer
# Readers of ARC expect headers, so that a clean text has some.
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"


def read(raw: Path, settings: Settings) -> Iterator[Row]:
    """Yield the records of an archive as rows; those that are not articles are kept unchanged.

    Raises:
        OSError: if it cannot be read.
        UnreadableError: if it is not an ARC archive of version 1, is damaged, or truncated.
    """
    for _, row in read_places(raw, settings, ALL_PLACES):
        yield row


def read_places(raw: Path, settings: Settings, places: RowPlaces) -> Iterator[tuple[int, Row]]:
    """Yield the records at some places as rows, each with its index in the archive, from 0; see :func:`read`."""
    for record in _records_at(raw, places):
        row = row_of(record, record.url.encode("utf-8", "replace").decode(), settings)
        carrier = {**row.carrier, REST: _rest_of(record, is_whole=row.article is None)}
        yield record.number - 1, row._replace(carrier=carrier)


def _records_at(raw: Path, places: RowPlaces) -> Iterator[ArcRecord]:
    """Yield the records at some places."""
    takes = places.dealing().takes
    return (record for record in records(raw) if takes(None))


def row_of(record: ArcRecord, name: str, settings: Settings) -> Row:
    """Return the row of a record."""
    is_answer = _is_answer(record)
    if not is_answer and record.media_type not in {*HTML_TYPES, TEXT_TYPE}:
        return Row(None, name)
    if record.number == 1:  # it describes the archive
        return Row(None, name)
    if record.length > settings.max_megabytes * MEGABYTE:
        return Row(None, name, fault=f"record {record.number}: {too_large(settings.max_megabytes)}")
    block = record.read_rest()
    if is_answer:
        row = row_of_response(block, name, record.number, settings, record.media_type)
    else:
        row = row_of_body(block, record.media_type, record.charset, name, record.number, settings)
    if row.article is None:
        return row
    return row._replace(carrier={**row.carrier, **stored(record.line + block)})


def _is_answer(record: ArcRecord) -> bool:
    """Whether the block of a record begins with the headers of a server's answer."""
    return record.url.lower().startswith(OF_SERVERS)


def _rest_of(record: ArcRecord, *, is_whole: bool) -> int:
    """CRC-32 of what a clean record has of the raw one: the first line, and what is between it and the next record.

    Args:
        record: the raw record.
        is_whole: whether its block is copied, too.
    """
    found = crc32(record.line)
    for chunk in record.chunks() if is_whole else ():
        found = crc32(chunk, found)
    return crc32(record.gap(), found)


def write(rows: Iterable[CleanRow], raw: Path, clean: IO[bytes], logs: IO[bytes]) -> None:
    """Write a record for each record of the raw archive."""
    write_places(rows, raw, ALL_PLACES, clean, logs)


def write_places(rows: Iterable[CleanRow], raw: Path, places: RowPlaces, clean: IO[bytes], logs: IO[bytes]) -> None:
    """Write a record for each record of the raw archive at some places."""
    compressed = is_compressed(raw)
    for row, record in rows_with_records(rows, _records_at(raw, places), logs):
        parts = (record.line,) if was_kept(row) else _with_text(record, row.text.encode())
        write_record(chain(parts, record.rest()), clean, compressed)


def join(written: Iterable[bytes], raw: Path, settings: Settings, clean: IO[bytes]) -> None:  # noqa: ARG001  # others need them
    """Write a clean archive from what :func:`write_places` has written of its records."""
    clean.writelines(written)


def _with_text(record: ArcRecord, text: bytes) -> tuple[bytes, ...]:
    """Return first line and block of a record with a text in place of its block, which is read."""
    record.read_rest()
    head = HEAD if _is_answer(record) else b""
    return record.line_for(TEXT_TYPE, len(head) + len(text)), head, text


def read_clean(clean: Path, logs: Path) -> Iterator[tuple[str, ChangeLog | LogError]]:
    """Yield the clean text and the change log of each record; see :func:`.clean_texts`.

    Raises:
        OSError: if one of the files cannot be read.
        LogError: if the files do not belong together.
    """
    return clean_texts(records(clean), logs, clean, text_of)


def text_of(record: ArcRecord, clean: Path) -> str:
    """Return the text of a record of a clean archive."""
    block = b"".join(read_unchanged(record.chunks(), clean))
    return block.removeprefix(HEAD if _is_answer(record) else b"").decode("utf-8", "replace")


def restore(clean: Path, logs: Path, target: IO[bytes]) -> None:
    """Write the raw archive; a record that its log does not contain becomes the extracted text."""
    compressed = is_compressed(clean)
    for record, found in pair_with_logs(records(clean), logs, clean):
        log = valid_log(found)
        if is_kept(log):
            write_record(chain((record.line,), read_unchanged(record.rest(), clean)), target, compressed)
            continue
        where = f"{clean}, record {record.number}"
        text = revert(text_of(record, clean), log, where)
        raw = raw_of(log, where)
        parts = _with_text(record, text) if raw is None else (raw,)
        write_record(chain(parts, read_unchanged(record.rest(), clean)), target, compressed)
