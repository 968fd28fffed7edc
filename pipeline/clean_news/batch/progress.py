"""Showing a run: failures on stderr as they happen, and a progress bar where stderr is a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from clean_news.batch.tally import Report


class Watcher(NamedTuple):
    """What a run tells, as it goes on.

    Attributes:
        begin: takes the number of files.
        report: takes what became of each.
        advance: takes the number of articles that are done in a file that holds many.
    """

    begin: Callable[[int], None]
    report: Callable[[Report], None]
    advance: Callable[[int], None]


@contextmanager
def watching(quiet: bool) -> Iterator[Watcher]:
    """Show a run while the block lasts.

    Args:
        quiet: no bar, failures only.
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

        def report(news: Report) -> None:
            for failure in news.failures:
                console.print(str(failure), markup=False, highlight=False, soft_wrap=True)
            bar.advance(task)

        def advance(number: int) -> None:
            nonlocal done
            done += number
            if done % 100 == 0:
                bar.update(task, articles=f"{done:,} articles in files of many")

        yield Watcher(lambda number: bar.update(task, total=number), report, advance)


def print_failures(report: Report) -> None:
    """Write a file's failures to stderr, each on one line."""
    for failure in report.failures:
        sys.stderr.write(f"{failure}\n")
        sys.stderr.flush()
