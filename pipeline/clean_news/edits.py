"""Represent edits, apply and invert them, and map spans through them.

Stages never return a new text: they propose edits, and only :func:`apply` changes text. All spans are half-open, in
code points of the text that the stage received.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from clean_news.article import Repair

State = Literal["applied", "suggested", "rejected"]
MAX_QUOTED_CHARS = 80  # of a text in an error message
Offset = Annotated[int, Meta(ge=0)]  # in code points
PROPOSED = "proposed"  # evidence key: the proposal of the stage, in an edit that has the reviewer's own text


class Edit(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One proposed change.

    Attributes:
        rule: code of the rule that proposed it, e.g. ``"SPIN001"`` (``clean-news explain SPIN001``).
        span: (start, exclusive end) in code points of the text that the stage received.
        before: the text at ``span``; empty for an insertion.
        after: the replacement; empty for a removal.
        confidence: probability that the edit is right, 0–1.
        state: ``applied``, ``suggested`` (logged, not applied) or ``rejected`` (by a reviewer).
        id: identifier that is stable across runs; see :func:`identify`.
        depends_on: id of the edit that made this one necessary (``a`` → ``an``); it is applied only if that one is.
        evidence: JSON values that help a person to judge the edit.
    """

    rule: str
    span: tuple[Offset, Offset]
    before: str
    after: str
    # omit_defaults drops values that equal a default, but never those of a default_factory: both are always logged.
    confidence: Annotated[float, Meta(ge=0, le=1)] = msgspec.field(default_factory=lambda: 1.0)
    state: State = msgspec.field(default_factory=lambda: "applied")
    id: str = ""
    depends_on: str | None = None
    evidence: dict[str, Any] = {}

    @property
    def start(self) -> int:
        """Offset of the first code point."""
        return self.span[0]

    @property
    def end(self) -> int:
        """Exclusive end offset."""
        return self.span[1]


class Overlap(ValueError):
    """Two edits of one stage overlap."""


class Mismatch(ValueError):
    """The text at an edit's span is not its ``before``: the edit was made for another text."""


class Disorder(ValueError):
    """The edits of a stage are not sorted by position."""


def replace(
    text: str, start: int, end: int, after: str, rule: str, confidence: float = 1.0, **evidence: object
) -> Edit:
    """Create the edit that replaces ``text[start:end]`` by ``after``.

    >>> replace("a overseas power", 2, 10, "foreign", "SPIN001").before
    'overseas'
    """
    return Edit(rule, (start, end), text[start:end], after, confidence, evidence=evidence)


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Return the text with all edits in state ``applied`` made.

    Args:
        text: the text that the edits' spans refer to.
        edits: in any order; edits in other states are ignored.

    Raises:
        Overlap: if two applied edits overlap, or two insert at the same position.
        Mismatch: if the text at a span is not the edit's ``before``.

    >>> apply("Last 12 months", [replace("Last 12 months", 5, 14, "year", "SPIN001")])
    'Last year'
    """
    pieces: list[str] = []
    position, last = 0, (-1, -1)
    for edit in applied_in_order(edits):
        start, end = edit.span
        if start < position or edit.span == last:
            raise Overlap(f"{edit.rule[:MAX_QUOTED_CHARS]} at {start}–{end} overlaps the edit before it")
        if text[start:end] != edit.before:
            raise _mismatch(edit, text)
        pieces += (text[position:start], edit.after)
        position, last = end, edit.span
    pieces.append(text[position:])
    return "".join(pieces)


def check_places(text: str, edits: Iterable[Edit]) -> None:
    """Check that the edits of a stage, in all states, are sorted and match the text that it received.

    Args:
        text: the text that the edits' spans refer to.
        edits: the edits as they were logged. Those that are not applied may overlap others.

    Raises:
        Disorder: if they are not sorted by position.
        Mismatch: if a span is not in the text, or the text at a span is not the edit's ``before``.
    """
    last = (0, 0)
    for edit in edits:
        start, end = edit.span
        if edit.span < last:
            raise Disorder(f"{edit.rule[:MAX_QUOTED_CHARS]} at {start}–{end} comes after an edit at a later position")
        if not 0 <= start <= end <= len(text) or text[start:end] != edit.before:
            raise _mismatch(edit, text)
        last = edit.span


def _mismatch(edit: Edit, text: str) -> Mismatch:
    """Return the exception to raise for an edit that was made for another text; it quotes the start of both."""
    start, end = edit.span
    rule, expected, found = (each[:MAX_QUOTED_CHARS] for each in (edit.rule, edit.before, text[start:end]))
    return Mismatch(f"{rule} expects {expected!r} at {start}–{end}, found {found!r}")


def applied_in_order(edits: Iterable[Edit]) -> list[Edit]:
    """Return the applied edits, sorted by position."""
    return sorted((edit for edit in edits if edit.state == "applied"), key=lambda edit: edit.span)


def spans_after(edits: Iterable[Edit]) -> list[tuple[int, int]]:
    """Return the span of each applied edit's ``after`` in the text that :func:`apply` returns, sorted by position."""
    shift, spans = 0, []
    for edit in applied_in_order(edits):
        start = edit.start + shift
        spans.append((start, start + len(edit.after)))
        shift += len(edit.after) - len(edit.before)
    return spans


