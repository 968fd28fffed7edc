"""Limits the size of an article, so that no input can exhaust the memory."""

import os
from pathlib import Path

from clean_news.formats import UnreadableError
from clean_news.regular_files import open_regular

MEGABYTE = 1 << 20


def too_large(megabytes: int) -> str:
    """Return the message for an article that exceeds the limit."""
    return (
        f"is larger than {megabytes} MB, too large for a news article; split it, "
        "or raise the limit with the setting max-megabytes"
    )


def read_whole(path: Path, megabytes: int) -> bytes:
    """Read a file that is a single article.

    Args:
        path: the file.
        megabytes: maximum size.

    Raises:
        OSError: if it cannot be read.
        UnreadableError: if it is larger.
    """
    with open_regular(path, buffering=0) as file:
        if os.fstat(file.fileno()).st_size > megabytes * MEGABYTE:
            raise UnreadableError(too_large(megabytes))
        return file.read()
