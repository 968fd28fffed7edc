"""Working on many files side by side, in processes."""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from clean_news.batch.discovery import Task
from clean_news.batch.failures import Failure, printable
from clean_news.batch.file_cleaning import Orders, clean_file
from clean_news.batch.report import Report

DIED = (
    "the process that cleaned it died, perhaps because there was not enough memory; "
    "free some or use fewer --jobs, then run the same command again"
)


def reports(tasks: Iterable[Task], orders: Orders) -> Generator[Report, None, None]:
    """Clean the files, as many at a time as the setting ``jobs`` says.

    Yields each one's report when it is done, in no particular order. Closing the generator, or an
    interrupt, lets the files that are being worked on be finished.
    """
    jobs = orders.settings.jobs or os.cpu_count() or 1
    waiting = deque(tasks)
    if min(jobs, len(waiting)) < 2:
        yield from (clean_file(task, orders) for task in waiting)
        return
    while waiting:
        # A process that dies takes the whole pool with it and does not say which file it had. So what was
        # under way is done again one by one, then a new pool goes on with the rest.
        suspects = yield from pooled(waiting, orders, jobs)
        for task in suspects:
            yield from alone(task, orders)


def pooled(waiting: deque[Task], orders: Orders, jobs: int) -> Generator[Report, None, list[Task]]:
    """Work through ``waiting`` until it is empty or the pool breaks.

    Returns:
        The files that were under way when it broke.
    """
    under_way: dict[Future[Report], Task] = {}
    executor = new_pool(jobs)
    try:
        while waiting or under_way:
            while waiting and len(under_way) < 2 * jobs:
                under_way[executor.submit(clean_file, waiting[0], orders)] = waiting[0]
                waiting.popleft()
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                report = future.result()
                del under_way[future]
                yield report
    except BrokenProcessPool:
        pass
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
    return list(under_way.values())


def alone(task: Task, orders: Orders) -> Iterator[Report]:
    """Clean one file in a process of its own."""
    with new_pool(1) as executor:
        try:
            yield executor.submit(clean_file, task, orders).result()
        except BrokenProcessPool:
            yield Report(task.id, "failed", (), (Failure(printable(task.raw), DIED),))


def new_pool(jobs: int) -> ProcessPoolExecutor:
    """A pool of fresh processes: a copy of this one would inherit its threads' locks."""
    return ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), leave_interrupts)


def leave_interrupts() -> None:
    """Let Ctrl-C reach the main process only, which then ends the others in order."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
