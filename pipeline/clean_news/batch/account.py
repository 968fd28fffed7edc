"""What became of one file, counted row by row."""

from typing import TYPE_CHECKING

from clean_news.batch.failures import Failure
from clean_news.batch.report import Outcome, Report
from clean_news.batch.row_cleaning import Result
from clean_news.batch.tally import Tally

if TYPE_CHECKING:
    from clean_news.decisions import Key

FAILURES = 1_000  # that are kept of one file, so that memory stays flat


class Account:
    """Counts the rows of a file into one report.

    Attributes:
        file: id of the file.
        source: its path, for people.
        broken: why the file could not be read to its end; empty if it could.
    """

    def __init__(self, file: str, source: str, lists_changed: bool) -> None:
        """Begin with nothing.

        Args:
            file: id of the file.
            source: its path, for people.
            lists_changed: whether the report names the articles that have edits.
        """
        self.file, self.source, self.lists_changed = file, source, lists_changed
        self.broken = ""
        self.tally = Tally()
        self.failures: list[Failure] = []
        self.more_failures = 0
        self.changed: list[tuple[str, int]] = []
        self.decided: set[Key] = set()

    def add(self, result: Result) -> None:
        """Count a row in."""
        if self.tally.articles:
            self.tally.merge(result.tally)
        else:
            self.tally = result.tally
        room = FAILURES - len(self.failures)
        self.failures += result.failures[:room]
        self.more_failures += max(len(result.failures) - room, 0)
        if self.lists_changed and result.changed:
            self.changed.append((result.id, result.changed))
        self.decided |= result.decided

    def report(self, outcome: Outcome) -> Report:
        """The report; a file that broke off has failed, whatever was done before that."""
        failures = list(self.failures)
        if self.more_failures:
            failures.append(Failure(self.source, f"{self.more_failures:,} more rows like these, see its log"))
        if self.broken:
            failures.append(Failure(self.source, self.broken))
            outcome = "failed"
        return Report(self.file, outcome, self.tally, tuple(failures), tuple(self.changed), frozenset(self.decided))
