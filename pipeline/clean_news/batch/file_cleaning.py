"""Cleans one raw file: reads it, skips it if it is up to date, cleans its rows, and writes the result."""

import filecmp
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from clean_news import change_log
from clean_news.batch.atomic_writing import find_unfinished, replacing
from clean_news.batch.damaged_logs import DamagedLogs
from clean_news.batch.hand_changed import message_about
from clean_news.batch.known_results import write_results
from clean_news.batch.needed_repairs import NeededRepair, needed_repairs
from clean_news.batch.row_cleaning import Origin, RowResult, row_result
from clean_news.batch.row_dispatch import RowCleaner, in_this_process
from clean_news.batch.run_options import RunOptions, expected_log_of, options_for
from clean_news.batch.tally import Outcome, Report, Tally
from clean_news.batch.up_to_date import CleanFileState, StoredRow, compare_rows, is_current, is_untouched, stored_rows
from clean_news.batch.workers import DIED
from clean_news.change_log import ChangeLog, LogError
from clean_news.failures import Failure, failure_from_os_error, internal_error_message
from clean_news.files.discovery import Task, output_paths
from clean_news.formats import CleanRow, Format, NoTextError, Row, UnreadableError, format_of
from clean_news.printable_text import printable
from clean_news.settings import Settings, SettingsError

if TYPE_CHECKING:
    from clean_news.decisions import Key


MAX_FILE_FAILURES = 1_000  # in the report of one file, to bound memory
MAX_FILE_NEEDED = 100_000  # the same for the repairs that a check lists; they take some 100 MB


class ChangedByHandError(ValueError):
    """A clean file was changed after clean-news wrote it; writing would lose the change."""


class UncleanableError(ValueError):
    """A file that is empty, or is a single article, cannot be cleaned; the message says why."""


class FileJob(NamedTuple):
    """A file to clean and the options, as sent to a worker process."""

    task: Task
    options: RunOptions


class ReportBuilder:
    """Accumulates the results of a file's rows into one report.

    Attributes:
        file: id of the file.
        source: its path, as shown to users.
        broken: why the file could not be read to its end; empty if it could.
        damaged: how its change log was damaged; empty if it was not.
    """

    def __init__(self, file: str, source: str, lists_changed: bool) -> None:
        """Start with no rows.

        Args:
            file: id of the file.
            source: its path, as shown to users.
            lists_changed: whether the report lists the articles that have edits.
        """
        self.file, self.source, self.lists_changed = file, source, lists_changed
        self.broken = self.damaged = ""
        self.tally = Tally()
        self.failures: list[Failure] = []
        self.more_failures = 0
        self.changed: list[tuple[str, int]] = []
        self.decided: set[Key] = set()
        self.needed: list[NeededRepair] = []
        self.more_needed = 0

    def add_needed(self, needed: list[NeededRepair]) -> None:
        """Add what a row needs, up to the maximum; the rest is counted."""
        room = MAX_FILE_NEEDED - len(self.needed)
        self.needed += needed[:room]
        self.more_needed += max(len(needed) - room, 0)

    def add(self, result: RowResult) -> None:
        """Add the result of a row."""
        if self.tally.articles:
            self.tally.merge(result.tally)
        else:
            self.tally = result.tally
        room = MAX_FILE_FAILURES - len(self.failures)
        self.failures += result.failures[:room]
        self.more_failures += max(len(result.failures) - room, 0)
        if self.lists_changed and result.changed:
            self.changed.append((self.source + result.id.removeprefix(self.file), result.changed))
        self.decided |= result.decided

    def report(self, outcome: Outcome) -> Report:
        """Return the report; a truncated file counts as failed, even if rows before the break were cleaned."""
        failures = list(self.failures)
        if self.more_failures:
            failures.append(Failure(self.source, f"{self.more_failures:,} more rows failed; see its change log"))
        if self.damaged:
            failures.append(Failure(self.source, self.damaged))
        if self.more_needed:
            why = f"has {self.more_needed:,} more repairs than are listed of a file; clean it, or split it"
            failures.append(Failure(self.source, why))
        if self.broken:
            failures.append(Failure(self.source, self.broken))
            outcome = "failed"
        return Report(
            self.file, outcome, self.tally, tuple(failures), tuple(self.changed), frozenset(self.decided),
            is_log_damaged=bool(self.damaged), needed=tuple(self.needed),
        )  # fmt: skip


