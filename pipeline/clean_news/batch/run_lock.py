"""Keeps runs into CLEAN and ``clean-news serve``, which cleans articles again beside them, from each other's files.

Runs share the lock, as they always could be started side by side; who cleans single articles again takes it alone, for
a few files at a time. The file that is locked is in the user's cache folder, so that CLEAN has nothing but what a run
writes; runs of other people and on other machines do not see it. Then, as without any lock, a text that a run has
written without a decision is cleaned again when the server finds it.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clean_news.files.discovery import real_path
from clean_news.files.folder_lock import locked_file

LOCK_SUFFIX = ".run-lock"


@contextmanager
def beside_other_runs(clean: Path | None) -> Iterator[None]:
    """Hold the lock together with other runs during the block; wait while articles are cleaned again.

    Where it cannot be taken, for instance in a folder that may not be written to, there is none.

    Args:
        clean: CLEAN, a folder or a clean file; None if nothing is written.
    """
    place = None if clean is None else _lock_file(clean)
    if place is None:
        yield
        return
    with locked_file(place, shared=True):
        yield


@contextmanager
def without_runs(clean: Path) -> Iterator[bool]:
    """Hold the lock alone during the block, unless a run has it.

    Args:
        clean: CLEAN, a folder or a clean file.

    Yields:
        Whether it is held; also if there can be no lock.
    """
    place = _lock_file(clean)
    if place is None:
        yield True
        return
    with locked_file(place, shared=False, wait=False) as is_held:
        yield is_held


def _lock_file(clean: Path) -> Path | None:
    """Return the file to lock, which exists then; None if it cannot be opened or created."""
    from platformdirs import user_cache_path

    folder = real_path(clean if clean.is_dir() else clean.parent)
    name = hashlib.sha256(str(folder).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    place = user_cache_path("clean-news") / "locks" / f"{name}{LOCK_SUFFIX}"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with locked_file(place, shared=True, wait=False):
            return place
    except OSError:
        return None
