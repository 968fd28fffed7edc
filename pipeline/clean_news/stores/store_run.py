"""The main job if RAW or CLEAN is in an object store: everything is decided and written as by a local run."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from clean_news.batch.keeping_decisions import keep_decisions
from clean_news.batch.known_results import sharing_results
from clean_news.batch.run import new_summary, with_index, write_summary
from clean_news.batch.run_options import RunOptions, validate, with_project_files
from clean_news.batch.stat_cache import inputs_digest
from clean_news.batch.summary import Summary
from clean_news.batch.tally import Report
from clean_news.batch.workers import Workers
from clean_news.decisions import Decisions
from clean_news.failures import Failure
from clean_news.files.discovery import Discovery, InputError
from clean_news.printable_text import printable
from clean_news.project_folder import DECISIONS
from clean_news.settings import SettingsError
from clean_news.stores.batches import Batches, OutageError
from clean_news.stores.clean_places import Clean, LocalClean, RemoteClean
from clean_news.stores.manifest import Known
from clean_news.stores.passes import Passes
from clean_news.stores.raw_objects import LocalRaw, Raw, RemoteRaw
from clean_news.stores.scratch import scratch_folder
from clean_news.stores.transfers import StoreError
from clean_news.stores.urls import check_apart, checked_url, is_url

if TYPE_CHECKING:
    from clean_news.sources import Progress


def run(
    raw: str,
    clean: str | None,
    options: RunOptions,
    is_written: bool = True,
    begin: Callable[[int], None] = lambda _: None,
    watch: Callable[[Report], None] = lambda _: None,
    advance: Callable[[int], None] = lambda _: None,
    indexed: "Progress" = lambda _files, _total, _articles: None,
) -> Summary:
    """Clean RAW into CLEAN, at least one of which is the URL of an object store.

    Ctrl-C stops the run; uploads that have begun are finished, and the summary says so.

    Args:
        raw: a URL or path.
        clean: a URL or path of a folder; None if there is none.
        options: the options of the run; see :func:`clean_news.batch.run.run`.
        is_written: whether to write into CLEAN; else only its decisions are used.
        begin: called with the number of files that have been found so far.
        watch: called with the report of each file whose results are in CLEAN.
        advance: called with the number of articles just done in a file of many articles.
        indexed: called while the sources are read for their index.

    Returns:
        The summary, which is also written into CLEAN.

    Raises:
        InputError: if RAW or CLEAN cannot be used, or the store is out of reach.
        SettingsError, DecisionsError: as :func:`clean_news.batch.run.run`.
        MissingLibraryError: if the library of the store is not installed.
    """
    began = time.monotonic()
    with opened(raw, clean, options, is_written, begin, watch, advance, indexed) as job:
        summary = job.summary
        try:
            with store_errors():
                job.passes.run(job.scratch)
            summary.add_unmet(job.decisions, job.passes.decided)
        except KeyboardInterrupt:
            summary.finished = False
        finish(job, round(time.monotonic() - began, 1), watch)
    return summary


class StoreJob(NamedTuple):
    """A run that is ready to start.

    Attributes:
        source: RAW.
        target: CLEAN; None if nothing is written.
        options: the options, with what CLEAN's reviewers have.
        decisions: the decisions.
        summary: the summary, to which the passes add.
        passes: the passes over RAW.
        scratch: a folder of this machine.
        results: file of the results that processes of this machine share; None if they must not be shared.
    """

    source: Raw
    target: Clean | None
    options: RunOptions
    decisions: Decisions
    summary: Summary
    passes: Passes
    scratch: Path
    results: Path | None


@contextmanager
def opened(
    raw: str,
    clean: str | None,
    options: RunOptions,
    is_written: bool = True,
    begin: Callable[[int], None] = lambda _: None,
    watch: Callable[[Report], None] = lambda _: None,
    advance: Callable[[int], None] = lambda _: None,
    indexed: "Progress | None" = None,
    share: Callable[[Raw], Raw] = lambda source: source,
) -> Iterator[StoreJob]:
    """Yield a run over RAW that is ready to start; see :func:`run`.

    Args:
        raw: see :func:`run`.
        clean: see :func:`run`.
        options: see :func:`run`.
        is_written: see :func:`run`.
        begin: see :func:`run`.
        watch: see :func:`run`.
        advance: see :func:`run`.
        indexed: see :func:`run`; None if the index of the sources is not to be brought up to date.
        share: returns the part of RAW that this run cleans.

    Raises:
        InputError, SettingsError, DecisionsError, MissingLibraryError: see :func:`run`.
    """
    if options.settings.furniture:
        raise SettingsError(
            "furniture reads all articles before the first is cleaned, which object stores are too far away for; copy "
            "RAW to a folder of this machine, or leave --furniture out"
        )
    with scratch_folder() as scratch, ExitStack() as closing:
        source, place = _places(raw, clean, options, scratch)
        source = share(source)
        try:
            if place is not None and (is_written or place.is_remote):
                place.begin()
        except StoreError as error:
            raise InputError(str(error)) from error
        target = place if is_written else None
        options = with_project_files(options, place.project if place else None)
        decisions = validate(options)
        options = _with_decisions(options, target)
        workers = Workers(options.settings.jobs)
        closing.callback(workers.close)
        summary = new_summary(source.url, None, options)
        summary.clean = "" if target is None else printable(target.url)
        if indexed is not None:
            options = with_index(options, Discovery([], [], []), workers, indexed, summary, watch)
        known = Known(scratch / "known.sqlite", inputs_digest(options))
        closing.callback(known.close)
        sharing = options if options.results else closing.enter_context(sharing_results(options))
        batches = closing.enter_context(Batches(source, target, sharing, workers, known, scratch, advance))
        passes = Passes(source, target, sharing.force, known, batches, summary, begin, watch)
        yield StoreJob(source, target, options, decisions, summary, passes, scratch, sharing.results)


@contextmanager
def store_errors() -> Iterator[None]:
    """Raise InputError if the store is out of reach.

    Raises:
        InputError: in place of OutageError and StoreError.
    """
    try:
        yield
    except (OutageError, StoreError) as error:
        raise InputError(f"the store is out of reach: {error}") from error


def finish(job: StoreJob, seconds: float, watch: Callable[[Report], None] = lambda _: None) -> None:
    """Complete the summary of a run, and write it into CLEAN.

    Args:
        job: the run.
        seconds: how long it took.
        watch: called with the report of what cannot be written.
    """
    summary = job.summary
    summary.decisions = len(job.decisions.by_key)
    summary.conflicts += map(str, job.decisions.conflicts)
    summary.seconds = seconds
    if job.target is not None:
        _keep_summary(summary, job.target, job.options, watch)


def _places(raw: str, clean: str | None, options: RunOptions, scratch: Path) -> tuple[Raw, Clean | None]:
    """Return RAW and CLEAN.

    Raises:
        InputError: if they cannot be used together.
    """
    for word in filter(is_url, (raw, clean or "")):
        checked_url(word)  # before libraries that may be missing
    place: Clean | None = None
    if clean is not None and is_url(clean):
        place = RemoteClean(clean, scratch / "project")
    elif clean is not None:
        place = LocalClean(Path(clean))
    source: Raw = RemoteRaw(raw) if is_url(raw) else LocalRaw(Path(raw), options.settings.follow_links)
    if place is not None:
        check_apart(source.url, place.url)
    return source, place


def _with_decisions(options: RunOptions, clean: Clean | None) -> RunOptions:
    """Keep the decisions of the options in CLEAN; return options that name this file only.

    Raises:
        InputError: if they cannot be uploaded.
    """
    if clean is None:
        return options
    kept = keep_decisions(options, clean.project)
    if kept != options:
        try:
            clean.put_project_file(DECISIONS)
        except StoreError as error:
            raise InputError(str(error)) from error
    return kept


def _keep_summary(summary: Summary, clean: Clean, options: RunOptions, watch: Callable[[Report], None]) -> None:
    """Write the summary into CLEAN; an error is added as a failure."""
    write_summary(summary, clean.project, options, watch)
    try:
        for name in ("summary.json", "summary.md"):
            clean.put_project_file(name)
    except StoreError as error:
        report = Report("", "failed", failures=(Failure("", str(error)),))
        summary.add(report)
        watch(report)
