"""Dictionary files with line numbers: read by the checks, written back by the tools, extended by ``dictionary add``."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from clean_news.stages.spin.entries import COMMENT, Entry, entry_of
from clean_news.stages.spin.inflection import FORMS

CHOICES = "first-choices.tsv"  # original, choices; the kind is "-" and "=" the word itself


class Line(NamedTuple):
    """An entry and where it stands: file, number of the line from 1."""

    path: Path
    number: int
    entry: Entry


class EntryFile(NamedTuple):
    """A dictionary file as read.

    Attributes:
        path: where it is.
        comments: its comment lines.
        lines: its entries in the file's order.
        malformed: number and text of the lines that are no entries.
    """

    path: Path
    comments: list[str]
    lines: list[Line]
    malformed: list[tuple[int, str]]


def read(path: Path) -> EntryFile:
    """Read a dictionary file; nothing is raised for malformed lines.

    Raises:
        OSError: if the file cannot be read.
    """
    comments, lines, malformed = [], [], []
    for number, text in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if not text.strip():
            continue
        if text.startswith(COMMENT):
            comments.append(text)
            continue
        entry = _choices_of(text) if path.name == CHOICES else entry_of(text)
        if entry is None or text != text_of(path, entry):
            malformed.append((number, text))
        else:
            lines.append(Line(path, number, entry))
    return EntryFile(path, comments, lines, malformed)


def _choices_of(text: str) -> Entry | None:
    """The entry of a line of ``first-choices.tsv``; None if the line is none."""
    columns = text.split("\t")
    return entry_of(f"{columns[0]}\t-\t{columns[1]}") if len(columns) == 2 else None


def text_of(path: Path, entry: Entry) -> str:
    """The line of an entry, without line break, as the file writes it."""
    forms = " | ".join(entry.forms)
    columns = (entry.original, forms) if path.name == CHOICES else (entry.original, entry.kind, forms)
    return "\t".join(columns)


def order(entry: Entry) -> tuple[str, str, str]:
    """What the entries of a file are sorted by: the original (capitals first), then the kind.

    >>> sorted(["bank", "Bank", "account"], key=lambda word: order(Entry(word, "noun", ())))
    ['account', 'Bank', 'bank']
    """
    return entry.original.lower(), entry.original, entry.kind


def write(path: Path, comments: Sequence[str], entries: Iterable[Entry]) -> None:
    """Write a dictionary file: its comments, then the entries in the order given."""
    path.write_text(file_text(path, comments, entries), encoding="utf-8")


def file_text(path: Path, comments: Sequence[str], entries: Iterable[Entry]) -> str:
    """The text of a dictionary file: its comments, then the entries in the order given."""
    return "\n".join([*comments, *(text_of(path, entry) for entry in entries)]) + "\n"


def spin_files(dictionaries: Path) -> list[Path]:
    """The files whose entries the tools look after: ``spin/*.tsv`` and the spinner's first choices."""
    choices = dictionaries / CHOICES
    return [*sorted((dictionaries / "spin").glob("*.tsv")), *([choices] if choices.exists() else [])]


class AddingError(ValueError):
    """The entry cannot be added; the message says what is wanted."""


class Added(NamedTuple):
    """What was added.

    Attributes:
        path: the file.
        entry: its entry as it is now.
        fresh: the forms that were not there before.
    """

    path: Path
    entry: Entry
    fresh: tuple[str, ...]


def add(dictionaries: Path, entry: Entry, subject: str | None = None) -> Added:
    """Put an entry into its file, or its forms into the line that is there.

    Args:
        dictionaries: the folder with ``spin/``.
        entry: original, kind, and the forms to add.
        subject: name of the file without ``.tsv``; None if it is to be told from the entries that are there.

    Raises:
        AddingError: if the entry is malformed, its file has malformed lines, or the subject is wrong or unknown.
        OSError: if the file cannot be written.
    """
    checked(entry)
    files = [read(path) for path in sorted((dictionaries / "spin").glob("*.tsv"))]
    file = _file_for(entry, files, subject)
    if file.malformed:
        raise AddingError(f"{file.path}, line {file.malformed[0][0]} is malformed; correct it first")
    entries = {(line.entry.original, line.entry.kind): line.entry for line in file.lines}
    there = entries.get((entry.original, entry.kind))
    forms = () if there is None else there.forms
    fresh = tuple(form for form in dict.fromkeys(entry.forms) if form not in forms)
    whole = entry._replace(forms=(*forms, *fresh))
    entries[entry.original, entry.kind] = whole
    if fresh:
        write(file.path, file.comments, sorted(entries.values(), key=order))
    return Added(file.path, whole, fresh)


def checked(entry: Entry) -> None:
    """Nothing, if the entry can stand in a line.

    Raises:
        AddingError: if it cannot.
    """
    if entry.kind not in {*FORMS, "-"}:
        raise AddingError(f"kind {entry.kind!r} is not allowed; allowed: {', '.join(FORMS)}, -")
    for phrase in (entry.original, *entry.forms):
        if not phrase or phrase != " ".join(phrase.split()) or "|" in phrase or phrase.startswith("#"):
            raise AddingError(f"{phrase!r} cannot stand in a line; wanted: words with single blanks between, no |")


def _file_for(entry: Entry, files: Sequence[EntryFile], subject: str | None) -> EntryFile:
    """The file that an entry belongs to: the one that has it, else the subject's, else the one of its original.

    Raises:
        AddingError: if that leaves none or several.
    """
    names = ", ".join(file.path.stem for file in files)
    named = [file for file in files if file.path.stem == subject]
    if subject is not None and not named:
        raise AddingError(f"subject {subject!r}: there is no such file; there are: {names}")
    have = [file for file in files for line in file.lines if line.entry[:2] == entry[:2]]
    alike = list(
        {file.path: file for file in files for line in file.lines if line.entry.original == entry.original}.values()
    )
    found = have or named or alike
    if have and named and have[0] is not named[0]:
        raise AddingError(f"{entry.original!r} ({entry.kind}) is in {have[0].path.name}; leave out --subject")
    if len(found) != 1:
        raise AddingError(f"{entry.original!r}: name its subject with --subject; there are: {names}")
    return found[0]
