"""The articles of CLEAN, one after the other: each clean text with its log."""

from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from clean_news.batch.discovery import InputError, clean_files
from clean_news.change_log import ChangeLog, LogError, is_kept
from clean_news.failures import Failure, of_os_error
from clean_news.formats import KINDS, format_of
from clean_news.visible import printable


class CleanArticle(NamedTuple):
    """One clean article.

    Attributes:
        path: its clean file.
        text: its clean text.
        log: its log.
    """

    path: Path
    text: str
    log: ChangeLog

    @property
    def place(self) -> str:
        """Where it stands, for people: its clean file, and its name in there where that holds many."""
        _, among_many, name = self.log.id.rpartition(f"{self.path.name}#")
        return printable(self.path) + (f"#{name}" if among_many else "")


def clean_articles(clean: Path, wanted: Sequence[str], failed: Callable[[Failure], None]) -> Iterator[CleanArticle]:
    """The articles of CLEAN, read when it is their turn.

    Args:
        clean: a folder of clean files, or one.
        wanted: paths of clean files, paths within CLEAN, ids of articles, or globs of either (``*`` takes ``/`` too);
            all articles if empty.
        failed: called for each file that cannot be read; the others follow all the same.

    Raises:
        InputError: if there is no clean file, or nothing is what was wanted.
    """
    paths = list(_clean_paths(clean))
    named = {each: [path for path in paths if _is_selected(each, path, clean)] for each in wanted}
    # An id is in the log, so all logs are read where something is not the name of a file.
    ids = [each for each, found in named.items() if not found]
    files = {path for found in named.values() for path in found}
    found_ids: set[str] = set()
    for path in paths:
        if wanted and not ids and path not in files:
            continue
        try:
            for article in articles_in(path):
                by_id = [each for each in ids if _matches(each, article.log.id)]
                found_ids.update(by_id)
                if by_id or path in files or not wanted:
                    yield article
        except LogError as error:
            failed(Failure("", str(error)))
        except OSError as error:
            failed(of_os_error(path, error))
    for each in ids:
        if each not in found_ids:
            raise InputError(
                f"{each}: {printable(clean)} has no such article; give its path, its id or a glob such as 'a/*.txt'"
            )


def _clean_paths(clean: Path) -> Iterator[Path]:
    """The clean files.

    Raises:
        InputError: if there is none.
    """
    if not clean.exists():
        raise InputError(f"{printable(clean)}: there is no such file or folder; name a folder of clean articles")
    if not clean.is_dir():
        if format_of(clean) is None:
            raise InputError(f"{printable(clean)}: is no clean file, their names end in {', '.join(KINDS)}; name one")
        yield clean
        return
    paths = clean_files(clean)
    first = next(paths, None)
    if first is None:
        raise InputError(f"{printable(clean)}: there is no clean file in it; name a folder of clean files")
    yield first
    yield from paths


def _is_selected(wanted: str, path: Path, clean: Path) -> bool:
    """Whether a clean file is what somebody named: by its path, its path within CLEAN, or a glob of one of these."""
    within = path.relative_to(clean) if clean.is_dir() else Path(path.name)
    return _matches(wanted, within.as_posix()) or _matches(Path(wanted).as_posix(), path.as_posix())


def _matches(wanted: str, name: str) -> bool:
    """Whether a name is what is wanted, or its glob; a name with signs of a glob in it is found by itself too."""
    return name == wanted or fnmatchcase(name, wanted)


def articles_in(path: Path) -> Iterator[CleanArticle]:
    """The articles of a clean file; rows that were kept as they are, are none.

    Raises:
        LogError: if there is no log, or it cannot be read, or the clean text is not UTF-8.
        OSError: if a file cannot be read.
    """
    form = format_of(path)
    assert form is not None, "only files of a known kind get here"
    for text, log in form.read_clean(path, log_path_of(path, form.LOG_SUFFIX)):
        if not is_kept(log):
            yield CleanArticle(path, text, log)


def log_path_of(path: Path, suffix: str) -> Path:
    """The file of a clean file's logs.

    Raises:
        LogError: if it is not there.
    """
    logs = path.with_name(path.name + suffix)
    if not logs.exists():
        raise LogError(
            f"{printable(path)}: has no log ({printable(logs.name)} is not beside it); "
            "put the log there, or clean the raw file again"
        )
    return logs
