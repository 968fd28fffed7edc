"""Cleaning the rows of one file: in this process, or shared out among workers."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from clean_news import change_log
from clean_news.batch.orders import Orders, cleaner_for
from clean_news.batch.row_cleaning import Order, Origin, Result, clean_batch, clean_one, kept, result_of
from clean_news.batch.workers import DIED, Workers, in_batches
from clean_news.formats import Row

ROWS = 256  # rows in a batch at most

Work = Callable[[Iterable[Row], Origin, Orders], Iterator[tuple[Row, Result]]]


def one_by_one(rows: Iterable[Row], origin: Origin, orders: Orders) -> Iterator[tuple[Row, Result]]:
    """Clean rows in this process."""
    for row in rows:
        yield row, clean_one(row, origin, orders)


def through(workers: Workers) -> Work:
    """Clean rows in worker processes; the rows' shells stay here."""

    def work(rows: Iterable[Row], origin: Origin, orders: Orders) -> Iterator[tuple[Row, Result]]:
        sent: deque[list[Row]] = deque()

        def batches() -> Iterator[list[Order]]:
            for batch in in_batches(rows, lambda row: len(row.article or ""), ROWS):
                sent.append(batch)
                yield [Order(row._replace(shell=None), origin, orders) for row in batch]

        for results in workers.results(clean_batch, batches(), _lost_row):
            yield from zip(sent.popleft(), results, strict=True)

    return work


def _lost_row(order: Order) -> Result:
    """The result of a row whose process died: it is kept as it is."""
    cleaner = cleaner_for(order.orders.settings, order.orders.decisions)
    text, log = kept(order.row, cleaner, order.origin, DIED)
    return result_of(text, log, change_log.write(log), order.origin, cleaner.decisions)
