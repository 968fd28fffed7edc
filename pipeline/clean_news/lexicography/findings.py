"""What a check finds: where, which fault, and what to do about it."""

from pathlib import Path
from typing import NamedTuple

from clean_news.lexicography.entry_files import Line

REMEDIES = {
    "DICT001": "write: original, tab, verb, noun, adj or -, tab, forms separated by ' | '",
    "DICT002": "sort the file: clean-news dictionary check --fix",
    "DICT003": "put all forms of the original and kind into one line",
    "DICT004": "name each form once: clean-news dictionary check --fix",
    "DICT005": "take the form out; inflections are made by themselves, and a hyphen is no synonym",
    "DICT006": "take the form out; spelling is no synonym",
    "DICT007": "take out the direction that no spinner goes, or both",
    "DICT008": "take the entry out, or spell the original as news do; what the model never saw is never restored",
    "DICT009": "run clean-news dictionary inflect, or write - for it in inflections.tsv",
    "DICT010": "correct the spelling; what spinners do write goes into dictionaries/spinner-spellings.txt",
    "DICT011": "take the form out: it is a synonym of the noun or verb that is only spelled like the function word",
    "DICT012": "take the form out, or name it in first-choices.tsv if a spinner is known to write it",
}


class Finding(NamedTuple):
    """A fault in a dictionary; findings sort by file and line.

    Attributes:
        path: the file.
        line: number of the line, from 1.
        code: of the fault; :mod:`clean_news.lexicography.check` has the table.
        message: what is wrong.
    """

    path: Path
    line: int
    code: str
    message: str

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return REMEDIES[self.code]

    def __str__(self) -> str:
        """The finding on one line, as a compiler prints it."""
        return f"{self.path}:{self.line}: {self.code} {self.message} ({self.remedy})"


def at(line: Line, code: str, message: str) -> Finding:
    """A finding in this line."""
    return Finding(line.path, line.number, code, message)
