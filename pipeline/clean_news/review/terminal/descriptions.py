"""Describe an edit: rule, state, confidence, candidates, evidence and decision."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from clean_news.change_log.detail import evidence_shown
from clean_news.decisions import Decision, action_text, proposed_text
from clean_news.edits import Edit
from clean_news.printable_text import visible
from clean_news.review.beside_source import STAGE as SOURCE
from clean_news.review.beside_source import BesideSource, lines_of, used_source, without_shown
from clean_news.review.terminal.articles import EditKey, ReviewedEdit
from clean_news.review.terminal.context import marked_change, visible_change
from clean_news.review.terminal.review_queue import ReviewItem
from clean_news.review.terminal.session import ReviewStep, Session

SCOPES = {"once": "", "article": " in this article", "everywhere": " everywhere"}
EXAMPLE_CONTEXT_CHARS = 60  # code points shown after a folded edit; half as many before it
SIDE_CHARS = 30  # code points of a sentence on either side of the words that are beside those of the source


def description_lines(session: Session, item: ReviewItem, rules: Mapping[str, str]) -> Iterator[Text]:
    """Describe an item, the most important lines first.

    Args:
        session: the review session.
        item: the item.
        rules: summary of each rule, by code.
    """
    reviewed = item.first
    edit = reviewed.edit
    if item.folded:
        yield Text(
            f"{len(item.edits)} certain edits of {visible(edit.rule)}: decide on all at once, or unfold them with x",
            "bold",
        )
    else:
        yield Text.assemble((visible_change(edit.before) or "(nothing)", "bold"), " → ", (_result(edit), "bold"))
    decision = _decision_text(session, reviewed)
    yield Text(
        f"{visible(edit.rule)} ({visible(reviewed.stage)}), {_confidence(edit)}, {edit.state}. Decided: {decision}"
    )
    if not item.folded:
        beside = _beside_source(session, reviewed)
        if beside is None:
            yield from (Text(line) for line in _evidence_lines(evidence_shown(edit)))
        else:
            yield from (Text(line) for line in lines_of(beside, SIDE_CHARS))
            yield Text(f"From {used_source(session.articles[reviewed.key[0]].log)}; {beside.why}")
        here, everywhere = similar_counts(session, item)
        if everywhere > 1:
            yield Text(f"Similar edits: {here} in this article, {everywhere} in all")
        yield from (Text(line) for line in related_edits(session, reviewed))
    yield Text(f"{visible(edit.rule)}: {rules.get(edit.rule, 'an unknown rule')}")


def full_description(session: Session, item: ReviewItem, rules: Mapping[str, str]) -> Iterator[Text]:
    """Describe an item in full: :func:`description_lines`, the edit's id, and the facts about the article."""
    yield from description_lines(session, item, rules)
    log, edit = session.articles[item.first.key[0]].log, item.first.edit
    yield Text(f"\n{visible(log.id)}, from {visible(log.source) or 'no file'}")
    if not item.folded:
        shown_id, stage = visible(edit.id), visible(item.first.stage)
        yield Text(f"Edit {shown_id} at {edit.start} of the text that {stage} received")
        if _beside_source(session, item.first) is not None:
            yield from (Text(line) for line in _evidence_lines(without_shown(edit.evidence)))
    yield from (Text(line) for line in _evidence_lines({**log.document, **log.metadata}))


def _beside_source(session: Session, reviewed: ReviewedEdit) -> BesideSource | None:
    """Return the article beside its source; None if the edit is of another stage."""
    found = session.articles[reviewed.key[0]].beside_source if reviewed.stage == SOURCE else {}
    return found.get(reviewed.edit.id)


def similar_counts(session: Session, item: ReviewItem) -> tuple[int, int]:
    """Count the edits with the same rule, before and after: in the item's article, and in all; its own included."""
    here: set[EditKey] = set()
    everywhere: set[EditKey] = set()
    for reviewed in item.edits:
        near, far = session.decision_index.similar_edits(reviewed)
        here.update(other.key for other in near)
        everywhere.update(other.key for other in far)
    return len(here), len(everywhere)


