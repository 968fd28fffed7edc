"""The lines of a text, as the layout and boilerplate stages see them: only those with something on them."""

import re
from typing import NamedTuple

from clean_news.edits import Edit, replace, without_common_ends


class Line(NamedTuple):
    """One line that is not blank.

    Attributes:
        start: code point of its first visible character in the whole text.
        end: code point behind its last visible character.
        row: its number among all lines of the text, from 0, blank ones counted.
        indent: white space before it, in characters.
        words: the line without white space around it.
    """

    start: int
    end: int
    row: int
    indent: int
    words: str


def lines_of(text: str) -> list[Line]:
    r"""The lines of a text that are not blank, in order.

    >>> [line.words for line in lines_of("One.\n\n  Two.")]
    ['One.', 'Two.']
    """
    lines, at = [], 0
    for row, raw in enumerate(text.split("\n")):
        words = raw.strip()
        if words:
            indent = len(raw) - len(raw.lstrip())
            start = at + indent
            lines.append(Line(start, start + len(words), row, indent, words))
        at += len(raw) + 1
    return lines


TERMINAL = re.compile(r"[.!?…:;][\"'”’)\]]*$")
# A line that ends here is not at the end of a sentence, though it ends with a full stop.
ABBREVIATION = re.compile(
    r"(?:^|\s)(?:Mr|Mrs|Ms|Dr|Messrs|St|Gen|Col|Capt|Lt|Sgt|Rev|Hon|Sen|Rep|Gov|Prof|No|Nos|[A-Z])\.$"
)
LOWER = re.compile(r"[\"'“‘(]?[a-z]")


def ends_sentence(words: str) -> bool:
    """Whether a line may be the end of a sentence."""
    return bool(TERMINAL.search(words)) and not ABBREVIATION.search(words)


def goes_on(words: str) -> bool:
    """Whether a line begins in the midst of a sentence: with a small letter."""
    return bool(LOWER.match(words))


def is_interrupted(before: str, after: str) -> bool:
    """Whether one sentence clearly runs from the line ``before`` into the line ``after``."""
    last = before[-1:]
    return (last.islower() or last in ",-¬\u00ad") and goes_on(after)


# A dash opens a list item only before a capital or a figure; "- he said" is a sentence going on.
LIST_ITEM = re.compile(
    r"[*•▪●◦‣·>]\s*\S|[-–—]+\s+[A-Z0-9\"“]|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{2,4})\)\s+\S|\d{1,2}\.\s+[A-Z]"
)
# Columns: a tab, a wide gap, or two gaps that are not the double space after a sentence.
COLUMNS = re.compile(r"\S(?:\t| {4,})\S|[^\s.!?:;\"'”’] {2,}\S.*[^\s.!?:;\"'”’] {2,}\S")


def is_list_item(words: str) -> bool:
    """Whether a line opens an item of a list: a bullet, a number, a letter in brackets."""
    return bool(LIST_ITEM.match(words))


def is_table_row(words: str) -> bool:
    """Whether a line is set in columns."""
    return ("  " in words or "\t" in words) and bool(COLUMNS.search(words))


BYLINE = re.compile(r"(?:By|BY|From|FROM)\s+[A-Z][\w.'’-]*(?:\s+(?:[A-Z&][\w.'’-]*|and|of|in|de|van|von)){0,8},?$")
WORD = re.compile(r"[^\W\d_]+")


def is_heading(words: str) -> bool:
    """Whether a line reads as a heading or a by-line: in capitals, or Every Long Word Capitalised."""
    if BYLINE.match(words):
        return True
    found = WORD.findall(words)
    if not found or "," in words or ends_sentence(words):
        return False
    if words.isupper():
        return True
    return len(found) > 1 and all(word[0].isupper() for word in found if len(word) > 3) and found[0][0].isupper()


def narrowed(text: str, start: int, end: int, after: str, rule: str, **evidence: object) -> Edit:
    """The smallest edit that puts ``after`` at ``text[start:end]``: what both have in common stays out."""
    start, end, after = without_common_ends(text, start, end, after)
    return replace(text, start, end, after, rule, 1.0, **evidence)
