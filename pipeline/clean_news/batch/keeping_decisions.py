"""Keeps the decisions that a run was given in CLEAN's own file, so that later runs apply them too."""

from pathlib import Path

from clean_news.batch.atomic_writing import replacing
from clean_news.batch.folder_lock import locked
from clean_news.batch.run_options import RunOptions
from clean_news.decisions import Decision, DecisionsError, read, write
from clean_news.failures import failure_from_os_error
from clean_news.project_folder import DECISIONS, project_folder
from clean_news.regular_files import MAX_LIST_BYTES, read_regular


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
    offered = [decision for path in given for decision in read(path)]
    try:
        if offered:
            add_decisions(own, offered)
    except OSError as error:
        failure = failure_from_os_error(own, error)
        raise DecisionsError(f"decisions cannot be kept: {failure}") from error
    return options._replace(decisions=(own,) if own.exists() else ())


def add_decisions(path: Path, offered: list[Decision]) -> None:
    """Add decisions to a file, atomically; those that it has already are left out.

    Raises:
        DecisionsError: if a line of the file is not a decision.
        OSError: if the file cannot be read or written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path.parent):
        known = set(read(path)) if path.exists() else set()
        new = [decision for decision in dict.fromkeys(offered) if decision not in known]
        if not new:
            return
        before = read_regular(path, MAX_LIST_BYTES) if path.exists() else b""
        line_end = b"\n" if before and not before.endswith(b"\n") else b""
        with replacing(path) as (file,):
            file.write(before + line_end + write(new))
