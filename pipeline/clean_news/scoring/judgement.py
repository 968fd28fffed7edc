"""Judging one output against its gold row.

A required place that came out in an accepted form is a hit; as it was, a miss; as something else, a miss and a
wrong edit. Places that may stay count only where something else came out. Changes outside every place are wrong
edits, neighbouring ones together one. Words put in right beside a place that came out wrong belong to it.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from clean_news.scoring.alignment import Step, align, lattice, words
from clean_news.scoring.gold import GoldRow


class Missed(NamedTuple):
    """A required place that was not repaired: what stood there, the original, and whether it was left as it was."""

    spun: str
    original: str
    left: bool


class Wrong(NamedTuple):
    """A wrong edit: the words that stood there and those that came out, without capitals and punctuation."""

    before: str
    after: str


class Judgement(NamedTuple):
    """What became of one article.

    Attributes:
        hits: required places that were repaired.
        missed: the others.
        wrong: the wrong edits.
        words: number of words of the spun text.
    """

    hits: int
    missed: list[Missed]
    wrong: list[Wrong]
    words: int


class Place(NamedTuple):
    """What became of a place: whether it came out in an accepted form, otherwise than it may, and what came out."""

    accepted: bool
    changed: bool
    got: str


def judge(row: GoldRow, output: str) -> Judgement:
    """Judge the output of a cleaner.

    Args:
        row: the gold row.
        output: what the cleaner made of ``row.spun``.
    """
    steps = align(*lattice(row), words(output))
    places = _places_of(len(row.edits), steps)
    missed, wrong = [], []
    for edit, place in zip(row.edits, places, strict=True):
        if place.changed:
            wrong.append(Wrong(" ".join(words(edit.spun)), place.got))
        if not place.accepted and not edit.optional:
            missed.append(Missed(edit.spun, edit.accept[0], left=not place.changed))
    required = sum(not edit.optional for edit in row.edits)
    outside = _wrong_outside(steps, places)
    return Judgement(required - len(missed), missed, wrong + outside, len(words(row.spun)))


def _places_of(number: int, steps: Sequence[Step]) -> list[Place]:
    """What became of each place, by its steps; there is at least one for each place."""
    own: list[list[Step]] = [[] for _ in range(number)]
    for step in steps:
        if step.span is not None:
            own[step.span].append(step)
    return [
        Place(
            accepted=all(step.kind == "accept" and not step.changed for step in mine),
            changed=any(step.changed for step in mine),
            got=" ".join(step.got for step in mine if step.got is not None),
        )
        for mine in own
    ]


def _wrong_outside(steps: Sequence[Step], places: Sequence[Place]) -> list[Wrong]:
    """The changes outside every place, neighbouring ones as one."""
    blocks: list[list[Step]] = []
    within = False
    for step, before, behind in zip(steps, _neighbours(steps), _neighbours(steps[::-1])[::-1], strict=True):
        if step.kind == "extra" and any(span is not None and places[span].changed for span in (before, behind)):
            continue  # part of a place that came out wrong
        outside = step.span is None and step.changed
        if outside and not within:
            blocks.append([])
        if outside:
            blocks[-1].append(step)
        within = outside
    return [Wrong(joined(step.wanted for step in block), joined(step.got for step in block)) for block in blocks]


def _neighbours(steps: Sequence[Step]) -> list[int | None]:
    """For each step the place that the last step along the lattice belongs to, its own included."""
    found: list[int | None] = []
    last: int | None = None
    for step in steps:
        last = last if step.kind == "extra" else step.span
        found.append(last)
    return found


def joined(found: Iterable[str | None]) -> str:
    """The words there are, as one text."""
    return " ".join(word for word in found if word is not None)
