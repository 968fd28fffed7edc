"""What became of raw files: small enough to be sent from a worker process to the summary."""

from typing import Literal, NamedTuple

from clean_news.batch.failures import Failure
from clean_news.batch.tally import Tally
from clean_news.decisions import Key

Outcome = Literal["cleaned", "unchanged", "failed"]


class Report(NamedTuple):
    """What became of one raw file.

    Attributes:
        id: its path relative to RAW.
        outcome: ``unchanged``: its clean file was up to date already.
        tally: the figures of its articles.
        failures: what went wrong; also parts of the work on a file that was cleaned.
        changed: its articles that have applied edits, each with their number.
        decided: what the decisions are about that are about its edits.
        looked: when its raw file was about to be read, in ns since 1970.
    """

    id: str
    outcome: Outcome
    tally: Tally = Tally()  # noqa: RUF100
    failures: tuple[Failure, ...] = ()
    changed: tuple[tuple[str, int], ...] = ()
    decided: frozenset[Key] = frozenset()
    looked: int = 0
