"""Reads what a page wants decided, and makes decisions of it."""

import unicodedata
from collections.abc import Iterator
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from clean_news.decisions import Action, Decision, Scope, key_of
from clean_news.http_server.messages import RefusedError
from clean_news.review.serve.hand_editing import ChangedMeanwhileError, decision_of, selection
from clean_news.review.serve.review import Review

MAX_NAME_CHARS = 80
MAX_NOTE_CHARS = 1_000
MAX_TEXT_CHARS = 100_000
MAX_DECISIONS = 5_000  # of a step
LINE_ENDS = "\u2028\u2029"

Body = TypeVar("Body")
Number = Annotated[int, Meta(ge=0, lt=1 << 31)]
Step = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]


class ByHand(msgspec.Struct, forbid_unknown_fields=True):
    """Words to write in place of others; offsets in code points of the clean text, the end exclusive.

    Attributes:
        article: number of the article.
        start: offset of the first code point.
        end: exclusive end offset.
        words: the words that stand there.
        after: what is to stand there.
    """

    article: Number
    start: Number
    end: Number
    words: str
    after: str


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """A decision about an edit, as in a decisions file, or with ``hand`` about words that no stage has changed.

    Name, time and schema are put in by the server, whatever the page says.
    """

    scope: Scope
    action: Action = "accept"
    id: str = ""
    article: str = ""
    rule: str = ""
    before: str = ""
    after: str = ""
    text: str = ""
    note: str = ""
    verdict: bool = False
    hand: ByHand | None = None
    schema: Any = None
    by: Any = None
    at: Any = None


class DecisionsRequest(msgspec.Struct, forbid_unknown_fields=True):
    """The body of ``POST /api/decisions``."""

    step: Step
    by: str
    decisions: Annotated[list[Wanted], Meta(min_length=1, max_length=MAX_DECISIONS)]


class UndoRequest(msgspec.Struct, forbid_unknown_fields=True):
    """The body of ``POST /api/undo``."""

    step: Step
    by: str = ""


def decoded(body: bytes, kind: type[Body]) -> Body:
    """Return a body as its type.

    Raises:
        RefusedError: if it is not one.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise RefusedError(400, "bad-request", f"The request cannot be read: {error}") from error


def decisions_of(request: DecisionsRequest, review: Review) -> Iterator[Decision]:
    """Yield the decisions of a request, without name and time.

    Raises:
        RefusedError: if one of them is not valid, or is about what is not there any more.
    """
    checked("name", request.by, MAX_NAME_CHARS)
    known = (
        {key_of(each) for each in review.log.decisions} if any(each.verdict for each in request.decisions) else set()
    )
    articles = {row.name: row for _, row in review.index.articles}
    for each in request.decisions:
        checked("note", each.note, MAX_NOTE_CHARS)
        if each.hand is not None:
            yield _by_hand(each, each.hand, review)
            continue
        decision = _about_edit(each)
        row = articles.get(decision.article)
        is_there = row is not None and (decision.scope != "once" or decision.id in row.ids)
        if not is_there and key_of(decision) not in known:
            raise RefusedError(409, "changed", "This change is not in the article any more; look at it again.")
        yield decision


def checked(what: str, text: str, limit: int) -> str:
    """Return a name or a note that is one line of text and not too long.

    Args:
        what: what it is, for the message.
        text: the text.
        limit: maximum length in code points.

    Raises:
        RefusedError: if it is not.
    """
    if len(text) > limit:
        raise RefusedError(422, "bad-decision", f"The {what} is longer than {limit:,} characters.")
    if any(character in LINE_ENDS or unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise RefusedError(422, "bad-decision", f"The {what} must be one line without control characters.")
    return text


def _checked_text(text: str) -> str:
    """Return what somebody wants to write in an article.

    Raises:
        RefusedError: if it cannot stand there.
    """
    if len(text) > MAX_TEXT_CHARS or any(unicodedata.category(character) == "Cs" for character in text):
        message = f"The text is longer than {MAX_TEXT_CHARS:,} characters, or is not Unicode."
        raise RefusedError(422, "bad-decision", message)
    return text


def _about_edit(wanted: Wanted) -> Decision:
    """Return the decision about an edit that a stage has proposed, or that was made by hand.

    Raises:
        RefusedError: if it is incomplete.
    """
    if not (wanted.id and wanted.article and wanted.rule):
        raise RefusedError(422, "bad-decision", "The decision does not say what it is about (id, article and rule).")
    for text in (wanted.id, wanted.article, wanted.rule, wanted.before, wanted.after, wanted.text):
        _checked_text(text)
    action: Action = wanted.action
    if action == "replace" and wanted.text in {wanted.before, wanted.after}:  # as in the terminal review
        action = "accept" if wanted.text == wanted.after else "reject"
    return Decision(
        action=action,
        scope=wanted.scope,
        id=wanted.id,
        article=wanted.article,
        rule=wanted.rule,
        before=wanted.before,
        after=wanted.after,
        text=wanted.text if action == "replace" else "",
        note=wanted.note,
        verdict=wanted.verdict,
    )


def _by_hand(wanted: Wanted, hand: ByHand, review: Review) -> Decision:
    """Return the decision to write other words.

    Raises:
        RefusedError: if they cannot be written.
    """
    _checked_text(hand.after)
    article = review.article(hand.article)
    if article is None:
        raise RefusedError(404, "not-found", "This article is not there any more.")
    try:
        found = selection(article, hand.start, hand.end, hand.words)
        return decision_of(article, found, hand.after, wanted.scope, wanted.note)
    except ChangedMeanwhileError as error:
        raise RefusedError(409, "changed", str(error)) from error
    except ValueError as error:
        raise RefusedError(422, "bad-decision", str(error)) from error
