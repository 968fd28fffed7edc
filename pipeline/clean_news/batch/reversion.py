"""From clean files and their logs back to the raw files."""

import filecmp
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from clean_news.batch.atomic_writing import replacing
from clean_news.batch.clean_articles import log_path_of
from clean_news.batch.discovery import InputError, clean_files, is_same
from clean_news.change_log import LogError
from clean_news.failures import Failure, of_os_error
from clean_news.formats import KINDS, UnreadableError, format_of
from clean_news.formats.compression import opened
from clean_news.formats.size_limit import MEGABYTE
from clean_news.visible import printable


class Restored(NamedTuple):
    """What a reversion did.

    Attributes:
        written: number of raw files written.
        there: number of raw files that were there already, byte by byte the same.
        failures: the clean files that could not be reverted.
    """

    written: int
    there: int
    failures: list[Failure]


class DiffersError(ValueError):
    """A file stands where the raw file should go, and is another one."""


def restore(clean: Path, dest: Path, watch: Callable[[Failure], None] = lambda _: None) -> Restored:
    """Write the raw files that clean files were made from.

    Args:
        clean: a clean file, or a folder of them.
        dest: the folder for the raw files; for one clean file, the raw file or its folder.
        watch: called with each failure when it happens.

    Raises:
        InputError: if ``clean`` or ``dest`` cannot be used.
    """
    try:
        pairs = _pairs_of(clean, dest)
    except OSError as error:
        raise InputError(str(of_os_error(clean, error))) from error
    written = there = 0
    failures: list[Failure] = []
    for path, target in pairs:
        try:
            fresh = _restore_file(path, target)
        except (LogError, DiffersError) as error:
            failures.append(Failure("", str(error)))
        except OSError as error:
            failures.append(of_os_error(path, error))
        else:
            written += fresh
            there += not fresh
            continue
        watch(failures[-1])
    return Restored(written, there, failures)


def _pairs_of(clean: Path, dest: Path) -> list[tuple[Path, Path]]:
    """Each clean file with the raw file that it is turned into.

    Raises:
        InputError: see :func:`restore`.
        OSError: if a folder cannot be looked at.
    """
    if not clean.exists():
        raise InputError(f"{printable(clean)}: there is no such file or folder; name what to revert")
    if is_same(clean, dest):
        raise InputError(f"{printable(dest)}: is CLEAN itself; name another folder for the raw files")
    if clean.is_dir() and dest.exists() and not dest.is_dir():
        raise InputError(f"{printable(dest)}: is a file, but CLEAN is a folder; name a folder")
    if clean.is_dir():
        pairs = [(path, _restored_path(dest / path.relative_to(clean))) for path in clean_files(clean)]
        if not pairs:
            raise InputError(f"{printable(clean)}: there is no clean file in it; name a folder of clean files")
        return pairs
    if format_of(clean) is None:
        raise InputError(f"{printable(clean)}: is no clean file, their names end in {', '.join(KINDS)}; name one")
    return [(clean, _restored_path(dest / clean.name) if dest.is_dir() else dest)]


def _restored_path(raw: Path) -> Path:
    """Where a raw file is written again; a web page's text beside where the page was."""
    form = format_of(raw)
    return raw.with_name(raw.name + form.RESTORED_SUFFIX) if form else raw


def _restore_file(clean: Path, target: Path) -> bool:
    """Write the raw file of one clean file.

    Returns:
        Whether it was written; False if the very same file was there.

    Raises:
        LogError: if there is no log, or clean file or log were changed since.
        DiffersError: if another file stands there.
        OSError: if a file cannot be read or written.
    """
    form = format_of(clean)
    assert form is not None, "only files of a known kind get here"
    logs = log_path_of(clean, form.LOG_SUFFIX)
    if not target.exists():
        with replacing(target) as (file,):
            form.restore(clean, logs, file)
        return True
    with TemporaryDirectory() as folder:
        restored = Path(folder, target.name)
        with restored.open("wb") as file:
            form.restore(clean, logs, file)
        if not _is_same_content(restored, target):
            raise DiffersError(
                f"{printable(target)}: is there and differs from the raw file of {printable(clean)}; "
                "move it away or choose another DEST"
            )
    return False


def _is_same_content(one: Path, other: Path) -> bool:
    """Whether two files of the same kind say the same; packed ones may be packed in different ways."""
    if filecmp.cmp(one, other, shallow=False):
        return True
    try:
        with opened(one, guarded=False) as first, opened(other, guarded=False) as second:
            while piece := first.read(MEGABYTE):
                if piece != second.read(MEGABYTE):
                    return False
            return not second.read(1)
    except UnreadableError:
        return False
