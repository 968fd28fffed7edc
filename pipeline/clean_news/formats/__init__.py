"""What a format is.

A format is a module of this folder with the names of :class:`Format`. It knows the files of one kind: how
many articles are in one, and how their clean texts and logs are stored. To add one, write its module and add
a line to :data:`KINDS`.
"""

from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple, Protocol, cast

if TYPE_CHECKING:
    from clean_news.change_log import ChangeLog

# What a file's name ends in, in lower case, and the module of this folder that reads it.
KINDS = {
    ".txt": "text",
}


class RawArticle(NamedTuple):
    """One article of a raw file.

    Attributes:
        raw: its bytes.
        within: its name within the file, e.g. a row's number; empty where the file is the article.
    """

    raw: bytes
    within: str = ""


class Format(Protocol):
    """A module, seen as a format.

    Attributes:
        LOG_SUFFIX: what stands behind a clean file's name in the name of the file of its logs.
    """

    LOG_SUFFIX: str

    def read(self, raw: Path) -> Iterator[RawArticle]:
        """The articles of a raw file.

        Raises:
            OSError: if it cannot be read.
        """
        ...

    def write(self, cleaned: Iterable[tuple[str, "ChangeLog"]], clean: IO[bytes], logs: IO[bytes]) -> None:
        """Write the clean text and the log of each article of a file.

        Raises:
            OSError: if they cannot be written.
        """
        ...

    def read_clean(self, clean: Path, logs: Path) -> Iterator[tuple[str, "ChangeLog"]]:
        """The clean text and the log of each article, as :meth:`write` stored them.

        Raises:
            OSError: if one of the files cannot be read.
            LogError: if a log cannot be read, or a clean text is not UTF-8.
        """
        ...

    def restore(self, raws: Iterable[bytes], target: IO[bytes]) -> None:
        """Write a raw file again, from the raw bytes of its articles.

        Raises:
            OSError: if it cannot be written.
        """
        ...


def format_of(path: Path) -> Format | None:
    """The format of a file by its name; None for a file of no known kind."""
    name = path.name.lower()
    for suffix, module in KINDS.items():
        if name.endswith(suffix):
            return cast("Format", import_module(f"{__name__}.{module}"))
    return None
