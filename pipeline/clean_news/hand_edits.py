"""Make the edits of people: words of the clean text that somebody wrote in place of others.

They are the last step of the pipeline, after all stages, and are logged like a stage's edits: nothing judges them, and
``revert``, ``diff`` and the report treat them as any others. A decision of the rule ``HAND`` says what to write: once
at a place, or wherever the words stand in an article or in all.

A place is found again by the text around it, like the TextQuoteSelector of the W3C's Web Annotation Data Model: as it
was, or, where the pipeline's output around it has changed a little, where enough of it stands and no other place is
nearly as like. All offsets are code points of the text that this step receives, ends exclusive.
"""

import hashlib
import unicodedata
from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import msgspec

from clean_news import edits as splicing
from clean_news.change_log import StageLog
from clean_news.decisions import HAND, Decision, Decisions, Scope, apply_decision
from clean_news.edits import Edit

STAGE = "hand"  # name of this step in the log
CONTEXT_CHARS = 30  # of the prefix and the suffix
NEAR_CHARS = 8  # next to a changed place, on one side, that must be as they were
MIN_ALIKE = 16  # code points of the place and its surroundings that must be as they were
MAX_CANDIDATES = 64  # places on either side that are compared; where there are more, none is chosen
SCOPES = ("once", "article", "everywhere")


class Place(NamedTuple):
    """Where an edit is made.

    Attributes:
        prefix: the text on its left.
        suffix: the text on its right.
        ordinal: number of equal places before it.
    """

    prefix: str
    suffix: str
    ordinal: int


def place_of(text: str, start: int, end: int) -> Place:
    """Describe the place of a span so that :func:`find` finds it."""
    prefix = text[max(0, start - CONTEXT_CHARS) : start]
    suffix = text[end : end + CONTEXT_CHARS]
    first = start - len(prefix)
    earlier = _occurrences(text[: first + len(prefix) + end - start + len(suffix)], text[first : end + len(suffix)])
    return Place(prefix, suffix, sum(1 for at in earlier if at < first))


def id_of(article: str, before: str, place: Place) -> str:
    """Return the id of an edit at a place: 12 hex digits, whatever is written there."""
    key = "\x1f".join((HAND, article, place.prefix, before, place.suffix, str(place.ordinal)))
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def decision_at(
    text: str,
    start: int,
    end: int,
    after: str,
    article: str,
    by: str = "",
    at: str = "",
    note: str = "",
    scope: Scope = "once",
) -> Decision:
    """Create the decision that writes ``after`` in place of ``text[start:end]``.

    Args:
        text: the text of the article before the edits by hand.
        start: offset of the first code point.
        end: exclusive end offset.
        after: what is to stand there.
        article: id of the article.
        by: who decides.
        at: time of the decision, as ISO 8601.
        note: reason, for people.
        scope: ``once``, or wherever the words stand in this article or in all.
    """
    place, before = place_of(text, start, end), text[start:end]
    return Decision(
        action="accept",
        scope=scope,
        id=id_of(article, before, place),
        article=article,
        rule=HAND,
        before=before,
        after=after,
        by=by,
        at=at,
        note=note,
        prefix=place.prefix,
        suffix=place.suffix,
        ordinal=place.ordinal,
    )


def find(text: str, decision: Decision) -> int | None:
    """Return the offset of the place of a decision made once; None if it is not in the text, or in doubt."""
    prefix, before, suffix = decision.prefix, decision.before, decision.suffix
    if not prefix and not suffix:
        return 0 if text == before else None
    same = next(islice(_occurrences(text, prefix + before + suffix), decision.ordinal, None), None)
    return same + len(prefix) if same is not None else _most_alike(text, prefix, before, suffix)


def _occurrences(text: str, words: str) -> Iterator[int]:
    """Yield the offsets where words stand in a text; they may overlap."""
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _most_alike(text: str, prefix: str, before: str, suffix: str) -> int | None:
    """Return the offset of the place that is much more like a place than all others; None if there is none."""
    left, right = prefix[-NEAR_CHARS:], suffix[:NEAR_CHARS]
    places: set[int] = set()
    for words, within in ((left + before, len(left)), (before + right, 0)):
        if len(words) > len(before):
            found = list(islice(_occurrences(text, words), MAX_CANDIDATES + 1))
            if len(found) > MAX_CANDIDATES:
                return None
            places.update(at + within for at in found)
    ranked = sorted((_alike(text, at, prefix, before, suffix), at) for at in places)
    if not ranked or ranked[-1][0] + len(before) < MIN_ALIKE:
        return None
    if len(ranked) > 1 and ranked[-1][0] < 2 * ranked[-2][0]:
        return None
    return ranked[-1][1]


def _alike(text: str, at: int, prefix: str, before: str, suffix: str) -> int:
    """Return how many code points on either side of a place are those of the prefix and the suffix."""
    left, right = text[max(0, at - len(prefix)) : at], text[at + len(before) : at + len(before) + len(suffix)]
    return _common(left[::-1], prefix[::-1]) + _common(right, suffix)


