"""Where every edit of a log stands in the raw text and in the clean text.

A log has its edits stage by stage, each in the coordinates of the text that its stage received. Whoever shows the
changes of an article in one view needs them all in the coordinates of its two ends: see :func:`traced`.
All offsets are code points.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from clean_news import edits as splicing
from clean_news.change_log import ChangeLog, texts, verify
from clean_news.edits import Edit

Span = tuple[int, int]


class TracedEdit(NamedTuple):
    """An edit and its two places.

    Attributes:
        edit: as it stands in the log.
        stage: name of the stage that proposed it.
        raw_span: (start, end) in the decoded raw text of what it was proposed for.
        clean_span: (start, end) in the clean text of what became of that: of an applied edit's ``after``, of
            what a suggested or rejected one would have replaced.

    Where another stage changed a part of the same place, a span grows over all that the other one changed.
    """

    edit: Edit
    stage: str
    raw_span: Span
    clean_span: Span


class Segment(NamedTuple):
    """A stretch of the article, kept or changed as a whole.

    Attributes:
        before: its raw text.
        after: its clean text; where nothing was changed, the same.
        raw_span: where ``before`` stands in the decoded raw text.
        clean_span: where ``after`` stands in the clean text.
        edits: the applied edits that made it, in the order in which they were carried out; none where it was kept.
    """

    before: str
    after: str
    raw_span: Span
    clean_span: Span
    edits: tuple[TracedEdit, ...] = ()

    @property
    def kept(self) -> bool:
        """Whether no edit was applied here."""
        return not self.edits


class Traced(NamedTuple):
    """An article with all its changes.

    Attributes:
        raw: the raw text, as it was decoded.
        clean: the clean text.
        edits: every edit of the log, in the log's order.
        segments: in reading order; their ``before`` joined is ``raw``, their
            ``after`` joined is ``clean``. Edits of several stages at one place make one segment. Edits that are
            not applied are in none: they are marks over the segments, by their ``clean_span``.
    """

    raw: str
    clean: str
    edits: tuple[TracedEdit, ...]
    segments: tuple[Segment, ...]

    @property
    def marks(self) -> tuple[TracedEdit, ...]:
        """The edits that were not applied: suggested and rejected ones."""
        return tuple(each for each in self.edits if each.edit.state != "applied")


class Change(NamedTuple):
    """A changed stretch on the way through the stages.

    Attributes:
        raw_span: its place in the raw text.
        span: its place in the text so far.
        edits: numbers in the log of the edits that made it.
    """

    raw_span: Span
    span: Span
    edits: tuple[int, ...]


def traced(text: str, log: ChangeLog) -> Traced:
    """The article with all its edits, in the coordinates of its raw and of its clean text.

    Args:
        text: the clean text as it is stored.
        log: its log.

    Raises:
        change_log.TextChangedError: if the text was changed since.
        change_log.LogError: if the log was changed, so that it does not lead back.
    """
    verify(text, log)
    raw = texts(text, log)[0]
    changes: list[Change] = []
    number = 0
    for stage in log.stages:
        changes = composed(changes, stage.edits, number)
        number += len(stage.edits)
    edits = _placed(_traced_edits(log), changes)
    return Traced(raw, text, edits, tuple(_segments_of(raw, text, changes, edits)))


def _traced_edits(log: ChangeLog) -> tuple[TracedEdit, ...]:
    """Every edit of a log with its places in the raw and in the clean text."""
    raw_spans: list[Span] = []
    clean_spans: list[Span] = []
    for at, stage in enumerate(log.stages):
        back = [edit.span for edit in stage.edits]
        for earlier in reversed(log.stages[:at]):
            back = splicing.moved(back, splicing.invert(earlier.edits))
        raw_spans += back
        clean_spans = splicing.moved(clean_spans, stage.edits) + _spans_behind(stage.edits)
    logged = [(edit, stage.name) for stage in log.stages for edit in stage.edits]
    return tuple(
        TracedEdit(edit, stage, raw_span, clean_span)
        for (edit, stage), raw_span, clean_span in zip(logged, raw_spans, clean_spans, strict=True)
    )


def _placed(edits: Sequence[TracedEdit], changes: Iterable[Change]) -> tuple[TracedEdit, ...]:
    """The edits, the applied ones inside the change that they belong to.

    Where text was put in and taken out at one point, their own spans may be at the wrong side of that point.
    """
    within = list(edits)
    for raw_span, span, numbers in changes:
        for number in numbers:
            edit, stage, own_raw, own_clean = edits[number]
            if len(numbers) == 1:
                own_raw, own_clean = raw_span, span
            within[number] = TracedEdit(edit, stage, _clamped(own_raw, raw_span), _clamped(own_clean, span))
    return tuple(within)


def _clamped(span: Span, limits: Span) -> Span:
    """The span with its ends inside the limits."""
    low, high = limits
    return min(max(span[0], low), high), min(max(span[1], low), high)


def _spans_behind(edits: Sequence[Edit]) -> list[Span]:
    """Where each edit of a stage, applied or not, stands in the text that the stage made."""
    applied = dict(zip((edit.span for edit in splicing.in_order(edits)), splicing.spans_after(edits), strict=True))
    moved = splicing.moved([edit.span for edit in edits], edits)
    return [applied[edit.span] if edit.state == "applied" else span for edit, span in zip(edits, moved, strict=True)]


def composed(changes: Sequence[Change], edits: Sequence[Edit], number: int) -> list[Change]:
    """The changes that lead from the raw text to the text behind one more stage, in order.

    A change and an edit become one where they overlap, and where text is put in the place of what was taken out.
    Those that only touch stay apart.

    Args:
        changes: those that lead to the text that the stage received, in order.
        edits: the stage's.
        number: of the first of them.
    """
    numbered = [
        Change(edit.span, edit.span, (number + at,)) for at, edit in enumerate(edits) if edit.state == "applied"
    ]
    lengths = {number + at: len(edit.after) for at, edit in enumerate(edits)}
    # The sort is stable: of a change and an edit with one span the change comes first.
    clusters: list[list[Change]] = []
    end = -1
    for item in sorted([*changes, *numbered], key=lambda change: change.span):
        start = item.span[0]
        fills = item.span == (end, end) and clusters[-1][-1].span == item.span and item.edits[0] >= number
        if start < end or fills:
            clusters[-1].append(item)
        else:
            clusters.append([item])
        end = max(end, item.span[1])
    together: list[Change] = []
    to_raw = to_next = 0  # what to add to a place of the text that the stage received
    for cluster in clusters:
        start, end = cluster[0].span[0], max(item.span[1] for item in cluster)
        raw_start, next_start = start + to_raw, start + to_next
        for item in cluster:
            if item.edits[0] < number:
                to_raw += length(item.raw_span) - length(item.span)
            else:
                to_next += lengths[item.edits[0]] - length(item.span)
        ids = tuple(sorted(each for item in cluster for each in item.edits))
        together.append(Change((raw_start, end + to_raw), (next_start, end + to_next), ids))
    return together


def length(span: Span) -> int:
    """Number of code points in a span."""
    return span[1] - span[0]


def _segments_of(raw: str, clean: str, changes: Sequence[Change], edits: Sequence[TracedEdit]) -> Iterator[Segment]:
    """The segments: the changes that lead from the raw to the clean text, and what was kept between them."""
    raw_at = clean_at = 0
    for raw_span, span, numbers in [*changes, Change((len(raw),) * 2, (len(clean),) * 2, ())]:
        if raw_at < raw_span[0]:
            kept = raw[raw_at : raw_span[0]]
            yield Segment(kept, kept, (raw_at, raw_span[0]), (clean_at, span[0]))
        if numbers:
            made_by = tuple(edits[each] for each in numbers)
            yield Segment(raw[slice(*raw_span)], clean[slice(*span)], raw_span, span, made_by)
        raw_at, clean_at = raw_span[1], span[1]
