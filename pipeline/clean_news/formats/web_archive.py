"""The format of web archives: WARC, as written by crawlers, and WET, the texts extracted from a WARC.

The articles are the web pages and plain texts in server responses, and the texts of a WET. Each record of the raw
archive corresponds to one of the clean archive, in the same order: an article becomes a ``conversion``, as in a WET;
any other record is preserved, byte for byte if its headers are formatted in the usual way. The raw archive is read
twice in parallel: for the articles, and again while the clean archive is written, so that rows need not carry their
records.
"""

import re
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any
from zlib import crc32

from clean_news.change_log import ChangeLog, LogError, irreversible_log_error, is_kept, revert
from clean_news.formats import CleanRow, Row
from clean_news.formats.archive_records import (
    Headers,
    Record,
    block_headers,
    head_of,
    is_compressed,
    media_type_of,
    records,
    replace_headers,
    write_bytes,
    write_record,
)
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
HEADERS = "headers"  # in the carrier: the raw values that restore writes; None for a header that was missing
# What the carrier may name: the headers of a raw record that the clean one has otherwise.
STORED_HEADERS = frozenset({"Content-Type", "WARC-Block-Digest", "WARC-Payload-Digest"})
LINE_END = re.compile(r"[\r\n]")
PLAIN_TEXT = "text/plain; charset=utf-8"
ARTICLE_RECORD_TYPES = frozenset({"response", "resource", "conversion"})  # other record types are never articles


def read(raw: Path, settings: Settings) -> Iterator[Row]:
    """Yield the records of an archive as rows; those that are not articles are kept unchanged.

    Raises:
        OSError: if it cannot be read.
        UnreadableError: if it is not a web archive, is damaged, or truncated.
    """
    for _, row in read_places(raw, settings, ALL_PLACES):
        yield row


def read_places(raw: Path, settings: Settings, places: RowPlaces) -> Iterator[tuple[int, Row]]:
    """Yield the records at some places as rows, each with its index in the archive, from 0; see :func:`read`."""
    for record in _records_at(raw, places):
        name = record["WARC-Target-URI"].strip("<>") or record["WARC-Record-ID"] or str(record.number)
        row = row_of(record, name.encode("utf-8", "replace").decode(), settings)
        carrier = {**row.carrier, REST: _rest_of(record, is_whole=row.article is None)}
        yield record.number - 1, row._replace(carrier=carrier)


def _records_at(raw: Path, places: RowPlaces) -> Iterator[Record]:
    """Yield the records at some places; those with the same payload go to the same reader."""
    takes = places.dealing().takes
    return (record for record in records(raw) if takes(record["WARC-Payload-Digest"].encode("utf-8", "replace")))


def row_of(record: Record, name: str, settings: Settings) -> Row:
    """Return the row of a record."""
    limit = settings.max_megabytes * MEGABYTE
    kind = record["WARC-Type"].lower()
    if kind not in ARTICLE_RECORD_TYPES:
        return Row(None, name)
    media_type, charset = media_type_of(record["Content-Type"])
    answered = kind == "response" and media_type == "application/http"
    if not answered and media_type not in {*HTML_TYPES, TEXT_TYPE, ""}:
        return Row(None, name)
    if record.length > limit:
        return Row(None, name, fault=f"record {record.number}: {too_large(settings.max_megabytes)}")
    block = record.read_rest()
    if answered:
        row = row_of_response(block, name, record.number, settings)
    elif kind == "conversion" and media_type not in HTML_TYPES:
        restored_headers = {each: record[each] or None for each in sorted(STORED_HEADERS)}
        return Row(block, name, charset or "utf-8", carrier={HEADERS: restored_headers})
    else:
        media_type = media_type or (TEXT_TYPE if kind == "response" else "")
        row = row_of_body(block, media_type, charset, name, record.number, settings)
    if row.article is None:
        return row
    return row._replace(carrier={**row.carrier, HEADERS: {}, **_stored_record(record, block)})


def _stored_record(record: Record, block: bytes) -> dict[str, Any]:
    """Return what the carrier contains of a record that becomes another in the clean archive."""
    return stored(head_of(record.version, record.headers) + block)


