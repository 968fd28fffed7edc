"""The main job, ``clean-news RAW CLEAN``."""

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clean_news.cli.check import CheckFormat, Listing, checked
from clean_news.cli.exits import DONE, FOUND, STOPPED, WRONG, stop
from clean_news.cli.object_stores import StoreJob, cleaned_in_stores, names_store
from clean_news.cli.options import JUDGING, LEARNING, LOGGING, READING, SHARING, Force, OfDecisions, with_settings
from clean_news.cli.raw_and_clean import Places, places, run_over
from clean_news.cli.run_outcome import tell, tell_conflicts, wrong_input_stops
from clean_news.cli.terminal import echo
from clean_news.printable_text import printable, visible
from clean_news.settings import Settings

if TYPE_CHECKING:
    from clean_news.batch.run_options import RunOptions
    from clean_news.batch.summary import Summary
    from clean_news.batch.tally import Report

STREAM = "-"
PATHS = "RAW... CLEAN"


@with_settings(JUDGING, READING, LEARNING, SHARING, LOGGING)
def main_job(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar=PATHS,
            help="RAW: folders of articles, or files. CLEAN: the folder for the clean articles, or for one file the "
            "clean file; left out with --check or --dry-run. - -: JSON lines from stdin to stdout.",
        ),
    ],
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 1 if there is anything to repair.")
    ] = False,
    output_format: Annotated[
        CheckFormat | None,
        typer.Option(
            "--format",
            help="With --check: list every repair with its place, for people, for annotations on GitHub, as SARIF or "
            "as JSON; by default only how many each article needs.",
            show_default=False,
        ),
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option("--baseline", metavar="FILE", help="With --check: only what is not in this baseline."),
    ] = None,
    write_baseline: Annotated[
        bool, typer.Option("--write-baseline", help="With --check: write what is found to the baseline.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write nothing; print how many edits each article would get.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Until Ctrl-C, clean each file that appears in RAW once it is complete.")
    ] = False,
    cache: Annotated[
        bool,
        typer.Option(
            "--cache",
            help="Keep what becomes of each article in the user's cache, and do not clean again what an earlier run "
            "with the same settings kept.",
        ),
    ] = False,
    *,
    settings: Settings,
    decisions: OfDecisions = None,
    log: Annotated[
        Path | None,
        typer.Option(
            "--log",
            metavar="FILE",
            help="With - -: the file for the logs; by default the field changes of each record.",
        ),
    ] = None,
    force: Force = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No progress bar and no summary, only what went wrong.")
    ] = False,
) -> None:
    """Repair the articles in RAW and write them to CLEAN."""
    nothing_written = check or dry_run
    lists_repairs = output_format is not None or baseline is not None or write_baseline
    _refuse_listing(lists_repairs and not check, write_baseline and baseline is None)
    if STREAM in paths:
        _refuse_for_streams(paths, check=check, dry_run=dry_run, watch=watch, force=force, cache=cache)
        raise typer.Exit(stream(settings, tuple(decisions or ()), log))
    if log is not None:
        stop("--log is for JSON lines on stdin and stdout (clean-news - -); a file's log is always written beside it")
    if names_store(paths):
        job = StoreJob(paths, settings, tuple(decisions or ()), force, cache, watch, lists_repairs)
        raise typer.Exit(cleaned_in_stores(job, check=check, nothing_written=nothing_written, quiet=quiet))
    named = places(paths, nothing_written, all_raw=lists_repairs)
    if watch and (nothing_written or len(named.raws) > 1 or not named.raws[0].is_dir()):
        stop("--watch needs a folder RAW, one only, and a folder CLEAN; use it without --check and --dry-run")

    if settings.jobs != 1:
        from clean_news.batch.fork_server import begin_loading

        begin_loading()

    from clean_news.batch.run_options import RunOptions

    run_options = RunOptions(settings, force, tuple(decisions or ()), keep_results=cache)
    if watch:
        assert named.clean is not None, "checked by places"
        raise typer.Exit(_kept_clean(named.raws[0], named.clean, run_options, quiet))
    if lists_repairs:
        listing = Listing(output_format or "text", baseline, write_baseline)
        raise typer.Exit(checked(named, run_options, listing, quiet=quiet))
    raise typer.Exit(cleaned(named, run_options, check=check, nothing_written=nothing_written, quiet=quiet))


