"""Checks of a file's form: malformed lines, order, and what is said twice."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from clean_news.lexicography.entry_files import CHOICES, EntryFile, Line, order
from clean_news.lexicography.findings import Finding, at


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
