"""Runs the main job: cleans RAW into CLEAN."""

import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from clean_news.batch.atomic_writing import remove_leftovers, replacing
from clean_news.batch.file_cleaning import FileJob, clean_file, clean_file_batch, lost_file_report
from clean_news.batch.furniture_learning import with_learned_lines
from clean_news.batch.half_landed import finish_half_landed
from clean_news.batch.keeping_decisions import keep_decisions
from clean_news.batch.known_results import sharing_results
from clean_news.batch.names_apart import with_names_apart
from clean_news.batch.row_dispatch import in_this_process, in_workers
from clean_news.batch.run_lock import beside_other_runs
from clean_news.batch.run_options import RunOptions, validate, with_project_files
from clean_news.batch.several_raws import discover_all
from clean_news.batch.stat_cache import (
    CacheWriter,
    cache_path,
    cached_lines,
    cached_report,
    inputs_digest,
    untouched_entries,
)
from clean_news.batch.summary import Summary, as_markdown
from clean_news.batch.tally import Report
from clean_news.batch.workers import Workers, in_batches
from clean_news.failures import Failure, failure_from_os_error
from clean_news.files.discovery import Discovery, Task
from clean_news.formats import format_of
from clean_news.pipeline import HAND_RULE, load_stage
from clean_news.printable_text import printable
from clean_news.project_folder import project_folder
from clean_news.provenance import settings_sha256
from clean_news.stages.source.prepared_index import check_apart, prepare
from clean_news.version import version

if TYPE_CHECKING:
    from clean_news.decisions import Key
    from clean_news.sources import Progress
    from clean_news.sources.segment import Stored
    from clean_news.sources.updating import NewArticle, Prepare

MAX_BATCH_FILES = 32
MIN_BATCHES_PER_WORKER = 8
LARGE_FILE_BYTES = 1 << 20  # the rows of a larger file are distributed among the workers


def run(
    raw: Path | Sequence[Path],
    clean: Path | None,
    options: RunOptions,
    project: Path | None = None,
    begin: Callable[[int], None] = lambda _: None,
    watch: Callable[[Report], None] = lambda _: None,
    advance: Callable[[int], None] = lambda _: None,
    indexed: "Progress" = lambda _files, _total, _articles: None,
    ready: Callable[[Task], bool] = lambda _: True,
    into_folder: bool = False,
) -> Summary:
    """Clean RAW into CLEAN.

    Ctrl-C stops the run cleanly: files being cleaned are finished or left as they were, and the summary says so.

    Args:
        raw: a folder, a file, or several of them; never written to.
        clean: a folder, or for one file the clean file; None to write nothing.
        options: the options of the run; their decisions are added to those of CLEAN, unless nothing is written.
        project: the CLEAN folder whose reviewers' decisions to use if nothing is written; by default ``clean``.
        begin: called with the number of files, once it is known.
        watch: called with each file's report as it becomes available; failures of the discovery come first.
        advance: called with the number of articles just done in a file of many articles.
        indexed: called while the sources are read for their index; see :func:`clean_news.sources.update`.
        ready: selects the files to clean; the others are ignored.
        into_folder: whether CLEAN is a folder even if RAW is a single file and CLEAN does not exist yet.

    Returns:
        The summary; if RAW, or one of several, is a folder and CLEAN is given, it is also written into CLEAN.

    Raises:
        InputError: if RAW or CLEAN cannot be used.
        SettingsError: if a stage cannot be loaded.
        DecisionsError: if a file of decisions cannot be read, or CLEAN's cannot be written.
    """
    began = time.monotonic()
    workers = Workers(options.settings.jobs)
    options = with_project_files(options, project or clean)
    decisions = validate(options)
    raws, has_folder = _raws_of(raw)
    check_apart(options.settings, raws, clean)
    found = with_names_apart(discover_all(raws, clean, options.settings.follow_links, into_folder), clean)
    options = keep_decisions(options, clean)
    summary = new_summary(", ".join(map(str, raws)), clean, options)
    summary.passed_over += found.passed_over
    tasks = [task for task in found.tasks if ready(task)]
    begin(len(tasks))
    for failure in found.failures:
        _add_report(Report(failure.file, "failed", failures=(failure,)), summary, watch)
    decided: set[Key] = set()

    def note_report(report: Report) -> None:
        decided.update(report.decided)
        # A log may name any module as its stage: only those of the settings are loaded.
        for stage in report.tally.edits.keys() & {*options.settings.stages}:
            load_stage(stage)  # write_summary needs it; loading here overlaps with the workers
        watch(report)

    try:
        with beside_other_runs(clean):
            options = with_index(options, found, workers, indexed, summary, watch)
            options = with_learned_lines(options, found.tasks, workers)
            _finish_killed_runs(clean)
            folders = (raws, clean) if clean is not None and has_folder else None
            with (
                sharing_results(options) as sharing,
                closing(_all_reports(tasks, folders, sharing, workers, advance)) as stream,
            ):
                for report in stream:
                    _add_report(report, summary, note_report)
            if clean is not None and clean.is_dir():
                remove_leftovers(clean, resumable=True)
            if has_folder:  # decisions about other files do not concern single files
                summary.add_unmet(decisions, decided)
    except KeyboardInterrupt:
        summary.finished = False
    finally:
        workers.close()
    summary.decisions = len(decisions.by_key)
    summary.conflicts += map(str, decisions.conflicts)
    summary.seconds = round(time.monotonic() - began, 1)
    if clean is not None and has_folder:
        write_summary(summary, clean, options, watch)
    return summary


