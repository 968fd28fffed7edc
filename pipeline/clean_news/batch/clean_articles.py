"""Reads the articles of CLEAN one by one: each clean text with its change log."""

from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from clean_news.change_log import ChangeLog, LogError, is_kept
from clean_news.failures import Failure, failure_from_os_error
from clean_news.files.discovery import InputError, clean_files
from clean_news.formats import KINDS, format_of
from clean_news.printable_text import printable


class CleanArticle(NamedTuple):
    """One clean article.

    Attributes:
        path: the clean file that contains it.
        text: its clean text.
        log: its change log.
    """

    path: Path
    text: str
    log: ChangeLog

    @property
    def place(self) -> str:
        """The location to show to users: the clean file, and for a file with many articles the name in it."""
        _, among_many, name = self.log.id.rpartition(f"{self.path.name}#")
        return printable(self.path) + (f"#{name}" if among_many else "")


def clean_articles(clean: Path, wanted: Sequence[str], failed: Callable[[Failure], None]) -> Iterator[CleanArticle]:
    """Yield the articles of CLEAN, reading each file only when it is reached.

    Args:
        clean: a folder of clean files, or one clean file.
        wanted: paths of clean files, paths within CLEAN, article ids, or globs of these (``*`` matches ``/`` too);
            all articles if empty.
        failed: called for each file or row that cannot be read; the others are still read.

    Raises:
        InputError: if there is no clean file, or if an element of ``wanted`` matches no article.
    """
    paths = list(_clean_paths(clean))
    named = {each: [path for path in paths if _is_selected(each, path, clean)] for each in wanted}
    # Ids are only in the logs, so all logs must be read if an element is not the name of a file.
    ids = [each for each, found in named.items() if not found]
    files = {path for found in named.values() for path in found}
    found_ids: set[str] = set()
    for path in paths:
        if wanted and not ids and path not in files:
            continue
        try:
            for article in articles_in(path, failed):
                by_id = [each for each in ids if _matches(each, article.log.id)]
                found_ids.update(by_id)
                if by_id or path in files or not wanted:
                    yield article
        except LogError as error:
            failed(Failure("", str(error)))
        except OSError as error:
            failed(failure_from_os_error(path, error))
    for each in ids:
        if each not in found_ids:
            raise InputError(
                f"{each}: no such article in {printable(clean)}; give its path, its id or a glob such as 'a/*.txt'"
            )


def selected_files(clean: Path, wanted: Sequence[str]) -> list[Path]:
    """Return the clean files of CLEAN.

    Args:
        clean: a folder of clean files, or one clean file.
        wanted: paths of clean files, paths within CLEAN, or globs of these; all if empty.

    Raises:
        InputError: if there is no clean file, or if an element of ``wanted`` matches none.
    """
    paths = list(_clean_paths(clean))
    named = {each: [path for path in paths if _is_selected(each, path, clean)] for each in wanted}
    for each, found in named.items():
        if not found:
            raise InputError(f"{each}: no such file in {printable(clean)}; give its path or a glob such as 'a/*.txt'")
    chosen = {path for found in named.values() for path in found}
    return [path for path in paths if not wanted or path in chosen]


def _clean_paths(clean: Path) -> Iterator[Path]:
    """Yield the clean files.

    Raises:
        InputError: if there are none.
    """
    if not clean.exists():
        raise InputError(f"{printable(clean)}: there is no such file or folder; name a folder of clean articles")
    if not clean.is_dir():
        if format_of(clean) is None:
            raise InputError(
                f"{printable(clean)}: is not a clean file; name a file whose name ends in {', '.join(KINDS)}"
            )
        yield clean
        return
    paths = clean_files(clean)
    first = next(paths, None)
    if first is None:
        raise InputError(f"{printable(clean)}: contains no clean files; name a folder of clean files")
    yield first
    yield from paths


def _is_selected(wanted: str, path: Path, clean: Path) -> bool:
    """Whether ``wanted`` selects a clean file: by its path, its path within CLEAN, or a glob of one of these."""
    within = path.relative_to(clean) if clean.is_dir() else Path(path.name)
    return _matches(wanted, within.as_posix()) or _matches(Path(wanted).as_posix(), path.as_posix())


def _matches(wanted: str, name: str) -> bool:
    """Whether a name equals ``wanted`` or matches it as a glob; a name that contains ``*`` or ``[`` equals itself."""
    return name == wanted or fnmatchcase(name, wanted)


def articles_in(path: Path, failed: Callable[[Failure], None]) -> Iterator[CleanArticle]:
    """Yield the articles of a clean file; rows that were kept unchanged are left out.

    Args:
        path: the clean file.
        failed: called for each row whose log cannot be read.

    Raises:
        LogError: if there is no log, or the only one cannot be read, or the clean text is not UTF-8.
        OSError: if a file cannot be read.
    """
    form = format_of(path)
    assert form is not None, "callers pass only files of supported types"
    for text, log in form.read_clean(path, log_path_of(path, form.LOG_SUFFIX)):
        if isinstance(log, LogError):
            failed(Failure("", str(log)))
        elif not is_kept(log):
            yield CleanArticle(path, text, log)


def log_path_of(path: Path, suffix: str) -> Path:
    """Return the path of a clean file's change logs.

    Args:
        path: the clean file.
        suffix: the format's ``LOG_SUFFIX``.

    Raises:
        LogError: if the file of logs does not exist.
    """
    logs = path.with_name(path.name + suffix)
    if not logs.exists():
        raise LogError(
            f"{printable(path)}: has no change log ({printable(logs.name)} is missing from the same folder); "
            "put the log there, or clean the raw file again"
        )
    return logs
