"""Writes files atomically: to a temporary file in the same folder, which is then renamed."""

import contextlib
import itertools
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

# Process id, a running number, and for resumable files the name of the target.
TEMPORARY_NAME = re.compile(r"\.clean-news-(\d+)-\d+\.tmp(?:-(.+))?", re.DOTALL)
FILE_NUMBERS = itertools.count()


@contextmanager
def replacing(*targets: Path, resumable: bool = False) -> Iterator[list[IO[bytes]]]:
    """Open a temporary file for each target; when the block ends, rename them to the targets, in this order.

    Missing folders are created. If the block raises, or a file cannot be written completely, no target is touched and
    the temporary files are removed.

    Args:
        targets: the files to write.
        resumable: put the target's name into the temporary name and keep the temporary files after an interrupt, so
            that the next run can reuse their contents; see :func:`find_unfinished`.

    Yields:
        The open temporary files, one for each target.

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
        # Closing can still fail, so that only here is everything known to be written.
        for path, target in zip(temporary, targets, strict=True):
            path.replace(target)
    except KeyboardInterrupt:
        interrupted = True
        raise
    finally:
        for path in () if interrupted and resumable else temporary:
            with contextlib.suppress(OSError):  # renamed, or never created
                path.unlink()


def temporary_name(target: str) -> str:
    """Return a temporary file name that is unique among all processes; ``target`` may be empty."""
    return f".clean-news-{os.getpid()}-{next(FILE_NUMBERS)}.tmp" + (f"-{target}" if target else "")


def find_unfinished(*targets: Path) -> list[Path] | None:
    """Return the temporary files that an ended run left for the targets, one each; None if one has none."""
    found = [_leftover_of(target) for target in targets]
    return [path for path in found if path is not None] if all(found) else None


def _leftover_of(target: Path) -> Path | None:
    """The largest temporary file that an ended run left for a target."""
    found = [path for path, name in leftovers(target.parent) if name == target.name]
    return max(found, key=lambda path: path.stat().st_size, default=None)


def leftovers(folder: Path) -> Iterator[tuple[Path, str | None]]:
    """Yield the temporary files in a folder whose process has ended, each with its target's name if it has one."""
    for path in folder.glob(".clean-news-*.tmp*"):
        found = TEMPORARY_NAME.fullmatch(path.name)
        if found and not is_running(int(found[1])):
            yield path, found[2]


def remove_leftovers(folder: Path, resumable: bool) -> None:
    """Remove the temporary files that killed runs left in a folder and its subfolders.

    Args:
        folder: the folder.
        resumable: also remove those that the next run could resume from.
    """
    for parent, _, _ in os.walk(folder):
        for path, target in leftovers(Path(parent)):
            if resumable or target is None:
                with contextlib.suppress(OSError):
                    path.unlink()


def is_running(process: int) -> bool:
    """Whether a process with this id is running, perhaps another run that writes into the same folder."""
    if os.name == "nt":
        return True  # on Windows signal 0 is Ctrl-C; a leftover file is better than a stopped process
    if process == os.getpid():
        return False  # this run has no file open when it asks, so the file is from an earlier process with the same id
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return not _is_ended(process)


def _is_ended(process: int) -> bool:
    """Whether a process is a zombie: ended, but not reaped yet, which can take long in a container."""
    try:
        state = Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except (OSError, IndexError):  # not Linux, or gone by now: count it as running; a leftover file does no harm
        return False
    return state in (b"Z", b"X")
