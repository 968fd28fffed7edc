"""One reviewer's decision about an edit, what it matches, and what it does to the edit."""

from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

from clean_news.edits import PROPOSED, Edit, proposed_text
from clean_news.printable_text import visible

Action = Literal["accept", "reject", "replace"]
Scope = Literal["once", "article", "everywhere"]
Key = tuple[str, ...]  # what a decision matches; see key_of

SCHEMA = "clean-news/decisions/1"
HAND = "HAND"  # rule of the edits that people make themselves, rather than a stage; see clean_news.hand_edits


class Decision(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """One decision about an edit; the fields are those of a line.

    Attributes:
        schema: name and version of this schema.
        action: ``accept`` applies the edit, whatever its confidence; ``reject`` keeps the original text; ``replace``
            applies the edit with the reviewer's own text.
        scope: edits that it applies to: ``once`` to this edit, ``article`` to equal edits in this article,
            ``everywhere`` to equal edits in all articles.
        id: id of the edit.
        article: id of its article.
        rule: code of its rule.
        before: the text that it replaces.
        after: the replacement that the stage proposed.
        text: the reviewer's own text, for ``replace``.
        by: name of the reviewer.
        at: time of the decision as ISO 8601 with time zone, e.g. ``2026-11-22T19:45:00+00:00``.
        note: reason, for people; one line.
        step: id of the step in which it was made, 32 hex digits of the program that sent it: a step that arrives twice
            is kept once, and is undone as a whole. Empty if it was not sent.
        verdict: whether it settles a disagreement; see :mod:`clean_news.decisions.disagreements`.
        prefix: of a decision of the rule ``HAND``: the text on the left of its place, by which reruns find it.
        suffix: the text on its right.
        ordinal: number of equal places before it: where ``prefix``, ``before`` and ``suffix`` stand in this order.
    """

    schema: str = SCHEMA
    action: Action
    scope: Scope
    id: str
    article: str
    rule: str
    before: str
    after: str
    text: str = ""
    by: str = ""
    at: str = ""
    note: str = ""
    step: str = ""
    verdict: bool = False
    prefix: str = ""
    suffix: str = ""
    ordinal: Annotated[int, Meta(ge=0)] = 0


class Conflict(NamedTuple):
    """Two decisions of different reviewers with the same key but different actions.

    Attributes:
        kept: the later one, which is in effect.
        overridden: the earlier one.
    """

    kept: Decision
    overridden: Decision

    def __str__(self) -> str:
        """Describe both decisions in one line, with control characters escaped."""
        kept, overridden = (f"{action_text(each)}{reviewer_text(each)}" for each in self)
        return visible(f"{place_text(self.kept)}: {edit_text(self.kept)}: {kept} overrides {overridden}")


def place_text(decision: Decision) -> str:
    """Describe where a decision applies."""
    where = {"once": f"edit {decision.id} in {decision.article}", "article": decision.article}
    return where.get(decision.scope, "everywhere")


def reviewer_text(decision: Decision) -> str:
    """Return the name of who decided and the note, in parentheses after a space; empty if there are none."""
    said = ": ".join(filter(None, (decision.by, decision.note)))
    return f" ({said})" if said else ""


def action_text(decision: Decision) -> str:
    """Describe the action of a decision. Digests in change logs are computed from this text, so it must not change."""
    if decision.rule == HAND and decision.action == "accept":
        return f"replace by {decision.after!r}"
    return f"replace by {decision.text!r}" if decision.action == "replace" else decision.action


def edit_text(decision: Decision) -> str:
    """Describe the edit that a decision is about."""
    return f"{decision.rule} {decision.before!r} → {decision.after!r}"


def describe(decision: Decision) -> str:
    """Describe a decision in one line, with control characters escaped."""
    places = {"once": f"once, in {decision.article}", "article": f"in {decision.article}"}
    where = places.get(decision.scope, "everywhere")
    return visible(f"{edit_text(decision)}: {action_text(decision)} {where}{reviewer_text(decision)}")


def key_of(decision: Decision) -> Key:
    """Return the key of a decision; of two decisions with the same key, the later one is in effect."""
    return make_key(decision.scope, decision.id, decision.article, decision.rule, decision.before, decision.after)


def make_key(scope: Scope, id: str, article: str, rule: str, before: str, after: str) -> Key:  # noqa: A002
    """Return the key of decisions of a scope about an edit."""
    if scope == "once":
        return (scope, id)
    return (scope, article, rule, before, after) if scope == "article" else (scope, rule, before, after)


def concerned_article(decision: Decision) -> str | None:
    """Return the id of the only article that a decision concerns; None if it concerns all."""
    return None if decision.scope == "everywhere" else decision.article


def with_place_of(decision: Decision, earlier: Decision) -> Decision:
    """Return a decision about an edit made by hand with the place that an earlier one with the same key has.

    Who rejects such an edit names it by its id only.
    """
    if decision.rule != HAND or earlier.rule != HAND or decision.prefix or decision.suffix:
        return decision
    return msgspec.structs.replace(
        decision, prefix=earlier.prefix, suffix=earlier.suffix, ordinal=earlier.ordinal, before=earlier.before
    )


def apply_decision(edit: Edit, decision: Decision) -> Edit:
    """Set the state of an edit, and for ``replace`` its text, as a decision demands."""
    if decision.action == "reject":
        return msgspec.structs.replace(edit, state="rejected")
    if decision.action == "accept":
        return msgspec.structs.replace(edit, state="applied")
    evidence = {**edit.evidence, PROPOSED: proposed_text(edit)}
    return msgspec.structs.replace(edit, state="applied", after=decision.text, evidence=evidence)


def decision_on(
    edit: Edit, article: str, action: Action, scope: Scope, text: str = "", by: str = "", at: str = "", note: str = ""
) -> Decision:
    """Create a decision about an edit; for the arguments see :class:`Decision`.

    Args:
        edit: the edit, from a log.
        article: id of its article.
        action: what to do with the edit.
        scope: edits that the decision applies to.
        text: the reviewer's own text, for ``replace``.
        by: name of the reviewer.
        at: time of the decision.
        note: reason, for people.
    """
    return Decision(
        action=action,
        scope=scope,
        id=edit.id,
        article=article,
        rule=edit.rule,
        before=edit.before,
        after=proposed_text(edit),
        text=text,
        by=by,
        at=at,
        note=note,
    )
