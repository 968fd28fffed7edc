"""Discovers the input if several files or folders are named as RAW: all are cleaned into one CLEAN, as with ``cp``."""

import os
from collections.abc import Sequence
from pathlib import Path

from clean_news.failures import Failure
from clean_news.files.discovery import Discovery, InputError, Task, check_apart, discover, is_same
from clean_news.printable_text import printable


def discover_all(
    raws: Sequence[Path], clean: Path | None, follow_links: bool = False, into_folder: bool = False
) -> Discovery:
    """Find the files of one RAW or of several, and assign their clean files.

    A file has the same id and place in CLEAN as if its RAW alone had been named. Of several RAWs, one that cannot be
    used is a failure, and the others are cleaned.

    Args:
        raws: folders and files.
        clean: see :func:`clean_news.files.discovery.discover`; for several RAWs a folder.
        follow_links: see :func:`clean_news.files.discovery.discover`.
        into_folder: whether CLEAN is a folder even if RAW is a single file and CLEAN does not exist yet.

    Raises:
        InputError: if the only RAW, or CLEAN, cannot be used, or if two files would have the same clean file.
    """
    if len(raws) == 1:
        return discover(raws[0], clean, follow_links, into_folder)
    for raw in raws if clean is not None else ():
        if raw.exists() and clean is not None:
            check_apart(raw, clean)  # all of them, before CLEAN is created for one
    if clean is not None and os.path.lexists(clean) and not clean.is_dir():
        raise InputError(f"{printable(clean)}: is a file; the last of several names is CLEAN: name a folder for it")
    every = Discovery([], [], [])
    for raw in raws:
        try:
            found = discover(raw, clean, follow_links, into_folder=True)
        except InputError as error:
            every.failures.append(Failure("", str(error)))
            continue
        every.tasks.extend(found.tasks)
        every.passed_over.extend(found.passed_over)
        every.failures.extend(found.failures)
    tasks = every.tasks if clean is None else _one_for_each_place(every.tasks)
    # The order of a single walk, in which the stat cache is kept.
    return every._replace(
        tasks=sorted(tasks, key=lambda task: task.id.split("/")), passed_over=sorted(every.passed_over)
    )


def _one_for_each_place(tasks: Sequence[Task]) -> list[Task]:
    """Return the tasks without files that were named twice.

    Raises:
        InputError: if two files would have the same clean file.
    """
    by_place: dict[Path | None, Task] = {}
    for task in tasks:
        other = by_place.setdefault(task.clean, task)
        if other is not task and not is_same(other.raw, task.raw):
            raise InputError(
                f"{printable(other.raw)} and {printable(task.raw)} would both become {printable(str(task.clean))}; "
                "clean one of them into another CLEAN, or name the folder that contains both"
            )
    return list(by_place.values())
