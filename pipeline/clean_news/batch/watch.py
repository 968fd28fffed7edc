"""Cleaning a folder that is still being filled: look, clean what is there complete, look again."""

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from clean_news.batch.discovery import Stamp, Task, discover
from clean_news.batch.summary import Summary

POLL_SECONDS = 1.0  # seconds between two looks; a file is there complete when it was the same in both
MIN_PAUSE_RATIO = 2  # the pause is at least this many times as long as the look and the work before it


def rounds(
    raw: Path,
    clean: Callable[[Callable[[Task], bool]], Summary],
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Summary]:
    """Clean RAW again whenever a file in it was added, changed or removed, for ever.

    It looks instead of being told, because file systems over a network tell nothing.

    Args:
        raw: the folder.
        clean: does a run over the files that the callable it is given wants.
        sleep: waits so many seconds.

    Yields:
        The summary of each run.

    Raises:
        InputError: if RAW cannot be used.
    """
    seen: dict[str, Stamp | None] = {}
    done: dict[str, Stamp | None] = {}
    while True:
        began = time.monotonic()
        found = {task.id: task.stamp for task in discover(raw, None).tasks}
        complete = {name: stamp for name, stamp in found.items() if seen.get(name) == stamp}
        came = any(done.get(name) != stamp for name, stamp in complete.items())
        went = complete == found and done.keys() != found.keys()
        if came or went:
            yield clean(_unchanged(complete))
            done = complete
        seen = found
        sleep(max(POLL_SECONDS, MIN_PAUSE_RATIO * (time.monotonic() - began)))


def _unchanged(complete: Mapping[str, Stamp | None]) -> Callable[[Task], bool]:
    """Says of a file whether it is one of these and still the same."""
    return lambda task: task.id in complete and complete[task.id] == task.stamp
