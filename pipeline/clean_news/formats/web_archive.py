"""Web archives: WARC, as crawlers write it, and WET, the texts taken from one.

The articles are the web pages and texts that a server answered with, and the texts of a WET. Every record of the raw
archive has one in the clean archive, in its place: an article becomes a ``conversion``, as in a WET; any other record
stays, to the byte if its headers are written the usual way. The raw archive is read twice, side by side: for the
articles, and again where the clean archive is written, so that no row carries its record along.
"""

import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO
from zlib import crc32

from clean_news.change_log import ChangeLog, is_kept, revert
from clean_news.charsets.decoding import NotText
from clean_news.formats import CleanRow, Row, UnreadableError
from clean_news.formats.archive_records import (
    Answer,
    Headers,
    Record,
    is_compressed,
    media_type_of,
    of_block,
    records,
    with_headers,
    write_record,
)
from clean_news.formats.main_text import NoMainTextError, main_text
from clean_news.formats.row_logs import unchanged, was_kept, with_logs
from clean_news.formats.size_limit import MEGABYTE, too_large
from clean_news.settings import Settings

LOG_SUFFIX = ".changes.jsonl"
MANY = True
RESTORED_SUFFIX = ""

REST = "rest"  # in the carrier: see rest_of; by it a rerun sees that something else was changed
PAGE = "page"  # in the carrier: what a web page says of itself
HEADERS = "headers"  # in the carrier: those that restore puts back; None for one that was not there
TEXT = "text/plain; charset=utf-8"
PAGES = frozenset({"text/html", "application/xhtml+xml"})
ASKED_AND_TOLD = frozenset({"response", "resource", "conversion"})  # the types of records that may be articles


def read(raw: Path, settings: Settings) -> Iterator[Row]:
    """The records of an archive; those that are no articles are kept.

    Raises:
        OSError: if it cannot be read.
        UnreadableError: if it is no archive, is damaged, or breaks off.
    """
    for record in records(raw):
        name = record["WARC-Target-URI"].strip("<>") or record["WARC-Record-ID"] or str(record.number)
        row = row_of(record, name.encode("utf-8", "replace").decode(), settings)
        yield row._replace(carrier={**row.carrier, REST: _rest_of(record, is_whole=row.article is None)})


def row_of(record: Record, name: str, settings: Settings) -> Row:
    """The row of a record."""
    limit = settings.max_megabytes * MEGABYTE
    kind = record["WARC-Type"].lower()
    if kind not in ASKED_AND_TOLD:
        return Row(None, name)
    media_type, charset = media_type_of(record["Content-Type"])
    answered = kind == "response" and media_type == "application/http"
    if not answered and media_type not in PAGES and media_type not in {"text/plain", ""}:
        return Row(None, name)
    if record.length > limit:
        return Row(None, name, fault=f"record {record.number}: {too_large(settings.max_megabytes)}")
    body = record.whole()
    if answered:
        answer = Answer(body, limit)
        if answer.status is None or not 200 <= answer.status < 300:
            return Row(None, name)
        media_type, charset, body = answer.media_type, answer.charset, answer.body
        if len(body) > limit and (media_type in PAGES or media_type == "text/plain"):
            return Row(None, name, fault=f"record {record.number}: {too_large(settings.max_megabytes)}")
    if media_type in PAGES:
        return _page_row(body, charset or settings.charset, name, record.number)
    if media_type != "text/plain" and (answered or kind == "resource"):
        return Row(None, name)
    put_back: dict[str, str | None] = {"Content-Type": f"text/plain; charset={charset}" if charset else "text/plain"}
    if kind == "conversion":
        put_back = {each: record[each] or None for each in ("Content-Type", "WARC-Block-Digest", "WARC-Payload-Digest")}
    return Row(body, name, charset or ("utf-8" if kind == "conversion" else ""), carrier={HEADERS: put_back})


def _rest_of(record: Record, *, is_whole: bool) -> int:
    """CRC-32 of the headers of a record, and of its block where all of that goes into the clean archive."""
    found = crc32(repr(record.headers).encode("utf-8", "replace"))
    for piece in record.pieces() if is_whole else ():
        found = crc32(piece, found)
    return found


def _page_row(body: bytes, charset: str, name: str, number: int) -> Row:
    """The row of a web page."""
    try:
        found = main_text(body, charset)
    except (NoMainTextError, NotText) as error:
        return Row(None, name, fault=f"record {number}: {error}")
    return Row(found.text, name, carrier={PAGE: found.page, HEADERS: {}})


def write(rows: Iterable[CleanRow], raw: Path, clean: IO[bytes], logs: IO[bytes]) -> None:
    """Write a record for each of the raw archive."""
    compressed = is_compressed(raw)
    found = records(raw)
    for row in rows:
        logs.write(row.log)
        record = next(found, None)
        if record is None:
            raise UnreadableError("has fewer records than when it was read; let nothing write to it meanwhile")
        if was_kept(row):
            write_record(record.version, record.headers, record.pieces(), clean, compressed)
        else:
            block = row.text.encode()
            write_record(record.version, _headers_of(record, block), iter((block,)), clean, compressed)


def _headers_of(record: Record, block: bytes) -> Headers:
    """The headers of the conversion that an article becomes."""
    if record["WARC-Type"].lower() == "conversion":
        charset = media_type_of(record["Content-Type"])[1]
        changes = of_block(block)
        if charset.lower() not in {"", "utf-8"}:
            changes["Content-Type"] = TEXT
        if record["WARC-Payload-Digest"]:
            changes["WARC-Payload-Digest"] = changes["WARC-Block-Digest"]
        return with_headers(record.headers, changes)
    identifier = record["WARC-Record-ID"]
    said = {name: record[name] for name in ("WARC-Target-URI", "WARC-Date")}
    # Made from the record's own, so that the same archive becomes the same bytes.
    new = uuid.uuid5(uuid.NAMESPACE_URL, f"clean-news {identifier or said}")
    headers = [("WARC-Type", "conversion"), *said.items(), ("WARC-Record-ID", f"<urn:uuid:{new}>")]
    headers += [("WARC-Refers-To", identifier), ("Content-Type", TEXT)]
    return with_headers([(name, value) for name, value in headers if value], of_block(block))


def read_clean(clean: Path, logs: Path) -> Iterator[tuple[str, ChangeLog]]:
    """The clean text and the log of each record; of one that was kept the text is empty.

    Raises:
        OSError: if one of the files cannot be read.
        LogError: if a log cannot be read, or the files do not belong together.
    """
    for record, log in with_logs(records(clean), logs, clean):
        yield "" if is_kept(log) else text_of(record, clean), log


def text_of(record: Record, clean: Path) -> str:
    """The text in a record of a clean archive."""
    return b"".join(unchanged(record.pieces(), clean)).decode("utf-8", "replace")


def restore(clean: Path, logs: Path, target: IO[bytes]) -> None:
    """Write the archive with the raw texts: of a WET the raw file, of a WARC its articles as they were extracted."""
    compressed = is_compressed(clean)
    for record, log in with_logs(records(clean), logs, clean):
        if is_kept(log):
            write_record(record.version, record.headers, unchanged(record.pieces(), clean), target, compressed)
            continue
        block = revert(text_of(record, clean), log, f"{clean}, record {record.number}")
        headers = with_headers(record.headers, {**of_block(block), **log.carrier.get(HEADERS, {})})
        write_record(record.version, headers, iter((block,)), target, compressed)
