"""Counts over many articles, taken from their change logs, and the report of a file that workers return."""

import re
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import msgspec

from clean_news.batch.needed_repairs import NeededRepair
from clean_news.change_log import ChangeLog
from clean_news.decisions import Key
from clean_news.failures import Failure
from clean_news.stages.source.facts import CONSULTED, USED

MIN_JUDGED_PROBABILITY = 0.5  # a document counts as spun or scanned from this probability on
MAX_NAMES = 10_000  # in a list of article ids, to bound memory; the rest is only counted
VERDICTS = ("spun", "genuine")  # of the stage spin; see clean_news.stages.spin.stage
UNNAMED_FAMILY = "unnamed"  # of spinners, where a log has none
MAX_FAMILY_CHARS = 40  # of the name of a family
SECOND_OPINION = "second_opinion"  # the fact about the model that was asked; see clean_news.stages.opinion_model
MAX_WORDS = 1_000_000_000  # of an article, by a log
FIGURE = re.compile(r"\d(?:[\d,.]*\d)?")  # numbers in a reason are specific to the article


class Tally(msgspec.Struct):
    """Counts over the change logs of articles.

    Attributes:
        articles: number of articles.
        edits: number of edits by stage, rule and state.
        spun: ids of the articles judged spun, or whose source was found.
        scanned: ids of the articles judged scanned.
        verdicts: number of articles by what the stage ``spin`` judged: ``spun``, ``genuine``.
        families: number of articles judged spun, by the most probable family of spinners.
        looked_up: number of articles for which the sources were consulted.
        with_source: number of articles whose source was found.
        asked_words: number of words of the articles that got a second opinion.
        notes: ids of articles by note, e.g. that they are empty.
        held_off: number of articles that a stage skipped, by stage and reason.
        left_out: number of ids that a full list does not hold, by list.
        repeated: number of articles that were not cleaned, because the same text was cleaned before.
        applied_before: number of the applied edits that an earlier run has written, in articles that were up to date.
    """

    articles: int = 0
    edits: dict[str, dict[str, dict[str, int]]] = {}
    spun: list[str] = []
    scanned: list[str] = []
    verdicts: dict[str, int] = {}
    families: dict[str, int] = {}
    looked_up: int = 0
    with_source: int = 0
    asked_words: int = 0
    notes: dict[str, list[str]] = {}
    held_off: dict[str, dict[str, int]] = {}
    left_out: dict[str, int] = {}
    repeated: int = 0
    applied_before: int = 0

    def add_log(self, log: ChangeLog) -> None:
        """Add the log of an article."""
        self.articles += 1
        for stage in log.stages:
            for edit in stage.edits:
                counts = self.edits.setdefault(stage.name, {}).setdefault(edit.rule, {})
                counts[edit.state] = counts.get(edit.state, 0) + 1
            if stage.held_off is not None:
                count(self.held_off.setdefault(stage.name, {}), _without_figures(stage.held_off.partition(" (")[0]), 1)
        # Once its source has given all words back, spin finds nothing spun in an article.
        has_source = USED in log.document
        for judgement in ("spun", "scanned"):
            is_named = has_source and judgement == "spun"
            if is_named or (probability(log.document.get(judgement)) or 0.0) >= MIN_JUDGED_PROBABILITY:
                self.add_names(judgement, getattr(self, judgement), [log.id])
        verdict = "spun" if has_source else log.document.get("verdict")
        if verdict in VERDICTS:
            count(self.verdicts, verdict, 1)
            if verdict == "spun":
                count(self.families, likeliest_family(log.document.get("family")), 1)
        self.looked_up += CONSULTED in log.document
        self.with_source += has_source
        self.asked_words += _asked_words(log.document.get(SECOND_OPINION))
        if log.note:
            self.add_names(log.note, self.notes.setdefault(log.note, []), [log.id])

    def merge(self, other: "Tally") -> None:
        """Add another tally."""
        self.articles += other.articles
        self.repeated += other.repeated
        self.applied_before += other.applied_before
        self.looked_up += other.looked_up
        self.with_source += other.with_source
        self.asked_words += other.asked_words
        for stage, rules in other.edits.items():
            for rule, states in rules.items():
                for state, number in states.items():
                    count(self.edits.setdefault(stage, {}).setdefault(rule, {}), state, number)
        for stage, reasons in other.held_off.items():
            for reason, number in reasons.items():
                count(self.held_off.setdefault(stage, {}), reason, number)
        for verdict, number in other.verdicts.items():
            count(self.verdicts, verdict, number)
        for family, number in other.families.items():
            count(self.families, family, number)
        self.add_names("spun", self.spun, other.spun)
        self.add_names("scanned", self.scanned, other.scanned)
        for note, names in other.notes.items():
            self.add_names(note, self.notes.setdefault(note, []), names)
        for key, number in other.left_out.items():
            count(self.left_out, key, number)

    def add_names(self, key: str, names: list[str], more: list[str]) -> None:
        """Add names to a list, up to its maximum length; the rest is counted."""
        room = max(MAX_NAMES - len(names), 0)
        names += more[:room]
        if len(more) > room:
            count(self.left_out, key, len(more) - room)

    def number(self, key: str, names: list[str]) -> int:
        """Return the number of names in a list, including those left out."""
        return len(names) + self.left_out.get(key, 0)

    def total(self, state: str) -> int:
        """Return the number of edits in a state."""
        return sum(counts.get(state, 0) for rules in self.edits.values() for counts in rules.values())


