"""Recognise lines that look like boilerplate but belong to the article: boxes of facts, addresses after a colon."""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from clean_news.stages.boilerplate.boilerplate_lines import Finding
from clean_news.stages.boilerplate.phrase_lists import entries
from clean_news.stages.text_lines import Line

CREDIT_SEPARATOR = " | "  # between a photographer and an agency
SENTENCE_ENDS = (".", "!", "?", "”", '"')
LINKS = ("read_more", "video")
MAX_FACT_CHARS = 100
MAX_FACT_WORDS = 4  # after a label such as "Watch:"; more are a headline
MAX_ENDED_CHARS = 50  # of a fact with a full stop: "Time: 7 p.m."
MAX_ROWS_APART = 2  # of two facts of a box: at most one blank line between them
FACT = re.compile(r"[^\w()\[\]]{0,3}([A-Z][\w’'&/ -]{1,24}?)\s?:\s*\S")
BRACKETS = ("(", "[")  # a line in brackets is in no box
# A line that announces an address; what follows is part of the sentence.
ANNOUNCES_ADDRESS = re.compile(
    r"(?::|\b(?:address|at|available|called|from|here|in|is|on|online|read|see|site|to|via|visit|was|website))\s*\Z"
)


def belongs_to_article(lines: Sequence[Line], at: int, gone: Mapping[int, Finding]) -> bool:
    """Whether a line that was found to be boilerplate is part of the article after all.

    Args:
        lines: the article's lines that are not blank.
        at: position of the line.
        gone: all findings by position.
    """
    found = gone[at]
    is_headline = found.kind in LINKS and len(found.value.split()) > MAX_FACT_WORDS
    if found.label and not is_headline and not lines[at].words.startswith(BRACKETS):
        return any(_is_fact(lines, at, other, gone) for other in (at - 1, at + 1))
    above = lines[at - 1] if at else None
    if above is None or at - 1 in gone:
        return False
    if found.kind == "link":
        return ANNOUNCES_ADDRESS.search(above.words) is not None
    # A credit and the caption directly above it belong together.
    is_credit = found.rule == "BOIL002" and CREDIT_SEPARATOR in lines[at].words
    return is_credit and lines[at].row == above.row + 1 and above.words.endswith(SENTENCE_ENDS)


def _may_be_fact(found: Finding) -> bool:
    """Whether a line that was found to be boilerplate may be a fact of a box."""
    return found.label and found.kind not in LINKS


def _is_fact(lines: Sequence[Line], at: int, other: int, gone: Mapping[int, Finding]) -> bool:
    """Whether the line ``other`` makes a box of facts with the line ``at``."""
    if not 0 <= other < len(lines) or (other in gone and not _may_be_fact(gone[other])):
        return False
    words = lines[other].words
    fact = FACT.match(words) if len(words) <= MAX_FACT_CHARS else None
    near = abs(lines[other].row - lines[at].row) <= MAX_ROWS_APART
    is_short = len(words) <= MAX_ENDED_CHARS or not words.endswith(SENTENCE_ENDS)
    return bool(fact and near and is_short and fact[1].lower() not in _page_labels())


@cache
def _page_labels() -> frozenset[str]:
    """Labels of pages and scrapers; any other label makes a box of facts ("Time: …", "Place: …")."""
    own = (label for _, label in entries("page-labels.tsv"))
    return frozenset(own) | {label.lower() for _, label in entries("labels.tsv")}
