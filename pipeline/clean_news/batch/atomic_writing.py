"""Writes files atomically: to a temporary file in the same folder, which is then renamed.

It is also what keeps writing inside CLEAN (or DEST of ``revert``): no symbolic link below the folder that the user
named is followed. Each folder between it and the target is looked at before anything is created, and again before the
renaming; the last part of a path needs no look, since neither creating exclusively nor renaming follows a link there.
Comparing was chosen over opening relative to folder handles (``dir_fd`` with ``O_NOFOLLOW``) because Windows has no
such handles and because datatrove writes its logs by path. What lies around cannot lead a run astray; whoever can swap
folders for links while it runs can write there anyway.
"""

import contextlib
import errno
import hashlib
import itertools
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from clean_news.failures import link_error
from clean_news.project_folder import PROJECT_FOLDER
from clean_news.regular_files import not_regular, other_kind

TEMPORARY, DUE = "tmp", "due"  # kinds of temporary files: perhaps unfinished; complete, and about to be renamed
# Process id, a running number, the kind, and for those that the next run can use the short name of the target.
TEMPORARY_NAME = re.compile(rf"\.clean-news-(\d+)-\d+\.({TEMPORARY}|{DUE})(?:-(.+))?", re.DOTALL)
FILE_NUMBERS = itertools.count()


@contextmanager
def replacing(*targets: Path, within: Path | None = None, resumable: bool = False) -> Iterator[list[IO[bytes]]]:
    """Open a temporary file for each target; when the block ends, rename them to the targets.

    Missing folders are created. A target that is a symbolic link is replaced, not followed. If the block raises, or a
    file cannot be written completely, no target is touched and the temporary files are removed.

    Args:
        targets: the files to write.
        within: the folder that the user named, which contains the targets: it may be a symbolic link, but no folder
            below it. By default the folder that contains ``.clean-news`` if a target is in that, else the target's own.
        resumable: put the target's short name into the temporary name and keep the temporary files after an interrupt,
            so that the next run can reuse their contents; see :func:`find_unfinished`.

    Yields:
        The open temporary files, one for each target.

    Raises:
        LinkError: if a symbolic link is where a folder should be.
        OSError: if a folder or file cannot be written.
    """
    for target in targets:
        refuse_links(target.parent, within)
        target.parent.mkdir(parents=True, exist_ok=True)
        _refuse_unusable(target)
    temporary = [target.with_name(temporary_name(target.name if resumable else "")) for target in targets]
    interrupted = False
    try:
        with ExitStack() as files:
            yield [files.enter_context(path.open("xb")) for path in temporary]
        # Closing can still fail, so that only here is everything known to be written.
        for target in targets:
            refuse_links(target.parent, within)
        _land(temporary, targets)
    except KeyboardInterrupt:
        interrupted = True
        raise
    finally:
        for path in () if interrupted and resumable else temporary:
            with contextlib.suppress(OSError):  # renamed, or never created
                path.unlink()


