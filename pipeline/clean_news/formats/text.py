"""Plain text: one article a file, and beside the clean file its log."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from clean_news import change_log
from clean_news.change_log import ChangeLog, TextChangedError
from clean_news.formats import RawArticle

LOG_SUFFIX = ".changes.json"


def read(raw: Path) -> Iterator[RawArticle]:
    """The file's bytes, all of them one article."""
    yield RawArticle(raw.read_bytes())


def write(cleaned: Iterable[tuple[str, ChangeLog]], clean: IO[bytes], logs: IO[bytes]) -> None:
    """Write the article in UTF-8, and its log."""
    for text, log in cleaned:
        clean.write(text.encode())
        logs.write(change_log.write(log))


def read_clean(clean: Path, logs: Path) -> Iterator[tuple[str, ChangeLog]]:
    """The article and its log.

    Raises:
        OSError: if one of the files cannot be read.
        LogError: if the log cannot be read, or the clean text is not UTF-8.
    """
    log = change_log.read(logs.read_bytes(), str(logs))
    try:
        yield clean.read_bytes().decode(), log
    except UnicodeDecodeError as error:
        raise TextChangedError(
            f"{clean}: is not UTF-8 any more ({error.reason}), so it was changed after clean-news wrote it; "
            "undo the change, or clean the raw file again with --force"
        ) from error


def restore(raws: Iterable[bytes], target: IO[bytes]) -> None:
    """Write the article's raw bytes."""
    for raw in raws:
        target.write(raw)
