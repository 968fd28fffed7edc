"""Recognise the by-line between a title and the text ("By Jane Doe, Harbour Echo")."""

import re
from collections.abc import Collection, Sequence
from functools import cache

from clean_news.stages.boilerplate.date_stamps import DATE
from clean_news.stages.boilerplate.phrase_lists import entries
from clean_news.stages.text_lines import Line

MAX_BYLINE_CHARS = 120
LAST_ROW = 3  # among the lines that are not blank, from 0: a title, a subtitle and a stamp may stand before it
MAX_TITLE_CHARS = 250  # a longer line before it is a paragraph
MIN_NAME_WORDS = 2
WORD = r"[A-Z][\w.’'-]*"
NAME = rf"{WORD}(?:\s+(?:{WORD}|de|del|der|di|du|el|la|le|van|von|bin|al)){{0,4}}"
HANDLE = r"(?:\s{0,3}\(\s{0,3}@\w+\s{0,3}\))?"
HANDLES = re.compile(HANDLE.removesuffix("?"))


@cache
def _pattern() -> re.Pattern[str]:
    """Compile the pattern of a by-line, with the job titles of ``bylines.tsv``."""
    staff = "|".join(word for kind, word in entries("bylines.tsv") if kind == "staff")
    one = rf"{NAME}(?:\s+(?:{staff})){{0,2}}{HANDLE}"
    return re.compile(
        rf"\W{{0,3}}(?:By|BY|Written by|WRITTEN BY|Posted by|Reported by|Words by|Story by):?\s+"
        rf"(?P<author>{one}(?:,\s+{one}){{0,6}}(?:,?\s+(?:and|AND|&|with)\s+{one})?)"
        rf"(?:\s*[,|–—-]\s*(?:{DATE}|[A-Za-z][^.!?;:“”\"]{{1,60}}))?\W{{0,2}}"
    )


@cache
def _other_words() -> frozenset[str]:
    """Words that no name has: "By the numbers", "By Monday", "By Popular Demand"."""
    return frozenset(word for kind, word in entries("bylines.tsv") if kind == "other")


def bylines(lines: Sequence[Line], gone: Collection[int]) -> dict[int, str]:
    """Find the by-line of an article, or several in a row.

    Args:
        lines: the article's lines that are not blank.
        gone: positions of the lines that are boilerplate.

    Returns:
        The authors by position; nothing if there is no by-line, or no text follows it.
    """
    found: dict[int, str] = {}
    for at, line in enumerate(lines):
        if at in gone:
            continue
        author = author_in(line.words)
        if author:
            found[at] = author
        elif found:
            return found
        elif at >= LAST_ROW or len(line.words) > MAX_TITLE_CHARS or (at == 0 and line.words.endswith(".")):
            return {}
    return {}


def author_in(line: str) -> str | None:
    """Return the authors that a line names, if it is a by-line; else None."""
    if len(line) > MAX_BYLINE_CHARS or line.endswith("."):
        return None
    match = _pattern().fullmatch(line)
    if not match:
        return None
    author = HANDLES.sub("", match["author"])
    first = re.split(r",|\band\b|&", author, maxsplit=1)[0].split()
    named = len(first) >= MIN_NAME_WORDS and not any(word.lower() in _other_words() for word in first)
    return author if named else None
