"""Displays a run: failures on stderr as they happen, and a progress bar if stderr is a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from clean_news.batch.tally import Report


class Watcher(NamedTuple):
    """Callbacks through which a run reports its progress.

    Attributes:
        begin: called with the number of files.
        report: called with the report of each file.
        advance: called with the number of articles just done in a file of many articles.
    """

    begin: Callable[[int], None]
    report: Callable[[Report], None]
    advance: Callable[[int], None]


@contextmanager
def watching(quiet: bool) -> Iterator[Watcher]:
    """Display a run for the duration of the block.

    Args:
        quiet: show failures only, no progress bar.
    """
    if quiet or not sys.stderr.isatty():
        yield Watcher(lambda _: None, print_failures, lambda _: None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("cleaning"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[articles]}"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None, articles="")
        done = 0

        def report(file_report: Report) -> None:
            for failure in file_report.failures:
                console.print(str(failure), markup=False, highlight=False, soft_wrap=True)
            bar.advance(task)

        def advance(number: int) -> None:
            nonlocal done
            done += number
            if done % 100 == 0:
                bar.update(task, articles=f"{done:,} articles in multi-article files")

        yield Watcher(lambda number: bar.update(task, total=number), report, advance)


def print_failures(report: Report) -> None:
    """Write a file's failures to stderr, one per line."""
    for failure in report.failures:
        sys.stderr.write(f"{failure}\n")
        sys.stderr.flush()
