"""Findings of the dictionary linter, with their remedies, and the checks of file format: syntax, order, duplicates.

Some checks are too strict for the files of families: a family of spinners is recognised by the wrong senses and odd
forms that it writes. Of these files is reported

- what is malformed, out of order, or repeated in the same file: DICT001 to DICT004. A family may repeat originals of
  the subjects and of other families, and ``=`` is a form: the family keeps the word;
- a form that is its original but for capital letters: DICT005. ``=`` says that. Inflections (``food``, ``foods``) and
  hyphenations (``online``, ``on-line``) are not reported, since thesauruses list them;
- an original that cannot be restored, an inflection or a form that is no word: DICT008 to DICT010.

Not reported are spelling variants (DICT006: ``favourite`` in an American text gives a spinner away), and unrelated
words (DICT007, DICT011, DICT012).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from clean_news.lexicography.entry_files import EntryFile, EntryLine, is_family_file, sort_key

REMEDIES = {
    "DICT001": "write: original, tab, verb, noun, adj or -, tab, forms separated by ' | '; = only in a family's file",
    "DICT002": "sort the file: clean-news dictionary check --fix",
    "DICT003": "merge all forms of the original and kind into one line",
    "DICT004": "list each form once: clean-news dictionary check --fix",
    "DICT005": "remove the form; inflections are generated, and a hyphenated spelling is not a synonym; = keeps a word",
    "DICT006": "remove the form; a spelling variant is not a synonym",
    "DICT007": "remove the direction that spinners do not use, or both",
    "DICT008": "remove the entry, or spell the original as news does; a word unknown to the model is never restored",
    "DICT009": "run clean-news dictionary inflect, or write - for the form in inflections.tsv",
    "DICT010": "correct the spelling; add misspellings that spinners do write to dictionaries/spinner-spellings.txt",
    "DICT011": "remove the form: it is a synonym of the noun or verb that is spelled like the function word",
    "DICT012": "remove the form; if a spinner is known to write it, list it in the file of its family",
}


class Finding(NamedTuple):
    """A problem in a dictionary; findings sort by file and line.

    Attributes:
        path: the file.
        line: line number, from 1.
        code: of the check; :mod:`clean_news.lexicography.check` has the table.
        message: what is wrong.
    """

    path: Path
    line: int
    code: str
    message: str

    @property
    def remedy(self) -> str:
        """How to correct it."""
        return REMEDIES[self.code]

    def __str__(self) -> str:
        """The finding on one line, in the format of compiler messages."""
        return f"{self.path}:{self.line}: {self.code} {self.message} ({self.remedy})"


def finding_at(line: EntryLine, code: str, message: str) -> Finding:
    """A finding in this line."""
    return Finding(line.path, line.number, code, message)


def format_errors(file: EntryFile) -> Iterator[Finding]:
    """Malformed lines, lines out of order and repeated forms in one file: DICT001, DICT002, DICT004."""
    for number, text in file.malformed:
        yield Finding(file.path, number, "DICT001", f"{text!r} is not an entry")
    for before, after in pairwise(file.lines):
        if sort_key(after.entry) < sort_key(before.entry):
            message = f"{after.entry.original!r} is out of order: it must come before {before.entry.original!r}"
            yield finding_at(after, "DICT002", message)
    for line in file.lines:
        forms = line.entry.forms
        for repeated in dict.fromkeys(found for index, found in enumerate(forms) if found in forms[:index]):
            yield finding_at(line, "DICT004", f"{line.entry.original!r}: the form {repeated!r} is listed twice")


def duplicate_entries(lines: Sequence[EntryLine]) -> Iterator[Finding]:
    """Entries that repeat an original and kind of an earlier line, in any file: DICT003.

    Each family of spinners is a dictionary of its own, that may repeat originals of the others.
    """
    by_head: dict[tuple[Path | None, str, str], list[EntryLine]] = defaultdict(list)
    for line in lines:
        family = line.path if is_family_file(line.path) else None
        by_head[family, line.entry.original, line.entry.kind].append(line)
    for first, *others in by_head.values():
        for line in others:
            where = f"line {first.number}" if first.path == line.path else f"{first.path.name}, line {first.number}"
            yield finding_at(line, "DICT003", f"{line.entry.original!r} ({line.entry.kind}) is already in {where}")
