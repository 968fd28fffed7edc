"""The chosen edits as changes of the raw text, each on its own: what a patch carries out and what SARIF offers."""

from bisect import bisect
from typing import NamedTuple

from clean_news.diff.choice import Choice
from clean_news.tracing import Span, Traced, TracedEdit


class RawChange(NamedTuple):
    """A stretch of the decoded raw text, and what is put there.

    Attributes:
        span: (start, end) in code points.
        after: the text put there.
        edits: the edits that it carries out, in the order of the stages.
    """

    span: Span
    after: str
    edits: tuple[TracedEdit, ...]


class RawChanges(NamedTuple):
    """What the chosen edits change in the raw text.

    Attributes:
        changes: in order; they do not overlap.
        left_out: chosen edits that build on others which are not chosen, or overlap with an edit that is.
    """

    changes: list[RawChange]
    left_out: list[TracedEdit]


def raw_changes(trace: Traced, choice: Choice) -> RawChanges:
    """What the chosen edits change in the raw text.

    Edits of several stages at one place are one change if all of them are chosen. Otherwise each that finds in the
    raw text what it replaces is a change of its own. Of those that overlap the first counts; an applied edit comes
    before a suggested or rejected one.
    """
    together: list[RawChange] = []
    alone: list[TracedEdit] = []
    for segment in trace.segments:
        chosen = [each for each in segment.edits if choice.takes(each)]
        if segment.edits and len(chosen) == len(segment.edits):
            change = RawChange(segment.raw_span, segment.after, segment.edits)
            if together and together[-1].span == change.span:  # two stages put something in at one place
                earlier = together.pop()
                change = RawChange(change.span, earlier.after + change.after, earlier.edits + change.edits)
            together.append(change)
        else:
            alone += chosen
    alone += [each for each in trace.marks if choice.takes(each)]
    left_out: list[TracedEdit] = []
    taken = sorted(change.span for change in together)
    for each in alone:
        start, end = each.raw_span
        at = bisect(taken, each.raw_span)
        beside = taken[max(0, at - 1) : at + 1]  # those taken do not overlap, so no other can clash
        if trace.raw[start:end] == each.edit.before and not any(clash(each.raw_span, span) for span in beside):
            together.append(RawChange(each.raw_span, each.edit.after, (each,)))
            taken.insert(at, each.raw_span)
        else:
            left_out.append(each)
    return RawChanges(sorted(together, key=lambda change: change.span), left_out)


def clash(one: Span, other: Span) -> bool:
    """Whether two spans cannot both be replaced: they overlap, or are the same place."""
    return one == other or (one[0] < other[1] and other[0] < one[1])
