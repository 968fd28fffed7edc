"""Lint the spin dictionaries (``clean-news dictionary check``).

    DICT001  a line is malformed
    DICT002  a line is out of order
    DICT003  an original and kind occur in two lines, of one file or of two; of a family, in its file
    DICT004  a form is listed twice in a line
    DICT005  a form is only an inflection of its original, or differs only in capital letters or a hyphen
    DICT006  a form is only the British or American spelling of its original
    DICT007  two words are each other's last form and share no contexts
    DICT008  the model does not know the original
    DICT009  an inflection is not a word
    DICT010  a form is not a word, nor a known misspelling of spinners
    DICT011  a function word is treated as a noun or verb that is spelled like it
    DICT012  a form is much more frequent than its original and shares no contexts with it

DICT003 to DICT012 use the language model, the vocabulary and the families; a pair that a family of spinners is known
to write is never reported. :mod:`clean_news.lexicography.findings` says which checks apply to the files of families,
:mod:`clean_news.lexicography.reference_data` defines the similarity of contexts.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from clean_news.lexicography.entry_files import EntryFile, EntryLine, is_family_file, read, sort_key, spin_files, write
from clean_news.lexicography.findings import Finding, duplicate_entries, format_errors
from clean_news.lexicography.reference_data import Knowledge, standard
from clean_news.lexicography.word_checks import (
    invalid_inflections,
    unknown_forms,
    unmodelled_originals,
    unrelated_pairs,
    variant_forms,
)


def check(files: Sequence[EntryFile], others: Sequence[EntryFile], known: Knowledge) -> list[Finding]:
    """Run all checks over these files.

    Args:
        files: the files to check.
        others: the rest of the dictionary, which the files must not repeat.
        known: the language resources that the checks use.

    Returns:
        The findings, sorted by file and line.
    """
    lines = [line for file in files for line in file.lines]
    rest = [line for file in others for line in file.lines]
    checked = {file.path for file in files}
    return sorted(
        [
            *(finding for file in files for finding in format_errors(file)),
            *(finding for finding in duplicate_entries([*rest, *lines]) if finding.path in checked),
            *variant_forms(lines, known),
            *unmodelled_originals(lines, known),
            *invalid_inflections(lines, known),
            *unknown_forms(lines, known),
            *unrelated_pairs(_of_every_spinner(lines), _of_every_spinner(rest), known),
        ]
    )


def _of_every_spinner(lines: Iterable[EntryLine]) -> list[EntryLine]:
    """The lines that are not those of a family."""
    return [line for line in lines if not is_family_file(line.path)]


def check_files(paths: Sequence[Path], dictionaries: Path) -> list[Finding]:
    """Check these files against the dictionaries; without files, check all spin dictionaries.

    Raises:
        OSError: if a file cannot be read.
    """
    own = spin_files(dictionaries)
    checked = [path.resolve() for path in paths] or [path.resolve() for path in own]
    others = [path for path in own if path.resolve() not in checked]
    return check([read(path) for path in paths or own], [read(path) for path in others], standard(dictionaries))


def fix(path: Path) -> bool:
    """Sort a file and remove exact duplicates; a file with malformed lines is not rewritten, or they would be lost.

    Returns:
        Whether the file changed.
    """
    file = read(path)
    if file.malformed:
        return False
    before = path.read_text(encoding="utf-8")
    entries = [line.entry for line in file.lines]
    unique = dict.fromkeys(entry._replace(forms=tuple(dict.fromkeys(entry.forms))) for entry in entries)
    write(path, file.comments, sorted(unique, key=sort_key))
    return path.read_text(encoding="utf-8") != before