@lru_cache(maxsize=1_000)
def _without_figures(reason: str) -> str:
    """Return a reason with its numbers replaced by ``N``."""
    return FIGURE.sub("N", reason)


def count(counts: dict[str, int], key: str, number: int) -> None:
    """Increase a count."""
    counts[key] = counts.get(key, 0) + number


def _asked_words(fact: Any) -> int:  # noqa: ANN401  # a fact of the document is any JSON value
    """The number of words in the fact about the second opinion; 0 if there is none."""
    words = fact.get("words") if isinstance(fact, dict) else 0
    return words if isinstance(words, int) and 0 <= words <= MAX_WORDS else 0


def probability(fact: Any) -> float | None:  # noqa: ANN401  # a fact of the document is any JSON value
    """Return a fact of the document if it is a probability, else None."""
    return float(fact) if isinstance(fact, int | float) and 0 <= fact <= 1 else None


def likeliest_family(fact: Any) -> str:  # noqa: ANN401  # as above
    """Return the most probable family of spinners in the fact ``family``; :data:`UNNAMED_FAMILY` if it has none.

    >>> likeliest_family({"a": 0.98, "g": 0.02}), likeliest_family("a")
    ('a', 'unnamed')
    """
    shares = (
        {name: share for name, each in fact.items() if (share := probability(each))} if isinstance(fact, dict) else {}
    )
    best = max(shares, key=shares.__getitem__, default=UNNAMED_FAMILY)
    return best if len(best) <= MAX_FAMILY_CHARS else UNNAMED_FAMILY


Outcome = Literal["cleaned", "unchanged", "failed", "without text"]


class Report(NamedTuple):
    """The result of cleaning one raw file.

    Attributes:
        id: path relative to RAW.
        outcome: ``unchanged`` if the clean file was up to date, ``without text`` if it is probably none of articles.
        tally: counts over its articles.
        failures: errors; also those of rows or stages in a file that was cleaned.
        changed: ids of its articles with applied edits, each with their number.
        decided: keys of the decisions that match its edits.
        read_ns: time just before the raw file was read, in ns since 1970.
        is_log_damaged: whether it was cleaned again because its change log was damaged; one of the failures says so.
        needed: what a run would repair, if the options ask for the list.
    """

    id: str
    outcome: Outcome
    tally: Tally = Tally()  # noqa: RUF100
    failures: tuple[Failure, ...] = ()
    changed: tuple[tuple[str, int], ...] = ()
    decided: frozenset[Key] = frozenset()
    read_ns: int = 0
    is_log_damaged: bool = False
    needed: tuple[NeededRepair, ...] = ()
