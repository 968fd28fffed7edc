r"""Web pages: the main text of one is the article, and the clean file is a small page.

The clean page has a paragraph for each line of the text. What HTML cannot hold, such as NUL, stands there as
``<data value="0">``. So the text can be read back to the letter, and a browser shows it.
"""

import html as entities
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from clean_news.change_log import ChangeLog, revert
from clean_news.charsets.decoding import NotText
from clean_news.formats import CleanRow, Row, UnreadableError
from clean_news.formats.main_text import NoMainTextError, main_text
from clean_news.formats.one_article import read_pair
from clean_news.formats.size_limit import read_whole
from clean_news.settings import Settings

LOG_SUFFIX = ".changes.json"
MANY = False
RESTORED_SUFFIX = ".txt"

PAGE = "page"  # in the carrier: what the page says of itself
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
# Controls but tab and line feed, and code points that are no characters: HTML does not allow them.
BARRED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "]"
)
STAND_IN = re.compile('<data value="([0-9]+)">\ufffd</data>')
ARTICLE = re.compile(r"\n<article>\n((?:<p>[^\n]*</p>\n)*)</article>\n</body>\n</html>\n\Z")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")


def read(raw: Path, settings: Settings) -> Iterator[Row]:
    """The main text of the page.

    Raises:
        OSError: if it cannot be read.
        UnreadableError: if it has no main text, is too large, or is not like a page that people read.
    """
    try:
        found = main_text(read_whole(raw, settings.max_megabytes), settings.charset)
    except (NoMainTextError, NotText) as error:
        raise UnreadableError(str(error)) from error
    yield Row(found.text, carrier={PAGE: found.page} if found.page else {})


def write(rows: Iterable[CleanRow], _: Path, clean: IO[bytes], logs: IO[bytes]) -> None:
    """Write the page, and its log."""
    for row in rows:
        clean.write(page_of(row.text, row.row.carrier.get(PAGE, {})).encode())
        logs.write(row.log)


def page_of(text: str, page: dict[str, str]) -> str:
    """A page with a text.

    Args:
        text: any text without lone surrogates.
        page: what its source said of itself; the title and the language stand in the head.

    >>> page_of("One & two.", {}).splitlines()[-4]
    '<p>One &amp; two.</p>'
    """
    language = page.get("language", "")
    head = HEAD.format(
        language=f' lang="{language}"' if LANGUAGE.fullmatch(language) else "",
        title=escaped(" ".join(BARRED.sub(" ", page.get("title", "")).split()) or "Article"),
    )
    lines = text.split("\n") if text else []
    return head + "".join(f"<p>{escaped(line)}</p>\n" for line in lines) + FOOT


def escaped(line: str) -> str:
    """A line as HTML has it."""
    return BARRED.sub(lambda found: f'<data value="{ord(found[0])}">\ufffd</data>', entities.escape(line, quote=False))


def text_of(page: str) -> str:
    """The text in a page that :func:`page_of` made.

    Raises:
        ValueError: if it is no such page.
    """
    found = ARTICLE.search(page)
    if not found:
        raise ValueError("it has no article in it that clean-news wrote")
    lines = [line[len("<p>") : -len("</p>")] for line in found[1].split("\n")[:-1]]
    return "\n".join(_unescaped(line) for line in lines)


def _unescaped(line: str) -> str:
    """What :func:`escaped` was given."""
    plain = STAND_IN.sub(lambda found: chr(int(found[1])), line)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def read_clean(clean: Path, logs: Path) -> Iterator[tuple[str, ChangeLog]]:
    """The article and its log.

    Raises:
        OSError: if one of the files cannot be read.
        LogError: if the log cannot be read, or the clean page is none that clean-news wrote.
    """
    yield read_pair(clean, logs, text_of)


def restore(clean: Path, logs: Path, target: IO[bytes]) -> None:
    """Write the text that was extracted, in UTF-8; the page around it is not kept."""
    for text, log in read_clean(clean, logs):
        target.write(revert(text, log, str(clean)))
