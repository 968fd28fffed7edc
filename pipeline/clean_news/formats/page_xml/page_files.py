"""The format of scanned pages: ALTO, PAGE XML and hOCR, repaired in place.

A file is one article. The change log has the bytes of the raw file, as those of web pages do: boxes that were merged
cannot be told from the clean file.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import IO, Any

from clean_news import change_log
from clean_news.change_log import ChangeLog, LogError, StageLog, TextChangedError, irreversible_log_error, revert
from clean_news.charsets.decoding import MAX_STORED_BYTES
from clean_news.formats import CleanRow, Row, UnreadableError
from clean_news.formats.file_places import Source, Span
from clean_news.formats.page_xml import alto, hocr, page
from clean_news.formats.page_xml.word_changes import changes_of, clean_text
from clean_news.formats.page_xml.words import Page
from clean_news.formats.page_xml.xml_bytes import NotXmlError, parse
from clean_news.formats.size_limit import read_whole
from clean_news.formats.stored_pages import raw_of, stored
from clean_news.regular_files import MAX_ARTICLE_FILE_BYTES, open_regular
from clean_news.settings import Settings

LOG_SUFFIX = ".changes.json"
MANY = False
SCAN = "scan"  # in the carrier: the kind of page


def read(raw: Path, settings: Settings) -> Iterator[Row]:
    """Yield the text of the page as the only row.

    Raises:
        OSError: if it cannot be read.
        UnreadableError: if it is too large, is not a page, or has no words.
    """
    yield row_of(read_whole(raw, settings.max_megabytes))


def row_of(content: bytes) -> Row:
    """Return the row of a page.

    Raises:
        UnreadableError: see :func:`read`.
    """
    if len(content) > MAX_STORED_BYTES:
        raise UnreadableError(f"is larger than {MAX_STORED_BYTES >> 20} MB, too large for a page; split it into pages")
    try:
        kind, found = _page_of(content)
    except NotXmlError as error:
        raise UnreadableError(str(error)) from error
    if not found.words:
        raise UnreadableError("has no words; run OCR on the image, or remove the file")
    return Row(found.text, carrier={SCAN: kind, **stored(content)}, raw_record=found, words=found.scanned_words())


def _page_of(content: bytes) -> tuple[str, Page]:
    """Parse a page; return its kind, and the page.

    Raises:
        NotXmlError: if it is not one.
    """
    try:
        document = parse(content)
    except NotXmlError:
        if not hocr.WORD_TAG.search(content):
            raise
        document = parse(content, is_html=True)
    for kind, module in _modules().items():
        if getattr(module, f"is_{kind}")(document.root):
            return kind, module.read(document)
    raise NotXmlError(
        f"is XML, but not a scanned page (root element {document.root.name[:40]!r}); export it as ALTO, PAGE or hOCR"
    )


def _modules() -> dict[str, ModuleType]:
    """Return the modules of the kinds of pages."""
    return {"alto": alto, "page": page, "hocr": hocr}


def source_of(row: Row) -> Source | None:
    """Return where the words of the page are in the file: a word is its element, and a space what is between two."""
    found = row.raw_record
    if not isinstance(found, Page):
        return None
    content = found.document.content
    places: dict[int, int] = {}
    at = position = 0
    for offset in sorted({edge for word in found.words for edge in (word.element.start, word.element.end)}):
        position += len(content[at:offset].decode())
        places[offset] = position
        at = offset
    spans: list[Span] = []
    end = 0
    for (first, last), word in zip(found.spans, found.words, strict=True):
        own = places[word.element.start], places[word.element.end]
        spans += [(end, max(end, own[0]))] * (first - len(spans))
        spans += [own] * (last - first)
        end = own[1]
    return Source(written=content.decode(), spans=spans)


def write(rows: Iterable[CleanRow], _: Path, clean: IO[bytes], logs: IO[bytes]) -> None:
    """Write the page with its words repaired, and its change log."""
    for row in rows:
        log = change_log.read(row.log, "the log of a page")
        clean.write(_repaired(_raw_page(log, row.row.raw_record, "the log of a page"), log.stages))
        logs.write(row.log)


def _raw_page(log: ChangeLog, parsed: Any, where: str) -> Page:  # noqa: ANN401  # a raw record is of any type
    """Return the raw page of a log.

    Args:
        log: the log.
        parsed: the page, if it was parsed already.
        where: name of the page in error messages.

    Raises:
        LogError: if the log does not have it, since it was changed.
    """
    if isinstance(parsed, Page):
        return parsed
    raw = raw_of(log, where)
    if raw is None:
        raise irreversible_log_error(where, "it does not have the bytes of the page")
    try:
        return _page_of(raw)[1]
    except NotXmlError as error:
        raise irreversible_log_error(where, str(error)) from error


def _repaired(raw: Page, stages: tuple[StageLog, ...]) -> bytes:
    """Return the bytes of a page with the edits of its log made.

    Raises:
        UnreadableError: if the page has words within words.
        edits.Overlap, edits.Mismatch: if the log is not that of the page.
    """
    kind = next(name for name, module in _modules().items() if getattr(module, f"is_{name}")(raw.document.root))
    changes = changes_of(raw, stages)
    try:
        return raw.document.with_replacements(_modules()[kind].replacements(raw, changes))
    except NotXmlError as error:
        raise UnreadableError(str(error)) from error


def is_scan(logs: Path) -> bool:
    """Whether a log is that of a scanned page.

    Raises:
        OSError, LogError: if it cannot be read.
    """
    return SCAN in change_log.read(_bytes_of(logs), str(logs)).carrier


def read_clean(clean: Path, logs: Path) -> Iterator[tuple[str, ChangeLog]]:
    """Yield the clean text and the change log.

    The text has what no word of the page shows, such as that a line was removed. It is made again from the raw page and
    the log, after the clean file was compared with what they give.

    Raises:
        OSError: if one of the files cannot be read.
        LogError: if the log cannot be read or does not belong to the page, or the clean file was changed.
    """
    log = change_log.read(_bytes_of(logs), str(logs))
    raw = _raw_page(log, None, str(logs))
    try:
        text = clean_text(raw.text, log.stages)
        expected = _repaired(raw, log.stages)
    except ValueError as error:
        raise irreversible_log_error(str(logs), str(error)) from error
    if _bytes_of(clean) != expected:
        raise TextChangedError(
            f"{clean}: was changed after clean-news wrote it; undo the change, or clean the raw file again with --force"
        )
    yield text, log


def restore(clean: Path, logs: Path, target: IO[bytes]) -> None:
    """Write the raw page."""
    for text, log in read_clean(clean, logs):
        revert(text, log, str(clean))
        raw = raw_of(log, str(clean))
        if raw is None:
            raise LogError(f"{clean}: its log does not have the bytes of the page; clean the raw file again")
        target.write(raw)


def _bytes_of(path: Path) -> bytes:
    """Read a file."""
    with open_regular(path, MAX_ARTICLE_FILE_BYTES, buffering=0) as file:
        return file.read()
