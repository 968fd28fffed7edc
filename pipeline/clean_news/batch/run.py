"""The main job: RAW to CLEAN."""

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec

from clean_news.batch.discovery import DECISIONS, DICTIONARY, OUR_FOLDER, PROTECTED, Discovery, discover
from clean_news.batch.failures import Failure, of_os_error, printable
from clean_news.batch.file_cleaning import Orders, cleaner_for
from clean_news.batch.output import remove_leftovers, replacing
from clean_news.batch.report import Report
from clean_news.batch.summary import Summary, as_page
from clean_news.batch.workers import reports
from clean_news.decisions import Key, in_words
from clean_news.version import version

STOPPED = "the run was stopped; give the same command again to go on, finished articles are skipped"


def run(
    raw: Path,
    clean: Path | None,
    orders: Orders,
    begin: Callable[[int], None] = lambda _: None,
    watch: Callable[[Report], None] = lambda _: None,
) -> Summary:
    """Clean RAW into CLEAN.

    Ctrl-C ends it in order: files under way are finished or left as they were, and the summary says so.

    Args:
        raw: a folder, or one file; never written to.
        clean: a folder, or for one file the clean file; None to write nothing.
        orders: how.
        begin: called with the number of files when it is known.
        watch: called with each file's report when it is there, with failures of the search first.

    Returns:
        The summary; for a folder it is also written into CLEAN, if anything is.

    Raises:
        InputError: if RAW or CLEAN cannot be used.
        SettingsError: if a stage cannot be loaded.
        DecisionsError: if a file of decisions cannot be read.
    """
    began = time.monotonic()
    orders = with_project(orders, clean)
    # A wrong setting or decision is no article's fault: it ends the run before it begins.
    decisions = cleaner_for(orders.settings, orders.decisions).decisions
    found = discover(raw, clean)
    summary = Summary(version(), printable(raw), "" if clean is None else printable(clean), orders.settings.sha256())
    summary.passed_over += found.passed_over
    begin(len(found.tasks))
    for failure in found.failures:
        take(Report(failure.file, "failed", (), (failure,)), summary, watch)
    decided: set[Key] = set()

    def take_note(report: Report) -> None:
        decided.update(*(article.decided for article in report.articles))
        watch(report)

    try:
        if clean is not None and clean.is_dir():
            remove_leftovers(clean)
        work(found, orders, summary, take_note)
        if raw.is_dir():  # decisions about other files are none of one file's
            summary.unmet += map(in_words, decisions.unmet(decided))
    except KeyboardInterrupt:
        summary.finished = False
    summary.conflicts += map(str, decisions.conflicts)
    summary.seconds = round(time.monotonic() - began, 1)
    if clean is not None and raw.is_dir():
        store(summary, clean, orders, watch)
    return summary


def work(found: Discovery, orders: Orders, summary: Summary, watch: Callable[[Report], None]) -> None:
    """Clean the files that were found."""
    with closing(reports(found.tasks, orders)) as stream:
        for report in stream:
            take(report, summary, watch)


def take(report: Report, summary: Summary, watch: Callable[[Report], None]) -> None:
    """Count a report and show it."""
    summary.add(report)
    watch(report)


def with_project(orders: Orders, clean: Path | None) -> Orders:
    """The orders, with what was decided and learned in reviewing CLEAN in front of the others."""
    if clean is None:
        return orders
    own = (clean if clean.is_dir() else clean.parent) / OUR_FOLDER
    if (own / DECISIONS).exists():
        orders = orders._replace(decisions=(own / DECISIONS, *orders.decisions))
    settings = orders.settings
    if (own / PROTECTED).exists():
        settings = msgspec.structs.replace(settings, protect_file=(str(own / PROTECTED), *settings.protect_file))
    if (own / DICTIONARY).exists():
        settings = msgspec.structs.replace(settings, dictionary=(str(own / DICTIONARY), *settings.dictionary))
    return orders._replace(settings=settings)


def store(summary: Summary, clean: Path, orders: Orders, watch: Callable[[Report], None]) -> None:
    """Write the summary into CLEAN; that it cannot be written is one more failure."""
    folder = clean / OUR_FOLDER
    stages = cleaner_for(orders.settings, orders.decisions).pipeline.stages.values()
    page = as_page(summary, {rule.code: rule.summary for stage in stages for rule in stage.RULES})
    try:
        with replacing(folder / "summary.json", folder / "summary.md") as (figures, readable):
            figures.write(msgspec.json.format(msgspec.json.encode(summary), indent=2) + b"\n")
            readable.write(page.encode())
    except OSError as error:
        failure: Failure = of_os_error(folder, error)
        take(Report(failure.file, "failed", (), (failure,)), summary, watch)