def _confidence(edit: Edit) -> str:
    """Return the confidence, truncated to four decimals.

    >>> _confidence(Edit("SPIN001", (0, 1), "a", "b", 0.99994))
    'confidence 0.9999'
    """
    return f"confidence {int(edit.confidence * 10_000) / 10_000:g}"  # 0.99999 is not 1


def _result(edit: Edit) -> str:
    """Return the replacement, and the proposal if a reviewer replaced it."""
    proposed = proposed_text(edit)
    own = "" if proposed == edit.after else f" (reviewer's text; proposed was {visible_change(proposed)})"
    return (visible_change(edit.after) or "(nothing)") + own


def _decision_text(session: Session, reviewed: ReviewedEdit) -> str:
    """Return the decision on an edit in words."""
    found = session.decision_index.of(reviewed)
    if found is None:
        return "not yet"
    if isinstance(found, str):
        return f"protected by {found if found.startswith('a term') else repr(found)}"
    return f"{visible(action_text(found))}{SCOPES[found.scope]}{_author_and_time(found)}"


def _author_and_time(decision: Decision) -> str:
    """Return the author and the time of a decision."""
    when = decision.at[:16].replace("T", " ")
    return f" ({', '.join(part for part in (visible(decision.by), when) if part)})" if decision.by or when else ""


def _evidence_lines(values: Mapping[str, Any]) -> Iterator[str]:
    """Yield the evidence, one line per value; candidates with their probabilities in descending order."""
    for name, value in values.items():
        if isinstance(value, dict) and value and all(isinstance(each, int | float) for each in value.values()):
            ordered = sorted(value.items(), key=lambda pair: -pair[1])
            shown = ", ".join(f"{key} {number:.4g}" for key, number in ordered)
        elif isinstance(value, dict):
            shown = ", ".join(f"{key}: {each}" for key, each in value.items())
        elif isinstance(value, list):
            shown = ", ".join(map(str, value))
        else:
            shown = str(value)
        yield visible_change(f"{name.replace('_', ' ').capitalize()}: {shown}")


def related_edits(session: Session, reviewed: ReviewedEdit) -> Iterator[str]:
    """Describe the edit that this one depends on, and those that changed the same text."""
    article = session.articles[reviewed.key[0]]
    for edit in (other.edit for other in article.edits):
        if edit.id == reviewed.edit.depends_on:
            yield f"Depends on: {visible_change(f'{edit.rule} {edit.before} → {edit.after}')}"
    if reviewed.edit.state == "applied":
        own = article.trace.edits[reviewed.key[1]]
        together = next((segment.edits for segment in article.trace.segments if own in segment.edits), ())
        for other in together:
            if other != own:
                named = f"{other.edit.rule} {other.edit.before} → {other.edit.after}"
                yield f"Together with: {visible_change(named)}"


def examples(session: Session, item: ReviewItem) -> Iterator[Text]:
    """Yield a line for each folded edit."""
    article = session.articles[item.first.key[0]]
    for reviewed in item.edits:
        text = article.received[reviewed.stage]
        edit = reviewed.edit
        line = Text(visible_change(text[max(0, edit.start - EXAMPLE_CONTEXT_CHARS // 2) : edit.start]))
        line.append_text(marked_change(edit.before, edit.after))
        line.append(visible_change(text[edit.end : edit.end + EXAMPLE_CONTEXT_CHARS]))
        yield line


def step_summary(step: ReviewStep) -> str:
    """Return what a step did, in words."""
    if step.term:
        return f"{visible(step.term)!r} is protected"
    decision = step.decisions[0][0]
    named = f"{visible(decision.rule)} {visible_change(decision.before)} → {visible_change(decision.after)}"
    more = f" and {len(step.decisions) - 1} more" if len(step.decisions) > 1 else ""
    return f"{visible(action_text(decision))}{SCOPES[decision.scope]}: {named}{more}"
