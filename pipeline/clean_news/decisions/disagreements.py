"""Find where reviewers disagree, and what settled it.

Two people disagree on an edit if their latest decisions about it differ in what they do. A person's decision about an
edit is that of the narrowest scope, as for all decisions together; so who rejected a pair everywhere disagrees with who
accepted it in one article. A later decision that is marked as a verdict settles it: it stands for the decisions before
it with the same key, and whoever decides otherwise afterwards disagrees with the verdict.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from clean_news.decisions.decision import (
    HAND,
    Conflict,
    Decision,
    Key,
    Scope,
    action_text,
    edit_text,
    key_of,
    make_key,
    place_text,
    reviewer_text,
)
from clean_news.printable_text import visible

SCOPES: tuple[Scope, ...] = ("once", "article", "everywhere")  # the narrowest first


class Disagreement(NamedTuple):
    """Decisions of different people about the same edits, of which at least two differ.

    Attributes:
        about: the decision of the narrowest scope among them; a verdict has its key.
        decisions: one of each person, by time.
        kept: the one that is in effect.
    """

    about: Decision
    decisions: tuple[Decision, ...]
    kept: Decision

    @property
    def key(self) -> Key:
        """The key that a verdict must have."""
        return key_of(self.about)

    def __str__(self) -> str:
        """Describe it in one line, with control characters escaped."""
        others = (each for each in self.decisions if action_text(each) != action_text(self.kept))
        overridden = ", ".join(
            f"{action_text(each)}{_scope_text(each, self.kept)}{reviewer_text(each)}" for each in others
        )
        kept = f"{action_text(self.kept)}{reviewer_text(self.kept)}"
        return visible(f"{place_text(self.about)}: {edit_text(self.about)}: {kept} overrides {overridden}")


def _scope_text(decision: Decision, kept: Decision) -> str:
    """Return the scope of a decision if it differs from that of the one in effect, after a space."""
    if decision.scope == kept.scope:
        return ""
    return {"once": " once", "article": f" in {decision.article}"}.get(decision.scope, " everywhere")


def conflicts_of(lines: Sequence[Decision]) -> list[Conflict]:
    """Return the conflicts between decisions with the same key that no verdict and no agreement has settled.

    Args:
        lines: all decisions with the key, by time.
    """
    latest = _latest(lines)
    kept = lines[-1]
    return [Conflict(kept, other) for by, other in latest.items() if by != kept.by and _differ(kept, other)]


def _latest(lines: Iterable[Decision]) -> dict[str, Decision]:
    """Return the latest decision of each person since the last verdict, which is one of them, by name."""
    latest: dict[str, Decision] = {}
    for decision in lines:
        if decision.verdict:
            latest.clear()
        latest.pop(decision.by, None)  # the latest is the last
        latest[decision.by] = decision
    return latest


def _differ(one: Decision, other: Decision) -> bool:
    """Whether two decisions about the same edit do different things."""
    return action_text(one) != action_text(other)


def in_order(decisions: Iterable[Decision]) -> list[Decision]:
    """Return decisions by time; those of the same time stay in their order."""
    return sorted(decisions, key=lambda each: each.at)


def latest_of_each(decisions: Iterable[Decision]) -> list[Decision]:
    """Return the decisions that still count, by time: of each key those of :func:`_latest`.

    What is in effect, who disagrees and what was settled is the same for them as for all.
    """
    by_key: dict[Key, list[Decision]] = {}
    for decision in in_order(decisions):
        by_key.setdefault(key_of(decision), []).append(decision)
    return in_order(each for lines in by_key.values() for each in _latest(lines).values())


def _subject(decision: Decision, scope: Scope) -> Key:
    """Return what a decision is about, seen in a scope: its key, but for words that people wrote themselves the words.

    Two people who write different words in place of the same ones, in an article or everywhere, disagree.
    """
    if decision.rule == HAND and scope != "once":
        return (scope, HAND, decision.before, *([decision.article] if scope == "article" else []))
    return make_key(scope, decision.id, decision.article, decision.rule, decision.before, decision.after)


def disagreements(decisions: Iterable[Decision]) -> list[Disagreement]:
    """Return the disagreements that are not settled, by the time of the decision in effect.

    Args:
        decisions: all decisions of all people, in the order of their file.
    """
    by_subject: dict[Key, list[Decision]] = {}
    for each in in_order(decisions):
        by_subject.setdefault(_subject(each, each.scope), []).append(each)
    of_pair: dict[tuple[str, str, str], set[str]] = {}  # names by what edits have in common
    for lines in by_subject.values():
        for each in lines:
            of_pair.setdefault((each.rule, each.before, each.after), set()).add(each.by)
    found: dict[frozenset[int], Disagreement] = {}
    for lines in sorted(by_subject.values(), key=lambda each: -SCOPES.index(each[0].scope)):  # the widest scope first
        first = lines[-1]
        if first.rule != HAND and len(of_pair[first.rule, first.before, first.after]) < 2:
            continue
        disagreement = _about(first, by_subject)
        if disagreement is not None:
            found.setdefault(frozenset(map(id, disagreement.decisions)), disagreement)
    return sorted(found.values(), key=lambda each: each.kept.at)


def _about(first: Decision, by_subject: dict[Key, list[Decision]]) -> Disagreement | None:
    """Return the disagreement on the edits that a decision is about; None if there is none.

    Args:
        first: a decision, which says what the edits are.
        by_subject: all decisions, by what they are about, each list by time.
    """
    latest: dict[str, Decision] = {}
    in_effect: Decision | None = None
    for lines in _covering(first, by_subject):
        if in_effect is None:
            in_effect = lines[-1]
        since = max((each.at for each in latest.values() if each.verdict), default="")
        for by, decision in _latest(lines).items():
            # What is older than a verdict of a narrower scope is settled by it.
            if by not in latest and (not since or decision.at > since):
                latest[by] = decision
    assert in_effect is not None, "the decision itself is among those that cover its edits"
    both = tuple(in_order(latest.values()))
    if not any(_differ(both[0], each) for each in both[1:]):
        return None
    return Disagreement(min(both, key=lambda each: SCOPES.index(each.scope)), both, in_effect)


def _covering(first: Decision, by_subject: dict[Key, list[Decision]]) -> Iterator[list[Decision]]:
    """Yield the decisions that cover the edits of a decision, from its own scope to the widest."""
    for scope in SCOPES[SCOPES.index(first.scope) :]:
        subject = _subject(first, scope)
        if subject in by_subject:
            yield by_subject[subject]
