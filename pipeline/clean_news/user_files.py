"""Read word lists that the settings name, and detect when such a file has changed.

Whatever is compiled from such a file is cached by its :class:`FileVersion`, so that the file is read once, and again
after a change.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from clean_news.regular_files import MAX_LIST_BYTES, lines_of, not_regular, other_kind, read_regular
from clean_news.settings import SettingsError

COMMENT = "#"  # first character of a comment line


class FileVersion(NamedTuple):
    """Cache key of a file's content: path, modification time in ns, size in bytes."""

    path: str
    modified: int
    size: int


def file_versions(paths: Iterable[str]) -> tuple[FileVersion, ...]:
    """Return the current versions of the files.

    Raises:
        SettingsError: if a file does not exist.
    """
    return tuple(_file_version(path) for path in paths)


def _file_version(path: str) -> FileVersion:
    """Return the current version of the file.

    Raises:
        SettingsError: if it does not exist.
    """
    try:
        found = os.stat(path)  # noqa: PTH116  # called for every article, and creating a Path costs more than the call
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise unreadable_file_error(path, error) from error
    if kind := other_kind(found.st_mode):
        raise unreadable_file_error(path, not_regular(path, kind))
    return FileVersion(path, found.st_mtime_ns, found.st_size)


def read_text(path: str | Path) -> str:
    """Return the text of a file of bounded size, in UTF-8 with or without a byte-order mark.

    Raises:
        OSError: if it cannot be read, is not a regular file or too large.
        UnicodeDecodeError: if it is not UTF-8.
    """
    return read_regular(path, MAX_LIST_BYTES).decode("utf-8-sig")


def numbered_lines(path: str | Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a file with their numbers from 1, one at a time; see :func:`read_text`.

    Raises:
        OSError: if it cannot be read, is not a regular file or too large.
        UnicodeDecodeError: if it is not UTF-8; the position is that in the file.
    """
    number, encoding = 0, "utf-8-sig"
    for content in lines_of(path, MAX_LIST_BYTES):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            read_text(path)  # raises the error with its position in the file
            raise
        encoding = "utf-8"
        for line in text.splitlines():  # at U+2028 and other line ends, too
            number += 1
            yield number, line


def read_lines(path: str | Path) -> list[tuple[int, str]]:
    """Return the lines of a word list with their line numbers from 1, without comments and blank lines.

    Raises:
        SettingsError: if the file cannot be read.
    """
    try:
        text = read_text(path)
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable_file_error(path, error) from error
    numbered = enumerate(text.splitlines(), 1)
    return [(number, line) for number, line in numbered if line.strip() and not line.startswith(COMMENT)]


def unreadable_file_error(path: str | Path, error: Exception) -> SettingsError:
    """Return the exception to raise for a file that cannot be read. Its message quotes nothing of the file."""
    why: object = type(error).__name__
    if isinstance(error, OSError):
        why = error.strerror
    elif isinstance(error, UnicodeDecodeError):
        why = f"it is not UTF-8 at byte {error.start}"
    return SettingsError(f"{path}: cannot be read ({why}); name an existing word list in UTF-8")
