"""Cleaning one raw file: read it, see whether there is anything to do, clean, count and write."""

import filecmp
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from clean_news import change_log
from clean_news.batch.atomic_writing import replacing
from clean_news.batch.discovery import Task, written_for
from clean_news.batch.orders import Orders, makers_of
from clean_news.batch.row_cleaning import Origin, Result, result_of
from clean_news.batch.row_work import Work, one_by_one
from clean_news.batch.tally import Outcome, Report, Tally
from clean_news.batch.up_to_date import Standing, is_current, is_untouched, standing, stored
from clean_news.batch.workers import DIED
from clean_news.change_log import ChangeLog, LogError
from clean_news.failures import Failure, of_os_error, of_our_fault
from clean_news.formats import CleanRow, Format, Row, UnreadableError, format_of
from clean_news.settings import SettingsError
from clean_news.visible import printable

if TYPE_CHECKING:
    from clean_news.decisions import Key


FAILURES = 1_000  # that are kept of one file, so that memory stays flat


class ChangedByHandError(ValueError):
    """A clean file is not as clean-news left it, and writing would lose the change."""


class UncleanableError(ValueError):
    """A file that is one article cannot be cleaned; the message says why."""


class FileOrder(NamedTuple):
    """A file to be cleaned, with all that a worker process needs to know."""

    task: Task
    orders: Orders


class Account:
    """Counts the rows of a file into one report.

    Attributes:
        file: id of the file.
        source: its path, for people.
        broken: why the file could not be read to its end; empty if it could.
    """

    def __init__(self, file: str, source: str, lists_changed: bool) -> None:
        """Begin with nothing.

        Args:
            file: id of the file.
            source: its path, for people.
            lists_changed: whether the report names the articles that have edits.
        """
        self.file, self.source, self.lists_changed = file, source, lists_changed
        self.broken = ""
        self.tally = Tally()
        self.failures: list[Failure] = []
        self.more_failures = 0
        self.changed: list[tuple[str, int]] = []
        self.decided: set[Key] = set()

    def add(self, result: Result) -> None:
        """Count a row in."""
        if self.tally.articles:
            self.tally.merge(result.tally)
        else:
            self.tally = result.tally
        room = FAILURES - len(self.failures)
        self.failures += result.failures[:room]
        self.more_failures += max(len(result.failures) - room, 0)
        if self.lists_changed and result.changed:
            self.changed.append((result.id, result.changed))
        self.decided |= result.decided

    def report(self, outcome: Outcome) -> Report:
        """The report; a file that broke off has failed, whatever was done before that."""
        failures = list(self.failures)
        if self.more_failures:
            failures.append(Failure(self.source, f"{self.more_failures:,} more rows like these, see its log"))
        if self.broken:
            failures.append(Failure(self.source, self.broken))
            outcome = "failed"
        return Report(self.file, outcome, self.tally, tuple(failures), tuple(self.changed), frozenset(self.decided))


def clean_files(batch: list[FileOrder]) -> list[Report]:
    """Clean a batch of raw files."""
    return [clean_file(task, orders) for task, orders in batch]


def lost_file(order: FileOrder) -> Report:
    """The report of a file whose process died."""
    return failed(order.task, DIED)


def clean_file(
    task: Task, orders: Orders, work: Work = one_by_one, advance: Callable[[int], None] = lambda _: None
) -> Report:
    """Clean one raw file; whatever is wrong with it is in the report and costs no other file.

    Args:
        task: the file; nothing is written where ``task.clean`` is None.
        orders: how.
        work: cleans rows.
        advance: called with the number of rows that are done, while the file is worked on.
    """
    looked = time.time_ns()
    try:
        return _cleaned_file(task, orders, work, advance)._replace(looked=looked)
    except (UnreadableError, UncleanableError, ChangedByHandError, LogError, SettingsError) as error:
        return failed(task, str(error))
    except OSError as error:
        return Report(task.id, "failed", failures=(of_os_error(task.raw, error),))
    except MemoryError:
        return failed(task, "needs more memory than there is; free some, use fewer --jobs, or split the file")
    except Exception as error:  # noqa: BLE001  # a fault of ours must not cost the other files either
        return failed(task, of_our_fault(error))


