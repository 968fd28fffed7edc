"""Keeps the decisions that a run was given in CLEAN's own file, so that later runs apply them too."""

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

from clean_news.batch.atomic_writing import replacing
from clean_news.batch.run_options import RunOptions
from clean_news.decisions import Decision, DecisionsError, iterate, write
from clean_news.failures import failure_from_os_error
from clean_news.files.folder_lock import locked
from clean_news.project_folder import DECISIONS, project_folder
from clean_news.regular_files import MAX_LIST_BYTES, lines_of

WRITTEN_AT_ONCE = 1000  # decisions


def keep_decisions(options: RunOptions, clean: Path | None) -> RunOptions:
    """Add the decisions of the options' files to CLEAN's file; return options that name this file only.

    Lines that are there already are not added again, and none is removed: which decision is in effect, and which people
    disagree, is seen from all of them (:class:`clean_news.decisions.Decisions`).

    Args:
        options: the options, after :func:`clean_news.batch.run_options.with_project_files`.
        clean: CLEAN, a folder or a clean file; None if nothing is written, and the options stay as they are.

    Raises:
        DecisionsError: if a file of decisions cannot be read, or CLEAN's cannot be written.
    """
    if clean is None:
        return options
    own = project_folder(clean) / DECISIONS
    given = [path for path in options.decisions if path != own]
    if not given:
        return options
    try:
        add_decisions(own, (decision for path in given for decision in iterate(path)))
    except OSError as error:
        failure = failure_from_os_error(own, error)
        raise DecisionsError(f"decisions cannot be kept: {failure}") from error
    return options._replace(decisions=(own,) if own.exists() else ())


def add_decisions(path: Path, offered: Iterable[Decision]) -> None:
    """Add decisions to a file, atomically; those that it has already are left out.

    Raises:
        DecisionsError: if a line of the file is not a decision.
        OSError: if the file cannot be read or written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path.parent):
        # Hashes, because the decisions themselves may take hundreds of megabytes.
        known = {hash(decision) for decision in iterate(path)} if path.exists() else set()
        new = _unknown(offered, known)
        first = next(new, None)
        if first is None:
            return
        with replacing(path) as (file,):
            line = b""
            for line in lines_of(path, MAX_LIST_BYTES) if path.exists() else ():
                file.write(line)
            if line and not line.endswith(b"\n"):
                file.write(b"\n")
            new = itertools.chain((first,), new)
            while some := list(itertools.islice(new, WRITTEN_AT_ONCE)):
                file.write(write(some))


def _unknown(offered: Iterable[Decision], known: set[int]) -> Iterator[Decision]:
    """Yield the decisions whose hashes are not known yet."""
    for decision in offered:
        key = hash(decision)
        if key not in known:
            known.add(key)
            yield decision
