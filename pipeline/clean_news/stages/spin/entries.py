"""The files that the spin lexicon is compiled from, as people write them: entries, first choices, counts."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from clean_news.stages.spin import inflection

COMMENT = "#"  # begins a line that is none
KEPT = "="  # stands for the original itself among its forms
NOT = "!"  # before a form: how often a reviewer rejected that the original stands behind it


class Entry(NamedTuple):
    """One line of a spin dictionary: the original, its kind, and what a spinner writes for it."""

    original: str
    kind: str
    forms: tuple[str, ...]


class EntryError(ValueError):
    """A dictionary line is malformed; the message names the file, the line and what is wanted."""


def entry_of(line: str) -> Entry | None:
    r"""The entry that a line holds; None if it is not original, kind and forms separated by tabs.

    >>> entry_of("price target\tnoun\tworth goal | value target")
    Entry(original='price target', kind='noun', forms=('worth goal', 'value target'))
    """
    columns = line.split("\t")
    forms = tuple(form.strip() for form in columns[-1].split("|"))
    right = len(columns) == 3 and columns[0] and columns[1] in {*inflection.FORMS, "-"} and all(forms)
    return Entry(columns[0], columns[1], forms) if right else None


def read_entries(path: Path) -> list[Entry]:
    """The entries of one dictionary file.

    Raises:
        EntryError: for a line that is not original, kind and forms separated by tabs.
    """
    entries = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if not line.strip() or line.startswith(COMMENT):
            continue
        entry = entry_of(line)
        if entry is None:
            raise EntryError(
                f"{path}, line {number}: {line!r} is not an entry; wanted: original, tab, "
                "verb, noun, adj or -, tab, forms separated by ' | '"
            )
        entries.append(entry)
    return entries


def read_choices(path: Path) -> dict[str, list[str]]:
    """The spinner's known choices for a word or phrase, likeliest first; ``=`` is the word itself."""
    choices = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(COMMENT):
            original, forms = line.split("\t")
            choices[original] = [form.strip() for form in forms.split("|")]
    return choices


def read_counts(path: Path) -> dict[str, dict[str, float]]:
    """How often each original was seen as each form in spun articles; ``=`` is the word itself.

    Raises:
        EntryError: for a line that is not original, form and count separated by tabs.
    """
    counts: dict[str, dict[str, float]] = {}
    for original, form, count in read_rows(path):
        if not form.startswith(NOT):
            counts.setdefault(original, {})[form] = count
    return counts


def read_rows(path: Path) -> Iterator[tuple[str, str, float]]:
    """The lines of a file of weights: original, form and count; rejected forms have a ``!`` before them.

    Raises:
        EntryError: for a line that is not original, form and count separated by tabs.
    """
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if line and not line.startswith(COMMENT):
            try:
                original, form, count = line.split("\t")
                yield original, form, float(count)
            except ValueError as error:
                raise EntryError(
                    f"{path}, line {number}: {line!r} is no count; wanted: original, tab, form, tab, number"
                ) from error