def failed(task: Task, message: str) -> Report:
    """The report of a file that could not be cleaned."""
    return Report(task.id, "failed", failures=(Failure(printable(task.raw), message),))


def _cleaned_file(task: Task, orders: Orders, work: Work, advance: Callable[[int], None]) -> Report:
    """Clean one raw file.

    Raises:
        UnreadableError: if it is not what its name says.
        UncleanableError: if it is one article that cannot be cleaned.
        ChangedByHandError: if its clean file was changed by hand, unless the orders are to force it.
        OSError: if it cannot be read, or its clean file cannot be written.
    """
    form = format_of(task.raw)
    assert form is not None, "discovery passes over files of no known kind"
    origin = Origin(task.id, printable(task.raw))
    account = Account(task.id, origin.source, lists_changed=task.clean is None)

    def rows() -> Iterator[Row]:
        return rows_of(form, task.raw, orders, account)

    if task.clean is None:
        for _ in counted(work(rows(), origin, orders), form, account, advance):
            pass
        return account.report("cleaned")
    clean, logs = written_for(task)
    stand = Standing(is_current=False, is_ours=True)
    if clean.exists() and not orders.force:
        stand = _compare(form, (clean, logs), rows(), origin, orders, account)
        if stand.is_current:
            return account.report("unchanged")
        account = Account(task.id, origin.source, lists_changed=False)
    before = iter(()) if orders.force else stored(form, clean, logs)
    results = _taken_over(rows(), before, work, origin, orders)
    with replacing(clean, logs, resumable=form.MANY) as (clean_file, log_file):
        form.write(counted(results, form, account, advance), task.raw, clean_file, log_file)
        clean_file.flush()
        # Only what this run would not have written itself is somebody's work.
        if not stand.is_ours and not filecmp.cmp(clean_file.name, clean, shallow=False):
            raise ChangedByHandError(
                f"its clean file {printable(clean)} is not as clean-news left it; "
                "move your version away, or overwrite it with --force"
            )
    return account.report("cleaned")


def rows_of(form: Format, raw: Path, orders: Orders, account: Account) -> Iterator[Row]:
    """The rows of a raw file; where a file with many breaks off, the account says so, and those before it count."""
    begun = False
    try:
        for row in form.read(raw, orders.settings):
            begun = True
            yield row
    except UnreadableError as error:
        if not (form.MANY and begun):
            raise
        account.broken = str(error)


def _compare(
    form: Format, places: tuple[Path, Path], rows: Iterator[Row], origin: Origin, orders: Orders, account: Account
) -> Standing:
    """How the clean file stands; rows that are up to date are counted."""
    makers = makers_of(orders)

    def count(text: str, log: ChangeLog) -> None:
        account.add(result_of(text, log, b"", origin, makers.decisions))

    try:
        return standing(rows, form.read_clean(*places), origin, makers, count)
    except (OSError, LogError):
        return Standing(is_current=False, is_ours=False)


def _taken_over(
    rows: Iterator[Row], before: Iterator[tuple[str, ChangeLog | None]], work: Work, origin: Origin, orders: Orders
) -> Iterator[tuple[Row, Result]]:
    """Each row with what becomes of it: what there was before, where that is up to date, or it is cleaned."""
    makers = makers_of(orders)

    def known() -> Iterator[tuple[Row, Result | None]]:
        for row in rows:
            text, log = next(before, ("", None))
            if log is not None and is_untouched(text, log) and is_current(row, origin, log, makers):
                yield row, result_of(text, log, change_log.write(log), origin, makers.decisions)
            else:
                yield row, None

    for is_known, group in groupby(known(), lambda pair: pair[1] is not None):
        if is_known:
            yield from ((row, result) for row, result in group if result is not None)
        else:
            yield from work((row for row, _ in group), origin, orders)


def counted(
    results: Iterable[tuple[Row, Result]], form: Format, account: Account, advance: Callable[[int], None]
) -> Iterator[CleanRow]:
    """The clean rows, counted on the way.

    Raises:
        UncleanableError: if the file is one article, which could not be cleaned.
    """
    for row, result in results:
        if not form.MANY and result.kept:
            raise UncleanableError(result.failures[0].message)
        account.add(result)
        if form.MANY:
            advance(1)
        yield CleanRow(row, result.text, result.log)
