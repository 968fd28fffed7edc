"""Map the edits of all stages to spans in the raw text and in the clean text.

A log lists its edits by stage, each with offsets in the text that its stage received. A view of all changes needs
them in the coordinates of the raw and of the clean text: see :func:`trace_edits`.
Offsets are code points, ends exclusive.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from clean_news import edits as splicing
from clean_news.change_log.log import ChangeLog, stage_texts, verify
from clean_news.edits import Edit

Span = tuple[int, int]


class TracedEdit(NamedTuple):
    """An edit with its spans in both texts.

    Attributes:
        edit: the edit as logged.
        stage: name of the stage that proposed it.
        raw_span: (start, end) in the decoded raw text of the text it replaces.
        clean_span: (start, end) in the clean text: of ``after`` for an applied edit, of the text that would be
            replaced for a suggested or rejected one.

    Where an edit of another stage overlaps, a span is extended to cover that edit as well.
    """

    edit: Edit
    stage: str
    raw_span: Span
    clean_span: Span


class Segment(NamedTuple):
    """A part of the article that was either kept or changed.

    Attributes:
        before: its raw text.
        after: its clean text; equals ``before`` if it was kept.
        raw_span: span of ``before`` in the decoded raw text.
        clean_span: span of ``after`` in the clean text.
        edits: the applied edits that changed it, in the order of application; empty if it was kept.
    """

    before: str
    after: str
    raw_span: Span
    clean_span: Span
    edits: tuple[TracedEdit, ...] = ()

    @property
    def kept(self) -> bool:
        """Whether it has no applied edits."""
        return not self.edits


class Trace(NamedTuple):
    """An article with all its edits in the coordinates of the raw and of the clean text.

    Attributes:
        raw: the decoded raw text.
        clean: the clean text.
        edits: every edit of the log, in log order.
        segments: the article in reading order: concatenating ``before`` gives ``raw``, concatenating ``after`` gives
            ``clean``. Overlapping edits of several stages form one segment. Edits that were not applied belong to
            no segment; their ``clean_span`` locates them.
    """

    raw: str
    clean: str
    edits: tuple[TracedEdit, ...]
    segments: tuple[Segment, ...]

    @property
    def marks(self) -> tuple[TracedEdit, ...]:
        """The edits that were not applied: suggested and rejected."""
        return tuple(each for each in self.edits if each.edit.state != "applied")


class ComposedChange(NamedTuple):
    """The combined effect of overlapping edits of the stages processed so far.

    Attributes:
        raw_span: its span in the raw text.
        span: its span in the text after the last processed stage.
        edits: indices of its edits in the log, counted over all stages.
    """

    raw_span: Span
    span: Span
    edits: tuple[int, ...]


def trace_edits(text: str, log: ChangeLog) -> Trace:
    """Locate every edit of an article in its raw and its clean text.

    Args:
        text: the clean text as stored.
        log: its log.

    Raises:
        change_log.TextChangedError: if the text was changed after it was logged.
        change_log.LogError: if the log was changed and cannot be reverted.
    """
    verify(text, log)
    raw = stage_texts(text, log)[0]
    changes: list[ComposedChange] = []
    number = 0
    for stage in log.stages:
        if any(edit.state == "applied" for edit in stage.edits):
            changes = _compose(changes, stage.edits, number)
        number += len(stage.edits)
    edits = _placed(_traced_edits(log), changes)
    return Trace(raw, text, edits, tuple(_segments_of(raw, text, changes, edits)))


def _traced_edits(log: ChangeLog) -> tuple[TracedEdit, ...]:
    """Map each edit's span back to the raw text and forward to the clean text."""
    raw_spans: list[Span] = []
    clean_spans: list[Span] = []
    stages = [stage for stage in log.stages if stage.edits]  # the others move nothing
    for at, stage in enumerate(stages):
        back = [edit.span for edit in stage.edits]
        for earlier in reversed(stages[:at]):
            back = splicing.map_spans(back, splicing.invert(earlier.edits))
        raw_spans += back
        clean_spans = splicing.map_spans(clean_spans, stage.edits) + _spans_after(stage.edits)
    logged = [(edit, stage.name) for stage in log.stages for edit in stage.edits]
    return tuple(
        TracedEdit(edit, stage, raw_span, clean_span)
        for (edit, stage), raw_span, clean_span in zip(logged, raw_spans, clean_spans, strict=True)
    )


