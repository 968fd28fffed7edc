"""Apply reviewers' decisions to the edits of each stage.

Two versions of an article run through the stages in parallel. The *judged text* is the one that the stages see: it
contains no decisions, so that rejecting one edit cannot change how its neighbours are judged. The *reviewed text* is
the one that becomes the clean text. After each stage, :func:`carry_over` transfers the stage's edits from the judged to
the reviewed text, like a rebase of patches:

1. Map the spans of the edits to the reviewed text. An edit that overlaps a divergence, i.e. a place where the two texts
   differ, was proposed for text that the reviewed version does not have, and is dropped.
2. Set the states of the remaining edits as the decisions demand (accepted, rejected, or replaced by the reviewer's own
   text). Demote edits that collide with accepted ones, and edits that depend on edits that are not applied.
3. Apply them to the reviewed text, and compute the new divergences: a three-way comparison of the judged text before
   the stage (the base) with the judged and the reviewed text after it.

A stage that only follows up edits of other stages (``FOLLOWS``, e.g. ``agreement``) has seen nothing of the edits that
are in the reviewed text alone. If there are any, the pipeline runs it a second time, on the reviewed text;
:func:`add_dependent_edits` adds the edits that depend on them, and later stages judge the reviewed text.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from clean_news import edits as splicing
from clean_news.article import Article
from clean_news.decisions import Decisions, apply_decision
from clean_news.edits import Edit

Span = tuple[int, int]  # start, exclusive end, in code points


class Replacement(NamedTuple):
    """A span of one text and what another text has in its place.

    Attributes:
        start: offset of the first code point.
        end: exclusive end offset.
        after: the other text's version of the span.
    """

    start: int
    end: int
    after: str


class ReviewedArticle(NamedTuple):
    """The reviewed version of an article, between two stages.

    Attributes:
        article: the article with the reviewed text.
        divergences: where the reviewed text differs from the judged one, as replacements in the judged text; sorted,
            without overlaps.
        applied: ids of the edits applied to the reviewed text.
        reviewer_edits: ids of the edits that are applied only because of a decision, or with the reviewer's own text.
    """

    article: Article
    divergences: tuple[Replacement, ...] = ()
    applied: frozenset[str] = frozenset()
    reviewer_edits: frozenset[str] = frozenset()


class ReviewedStage(NamedTuple):
    """The result of one stage in the reviewed text.

    Attributes:
        edits: the edits of the stage for the log; their spans refer to the reviewed text before the stage.
        reviewed: the reviewed article after the stage.
    """

    edits: tuple[Edit, ...]
    reviewed: ReviewedArticle


def carry_over(reviewed: ReviewedArticle, judged: str, edits: Sequence[Edit], decisions: Decisions) -> ReviewedStage:
    """Transfer the edits of a stage from the judged to the reviewed text, and apply the decisions to them.

    Args:
        reviewed: the reviewed article before the stage.
        judged: the text that the stage judged.
        edits: edits of the stage for that text, sorted by position, in their states by the settings.
        decisions: the reviewers' decisions.

    Returns:
        The edits outside divergences, and the reviewed article after the stage; its metadata is unchanged.
    """
    spans = _spans_in_reviewed([edit.span for edit in edits], reviewed.divergences)
    pairs = [(edit, span) for edit, span in zip(edits, spans, strict=True) if span is not None]
    decided, reviewer_edits = _with_decisions([edit for edit, _ in pairs], decisions, reviewed)
    mapped = [msgspec.structs.replace(edit, span=span) for edit, (_, span) in zip(decided, pairs, strict=True)]
    to_reviewed = [*reviewed.divergences, *_replacements(decided)]
    after = _apply(reviewed, mapped, reviewer_edits)
    divergences = compare_replacements(judged, _replacements(edits), to_reviewed)
    return ReviewedStage(tuple(mapped), after._replace(divergences=tuple(divergences)))


def add_dependent_edits(
    reviewed: ReviewedArticle, edits: Sequence[Edit], second_run: Sequence[Edit], decisions: Decisions
) -> ReviewedStage:
    """Add the edits of a stage that depend on edits that only the reviewed text has.

    Args:
        reviewed: the reviewed article before the stage.
        edits: edits of the stage for the judged text, as returned by :func:`carry_over`.
        second_run: its edits for the reviewed text.
        decisions: the reviewers' decisions.

    Returns:
        The edits of ``edits`` that do not depend on an edit of the reviewer, those of ``second_run`` that do, and the
        reviewed article after the stage. It has no divergences, as later stages judge the reviewed text.
    """
    kept = [edit for edit in edits if edit.depends_on not in reviewed.reviewer_edits]
    added = [edit for edit in second_run if edit.depends_on in reviewed.reviewer_edits]
    both = _without_collisions([*kept, *added], {edit.id for edit in added})
    decided, reviewer_edits = _with_decisions(both, decisions, reviewed)
    return ReviewedStage(tuple(decided), _apply(reviewed, decided, reviewer_edits))


def _apply(reviewed: ReviewedArticle, edits: Sequence[Edit], reviewer_edits: frozenset[str]) -> ReviewedArticle:
    """Apply the edits of a stage to the reviewed text; the result has no divergences yet."""
    repairs = splicing.repairs_after(reviewed.article.repairs, edits)
    article = reviewed.article._replace(text=splicing.apply(reviewed.article.text, edits), repairs=repairs)
    applied = reviewed.applied | {edit.id for edit in edits if edit.state == "applied"}
    return ReviewedArticle(article, (), applied, reviewed.reviewer_edits | reviewer_edits)


def _with_decisions(
    edits: Sequence[Edit], decisions: Decisions, reviewed: ReviewedArticle
) -> tuple[list[Edit], frozenset[str]]:
    """Set the states of edits by the decisions.

    Returns:
        The edits, and the ids of those that are applied, or replace other text, only because of a decision.
    """
    article_id = reviewed.article.id
    found = [decisions.decision_for(edit, article_id) for edit in edits]
    decided = [
        apply_decision(edit, decision) if decision else edit for edit, decision in zip(edits, found, strict=True)
    ]
    reviewer_edits = frozenset(
        after.id
        for before, after in zip(edits, decided, strict=True)
        if after.state == "applied" and (before.state, before.after) != (after.state, after.after)
    )
    with_decision = {edit.id for edit, decision in zip(decided, found, strict=True) if decision}
    return splicing.demote_dependents(_without_collisions(decided, with_decision), reviewed.applied), reviewer_edits


def _without_collisions(edits: Sequence[Edit], preferred: set[str]) -> list[Edit]:
    """Demote applied edits that collide with an applied edit of ``preferred`` to suggestions.

    Edits that are not preferred never collide with each other.

    Args:
        edits: edits in any order.
        preferred: ids of the edits that take precedence.

    Returns:
        All edits, sorted by position.
    """
    accepted: list[Edit] = []
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: edit.id not in preferred):
        if edit.state == "applied" and any(_collide(edit.span, other.span) for other in accepted):
            kept.append(msgspec.structs.replace(edit, state="suggested"))
            continue
        kept.append(edit)
        if edit.state == "applied" and edit.id in preferred:
            accepted.append(edit)
    return sorted(kept, key=lambda edit: edit.span)


def _collide(one: Span, other: Span) -> bool:
    """Whether two spans overlap, or are insertions at the same position, or one is an insertion inside the other.

    >>> _collide((0, 3), (3, 5)), _collide((0, 3), (2, 5)), _collide((3, 3), (3, 3)), _collide((3, 3), (3, 5))
    (False, True, True, False)
    """
    return one == other or (one[0] < other[1] and other[0] < one[1])


def _replacements(edits: Iterable[Edit]) -> list[Replacement]:
    """Return the applied edits as replacements, sorted by position."""
    return [Replacement(*edit.span, edit.after) for edit in splicing.applied_in_order(edits)]


def _spans_in_reviewed(spans: Sequence[Span], divergences: Sequence[Replacement]) -> list[Span | None]:
    """Map spans of the judged text to the reviewed text; None for a span that collides with a divergence.

    Args:
        spans: sorted by position.
        divergences: sorted by position.

    >>> _spans_in_reviewed([(0, 2), (4, 6), (8, 9)], [Replacement(3, 5, "four")])
    [(0, 2), None, (10, 11)]
    """
    mapped: list[Span | None] = []
    for start, end in spans:
        if any(_collide((start, end), (each.start, each.end)) for each in divergences):
            mapped.append(None)
        else:
            shift = sum(len(each.after) - (each.end - each.start) for each in divergences if each.end <= start)
            mapped.append((start + shift, end + shift))
    return mapped


def compare_replacements(
    base: str, to_judged: Sequence[Replacement], to_reviewed: Sequence[Replacement]
) -> list[Replacement]:
    """Compare the judged and the reviewed text, given as replacements in a common base text.

    Args:
        base: the common base text.
        to_judged: the replacements that turn it into the judged text, without overlaps.
        to_reviewed: the replacements that turn it into the reviewed text, without overlaps.

    Returns:
        The differences, as replacements in the judged text.

    >>> hound = Replacement(6, 9, "hound")
    >>> compare_replacements("a big dog", [Replacement(2, 5, "large"), hound], [hound])
    [Replacement(start=2, end=7, after='big')]
    """
    common = set(to_judged) & set(to_reviewed)
    differences: list[Replacement] = []
    shift = 0
    for start, end, ours, theirs in _clusters(to_judged, to_reviewed):
        judged, reviewed = replace_all(base, start, end, ours), replace_all(base, start, end, theirs)
        if not (common.issuperset(ours) and common.issuperset(theirs)) and judged != reviewed:
            differences.append(Replacement(start + shift, start + shift + len(judged), reviewed))
        shift += len(judged) - (end - start)
    return differences


def _clusters(
    ours: Iterable[Replacement], theirs: Iterable[Replacement]
) -> list[tuple[int, int, list[Replacement], list[Replacement]]]:
    """Group colliding replacements of two sets.

    Returns:
        For each group its start and exclusive end in the base text, and its replacements from either set.
    """
    clusters: list[tuple[int, int, list[Replacement], list[Replacement]]] = []
    labelled = [(each, 0) for each in ours] + [(each, 1) for each in theirs]
    for each, side in sorted(labelled, key=lambda pair: pair[0][:2]):
        if clusters and _collide(each[:2], clusters[-1][:2]):
            start, end, *sides = clusters.pop()
        else:
            start, end, sides = each.start, each.end, [[], []]
        sides[side].append(each)
        clusters.append((start, max(end, each.end), sides[0], sides[1]))
    return clusters


def replace_all(base: str, start: int, end: int, replacements: Sequence[Replacement]) -> str:
    """Return ``base[start:end]`` with the replacements made; they are sorted, and lie within the span."""
    pieces = []
    for each in replacements:
        pieces += [base[start : each.start], each.after]
        start = each.end
    return "".join([*pieces, base[start:end]])
