"""Cleans articles again after a decision, with the code of a run, in processes of their own.

Only what a run would do with the same settings is done: a file whose log was written with other settings, dictionaries
or by another version is left to the next run, which would change more in it than the decision says. The raw file is the
one that the log names, or that of ``--raw``; a log may name any file, so without ``--raw`` it must have the articles
whose digests the logs have.
"""

import os
from collections.abc import Iterable, Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from clean_news.batch.file_cleaning import clean_file
from clean_news.batch.fork_server import begin_loading
from clean_news.batch.run_options import RunOptions, expected_log_of, options_for, validate, with_project_files
from clean_news.batch.workers import DIED, new_pool
from clean_news.change_log import ChangeLog, LogError, is_kept, sha256
from clean_news.cleaner import raw_bytes
from clean_news.decisions import DecisionsError
from clean_news.files.discovery import InputError, Task, check_apart
from clean_news.formats import Format, UnreadableError, format_of, raw_name
from clean_news.printable_text import printable
from clean_news.provenance import Provenance, provenance
from clean_news.settings import SettingsError

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

Outcome = Literal["cleaned", "unchanged", "failed", "without text"]
NEXT_RUN = "the decision is kept, and the next run applies it"
SAME_OPTIONS = (
    "Start clean-news serve with the options and the settings file of the run, or run clean-news RAW CLEAN again first"
)


class Recleaning(NamedTuple):
    """A file to clean again.

    Attributes:
        file: path of the clean file within CLEAN.
        clean: its path.
        source: path of the raw file, as its logs name it.
    """

    file: str
    clean: Path
    source: str


class Recleaned(NamedTuple):
    """What became of a file: ``message`` says why it could not be cleaned again; empty if it could."""

    file: str
    outcome: Outcome
    message: str = ""


