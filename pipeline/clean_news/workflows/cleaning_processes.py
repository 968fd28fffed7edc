"""Cleaning in other processes, for programs whose own must stay responsive, such as one with an event loop.

Cleaning is Python's own work: in a thread it would share the interpreter's lock with the event loop, one article at a
time for the whole program, and an article that kills its process would take the program along. ``multiprocessing`` is
no choice, for its processes first run the main script again, and that of a crawl often starts it unguarded by
``if __name__ == "__main__"``.
"""

import os
import pickle
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, LifoQueue
from typing import Any, NamedTuple

import msgspec

from clean_news.change_log import ChangeLog
from clean_news.cleaner import Cleaner
from clean_news.records import log_of

DIED = (
    "the process that cleaned it died twice, perhaps because there was not enough memory; "
    "free some or use fewer processes, and see on stderr what it said last"
)
ENDING = 10.0  # seconds that an idle process gets to end


class WorkerDiedError(RuntimeError):
    """A process died while it cleaned an article; the message says what to do."""


class CleanedValue(NamedTuple):
    """What :func:`clean_news.records.clean_value` gives.

    Attributes:
        text: the clean text, or whatever stood in its place.
        log: the log.
        changes: the same as a dict of JSON values.
    """

    text: Any
    log: ChangeLog
    changes: dict[str, Any]


class CleaningProcesses:
    """Processes that clean, started when there is work for them.

    A thread waits for each; it holds no lock while it does.
    """

    def __init__(self, cleaner: Cleaner, number: int) -> None:
        """Start nothing yet.

        Args:
            cleaner: what the processes clean with.
            number: how many there are at most; 0 is one for each processor.
        """
        self.first_message = pickle.dumps(cleaner)
        self.idle: LifoQueue[subprocess.Popen[bytes]] = LifoQueue()
        self.threads = ThreadPoolExecutor(number or os.cpu_count() or 1, "clean-news")

    def submit(self, value: object, name: str, earlier: object = None) -> Future[CleanedValue]:
        """Have a text cleaned; see :func:`clean_news.records.clean_value`.

        Returns:
            A future of the answer, or of a WorkerDiedError.
        """
        return self.threads.submit(self.ask, pickle.dumps((value, name, earlier)))

    def ask(self, question: bytes) -> CleanedValue:
        """The answer to a question, waited for. A process that dies is replaced, and asked once more.

        Raises:
            WorkerDiedError: if that one dies, too.
        """
        for _ in range(2):
            process = self.idle_or_new()
            assert process.stdin is not None  # as it was started
            assert process.stdout is not None
            try:
                process.stdin.write(question)
                process.stdin.flush()
                text, line = pickle.load(process.stdout)  # noqa: S301  # from the child
            except (OSError, EOFError, pickle.UnpicklingError):
                end(process, 0)
                continue
            self.idle.put(process)
            return CleanedValue(text, log_of(line), msgspec.json.decode(line))
        raise WorkerDiedError(DIED)

    def idle_or_new(self) -> "subprocess.Popen[bytes]":
        """A process that waits for work: the one that worked last, for its memory is warm."""
        try:
            return self.idle.get_nowait()
        except Empty:
            process = start()
            assert process.stdin is not None
            process.stdin.write(self.first_message)
            return process

    def close(self) -> None:
        """Wait for what is being cleaned, and end the processes."""
        self.threads.shutdown(cancel_futures=True)
        while not self.idle.empty():
            end(self.idle.get(), ENDING)


def start() -> "subprocess.Popen[bytes]":
    """A new worker, which imports from where this process does."""
    path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)  # noqa: PTH109  # "" is the folder
    return subprocess.Popen(
        [sys.executable, "-m", "clean_news.workflows.cleaning_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
    )


def end(process: "subprocess.Popen[bytes]", patience: float) -> None:
    """End a worker: ask it to, and after ``patience`` seconds make it."""
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(OSError):  # it died with a question unread
        process.stdin.close()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()
