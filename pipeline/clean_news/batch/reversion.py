"""Restores raw files from clean files and their change logs."""

import filecmp
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, NamedTuple

from clean_news.batch.atomic_writing import replacing
from clean_news.batch.clean_articles import log_path_of
from clean_news.batch.hand_changed import logs_of_changed, noted
from clean_news.change_log import LogError, TextChangedError
from clean_news.failures import Failure, failure_from_os_error, internal_error_message
from clean_news.files.discovery import InputError, clean_files, is_same
from clean_news.formats import KINDS, Format, UnreadableError, format_of, raw_name
from clean_news.formats.compression import open_decompressed
from clean_news.formats.size_limit import MEGABYTE
from clean_news.printable_text import printable


class Restored(NamedTuple):
    """The result of a reversion.

    Attributes:
        written: number of raw files written.
        there: number of raw files that existed already with the same content.
        failures: the clean files that could not be reverted.
        notes: the clean files that were reverted although they had been changed by hand.
    """

    written: int
    there: int
    failures: list[Failure]
    notes: list[Failure]


class DiffersError(ValueError):
    """The target of a raw file exists and has different content."""


def restore(clean: Path, dest: Path, watch: Callable[[Failure], None] = lambda _: None) -> Restored:
    """Write the raw files that clean files were made from.

    Args:
        clean: a clean file, or a folder of them.
        dest: the folder for the raw files; for one clean file, the raw file or its folder.
        watch: called with each failure as it happens.

    Raises:
        InputError: if ``clean`` or ``dest`` cannot be used.
    """
    try:
        pairs = _pairs_of(clean, dest)
    except OSError as error:
        raise InputError(str(failure_from_os_error(clean, error))) from error
    written = there = 0
    failures: list[Failure] = []
    notes: list[Failure] = []
    within = dest if clean.is_dir() else None
    for path, target in pairs:
        try:
            fresh = _restore_file(path, target, within, notes)
        except (LogError, DiffersError) as error:
            failures.append(Failure("", str(error)))
        except OSError as error:
            failures.append(failure_from_os_error(path, error))
        except UnreadableError as error:
            failures.append(Failure(printable(path), str(error)))
        except Exception as error:  # noqa: BLE001  # nor may a bug of ours affect the other files
            failures.append(Failure(printable(path), internal_error_message(error)))
        else:
            written += fresh
            there += not fresh
            continue
        watch(failures[-1])
    return Restored(written, there, failures, notes)


def _pairs_of(clean: Path, dest: Path) -> list[tuple[Path, Path]]:
    """Return each clean file with the path of its raw file.

    Raises:
        InputError: see :func:`restore`.
        OSError: if a folder cannot be read.
    """
    if not clean.exists():
        raise InputError(f"{printable(clean)}: there is no such file or folder; name what to revert")
    if is_same(clean, dest):
        raise InputError(f"{printable(dest)}: is the same as CLEAN; name another folder for the raw files")
    if clean.is_dir() and dest.exists() and not dest.is_dir():
        raise InputError(f"{printable(dest)}: is a file, but CLEAN is a folder; name a folder")
    if clean.is_dir():
        pairs = [(path, dest / path.relative_to(clean).with_name(raw_name(path))) for path in clean_files(clean)]
        if not pairs:
            raise InputError(f"{printable(clean)}: contains no clean files; name a folder of clean files")
        return pairs
    if format_of(clean) is None:
        raise InputError(f"{printable(clean)}: is not a clean file; name a file whose name ends in {', '.join(KINDS)}")
    return [(clean, dest / raw_name(clean) if dest.is_dir() else dest)]


def _restore_file(clean: Path, target: Path, within: Path | None, notes: list[Failure]) -> bool:
    """Write the raw file of one clean file.

    Args:
        clean: the clean file.
        target: the path of the raw file.
        within: DEST, below which no symbolic link is followed; None if it is the folder of the raw file.
        notes: receives the note that the clean file was changed by hand.

    Returns:
        Whether it was written; False if it existed with the same content.

    Raises:
        LogError: if there is no change log, or the clean file or its log was changed.
        DiffersError: if the target exists and differs.
        OSError: if a file cannot be read or written.
    """
    form = format_of(clean)
    assert form is not None, "callers pass only files of supported types"
    logs = log_path_of(clean, form.LOG_SUFFIX)
    if not target.exists():
        with replacing(target, within=within) as (file,):
            _restore_into(file, form, clean, logs, notes)
        return True
    with TemporaryDirectory() as folder:
        restored = Path(folder, target.name)
        with restored.open("wb") as file:
            _restore_into(file, form, clean, logs, notes)
        if not is_same_content(restored, target):
            raise DiffersError(
                f"{printable(target)}: exists and differs from the raw file of {printable(clean)}; "
                "move it away or choose another DEST"
            )
    return False


def _restore_into(file: IO[bytes], form: Format, clean: Path, logs: Path, notes: list[Failure]) -> None:
    """Write the raw file of a clean file, also if it was changed by hand and it is known where.

    Args:
        file: the raw file, open for writing.
        form: the format of both.
        clean: the clean file.
        logs: the file of its logs.
        notes: receives the note that the clean file was changed by hand.

    Raises:
        LogError: if it is not known where, or its log was changed.
        OSError: if a file cannot be read or written.
    """
    try:
        form.restore(clean, logs, file)
    except TextChangedError:
        with logs_of_changed(form, clean, logs) as (as_adopted, places):
            file.seek(0)
            file.truncate()
            form.restore(clean, as_adopted, file)
        notes.append(Failure("", noted(places, printable(clean))))


def is_same_content(one: Path, other: Path) -> bool:
    """Whether two files of the same type have the same content, after decompression if they are compressed."""
    if filecmp.cmp(one, other, shallow=False):
        return True
    try:
        with open_decompressed(one, guarded=False) as first, open_decompressed(other, guarded=False) as second:
            while chunk := first.read(MEGABYTE):
                if chunk != second.read(MEGABYTE):
                    return False
            return not second.read(1)
    except UnreadableError:
        return False
