"""Edits, and the only code that splices text.

A stage never returns a new text: it proposes edits, and :func:`apply` makes the text from them.
All offsets are code points, half-open, in the text that the stage received.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec

from clean_news.article import Repair

State = Literal["applied", "suggested", "rejected"]


class Edit(msgspec.Struct, frozen=True, omit_defaults=True):
    """One proposed change.

    Attributes:
        rule: code of the rule that proposed it, e.g. ``"SPIN001"`` (``clean-news explain SPIN001``).
        span: (start, end) in code points, half-open, in the text that the stage received.
        before: the text at ``span``; empty for an insertion.
        after: what stands there once the edit is applied; empty for a removal.
        confidence: probability that the edit is right, 0–1.
        state: ``applied``, ``suggested`` (logged, not applied) or ``rejected`` (a reviewer's decision).
        id: stable across runs; see :func:`identify`.
        depends_on: id of the edit this one only follows from (``a`` → ``an``); it falls with it.
        evidence: what a person needs to judge the edit, as JSON values.
    """

    rule: str
    span: tuple[int, int]
    before: str
    after: str
    # omit_defaults leaves out what equals a default; the value of a factory is always in the log.
    confidence: float = msgspec.field(default_factory=lambda: 1.0)
    state: State = msgspec.field(default_factory=lambda: "applied")
    id: str = ""
    depends_on: str | None = None
    evidence: dict[str, Any] = {}

    @property
    def start(self) -> int:
        """First code point of the span."""
        return self.span[0]

    @property
    def end(self) -> int:
        """Code point behind the span."""
        return self.span[1]


class Overlap(ValueError):  # the name says what happened
    """Two edits of one stage touch the same code points."""


class Mismatch(ValueError):  # the name says what happened
    """The text at an edit's span is not what the edit says: the text was changed since."""


def replace(  # place, text, rule: every stage calls it in this order
    text: str, start: int, end: int, after: str, rule: str, confidence: float = 1.0, **evidence: object
) -> Edit:
    """The edit that puts ``after`` at ``text[start:end]``.

    >>> replace("a overseas power", 2, 10, "foreign", "SPIN001").before
    'overseas'
    """
    return Edit(rule, (start, end), text[start:end], after, confidence, evidence=evidence)


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text with every edit in state ``applied`` carried out.

    Args:
        text: the text that the edits' spans refer to.
        edits: in any order; those in another state are passed over.

    Raises:
        Overlap: if two applied edits overlap, or two insert at the same place.
        Mismatch: if the text at a span is not the edit's ``before``.

    >>> apply("Last 12 months", [replace("Last 12 months", 5, 14, "year", "SPIN001")])
    'Last year'
    """
    pieces: list[str] = []
    at, last = 0, (-1, -1)
    for edit in in_order(edits):
        start, end = edit.span
        if start < at or edit.span == last:
            raise Overlap(f"{edit.rule} at {start}–{end} overlaps the edit before it")
        if text[start:end] != edit.before:
            raise Mismatch(f"{edit.rule} expects {edit.before!r} at {start}–{end}, found {text[start:end]!r}")
        pieces += (text[at:start], edit.after)
        at, last = end, edit.span
    pieces.append(text[at:])
    return "".join(pieces)


def in_order(edits: Iterable[Edit]) -> list[Edit]:
    """The applied edits by position."""
    return sorted((edit for edit in edits if edit.state == "applied"), key=lambda edit: edit.span)


def spans_after(edits: Iterable[Edit]) -> list[tuple[int, int]]:
    """Where each applied edit's ``after`` stands in the text that :func:`apply` makes, in order."""
    shift, spans = 0, []
    for edit in in_order(edits):
        start = edit.start + shift
        spans.append((start, start + len(edit.after)))
        shift += len(edit.after) - len(edit.before)
    return spans


def moved(spans: Iterable[tuple[int, int]], edits: Iterable[Edit]) -> list[tuple[int, int]]:
    """Where spans of the old text lie in the text that :func:`apply` makes.

    What was inserted right before or behind a span stays outside it. An end that lies inside a replaced
    stretch goes to that end of what stands there now, so that a span grows over an edit that it overlaps.

    Args:
        spans: (start, end) in the text that the edits' spans refer to.
        edits: in any order; only the applied ones count.

    >>> moved([(6, 8)], [replace("It is an energy", 2, 2, " now", "SPIN001")])
    [(10, 12)]
    """
    ordered = in_order(edits)
    olds, news = [edit.span for edit in ordered], spans_after(ordered)
    starts, ends = [start for start, _ in olds], [end for _, end in olds]

    def place(at: int, before: int, side: int) -> int:
        """``at`` in the new text; ``before`` edits end before it; ``side`` is 0 for a start, 1 for an end."""
        if before < len(olds) and starts[before] < at:
            return news[before][side]
        return at + (news[before - 1][1] - ends[before - 1] if before else 0)

    def start_of(at: int) -> int:
        return place(at, bisect_right(ends, at), 0)

    def end_of(at: int) -> int:
        before = bisect_right(ends, at)
        # An insertion right at the end of the span is not part of it.
        return place(at, before - (before > 0 and olds[before - 1] == (at, at)), 1)

    ends_moved = [(start_of(start), end_of(end)) for start, end in spans]
    # Of an empty span the start would be put behind an insertion there, and the end before it.
    return [(min(start, end), end) for start, end in ends_moved]


def invert(edits: Iterable[Edit]) -> list[Edit]:
    """The edits that lead back: applied to the new text they give the old one.

    Removals that touch each other meet at one place of the new text; they come back as one insertion.

    >>> edits = [replace("its overseas ministry", 4, 12, "foreign", "SPIN001")]
    >>> apply(apply("its overseas ministry", edits), invert(edits))
    'its overseas ministry'
    """
    ordered = in_order(edits)
    inverted: list[Edit] = []
    for edit, span in zip(ordered, spans_after(ordered), strict=True):
        after = edit.before
        if inverted and inverted[-1].span == span:
            after = inverted.pop().after + after
        inverted.append(msgspec.structs.replace(edit, span=span, before=edit.after, after=after))
    return inverted


def without_overlaps(edits: Iterable[Edit]) -> list[Edit]:
    """The edits in order, of overlapping ones only the first (the longest where they start together)."""
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end)):
        if not kept or edit.start > kept[-1].end or (edit.start == kept[-1].end and edit.span != kept[-1].span):
            kept.append(edit)
    return kept


