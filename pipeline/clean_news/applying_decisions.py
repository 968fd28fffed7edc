"""A reviewer's decisions carried out beside the judging.

The stages judge the article as if nobody had decided anything: a rejected edit must not change how its neighbours
are judged. Beside it runs the article as the reviewer wants it. Where the two differ is their drift; an edit that
falls onto such a place was made for another text, and goes.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from clean_news import edits as splicing
from clean_news.article import Article
from clean_news.decisions import Decisions, decided
from clean_news.edits import Edit

Span = tuple[int, int]


class Change(NamedTuple):
    """What another text has at a place of this one.

    Attributes:
        start: first code point, in this text.
        end: code point behind the last.
        after: what the other text has there.
    """

    start: int
    end: int
    after: str


class Course(NamedTuple):
    """An article as the reviewer wants it, beside the one that the stages judge.

    Attributes:
        article: as the reviewer wants it.
        drift: where it differs from the one that is judged, by position there; none overlaps another.
        applied: ids of the edits applied to it.
        fresh: ids of those that only the reviewer applied, or with a text of the reviewer's own.
    """

    article: Article
    drift: tuple[Change, ...] = ()
    applied: frozenset[str] = frozenset()
    fresh: frozenset[str] = frozenset()


class Turn(NamedTuple):
    """What became of one stage's edits: those for the log, in the reviewer's text, and the course behind them."""

    edits: tuple[Edit, ...]
    course: Course


def follow(course: Course, judged: str, found: Sequence[Edit], decisions: Decisions) -> Turn:
    """Carry a stage's edits over to the reviewer's text, as the reviewer decided.

    Args:
        course: the article before the stage.
        judged: the text that the stage judged.
        found: its edits, in order, in their state by the settings.
        decisions: the reviewer's.

    Returns:
        The edits whose place both texts have, and the course behind the stage; its metadata is unchanged.
    """
    spans = carried([edit.span for edit in found], course.drift)
    pairs = [(edit, span) for edit, span in zip(found, spans, strict=True) if span is not None]
    wanted, fresh = _as_decided([edit for edit, _ in pairs], decisions, course)
    there = [msgspec.structs.replace(edit, span=span) for edit, (_, span) in zip(wanted, pairs, strict=True)]
    own = [*course.drift, *changes(wanted)]
    after = _advanced(course, there, fresh)
    return Turn(tuple(there), after._replace(drift=tuple(differences(judged, changes(found), own))))


def follow_up(course: Course, found: Sequence[Edit], anew: Sequence[Edit], decisions: Decisions) -> Turn:
    """Put edits that follow from what only the reviewer applied into the reviewer's text.

    Args:
        course: the article as the stage was given it.
        found: the stage's edits for the judged text, carried over by :func:`follow`.
        anew: its edits for the reviewer's text.
        decisions: the reviewer's.

    Returns:
        Those of ``found`` that follow from nothing fresh, those of ``anew`` that do, and the course behind them,
        without a drift: from here on the reviewer's text is judged.
    """
    kept = [edit for edit in found if edit.depends_on not in course.fresh]
    added = [edit for edit in anew if edit.depends_on in course.fresh]
    both = _without_collisions([*kept, *added], {edit.id for edit in added})
    wanted, fresh = _as_decided(both, decisions, course)
    return Turn(tuple(wanted), _advanced(course, wanted, fresh))


def _advanced(course: Course, wanted: Sequence[Edit], fresh: frozenset[str]) -> Course:
    """The course behind a stage whose edits for the reviewer's text are these; its drift is left out."""
    repairs = splicing.repairs_after(course.article.repairs, wanted)
    article = course.article._replace(text=splicing.apply(course.article.text, wanted), repairs=repairs)
    applied = course.applied | {edit.id for edit in wanted if edit.state == "applied"}
    return Course(article, (), applied, course.fresh | fresh)


def _as_decided(found: Sequence[Edit], decisions: Decisions, course: Course) -> tuple[list[Edit], frozenset[str]]:
    """The edits in the states that the decisions give them, and the ids of those that only the reviewer applied."""
    id_ = course.article.id
    verdicts = [decisions.about(edit, id_) for edit in found]
    wanted = [decided(edit, verdict) if verdict else edit for edit, verdict in zip(found, verdicts, strict=True)]
    fresh = frozenset(
        after.id
        for before, after in zip(found, wanted, strict=True)
        if after.state == "applied" and (before.state, before.after) != (after.state, after.after)
    )
    asked = {edit.id for edit, verdict in zip(wanted, verdicts, strict=True) if verdict}
    return splicing.standing(_without_collisions(wanted, asked), course.applied), fresh