def _rest_of(record: Record, *, is_whole: bool) -> int:
    """CRC-32 of the headers of a record, and of its block if that is copied to the clean archive (``is_whole``)."""
    found = crc32(repr(record.headers).encode("utf-8", "replace"))
    for chunk in record.chunks() if is_whole else ():
        found = crc32(chunk, found)
    return found


def write(rows: Iterable[CleanRow], raw: Path, clean: IO[bytes], logs: IO[bytes]) -> None:
    """Write a record for each record of the raw archive."""
    write_places(rows, raw, ALL_PLACES, clean, logs)


def write_places(rows: Iterable[CleanRow], raw: Path, places: RowPlaces, clean: IO[bytes], logs: IO[bytes]) -> None:
    """Write a record for each record of the raw archive at some places."""
    compressed = is_compressed(raw)
    for row, record in rows_with_records(rows, _records_at(raw, places), logs):
        if was_kept(row):
            write_record(record.version, record.headers, record.chunks(), clean, compressed)
        else:
            block = row.text.encode()
            write_record(record.version, _headers_of(record, block), iter((block,)), clean, compressed)


def join(written: Iterable[bytes], raw: Path, settings: Settings, clean: IO[bytes]) -> None:  # noqa: ARG001  # others need them
    """Write a clean archive from what :func:`write_places` has written of its records."""
    clean.writelines(written)


def _headers_of(record: Record, block: bytes) -> Headers:
    """Return the headers of the ``conversion`` record of an article."""
    if record["WARC-Type"].lower() == "conversion":
        charset = media_type_of(record["Content-Type"])[1]
        changes = block_headers(block)
        if charset.lower() not in {"", "utf-8"}:
            changes["Content-Type"] = PLAIN_TEXT
        if record["WARC-Payload-Digest"]:
            changes["WARC-Payload-Digest"] = changes["WARC-Block-Digest"]
        return replace_headers(record.headers, changes)
    identifier = record["WARC-Record-ID"]
    said = {name: record[name] for name in ("WARC-Target-URI", "WARC-Date")}
    # Derived from the raw record's id, so that the output is reproducible.
    new = uuid.uuid5(uuid.NAMESPACE_URL, f"clean-news {identifier or said}")
    headers = [("WARC-Type", "conversion"), *said.items(), ("WARC-Record-ID", f"<urn:uuid:{new}>")]
    headers += [("WARC-Refers-To", identifier), ("Content-Type", PLAIN_TEXT)]
    return replace_headers([(name, value) for name, value in headers if value], block_headers(block))


def read_clean(clean: Path, logs: Path) -> Iterator[tuple[str, ChangeLog | LogError]]:
    """Yield the clean text and the change log of each record; see :func:`.clean_texts`.

    Raises:
        OSError: if one of the files cannot be read.
        LogError: if the files do not belong together.
    """
    return clean_texts(records(clean), logs, clean, text_of)


def text_of(record: Record, clean: Path) -> str:
    """Return the text of a record of a clean archive."""
    return b"".join(read_unchanged(record.chunks(), clean)).decode("utf-8", "replace")


def restore(clean: Path, logs: Path, target: IO[bytes]) -> None:
    """Write the raw archive; a record that its log does not contain becomes the extracted text."""
    compressed = is_compressed(clean)
    for record, found in pair_with_logs(records(clean), logs, clean):
        log = valid_log(found)
        if is_kept(log):
            write_record(record.version, record.headers, read_unchanged(record.chunks(), clean), target, compressed)
            continue
        where = f"{clean}, record {record.number}"
        block = revert(text_of(record, clean), log, where)
        raw = raw_of(log, where)
        if raw is not None:
            write_bytes((raw,), target, compressed)
            continue
        headers = replace_headers(record.headers, {**block_headers(block), **_raw_headers(log, where)})
        write_record(record.version, headers, iter((block,)), target, compressed)


def _raw_headers(log: ChangeLog, where: str) -> dict[str, str | None]:
    """Return the raw values of the headers that the clean record has otherwise.

    Raises:
        LogError: if they are not values of headers that this format stores.
    """
    headers = log.carrier.get(HEADERS, {})
    # A line end in a value would begin another header, or the block.
    if not isinstance(headers, dict) or not all(
        name in STORED_HEADERS and (value is None or (isinstance(value, str) and not LINE_END.search(value)))
        for name, value in headers.items()
    ):
        raise irreversible_log_error(where, "it does not have the headers of the raw record")
    return headers
