"""Dictionary files with their line numbers: what the checks read, and what the tools write back."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from clean_news.channel.spin_files import COMMENT, Entry, entry_of

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
        entry = choices_of(text) if path.name == CHOICES else entry_of(text)
        if entry is None or text != text_of(path, entry):
            malformed.append((number, text))
        else:
            lines.append(Line(path, number, entry))
    return EntryFile(path, comments, lines, malformed)


def choices_of(text: str) -> Entry | None:
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