def without_common_ends(text: str, start: int, end: int, after: str) -> tuple[int, int, str]:
    """The smallest replacement of ``text[start:end]`` by ``after``: what both begin or end with stays out.

    >>> without_common_ends("the colour", 4, 10, "color")
    (8, 9, '')
    """
    most = min(end - start, len(after))
    first = 0
    while first < most and text[start + first] == after[first]:
        first += 1
    last = 0
    while last < most - first and text[end - 1 - last] == after[len(after) - 1 - last]:
        last += 1
    return start + first, end - last, after[first : len(after) - last]


CONTEXT = 24  # code points on either side that tell two like edits apart


def identify(text: str, edits: Sequence[Edit]) -> list[Edit]:
    """The edits with their ids: 12 hex digits of rule, before, after, nearby context and ordinal.

    The context is compared without white space and case, so that an id survives a rerun and a re-scrape
    of the page with other line breaks; the ordinal tells repetitions of the same place apart.
    """
    seen: dict[str, int] = {}
    identified = []
    for edit in edits:
        near = text[max(0, edit.start - CONTEXT) : edit.start] + "\0" + text[edit.end : edit.end + CONTEXT]
        squeezed = "".join(near.casefold().split())
        key = "\x1f".join((edit.rule, edit.before, edit.after, squeezed))
        seen[key] = ordinal = seen.get(key, -1) + 1
        digest = hashlib.sha256(f"{key}\x1f{ordinal}".encode("utf-8", "surrogatepass")).hexdigest()[:12]
        identified.append(msgspec.structs.replace(edit, id=digest))
    return identified


def standing(found: list[Edit], applied_before: frozenset[str]) -> list[Edit]:
    """The edits, and those whose basis is not applied only suggested.

    Args:
        found: edits of one stage, with their ids.
        applied_before: ids of the edits that the stages before applied.
    """
    applied = applied_before | {edit.id for edit in found if edit.state == "applied"}
    fallen = {
        edit.id
        for edit in found
        if edit.state == "applied" and edit.depends_on is not None and edit.depends_on not in applied
    }
    if not fallen:
        return found
    # What fell may have been the basis of another.
    return standing(
        [msgspec.structs.replace(edit, state="suggested") if edit.id in fallen else edit for edit in found],
        applied_before,
    )


def repairs_after(repairs: Iterable[Repair], applied: Sequence[Edit]) -> tuple[Repair, ...]:
    """The repairs of the stages before, where they stand now, and those of the stage that just ran."""
    before = list(repairs)
    spans = moved([(repair.start, repair.end) for repair in before], applied)
    carried = [Repair(*span, repair.id, repair.rule) for span, repair in zip(spans, before, strict=True)]
    ordered = in_order(applied)
    fresh = [Repair(*span, edit.id, edit.rule) for span, edit in zip(spans_after(ordered), ordered, strict=True)]
    return tuple(sorted(carried + fresh))
