"""A container as a file format."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from clean_news.change_log import ChangeLog, LogError
from clean_news.formats import CleanRow, Row, UnreadableError
from clean_news.formats.containers import member_restoring, member_rows
from clean_news.formats.containers.container import Kind
from clean_news.settings import Settings


class ContainerFormat:
    """The format of a type of container; see :class:`clean_news.formats.Format`.

    Attributes:
        kind: what the type has of its own.
    """

    LOG_SUFFIX = ".changes.jsonl"
    MANY = True

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    def read(self, raw: Path, settings: Settings) -> Iterator[Row]:
        """Yield the articles of the container as rows; see :func:`clean_news.formats.containers.member_rows.read`."""
        return member_rows.read(self.kind, raw, settings)

    def write(self, rows: Iterable[CleanRow], raw: Path, clean: IO[bytes], logs: IO[bytes]) -> None:
        """Write the container with the clean members, and the change logs."""
        member_rows.write(self.kind, rows, raw, clean, logs)

    def read_clean(self, clean: Path, logs: Path) -> Iterator[tuple[str, ChangeLog | LogError]]:
        """Yield the clean texts and their change logs."""
        return member_restoring.read_clean(self.kind, clean, logs)

    def restore(self, clean: Path, logs: Path, target: IO[bytes]) -> None:
        """Write the raw container."""
        member_restoring.restore(self.kind, clean, logs, target)


class PackageFormat(ContainerFormat):
    """The format of a package: a container that is a single document for its readers.

    Attributes:
        without_text: message about a package without text.
    """

    def __init__(self, kind: Kind, without_text: str) -> None:
        super().__init__(kind)
        self.without_text = without_text

    def read(self, raw: Path, settings: Settings) -> Iterator[Row]:
        """Yield the articles of the package as rows.

        Raises:
            OSError: if it cannot be read.
            UnreadableError: if it is not a sound package, or has no text.
        """
        waiting: list[Row] = []  # the rows before the first that says something
        is_empty = True
        for row in super().read(raw, settings):
            waiting.append(row)
            is_empty = is_empty and row.article is None and not row.fault
            if not is_empty:
                yield from waiting
                waiting.clear()
        if is_empty:
            raise UnreadableError(self.without_text)
