"""The linter of the spin dictionaries: ``clean-news dictionary check``.

    DICT001  a line is malformed
    DICT002  a line is out of order
    DICT003  an original and kind stand in two lines, in one file or in two
    DICT004  a form stands twice in a line
    DICT005  a form is only an inflection of its original, or differs by capitals or a hyphen
    DICT006  a form is only the British or American spelling of its original
    DICT007  two words are each other's last form and share no contexts
    DICT008  the model never saw the original
    DICT009  an inflection is no word
    DICT010  a form is no word, nor a known misspelling of spinners
    DICT011  a function word is taken for a noun or verb that is spelled like it
    DICT012  a form is much commoner than its original and shares no contexts with it

DICT003 to DICT012 ask the language model, the vocabulary and the first choices; a pair that the spinner is known to
write is never noise. What counts as shared contexts: :mod:`clean_news.lexicography.knowledge`.
"""

from collections.abc import Sequence
from pathlib import Path

from clean_news.lexicography.entry_files import CHOICES, EntryFile, order, read, spin_files, write
from clean_news.lexicography.findings import Finding, duplicates, form
from clean_news.lexicography.knowledge import Knowledge, standard
from clean_news.lexicography.word_checks import bad_inflections, noise, unknown_forms, unused_originals, variants


def check(files: Sequence[EntryFile], others: Sequence[EntryFile], known: Knowledge) -> list[Finding]:
    """All findings in these files, sorted by file and line.

    Args:
        files: the files to check.
        others: the rest of the dictionary, which they must not repeat.
        known: the evidence.
    """
    lines = [line for file in files for line in file.lines]
    rest = [line for file in others for line in file.lines]
    wanted = {file.path for file in files}
    entries = [line for line in lines if line.path.name != CHOICES]  # the rest have no kinds and may keep a word
    return sorted(
        [
            *(finding for file in files for finding in form(file)),
            *(finding for finding in duplicates([*rest, *lines]) if finding.path in wanted),
            *variants(entries, known),
            *unused_originals(lines, known),
            *bad_inflections(entries, known),
            *unknown_forms(lines, known),
            *noise(entries, [line for line in rest if line.path.name != CHOICES], known),
        ]
    )


def check_files(paths: Sequence[Path], dictionaries: Path) -> list[Finding]:
    """Check these files against the dictionaries; all of the dictionaries' own if none is named.

    Raises:
        OSError: if a file cannot be read.
    """
    own = spin_files(dictionaries)
    wanted = [path.resolve() for path in paths] or [path.resolve() for path in own]
    others = [path for path in own if path.resolve() not in wanted]
    return check([read(path) for path in paths or own], [read(path) for path in others], standard(dictionaries))


def fix(path: Path) -> bool:
    """Sort a file and take out what is said twice in the same words; returns whether that changed it.

    A file with malformed lines is left alone: they would be lost.
    """
    file = read(path)
    if file.malformed:
        return False
    before = path.read_text(encoding="utf-8")
    entries = [line.entry for line in file.lines]
    once = dict.fromkeys(entry._replace(forms=tuple(dict.fromkeys(entry.forms))) for entry in entries)
    write(path, file.comments, sorted(once, key=order))
    return path.read_text(encoding="utf-8") != before
