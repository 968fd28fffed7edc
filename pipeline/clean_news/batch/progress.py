"""Displays a run: failures on stderr as they happen, and a progress bar if stderr is a terminal."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from clean_news.batch.failure_lines import FailureLines
from clean_news.batch.tally import Report

if TYPE_CHECKING:
    from clean_news.sources import Progress


class Watcher(NamedTuple):
    """Callbacks through which a run reports its progress.

    Attributes:
        begin: called with the number of files.
        report: called with the report of each file.
        advance: called with the number of articles just done in a file of many articles.
        indexed: called while the sources are read; see :func:`clean_news.sources.update`.
    """

    begin: Callable[[int], None]
    report: Callable[[Report], None]
    advance: Callable[[int], None]
    indexed: "Progress"


@contextmanager
def watching(quiet: bool) -> Iterator[Watcher]:
    """Display a run for the duration of the block, and at its end how many failures of a kind were not named.

    Args:
        quiet: show failures only, no progress bar.
    """
    lines = FailureLines()
    try:
        if quiet or not sys.stderr.isatty():
            yield Watcher(
                lambda _: None,
                lambda report: _print(lines.add(report.failures)),
                lambda _: None,
                lambda _files, _total, _articles: None,
            )
        else:
            with _progress_bar(lines) as watcher:
                yield watcher
    finally:
        _print(lines.rest())


@contextmanager
def _progress_bar(lines: FailureLines) -> Iterator[Watcher]:
    """Show a progress bar for the duration of the block."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[articles]}"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("cleaning", total=None, articles="", visible=False)
        reading = bar.add_task("reading sources", total=None, articles="", visible=False)
        done = asked_words = 0
        began = time.monotonic()

        def report(file_report: Report) -> None:
            nonlocal asked_words
            for line in lines.add(file_report.failures):
                console.print(line, markup=False, highlight=False, soft_wrap=True)
            bar.advance(task)
            if file_report.outcome == "cleaned" and file_report.tally.asked_words:
                asked_words += file_report.tally.asked_words
                rate = asked_words / max(time.monotonic() - began, 1e-3)
                bar.update(task, articles=f"{rate:,.0f} words/s with a second opinion")

        def advance(number: int) -> None:
            nonlocal done
            done += number
            if done % 100 == 0 and not asked_words:
                bar.update(task, articles=f"{done:,} articles in multi-article files")

        def begin(number: int) -> None:
            nonlocal began
            began = time.monotonic()
            bar.update(task, total=number, visible=True)

        def indexed(files: int, total: int, articles: int) -> None:
            bar.update(reading, completed=files, total=total, articles=f"{articles:,} articles", visible=files < total)

        yield Watcher(begin, report, advance, indexed)


def _print(lines: Iterable[str]) -> None:
    """Write lines to stderr."""
    for line in lines:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
