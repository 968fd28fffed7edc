"""Removes what is left around the text of a page: lines before the first and after the last paragraph of prose."""

import re
from collections.abc import Iterable

from clean_news.formats.pages.measure import SENTENCE_END, is_prose

NOT_LETTERS = re.compile(r"[\W_]+")
MAX_LINES = 12  # beside prose: more short lines are text, e.g. verse, or what a live blog begins with
ITEM = re.compile(r"(?:- |\|)")  # as trafilatura writes items and table rows
MIN_DECK_WORDS = 6  # of a standfirst without a full stop


def without_edges(text: str, title: str, headings: Iterable[str] = ()) -> str:
    """Return a text without the short lines around it, except its headline and standfirst.

    Lines such as a date, a by-line, "Share" or the name of the next article are not sentences, and surround an article
    on every page. A text without any prose stays as it is.

    Args:
        text: the lines of a page's main text.
        title: the title of the page; empty if unknown.
        headings: the texts of the page's headings; one just before the first paragraph stays.
    """
    lines = [line for line in text.split("\n") if line.strip()]
    prose = [at for at, line in enumerate(lines) if is_prose(line)]
    if not prose:
        return text
    first, last = prose[0], prose[-1]
    before = lines[:first]
    if len(before) <= MAX_LINES:
        heading = {before[-1]}.intersection(headings) if before else set()
        before = [line for line in before if line in heading or _leads(line, title)]
    after = lines[last + 1 :]
    if len(after) <= MAX_LINES:
        while after and not ITEM.match(after[-1]) and not SENTENCE_END.search(after[-1]):
            after.pop()
    return "\n".join([*before, *lines[first : last + 1], *after])


def _leads(line: str, title: str) -> bool:
    """Whether a line before the first paragraph belongs to the article: a headline, standfirst, item or sentence."""
    if ITEM.match(line) or SENTENCE_END.search(line):
        return True
    letters, of_title = (NOT_LETTERS.sub(" ", each).strip().lower() for each in (line, title))
    if letters and (of_title.startswith(letters) or letters == of_title):
        return True
    return len(line.split()) >= MIN_DECK_WORDS