def clean_file_batch(batch: list[FileJob]) -> list[Report]:
    """Clean a batch of raw files; runs in a worker process."""
    reports = [clean_file(task, options) for task, options in batch]
    if batch:
        write_results(batch[0].options)
    return reports


def lost_file_report(job: FileJob) -> Report:
    """Return the report of a file whose worker process died."""
    return _failure_report(job.task, DIED)


def clean_file(
    task: Task,
    options: RunOptions,
    clean_rows: RowCleaner = in_this_process,
    advance: Callable[[int], None] = lambda _: None,
) -> Report:
    """Clean one raw file; errors are returned in the report, so that they do not affect other files.

    Args:
        task: the file; nothing is written if ``task.clean`` is None.
        options: the options of the run.
        clean_rows: cleans the rows, in this process or in workers.
        advance: called with the number of rows done since the last call, while the file is being cleaned.
    """
    read_ns = time.time_ns()
    try:
        options = options_for(options, task.raw)
        return _cleaned_file(task, options, clean_rows, advance)._replace(read_ns=read_ns)
    except (UnreadableError, UncleanableError, ChangedByHandError, LogError, SettingsError) as error:
        if isinstance(error, NoTextError) and _may_be_skipped(task, options):
            return Report(task.id, "without text")
        return _failure_report(task, str(error))
    except OSError as error:
        return Report(task.id, "failed", failures=(failure_from_os_error(task.raw, error),))
    except MemoryError:
        return _failure_report(task, "not enough memory; free some, use fewer --jobs, or split the file")
    except Exception as error:  # noqa: BLE001  # nor may a bug of ours affect the other files
        return _failure_report(task, internal_error_message(error))


def _may_be_skipped(task: Task, options: RunOptions) -> bool:
    """Whether a file without text is other data beside the articles: it was not named, nor was its field."""
    return not task.is_named and options.settings.text_field == Settings().text_field


def _failure_report(task: Task, message: str) -> Report:
    """Return the report of a file that could not be cleaned."""
    return Report(task.id, "failed", failures=(Failure(printable(task.raw), message),))


def _cleaned_file(task: Task, options: RunOptions, clean_rows: RowCleaner, advance: Callable[[int], None]) -> Report:
    """Clean one raw file.

    Raises:
        UnreadableError: if it is not in the format that its name says.
        UncleanableError: if it is empty, or a single article that cannot be cleaned.
        ChangedByHandError: if there is a file in the place of its clean file that clean-news did not write, or that was
            changed by hand and the options do not force overwriting.
        OSError: if it cannot be read, or its clean file cannot be written.
    """
    if task.size == 0 and task.raw.stat().st_size == 0:
        raise UncleanableError("is empty (0 bytes); fetch the article again, or remove the file")
    form = format_of(task.raw)
    assert form is not None, "discovery skips files of unknown type"
    origin = Origin(task.id, task.source) if task.source else Origin.of_file(task.id, task.raw)
    builder = ReportBuilder(task.id, origin.source, lists_changed=task.clean is None)

    def rows() -> Iterator[Row]:
        return _rows_of(form, task.raw, options, builder)

    if task.clean is None:
        for cleaned in _counted(clean_rows(rows(), origin, options), form, builder, advance):
            builder.add_needed(needed_repairs(form, task.raw, cleaned) if options.lists_needed else [])
        return builder.report("cleaned")
    clean, logs = output_paths(task)
    # A file that has no log beside it may be a raw file that was named as CLEAN; --force concerns clean files only.
    is_foreign = clean.is_file() and not clean.is_symlink() and not logs.exists()
    state = CleanFileState(is_current=False, is_ours=not is_foreign)
    # A symbolic link is no clean file of ours: it is replaced, and what it leads to stays as it is.
    is_reusable = not options.force and not clean.is_symlink()
    damage, logs_were_link = DamagedLogs(), logs.is_symlink()
    if clean.exists() and is_reusable:
        state = _compare(form, (clean, logs), rows(), origin, options, builder, damage)
        if state.is_current and not logs.is_symlink():
            return builder.report("unchanged")
        builder = ReportBuilder(task.id, origin.source, lists_changed=False)
    # For a file of many articles, the partial results of an interrupted run are used if there are any.
    begun = find_unfinished(clean, logs) if form.MANY and is_reusable else None  # before this run creates its own
    before = stored_rows(form, *(begun or (clean, logs))) if is_reusable else iter(())
    # What is missing in partial results was lost with the run, not damaged.
    results = _reusing_stored(rows(), before, clean_rows, origin, options, DamagedLogs() if begun else damage)
    with replacing(clean, logs, within=task.within, resumable=form.MANY) as (clean_file, log_file):
        form.write(_counted(results, form, builder, advance), task.raw, clean_file, log_file)
        clean_file.flush()
        # An edited file that equals what this run writes loses nothing by being overwritten.
        if not state.is_ours and not filecmp.cmp(clean_file.name, clean, shallow=False):
            if is_foreign:
                raise ChangedByHandError(
                    f"{printable(clean)} is there already and has no log ({printable(logs.name)}), so clean-news did "
                    "not write it; move it away, or name another CLEAN"
                )
            raise ChangedByHandError(message_about(form, clean, logs, task.raw))
        damage.check_whole(form, clean, logs)
    if not logs_were_link:  # a link is no log of ours, only replaced by one
        builder.damaged = damage.message(form)
    return builder.report("cleaned")


