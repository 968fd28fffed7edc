"""Adding to the spin dictionary: the entry goes into the line or the file where it belongs."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from clean_news.channel.inflection import FORMS
from clean_news.channel.spin_files import Entry
from clean_news.lexicography.entry_files import EntryFile, order, read, write


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
    file = file_for(entry, files, subject)
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


def file_for(entry: Entry, files: Sequence[EntryFile], subject: str | None) -> EntryFile:
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
