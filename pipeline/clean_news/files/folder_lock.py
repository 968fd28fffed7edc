"""Locks a folder, or a file of its own, against other processes that change the same files."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

LOCK_FILE = ".clean-news-lock"
# No link is followed, and a pipe in the place of the file is not waited for.
NEW_FILE = os.O_RDONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold an advisory lock on a folder during the block; wait for it if another process has it.

    It ends with the process, so a killed one keeps nobody waiting. Where there are no such locks (some network file
    systems) nothing is locked: two people must then not add decisions in the same instant.

    Raises:
        OSError: if the folder cannot be opened.
    """
    if not _has_locks():
        with _locked_by_file(folder / LOCK_FILE, wait=True):
            yield
        return
    with _locked(os.open(folder, os.O_RDONLY), shared=False, wait=True):
        yield


@contextmanager
def locked_file(path: Path, *, shared: bool, wait: bool = True) -> Iterator[bool]:
    """Hold an advisory lock on a file that is for nothing else, during the block; it is created if it does not exist.

    Args:
        path: the file; a symbolic link is not followed.
        shared: whether others may hold a shared lock at the same time.
        wait: whether to wait if another process has the lock.

    Yields:
        Whether the lock is held; False only if it was not waited for. Where there are no such locks, True.

    Raises:
        OSError: if the file cannot be opened or created.
    """
    if not _has_locks():  # such a lock cannot be shared: who would share it goes without
        with nullcontext(True) if shared else _locked_by_file(path, wait=wait) as is_held:
            yield is_held
        return
    with _locked(os.open(path, NEW_FILE, 0o666), shared=shared, wait=wait) as is_held:
        yield is_held


def _has_locks() -> bool:
    """Whether the system locks folders and files by their handles; Windows does not."""
    try:
        import fcntl  # noqa: F401
    except ImportError:
        return False
    return True


@contextmanager
def _locked(handle: int, *, shared: bool, wait: bool) -> Iterator[bool]:
    """Hold a lock on an open folder or file, which is closed afterwards."""
    import fcntl

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
def _locked_by_file(path: Path, *, wait: bool) -> Iterator[bool]:
    """Hold a lock on Windows, which cannot lock a folder itself: by a file, which stays there."""
    from filelock import FileLock, Timeout

    lock = FileLock(path)
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
