"""The file of logs beside a clean file of many articles: a line for each row."""

from collections.abc import Generator, Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from clean_news import change_log
from clean_news.change_log import KEPT, ChangeLog, LogError, TextChangedError
from clean_news.formats import UnreadableError
from clean_news.visible import visible

if TYPE_CHECKING:
    from clean_news.formats import CleanRow

Anything = TypeVar("Anything")


class Carried(msgspec.Struct):
    """The one field of a log that tells whether its row was kept."""

    carrier: dict[str, Any] = {}


def was_kept(row: "CleanRow") -> bool:
    """Whether a row is kept as it is: it is no article, or could not be cleaned."""
    if row.row.article is None:
        return True
    # Only an empty article or a row that failed has no text; the log knows which.
    return not row.text and KEPT in msgspec.json.decode(row.log, type=Carried).carrier


def logs_of(path: Path) -> Generator[ChangeLog, None, None]:
    """The logs in a file, one by one.

    Raises:
        OSError: if it cannot be read.
        LogError: if a line is no log.
    """
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            yield change_log.read(line, f"{visible(str(path))}: line {number}")


def with_logs(rows: Iterable[Anything], logs: Path, clean: Path) -> Iterator[tuple[Anything, ChangeLog]]:
    """Each row of a clean file and its log.

    Args:
        rows: the rows; what says that the file cannot be read on counts as changed after it was written.
        logs: the file of logs.
        clean: the clean file, for errors.

    Raises:
        LogError: if there are more rows than logs, or fewer.
    """
    missing = object()
    for row, log in zip_longest(unchanged(rows, clean), logs_of(logs), fillvalue=missing):
        if row is missing or log is missing:
            fewer = clean if row is missing else logs
            raise LogError(
                f"{fewer}: breaks off, so {clean.name} and {logs.name} do not belong together; "
                "restore both, or clean the raw file again with --force"
            )
        yield row, log  # type: ignore[misc]


def unchanged(rows: Iterable[Anything], clean: Path) -> Iterator[Anything]:
    """The rows of a clean file.

    Raises:
        TextChangedError: if it cannot be read to its end.
    """
    try:
        yield from rows
    except UnreadableError as error:
        raise TextChangedError(
            f"{clean}: was changed after clean-news wrote it ({error}); restore it, "
            "or clean the raw file again with --force"
        ) from error