def _refuse_unusable(target: Path) -> None:
    """Check before anything is written that a temporary file can be renamed to a target.

    The file system itself is asked: it knows its limits for names and paths (255 bytes on most, 143 on some).

    Raises:
        OSError: if the name or the path is too long, or if there is a folder.
        UnsuitableFileError: if there is a device or a pipe, or a link to one such as ``/dev/stdout``, which root's
            renaming would replace.
    """
    with contextlib.suppress(FileNotFoundError):
        if stat.S_ISDIR(target.lstat().st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
        kind = "" if target.is_dir() or not target.exists() else other_kind(target.stat().st_mode)
        if kind:
            raise not_regular(target, kind)


def _land(temporary: list[Path], targets: tuple[Path, ...]) -> None:
    """Rename complete temporary files to their targets: both files of a pair, or neither.

    No file system renames two files at once. So the first file, the clean file, is marked as due, then its log is
    renamed, then the clean file. A run that is killed between the two leaves a log and, marked as due, the clean file
    that belongs to it: the next run knows by the mark, under whatever settings, that the pair is ours, and finishes it
    (:mod:`clean_news.batch.half_landed`). The dates of the two files would tell less: copying a folder changes them,
    and an edit by hand could be taken for ours. The log comes first because a text without its log cannot be reverted.

    Args:
        temporary: the temporary files; those that the caller need not remove are taken out.
        targets: their targets; for a pair the clean file, then its log.

    Raises:
        OSError: if one cannot be renamed; targets that did not exist before do not exist afterwards.
    """
    if len(targets) == 1:
        temporary[0].replace(targets[0])
        return
    first, *others = targets
    due = temporary.pop(0).replace(first.with_name(temporary_name(first.name, DUE)))
    fresh = [target for target in others if not os.path.lexists(target)]
    try:
        for path, target in zip(temporary, others, strict=True):
            path.replace(target)
        due.replace(first)
    except OSError:
        for path in (*fresh, *((due,) if fresh or os.path.lexists(temporary[-1]) else ())):
            path.unlink(missing_ok=True)
        raise


def refuse_links(folder: Path, within: Path | None = None) -> None:
    """Check that a folder, which need not exist, is not reached through a symbolic link.

    Args:
        folder: the folder.
        within: see :func:`replacing`.

    Raises:
        LinkError: if it or a folder between it and ``within`` is a symbolic link.
    """
    link = first_link(folder, _named_folder(folder) if within is None else within)
    if link is not None:
        raise link_error(link)


def first_link(path: Path, within: Path) -> Path | None:
    """Return the first symbolic link on the way down from a folder, without itself, to a path in it; None if none."""
    place = within
    for part in path.relative_to(within).parts:
        place /= part
        if place.is_symlink():
            return place
    return None


def _named_folder(folder: Path) -> Path:
    """Return the folder above ``.clean-news`` if a folder is in that or is that, else the folder itself."""
    for place in (folder, *folder.parents):
        if place.name == PROJECT_FOLDER:
            return place.parent
    return folder


def temporary_name(target: str, kind: str = TEMPORARY) -> str:
    """Return a temporary file name that is unique among all processes; ``target`` may be empty."""
    return f".clean-news-{os.getpid()}-{next(FILE_NUMBERS)}.{kind}" + (f"-{short_name(target)}" if target else "")


def short_name(target: str) -> str:
    """Return a name of bounded length that identifies a file in its folder and ends like its name, as in ``.jsonl.gz``.

    A temporary name must not be longer than the file system allows where the name of the target is not.
    """
    return hashlib.sha256(os.fsencode(target)).hexdigest()[:16] + "-" + target[-12:]


def find_unfinished(*targets: Path) -> list[Path] | None:
    """Return the temporary files that an ended run left for the targets, one each; None if one has none."""
    found = [_leftover_of(target) for target in targets]
    return [path for path in found if path is not None] if all(found) else None


def _leftover_of(target: Path) -> Path | None:
    """The largest temporary file that an ended run left for a target."""
    short = short_name(target.name)
    found = [(path.lstat(), path) for path, _, name in leftovers(target.parent) if name == short]
    regular = [(status.st_size, path) for status, path in found if stat.S_ISREG(status.st_mode)]
    return max(regular, default=(0, None))[1]


def leftovers(folder: Path, names: Iterable[str] | None = None) -> Iterator[tuple[Path, str, str | None]]:
    """Yield the temporary files in a folder whose process has ended.

    Args:
        folder: the folder, which need not exist.
        names: the names of the files in it, if they are known.

    Yields:
        Each with its kind, and its target's short name if it has one.
    """
    for name in (path.name for path in folder.glob(".clean-news-*")) if names is None else names:
        found = TEMPORARY_NAME.fullmatch(name)
        if found and not is_running(int(found[1])):
            yield folder / name, found[2], found[3]


def remove_leftovers(folder: Path, resumable: bool) -> None:
    """Remove the temporary files that killed runs left in a folder and its subfolders, but not those that are due.

    Args:
        folder: the folder.
        resumable: also remove those that the next run could use.
    """
    for parent, _, names in os.walk(folder):
        for path, kind, target in leftovers(Path(parent), names):
            if kind == TEMPORARY and (resumable or target is None):
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
