"""Reads the file of change logs of a clean file with many articles: one line for each row."""

from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

import msgspec

from clean_news import change_log
from clean_news.change_log import KEPT, ChangeLog, LogError, TextChangedError, is_kept
from clean_news.charsets.decoding import Decoding
from clean_news.formats import UnreadableError
from clean_news.formats.limited_lines import read_lines
from clean_news.printable_text import visible
from clean_news.regular_files import MAX_ARTICLE_FILE_BYTES, open_regular

if TYPE_CHECKING:
    from clean_news.formats import CleanRow

Anything = TypeVar("Anything")


class _CarrierOnly(msgspec.Struct):
    """The only field of a change log that is needed to tell whether its row was kept."""

    carrier: dict[str, Any] = {}


def was_kept(row: "CleanRow") -> bool:
    """Whether a row is kept unchanged: it is not an article, or could not be cleaned."""
    if row.row.article is None:
        return True
    # The text is empty for an empty article and for a row that failed; the log tells which.
    return not row.text and KEPT in msgspec.json.decode(row.log, type=_CarrierOnly).carrier


def kept_instead(row: "CleanRow", reason: str) -> bytes:
    """Return the log of a row that was cleaned, but is kept unchanged since its clean text cannot be written.

    Args:
        row: the row.
        reason: why, and what to do.
    """
    log = change_log.read(row.log, row.row.name)
    nothing = change_log.sha256(b"")
    return change_log.write(
        msgspec.structs.replace(
            log, raw_sha256=nothing, clean_sha256=nothing, decoding=Decoding("utf-8"), document={}, metadata={},
            stages=(), decisions="", note=reason, carrier={**log.carrier, KEPT: True}, publication=None,
        )
    )  # fmt: skip


def read_logs(path: Path) -> Generator[ChangeLog | LogError, None, None]:
    """Yield the change logs in a file, one by one; for a line that is not a valid log, the error.

    Raises:
        OSError: if it cannot be read.
    """
    with open_regular(path) as lines:
        for line in read_lines(lines, MAX_ARTICLE_FILE_BYTES):
            where = f"{visible(str(path))}: line {line.number}"
            try:
                yield change_log.read(b"" if line.content is None else line.content, where)
            except LogError as error:
                yield error


def valid_log(log: ChangeLog | LogError) -> ChangeLog:
    """Return a log, where a file cannot be restored without it.

    Raises:
        LogError: if it is not a valid one.
    """
    if isinstance(log, LogError):
        raise log
    return log


def pair_with_logs(
    rows: Iterable[Anything], logs: Path, clean: Path
) -> Iterator[tuple[Anything, ChangeLog | LogError]]:
    """Yield each row of a clean file with its change log, or with the error of a line that is not a valid log.

    Args:
        rows: the rows; see :func:`read_unchanged`.
        logs: the file of change logs.
        clean: the clean file, for messages.

    Raises:
        LogError: if there are more rows than logs, or fewer.
    """
    missing = object()
    for row, log in zip_longest(read_unchanged(rows, clean), read_logs(logs), fillvalue=missing):
        if row is missing or log is missing:
            fewer = clean if row is missing else logs
            raise LogError(
                f"{fewer}: is truncated, so {clean.name} and {logs.name} do not belong together; "
                "restore both, or clean the raw file again with --force"
            )
        yield row, log  # type: ignore[misc]


def rows_with_records(
    rows: "Iterable[CleanRow]", records: Iterator[Anything], logs: IO[bytes]
) -> "Iterator[tuple[CleanRow, Anything]]":
    """Yield each clean row with the raw record that it was made from, and write its change log.

    Args:
        rows: the clean rows.
        records: the records of the raw file, which is read again.
        logs: the file of change logs.

    Raises:
        UnreadableError: if the raw file has fewer records by now.
    """
    for row in rows:
        logs.write(row.log)
        record = next(records, None)
        if record is None:
            raise UnreadableError(
                "lost records while it was being cleaned; let no other program write to it, and clean it again"
            )
        yield row, record


def clean_texts(
    records: Iterable[Anything], logs: Path, clean: Path, text_of: Callable[[Anything, Path], str]
) -> Iterator[tuple[str, ChangeLog | LogError]]:
    """Yield the clean text and the change log of each record, or the error of a line that is not a valid log.

    A kept record has no text.

    Args:
        records: the records of the clean file.
        logs: the file of change logs.
        clean: the clean file.
        text_of: returns the text of a record of it.

    Raises:
        LogError: if the files do not belong together.
    """
    for record, log in pair_with_logs(records, logs, clean):
        yield "" if isinstance(log, LogError) or is_kept(log) else text_of(record, clean), log


def read_unchanged(rows: Iterable[Anything], clean: Path) -> Iterator[Anything]:
    """Yield the rows of a clean file.

    Raises:
        TextChangedError: in place of UnreadableError, since a clean file is readable unless it was changed.
    """
    try:
        yield from rows
    except UnreadableError as error:
        raise TextChangedError(
            f"{clean}: was changed after clean-news wrote it ({error}); restore it, "
            "or clean the raw file again with --force"
        ) from error
