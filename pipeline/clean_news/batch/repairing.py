"""Makes good what ``clean-news verify`` found: leftovers, caches, and what can be made again from RAW.

Nothing is deleted that could have been somebody's: a damaged clean file may be one that was edited by hand, so it is
moved into ``CLEAN/.clean-news/damaged`` with its log before it is made again.
"""

import shutil
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from pathlib import Path

from clean_news.batch.atomic_writing import refuse_links, remove_leftovers
from clean_news.batch.findings import MADE_AGAIN, Finding
from clean_news.batch.half_landed import finish_half_landed
from clean_news.batch.installation_checks import damaged_caches
from clean_news.batch.run import reports
from clean_news.batch.run_options import RunOptions, validate, with_project_files
from clean_news.batch.tally import Report
from clean_news.batch.workers import Workers
from clean_news.files.discovery import Task, discover, output_paths
from clean_news.project_folder import project_folder
from clean_news.stages.source.prepared_index import prepare

DAMAGED = "damaged"  # folder in the project folder


def repair(
    clean: Path,
    raw: Path | None,
    options: RunOptions,
    findings: Iterable[Finding],
    watch: Callable[[Report], None] = lambda _: None,
) -> None:
    """Finish half-landed pairs, remove leftovers and damaged caches, and make damaged pairs again from RAW.

    Args:
        clean: the folder of clean files, or one clean file.
        raw: RAW; None to make nothing again.
        options: the options of the run that makes pairs again.
        findings: what :func:`clean_news.batch.verification.verify` found.
        watch: called with the report of each file that is made again.

    Raises:
        InputError: if RAW cannot be used.
        SettingsError: if the language model is damaged, or a file that the settings name cannot be read.
        DecisionsError: if a file of decisions cannot be read.
        OSError: if a damaged file cannot be moved.
    """
    finish_half_landed(clean)
    if clean.is_dir():
        remove_leftovers(clean, resumable=True)
    for cache in damaged_caches():
        if cache.is_dir():
            shutil.rmtree(cache, ignore_errors=True)
            continue
        with suppress(OSError):
            cache.unlink()
    damaged = {finding.clean for finding in findings if finding.kind in MADE_AGAIN}
    if raw is None or not damaged:
        return
    options = with_project_files(options, clean)
    validate(options)
    options = options._replace(settings=prepare(options.settings).settings)
    tasks = [task for task in discover(raw, clean, options.settings.follow_links).tasks if task.clean in damaged]
    for task in tasks:
        _move_away(task, clean)
    with closing(Workers(options.settings.jobs)) as workers:
        for report in reports(tasks, options, workers, lambda _: None):
            watch(report)


def _move_away(task: Task, clean: Path) -> None:
    """Move a damaged clean file and its log into the project folder, whatever is there in their places.

    Raises:
        OSError: if they cannot be moved.
    """
    top = clean if clean.is_dir() else clean.parent
    for path in output_paths(task):
        target = project_folder(clean) / DAMAGED / path.relative_to(top)
        number = 0
        while target.exists() or target.is_symlink():
            number += 1
            target = project_folder(clean) / DAMAGED / str(number) / path.relative_to(top)
        refuse_links(target.parent, top)
        target.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            path.rename(target)
