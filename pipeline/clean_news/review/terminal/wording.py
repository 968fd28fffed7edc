"""What is said about an edit besides its context: rule, state, confidence, candidates, evidence, what was decided."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from clean_news.decisions import Decision, proposed_text, said
from clean_news.edits import Edit
from clean_news.review.terminal.articles import Entry, Place
from clean_news.review.terminal.context import change, of_change
from clean_news.review.terminal.session import Session, Step
from clean_news.review.terminal.stops import Stop
from clean_news.visible import visible

SCOPES = {"once": "", "article": " in this article", "everywhere": " everywhere"}
EXAMPLES = 60  # code points on either side of a folded edit


def described(session: Session, stop: Stop, rules: Mapping[str, str]) -> Iterator[Text]:
    """The lines about a stop, the weightiest first.

    Args:
        session: that it is reached in.
        stop: what the cursor is at.
        rules: what each rule does, by its code.
    """
    entry = stop.first
    edit = entry.edit
    if stop.folded:
        yield Text(
            f"{len(stop.entries)} certain edits of {edit.rule}: decide on all at once, or unfold them with x", "bold"
        )
    else:
        yield Text.assemble((of_change(edit.before) or "(nothing)", "bold"), " → ", (result(edit), "bold"))
    yield Text(f"{edit.rule} ({entry.stage}), {confidence(edit)}, {edit.state}. Decided: {_verdict(session, entry)}")
    if not stop.folded:
        yield from (Text(line) for line in evidence(edit.evidence))
        here, everywhere = like(session, stop)
        if everywhere > 1:
            yield Text(f"Like this: {here} in this article, {everywhere} everywhere")
        yield from (Text(line) for line in company(session, entry))
    yield Text(f"{edit.rule}: {rules.get(edit.rule, 'an unknown rule')}")


def at_length(session: Session, stop: Stop, rules: Mapping[str, str]) -> Iterator[Text]:
    """All lines about a stop: what :func:`described` says, its id, and what was found out about the article."""
    yield from described(session, stop, rules)
    log = session.articles[stop.first.place[0]].log
    yield Text(f"\n{visible(log.id)}, from {visible(log.source) or 'no file'}")
    if not stop.folded:
        yield Text(f"Edit {stop.first.edit.id} at {stop.first.edit.start} of the text that {stop.first.stage} received")
    yield from (Text(line) for line in evidence({**log.document, **log.metadata}))


def like(session: Session, stop: Stop) -> tuple[int, int]:
    """How many edits are like those of a stop: in its article, and everywhere; they themselves count."""
    here: set[Place] = set()
    everywhere: set[Place] = set()
    for entry in stop.entries:
        near, far = session.verdicts.alike(entry)
        here.update(other.place for other in near)
        everywhere.update(other.place for other in far)
    return len(here), len(everywhere)


def confidence(edit: Edit) -> str:
    """How sure an edit is.

    >>> confidence(Edit("SPIN001", (0, 1), "a", "b", 0.99994))
    'confidence 0.9999'
    """
    return f"confidence {int(edit.confidence * 10_000) / 10_000:g}"  # 0.99999 is not 1


def result(edit: Edit) -> str:
    """What an edit puts there, and what was proposed if that is something else."""
    proposed = proposed_text(edit)
    own = "" if proposed == edit.after else f" (your own text; proposed was {of_change(proposed)})"
    return (of_change(edit.after) or "(nothing)") + own


def _verdict(session: Session, entry: Entry) -> str:
    """What was decided on an edit, in words."""
    found = session.verdicts.of(entry)
    if found is None:
        return "not yet"
    if isinstance(found, str):
        return f"protected by {found if found.startswith('a term') else repr(found)}"
    return f"{visible(said(found))}{SCOPES[found.scope]}{by(found)}"


def by(decision: Decision) -> str:
    """Who decided, and when."""
    when = decision.at[:16].replace("T", " ")
    return f" ({', '.join(part for part in (visible(decision.by), when) if part)})" if decision.by or when else ""


def evidence(values: Mapping[str, Any]) -> Iterator[str]:
    """The evidence, one line a value; candidates with their probabilities, the likeliest first."""
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
        yield of_change(f"{name.replace('_', ' ').capitalize()}: {shown}")


def company(session: Session, entry: Entry) -> Iterator[str]:
    """The edits that this one follows from, and those that made the same place with it."""
    article = session.articles[entry.place[0]]
    for edit in (other.edit for other in article.entries):
        if edit.id == entry.edit.depends_on:
            yield f"Falls with: {of_change(f'{edit.rule} {edit.before} → {edit.after}')}"
    if entry.edit.state == "applied":
        own = article.traced.edits[entry.place[1]]
        together = next((segment.edits for segment in article.traced.segments if own in segment.edits), ())
        for other in together:
            if other != own:
                named = f"{other.edit.rule} {other.edit.before} → {other.edit.after}"
                yield f"Together with: {of_change(named)}"


def examples(session: Session, stop: Stop) -> Iterator[Text]:
    """A line for each of the edits that are folded."""
    article = session.articles[stop.first.place[0]]
    for entry in stop.entries:
        text = article.received[entry.stage]
        edit = entry.edit
        line = Text(of_change(text[max(0, edit.start - EXAMPLES // 2) : edit.start]))
        line.append_text(change(edit.before, edit.after))
        line.append(of_change(text[edit.end : edit.end + EXAMPLES]))
        yield line


def done(step: Step) -> str:
    """What a step did, in words."""
    if step.term:
        return f"{visible(step.term)!r} is protected"
    decision = step.decisions[0][0]
    named = f"{decision.rule} {of_change(decision.before)} → {of_change(decision.after)}"
    more = f" and {len(step.decisions) - 1} more" if len(step.decisions) > 1 else ""
    return f"{visible(said(decision))}{SCOPES[decision.scope]}: {named}{more}"