def _raws_of(raw: Path | Sequence[Path]) -> tuple[tuple[Path, ...], bool]:
    """Return each RAW, and whether a folder is among them: the summary and the stat cache are those of folders."""
    raws = (raw,) if isinstance(raw, Path) else tuple(raw)
    return raws, any(each.is_dir() for each in raws)


def with_index(
    options: RunOptions,
    found: Discovery,
    workers: Workers,
    indexed: "Progress",
    summary: Summary,
    watch: Callable[[Report], None],
) -> RunOptions:
    """Bring the index of the sources up to date; return the options that name it.

    Args:
        options: the options of the run.
        found: the files of RAW. What is wrong with them is reported elsewhere, although they may be sources too.
        workers: the worker processes.
        indexed: see :func:`run`.
        summary: gets the number of sources, and the failures.
        watch: see :func:`run`.

    Raises:
        SettingsError: if a source does not exist, or the index cannot be written or opened.
    """

    def spread(prepared: "Prepare", batches: "Iterable[list[NewArticle]]") -> "Iterable[list[Stored]]":
        return workers.results(prepared, batches, lambda lost: prepared([lost])[0])

    prepared = prepare(options.settings, indexed, spread)
    summary.sources = prepared.articles
    known = {str(failure) for failure in found.failures}
    raws = {printable(task.raw) for task in found.tasks}
    for failure in prepared.failures:
        if failure.file not in raws and str(failure) not in known:
            summary.add_failures((failure,))
            watch(Report(failure.file, "failed", failures=(failure,)))
    return options._replace(settings=prepared.settings)


def _finish_killed_runs(clean: Path | None) -> None:
    """Put in order what killed runs left in CLEAN."""
    if clean is not None:
        finish_half_landed(clean)
        if clean.is_dir():
            remove_leftovers(clean, resumable=False)


def _all_reports(
    tasks: list[Task],
    folders: tuple[Sequence[Path], Path] | None,
    options: RunOptions,
    workers: Workers,
    advance: Callable[[int], None],
) -> Generator[Report, None, None]:
    """Yield the report of each file, in order; files untouched since the last run are reported from the stat cache.

    Args:
        tasks: the files.
        folders: each RAW, and CLEAN; None to use no stat cache.
        options: the options of the run.
        workers: the worker processes.
        advance: see :func:`run`.
    """
    if folders is None:
        yield from reports(tasks, options, workers, advance)
        return
    place, digest = cache_path(*folders), inputs_digest(options)
    known = list(untouched_entries(tasks, iter(()) if options.force else cached_lines(place, digest)))
    others = [task for task, line in zip(tasks, known, strict=True) if line is None]
    with closing(CacheWriter(place, digest)) as cache, closing(reports(others, options, workers, advance)) as cleaned:
        for task, line in zip(tasks, known, strict=True):
            if line is None:
                report = next(cleaned)
                cache.record(task, report)
            else:
                report = cached_report(line)
                cache.write(line)
            yield report
        cache.commit()


def reports(
    tasks: list[Task], options: RunOptions, workers: Workers, advance: Callable[[int], None]
) -> Generator[Report, None, None]:
    """Clean the files and yield the report of each, in order.

    Small files are distributed among the workers in batches; of a large file with many rows, the rows are distributed.
    """
    for is_split, group in groupby(tasks, lambda task: workers.jobs > 1 and _is_large(task)):
        if is_split:
            yield from (clean_file(task, options, in_workers(workers), advance) for task in group)
        elif workers.jobs > 1:
            # For few files the batches are small, so that all workers get some and Ctrl-C takes effect soon.
            max_files = min(MAX_BATCH_FILES, max(1, len(tasks) // (MIN_BATCHES_PER_WORKER * workers.jobs)))
            batches = in_batches((FileJob(task, options) for task in group), lambda job: job.task.size, max_files)
            with closing(workers.results(clean_file_batch, batches, lost_file_report)) as stream:
                yield from (report for batch in stream for report in batch)
        else:
            yield from (clean_file(task, options, in_this_process, advance) for task in group)


def new_summary(raw: Path | str, clean: Path | None, options: RunOptions) -> Summary:
    """Return an empty summary of a run."""
    return Summary(
        version=version(),
        raw=printable(raw),
        clean="" if clean is None else printable(clean),
        settings_sha256=settings_sha256(options.settings),
    )


def _is_large(task: Task) -> bool:
    """Whether a file is so large that its rows should be distributed among the workers."""
    form = format_of(task.raw)
    return form is not None and form.MANY and task.size > LARGE_FILE_BYTES


def _add_report(report: Report, summary: Summary, watch: Callable[[Report], None]) -> None:
    """Add a report to the summary and display it."""
    summary.add(report)
    watch(report)


def write_summary(summary: Summary, clean: Path, options: RunOptions, watch: Callable[[Report], None]) -> None:
    """Write the summary into CLEAN as JSON and Markdown; an error in writing is added as a failure."""
    folder = project_folder(clean)
    stages = (stage for stage in options.settings.stages if stage in summary.edits)
    rules = (*(rule for stage in stages for rule in load_stage(stage).RULES), HAND_RULE)
    markdown = as_markdown(summary, {rule.code: rule.summary for rule in rules})
    try:
        with replacing(folder / "summary.json", folder / "summary.md") as (figures, readable):
            figures.write(msgspec.json.format(msgspec.json.encode(summary), indent=2) + b"\n")
            readable.write(markdown.encode())
    except OSError as error:
        failure: Failure = failure_from_os_error(folder, error)
        _add_report(Report(failure.file, "failed", failures=(failure,)), summary, watch)