class Recleaner:
    """The processes that clean articles again.

    Attributes:
        clean: the folder of clean files, or one clean file.
        raw: RAW; None for the raw files that the logs name.
        options: the options of the run that made CLEAN.
        jobs: number of processes, at most.
    """

    def __init__(self, clean: Path, raw: Path | None, options: RunOptions) -> None:
        """Start nothing yet.

        Args:
            clean: the folder of clean files, or one clean file.
            raw: RAW; None for the raw files that the logs name.
            options: the options of the run that made CLEAN.
        """
        self.clean, self.raw, self.options = clean, raw, options
        self.jobs = options.settings.jobs or os.cpu_count() or 1
        self._pool: ProcessPoolExecutor | None = None

    def begin(self) -> None:
        """Begin to load the models, so that the first decision does not wait for them."""
        begin_loading()

    def clean_again(self, files: Sequence[Recleaning]) -> list[Recleaned]:
        """Clean files again with the decisions of CLEAN; files that are up to date are left as they are."""
        if self._pool is None:
            self._pool = new_pool(self.jobs)
        shares = [share for number in range(self.jobs) if (share := files[number :: self.jobs])]
        try:
            under_way = [
                self._pool.submit(clean_files_again, share, self.clean, self.raw, self.options) for share in shares
            ]
            return [each for future in under_way for each in future.result()]
        except BrokenProcessPool:
            self.close()
            return [Recleaned(each.file, "failed", f"{printable(each.clean)}: {DIED}") for each in files]

    def close(self) -> None:
        """End the processes, after the files that they are cleaning."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None


def raw_path(file: Recleaning, clean: Path, raw: Path | None) -> Path:
    """Return the path of the raw file of a clean file; for the arguments see :class:`Recleaner`."""
    if raw is None or not raw.is_dir():
        return Path(file.source) if raw is None else raw
    return raw / (_raw_place(file) if clean.is_dir() else Path(file.source).name)


def _raw_place(file: Recleaning) -> Path:
    """Return the path of the raw file of a clean file, relative to RAW."""
    return Path(file.file).with_name(raw_name(file.clean))


def missing_raw(file: Recleaning, clean: Path, raw: Path | None) -> str:
    """Return the message that a raw file is not there; empty if it is."""
    path = raw_path(file, clean, raw)
    try:
        is_there = path.is_file() and format_of(path) is format_of(file.clean)
    except (OSError, ValueError):  # the last one: of a path with NUL
        is_there = False
    if is_there:
        return ""
    return (
        f"{printable(file.clean)}: is not cleaned again, since its raw file {printable(path)} is not there: "
        f"{NEXT_RUN}. Start clean-news serve where the run was started, or name the folder of raw files with --raw"
    )


def clean_files_again(
    files: Iterable[Recleaning], clean: Path, raw: Path | None, options: RunOptions
) -> list[Recleaned]:
    """Clean files again; runs in the worker process. For the arguments see :class:`Recleaner`."""
    listed = list(files)
    try:
        options = with_project_files(options, clean)
        validate(options)
    except (SettingsError, DecisionsError) as error:
        return [Recleaned(each.file, "failed", str(error)) for each in listed]
    return [_clean_again(each, clean, raw, options) for each in listed]


def _clean_again(file: Recleaning, clean: Path, raw: Path | None, options: RunOptions) -> Recleaned:
    """Clean a file again, unless there is a reason against it."""
    message = missing_raw(file, clean, raw)
    if message:
        return Recleaned(file.file, "failed", message)
    form = format_of(file.clean)
    assert form is not None, "only files of supported types are listed"
    path = raw_path(file, clean, raw)
    options = options_for(options, path)
    try:
        check_apart(path, clean)
        digests = _digests_in_logs(form, file.clean, expected_log_of(options).provenance)
        if raw is None and not digests <= _digests_of(form, path, options):
            why = f"its raw file {printable(path)} was changed after the run"
            message = f"{printable(file.clean)}: is not cleaned again, since {why}: {NEXT_RUN}"
            return Recleaned(file.file, "failed", message)
        status = path.stat()
    except (OSError, LogError, UnreadableError, InputError, _OtherSettings) as error:
        return Recleaned(file.file, "failed", str(error))
    name, within = (_raw_place(file).as_posix(), clean) if clean.is_dir() else (path.name, None)
    report = clean_file(Task(path, file.clean, printable(name), status.st_size, within=within), options)
    return Recleaned(file.file, report.outcome, "; ".join(map(str, report.failures)))


class _OtherSettings(ValueError):
    """A log was written with other settings than those that are given."""


def other_settings(file: Recleaning, clean: Path, raw: Path | None, options: RunOptions) -> str:
    """Return the message that a file was made with other settings, as its first log says; empty if it was not."""
    form = format_of(file.clean)
    assert form is not None, "only files of supported types are listed"
    try:
        expected = provenance(options_for(with_project_files(options, clean), raw_path(file, clean, raw)).settings)
        log = next(form.read_clean(file.clean, file.clean.with_name(file.clean.name + form.LOG_SUFFIX)), ("", None))[1]
        if isinstance(log, ChangeLog):
            _check_settings(log, file.clean, expected)
    except (SettingsError, LogError, OSError, _OtherSettings) as error:
        return str(error)
    return ""


def _digests_in_logs(form: Format, clean: Path, expected: Provenance) -> set[str]:
    """Return the digests of the raw articles of a clean file.

    Raises:
        LogError: if a log cannot be read.
        OSError: if a file cannot be read.
        _OtherSettings: if a log was written with other settings.
    """
    digests: set[str] = set()
    for _, log in form.read_clean(clean, clean.with_name(clean.name + form.LOG_SUFFIX)):
        if isinstance(log, LogError):
            raise log
        _check_settings(log, clean, expected)
        if not is_kept(log):
            digests.add(log.raw_sha256)
    return digests


def _check_settings(log: ChangeLog, clean: Path, expected: Provenance) -> None:
    """Check that a log of a clean file was written with the settings that would be used now.

    Raises:
        _OtherSettings: if it was not.
    """
    differing = _difference(log, expected)
    if differing:
        why = f"since it was made {differing}"
        raise _OtherSettings(f"{printable(clean)}: is not cleaned again, {why}: {NEXT_RUN}. {SAME_OPTIONS}")


def _difference(log: ChangeLog, expected: Provenance) -> str:
    """Return what a log was made with that is different now; empty if nothing is."""
    if log.version != expected.version:
        return f"by version {log.version[:20]} of clean-news"
    if log.settings_sha256 != expected.settings_sha256:
        return "with other settings or protected terms"
    return "" if log.dictionaries == expected.dictionaries else "with other dictionaries"


def _digests_of(form: Format, raw: Path, options: RunOptions) -> set[str]:
    """Return the digests of the articles of a raw file.

    Raises:
        OSError, UnreadableError: if it cannot be read.
    """
    rows = (row.article for row in form.read(raw, options.settings))
    return {sha256(raw_bytes(article)) for article in rows if article is not None}
