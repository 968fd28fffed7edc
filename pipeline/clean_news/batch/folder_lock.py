"""Locks a folder against the other processes that change the same file in it by reading and replacing it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold an advisory lock on a folder during the block; wait for it if another process has it.

    It ends with the process, so a killed one leaves nothing. Where there are no such locks (Windows, some
    network file systems) nothing is locked: two people must then not add decisions in the same instant.

    Raises:
        OSError: if the folder cannot be opened.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
