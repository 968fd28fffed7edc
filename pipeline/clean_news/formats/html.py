r"""The format of web pages: the main text of a page is the article, and the clean file is a minimal page.

A page with words of hOCR is a scanned page, which :mod:`clean_news.formats.page_xml` repairs in place.

The clean page has a paragraph for each line of the text. Characters that HTML does not allow, such as NUL, are written
as ``<data value="0">``, so that the exact text can be read back and a browser can show the page.
"""

import html as entities
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from clean_news.change_log import PAGE, ChangeLog, TextChangedError, revert
from clean_news.charsets.decoding import NotText
from clean_news.formats import CleanRow, Row, UnreadableError
from clean_news.formats.main_text import main_text
from clean_news.formats.one_article import read_pair
from clean_news.formats.page_xml import hocr, page_files
from clean_news.formats.pages.guard import NoMainTextError
from clean_news.formats.size_limit import read_whole
from clean_news.formats.stored_pages import raw_of, stored
from clean_news.settings import Settings

LOG_SUFFIX = ".changes.json"
MANY = False

HEAD = """<!DOCTYPE html>
<html{language}>
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>body {{ max-width: 40em; margin: 2em auto; padding: 0 1em; font: 1.1em/1.5 serif }} \
p {{ white-space: pre-wrap }}</style>
</head>
<body>
<article>
"""
FOOT = "</article>\n</body>\n</html>\n"
# Control characters but tab and line feed, and noncharacters: HTML does not allow them.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "]"
)
PLACEHOLDER = re.compile('<data value="([0-9]+)">\ufffd</data>')
ARTICLE = re.compile(r"\n<article>\n((?:<p>[^\n]*</p>\n)*)</article>\n</body>\n</html>\n\Z")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")


def read(raw: Path, settings: Settings) -> Iterator[Row]:
    """Yield the main text of the page as the only row.

    Raises:
        OSError: if it cannot be read.
        UnreadableError: if it has no main text, is too large, or too complex to parse in bounded time.
    """
    page = read_whole(raw, settings.max_megabytes)
    if hocr.WORD_TAG.search(page):
        yield page_files.row_of(page)
        return
    try:
        found = main_text(page, settings.charset)
    except (NoMainTextError, NotText) as error:
        raise UnreadableError(str(error)) from error
    yield Row(found.text, carrier={PAGE: found.page, **stored(page)})


def write(rows: Iterable[CleanRow], raw: Path, clean: IO[bytes], logs: IO[bytes]) -> None:
    """Write the clean page and its change log."""
    for row in rows:
        if page_files.SCAN in row.row.carrier:
            page_files.write([row], raw, clean, logs)
            continue
        clean.write(page_of(row.text, row.row.carrier.get(PAGE, {})).encode())
        logs.write(row.log)


def page_of(text: str, page: dict[str, Any]) -> str:
    """Return an HTML page that contains a text.

    Args:
        text: any text without lone surrogates.
        page: metadata of the raw page; the title and the language are written into the head.

    >>> page_of("One & two.", {}).splitlines()[-4]
    '<p>One &amp; two.</p>'
    """
    language = page.get("language", "")
    head = HEAD.format(
        language=f' lang="{language}"' if LANGUAGE.fullmatch(language) else "",
        title=_escape(" ".join(FORBIDDEN.sub(" ", page.get("title", "")).split()) or "Article"),
    )
    lines = text.split("\n") if text else []
    return head + "".join(f"<p>{_escape(line)}</p>\n" for line in lines) + FOOT


def _escape(line: str) -> str:
    """Escape a line for HTML."""
    return FORBIDDEN.sub(
        lambda found: f'<data value="{ord(found[0])}">\ufffd</data>', entities.escape(line, quote=False)
    )


def text_of(page: str) -> str:
    """Return the text of a page written by :func:`page_of`.

    Raises:
        ValueError: if it is not such a page.
    """
    found = ARTICLE.search(page)
    if not found:
        raise ValueError("it does not contain an article written by clean-news")
    lines = [line[len("<p>") : -len("</p>")] for line in found[1].split("\n")[:-1]]
    return "\n".join(_unescape(line) for line in lines)


def _unescape(line: str) -> str:
    """Invert :func:`_escape`."""
    plain = PLACEHOLDER.sub(lambda found: chr(int(found[1])), line)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def read_clean(clean: Path, logs: Path) -> Iterator[tuple[str, ChangeLog]]:
    """Yield the article and its change log.

    Raises:
        OSError: if one of the files cannot be read.
        LogError: if the log cannot be read, or the clean page was not written by clean-news.
    """
    try:
        text, log = read_pair(clean, logs, text_of)
        is_scan = page_files.SCAN in log.carrier
    except TextChangedError:
        is_scan = page_files.is_scan(logs)
        if not is_scan:
            raise
    if is_scan:
        yield from page_files.read_clean(clean, logs)
    else:
        yield text, log


def restore(clean: Path, logs: Path, target: IO[bytes]) -> None:
    """Write the page; if its log does not have it, a minimal page with the extracted text."""
    for text, log in read_clean(clean, logs):
        extracted = revert(text, log, str(clean))
        page = raw_of(log, str(clean))
        target.write(page_of(extracted.decode(), log.carrier.get(PAGE, {})).encode() if page is None else page)
