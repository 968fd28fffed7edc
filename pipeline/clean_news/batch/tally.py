"""Figures of many articles, added up from their logs, and the report of one file: what workers send back."""

import re
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import msgspec

from clean_news.change_log import ChangeLog
from clean_news.decisions import Key
from clean_news.failures import Failure

MIN_JUDGED_PROBABILITY = 0.5  # a document is taken as spun or scanned from this probability on
MAX_NAMES = 10_000  # names that a list holds at most, so that memory stays flat; the others are counted
FIGURE = re.compile(r"\d(?:[\d,.]*\d)?")  # in a reason, as what stands in brackets: the article's own


class Tally(msgspec.Struct):
    """What the logs of articles say, in figures.

    Attributes:
        articles: number of articles.
        edits: number of edits by stage, rule and state.
        spun: articles judged spun, by id.
        scanned: articles judged scanned.
        notes: articles by what else there is to say of them, e.g. that they are empty.
        held_off: number of articles by stage and the reason why it left them alone.
        left_out: how many names the lists do not hold, because they are full, by list.
    """

    articles: int = 0
    edits: dict[str, dict[str, dict[str, int]]] = {}
    spun: list[str] = []
    scanned: list[str] = []
    notes: dict[str, list[str]] = {}
    held_off: dict[str, dict[str, int]] = {}
    left_out: dict[str, int] = {}

    def add_log(self, log: ChangeLog) -> None:
        """Count an article in."""
        self.articles += 1
        for stage in log.stages:
            for edit in stage.edits:
                counts = self.edits.setdefault(stage.name, {}).setdefault(edit.rule, {})
                counts[edit.state] = counts.get(edit.state, 0) + 1
            if stage.held_off is not None:
                count(self.held_off.setdefault(stage.name, {}), _without_figures(stage.held_off.partition(" (")[0]), 1)
        for judgement in ("spun", "scanned"):
            if (probability(log.document.get(judgement)) or 0.0) >= MIN_JUDGED_PROBABILITY:
                self.add_names(judgement, getattr(self, judgement), [log.id])
        if log.note:
            self.add_names(log.note, self.notes.setdefault(log.note, []), [log.id])

    def merge(self, other: "Tally") -> None:
        """Count all of another tally in."""
        self.articles += other.articles
        for stage, rules in other.edits.items():
            for rule, states in rules.items():
                for state, number in states.items():
                    count(self.edits.setdefault(stage, {}).setdefault(rule, {}), state, number)
        for stage, reasons in other.held_off.items():
            for reason, number in reasons.items():
                count(self.held_off.setdefault(stage, {}), reason, number)
        self.add_names("spun", self.spun, other.spun)
        self.add_names("scanned", self.scanned, other.scanned)
        for note, names in other.notes.items():
            self.add_names(note, self.notes.setdefault(note, []), names)
        for key, number in other.left_out.items():
            count(self.left_out, key, number)

    def add_names(self, key: str, names: list[str], more: list[str]) -> None:
        """Add names to a list, as many as it may hold."""
        room = max(MAX_NAMES - len(names), 0)
        names += more[:room]
        if len(more) > room:
            count(self.left_out, key, len(more) - room)

    def number(self, key: str, names: list[str]) -> int:
        """How many names a list would have if it had no bound."""
        return len(names) + self.left_out.get(key, 0)

    def total(self, state: str) -> int:
        """The number of edits in a state."""
        return sum(counts.get(state, 0) for rules in self.edits.values() for counts in rules.values())


@lru_cache(maxsize=1_000)
def _without_figures(reason: str) -> str:
    """A reason without the article's own figures."""
    return FIGURE.sub("N", reason)


def count(counts: dict[str, int], key: str, number: int) -> None:
    """Add to a count."""
    counts[key] = counts.get(key, 0) + number


def probability(fact: Any) -> float | None:  # noqa: ANN401  # a fact of the document is any JSON value
    """The fact, if it is a number."""
    return float(fact) if isinstance(fact, int | float) else None


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
        read_ns: when its raw file was about to be read, in ns since 1970.
    """

    id: str
    outcome: Outcome
    tally: Tally = Tally()  # noqa: RUF100
    failures: tuple[Failure, ...] = ()
    changed: tuple[tuple[str, int], ...] = ()
    decided: frozenset[Key] = frozenset()
    read_ns: int = 0
