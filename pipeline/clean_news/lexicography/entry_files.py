"""Read and write dictionary files with line numbers and comments, and add entries to them (``dictionary add``).

The files of a family of spinners differ from those of a subject in one thing: among the forms there may be ``=``, the
original itself.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from clean_news.stages.spin.entries import COMMENT_PREFIX, KEPT_FORM, Entry, entry_of
from clean_news.stages.spin.inflection import INFLECTION_COUNTS
from clean_news.stages.spin.lexicon_sources import FAMILIES, family_files, general_files
from clean_news.stages.spin.lexicon_weights import GENERAL
from clean_news.user_files import read_text


class EntryLine(NamedTuple):
    """An entry with its file and line number (from 1)."""

    path: Path
    number: int
    entry: Entry


class EntryFile(NamedTuple):
    """The contents of a dictionary file.

    Attributes:
        path: the file.
        comments: its comment lines.
        lines: its entries in file order.
        malformed: line number and text of each malformed line.
    """

    path: Path
    comments: list[str]
    lines: list[EntryLine]
    malformed: list[tuple[int, str]]


def read(path: Path) -> EntryFile:
    """Read a dictionary file; malformed lines are collected instead of raising an error.

    Raises:
        OSError: if the file cannot be read.
    """
    comments, lines, malformed = [], [], []
    may_keep = is_family_file(path)
    for number, text in enumerate(read_text(path).splitlines(), 1):
        if not text.strip():
            continue
        if text.startswith(COMMENT_PREFIX):
            comments.append(text)
            continue
        entry = entry_of(text)
        if entry is None or text != text_of(entry) or (KEPT_FORM in entry.forms and not may_keep):
            malformed.append((number, text))
        else:
            lines.append(EntryLine(path, number, entry))
    return EntryFile(path, comments, lines, malformed)


def is_family_file(path: Path) -> bool:
    """Whether a file says what a family of spinners writes: it is in the folder of these files."""
    return path.absolute().parent.name == FAMILIES


def text_of(entry: Entry) -> str:
    """Format an entry as a line, without line break."""
    return "\t".join((entry.original, entry.kind, " | ".join(entry.forms)))


def sort_key(entry: Entry) -> tuple[str, str, str]:
    """The sort key of an entry: original without case, original (capital letters first), kind.

    >>> sorted(["bank", "Bank", "account"], key=lambda word: sort_key(Entry(word, "noun", ())))
    ['account', 'Bank', 'bank']
    """
    return entry.original.lower(), entry.original, entry.kind


def write(path: Path, comments: Sequence[str], entries: Iterable[Entry]) -> None:
    """Write a dictionary file: comments, then the entries in the given order."""
    path.write_text(file_text(comments, entries), encoding="utf-8")


def file_text(comments: Sequence[str], entries: Iterable[Entry]) -> str:
    """Format a dictionary file: comments, then the entries in the given order."""
    return "\n".join([*comments, *map(text_of, entries)]) + "\n"


def spin_files(dictionaries: Path) -> list[Path]:
    """The files that the tools maintain: those of the subjects, then those of the families of spinners."""
    return [*general_files(dictionaries), *family_files(dictionaries)]


class AddingError(ValueError):
    """An entry cannot be added; the message says what is expected."""


class Added(NamedTuple):
    """The result of adding an entry.

    Attributes:
        path: the file.
        entry: the complete entry after the addition.
        fresh: the forms that the file did not have before.
    """

    path: Path
    entry: Entry
    fresh: tuple[str, ...]


def add(dictionaries: Path, entry: Entry, subject: str | None = None, family: str | None = None) -> Added:
    """Add an entry to its file, or its forms to an existing entry of the same original and kind.

    Args:
        dictionaries: the folder that has ``spin/``.
        entry: original, kind, and the forms to add.
        subject: name of the file without ``.tsv``; None to use the file that already has the original.
        family: the family of spinners that writes the forms; None to add them to the synonyms of every spinner.

    Raises:
        AddingError: if the entry is malformed, its file has malformed lines, the subject is wrong or unknown, or the
            family is unknown.
        OSError: if the file cannot be written.
    """
    _validate(entry)
    if family is None and KEPT_FORM in entry.forms:
        raise AddingError(f"the form {KEPT_FORM!r} keeps the original, which only a family does; name it with --family")
    if family is None:
        file = _file_for(entry, list(map(read, general_files(dictionaries))), subject)
    else:
        file = read(path_of_family(dictionaries, family))
    if file.malformed:
        raise AddingError(f"{file.path}, line {file.malformed[0][0]} is malformed; correct it first")
    entries = {(line.entry.original, line.entry.kind): line.entry for line in file.lines}
    existing = entries.get((entry.original, entry.kind))
    forms = () if existing is None else existing.forms
    fresh = tuple(form for form in dict.fromkeys(entry.forms) if form not in forms)
    merged = entry._replace(forms=(*forms, *fresh))
    entries[entry.original, entry.kind] = merged
    if fresh:
        write(file.path, file.comments, sorted(entries.values(), key=sort_key))
    return Added(file.path, merged, fresh)


def path_of_family(dictionaries: Path, family: str) -> Path:
    """The file of a family.

    Raises:
        AddingError: if there is none.
    """
    if family == GENERAL:
        raise AddingError(
            f"{GENERAL!r} is the family of spinners that nobody has seen, which has no file of its own; leave out "
            "--family, or name the file of a subject with --subject"
        )
    found = {path.stem: path for path in family_files(dictionaries)}
    if family not in found:
        raise AddingError(
            f"unknown family {family!r}; available: {', '.join(found)}; to start one, write {family}.tsv in "
            f"{dictionaries / 'spin' / FAMILIES}, by hand or with: clean-news dictionary learn --family {family}"
        )
    return found[family]


def _validate(entry: Entry) -> None:
    """Check that an entry can be written as a line.

    Raises:
        AddingError: if its kind is unknown, or a phrase cannot be written.
    """
    if entry.kind not in {*INFLECTION_COUNTS, "-"}:
        raise AddingError(f"kind {entry.kind!r} is not allowed; allowed: {', '.join(INFLECTION_COUNTS)}, -")
    for phrase in (entry.original, *entry.forms):
        if not phrase or phrase != " ".join(phrase.split()) or "|" in phrase or phrase.startswith("#"):
            raise AddingError(
                f"{phrase!r} cannot be written to a dictionary; expected: words separated by single spaces, without |"
            )


def _file_for(entry: Entry, files: Sequence[EntryFile], subject: str | None) -> EntryFile:
    """The file of an entry: the one with its original and kind, else the subject's, else the one with its original.

    Raises:
        AddingError: if that is not exactly one file, or the subject is unknown or contradicts it.
    """
    names = ", ".join(file.path.stem for file in files)
    named = [file for file in files if file.path.stem == subject]
    if subject is not None and not named:
        raise AddingError(f"unknown subject {subject!r}; available: {names}")
    with_entry = [file for file in files for line in file.lines if line.entry[:2] == entry[:2]]
    with_original = list(
        {file.path: file for file in files for line in file.lines if line.entry.original == entry.original}.values()
    )
    found = with_entry or named or with_original
    if with_entry and named and with_entry[0] is not named[0]:
        raise AddingError(f"{entry.original!r} ({entry.kind}) is already in {with_entry[0].path.name}; omit --subject")
    if len(found) != 1:
        raise AddingError(f"{entry.original!r}: choose a file with --subject; available: {names}")
    return found[0]
