"""Judge the output for one article against its gold row.

A required span is a hit if the output has an accepted form there, a miss if it is unchanged, and a miss and a wrong
edit if it was changed to anything else. An optional span counts only if it has a wrong edit. Changes outside all spans
are wrong edits; adjacent ones count as one. Words inserted next to a span with a wrong edit are part of that edit.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from clean_news.scoring.alignment import AlignedWord, align, lattice, words
from clean_news.scoring.gold import GoldRow


class Missed(NamedTuple):
    """A required span that was not repaired: its spun text, the original, and whether it was left unchanged."""

    spun: str
    original: str
    left: bool


class Wrong(NamedTuple):
    """A wrong edit: the words before and after it, casefolded and without punctuation."""

    before: str
    after: str


class Judgement(NamedTuple):
    """The outcome for one article.

    Attributes:
        hits: the number of required spans that were repaired.
        missed: the required spans that were not repaired.
        wrong: the wrong edits.
        words: the number of words of the spun text.
    """

    hits: int
    missed: list[Missed]
    wrong: list[Wrong]
    words: int


class SpanOutcome(NamedTuple):
    """The outcome for a gold span: whether it has an accepted form, whether it was changed wrongly, its output text."""

    accepted: bool
    changed: bool
    found: str


def judge(row: GoldRow, output: str) -> Judgement:
    """Judge the output of a cleaner.

    Args:
        row: the gold row.
        output: the cleaner's output for ``row.spun``.
    """
    steps = align(*lattice(row), words(output))
    outcomes = _span_outcomes(len(row.edits), steps)
    missed, wrong = [], []
    for edit, outcome in zip(row.edits, outcomes, strict=True):
        if outcome.changed:
            wrong.append(Wrong(" ".join(words(edit.spun)), outcome.found))
        if not outcome.accepted and not edit.optional:
            missed.append(Missed(edit.spun, edit.accept[0], left=not outcome.changed))
    required = sum(not edit.optional for edit in row.edits)
    outside = _wrong_outside(steps, outcomes)
    return Judgement(required - len(missed), missed, wrong + outside, len(words(row.spun)))


def _span_outcomes(number: int, steps: Sequence[AlignedWord]) -> list[SpanOutcome]:
    """The outcome of each span, from its steps; each span has at least one."""
    own: list[list[AlignedWord]] = [[] for _ in range(number)]
    for step in steps:
        if step.span is not None:
            own[step.span].append(step)
    return [
        SpanOutcome(
            accepted=all(step.kind == "accept" and not step.changed for step in mine),
            changed=any(step.changed for step in mine),
            found=" ".join(step.found for step in mine if step.found is not None),
        )
        for mine in own
    ]


def _wrong_outside(steps: Sequence[AlignedWord], outcomes: Sequence[SpanOutcome]) -> list[Wrong]:
    """The changes outside all spans, adjacent ones merged."""
    blocks: list[list[AlignedWord]] = []
    within = False
    for step, before, after in zip(steps, _nearest_spans(steps), _nearest_spans(steps[::-1])[::-1], strict=True):
        if step.kind == "extra" and any(span is not None and outcomes[span].changed for span in (before, after)):
            continue  # part of the wrong edit of that span
        outside = step.span is None and step.changed
        if outside and not within:
            blocks.append([])
        if outside:
            blocks[-1].append(step)
        within = outside
    return [Wrong(_joined(step.expected for step in block), _joined(step.found for step in block)) for block in blocks]


def _nearest_spans(steps: Sequence[AlignedWord]) -> list[int | None]:
    """For each step the span of the last step so far that is not an insertion."""
    found: list[int | None] = []
    last: int | None = None
    for step in steps:
        last = last if step.kind == "extra" else step.span
        found.append(last)
    return found


def _joined(found: Iterable[str | None]) -> str:
    """The words that are not None, separated by spaces."""
    return " ".join(word for word in found if word is not None)