def _placed(edits: Sequence[TracedEdit], changes: Iterable[ComposedChange]) -> tuple[TracedEdit, ...]:
    """Clamp the spans of applied edits to the change that they belong to.

    Where text is inserted and deleted at one offset, a mapped span may be on the wrong side of that offset.
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
    """Clamp both ends of a span to the limits."""
    low, high = limits
    return min(max(span[0], low), high), min(max(span[1], low), high)


def _spans_after(edits: Sequence[Edit]) -> list[Span]:
    """Return the span of each edit, applied or not, in the output text of its stage."""
    applied = dict(
        zip((edit.span for edit in splicing.applied_in_order(edits)), splicing.spans_after(edits), strict=True)
    )
    moved = splicing.map_spans([edit.span for edit in edits], edits)
    return [applied[edit.span] if edit.state == "applied" else span for edit, span in zip(edits, moved, strict=True)]


def _compose(changes: Sequence[ComposedChange], edits: Sequence[Edit], number: int) -> list[ComposedChange]:
    """Compose the changes of the earlier stages with the edits of the next one.

    A change and an edit are merged if they overlap, or if the edit inserts text where the change deleted some.
    Adjacent ones are kept separate.

    Args:
        changes: those from the raw text to the stage's input, in order.
        edits: the stage's edits.
        number: index of the first of them in the log.

    Returns:
        The changes from the raw text to the stage's output, in order.
    """
    numbered = [
        ComposedChange(edit.span, edit.span, (number + at,)) for at, edit in enumerate(edits) if edit.state == "applied"
    ]
    lengths = {number + at: len(edit.after) for at, edit in enumerate(edits)}
    # The sort is stable: of a change and an edit with equal spans the change comes first.
    clusters: list[list[ComposedChange]] = []
    end = -1
    for item in sorted([*changes, *numbered], key=lambda change: change.span):
        start = item.span[0]
        fills = item.span == (end, end) and clusters[-1][-1].span == item.span and item.edits[0] >= number
        if start < end or fills:
            clusters[-1].append(item)
        else:
            clusters.append([item])
        end = max(end, item.span[1])
    together: list[ComposedChange] = []
    to_raw = to_next = 0  # to add to an offset in the stage's input
    for cluster in clusters:
        start, end = cluster[0].span[0], max(item.span[1] for item in cluster)
        raw_start, next_start = start + to_raw, start + to_next
        for item in cluster:
            if item.edits[0] < number:
                to_raw += _length(item.raw_span) - _length(item.span)
            else:
                to_next += lengths[item.edits[0]] - _length(item.span)
        ids = tuple(sorted(each for item in cluster for each in item.edits))
        together.append(ComposedChange((raw_start, end + to_raw), (next_start, end + to_next), ids))
    return together


def _length(span: Span) -> int:
    """Return the number of code points in a span."""
    return span[1] - span[0]


def _segments_of(
    raw: str, clean: str, changes: Sequence[ComposedChange], edits: Sequence[TracedEdit]
) -> Iterator[Segment]:
    """Yield the changes from the raw to the clean text and the kept text between them."""
    raw_at = clean_at = 0
    for raw_span, span, numbers in [*changes, ComposedChange((len(raw),) * 2, (len(clean),) * 2, ())]:
        if raw_at < raw_span[0]:
            kept = raw[raw_at : raw_span[0]]
            yield Segment(kept, kept, (raw_at, raw_span[0]), (clean_at, span[0]))
        if numbers:
            made_by = tuple(edits[each] for each in numbers)
            yield Segment(raw[slice(*raw_span)], clean[slice(*span)], raw_span, span, made_by)
        raw_at, clean_at = raw_span[1], span[1]
