"""The columns of the report: a few numbers for each edit, which the page counts, filters and sorts at once.

Everything else about an edit is in its article's body, which the page unpacks when the article is opened.
"""

from array import array
from collections.abc import Mapping, Sequence
from typing import Any

from clean_news.batch.summary import STATES
from clean_news.batch.tally import MIN_JUDGED_PROBABILITY, probability
from clean_news.change_log import ChangeLog
from clean_news.decisions import proposed_text
from clean_news.review.edit_places import TracedEdit

KINDS = ("spun", "scanned", "spun and scanned", "other")  # of documents
SCALE = 10_000  # confidences and probabilities are whole numbers of this share
NOT_JUDGED = -1


class Columns:
    """The columns, filled article by article.

    Attributes:
        articles: number of articles so far.
        edits: number of edits so far.
        ids: of the edits. They are kept apart from the other columns: only decisions need them.
    """

    def __init__(self, summaries: Mapping[str, str]) -> None:
        """Start with nothing.

        Args:
            summaries: what each rule does, by its code.
        """
        self.summaries = summaries
        self.ids: list[str] = []
        self.stages: dict[str, int] = {}
        self.rules: dict[tuple[str, int], int] = {}  # by code and stage
        self.pairs: dict[tuple[int, str, str], int] = {}  # by rule, before and what was proposed
        self.pair_of, self.confidence = array("L"), array("H")
        self.state_of = array("B")
        self.names: list[str] = []
        self.counts, self.kinds, self.spun = array("L"), array("B"), array("h")

    @property
    def articles(self) -> int:
        """See the class."""
        return len(self.names)

    @property
    def edits(self) -> int:
        """See the class."""
        return len(self.ids)

    def add(self, log: ChangeLog, edits: Sequence[TracedEdit]) -> None:
        """Add an article.

        Args:
            log: its log.
            edits: its edits in reading order.
        """
        self.names.append(log.id)
        self.counts.append(len(edits))
        spun, scanned = (probability(log.document.get(fact)) for fact in ("spun", "scanned"))
        self.kinds.append(KINDS.index(document_kind(spun, scanned)))
        self.spun.append(NOT_JUDGED if spun is None else _scaled(spun))
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
        """All but the ids, for the page."""
        return {
            "stages": list(self.stages),
            "states": STATES,
            "kinds": KINDS,
            "fineness": SCALE,
            "rules": [(code, stage, self.summaries.get(code, "")) for code, stage in self.rules],
            "pairs": _by_column(self.pairs, ("rule", "before", "after")),
            "articles": {
                "name": self.names,
                "edits": self.counts.tolist(),
                "kind": self.kinds.tolist(),
                "spun": self.spun.tolist(),
            },
            "edits": {
                "pair": self.pair_of.tolist(),
                "state": self.state_of.tolist(),
                "confidence": self.confidence.tolist(),
            },
        }


def document_kind(spun: float | None, scanned: float | None) -> str:
    """What kind of document an article was judged to be, from the probabilities."""
    judged = [
        kind
        for kind, value in (("spun", spun), ("scanned", scanned))
        if value is not None and value >= MIN_JUDGED_PROBABILITY
    ]
    return " and ".join(judged) or "other"


def _scaled(share: float) -> int:
    """A number between 0 and 1 as a whole number of :data:`SCALE`."""
    return round(min(1.0, max(0.0, share)) * SCALE)


def _by_column(rows: Mapping[tuple[Any, ...], int], names: Sequence[str]) -> dict[str, list[Any]]:
    """Rows as columns of these names."""
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}
