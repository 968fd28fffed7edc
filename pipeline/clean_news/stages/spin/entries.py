"""Reads the source files of the spin lexicon: entries and counts."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from clean_news.stages.spin import inflection
from clean_news.user_files import numbered_lines, read_text

COMMENT_PREFIX = "#"  # marks a comment line
KINDS = frozenset((*inflection.INFLECTION_COUNTS, "-"))  # of entries
KEPT_FORM = "="  # the original itself, among its forms: the spinner kept it
REJECTED_PREFIX = "!"  # before a form: its count is that of reviewers' rejections of the original


class Entry(NamedTuple):
    """One line of a spin dictionary.

    Attributes:
        original: the word or phrase that a spinner replaces.
        kind: ``verb``, ``noun``, ``adj``, or ``-`` for an entry that is not inflected.
        forms: what the spinner writes for it, most probable form first.
    """

    original: str
    kind: str
    forms: tuple[str, ...]


class EntryError(ValueError):
    """A dictionary line is malformed; the message names the file, the line and the expected format."""


def entry_of(line: str) -> Entry | None:
    r"""Parse a line; None if it is not original, kind and forms separated by tabs.

    >>> entry_of("price target\tnoun\tworth goal | value target")
    Entry(original='price target', kind='noun', forms=('worth goal', 'value target'))
    """
    columns = line.split("\t")
    if len(columns) != 3 or not columns[0] or columns[1] not in KINDS:
        return None
    forms = tuple(map(str.strip, columns[2].split("|")))
    return None if "" in forms else Entry(columns[0], columns[1], forms)


def read_entries(path: Path) -> list[Entry]:
    """Read the entries of one dictionary file.

    Raises:
        EntryError: if a line is not original, kind and forms separated by tabs.
    """
    return [entry for _, entry in numbered_entries(path)]


def numbered_entries(path: Path) -> Iterator[tuple[int, Entry]]:
    """Yield the entries of one dictionary file with their line numbers.

    Raises:
        EntryError: if a line is not original, kind and forms separated by tabs; the message quotes nothing of it, as
            settings may name any file.
        OSError: if the file cannot be read.
        UnicodeDecodeError: if it is not UTF-8.
    """
    for number, line in numbered_lines(path):
        if not line.strip() or line.startswith(COMMENT_PREFIX):
            continue
        entry = entry_of(line)
        if entry is None:
            raise EntryError(
                f"{path}, line {number}: is not an entry; expected: original, tab, "
                "verb, noun, adj or -, tab, forms separated by ' | '"
            )
        yield number, entry


def read_counts(path: Path) -> dict[str, dict[str, float]]:
    """Read how often each original was observed as each form in spun articles; ``=`` is the original itself.

    Raises:
        EntryError: if a line is not original, form and count separated by tabs.
    """
    counts: dict[str, dict[str, float]] = {}
    for original, form, count in read_rows(path):
        if not form.startswith(REJECTED_PREFIX):
            counts.setdefault(original, {})[form] = count
    return counts


def read_rows(path: Path) -> Iterator[tuple[str, str, float]]:
    """Read the lines of a file of weights: original, form and count; rejected forms are prefixed with ``!``.

    Raises:
        EntryError: if a line is not original, form and count separated by tabs.
    """
    for number, line in enumerate(read_text(path).splitlines(), 1):
        if line and not line.startswith(COMMENT_PREFIX):
            try:
                original, form, count = line.split("\t")
                yield original, form, float(count)
            except ValueError as error:
                raise EntryError(
                    f"{path}, line {number}: is not a count; expected: original, tab, form, tab, number"
                ) from error
