"""The main job: RAW to CLEAN."""

import time
from collections.abc import Callable, Generator
from contextlib import closing
from itertools import groupby
from pathlib import Path

import msgspec

from clean_news.batch.atomic_writing import remove_leftovers, replacing
from clean_news.batch.discovery import Task, discover
from clean_news.batch.file_cleaning import FileOrder, clean_file, clean_files, lost_file
from clean_news.batch.orders import Orders, checked, with_project
from clean_news.batch.row_work import one_by_one, through
from clean_news.batch.stat_cache import Notes, kept_lines, made_by, place_of, report_in, untouched
from clean_news.batch.summary import Summary, as_page
from clean_news.batch.tally import Report
from clean_news.batch.workers import Workers, in_batches
from clean_news.decisions import Key, in_words
from clean_news.failures import Failure, of_os_error
from clean_news.formats import format_of
from clean_news.pipeline import load_stage
from clean_news.project_folder import OUR_FOLDER
from clean_news.provenance import settings_sha256
from clean_news.version import version
from clean_news.visible import printable

FILES = 32  # in a batch at most
SHARES = 8  # batches that each worker should have at least
LARGE = 1 << 20  # bytes of a file whose rows are shared out among the workers


def run(
    raw: Path,
    clean: Path | None,
    orders: Orders,
    project: Path | None = None,
    begin: Callable[[int], None] = lambda _: None,
    watch: Callable[[Report], None] = lambda _: None,
    advance: Callable[[int], None] = lambda _: None,
    ready: Callable[[Task], bool] = lambda _: True,
) -> Summary:
    """Clean RAW into CLEAN.

    Ctrl-C ends it in order: files under way are finished or left as they were, and the summary says so.

    Args:
        raw: a folder, or one file; never written to.
        clean: a folder, or for one file the clean file; None to write nothing.
        orders: how.
        project: where reviewers' decisions about RAW are, if nothing is written; else they are in CLEAN.
        begin: called with the number of files when it is known.
        watch: called with each file's report when it is there, with failures of the search first.
        advance: called with the number of articles that are done, while a file with many is worked on.
        ready: which of the files are cleaned; the others are as if they were not there.

    Returns:
        The summary; for a folder it is also written into CLEAN, if anything is.

    Raises:
        InputError: if RAW or CLEAN cannot be used.
        SettingsError: if a stage cannot be loaded.
        DecisionsError: if a file of decisions cannot be read.
    """
    began = time.monotonic()
    workers = Workers(orders.settings.jobs)
    orders = with_project(orders, project or clean)
    decisions = checked(orders)
    found = discover(raw, clean)
    summary = new_summary(raw, clean, orders)
    summary.passed_over += found.passed_over
    tasks = [task for task in found.tasks if ready(task)]
    begin(len(tasks))
    for failure in found.failures:
        take(Report(failure.file, "failed", failures=(failure,)), summary, watch)
    decided: set[Key] = set()

    def take_note(report: Report) -> None:
        decided.update(report.decided)
        for stage in report.tally.edits:
            load_stage(stage)  # for the summary's page; here, because workers are still at work
        watch(report)

    try:
        if clean is not None and clean.is_dir():
            remove_leftovers(clean, resumable=False)
        folders = (raw, clean) if clean is not None and raw.is_dir() else None
        with closing(_all_reports(tasks, folders, orders, workers, advance)) as stream:
            for report in stream:
                take(report, summary, take_note)
        if clean is not None and clean.is_dir():
            remove_leftovers(clean, resumable=True)
        if raw.is_dir():  # decisions about other files are none of one file's
            summary.unmet += map(in_words, decisions.unmet(decided))
    except KeyboardInterrupt:
        summary.finished = False
    finally:
        workers.close()
    summary.conflicts += map(str, decisions.conflicts)
    summary.seconds = round(time.monotonic() - began, 1)
    if clean is not None and raw.is_dir():
        store(summary, clean, orders, watch)
    return summary


def _all_reports(
    tasks: list[Task],
    folders: tuple[Path, Path] | None,
    orders: Orders,
    workers: Workers,
    advance: Callable[[int], None],
) -> Generator[Report, None, None]:
    """Each file's report, in order; those that nobody touched since the last run are reported as they were then.

    Args:
        tasks: the files.
        folders: RAW and CLEAN; None where nothing is kept.
        orders: how they are cleaned.
        workers: who cleans them.
        advance: see :func:`run`.
    """
    if folders is None:
        yield from reports(tasks, orders, workers, advance)
        return
    place, makers = place_of(*folders), made_by(orders)
    known = list(untouched(tasks, iter(()) if orders.force else kept_lines(place, makers)))
    others = [task for task, line in zip(tasks, known, strict=True) if line is None]
    with closing(Notes(place, makers)) as notes, closing(reports(others, orders, workers, advance)) as cleaned:
        for task, line in zip(tasks, known, strict=True):
            if line is None:
                report = next(cleaned)
                notes.take(task, report)
            else:
                report = report_in(line)
                notes.write(line)
            yield report
        notes.keep()


def reports(
    tasks: list[Task], orders: Orders, workers: Workers, advance: Callable[[int], None]
) -> Generator[Report, None, None]:
    """Clean the files; gives each one's report, in order.

    Small files are shared out among the workers, several at a time; of a large one with many rows the rows are.
    """
    for is_split, group in groupby(tasks, lambda task: workers.jobs > 1 and _is_large(task)):
        if is_split:
            yield from (clean_file(task, orders, through(workers), advance) for task in group)
        elif workers.jobs > 1:
            # Few files make small batches, so that all workers have some and Ctrl-C need not wait long.
            most = min(FILES, max(1, len(tasks) // (SHARES * workers.jobs)))
            batches = in_batches((FileOrder(task, orders) for task in group), lambda order: order.task.size, most)
            with closing(workers.results(clean_files, batches, lost_file)) as stream:
                yield from (report for batch in stream for report in batch)
        else:
            yield from (clean_file(task, orders, one_by_one, advance) for task in group)


def new_summary(raw: Path, clean: Path | None, orders: Orders) -> Summary:
    """A summary with nothing counted yet."""
    return Summary(
        version=version(),
        raw=printable(raw),
        clean="" if clean is None else printable(clean),
        settings_sha256=settings_sha256(orders.settings),
    )


def _is_large(task: Task) -> bool:
    """Whether a file has so much in it that its rows are to be shared out."""
    form = format_of(task.raw)
    return form is not None and form.MANY and task.size > LARGE


def take(report: Report, summary: Summary, watch: Callable[[Report], None]) -> None:
    """Count a report and show it."""
    summary.add(report)
    watch(report)


def store(summary: Summary, clean: Path, orders: Orders, watch: Callable[[Report], None]) -> None:
    """Write the summary into CLEAN; that it cannot be written is one more failure."""
    folder = clean / OUR_FOLDER
    stages = (stage for stage in orders.settings.stages if stage in summary.edits)
    rules = (rule for stage in stages for rule in load_stage(stage).RULES)
    page = as_page(summary, {rule.code: rule.summary for rule in rules})
    try:
        with replacing(folder / "summary.json", folder / "summary.md") as (figures, readable):
            figures.write(msgspec.json.format(msgspec.json.encode(summary), indent=2) + b"\n")
            readable.write(page.encode())
    except OSError as error:
        failure: Failure = of_os_error(folder, error)
        take(Report(failure.file, "failed", failures=(failure,)), summary, watch)
