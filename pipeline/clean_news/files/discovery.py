"""Discovers the input: which files of RAW to clean, and the path of each one's clean file."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from clean_news.failures import Failure, failure_from_os_error
from clean_news.files.unsupported_files import nothing_readable, unsupported
from clean_news.formats import clean_name, format_of, is_raw_only
from clean_news.printable_text import printable
from clean_news.regular_files import not_regular, other_kind

INTO_CLEAN = "this symbolic link points into CLEAN; remove the link"
LEADS_OUT = "this symbolic link leads out of RAW, so it is not read; remove it, or read it with --follow-links"

TAKEN = "its text would become {0}, as {0} beside it does; rename one of them, or move it into another folder"


class InputError(ValueError):
    """RAW or CLEAN cannot be used; the message names the path and the remedy."""


class Stamp(NamedTuple):
    """The stat data that identify a version of a file; they differ after it was written, replaced or moved.

    Attributes:
        size: size in bytes.
        modified: mtime in ns.
        status_changed: ctime in ns: the last write, rename or change of permissions; programs cannot set it.
        inode: inode number.
    """

    size: int
    modified: int
    status_changed: int
    inode: int


def stamp(found: os.stat_result) -> Stamp:
    """Return the stamp of a stat result."""
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


class Task(NamedTuple):
    """One raw file to clean.

    Attributes:
        raw: path of the raw file.
        clean: path of the clean file; None if nothing is written.
        id: path relative to RAW, with ``/`` as separator.
        size: size of the raw file in bytes.
        stamp: stamp of the raw file when it was discovered; None if unknown.
        within: the CLEAN folder, below which no symbolic link is followed when writing; None if CLEAN is a file.
        is_named: whether RAW is this file, not a folder that it was found in.
        source: the raw file as shown to users and in logs, if ``raw`` is a copy; else empty.
    """

    raw: Path
    clean: Path | None
    id: str
    size: int = 0
    stamp: Stamp | None = None
    within: Path | None = None
    is_named: bool = False
    source: str = ""


def output_paths(task: Task) -> tuple[Path, Path]:
    """Return the paths of a task's clean file and of its change logs."""
    form = format_of(task.raw)
    assert form is not None, "discovery skips files of unknown type"
    assert task.clean is not None, "the task writes nothing"
    return task.clean, task.clean.with_name(task.clean.name + form.LOG_SUFFIX)


class Discovery(NamedTuple):
    """The result of walking RAW, each list sorted by name.

    Attributes:
        tasks: the files to clean.
        passed_over: files of unknown type, relative to RAW.
        failures: files and folders that could not be accessed, and special files such as named pipes.
    """

    tasks: list[Task]
    passed_over: list[str]
    failures: list[Failure]


