"""Writing so that nothing is ever half there: to a temporary name in the same folder, then renamed."""

import contextlib
import itertools
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

TEMPORARY = re.compile(r"\.clean-news-(\d+)-\d+\.tmp")  # the process that writes it, and a running number
NUMBERS = itertools.count()


@contextmanager
def replacing(*targets: Path) -> Iterator[list[IO[bytes]]]:
    """Open a temporary file for each target; when the block ends, they become the targets, in this order.

    The folders are made. If the block raises, or a file cannot be completed, no target is touched and no
    temporary file stays.

    Raises:
        OSError: if a folder or file cannot be written.
    """
    for target in targets:
        target.parent.mkdir(parents=True, exist_ok=True)
    temporary = [target.with_name(f".clean-news-{os.getpid()}-{next(NUMBERS)}.tmp") for target in targets]
    try:
        with ExitStack() as files:
            yield [files.enter_context(path.open("xb")) for path in temporary]
        # Only here is it known that everything reached the disk.
        for path, target in zip(temporary, targets, strict=True):
            path.replace(target)
    finally:
        for path in temporary:
            with contextlib.suppress(OSError):  # replaced, or never made
                path.unlink()


def remove_leftovers(folder: Path) -> None:
    """Remove temporary files that a killed run left in a folder or in the folders in it."""
    for path in folder.rglob(".clean-news-*.tmp"):
        found = TEMPORARY.fullmatch(path.name)
        if found and not is_running(int(found[1])):
            with contextlib.suppress(OSError):
                path.unlink()


def is_running(process: int) -> bool:
    """Whether there is a process of this number, perhaps another run that writes into the same folder."""
    if os.name == "nt":
        return True  # there signal 0 is Ctrl-C; a leftover is better than a stopped process
    if process == os.getpid():
        return False  # this run has written nothing yet, so the file is from another process of this number
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return not is_ended(process)


def is_ended(process: int) -> bool:
    """Whether a process has ended and only waits to be reaped, in a container perhaps for long."""
    try:
        state = Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except (OSError, IndexError):  # not Linux, or gone by now: it counts as running, and a leftover is no harm
        return False
    return state in (b"Z", b"X")