def map_spans(spans: Iterable[tuple[int, int]], edits: Iterable[Edit]) -> list[tuple[int, int]]:
    """Map spans of the original text to the text that :func:`apply` returns.

    An insertion at either boundary of a span stays outside it. A boundary inside a replaced span moves outwards to the
    boundary of the replacement, so that a span grows to cover every edit that it overlaps.

    Args:
        spans: (start, exclusive end) in the text that the edits' spans refer to.
        edits: in any order; only applied edits matter.

    >>> map_spans([(6, 8)], [replace("It is an energy", 2, 2, " now", "SPIN001")])
    [(10, 12)]
    """
    ordered = applied_in_order(edits)
    old_spans, new_spans = [edit.span for edit in ordered], spans_after(ordered)
    starts, ends = [start for start, _ in old_spans], [end for _, end in old_spans]

    def map_offset(offset: int, preceding: int, side: int) -> int:
        """Map an offset that ``preceding`` edits end before; ``side`` is 0 for a start, 1 for an end."""
        if preceding < len(old_spans) and starts[preceding] < offset:
            return new_spans[preceding][side]
        return offset + (new_spans[preceding - 1][1] - ends[preceding - 1] if preceding else 0)

    def map_start(offset: int) -> int:
        return map_offset(offset, bisect_right(ends, offset), 0)

    def map_end(offset: int) -> int:
        preceding = bisect_right(ends, offset)
        # An insertion exactly at the end of the span is not part of it.
        return map_offset(offset, preceding - (preceding > 0 and old_spans[preceding - 1] == (offset, offset)), 1)

    mapped = [(map_start(start), map_end(end)) for start, end in spans]
    # For an empty span, map_start gives the offset after an insertion at its position, and map_end the one before it.
    return [(min(start, end), end) for start, end in mapped]


def invert(edits: Iterable[Edit]) -> list[Edit]:
    """Return the inverse edits: applied to the new text, they restore the old one.

    Adjacent removals have the same position in the new text; their inverse is one insertion.

    >>> edits = [replace("its overseas ministry", 4, 12, "foreign", "SPIN001")]
    >>> apply(apply("its overseas ministry", edits), invert(edits))
    'its overseas ministry'
    """
    ordered = applied_in_order(edits)
    inverted: list[Edit] = []
    for edit, span in zip(ordered, spans_after(ordered), strict=True):
        after = edit.before
        if inverted and inverted[-1].span == span:
            after = inverted.pop().after + after
        inverted.append(msgspec.structs.replace(edit, span=span, before=edit.after, after=after))
    return inverted


