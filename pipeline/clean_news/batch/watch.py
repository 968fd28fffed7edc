"""Cleaning a folder that is still being filled: look, clean what is there whole, look again."""

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from clean_news.batch.discovery import Stamp, Task, discover
from clean_news.batch.summary import Summary

PAUSE = 1.0  # seconds between two looks; a file is there whole when it was the same in both
SHARE = 2  # the pause is at least this many times as long as the look and the work before it


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
        whole = {name: stamp for name, stamp in found.items() if seen.get(name) == stamp}
        came = any(done.get(name) != stamp for name, stamp in whole.items())
        went = whole == found and done.keys() != found.keys()
        if came or went:
            yield clean(among(whole))
            done = whole
        seen = found
        sleep(max(PAUSE, SHARE * (time.monotonic() - began)))


def among(whole: Mapping[str, Stamp | None]) -> Callable[[Task], bool]:
    """Says of a file whether it is one of these and still the same."""
    return lambda task: task.id in whole and whole[task.id] == task.stamp
