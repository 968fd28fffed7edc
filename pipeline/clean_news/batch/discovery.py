"""Finding the articles: which files of RAW are cleaned, and where each one's clean file goes."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from clean_news.failures import Failure, of_os_error
from clean_news.formats import KINDS, format_of
from clean_news.visible import printable


class InputError(ValueError):
    """RAW or CLEAN cannot be used; the message names the path and says what to do."""


class Stamp(NamedTuple):
    """What a file is like from outside; of a file that was written to, replaced or moved it is another.

    Attributes:
        size: in bytes.
        modified: when it was last written to, in ns.
        status_changed: when it was last written to, renamed or given other rights, in ns; no program can set it.
        inode: its number in its file system.
    """

    size: int
    modified: int
    status_changed: int
    inode: int


def stamp(found: os.stat_result) -> Stamp:
    """The stamp of a file that was looked at."""
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


class Task(NamedTuple):
    """One raw file to clean.

    Attributes:
        raw: its path.
        clean: where its clean text goes; None where nothing is written.
        id: its path relative to RAW, with ``/`` between the parts.
        size: its size in bytes.
        stamp: what it was like when it was found; None where nobody looked.
    """

    raw: Path
    clean: Path | None
    id: str
    size: int = 0
    stamp: Stamp | None = None


def output_paths(task: Task) -> tuple[Path, Path]:
    """The clean file and the file of its logs."""
    form = format_of(task.raw)
    assert form is not None, "discovery passes over files of no known kind"
    assert task.clean is not None, "nothing is written for it"
    return task.clean, task.clean.with_name(task.clean.name + form.LOG_SUFFIX)


class Discovery(NamedTuple):
    """What a walk through RAW found, by name.

    Attributes:
        tasks: the files to clean.
        passed_over: files of no known kind, relative to RAW.
        failures: what could not be looked at.
    """

    tasks: list[Task]
    passed_over: list[str]
    failures: list[Failure]


def discover(raw: Path, clean: Path | None) -> Discovery:
    """The files of RAW and where they go.

    Args:
        raw: a folder, or one file.
        clean: a folder, or for one file the clean file; None if nothing is written.

    Raises:
        InputError: if RAW or CLEAN cannot be used.
    """
    if not os.path.lexists(raw):
        raise InputError(
            f"{printable(raw)}: there is no such file or folder; name what to clean "
            "(clean-news --help lists the commands)"
        )
    try:
        is_folder = stat.S_ISDIR(raw.stat().st_mode)
        if clean is not None:
            _check_apart(raw, clean)
        if not is_folder:
            return Discovery([_single_task(raw, clean)], [], [])
        if clean is not None:
            clean.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise InputError(f"{printable(error.filename)}: is a file; name a folder for CLEAN") from error
    except OSError as error:
        raise InputError(str(_failure_of(Path(error.filename), error))) from error
    found = Discovery([], [], [])
    _walk(raw, raw, clean, found, frozenset())
    return found


def _single_task(raw: Path, clean: Path | None) -> Task:
    """The task for one file: its clean file is CLEAN, or lies in it where CLEAN is a folder."""
    if format_of(raw) is None:
        raise InputError(
            f"{printable(raw)}: is of no kind that clean-news reads ({', '.join(KINDS)}); rename or convert it"
        )
    if clean is not None and clean.is_dir():
        clean /= raw.name
        if is_same(raw, clean):
            raise InputError(f"{printable(clean)}: is RAW itself; name another folder for CLEAN")
    return Task(raw, clean, printable(raw.name), raw.stat().st_size)


def _check_apart(raw: Path, clean: Path) -> None:
    """Refuse a CLEAN through which RAW could be written.

    Raises:
        InputError: if one is the other, or lies inside it.
    """
    if is_same(raw, clean):
        raise InputError(f"{printable(clean)}: RAW and CLEAN are the same; name another folder for CLEAN")
    if raw.is_dir() and any(is_same(raw, parent) for parent in real_path(clean).parents):
        raise InputError(
            f"{printable(clean)}: CLEAN lies inside RAW ({printable(raw)}), where nothing is ever written; "
            "name a folder outside it"
        )
    if clean.is_dir() and any(is_same(clean, parent) for parent in real_path(raw).parents):
        raise InputError(
            f"{printable(raw)}: RAW lies inside CLEAN ({printable(clean)}), which is written to; "
            "name another folder for CLEAN"
        )


def is_same(one: Path, other: Path) -> bool:
    """Whether two paths are one file or folder, through links and other spellings."""
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there yet
        return real_path(one) == real_path(other)


def real_path(path: Path) -> Path:
    """The path without symbolic links; a link that leads nowhere, or round in a circle, stays in it."""
    return Path(os.path.realpath(path))


def _walk(folder: Path, raw: Path, clean: Path | None, found: Discovery, above: frozenset[Path]) -> None:
    """Add what is in a folder, and in the folders in it, to ``found``.

    Args:
        folder: the folder.
        raw: RAW, for the names.
        clean: CLEAN, or None if nothing is written.
        found: what it is added to.
        above: the real paths of the folders that the walk came through.
    """
    target = None if clean is None else clean / folder.relative_to(raw)
    try:
        real = real_path(folder)
        refusal = _reason_to_skip(real, above, raw, clean, target)
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if not entry.name.startswith("."))
    except OSError as error:
        found.failures.append(_failure_of(folder, error))
        return
    if refusal:
        found.failures.append(Failure(printable(folder), refusal))
        return
    within = "" if folder == raw else f"{folder.relative_to(raw).as_posix()}/"
    for entry in (folder / name for name in names):
        name = printable(within + entry.name)
        try:
            found_there = entry.stat()
        except OSError as error:
            found.failures.append(_failure_of(entry, error))
            continue
        if stat.S_ISDIR(found_there.st_mode):
            _walk(entry, raw, clean, found, above | {real})
        elif stat.S_ISREG(found_there.st_mode) and format_of(entry) is not None:
            place = target / entry.name if target else None
            found.tasks.append(Task(entry, place, name, found_there.st_size, stamp(found_there)))
        else:
            found.passed_over.append(name)


def _reason_to_skip(
    real: Path, above: frozenset[Path], raw: Path, clean: Path | None, target: Path | None
) -> str | None:
    """Why a folder is not walked through: because of symbolic links in RAW or CLEAN; None where it is."""
    if real in above:
        return "this symbolic link leads back to a folder that it is in; remove it"
    if clean is not None and real.is_relative_to(real_path(clean)):
        return "this symbolic link leads into CLEAN; remove it"
    if target is not None and real_path(target).is_relative_to(real_path(raw)):
        return f"its clean folder {printable(target)} is a symbolic link into RAW; remove that link"
    return None


def _failure_of(path: Path, error: OSError) -> Failure:
    """The failure of a path that could not be looked at."""
    if isinstance(error, FileNotFoundError) and path.is_symlink():
        target = printable(path.readlink())
        return Failure(printable(path), f"this symbolic link leads to {target}, which is not there; remove the link")
    return of_os_error(path, error)


def clean_files(clean: Path) -> Iterator[Path]:
    """The clean files in a CLEAN folder, by name; hidden files and folders are not looked at."""
    for folder, folders, names in os.walk(clean):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            if not name.startswith(".") and format_of(path) is not None:
                yield path
