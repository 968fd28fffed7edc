"""The format of Markdown: one article per file, whose prose is cleaned, and everything else stays as it is.

A file in UTF-8 keeps its line ends and its byte order mark; any other is decoded and written in UTF-8, like plain
text.
"""

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from clean_news.change_log import ChangeLog, revert
from clean_news.charsets.decoding import NotText, decode
from clean_news.formats import CleanRow, Row, UnreadableError
from clean_news.formats.file_places import WHOLE_FILE, Source
from clean_news.formats.markdown_spans import fixed_spans, structure
from clean_news.formats.one_article import read_pair
from clean_news.formats.size_limit import read_whole
from clean_news.settings import Settings

LOG_SUFFIX = ".changes.json"
MANY = False

LINES = "lines"  # in the carrier: CRLF if that ends all lines of the file
CRLF = "crlf"
MARK = "mark"  # in the carrier: whether the file begins with a byte order mark
MAX_BYTES = 1 << 20  # a book; a document of nothing but lists or tables takes ten seconds a megabyte


def read(raw: Path, settings: Settings) -> Iterator[Row]:
    """Yield the document as the only row, with the spans of it that are not prose.

    Raises:
        OSError: if it cannot be read.
        UnreadableError: if it is too large, or binary data.
    """
    content = read_whole(raw, settings.max_megabytes)
    if len(content) > MAX_BYTES:
        raise UnreadableError(
            f"is larger than {MAX_BYTES >> 20} MB, too large for Markdown; split it, or rename it to .txt"
        )
    if settings.charset.lower() in {"", "utf-8", "utf8"}:
        try:
            yield _row_of(content.removeprefix(BOM_UTF8).decode(), has_mark=content.startswith(BOM_UTF8))
        except UnicodeDecodeError:
            pass
        else:
            return
    try:
        text, _ = decode(content, settings.charset or None)
    except NotText as error:
        raise UnreadableError(str(error)) from error
    yield Row(content, fixed=tuple(fixed_spans(text)))


def _row_of(text: str, *, has_mark: bool) -> Row:
    """Return the row of a text in UTF-8."""
    carrier: dict[str, Any] = {MARK: True} if has_mark else {}
    if "\r" in text and text.count("\r") == text.count("\r\n") == text.count("\n"):
        carrier[LINES] = CRLF
        text = text.replace("\r\n", "\n")
    decoded = text.replace("\r\n", "\n").replace("\r", "\n")
    return Row(text, carrier=carrier, fixed=tuple(fixed_spans(decoded)))


def source_of(_: Row) -> Source:
    """Return where the document is in the file: it is all of it."""
    return WHOLE_FILE


def write(rows: Iterable[CleanRow], _: Path, clean: IO[bytes], logs: IO[bytes]) -> None:
    """Write the document and its change log.

    Raises:
        OSError: if they cannot be written.
        UnreadableError: if a repair would have made Markdown of prose.
    """
    for row in rows:
        _check_structure(row)
        clean.write(_in_file(row.text, row.row.carrier))
        logs.write(row.log)


def _check_structure(row: CleanRow) -> None:
    """Check that cleaning changed nothing but prose.

    Raises:
        UnreadableError: if it did.
    """
    article = row.row.article
    if article == row.text or article is None:
        return
    before = article.replace("\r\n", "\n").replace("\r", "\n") if isinstance(article, str) else decode(article)[0]
    if structure(before) != structure(row.text):
        raise UnreadableError(
            "would become other Markdown when it is cleaned, as a repaired text has characters that are marks; "
            "escape them in the raw file, or rename it to .txt"
        )


def _in_file(text: str, carrier: dict[str, Any]) -> bytes:
    """Return a text as it is in a file with such a carrier."""
    lines = text.replace("\n", "\r\n") if carrier.get(LINES) == CRLF else text
    return (BOM_UTF8 if carrier.get(MARK) is True else b"") + lines.encode("utf-8", "surrogatepass")


def read_clean(clean: Path, logs: Path) -> Iterator[tuple[str, ChangeLog]]:
    """Yield the article and its change log.

    Raises:
        OSError: if one of the files cannot be read.
        LogError: if the log cannot be read, or the clean text is not UTF-8.
    """
    text, log = read_pair(clean, logs, str)
    if log.carrier.get(MARK) is True:
        text = text.removeprefix("\ufeff")
    yield text.replace("\r\n", "\n") if log.carrier.get(LINES) == CRLF else text, log


def restore(clean: Path, logs: Path, target: IO[bytes]) -> None:
    """Write the raw document."""
    for text, log in read_clean(clean, logs):
        raw = revert(text, log, str(clean))
        target.write(_in_file(raw.decode("utf-8", "surrogatepass"), log.carrier) if log.carrier else raw)
