"""Cleans articles in subprocesses, for programs that must stay responsive, such as those with an event loop.

Cleaning is CPU-bound Python code: in a thread it would hold the global interpreter lock, so that the program could
clean only one article at a time, and an article that kills its process would kill the program. ``multiprocessing`` is
not suitable because its processes run the main script again, and a crawl is often started there without the guard
``if __name__ == "__main__"``.
"""

import os
import pickle
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, LifoQueue
from threading import Timer
from typing import Any, NamedTuple

import msgspec

from clean_news.change_log import ChangeLog
from clean_news.cleaner import Cleaner
from clean_news.records import log_of

DIED = (
    "the process that cleaned it died twice, perhaps because there was not enough memory; "
    "free some or use fewer processes, and see stderr for its last output"
)
SHUTDOWN_SECONDS = 10.0  # seconds that an idle process has to exit


class WorkerDiedError(RuntimeError):
    """A process died while it cleaned an article; the message names the remedy."""


class TookTooLongError(RuntimeError):
    """An article took longer than it may; the process that cleaned it was ended."""


class _TimeLimit:
    """Kills a process that does not respond in time.

    Attributes:
        is_over: whether it was killed.
    """

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.is_over = False
        self._process = process
        self._timer: Timer | None = None

    def begin(self, seconds: float | None) -> None:
        """Start the time; None for any time."""
        if seconds is not None:
            self._timer = Timer(seconds, self._kill)
            self._timer.daemon = True
            self._timer.start()

    def _kill(self) -> None:
        """Kill the process."""
        self.is_over = True
        self._process.kill()

    def end(self) -> None:
        """Let the process live."""
        if self._timer:
            self._timer.cancel()


class CleanedValue(NamedTuple):
    """The result of :func:`clean_news.records.clean_value`.

    Attributes:
        text: the clean text, or the value itself if it is not text.
        log: the change log.
        changes: the change log as a dict of JSON values.
    """

    text: Any
    log: ChangeLog
    changes: dict[str, Any]


class CleaningProcesses:
    """A pool of cleaning processes, started on demand.

    A thread waits for each; it releases the interpreter lock while it waits.
    """

    def __init__(self, cleaner: Cleaner, number: int, seconds: float | None = None) -> None:
        """Set up the pool without starting any process.

        Args:
            cleaner: the cleaner that each process uses.
            number: maximum number of processes; 0 for one per processor.
            seconds: how long an article may take; None for any time. Starting a process does not count, but an article
                may be the first in one, which loads the models.
        """
        self.first_message = pickle.dumps(cleaner)
        self.idle: LifoQueue[subprocess.Popen[bytes]] = LifoQueue()
        self.seconds = seconds
        self.threads = ThreadPoolExecutor(number or os.cpu_count() or 1, "clean-news")

    def submit(self, value: object, name: str, earlier: object = None) -> Future[CleanedValue]:
        """Submit a text for cleaning; see :func:`clean_news.records.clean_value`.

        Returns:
            A future of the result; it raises WorkerDiedError if the process dies twice, and TookTooLongError.
        """
        return self.threads.submit(self._request, pickle.dumps((value, name, earlier)), self.seconds)

    def submit_bytes(self, raw: bytes, name: str, charset: str) -> Future[CleanedValue]:
        """Submit the bytes of an article; see :meth:`clean_news.Cleaner.clean_or_keep` and :meth:`submit`."""
        return self.threads.submit(self._request, pickle.dumps((raw, name, charset)), self.seconds)

    def warm_up(self, raw: bytes) -> None:
        """Start a process and let it clean an article, in any time: models are loaded, and the user's cache is filled.

        Raises:
            WorkerDiedError: if the process dies twice.
        """
        self._request(pickle.dumps((raw, "", "")), None)

    def _request(self, request: bytes, seconds: float | None) -> CleanedValue:
        """Send a request to a process and wait for its response; if the process dies, retry once in another.

        Raises:
            WorkerDiedError: if the second process dies too.
            TookTooLongError: if the process did not respond in time; it is killed.
        """
        for _ in range(2):
            process, is_new = self._idle_or_new()
            limit = _TimeLimit(process)
            try:
                if is_new:
                    _exchange(process, self.first_message)
                limit.begin(seconds)
                text, line = _exchange(process, request)
            except (OSError, EOFError, pickle.UnpicklingError) as error:
                end_worker(process, 0)
                if limit.is_over:
                    raise TookTooLongError(f"it took more than {seconds:g} seconds") from error
                continue
            finally:
                limit.end()
            self.idle.put(process)
            return CleanedValue(text, log_of(line), msgspec.json.decode(line))
        raise WorkerDiedError(DIED)

    def _idle_or_new(self) -> "tuple[subprocess.Popen[bytes], bool]":
        """Return an idle process, the most recently used first since its caches are warm, or a new one; and which."""
        try:
            return self.idle.get_nowait(), False
        except Empty:
            return start_worker(), True

    def close(self) -> None:
        """Wait for the articles being cleaned, then end the processes."""
        self.threads.shutdown(cancel_futures=True)
        while not self.idle.empty():
            end_worker(self.idle.get(), SHUTDOWN_SECONDS)


def start_worker() -> "subprocess.Popen[bytes]":
    """Start a worker process with the module search path of this process."""
    path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)  # noqa: PTH109  # "" is the current folder
    return subprocess.Popen(
        [sys.executable, "-m", "clean_news.workflows.cleaning_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
    )


def _exchange(process: "subprocess.Popen[bytes]", message: bytes) -> Any:  # noqa: ANN401  # whatever it responds
    """Send a message to a worker, and return its response.

    Raises:
        OSError, EOFError, pickle.UnpicklingError: if it died.
    """
    assert process.stdin is not None  # see start_worker
    assert process.stdout is not None
    process.stdin.write(message)
    process.stdin.flush()
    return pickle.load(process.stdout)  # noqa: S301  # from the child


def end_worker(process: "subprocess.Popen[bytes]", patience: float) -> None:
    """End a worker by closing its stdin; kill it if it is still running after ``patience`` seconds."""
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(OSError):  # it died with an unread request
        process.stdin.close()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()
