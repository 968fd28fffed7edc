"""Locks a folder against the other processes that change the same file in it by reading and replacing it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LOCK_FILE = ".clean-news-lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold an advisory lock on a folder during the block; wait for it if another process has it.

    It ends with the process, so a killed one keeps nobody waiting. Where there are no such locks (some network file
    systems) nothing is locked: two people must then not add decisions in the same instant.

    Raises:
        OSError: if the folder cannot be opened.
    """
    try:
        import fcntl
    except ImportError:
        with _locked_by_file(folder):
            yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _locked_by_file(folder: Path) -> Iterator[None]:
    """Lock a folder on Windows, which cannot lock a folder itself: by a file in it, which stays there."""
    from filelock import FileLock

    lock = FileLock(folder / LOCK_FILE)
    with suppress(OSError, NotImplementedError):
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