def _refuse_listing(without_check: bool, without_baseline: bool) -> None:
    """End the program if options for lists of repairs are given without what they need."""
    if without_check:
        stop("--format, --baseline and --write-baseline are for --check; formats of what a run did: clean-news diff")
    if without_baseline:
        stop("--write-baseline needs --baseline FILE: the file to write")


def cleaned(named: Places, run_options: "RunOptions", *, check: bool, nothing_written: bool, quiet: bool) -> int:
    """Clean RAW once; return the exit code."""
    from clean_news.batch.progress import watching
    from clean_news.batch.summary import counted

    changed: list[tuple[str, int]] = []
    with watching(quiet) as watcher, wrong_input_stops():

        def report(news: "Report") -> None:
            changed.extend(news.changed)
            watcher.report(news)

        summary = run_over(named, run_options, watcher, report, nothing_written=nothing_written)
    if nothing_written:
        known = _known_beginning(named.raws)
        for article, edits in sorted(changed):
            echo(f"{visible(article.removeprefix(known))}: {counted(edits, 'edit')}")
    if run_options.decisions:
        tell_conflicts(summary, quiet)
    has_summary = not nothing_written and any(raw.is_dir() for raw in named.raws)
    tell(summary, named.clean if has_summary else None, quiet)
    if not summary.finished:
        return STOPPED
    if summary.failures:
        return WRONG
    return FOUND if check and changed else DONE


def _known_beginning(raws: Sequence[Path]) -> str:
    """The beginning of articles' paths that need not be shown: one RAW, which the user has just named."""
    if len(raws) > 1:
        return ""
    folder = raws[0] if raws[0].is_dir() else raws[0].parent
    return f"{printable(folder).rstrip('/')}/"


def _kept_clean(raw: Path, clean: Path, run_options: "RunOptions", quiet: bool) -> int:
    """Clean RAW whenever a file appears in it, until Ctrl-C; return the exit code."""
    from clean_news.batch.progress import watching
    from clean_news.batch.run import run
    from clean_news.batch.watch import rounds
    from clean_news.files.discovery import Task

    def once(ready: Callable[[Task], bool]) -> "Summary":
        with watching(quiet=True) as watcher:
            return run(raw, clean, run_options, watch=watcher.report, ready=ready)

    code, told = DONE, list[str]()
    with wrong_input_stops(), suppress(KeyboardInterrupt):
        for summary in rounds(raw, once, follow_links=run_options.settings.follow_links):
            if run_options.decisions and summary.conflicts != told:
                tell_conflicts(summary, quiet)
                told = summary.conflicts
            tell(summary, clean, quiet or not summary.cleaned + summary.failed)
            code = WRONG if summary.failures else DONE
            if not summary.finished:
                return STOPPED
    return code


def stream(settings: Settings, decisions: tuple[Path, ...], log: Path | None) -> int:
    """Clean JSON lines from stdin to stdout; return the exit code."""
    from clean_news.batch.progress import watching
    from clean_news.cleaner import Cleaner
    from clean_news.decisions import read_all
    from clean_news.stages.source.prepared_index import prepare
    from clean_news.streams import stream as clean_lines

    with wrong_input_stops(), ExitStack() as files:
        with watching(quiet=False) as watcher:
            prepared = prepare(settings, watcher.indexed)
        for failure in prepared.failures:
            echo(visible(str(failure)), err=True)
        cleaner = Cleaner(prepared.settings, read_all(decisions))
        try:
            log_file = files.enter_context(log.open("wb")) if log else None
        except OSError as error:
            stop(f"{log}: {error.strerror}; name a writable file for the logs")
        try:
            done = clean_lines(
                sys.stdin.buffer, sys.stdout.buffer, cleaner, log_file, lambda fault: echo(fault, err=True)
            )
        except OSError as error:
            stop(f"{error.strerror}; nothing more was cleaned")
    if done.stopped == "closed":
        # The reader is gone: what is still buffered must not be flushed to the closed pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if done.stopped == "interrupt":
        return STOPPED
    return WRONG if done.failed else DONE


def _refuse_for_streams(paths: Sequence[str], **given: bool) -> None:
    """End the program if a stream is combined with arguments that apply to files only."""
    if list(paths) != [STREAM, STREAM]:
        stop("- means JSON lines on both stdin and stdout: clean-news - -; to clean a file, name it and its clean file")
    for name, is_given in given.items():
        if is_given:
            stop(f"--{name.replace('_', '-')} applies to files; remove it from clean-news - -")