def discover(raw: Path, clean: Path | None, follow_links: bool = False, into_folder: bool = False) -> Discovery:
    """Find the files of RAW and assign their clean files.

    A symbolic link in RAW that leads out of RAW is a failure, and what it leads to is not read. RAW itself may be a
    link, to a folder or to a file: the user named it.

    Args:
        raw: a folder, or one file.
        clean: a folder, or for a single file the clean file; None if nothing is written.
        follow_links: whether to read what links lead to outside RAW too.
        into_folder: whether CLEAN is a folder even if RAW is a single file and CLEAN does not exist yet.

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
            check_apart(raw, clean)
            if is_folder or into_folder:
                clean.mkdir(parents=True, exist_ok=True)
        if not is_folder:
            return Discovery([_single_task(raw, clean)], [], [])
    except FileExistsError as error:
        raise InputError(f"{printable(error.filename)}: is a file; name a folder for CLEAN") from error
    except OSError as error:
        raise InputError(str(_failure_of(Path(error.filename), error))) from error
    found = Discovery([], [], [])
    _walk(_Folders(raw, real_path(raw), clean, follow_links), raw, found, frozenset())
    if not found.tasks:
        return Discovery([], [], found.failures + nothing_readable(raw, found.passed_over))
    return found


def _single_task(raw: Path, clean: Path | None) -> Task:
    """The task for a single file: its clean file is CLEAN, or is in CLEAN if that is a folder."""
    if format_of(raw) is None:
        raise InputError(f"{printable(raw)}: {unsupported(raw.name)}")
    within = None
    if clean is not None and clean.is_dir():
        within, clean = clean, clean / clean_name(raw.name)
        if is_same(raw, clean):
            raise InputError(f"{printable(clean)}: is the same file as RAW; name another folder for CLEAN")
    elif clean is not None and is_raw_only(clean.name):
        raise InputError(
            f"{printable(clean)}: the clean file of {printable(raw.name)} is text; "
            f"name it {printable(clean_name(raw.name))}, or name a folder"
        )
    found = raw.stat()
    if kind := other_kind(found.st_mode):
        raise InputError(f"{printable(raw)}: is {kind}, not a regular file; name a file or a folder")
    return Task(raw, clean, printable(raw.name), found.st_size, within=within, is_named=True)


def check_apart(raw: Path, clean: Path) -> None:
    """Check that nothing inside RAW can be written through CLEAN.

    Raises:
        InputError: if RAW and CLEAN are the same, or one contains the other.
    """
    if is_same(raw, clean):
        raise InputError(f"{printable(clean)}: RAW and CLEAN are the same; name another folder for CLEAN")
    if raw.is_dir() and any(is_same(raw, parent) for parent in real_path(clean).parents):
        raise InputError(
            f"{printable(clean)}: CLEAN is inside RAW ({printable(raw)}), which is never written to; "
            "name a folder outside it"
        )
    if clean.is_dir() and any(is_same(clean, parent) for parent in real_path(raw).parents):
        raise InputError(
            f"{printable(raw)}: RAW is inside CLEAN ({printable(clean)}), which is written to; "
            "name another folder for CLEAN"
        )


def is_same(one: Path, other: Path) -> bool:
    """Whether two paths refer to the same file or folder, links resolved."""
    try:
        return one.samefile(other)
    except OSError:  # one of them does not exist yet
        return real_path(one) == real_path(other)


def real_path(path: Path) -> Path:
    """Return the path with symbolic links resolved; dangling and circular links stay in it."""
    return Path(os.path.realpath(path))


class _Folders(NamedTuple):
    """What a walk needs to know about the whole input.

    Attributes:
        raw: RAW, to which names are relative.
        real_raw: RAW with symbolic links resolved.
        clean: CLEAN, or None if nothing is written.
        follow_links: whether to read what links lead to outside RAW.
    """

    raw: Path
    real_raw: Path
    clean: Path | None
    follow_links: bool


def _walk(folders: _Folders, folder: Path, found: Discovery, above: frozenset[Path]) -> None:
    """Add the contents of a folder and its subfolders to ``found``.

    Args:
        folders: RAW and CLEAN.
        folder: the folder.
        found: the result to extend.
        above: real paths of the folders above this one, to detect circular links.
    """
    raw, clean = folders.raw, folders.clean
    target = None if clean is None else clean / folder.relative_to(raw)
    try:
        real = real_path(folder)
        refusal = _reason_to_skip(real, above, clean, target)
        with os.scandir(folder) as entries:
            is_link = {entry.name: entry.is_symlink() for entry in entries if not entry.name.startswith(".")}
    except OSError as error:
        found.failures.append(_failure_of(folder, error))
        return
    if refusal:
        found.failures.append(Failure(printable(folder), refusal))
        return
    within = "" if folder == raw else f"{folder.relative_to(raw).as_posix()}/"
    for entry in (folder / name for name in sorted(is_link)):
        name = printable(within + entry.name)
        try:
            found_there = entry.stat()
        except OSError as error:
            found.failures.append(_failure_of(entry, error))
            continue
        if is_link[entry.name] and (why_not := _reason_not_to_follow(entry, folders)):
            found.failures.append(Failure(printable(entry), why_not))
            continue
        if stat.S_ISDIR(found_there.st_mode):
            _walk(folders, entry, found, above | {real})
        elif kind := other_kind(found_there.st_mode):
            found.failures.append(failure_from_os_error(entry, not_regular(entry, kind)))
        elif format_of(entry) is not None:
            place = target / clean_name(entry.name) if target else None
            if is_raw_only(entry.name) and clean_name(entry.name) in is_link:
                found.failures.append(Failure(printable(entry), TAKEN.format(clean_name(printable(entry.name)))))
                continue
            found.tasks.append(Task(entry, place, name, found_there.st_size, stamp(found_there), clean))
        else:
            found.passed_over.append(name)


def _reason_not_to_follow(link: Path, folders: _Folders) -> str | None:
    """Why a symbolic link in RAW is not followed; None if it is."""
    real = real_path(link)
    if folders.clean is not None and real.is_relative_to(real_path(folders.clean)):
        return INTO_CLEAN
    if not folders.follow_links and not real.is_relative_to(folders.real_raw):
        return LEADS_OUT
    return None


def _reason_to_skip(real: Path, above: frozenset[Path], clean: Path | None, target: Path | None) -> str | None:
    """Why a folder is skipped, because of symbolic links in RAW or CLEAN; None if it is not."""
    if real in above:
        return "this symbolic link points to a folder that contains it; remove the link"
    if clean is not None and real.is_relative_to(real_path(clean)):
        return INTO_CLEAN
    if target is not None and target != clean and target.is_symlink():
        return (
            f"its clean folder {printable(target)} is a symbolic link, and links in CLEAN are not followed when "
            "writing; remove that link, then run the same command again"
        )
    return None


def _failure_of(path: Path, error: OSError) -> Failure:
    """The failure for a path that could not be accessed."""
    if isinstance(error, FileNotFoundError) and path.is_symlink():
        target = printable(path.readlink())
        return Failure(printable(path), f"this symbolic link points to {target}, which does not exist; remove the link")
    return failure_from_os_error(path, error)


def clean_files(clean: Path) -> Iterator[Path]:
    """Yield the clean files in a CLEAN folder, sorted by name; hidden files and folders are skipped."""
    for folder, folders, names in os.walk(clean):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            if not name.startswith(".") and format_of(path) is not None and not is_raw_only(name):
                yield path
