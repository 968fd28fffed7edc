"""Extracts a member of a container into a temporary file, whose name says nothing but its type."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from clean_news.formats import KINDS, LOG_SUFFIXES
from clean_news.formats.containers.container import Container
from clean_news.printable_text import visible

MAX_NAME_CHARS = 200


def suffix_of(name: str) -> str:
    """Return the extension of a member that may contain articles; empty for other members.

    >>> suffix_of("../2026/NEWS.JSONL.GZ"), suffix_of("photo.jpg"), suffix_of("a.txt.changes.json")
    ('.jsonl.gz', '', '')
    """
    lowered = name.lower().replace("\\", "/").rsplit("/", 1)[-1]
    if lowered.startswith(".") or lowered.endswith(LOG_SUFFIXES):
        return ""
    found = [suffix for suffix in KINDS if lowered.endswith(suffix)]
    return max(found, key=len, default="")


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Make a folder for the members of a container; one for all, as making and removing one takes milliseconds."""
    with TemporaryDirectory(prefix="clean-news-") as folder:
        yield Path(folder)


@contextmanager
def extracted(container: Container, number: int, suffix: str, folder: Path) -> Iterator[Path]:
    """Write the content of a member to a temporary file, which is removed at the end.

    Args:
        container: the container.
        number: number of the member.
        suffix: extension of the file.
        folder: the folder of the file, in which no other member is.

    Raises:
        OSError: if it cannot be written.
        clean_news.formats.UnreadableError: if it cannot be read.
    """
    path = folder / f"member{suffix}"
    try:
        with path.open("wb") as file:
            for chunk in container.content(number):
                file.write(chunk)
        yield path
    finally:
        path.unlink(missing_ok=True)


def shown(name: str) -> str:
    """Return the name of a member as it is shown."""
    shown = visible(name[: MAX_NAME_CHARS + 1])
    return shown if len(shown) <= MAX_NAME_CHARS else shown[: MAX_NAME_CHARS - 1] + "…"
