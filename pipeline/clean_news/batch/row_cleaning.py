"""Cleans the rows of raw files: the jobs sent to worker processes, and their results."""

from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import NamedTuple, Self

from clean_news import change_log
from clean_news.batch import known_results
from clean_news.batch.run_options import RunOptions, cleaner_for
from clean_news.batch.tally import Tally
from clean_news.change_log import ChangeLog, is_kept
from clean_news.cleaner import Cleaned, Cleaner
from clean_news.decisions import Decisions, Key
from clean_news.failures import Failure
from clean_news.formats import CleanRow, Row
from clean_news.printable_text import printable


class Origin(NamedTuple):
    """The file that a row comes from.

    Attributes:
        file: id of the file: its path relative to RAW.
        source: the file's path, as shown to users.
    """

    file: str
    source: str

    @classmethod
    def of_file(cls, file: str, raw: PurePath) -> Self:
        """Return the origin of a file's rows, with ``/`` between folders on every system.

        Args:
            file: see the attribute.
            raw: path of the raw file.
        """
        return cls(file, printable(raw.as_posix()))


class RowJob(NamedTuple):
    """A row to clean with its origin and the options, as sent to a worker process."""

    row: Row
    origin: Origin
    options: RunOptions


class RowResult(NamedTuple):
    """The result of cleaning a row.

    Attributes:
        text: the clean text.
        log: the line of its change log.
        id: the article id.
        tally: counts of the article.
        failures: errors.
        changed: number of applied edits.
        decided: keys of the decisions that match its edits.
        kept: whether the row was kept unchanged: it is not an article, or could not be cleaned.
    """

    text: str
    log: bytes
    id: str
    tally: Tally
    failures: tuple[Failure, ...]
    changed: int
    decided: frozenset[Key]
    kept: bool = False


def clean_row_batch(batch: list[RowJob]) -> list[RowResult]:
    """Clean a batch of rows; runs in a worker process."""
    results = [clean_row(*job) for job in batch]
    if batch:
        known_results.write_results(batch[0].options)
    return results


def clean_row(row: Row, origin: Origin, options: RunOptions) -> RowResult:
    """Clean a row with this process's cleaner."""
    cleaner = cleaner_for(options.settings, options.decisions)
    known = known_results.results_of(options)
    key = known_results.key_of(row, options) if known else None
    found = known.find(key) if known and key else None
    text, log = (
        cleaner.as_carried(found, article_id(row, origin), origin.source, row.carrier)
        if found
        else _clean_or_keep(row, cleaner, origin)
    )
    if known and key and not found and _is_reusable(log):
        known.keep(key, Cleaned(text, log))
    where = origin.source if row.fault else location_of(log, origin)
    result = row_result(text, log, change_log.write(log), origin, cleaner.decisions, where)
    result.tally.repeated += found is not None
    return result


def _is_reusable(log: ChangeLog) -> bool:
    """Whether a result would be the same another time: nothing failed."""
    return not is_kept(log) and all(stage.failed is None for stage in log.stages)


def clean_rows(rows: Iterable[Row], cleaner: Cleaner, origin: Origin) -> Iterator[tuple[CleanRow, ChangeLog]]:
    """Clean rows one by one; a row that cannot be cleaned is kept unchanged, and its log says why."""
    for row in rows:
        text, log = _clean_or_keep(row, cleaner, origin)
        yield CleanRow(row, text, change_log.write(log)), log


def _clean_or_keep(row: Row, cleaner: Cleaner, origin: Origin) -> Cleaned:
    """Return the clean text and log of a row; a row that is not an article or fails is kept unchanged."""
    if row.article is None:
        return keep_row(row, cleaner, origin, row.fault)
    id_ = article_id(row, origin)
    return cleaner.clean_or_keep(row.article, id_, origin.source, row.charset, row.carrier, row.words, row.fixed)


def keep_row(row: Row, cleaner: Cleaner, origin: Origin, reason: str) -> Cleaned:
    """Return the log of a row that is kept unchanged, with an empty text."""
    return cleaner.kept(reason, article_id(row, origin), origin.source, row.carrier)


def article_id(row: Row, origin: Origin) -> str:
    """Return the id of a row's article: the file's id, and ``#`` and the row's name if it has one."""
    return f"{origin.file}#{row.name}" if row.name else origin.file


def row_result(
    text: str, log: ChangeLog, line: bytes, origin: Origin, decisions: Decisions, where: str = ""
) -> RowResult:
    """Return the result of a row, given its log; failed stages and the reason for keeping it become failures.

    Args:
        text: the clean text.
        log: the change log.
        line: the log as a line of JSON.
        origin: the file that the row comes from.
        decisions: the reviewers' decisions.
        where: location to report if the row was kept because of a fault; the file's path by default.
    """
    tally = Tally()
    if is_kept(log):
        failures = (Failure(where or origin.source, log.note),) if log.note else ()
        return RowResult(text, line, log.id, tally, failures, 0, frozenset(), kept=True)
    tally.add_log(log)
    failed = [(stage.name, stage.failed) for stage in log.stages if stage.failed is not None]
    edits = [edit for stage in log.stages for edit in stage.edits]
    return RowResult(
        text,
        line,
        log.id,
        tally,
        tuple(Failure(location_of(log, origin), stage_failure_message(*each)) for each in failed),
        sum(edit.state == "applied" for edit in edits),
        decisions.matching_keys(edits, log.id) if decisions else frozenset(),
    )


def location_of(log: ChangeLog, origin: Origin) -> str:
    """Return an article's location as shown to users: its file, and its name in the file if there are several."""
    return origin.source + log.id.removeprefix(origin.file)


def stage_failure_message(stage: str, why: str) -> str:
    """Return the failure message for a stage that failed on an article.

    Args:
        stage: name of the stage.
        why: the exception, see :class:`clean_news.change_log.StageLog`. If a file is to blame, it has a remedy.
    """
    kind, _, message = why.partition(": ")
    if kind in {"IndexDamaged", "SettingsError"}:
        return f"the stage {stage} changed nothing in it, the other stages ran normally: {message}"
    return (
        f"the stage {stage} failed on it ({why}) and changed nothing; the other stages ran normally; "
        f"please report this bug, and use --skip {stage} until it is fixed"
    )
