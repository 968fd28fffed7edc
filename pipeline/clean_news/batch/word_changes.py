"""Align two versions of a text word by word, to find what a person changed."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from clean_news.edits import trim_common_affixes

TOKEN = re.compile(r"\w+|\s|[^\w\s]")
LINE = re.compile(r"[^\n]*\n|[^\n]+")
MAX_PAIRS = 1 << 20  # of parts that are compared; longer passages are taken as a whole, since time grows with them


class Change(NamedTuple):
    """A replacement in the earlier version.

    Attributes:
        start: offset of the first code point.
        end: exclusive end offset.
        after: what stands there in the later version.
    """

    start: int
    end: int
    after: str


def word_changes(before: str, after: str) -> list[Change]:
    """Return the changes of whole words, white space and punctuation from one version of a text to another.

    Args:
        before: the earlier version.
        after: the later version.

    Returns:
        The changes, sorted by position, with something between any two of them.

    >>> word_changes("The ferry left at noon.", "The old ferry leaves at noon.")
    [Change(start=4, end=4, after='old '), Change(start=10, end=14, after='leaves')]
    """
    start, end, middle = trim_common_affixes(before, 0, len(before), after)
    if start == end and not middle:
        return []
    shift = len(after) - len(before)
    # From whole words, of which the beginning or the end may be common.
    while start > 0 and _in_word(before, after, start - 1, start - 1):
        start -= 1
    while end < len(before) and _in_word(before, after, end, end + shift):
        end += 1
    return list(_joined(_changes_of_lines(before, start, end, after[start : end + shift])))


def _in_word(before: str, after: str, at: int, there: int) -> bool:
    """Whether a character that both versions have is part of a word."""
    return before[at] == after[there] and before[at].isalnum()


def _changes_of_lines(before: str, start: int, end: int, after: str) -> Iterator[Change]:
    """Yield the changes of a passage, aligned by lines and within these by words."""
    mine, theirs = LINE.findall(before[start:end]), LINE.findall(after)
    for ours, line_change in _differences(mine, theirs, start):
        words, others = TOKEN.findall(before[slice(*ours)]), TOKEN.findall(line_change)
        for span, text in _differences(words, others, ours[0]):
            yield Change(*span, text)


def _differences(mine: Sequence[str], theirs: Sequence[str], start: int) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield the spans that differ, and what stands there in the other version.

    Args:
        mine: the parts of a passage.
        theirs: those of its other version.
        start: offset of the passage.
    """
    offsets = [start]
    for part in mine:
        offsets.append(offsets[-1] + len(part))
    if len(mine) * len(theirs) > MAX_PAIRS:
        yield (start, offsets[-1]), "".join(theirs)
        return
    for kind, one, two, three, four in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        if kind != "equal":
            yield (offsets[one], offsets[two]), "".join(theirs[three:four])


def _joined(changes: Iterator[Change]) -> Iterator[Change]:
    """Join changes that touch each other."""
    last: Change | None = None
    for change in changes:
        if last is not None and change.start == last.end:
            last = Change(last.start, change.end, last.after + change.after)
            continue
        if last is not None:
            yield last
        last = change
    if last is not None:
        yield last
