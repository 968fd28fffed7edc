"""Writing so that nothing is ever half there: to a temporary name in the same folder, then renamed."""

import contextlib
import itertools
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

# The process that writes it, a running number, and of files whose rows can be taken over the name of the target.
TEMPORARY_NAME = re.compile(r"\.clean-news-(\d+)-\d+\.tmp(?:-(.+))?", re.DOTALL)
FILE_NUMBERS = itertools.count()


@contextmanager
def replacing(*targets: Path, resumable: bool = False) -> Iterator[list[IO[bytes]]]:
    """Open a temporary file for each target; when the block ends, they become the targets, in this order.

    The folders are made. If the block raises, or a file cannot be completed, no target is touched and no
    temporary file stays.

    Args:
        targets: the files.
        resumable: the temporary files tell by their names what they were to become, and stay after an interrupt, so
            that the next run can take over what is in them; see :func:`find_unfinished`.

    Raises:
        OSError: if a folder or file cannot be written.
    """
    for target in targets:
        target.parent.mkdir(parents=True, exist_ok=True)
    temporary = [target.with_name(temporary_name(target.name if resumable else "")) for target in targets]
    interrupted = False
    try:
        with ExitStack() as files:
            yield [files.enter_context(path.open("xb")) for path in temporary]
        # Only here is it known that everything reached the disk.
        for path, target in zip(temporary, targets, strict=True):
            path.replace(target)
    except KeyboardInterrupt:
        interrupted = True
        raise
    finally:
        for path in () if interrupted and resumable else temporary:
            with contextlib.suppress(OSError):  # replaced, or never made
                path.unlink()


def temporary_name(target: str) -> str:
    """A name that nobody else uses."""
    return f".clean-news-{os.getpid()}-{next(FILE_NUMBERS)}.tmp" + (f"-{target}" if target else "")


def find_unfinished(*targets: Path) -> list[Path] | None:
    """The temporary files that an ended run left of targets, one each; None if there are none."""
    found = [_leftover_of(target) for target in targets]
    return [path for path in found if path is not None] if all(found) else None


def _leftover_of(target: Path) -> Path | None:
    """The largest temporary file that an ended run left of a target."""
    found = [path for path, name in leftovers(target.parent) if name == target.name]
    return max(found, key=lambda path: path.stat().st_size, default=None)


def leftovers(folder: Path) -> Iterator[tuple[Path, str | None]]:
    """The temporary files in a folder whose process has ended, and what they were to become, if they say so."""
    for path in folder.glob(".clean-news-*.tmp*"):
        found = TEMPORARY_NAME.fullmatch(path.name)
        if found and not is_running(int(found[1])):
            yield path, found[2]


def remove_leftovers(folder: Path, resumable: bool) -> None:
    """Remove temporary files that a killed run left in a folder or in the folders in it.

    Args:
        folder: the folder.
        resumable: those too of which the next run could take something over.
    """
    for parent, _, _ in os.walk(folder):
        for path, target in leftovers(Path(parent)):
            if resumable or target is None:
                with contextlib.suppress(OSError):
                    path.unlink()


def is_running(process: int) -> bool:
    """Whether there is a process of this number, perhaps another run that writes into the same folder."""
    if os.name == "nt":
        return True  # there signal 0 is Ctrl-C; a leftover is better than a stopped process
    if process == os.getpid():
        return False  # asked before or after this run's own writing, so the file is from another process of this number
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return not _is_ended(process)


def _is_ended(process: int) -> bool:
    """Whether a process has ended and only waits to be reaped, in a container perhaps for long."""
    try:
        state = Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except (OSError, IndexError):  # not Linux, or gone by now: it counts as running, and a leftover is no harm
        return False
    return state in (b"Z", b"X")
