"""Split a text into its non-blank lines, and classify lines for the layout and boilerplate stages."""

import re
from functools import lru_cache
from typing import NamedTuple

from clean_news.edits import Edit, replace, trim_common_affixes


class Line(NamedTuple):
    """One non-blank line.

    Attributes:
        start: offset of its first visible character in the whole text, in code points.
        end: exclusive end of its last visible character, in code points.
        row: its number among all lines of the text, blank lines included, from 0.
        indent: leading white space, in characters.
        words: the line without leading and trailing white space.
    """

    start: int
    end: int
    row: int
    indent: int
    words: str


@lru_cache(maxsize=1)  # two stages ask about the same text
def lines_of(text: str) -> list[Line]:
    r"""Return the non-blank lines of a text, in order; the list must not be changed.

    >>> [line.words for line in lines_of("One.\n\n  Two.")]
    ['One.', 'Two.']
    """
    lines, at = [], 0
    for row, raw in enumerate(text.split("\n")):
        words = raw.strip() if raw else ""
        if words:
            # Most lines are not indented: comparing a character is faster than another strip.
            indent = 0 if raw[0] == words[0] else len(raw) - len(raw.lstrip())
            start = at + indent
            lines.append(Line(start, start + len(words), row, indent, words))
        at += len(raw) + 1
    return lines


TERMINAL = re.compile(r"[.!?…:;][\"'”’)\]]*$")
# A line that ends in one of these does not end a sentence, although it ends in a full stop.
ABBREVIATION = re.compile(
    r"(?:^|\s)(?:Mr|Mrs|Ms|Dr|Messrs|St|Gen|Col|Capt|Lt|Sgt|Rev|Hon|Sen|Rep|Gov|Prof|No|Nos|[A-Z])\.$"
)
LOWER_START = re.compile(r"[\"'“‘(]?[a-z]")


def ends_sentence(words: str) -> bool:
    """Whether a line may end a sentence."""
    return bool(TERMINAL.search(words)) and not ABBREVIATION.search(words)


def starts_lower(words: str) -> bool:
    """Whether a line begins with a lower-case letter, i.e. in the middle of a sentence."""
    return bool(LOWER_START.match(words))


def is_interrupted(before: str, after: str) -> bool:
    """Whether one sentence clearly runs from the line ``before`` into the line ``after``."""
    last = before[-1:]
    return (last.islower() or last in ",-¬\u00ad") and starts_lower(after)


# A dash opens a list item only before a capital letter or a digit; "- he said" continues a sentence.
LIST_ITEM = re.compile(
    r"\A(?:[*•▪●◦‣·>]\s*\S|[-–—]+\s+[A-Z0-9\"“]|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{2,4})\)\s+\S|\d{1,2}\.\s+[A-Z])"
)
# Columns: a tab, a wide gap, or two gaps that are not the double space after a sentence.
COLUMNS = re.compile(r"\S(?:\t| {4,})\S|[^\s.!?:;\"'”’] {2,}\S.*[^\s.!?:;\"'”’] {2,}\S")


def is_list_item(words: str) -> bool:
    """Whether a line opens a list item, with a bullet, a number or a letter in brackets."""
    return bool(LIST_ITEM.match(words))


def is_table_row(words: str) -> bool:
    """Whether a line is set in columns."""
    return ("  " in words or "\t" in words) and bool(COLUMNS.search(words))


BYLINE = re.compile(r"(?:By|BY|From|FROM)\s+[A-Z][\w.'’-]*(?:\s+(?:[A-Z&][\w.'’-]*|and|of|in|de|van|von)){0,8},?$")
WORD = re.compile(r"[^\W\d_]+")


def is_heading(words: str) -> bool:
    """Whether a line looks like a heading (upper case or title case) or a by-line."""
    if BYLINE.match(words):
        return True
    found = WORD.findall(words)
    if not found or "," in words or ends_sentence(words):
        return False
    if words.isupper():
        return True
    return len(found) > 1 and all(word[0].isupper() for word in found if len(word) > 3) and found[0][0].isupper()


def minimal_edit(text: str, start: int, end: int, after: str, rule: str, **evidence: object) -> Edit:
    """Return the edit that puts ``after`` at ``text[start:end]``, without their common prefix and suffix."""
    start, end, after = trim_common_affixes(text, start, end, after)
    return replace(text, start, end, after, rule, 1.0, **evidence)
