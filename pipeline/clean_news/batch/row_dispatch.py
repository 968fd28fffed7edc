"""Cleans the rows of one file, in this process or in worker processes."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from clean_news import change_log
from clean_news.batch.row_cleaning import Origin, RowJob, RowResult, clean_row, clean_row_batch, keep_row, row_result
from clean_news.batch.run_options import RunOptions, cleaner_for
from clean_news.batch.workers import DIED, Workers, in_batches
from clean_news.formats import Row

MAX_BATCH_ROWS = 256

RowCleaner = Callable[[Iterable[Row], Origin, RunOptions], Iterator[tuple[Row, RowResult]]]


def in_this_process(rows: Iterable[Row], origin: Origin, options: RunOptions) -> Iterator[tuple[Row, RowResult]]:
    """Clean rows in this process."""
    for row in rows:
        yield row, clean_row(row, origin, options)


def in_workers(workers: Workers) -> RowCleaner:
    """Return a function that cleans rows in worker processes; the rows' raw records are not sent."""

    def clean_rows(rows: Iterable[Row], origin: Origin, options: RunOptions) -> Iterator[tuple[Row, RowResult]]:
        sent: deque[list[Row]] = deque()

        def batches() -> Iterator[list[RowJob]]:
            for batch in in_batches(rows, lambda row: len(row.article or ""), MAX_BATCH_ROWS):
                sent.append(batch)
                yield [RowJob(row._replace(raw_record=None), origin, options) for row in batch]

        for results in workers.results(clean_row_batch, batches(), _lost_row):
            yield from zip(sent.popleft(), results, strict=True)

    return clean_rows


def row_cleaner(workers: Workers) -> RowCleaner:
    """Return a function that cleans rows in the worker processes, or in this process if there is only one."""
    return in_workers(workers) if workers.jobs > 1 else in_this_process


def _lost_row(job: RowJob) -> RowResult:
    """Return the result of a row whose worker process died: the row is kept unchanged."""
    cleaner = cleaner_for(job.options.settings, job.options.decisions)
    text, log = keep_row(job.row, cleaner, job.origin, DIED)
    return row_result(text, log, change_log.write(log), job.origin, cleaner.decisions)
