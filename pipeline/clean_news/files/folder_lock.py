"""Locks a folder against the other processes that change the same file in it by reading and replacing it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK_FILE = ".clean-news-lock"


@contextmanager
def locked(folder: Path, *, shared: bool = False, wait: bool = True) -> Iterator[bool]:
    """Hold an advisory lock on a folder during the block.

    It ends with the process, so a killed one keeps nobody waiting. Where there are no such locks (some network file
    systems) nothing is locked: two people must then not add decisions in the same instant.

    Args:
        folder: the folder.
        shared: whether others may hold a shared lock on it at the same time.
        wait: whether to wait if another process has the lock.

    Yields:
        Whether the lock is held; False only if it was not waited for. Where there are no such locks, True.

    Raises:
        OSError: if the folder cannot be opened.
    """
    try:
        import fcntl
    except ImportError:
        with _locked_by_file(folder, shared=shared, wait=wait) as is_held:
            yield is_held
        return
    handle = os.open(folder, os.O_RDONLY)
    is_held = True
    try:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            is_held = False
        except OSError:  # no such locks here
            pass
        yield is_held
    finally:
        os.close(handle)


@contextmanager
def _locked_by_file(folder: Path, *, shared: bool, wait: bool) -> Iterator[bool]:
    """Lock a folder on Windows, which cannot lock a folder itself: by a file in it, which stays there.

    Such a lock cannot be shared; whoever would share it goes without.
    """
    from filelock import FileLock, Timeout

    if shared:
        yield True
        return
    lock = FileLock(folder / LOCK_FILE)
    is_held = True
    try:
        lock.acquire(timeout=-1 if wait else 0)
    except Timeout:
        is_held = False
    except (OSError, NotImplementedError):
        pass
    try:
        yield is_held
    finally:
        lock.release()
