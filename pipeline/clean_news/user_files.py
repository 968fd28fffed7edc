"""Files of words that the settings name: when they changed, and their lines.

What is made of such a file is kept under its :class:`Version`, so that it is read once, and again when it has changed.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from clean_news.settings import SettingsError

COMMENT = "#"  # begins a line that is none


class Version(NamedTuple):
    """A file as it was at some time: its path, when it was modified (in ns), its size in bytes."""

    path: str
    modified: int
    size: int


def versions(paths: Iterable[str]) -> tuple[Version, ...]:
    """The files as they are now.

    Raises:
        SettingsError: if one is not there.
    """
    return tuple(version(path) for path in paths)


def version(path: str) -> Version:
    """The file as it is now.

    Raises:
        SettingsError: if it is not there.
    """
    try:
        found = os.stat(path)  # noqa: PTH116  # asked for every article, and a Path costs more than the question
    except OSError as error:
        raise unreadable(path, error) from error
    return Version(path, found.st_mtime_ns, found.st_size)


def lines(path: str | Path) -> list[tuple[int, str]]:
    """The lines that say something, with their numbers from 1; comments and empty ones are left out.

    Raises:
        SettingsError: if the file cannot be read.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error) from error
    numbered = enumerate(text.splitlines(), 1)
    return [(number, line) for number, line in numbered if line.strip() and not line.startswith(COMMENT)]


def unreadable(path: str | Path, error: Exception) -> SettingsError:
    """The error for a file that cannot be read."""
    why = error.strerror if isinstance(error, OSError) else error
    return SettingsError(f"{path}: cannot be read ({why}); name a file of words in UTF-8 that exists")