def _common(one: str, other: str) -> int:
    """Return the length of the common beginning of two texts."""
    length = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        length += 1
    return length


def whole_words(text: str, words: str) -> Iterator[int]:
    """Yield the offsets where words stand in a text and are not part of longer ones; without overlaps.

    >>> list(whole_words("A cat, a concatenation, a cat.", "cat"))
    [2, 26]
    """
    at = text.find(words) if words else -1
    while at >= 0:
        end = at + len(words)
        is_whole = not (_joins(text, at) or _joins(text, end))
        if is_whole:
            yield at
        at = text.find(words, end if is_whole else at + 1)


def _joins(text: str, at: int) -> bool:
    """Whether the characters on both sides of an offset belong to one word."""
    return 0 < at < len(text) and _in_word(text[at - 1]) and _in_word(text[at])


def _in_word(character: str) -> bool:
    """Whether a character is a letter, a digit or a mark on one."""
    return character.isalnum() or unicodedata.category(character).startswith("M")


def edits_by_hand(text: str, article: str, decisions: Decisions) -> StageLog | None:
    """Make the edits that people decided to write; None if none concerns the article.

    Where two of them overlap, that of the narrower scope is applied, then the later one; the other is a suggestion.

    Args:
        text: the text after all stages, with all other decisions.
        article: id of the article.
        decisions: the reviewers' decisions.
    """
    made = sorted(decisions.by_hand(article), key=lambda each: each.at, reverse=True)
    made.sort(key=lambda each: SCOPES.index(each.scope))
    kept: list[Edit] = []
    taken: list[tuple[int, int]] = []
    known: set[str] = set()
    making = [decision for decision in made if decision.scope == "once" or _makes_edits(decision)]
    for edit in (edit for decision in making for edit in _edits_of(decision, text, article)):
        if edit.id in known:
            continue
        known.add(edit.id)
        decision = decisions.decision_for(edit, article)
        decided = _decided(edit, decision) if decision else edit
        if decided.state == "applied" and not _take(decided.span, taken):
            decided = msgspec.structs.replace(decided, state="suggested")
        kept.append(decided)
    return StageLog(STAGE, tuple(sorted(kept, key=lambda edit: edit.span))) if kept else None


def _makes_edits(decision: Decision) -> bool:
    """Whether a decision for an article or all was made by :func:`decision_at`, and so has a place.

    Others, such as the acceptance of all edits with the same words in a report, are about edits that there are.
    """
    return decision.action != "reject" and bool(decision.prefix or decision.suffix)


def _edits_of(decision: Decision, text: str, article: str) -> Iterator[Edit]:
    """Yield the edits of a decision."""
    before, after = decision.before, decision.after
    if decision.scope == "once":
        start = find(text, decision)
        if start is not None:
            yield Edit(HAND, (start, start + len(before)), before, after, id=decision.id)
        return
    equal: Counter[tuple[str, str]] = Counter()
    for start in whole_words(text, before):
        end = start + len(before)
        around = text[max(0, start - CONTEXT_CHARS) : start], text[end : end + CONTEXT_CHARS]
        id_ = id_of(article, before, Place(*around, equal[around]))
        equal[around] += 1
        yield Edit(HAND, (start, end), before, after, id=id_)


def _decided(edit: Edit, decision: Decision) -> Edit:
    """Apply the decision in effect for an edit to it; the evidence says who decided, when and why."""
    decided = apply_decision(edit, decision)
    about = {"by": decision.by, "at": decision.at, "note": decision.note}
    evidence = {**decided.evidence, **{name: value for name, value in about.items() if value}}
    return msgspec.structs.replace(decided, evidence=evidence)


def _take(span: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    """Add a span to those that are taken, which are sorted; False if it collides with one."""
    at = bisect(taken, span)
    for start, end in taken[max(0, at - 1) : at + 1]:
        if span == (start, end) or (span[0] < end and start < span[1]):
            return False
    taken.insert(at, span)
    return True


def text_before(text: str, stages: Sequence[StageLog]) -> str:
    """Return the text that this step received.

    Args:
        text: the clean text.
        stages: the stages of its log.

    Raises:
        ValueError: if the log is not that of the text.
    """
    if not stages or stages[-1].name != STAGE:
        return text
    return splicing.apply(text, splicing.invert(stages[-1].edits))


def decisions_digest(decisions: Decisions, text: str, stages: Sequence[StageLog], article: str) -> str:
    """Return the digest of the decisions that concern an article; see :meth:`clean_news.decisions.Decisions.digest`.

    Args:
        decisions: the reviewers' decisions.
        text: the clean text.
        stages: the stages of its log.
        article: id of the article.

    Raises:
        ValueError: if the log is not that of the text.
    """
    if not decisions:
        return ""
    return decisions.digest((edit for stage in stages for edit in stage.edits), article, text_before(text, stages))
