"""Column-wise data of the report: the values of each edit that the page counts, filters and sorts.

Everything else about an edit is in its article's body, which the page decompresses when the article is opened.
"""

from array import array
from collections.abc import Mapping, Sequence
from typing import Any

from clean_news.batch.summary import STATES
from clean_news.batch.tally import MIN_JUDGED_PROBABILITY
from clean_news.change_log import ChangeLog
from clean_news.change_log.edit_places import TracedEdit
from clean_news.decisions import proposed_text
from clean_news.review.report.article_facts import facts_of
from clean_news.settings import LEVELS

KINDS = ("spun", "scanned", "spun and scanned", "other")  # of documents
SCALE = 10_000  # confidences and probabilities are stored as integers, multiplied by this
NOT_JUDGED = -1
# Facts with few different values: an article has the number of its value in the list of this name.
SHARED = {"source": "sources", "family": "families", "charset": "charsets", "decoded": "decodings"}


class Columns:
    """The columns, filled article by article.

    Attributes:
        ids: ids of the edits, stored separately from the other columns because only decisions need them.
    """

    def __init__(self, summaries: Mapping[str, str], apply_from: float = LEVELS["normal"].apply_from) -> None:
        """Start with empty columns.

        Args:
            summaries: summary of each rule, by code.
            apply_from: confidence from which edits are applied; the closer to it, the more an edit is in doubt.
        """
        self.summaries, self.apply_from = summaries, apply_from
        self.ids: list[str] = []
        self.stages: dict[str, int] = {}
        self.rules: dict[tuple[str, int], int] = {}  # by code and stage
        self.pairs: dict[tuple[int, str, str], int] = {}  # by rule, before and proposed text
        self.pair_of, self.confidence = array("L"), array("H")
        self.state_of = array("B")
        self.names: list[str] = []
        self.counts, self.kinds = array("L"), array("B")
        self.spun, self.scanned = array("h"), array("h")
        self.chars, self.changed, self.removed = array("L"), array("L"), array("L")
        self.dates: list[str] = []
        self.shared: dict[str, dict[str, int]] = {name: {} for name in SHARED}
        self.shared["family"][""] = self.shared["decoded"][""] = 0  # not spun; nothing but UTF-8
        self.shared_of = {name: array("L") for name in SHARED}

    @property
    def articles(self) -> int:
        """Number of articles so far."""
        return len(self.names)

    @property
    def edits(self) -> int:
        """Number of edits so far."""
        return len(self.ids)

    def add(self, log: ChangeLog, edits: Sequence[TracedEdit], clean_chars: int = 0) -> None:
        """Add an article.

        Args:
            log: its log.
            edits: its edits in reading order.
            clean_chars: length of its clean text, in code points.
        """
        self.names.append(log.id)
        self.counts.append(len(edits))
        facts = facts_of(log, edits)
        self.kinds.append(KINDS.index(document_kind(facts.spun, facts.scanned)))
        self.spun.append(NOT_JUDGED if facts.spun is None else _scaled(facts.spun))
        self.scanned.append(NOT_JUDGED if facts.scanned is None else _scaled(facts.scanned))
        self.chars.append(clean_chars)
        self.changed.append(facts.changed)
        self.removed.append(facts.removed)
        self.dates.append(facts.date)
        for name, numbers in self.shared.items():
            self.shared_of[name].append(numbers.setdefault(getattr(facts, name), len(numbers)))
        for stage in log.stages:
            self.stages.setdefault(stage.name, len(self.stages))
        for edit, stage_name, *_ in edits:
            rule = self.rules.setdefault((edit.rule, self.stages[stage_name]), len(self.rules))
            pair = self.pairs.setdefault((rule, edit.before, proposed_text(edit)), len(self.pairs))
            self.ids.append(edit.id)
            self.pair_of.append(pair)
            self.state_of.append(STATES.index(edit.state))
            self.confidence.append(_scaled(edit.confidence))

    def as_json(self) -> dict[str, Any]:
        """Return all columns except the ids, as the page reads them."""
        return {
            "stages": list(self.stages),
            "states": STATES,
            "kinds": KINDS,
            "scale": SCALE,
            "apply_from": _scaled(self.apply_from),
            "rules": [(code, stage, self.summaries.get(code, "")) for code, stage in self.rules],
            **{SHARED[name]: list(numbers) for name, numbers in self.shared.items()},
            "pairs": _by_column(self.pairs, ("rule", "before", "after")),
            "articles": {
                "name": self.names,
                "edits": self.counts.tolist(),
                "kind": self.kinds.tolist(),
                "spun": self.spun.tolist(),
                "scanned": self.scanned.tolist(),
                "chars": self.chars.tolist(),
                "changed": self.changed.tolist(),
                "removed": self.removed.tolist(),
                "date": self.dates,
                **{name: numbers.tolist() for name, numbers in self.shared_of.items()},
            },
            "edits": {
                "pair": self.pair_of.tolist(),
                "state": self.state_of.tolist(),
                "confidence": self.confidence.tolist(),
            },
        }


def document_kind(spun: float | None, scanned: float | None) -> str:
    """Classify a document by the probabilities that it is spun or scanned."""
    judged = [
        kind
        for kind, value in (("spun", spun), ("scanned", scanned))
        if value is not None and value >= MIN_JUDGED_PROBABILITY
    ]
    return " and ".join(judged) or "other"


def _scaled(share: float) -> int:
    """Return a number, clipped to 0–1, multiplied by :data:`SCALE` and rounded."""
    return round(min(1.0, max(0.0, share)) * SCALE)


def _by_column(rows: Mapping[tuple[Any, ...], int], names: Sequence[str]) -> dict[str, list[Any]]:
    """Return rows as columns with these names."""
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}
