"""Working side by side, in processes: batches of work in, their results out in the same order."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from clean_news.batch.forking import HAS_FORKSERVER, begin_loading

Item = TypeVar("Item")
Result = TypeVar("Result")

BATCH_SIZE = 48 * 1024  # of text in a batch: long enough to be worth sending, short enough to be shared out
BATCHES_AHEAD = 4  # batches a process that are under way or waiting, so that a long one does not stop the others
DIED = (
    "the process that cleaned it died, perhaps because there was not enough memory; "
    "free some or use fewer --jobs, then run the same command again"
)


class Workers:
    """Processes that work for one run; with one job the work is done in this process.

    Attributes:
        jobs: how many processes.
    """

    def __init__(self, jobs: int) -> None:
        """Take note of the number of processes (0: one a processor); they are started with the first work."""
        self.jobs = jobs or os.cpu_count() or 1
        self.pool: ProcessPoolExecutor | None = None
        if self.jobs > 1:
            begin_loading()

    def results(
        self,
        function: Callable[[list[Item]], list[Result]],
        batches: Iterable[list[Item]],
        lost: Callable[[Item], Result],
    ) -> Generator[list[Result], None, None]:
        """The results of each batch, in order.

        Closing the generator, or an interrupt, lets the batches that are being worked on be finished.

        Args:
            function: gives one result for each item, in order; it must be importable by name.
            batches: the work; read ahead a little.
            lost: gives the result of an item whose process died.
        """
        if self.jobs < 2:
            yield from map(function, batches)
            return
        waiting = iter(batches)
        under_way: deque[tuple[list[Item], Future[list[Result]]]] = deque()
        while True:
            while len(under_way) < BATCHES_AHEAD * self.jobs and (batch := next(waiting, None)) is not None:
                under_way.append((batch, self._submit(function, batch)))
            if not under_way:
                return
            batch, future = under_way[0]
            try:
                found = future.result()
            except BrokenProcessPool:
                # A process that dies takes the whole pool with it and does not say which item it had: what was
                # under way is done again in smaller and smaller batches, then a new pool goes on with the rest.
                self.close()
                for batch, future in under_way:
                    done = future.done() and not future.cancelled() and future.exception() is None
                    yield future.result() if done else _retry(function, batch, lost)
                under_way.clear()
                continue
            under_way.popleft()
            yield found

    def _submit(self, function: Callable[[list[Item]], list[Result]], batch: list[Item]) -> Future[list[Result]]:
        """The batch on its way to a process."""
        if self.pool is None:
            self.pool = new_pool(self.jobs)
        try:
            return self.pool.submit(function, batch)
        except BrokenProcessPool as error:
            broken: Future[list[Result]] = Future()
            broken.set_exception(error)
            return broken

    def close(self) -> None:
        """End the processes, when they have finished what they are working on."""
        if self.pool is not None:
            self.pool.shutdown(wait=True, cancel_futures=True)
            self.pool = None


def in_batches(items: Iterable[Item], size_of: Callable[[Item], int], max_items: int) -> Iterator[list[Item]]:
    """The items in lists of about equal work.

    Args:
        items: the items.
        size_of: how much text an item is, in code points or bytes.
        max_items: how many a list has at max_items.
    """
    batch: list[Item] = []
    size = 0
    for item in items:
        batch.append(item)
        size += size_of(item)
        if size >= BATCH_SIZE or len(batch) == max_items:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _retry(
    function: Callable[[list[Item]], list[Result]], batch: list[Item], lost: Callable[[Item], Result]
) -> list[Result]:
    """The results of a batch during which a process died: each half of it in a process of its own, and so on."""
    pool = new_pool(1)
    try:
        return pool.submit(function, batch).result()
    except BrokenProcessPool:
        if len(batch) == 1:
            return [lost(batch[0])]
        middle = len(batch) // 2
        return _retry(function, batch[:middle], lost) + _retry(function, batch[middle:], lost)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def new_pool(jobs: int) -> ProcessPoolExecutor:
    """A pool of processes.

    They are forked from a process of their own that has everything loaded, so that memory is shared; a copy of this
    process would inherit its threads' locks. Where there is no such thing (Windows) they start fresh.
    """
    context = multiprocessing.get_context("forkserver" if HAS_FORKSERVER else "spawn")
    return ProcessPoolExecutor(jobs, context, _begin_work)


def _begin_work() -> None:
    """What a process does first: leave Ctrl-C to the main process, which ends the others in order, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_main, daemon=True).start()


def _end_with_main() -> None:
    """Wait for the main process to die, then die too: nobody would ever take this process's results."""
    main = multiprocessing.parent_process()
    if main is not None:
        main.join()
        os._exit(1)
