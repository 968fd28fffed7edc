"""Cleaning the rows of raw files: what is sent to a worker process, and what comes back."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from clean_news import change_log
from clean_news.batch.run_options import RunOptions, cleaner_for
from clean_news.batch.tally import Tally
from clean_news.change_log import ChangeLog, is_kept
from clean_news.cleaner import Cleaned, Cleaner
from clean_news.decisions import Decisions, Key
from clean_news.failures import Failure
from clean_news.formats import CleanRow, Row


class Origin(NamedTuple):
    """Where a row is from.

    Attributes:
        file: id of its file, the path relative to RAW.
        source: the file's path, for people.
    """

    file: str
    source: str


class RowJob(NamedTuple):
    """A row to be cleaned, with all that a worker process needs to know."""

    row: Row
    origin: Origin
    options: RunOptions


class RowResult(NamedTuple):
    """What became of a row.

    Attributes:
        text: the clean text.
        log: its log's line.
        id: the article.
        tally: its figures.
        failures: what went wrong.
        changed: number of applied edits.
        decided: what the decisions are about that are about its edits.
        kept: whether it is no article, or could not be cleaned.
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
    """Clean a batch of rows."""
    return [clean_row(*job) for job in batch]


def clean_row(row: Row, origin: Origin, options: RunOptions) -> RowResult:
    """Clean a row."""
    cleaner = cleaner_for(options.settings, options.decisions)
    text, log = _clean_or_keep(row, cleaner, origin)
    where = origin.source if row.fault else location_of(log, origin)
    return row_result(text, log, change_log.write(log), origin, cleaner.decisions, where)


def clean_rows(rows: Iterable[Row], cleaner: Cleaner, origin: Origin) -> Iterator[tuple[CleanRow, ChangeLog]]:
    """Clean rows, one after the other; what cannot be cleaned is keep_row as it is, and its log says why."""
    for row in rows:
        text, log = _clean_or_keep(row, cleaner, origin)
        yield CleanRow(row, text, change_log.write(log)), log


def _clean_or_keep(row: Row, cleaner: Cleaner, origin: Origin) -> Cleaned:
    """The clean text of a row and its log; what is no article or cannot be cleaned is keep_row as it is."""
    if row.article is None:
        return keep_row(row, cleaner, origin, row.fault)
    return cleaner.clean_or_keep(row.article, article_id(row, origin), origin.source, row.charset, row.carrier)


def keep_row(row: Row, cleaner: Cleaner, origin: Origin, reason: str) -> Cleaned:
    """The log of a row that is no article, or could not be cleaned; its text is empty."""
    return cleaner.kept(reason, article_id(row, origin), origin.source, row.carrier)


def article_id(row: Row, origin: Origin) -> str:
    """The article's id: its file's, and its name in there."""
    return f"{origin.file}#{row.name}" if row.name else origin.file


def row_result(
    text: str, log: ChangeLog, line: bytes, origin: Origin, decisions: Decisions, where: str = ""
) -> RowResult:
    """What became of a row, from its log; stages that failed are its failures, and so is that it was keep_row for a fault.

    Args:
        text: its clean text.
        log: its log.
        line: the log's line.
        origin: where it is from.
        decisions: the reviewers'.
        where: its place, for people, if it was keep_row for a fault that does not tell it; the file's by default.
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
        decisions.met(edits, log.id) if decisions else frozenset(),
    )


def location_of(log: ChangeLog, origin: Origin) -> str:
    """Where an article stands, for people: its file, and which of its articles."""
    return origin.source + log.id.removeprefix(origin.file)


def stage_failure_message(stage: str, why: str) -> str:
    """What to say of a stage that failed on an article."""
    return (
        f"the stage {stage} failed on it ({why}) and changed nothing, the others did their work; "
        f"please report this, and leave the stage out with --skip {stage} until it is mended"
    )
