"""What a format is.

A format is a module of this folder with the names of :class:`Format`. It knows the files of one kind: which
rows are in one (one row is one article, or something that is kept as it is), and how their clean texts and logs
are stored. To add one, write its module and add a line to :data:`KINDS`.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from clean_news.optional_library import MissingLibraryError, load_optional

if TYPE_CHECKING:
    from clean_news.change_log import ChangeLog
    from clean_news.settings import Settings

# What a file's name ends in, in lower case, and the module of this folder that reads it.
KINDS = {
    ".txt": "text",
    ".jsonl": "json_lines",
    ".jsonl.gz": "json_lines",
    ".jsonl.zst": "json_lines",
    ".ndjson": "json_lines",
    ".ndjson.gz": "json_lines",
    ".ndjson.zst": "json_lines",
    ".parquet": "parquet",
    ".warc": "web_archive",
    ".warc.gz": "web_archive",
    ".wet": "web_archive",
    ".wet.gz": "web_archive",
    ".html": "html",
    ".htm": "html",
}
LOGS = (".changes.json", ".changes.jsonl")  # what clean-news writes beside its clean files is nothing to clean


class Row(NamedTuple):
    """One row of a raw file.

    Attributes:
        article: the article: bytes as they were found, or a text that the format has decoded; None for a row that
            is no article and is kept as it is.
        name: the article's name within the file, e.g. its id or its row's number; empty where the file is it.
        charset: what is declared of the bytes, e.g. in an HTTP header.
        fault: why a row that should be an article is none, and what to do, with its place in front ("line 7: …"); empty
            where nothing is wrong.
        carrier: what :meth:`Format.restore` needs besides the article to make the row again; goes into the log.
        shell: what :meth:`Format.write` needs to write the row; it is not sent to other processes.
    """

    article: bytes | str | None
    name: str = ""
    charset: str = ""
    fault: str = ""
    carrier: dict[str, Any] = {}  # noqa: RUF012  # never changed
    shell: Any = None


class CleanRow(NamedTuple):
    """A row that was cleaned.

    Attributes:
        row: the raw row.
        text: the clean text; empty for a row that is kept as it is.
        log: its log's line, line end included; a row that is kept has one too, so that row and line correspond.
    """

    row: Row
    text: str
    log: bytes


class UnreadableError(ValueError):
    """A file cannot be read to its end as the format that its name says; the message says what to do."""


def load_library(module: str, extra: str) -> Any:  # noqa: ANN401  # a module
    """Import a module of an optional library that a format needs; see :func:`load_optional`.

    Raises:
        UnreadableError: if the library is missing; the message says how to install it.
    """
    try:
        return load_optional(module, extra)
    except MissingLibraryError as error:
        raise UnreadableError(f"cannot be read: {error}") from error


class Format(Protocol):
    """A module, seen as a format. Whatever the size of a file, one row at a time is held in memory.

    Attributes:
        LOG_SUFFIX: what stands behind a clean file's name in the name of the file of its logs.
        MANY: whether a file holds many articles.
        RESTORED_SUFFIX: what stands behind a raw file's name in that of what :meth:`restore` writes, if it cannot
            write the same kind of file.
    """

    LOG_SUFFIX: str
    MANY: bool
    RESTORED_SUFFIX: str

    def read(self, raw: Path, settings: "Settings") -> Iterator[Row]:
        """The rows of a raw file, in order, none left out.

        Raises:
            OSError: if it cannot be read.
            UnreadableError: if it is no file of this kind, or breaks off; the rows before it have been given.
        """
        ...

    def write(self, rows: Iterable[CleanRow], raw: Path, clean: IO[bytes], logs: IO[bytes]) -> None:
        """Write the clean rows, as they come, and the log of each.

        Args:
            rows: what became of each row that :meth:`read` gave, in order.
            raw: the raw file, for what is said there about all rows.
            clean: where the rows go.
            logs: where the lines of the log go.

        Raises:
            OSError: if they cannot be written.
        """
        ...

    def read_clean(self, clean: Path, logs: Path) -> Iterator[tuple[str, "ChangeLog"]]:
        """The clean text and the log of each row, as :meth:`write` stored them; of a kept row the text is empty.

        Raises:
            OSError: if one of the files cannot be read.
            LogError: if a log cannot be read, or the files do not belong together.
        """
        ...

    def restore(self, clean: Path, logs: Path, target: IO[bytes]) -> None:
        """Write a raw file again.

        Raises:
            OSError: if it cannot be read or written.
            LogError: if the clean file or the log was changed since.
        """
        ...


def format_of(path: Path) -> Format | None:
    """The format of a file by its name; None for a file of no known kind."""
    name = path.name.lower()
    if name.endswith(LOGS):
        return None
    parts = name.rsplit(".", 2)
    for last in (2, 1):  # .jsonl.gz before .gz
        module = KINDS.get("." + ".".join(parts[-last:])) if len(parts) > last else None
        if module:
            return loaded(module)
    return None


@cache
def loaded(module: str) -> Format:
    """A module of this folder."""
    return cast("Format", import_module(f"{__name__}.{module}"))
