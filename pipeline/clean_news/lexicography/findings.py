"""What a check finds: place, fault and remedy; and the checks of a file's form: syntax, order, duplicates."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from clean_news.lexicography.entry_files import CHOICES, EntryFile, Line, order

REMEDIES = {
    "DICT001": "write: original, tab, verb, noun, adj or -, tab, forms separated by ' | '",
    "DICT002": "sort the file: clean-news dictionary check --fix",
    "DICT003": "put all forms of the original and kind into one line",
    "DICT004": "name each form once: clean-news dictionary check --fix",
    "DICT005": "take the form out; inflections are made by themselves, and a hyphen is no synonym",
    "DICT006": "take the form out; spelling is no synonym",
    "DICT007": "take out the direction that no spinner goes, or both",
    "DICT008": "take the entry out, or spell the original as news do; what the model never saw is never restored",
    "DICT009": "run clean-news dictionary inflect, or write - for it in inflections.tsv",
    "DICT010": "correct the spelling; what spinners do write goes into dictionaries/spinner-spellings.txt",
    "DICT011": "take the form out: it is a synonym of the noun or verb that is only spelled like the function word",
    "DICT012": "take the form out, or name it in first-choices.tsv if a spinner is known to write it",
}


class Finding(NamedTuple):
    """A fault in a dictionary; findings sort by file and line.

    Attributes:
        path: the file.
        line: number of the line, from 1.
        code: of the fault; :mod:`clean_news.lexicography.check` has the table.
        message: what is wrong.
    """

    path: Path
    line: int
    code: str
    message: str

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return REMEDIES[self.code]

    def __str__(self) -> str:
        """The finding on one line, as a compiler prints it."""
        return f"{self.path}:{self.line}: {self.code} {self.message} ({self.remedy})"


def at(line: Line, code: str, message: str) -> Finding:
    """A finding in this line."""
    return Finding(line.path, line.number, code, message)


def form(file: EntryFile) -> Iterator[Finding]:
    """What is wrong with one file: DICT001, DICT002, DICT004."""
    for number, text in file.malformed:
        yield Finding(file.path, number, "DICT001", f"{text!r} is not an entry")
    for before, behind in pairwise(file.lines):
        if order(behind.entry) < order(before.entry):
            yield at(behind, "DICT002", f"{behind.entry.original!r} stands behind {before.entry.original!r}")
    for line in file.lines:
        forms = line.entry.forms
        for twice in dict.fromkeys(found for place, found in enumerate(forms) if found in forms[:place]):
            yield at(line, "DICT004", f"{line.entry.original!r}: the form {twice!r} stands there twice")


def duplicates(lines: Sequence[Line]) -> Iterator[Finding]:
    """Entries of the same original and kind, in whatever files: DICT003.

    The first one counts as the right one, the others are found. First choices are a dictionary of their own.
    """
    by_head: dict[tuple[bool, str, str], list[Line]] = defaultdict(list)
    for line in lines:
        entry = line.entry
        by_head[line.path.name == CHOICES, entry.original, entry.kind].append(line)
    for first, *others in by_head.values():
        for line in others:
            where = f"line {first.number}" if first.path == line.path else f"{first.path.name}, line {first.number}"
            yield at(line, "DICT003", f"{line.entry.original!r} ({line.entry.kind}) is already in {where}")