def without_overlaps(edits: Iterable[Edit]) -> list[Edit]:
    """Drop every edit that overlaps an earlier one; of edits with the same start, the longest is kept.

    Returns:
        The remaining edits, sorted by position.
    """
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end)):
        if not kept or edit.start > kept[-1].end or (edit.start == kept[-1].end and edit.span != kept[-1].span):
            kept.append(edit)
    return kept


def trim_common_affixes(text: str, start: int, end: int, after: str) -> tuple[int, int, str]:
    """Shrink a replacement of ``text[start:end]`` by ``after``: trim their common prefix and suffix.

    Returns:
        Start, exclusive end and replacement.

    >>> trim_common_affixes("the colour", 4, 10, "color")
    (8, 9, '')
    """
    limit = min(end - start, len(after))
    prefix = 0
    while prefix < limit and text[start + prefix] == after[prefix]:
        prefix += 1
    suffix = 0
    while suffix < limit - prefix and text[end - 1 - suffix] == after[len(after) - 1 - suffix]:
        suffix += 1
    return start + prefix, end - suffix, after[prefix : len(after) - suffix]


def proposed_text(edit: Edit) -> str:
    """Return the replacement that the stage proposed, even if the edit has the reviewer's own text."""
    text = edit.evidence.get(PROPOSED)
    return text if isinstance(text, str) else edit.after


ID_CONTEXT_CHARS = 24  # code points on either side that distinguish otherwise equal edits


def identify(text: str, edits: Sequence[Edit]) -> list[Edit]:
    """Assign ids to edits: 12 hex digits of a hash of rule, before, after, context and ordinal.

    White space and case of the context are ignored, so that an id survives a rerun, and a new scrape with other line
    breaks. The ordinal distinguishes repetitions of the same edit in the same context.
    """
    seen: dict[str, int] = {}
    identified = []
    for edit in edits:
        left = text[max(0, edit.start - ID_CONTEXT_CHARS) : edit.start]
        right = text[edit.end : edit.end + ID_CONTEXT_CHARS]
        context = "".join(f"{left}\0{right}".casefold().split())
        key = "\x1f".join((edit.rule, edit.before, edit.after, context))
        seen[key] = ordinal = seen.get(key, -1) + 1
        digest = hashlib.sha256(f"{key}\x1f{ordinal}".encode("utf-8", "surrogatepass")).hexdigest()[:12]
        identified.append(msgspec.structs.replace(edit, id=digest))
    return identified


def demote_dependents(edits: list[Edit], applied_before: frozenset[str]) -> list[Edit]:
    """Demote applied edits to suggestions if the edit that they depend on is not applied.

    Args:
        edits: edits of one stage, with their ids.
        applied_before: ids of the edits that earlier stages applied.
    """
    applied = applied_before | {edit.id for edit in edits if edit.state == "applied"}
    demoted = {
        edit.id
        for edit in edits
        if edit.state == "applied" and edit.depends_on is not None and edit.depends_on not in applied
    }
    if not demoted:
        return edits
    # Other edits may depend on those that were just demoted.
    return demote_dependents(
        [msgspec.structs.replace(edit, state="suggested") if edit.id in demoted else edit for edit in edits],
        applied_before,
    )


def repairs_after(repairs: Iterable[Repair], applied: Sequence[Edit]) -> tuple[Repair, ...]:
    """Return the repairs of earlier stages, mapped to the new text, and those of the stage that just ran.

    Args:
        repairs: repairs in the text that the stage received.
        applied: edits of the stage; only applied ones matter.
    """
    earlier = list(repairs)
    if not applied:
        return tuple(earlier)
    spans = map_spans([(repair.start, repair.end) for repair in earlier], applied)
    mapped = [Repair(*span, repair.id, repair.rule) for span, repair in zip(spans, earlier, strict=True)]
    ordered = applied_in_order(applied)
    added = [Repair(*span, edit.id, edit.rule) for span, edit in zip(spans_after(ordered), ordered, strict=True)]
    return tuple(sorted(mapped + added))
