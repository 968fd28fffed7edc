"""Watches a folder by polling, and cleans files once they are completely written."""

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from clean_news.batch.summary import Summary
from clean_news.files.discovery import Stamp, Task, discover

POLL_SECONDS = 1.0  # a file counts as complete if two successive polls find it unchanged
MIN_PAUSE_RATIO = 2  # the pause is at least this many times as long as the poll and the cleaning before it


def rounds(
    raw: Path,
    clean: Callable[[Callable[[Task], bool]], Summary],
    sleep: Callable[[float], None] = time.sleep,
    follow_links: bool = False,
) -> Iterator[Summary]:
    """Clean RAW again whenever a file in it was added, changed or removed; never returns.

    It polls, because network file systems send no notifications.

    Args:
        raw: the folder.
        clean: runs the cleaning over the files for which the callable passed to it returns True.
        sleep: waits for a number of seconds.
        follow_links: see :func:`discover`.

    Yields:
        The summary of each run.

    Raises:
        InputError: if RAW cannot be used.
    """
    seen: dict[str, Stamp | None] = {}
    done: dict[str, Stamp | None] = {}
    while True:
        began = time.monotonic()
        found = {task.id: task.stamp for task in discover(raw, None, follow_links).tasks}
        complete = {name: stamp for name, stamp in found.items() if seen.get(name) == stamp}
        came = any(done.get(name) != stamp for name, stamp in complete.items())
        went = complete == found and done.keys() != found.keys()
        if came or went:
            yield clean(_unchanged(complete))
            done = complete
        seen = found
        sleep(max(POLL_SECONDS, MIN_PAUSE_RATIO * (time.monotonic() - began)))


def _unchanged(complete: Mapping[str, Stamp | None]) -> Callable[[Task], bool]:
    """Return a predicate that tells whether a task is in ``complete`` with the same stamp."""
    return lambda task: task.id in complete and complete[task.id] == task.stamp
