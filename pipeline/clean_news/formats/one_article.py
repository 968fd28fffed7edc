"""Reads the clean file and the change log of the formats with one article per file."""

from collections.abc import Callable
from pathlib import Path

from clean_news import change_log
from clean_news.change_log import ChangeLog, TextChangedError
from clean_news.regular_files import MAX_ARTICLE_FILE_BYTES, open_regular


def read_pair(clean: Path, log: Path, text_of: Callable[[str], str]) -> tuple[str, ChangeLog]:
    """Return the article of a clean file, and its change log.

    Args:
        clean: the clean file, in UTF-8.
        log: the file of its change log.
        text_of: returns the article in the content of the clean file; raises ValueError if clean-news did not write it.

    Raises:
        OSError: if one of the files cannot be read.
        LogError: if the log cannot be read, or the clean file was not written by clean-news.
    """
    found = change_log.read(_bytes_of(log), str(log))
    try:
        return text_of(_bytes_of(clean).decode()), found
    except ValueError as error:  # UnicodeDecodeError is one
        raise TextChangedError(
            f"{clean}: was changed after clean-news wrote it ({error}); "
            "undo the change, or clean the raw file again with --force"
        ) from error


def _bytes_of(path: Path) -> bytes:
    """Read a file unbuffered: a buffer costs three more system calls, which slow down a rerun over many files."""
    with open_regular(path, MAX_ARTICLE_FILE_BYTES, buffering=0) as file:
        return file.read()
