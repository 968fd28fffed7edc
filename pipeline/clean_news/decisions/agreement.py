"""Measure how far reviewers agree, and how fast they decide."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import combinations, pairwise
from typing import NamedTuple

from clean_news.decisions.decision import Decision, Key, action_text, key_of, make_key
from clean_news.decisions.disagreements import SCOPES, in_order

PAUSE_SECONDS = 120  # between two steps; a longer gap is a pause and no work
MIN_GAPS = 3  # fewer tell no speed


class DecidedEdit(NamedTuple):
    """What decisions know an edit by.

    Attributes:
        id: its id.
        article: id of its article.
        rule: code of its rule.
        before: the text that it replaces.
        after: the replacement that the stage proposed.
    """

    id: str
    article: str
    rule: str
    before: str
    after: str


class Agreement(NamedTuple):
    """How far two people agree.

    Attributes:
        one: the name of one, the first in the alphabet.
        other: the name of the other.
        edits: number of edits that both decided.
        agree: number of those on which they decided the same.
        kappa: Cohen's kappa; None if it is not defined.
    """

    one: str
    other: str
    edits: int
    agree: int
    kappa: float | None


class Pace(NamedTuple):
    """How much a person has decided, and how fast.

    Attributes:
        decisions: number of decisions.
        steps: number of times at which some were made.
        speed: steps a minute while at work; None if too few are known.
    """

    decisions: int
    steps: int
    speed: float | None


class Judgements:
    """What one person decided, without verdicts: those follow from what others said.

    Attributes:
        by_key: the person's latest decision of each key.
    """

    def __init__(self, decisions: Iterable[Decision]) -> None:
        """Index decisions of one person."""
        self.by_key: dict[Key, Decision] = {key_of(each): each for each in in_order(decisions) if not each.verdict}

    def of(self, edit: DecidedEdit) -> str | None:
        """Return what the person wants done with an edit; None if it was not decided."""
        for scope in SCOPES:
            found = self.by_key.get(make_key(scope, *edit))
            if found is not None:
                return action_text(found)
        return None


def by_person(decisions: Iterable[Decision]) -> dict[str, list[Decision]]:
    """Group decisions by the names of those who made them, in alphabetical order; each group in its order."""
    found: dict[str, list[Decision]] = {}
    for decision in decisions:
        found.setdefault(decision.by, []).append(decision)
    return dict(sorted(found.items()))


def agreements(judgements: Mapping[str, Judgements], edits: Iterable[DecidedEdit]) -> list[Agreement]:
    """Compare what each two people decided; pairs who decided no edit in common are left out.

    Args:
        judgements: what each person decided, by name, in alphabetical order.
        edits: the edits.
    """
    labels: dict[tuple[str, str], Counter[tuple[str, str]]] = {pair: Counter() for pair in combinations(judgements, 2)}
    for edit in edits:
        said = {name: label for name, each in judgements.items() if (label := each.of(edit)) is not None}
        for pair in combinations(said, 2):
            labels[pair][said[pair[0]], said[pair[1]]] += 1
    return [
        Agreement(*pair, sum(counts.values()), _same(counts), cohens_kappa(counts))
        for pair, counts in labels.items()
        if counts
    ]


def _same(counts: Mapping[tuple[str, str], int]) -> int:
    """Return how often both labels are the same."""
    return sum(number for (one, other), number in counts.items() if one == other)


def cohens_kappa(counts: Mapping[tuple[str, str], int]) -> float | None:
    """Return the agreement of two people corrected for chance; None if chance alone would make them agree.

    Source: J. Cohen, A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20
    (1960), 37-46: (observed - expected) / (1 - expected), the expected agreement from how often each used each label.

    Args:
        counts: how often each pair of labels occurs; the first label is that of one person.

    >>> cohens_kappa({("yes", "yes"): 20, ("yes", "no"): 5, ("no", "yes"): 10, ("no", "no"): 15})
    0.4
    >>> cohens_kappa({("yes", "yes"): 7}) is None
    True
    """
    total = sum(counts.values())
    one, other = Counter[str](), Counter[str]()
    for (first, second), number in counts.items():
        one[first] += number
        other[second] += number
    # In whole numbers, so that the result does not depend on the order of the labels.
    expected = sum(number * other[label] for label, number in one.items())
    if total * total == expected:
        return None
    return (total * _same(counts) - expected) / (total * total - expected)


def steps_of(decisions: Sequence[Decision]) -> list[str]:
    """Return the times at which a person decided, in order; decisions of the same time are one step."""
    return sorted({each.at for each in decisions if each.at})


def steps_a_minute(decisions: Sequence[Decision]) -> float | None:
    """Return how many steps a person makes a minute while at work; None if too few are known.

    A gap between two steps of up to :data:`PAUSE_SECONDS` is work; longer ones are pauses and do not count. A step may
    be many decisions at once, such as all selected pairs.

    >>> from clean_news.decisions.decision import Decision
    >>> times = ("10:00:00", "10:00:10", "10:00:20", "10:00:30", "12:00:00")
    >>> steps_a_minute([Decision(action="accept", scope="once", id="", article="", rule="", before="", after="",
    ...     at=f"2026-11-30T{time}+00:00") for time in times])
    6.0
    """
    moments: list[datetime] = []
    for time in steps_of(decisions):
        try:
            moments.append(datetime.fromisoformat(time))
        except ValueError:
            continue
    try:
        gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(moments)]
    except TypeError:  # some times have a time zone, others have none
        return None
    work = [gap for gap in gaps if 0 <= gap <= PAUSE_SECONDS]
    spent = sum(work)
    return round(60 * len(work) / spent, 1) if len(work) >= MIN_GAPS and spent > 0 else None


def paces(groups: Mapping[str, Sequence[Decision]]) -> dict[str, Pace]:
    """Return how much each person has decided, and how fast, by name."""
    return {name: Pace(len(made), len(steps_of(made)), steps_a_minute(made)) for name, made in groups.items()}
