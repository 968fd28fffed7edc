"""Finds articles that would overwrite each other because CLEAN's file system takes two names for the same.

Those of Windows and macOS ignore case, that of macOS also how accented letters are composed, whereas RAW may come from
Linux, an archive or a network and have both. Otherwise the later of two such articles would replace the earlier in
every run.
"""

import os
import unicodedata
from pathlib import Path

from clean_news.batch.atomic_writing import temporary_name
from clean_news.failures import Failure
from clean_news.files.discovery import Discovery, Task
from clean_news.printable_text import printable

SAME_NAME = "would become {0}, which the file system of CLEAN takes for {1}; rename one of the two raw files"


def with_names_apart(found: Discovery, clean: Path | None) -> Discovery:
    """Return what was discovered; files whose clean file would be that of an earlier one become failures.

    Args:
        found: the files, whose clean paths are all different.
        clean: the folder CLEAN; None, or a file, if there is at most one clean file.
    """
    if clean is None or not clean.is_dir():
        return found
    first: dict[str, Path] = {}
    kept: list[Task] = []
    failures = list(found.failures)
    for task in found.tasks:
        place = task.clean
        other = place if place is None else first.setdefault(folded(str(place)), place)
        if place is None or other is None or other == place or not _is_same_name(clean, other, place):
            kept.append(task)
        else:
            names = (printable(str(path)) for path in (place, other))
            failures.append(Failure(printable(str(task.raw)), SAME_NAME.format(*names)))
    return found._replace(tasks=kept, failures=failures)


def folded(path: str) -> str:
    """Return a path without what some file systems ignore: case, and the composition of accented letters."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def _is_same_name(folder: Path, one: Path, other: Path) -> bool:
    """Whether a folder's file system takes two paths, which differ in what some ignore, for the same.

    It is asked with a temporary file: settings of a folder, a mounted disk and a network decide, not the system's name.
    """
    one_part, other_part = next((a, b) for a, b in zip(one.parts, other.parts, strict=True) if a != b)
    stem = temporary_name("")
    probe = folder / f"{stem}-{one_part}"
    try:
        probe.touch(exist_ok=False)
    except OSError:  # CLEAN cannot be written, or the name is too long: the cleaning itself will say so
        return False
    try:
        return os.path.lexists(folder / f"{stem}-{other_part}")
    finally:
        probe.unlink(missing_ok=True)