def _without_collisions(wanted: Sequence[Edit], asked: set[str]) -> list[Edit]:
    """The edits by position; an applied one that meets one that was asked for before it is only suggested.

    Those that nobody asked for do not meet each other.
    """
    standing: list[Edit] = []
    kept: list[Edit] = []
    for edit in sorted(wanted, key=lambda edit: edit.id not in asked):
        if edit.state == "applied" and any(_meet(edit.span, other.span) for other in standing):
            kept.append(msgspec.structs.replace(edit, state="suggested"))
            continue
        kept.append(edit)
        if edit.state == "applied" and edit.id in asked:
            standing.append(edit)
    return sorted(kept, key=lambda edit: edit.span)


def _meet(one: Span, other: Span) -> bool:
    """Whether two spans share a code point, or one inserts inside or at the same place as the other.

    >>> _meet((0, 3), (3, 5)), _meet((0, 3), (2, 5)), _meet((3, 3), (3, 3)), _meet((3, 3), (3, 5))
    (False, True, True, False)
    """
    return one == other or (one[0] < other[1] and other[0] < one[1])


def changes(found: Iterable[Edit]) -> list[Change]:
    """What the applied edits change."""
    return [Change(*edit.span, edit.after) for edit in splicing.in_order(found)]


def carried(spans: Sequence[Span], drift: Sequence[Change]) -> list[Span | None]:
    """The spans in the other text; None for one that meets a place where the texts differ.

    Args:
        spans: by position.
        drift: by position.

    >>> carried([(0, 2), (4, 6), (8, 9)], [Change(3, 5, "four")])
    [(0, 2), None, (10, 11)]
    """
    found: list[Span | None] = []
    for start, end in spans:
        if any(_meet((start, end), (change.start, change.end)) for change in drift):
            found.append(None)
        else:
            shift = sum(len(change.after) - (change.end - change.start) for change in drift if change.end <= start)
            found.append((start + shift, end + shift))
    return found


def differences(base: str, judged: Sequence[Change], wanted: Sequence[Change]) -> list[Change]:
    """Where what becomes of a text by one set of changes differs from what becomes of it by another.

    Args:
        base: the text.
        judged: the changes that lead to the judged text, none overlapping another.
        wanted: those that lead to the reviewer's.

    Returns:
        The differences, by position in the judged text.

    >>> differences("a big dog", [Change(2, 5, "large"), Change(6, 9, "hound")], [Change(6, 9, "hound")])
    [Change(start=2, end=7, after='big')]
    """
    common = set(judged) & set(wanted)
    found: list[Change] = []
    shift = 0
    for start, end, one, other in _clusters(judged, wanted):
        ours, theirs = rendered(base, start, end, one), rendered(base, start, end, other)
        if not (common.issuperset(one) and common.issuperset(other)) and ours != theirs:
            found.append(Change(start + shift, start + shift + len(ours), theirs))
        shift += len(ours) - (end - start)
    return found


def _clusters(one: Iterable[Change], other: Iterable[Change]) -> list[tuple[int, int, list[Change], list[Change]]]:
    """The changes of two sets put together where they meet: first and last place, those of either."""
    found: list[tuple[int, int, list[Change], list[Change]]] = []
    marked = [(change, 0) for change in one] + [(change, 1) for change in other]
    for change, side in sorted(marked, key=lambda pair: pair[0][:2]):
        if found and _meet(change[:2], found[-1][:2]):
            start, end, *sides = found.pop()
        else:
            start, end, sides = change.start, change.end, [[], []]
        sides[side].append(change)
        found.append((start, max(end, change.end), sides[0], sides[1]))
    return found


def rendered(base: str, start: int, end: int, some: Sequence[Change]) -> str:
    """A stretch of a text with these changes made in it."""
    pieces = []
    for change in some:
        pieces += [base[start : change.start], change.after]
        start = change.end
    return "".join([*pieces, base[start:end]])
