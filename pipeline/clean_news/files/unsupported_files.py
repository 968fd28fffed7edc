"""Says what to do with files whose type clean-news does not read, and reports a folder in which it can read nothing."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from clean_news.failures import Failure
from clean_news.formats import CLEAN_SUFFIXES, KINDS
from clean_news.printable_text import printable

MAX_NAMED_SINGLY = 10  # files; more of them are reported by type, so that the message is not longer than a screen
MAX_EXAMPLES = 3  # names of files of a type that is reported as one

AS_LINES = 'convert it to JSON lines (.jsonl): an object with a field "text" on each line'
AS_TEXT = "save its text as .txt, in UTF-8"
SUPPORTED = [suffix for suffix in KINDS if suffix not in CLEAN_SUFFIXES.values()]
REMEDIES = {
    ".ods": AS_LINES,
    ".xls": AS_LINES,
    ".xlsx": AS_LINES,
    ".xml": f"it is no scanned page (ALTO, PAGE, hOCR) and no feed; {AS_LINES}",
    ".doc": AS_TEXT,
    ".odt": AS_TEXT,
    ".rtf": AS_TEXT,
    ".gz": "unpack it",
    ".bz2": "unpack it",
    ".xz": "unpack it",
}


def unsupported(name: str) -> str:
    """Return the message for a file of a type that is not supported: what it is, and what to do."""
    remedy = REMEDIES.get(_type_of(name), "rename or convert it")
    return f"file type not supported (supported: {', '.join(SUPPORTED)}); {remedy}"


def nothing_readable(raw: Path, names: Sequence[str]) -> list[Failure]:
    """Return the failures of a folder that has files, but none that can be read: each file once, or each type.

    Args:
        raw: the folder.
        names: its files, relative to it.
    """
    if len(names) <= MAX_NAMED_SINGLY:
        return [Failure(printable(raw / name), unsupported(name)) for name in names]
    by_type: dict[str, list[str]] = defaultdict(list)
    for name in names:
        by_type[_type_of(name)].append(name)
    return [
        Failure(printable(raw), f"{_listed(found)}: {unsupported(found[0])}") for _, found in sorted(by_type.items())
    ]


def _listed(names: Sequence[str]) -> str:
    """Return the number of files and the first of their names."""
    shown = ", ".join(names[:MAX_EXAMPLES])
    return f"{len(names):,} files ({shown}, …)" if len(names) > MAX_EXAMPLES else shown


def _type_of(name: str) -> str:
    """Return the last suffix of a name, in lower case."""
    return PurePosixPath(name).suffix.lower()
