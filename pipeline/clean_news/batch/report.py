"""What became of one raw file: small enough to be sent from a worker process to the summary."""

from collections import Counter
from typing import Any, Literal, NamedTuple

from clean_news.batch.failures import Failure
from clean_news.change_log import ChangeLog
from clean_news.decisions import Decisions, Key

Outcome = Literal["cleaned", "unchanged", "failed"]


class Findings(NamedTuple):
    """What the log of one article says, in figures.

    Attributes:
        id: the article.
        edits: number of edits by stage, rule and state.
        spun: probability that it was spun, None if no stage judged it.
        scanned: the same of having been scanned.
        held_off: by stage, why it left the article alone.
        failed: by stage, what went wrong inside it.
        note: what else there is to say.
        decided: what the decisions are about that are about its edits.
    """

    id: str
    edits: Counter[tuple[str, str, str]]
    spun: float | None
    scanned: float | None
    held_off: dict[str, str]
    failed: dict[str, str]
    note: str
    decided: frozenset[Key] = frozenset()

    def count(self, state: str) -> int:
        """The number of edits in a state."""
        return sum(number for (_, _, its_state), number in self.edits.items() if its_state == state)


class Report(NamedTuple):
    """What became of one raw file.

    Attributes:
        id: its path relative to RAW.
        outcome: ``unchanged``: its clean file was up to date already.
        articles: what was found in each of its articles.
        failures: what went wrong; also parts of the work on a file that was cleaned.
    """

    id: str
    outcome: Outcome
    articles: tuple[Findings, ...] = ()
    failures: tuple[Failure, ...] = ()


def findings(log: ChangeLog, decisions: Decisions) -> Findings:
    """The figures of an article's log, and which of the decisions are about its edits."""
    return Findings(
        log.id,
        Counter((stage.name, edit.rule, edit.state) for stage in log.stages for edit in stage.edits),
        probability(log.document.get("spun")),
        probability(log.document.get("scanned")),
        {stage.name: stage.held_off for stage in log.stages if stage.held_off is not None},
        {stage.name: stage.failed for stage in log.stages if stage.failed is not None},
        log.note,
        decisions.met((edit for stage in log.stages for edit in stage.edits), log.id),
    )


def probability(fact: Any) -> float | None:  # noqa: ANN401  # a fact of the document is any JSON value
    """The fact, if it is a number."""
    return float(fact) if isinstance(fact, int | float) else None
