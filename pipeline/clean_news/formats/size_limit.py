"""How large one article may be: a file that unpacks without end must not take all memory."""

import os
from pathlib import Path

from clean_news.formats import UnreadableError

MEGABYTE = 1 << 20


def too_large(megabytes: int) -> str:
    """What to say of an article that is larger than the limit."""
    return (
        f"is larger than {megabytes} MB, so it is no news article; split it, "
        "or raise the limit with the setting max-megabytes"
    )


def read_whole(path: Path, megabytes: int) -> bytes:
    """The bytes of a file that is one article.

    Args:
        path: the file.
        megabytes: how large it may be.

    Raises:
        OSError: if it cannot be read.
        UnreadableError: if it is larger.
    """
    with path.open("rb", buffering=0) as file:
        if os.fstat(file.fileno()).st_size > megabytes * MEGABYTE:
            raise UnreadableError(too_large(megabytes))
        return file.readall()
