"""Processes batches of work in worker processes, and returns the results in order."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from clean_news.batch.fork_server import HAS_FORKSERVER, begin_loading

Item = TypeVar("Item")
Result = TypeVar("Result")

# Code points or bytes of text in a batch: large enough to be worth sending, small enough to balance the load.
BATCH_SIZE = 48 * 1024
BATCHES_AHEAD = 4  # submitted batches per process, so that a slow one does not block the others
DIED = (
    "the process that cleaned it died, perhaps because there was not enough memory; "
    "free some or use fewer --jobs, then run the same command again"
)


class Workers:
    """The worker processes of one run; with one job the work is done in this process.

    Attributes:
        jobs: number of processes.
    """

    def __init__(self, jobs: int) -> None:
        """Set the number of processes (0: one per processor); they are started when the first batch is submitted."""
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
        """Yield the results of each batch, in order.

        When the generator is closed or interrupted, the batches being processed are still finished.

        Args:
            function: returns one result for each item of a batch, in order; must be importable by name.
            batches: the work; a few batches are read ahead.
            lost: returns the result of an item whose process died.
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
                # A process that dies breaks the whole pool and does not say which item it had: the submitted batches
                # are retried in smaller and smaller parts, then a new pool continues with the rest.
                self.close()
                for batch, future in under_way:
                    done = future.done() and not future.cancelled() and future.exception() is None
                    yield future.result() if done else _retry(function, batch, lost)
                under_way.clear()
                continue
            under_way.popleft()
            yield found

    def _submit(self, function: Callable[[list[Item]], list[Result]], batch: list[Item]) -> Future[list[Result]]:
        """Submit a batch to the pool, starting the pool if necessary."""
        if self.pool is None:
            self.pool = new_pool(self.jobs)
        try:
            return self.pool.submit(function, batch)
        except BrokenProcessPool as error:
            broken: Future[list[Result]] = Future()
            broken.set_exception(error)
            return broken

    def close(self) -> None:
        """Shut down the processes after they have finished their current batches."""
        if self.pool is not None:
            self.pool.shutdown(wait=True, cancel_futures=True)
            self.pool = None


def in_batches(items: Iterable[Item], size_of: Callable[[Item], int], max_items: int) -> Iterator[list[Item]]:
    """Group items into batches of about equal work.

    Args:
        items: the items.
        size_of: returns the amount of text of an item, in code points or bytes.
        max_items: maximum number of items in a batch.
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
    """Retry a batch during which a process died, in a new process; if that dies too, each half, and so on."""
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
    """Return a new pool of processes.

    They are forked from the fork server, which has everything loaded, so that memory is shared; a fork of this process
    would inherit its threads' locks. Without a fork server (Windows) they are spawned.
    """
    begin_loading()
    context = multiprocessing.get_context("forkserver" if HAS_FORKSERVER else "spawn")
    return ProcessPoolExecutor(jobs, context, _initialise)


def _initialise() -> None:
    """Initialise a worker: ignore Ctrl-C, which the main process handles, and exit if the main process dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_exit_with_main, daemon=True).start()


def _exit_with_main() -> None:
    """Wait for the main process to end, then exit: nobody would collect this process's results."""
    main = multiprocessing.parent_process()
    if main is not None:
        main.join()
        os._exit(1)
