"""Tells whether a ``.db`` file is an SQLite database: other programs use this extension, too."""

from pathlib import Path

from clean_news.regular_files import open_regular

MAGIC = b"SQLite format 3\0"
MODULE = "sqlite.sqlite_files"


def module_of(path: Path) -> str | None:
    """Return the module of the folder above that reads a file; None if it is no SQLite database.

    A file that is not there yet, or cannot be read, is taken for one: reading it gives the error.
    """
    try:
        with open_regular(path, buffering=0) as file:
            return MODULE if file.read(len(MAGIC)) == MAGIC else None
    except OSError:
        return MODULE
