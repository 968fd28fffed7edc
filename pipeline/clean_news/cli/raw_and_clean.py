"""Tells which of the paths on the command line are RAW and which is CLEAN, and runs over them."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from clean_news.cli.exits import stop

if TYPE_CHECKING:
    from clean_news.batch.progress import Watcher
    from clean_news.batch.run_options import RunOptions
    from clean_news.batch.summary import Summary
    from clean_news.batch.tally import Report


class Places(NamedTuple):
    """What the paths on the command line mean.

    Attributes:
        raws: folders of articles, and files.
        clean: CLEAN; None if there is none.
        into_folder: whether CLEAN is a folder even if it does not exist yet.
    """

    raws: tuple[Path, ...]
    clean: Path | None
    into_folder: bool


def places(words: Sequence[str], nothing_written: bool, all_raw: bool = False) -> Places:
    """Return what the paths mean; paths that have no meaning end the program.

    The last path is CLEAN. If nothing is written, it is CLEAN only if it looks like one, see :func:`_is_a_clean`; its
    decisions are then used.

    Args:
        words: the paths, at least one.
        nothing_written: whether ``--check`` or ``--dry-run`` is given.
        all_raw: whether none is CLEAN, not even one that looks like it: a hook names any files of a repository.
    """
    from clean_news.formats import format_of
    from clean_news.printable_text import printable

    if all_raw:
        return Places(tuple(map(Path, words)), None, into_folder=False)
    *raws, last = words
    if nothing_written and not (raws and _is_a_clean(last)):
        return Places(tuple(map(Path, words)), None, into_folder=False)
    if not raws:
        stop("CLEAN is missing; name the folder for the clean articles, or use --check to write nothing")
    into_folder = len(raws) > 1 or last.endswith(_SEPARATORS)
    if into_folder and not last.endswith(_SEPARATORS) and not os.path.lexists(last) and format_of(Path(last)):
        stop(
            f"{printable(last)}: there is no such file or folder; the last of several names is CLEAN: name a folder "
            f"for the clean articles ({printable(last)}/ if it is to have this name)"
        )
    return Places(tuple(map(Path, raws)), Path(last), into_folder)


def run_over(
    named: Places,
    options: "RunOptions",
    watcher: "Watcher",
    report: "Callable[[Report], None]",
    *,
    nothing_written: bool,
) -> "Summary":
    """Clean RAW into CLEAN, or check RAW with the decisions of CLEAN; see :func:`clean_news.batch.run.run`.

    Args:
        named: RAW and CLEAN.
        options: the options of the run.
        watcher: shows how far it is.
        report: called with each file's report, in place of the watcher's.
        nothing_written: whether CLEAN is not written to.
    """
    from clean_news.batch.run import run

    return run(
        named.raws,
        None if nothing_written else named.clean,
        options,
        named.clean,
        watcher.begin,
        report,
        watcher.advance,
        watcher.indexed,
        into_folder=named.into_folder,
    )


_SEPARATORS = ("/", os.sep)


def _is_a_clean(word: str) -> bool:
    """Whether the last of several paths is a CLEAN, although nothing is written to it.

    It is if it is a folder with what clean-news writes, an empty folder, a clean file with its log, or does not exist
    and is not named like a file of articles.
    """
    from clean_news.formats import LOG_SUFFIXES, format_of
    from clean_news.project_folder import PROJECT_FOLDER

    path = Path(word)
    try:
        if path.is_dir():
            names = [each.name for each in path.iterdir()]
            return not names or any(name == PROJECT_FOLDER or name.endswith(LOG_SUFFIXES) for name in names)
        if os.path.lexists(path):
            return any(path.with_name(path.name + suffix).exists() for suffix in LOG_SUFFIXES)
    except OSError:
        return False
    return word.endswith(_SEPARATORS) or format_of(path) is None
