"""The format of plain text: one article per file, with its change log next to the clean file."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from clean_news.change_log import ChangeLog, revert
from clean_news.formats import CleanRow, Row
from clean_news.formats.file_places import WHOLE_FILE, Source
from clean_news.formats.one_article import read_pair
from clean_news.formats.size_limit import read_whole
from clean_news.formats.stored_pages import raw_of
from clean_news.settings import Settings

LOG_SUFFIX = ".changes.json"
MANY = False


def read(raw: Path, settings: Settings) -> Iterator[Row]:
    """Yield the bytes of the file as the only row."""
    yield Row(read_whole(raw, settings.max_megabytes))


def source_of(_: Row) -> Source:
    """Return where the article is in the file: it is all of it."""
    return WHOLE_FILE


def write(rows: Iterable[CleanRow], _: Path, clean: IO[bytes], logs: IO[bytes]) -> None:
    """Write the article in UTF-8, and its change log."""
    for row in rows:
        clean.write(row.text.encode())
        logs.write(row.log)


def read_clean(clean: Path, logs: Path) -> Iterator[tuple[str, ChangeLog]]:
    """Yield the article and its change log.

    Raises:
        OSError: if one of the files cannot be read.
        LogError: if the log cannot be read, or the clean text is not UTF-8.
    """
    yield read_pair(clean, logs, str)


def restore(clean: Path, logs: Path, target: IO[bytes]) -> None:
    """Write the article's raw bytes: those of the file that the text was extracted from, if its log has them."""
    for text, log in read_clean(clean, logs):
        extracted = revert(text, log, str(clean))
        raw = raw_of(log, str(clean))
        target.write(extracted if raw is None else raw)
