"""Finishes pairs of clean file and log of which a killed run renamed only the log.

What such a run leaves, and why it is recognised by a mark, is told in :func:`clean_news.batch.atomic_writing._land`.
"""

import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path

from clean_news.batch.atomic_writing import DUE, TEMPORARY, leftovers, short_name
from clean_news.batch.up_to_date import is_untouched
from clean_news.change_log import ChangeLog, LogError
from clean_news.formats import LOG_SUFFIXES, UnreadableError, format_of


def finish_half_landed(clean: Path) -> None:
    """Rename the clean files that killed runs left as due, where they belong to the log that is there.

    The others become temporary files as any that a killed run left.

    Args:
        clean: a folder of clean files, which is searched with its subfolders; or one clean file, whose folder is.
    """
    if clean.is_dir():
        for parent, _, names in os.walk(clean):
            _finish_in(Path(parent), names)
    else:
        with suppress(OSError):
            _finish_in(clean.parent, [path.name for path in clean.parent.iterdir()])


def finish_half_landed_of(cleans: Collection[Path]) -> None:
    """Finish the pairs of some clean files only, as other processes may be writing into the same folders.

    Args:
        cleans: the clean files, which nobody else writes.
    """
    for folder in {clean.parent for clean in cleans}:
        with suppress(OSError):
            _finish_in(folder, [path.name for path in folder.iterdir()], cleans)


def _finish_in(folder: Path, names: Sequence[str], only: Collection[Path] | None = None) -> None:
    """Finish the pairs of one folder, or those of some clean files only."""
    for due, kind, short in list(leftovers(folder, names)):
        if kind == DUE:
            clean = target_of(short or "", folder, names)
            if only is not None and clean not in only:
                continue
            landed = clean is not None and belongs(due, clean) and not _is_edited_since(clean, due)
            with suppress(OSError):
                due.replace(clean if landed and clean else due.with_name(due.name.replace(DUE, TEMPORARY, 1)))


def target_of(short: str, folder: Path, names: Sequence[str]) -> Path | None:
    """Return the clean file with a short name, by the logs in its folder; None if there is no log of it."""
    for name in names:
        for suffix in LOG_SUFFIXES:
            if name.endswith(suffix) and short_name(name.removesuffix(suffix)) == short:
                return folder / name.removesuffix(suffix)
    return None


def belongs(due: Path, clean: Path) -> bool:
    """Whether a file that is due has the content that the log of its clean file records."""
    form = format_of(clean)
    if form is None or not due.is_file() or due.is_symlink():
        return False
    try:
        stored = form.read_clean(due, clean.with_name(clean.name + form.LOG_SUFFIX))
        return all(isinstance(log, ChangeLog) and is_untouched(text, log) for text, log in stored)
    except (OSError, LogError, UnreadableError):
        return False


def _is_edited_since(clean: Path, due: Path) -> bool:
    """Whether a clean file was written after the run that left its successor as due, so by hand."""
    try:
        return clean.lstat().st_mtime_ns > due.lstat().st_ctime_ns
    except FileNotFoundError:
        return False
