"""What the formats of one article a file share: a clean file and the log beside it."""

from collections.abc import Callable
from pathlib import Path

from clean_news import change_log
from clean_news.change_log import ChangeLog, TextChangedError


def read_pair(clean: Path, log: Path, text_of: Callable[[str], str]) -> tuple[str, ChangeLog]:
    """The article of a clean file, and its log.

    Args:
        clean: the clean file, in UTF-8.
        log: its log.
        text_of: the article in what the file has; raises ValueError where clean-news did not write that.

    Raises:
        OSError: if one of the files cannot be read.
        LogError: if the log cannot be read, or the clean file is none that clean-news wrote.
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
    """The bytes of a file, without a buffer between, whose three system calls a rerun over many files would feel."""
    with path.open("rb", buffering=0) as file:
        return file.readall()