def _rows_of(form: Format, raw: Path, options: RunOptions, builder: ReportBuilder) -> Iterator[Row]:
    """Yield the rows of a raw file; if a file of many rows is truncated, record that and keep the rows before it."""
    begun = False
    try:
        for row in form.read(raw, options.settings):
            begun = True
            yield row
    except UnreadableError as error:
        if not (form.MANY and begun):
            raise
        builder.broken = str(error)


def _compare(
    form: Format,
    paths: tuple[Path, Path],
    rows: Iterator[Row],
    origin: Origin,
    options: RunOptions,
    builder: ReportBuilder,
    damage: DamagedLogs,
) -> CleanFileState:
    """Compare the clean file with the raw file; up-to-date rows are added to the report, errors to the damage."""
    expected = expected_log_of(options)

    def count(text: str, log: ChangeLog) -> None:
        builder.add(row_result(text, log, b"", origin, expected.decisions))

    try:
        return compare_rows(rows, form.read_clean(*paths), origin, expected, count)
    except (OSError, LogError) as error:
        damage.add_error(error, form)
        return CleanFileState(is_current=False, is_ours=False)


def _reusing_stored(
    rows: Iterator[Row],
    before: Iterator[StoredRow],
    clean_rows: RowCleaner,
    origin: Origin,
    options: RunOptions,
    damage: DamagedLogs,
) -> Iterator[tuple[Row, RowResult]]:
    """Yield each row with its result: the stored one if it is up to date, else a newly cleaned one; note the damage."""
    expected = expected_log_of(options)

    def known() -> Iterator[tuple[Row, RowResult | None]]:
        for row in rows:
            text, log = next(before, ("", None))
            if isinstance(log, ChangeLog) and is_untouched(text, log) and is_current(row, origin, text, log, expected):
                result = row_result(text, log, change_log.write(log), origin, expected.decisions)
                result.tally.applied_before = result.tally.total("applied")
                yield row, result
            else:
                if log is not None:
                    damage.add_row(row, text, log, expected)
                yield row, None

    for is_known, group in groupby(known(), lambda pair: pair[1] is not None):
        if is_known:
            yield from ((row, result) for row, result in group if result is not None)
        else:
            yield from clean_rows((row for row, _ in group), origin, options)


def _counted(
    results: Iterable[tuple[Row, RowResult]], form: Format, builder: ReportBuilder, advance: Callable[[int], None]
) -> Iterator[CleanRow]:
    """Yield the clean rows and add each to the report.

    Raises:
        UncleanableError: if the file is a single article that could not be cleaned.
    """
    for row, result in results:
        if not form.MANY and result.kept:
            raise UncleanableError(result.failures[0].message)
        builder.add(result)
        if form.MANY:
            advance(1)
        yield CleanRow(row, result.text, result.log)
