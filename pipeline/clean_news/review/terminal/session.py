"""Carry out the actions of a review, independently of the terminal.

Every step is written to disk before it takes effect. Undo reverts the steps of this session, the last one first.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from clean_news.decisions import (
    HAND,
    Action,
    Decision,
    Decisions,
    Scope,
    action_text,
    decision_on,
    key_of,
    proposed_text,
    write,
)
from clean_news.review.terminal.articles import EditKey, ReviewedArticle, ReviewedEdit
from clean_news.review.terminal.decision_index import PROTECTABLE_STAGES, DecisionIndex
from clean_news.review.terminal.filtering import ReviewFilter
from clean_news.review.terminal.hand_editing import HandEdit, decision_of, find_words
from clean_news.review.terminal.review_queue import Cursor, EditOrder, ReviewItem, ReviewQueue


class ActionError(ValueError):
    """An action is not possible here; the message says what is."""


class LineStore(Protocol):
    """Storage for lines; implemented by :class:`clean_news.review.terminal.lines_file.LinesFile`."""

    def append(self, lines: bytes) -> None:
        """Append whole lines."""
        ...

    def undo(self) -> None:
        """Remove the lines that were appended last."""
        ...


class ReviewStep(NamedTuple):
    """One undoable step.

    Attributes:
        at: key of the current edit.
        decisions: the decisions made, each with the decision with the same key that it replaced, if any.
        term: the term that was protected; empty if none was.
    """

    at: EditKey
    decisions: tuple[tuple[Decision, Decision | None], ...] = ()
    term: str = ""


class Reviewer(NamedTuple):
    """The reviewer's name and the clock.

    Attributes:
        by: the name.
        now: returns the time in UTC, as ISO 8601.
    """

    by: str
    now: Callable[[], str]


class Session:
    """A review from start to end.

    Attributes:
        articles: by index.
        decision_index: decisions and protected terms.
        active_filter: selects the edits to review.
        queue: the selected edits, in order.
        cursor: position of the current item; None if no edit passes the filter.
        steps: the steps of this session that were not undone.
    """

    def __init__(
        self,
        articles: Sequence[ReviewedArticle],
        known: Sequence[Decision],
        terms: Sequence[str],
        decision_lines: LineStore,
        term_lines: LineStore,
        reviewer: Reviewer,
        active_filter: ReviewFilter,
        order: EditOrder,
    ) -> None:
        """Start at the first undecided edit.

        Args:
            articles: by index.
            known: existing decisions.
            terms: existing protected terms.
            decision_lines: storage for decisions.
            term_lines: storage for protected terms.
            reviewer: the reviewer.
            active_filter: selects the edits to review.
            order: of the edits of an article.
        """
        self.articles, self.reviewer, self.order = articles, reviewer, order
        self.decision_lines, self.term_lines = decision_lines, term_lines
        self.decision_index = DecisionIndex(articles, Decisions(known), terms)
        self.latest = max((decision.at for decision in known), default="")
        self.steps: list[ReviewStep] = []
        self.cursor: Cursor | None = None
        self.show(active_filter)

    @property
    def item(self) -> ReviewItem | None:
        """The current item."""
        return self.queue[self.cursor] if self.cursor else None

    @property
    def left(self) -> int:
        """Number of undecided edits that pass the filter."""
        return len(self.queue.keys & self.decision_index.undecided)

    def here(self) -> ReviewItem:
        """Return the current item.

        Raises:
            ActionError: if no edit passes the filter.
        """
        if self.cursor is None:
            raise ActionError("No edit passes the filter; change it with f")
        return self.queue[self.cursor]

    # Navigation

    def show(self, active_filter: ReviewFilter) -> None:
        """Change the filter; the cursor stays on its edit, or moves to the first undecided one."""
        at = self.item.first.key if self.item else None
        self.active_filter = active_filter
        self.queue = ReviewQueue(self.articles, active_filter.edit_filter, self.order, self.decision_index.undecided)
        self.cursor = (
            (self.queue.find(at) if at else None)
            or self.queue.after(None, self.is_undecided)
            or self.queue.after(None, self.is_wanted)
        )

    def is_undecided(self, reviewed: ReviewedEdit) -> bool:
        """Return whether an edit is undecided."""
        return reviewed.key in self.decision_index.undecided

    def is_wanted(self, reviewed: ReviewedEdit) -> bool:
        """Return whether the cursor stops at an edit that passes the filter."""
        return not self.active_filter.undecided or self.is_undecided(reviewed)

    def go(self, found: Cursor | None) -> bool:
        """Move the cursor; returns False if ``found`` is None."""
        if found is not None:
            self.cursor = found
        return found is not None

    def next(self) -> bool:
        """Go to the next edit; returns whether there is one."""
        return self.go(self.queue.after(self.cursor, self.is_wanted))

    def previous(self) -> bool:
        """Go to the previous edit; returns whether there is one."""
        return self.cursor is not None and self.go(self.queue.before(self.cursor, self.is_wanted))

    def next_article(self) -> bool:
        """Go to the first edit of the next article; returns whether there is one."""
        if self.cursor is None:
            return False
        end = Cursor(self.cursor.group, len(self.queue.items_of(self.cursor.group)))
        return self.go(self.queue.after(end, self.is_wanted))

    def previous_article(self) -> bool:
        """Go to the first edit of the previous article; returns whether there is one."""
        if self.cursor is None:
            return False
        last = self.queue.before(Cursor(self.cursor.group, 0), self.is_wanted)
        return last is not None and self.go(self.queue.after(Cursor(last.group, -1), self.is_wanted))

    def unfold(self) -> None:
        """Replace the current folded item with one item per edit.

        Raises:
            ActionError: if it is a single edit.
        """
        if not self.here().folded or self.cursor is None:
            raise ActionError("This is a single edit, there is nothing to unfold")
        self.queue.unfold(self.cursor)

    # Decisions

    def decide(self, action: Action, scope: Scope = "once", text: str = "") -> None:
        """Decide on the current item, and go to the next undecided edit.

        Args:
            action: the decision.
            scope: of the decision.
            text: for ``replace``; the original or the proposed text is recorded as ``reject`` or ``accept``.

        Raises:
            ActionError: if there is no current item, or ``replace`` is used on several edits.
            OSError: if the decision cannot be written; it is then not made.
        """
        item = self.here()
        if item.first.edit.rule == HAND and scope != "once" and action != "reject":
            raise ActionError("Only this edit: e changes words everywhere, and shows all places before")
        if action == "replace" and item.folded:
            raise ActionError("These are several edits; unfold them with x")
        if action == "replace":
            edit = item.first.edit
            action = {proposed_text(edit): "accept", edit.before: "reject"}.get(text, action)  # type: ignore[assignment]
        at = self.timestamp()
        wanted = [
            decision_on(
                reviewed.edit,
                self.articles[reviewed.key[0]].log.id,
                action,
                scope,
                text if action == "replace" else "",
                self.reviewer.by,
                at,
            )
            for reviewed in item.edits
        ]
        decisions = list({key_of(decision): decision for decision in wanted}.values())
        decisions += self.overrides_of_narrower(item.edits, wanted)
        self.decision_lines.append(write(decisions))
        made = tuple((decision, self.decision_index.decide(decision)) for decision in decisions)
        self.steps.append(ReviewStep(item.first.key, made))
        self.advance()

    def find_words(self, words: str) -> HandEdit:
        """Find words of the current article's clean text, and wherever else they stand.

        Raises:
            ActionError: if there is no current item, or the words do not stand in its article.
        """
        found = find_words(self.articles, self.here().first, words)
        if found is None:
            raise ActionError(f"{words!r} does not stand in this article (t changes what was written by hand)")
        return found

    def edit_by_hand(self, edit: HandEdit, after: str, scope: Scope) -> None:
        """Decide that other words are written in place of some; the cursor stays.

        Args:
            edit: the words and where they stand.
            after: what is to stand there.
            scope: where.

        Raises:
            ActionError: if nothing would change.
            OSError: if the decision cannot be written; it is then not made.
        """
        if after == edit.words:
            raise ActionError("Nothing was changed")
        if scope != "once" and not edit.everywhere:
            raise ActionError("These are not whole words: they are changed once only")
        decision = decision_of(edit, after, scope, self.reviewer.by, self.timestamp())
        self.decision_lines.append(write([decision]))
        made = ((decision, self.decision_index.decide(decision)),)
        self.steps.append(ReviewStep(self.here().first.key, made))

    def overrides_of_narrower(self, edits: Iterable[ReviewedEdit], wanted: Iterable[Decision]) -> Iterator[Decision]:
        """Yield the decisions that override earlier, differing decisions of narrower scope on the current edits.

        Args:
            edits: the current edits.
            wanted: the decision on each of them.
        """
        scopes: tuple[Scope, ...] = ("once", "article")
        by_key = self.decision_index.decisions.by_key
        for reviewed, decision in zip(edits, wanted, strict=True):
            for scope in scopes[: ("once", "article", "everywhere").index(decision.scope)]:
                narrower = decision_on(
                    reviewed.edit, decision.article, decision.action, scope, decision.text, decision.by, decision.at
                )
                existing = by_key.get(key_of(narrower))
                if existing is not None and action_text(existing) != action_text(decision):
                    yield narrower

    def timestamp(self) -> str:
        """Return the time, but not before the latest decision: of decisions with the same key the latest applies."""
        self.latest = max(self.latest, self.reviewer.now())
        return self.latest

    def protect(self, term: str) -> None:
        """Protect a term in this project, and go to the next undecided edit.

        Args:
            term: a word or phrase.

        Raises:
            ActionError: if it would not prevent the current edit, or is already protected.
            OSError: if it cannot be written; it is then not protected.
        """
        item = self.here()
        term = " ".join(term.split())
        if item.first.stage not in PROTECTABLE_STAGES:
            raise ActionError(
                f"Terms are only protected from {', '.join(sorted(PROTECTABLE_STAGES))}; reject it everywhere with R"
            )
        if term.startswith("#"):
            raise ActionError("A term that begins with # would be a comment")
        if item.first.key not in self.decision_index.keys_prevented_by([term]):
            raise ActionError(f"{term!r} would not prevent this edit; give words that it changes")
        if term in self.decision_index.terms:
            raise ActionError(f"{term!r} is already protected")
        self.term_lines.append(f"{term}\n".encode())
        self.decision_index.protect(term)
        self.steps.append(ReviewStep(item.first.key, term=term))
        self.advance()

    def advance(self) -> None:
        """Go to the next undecided edit, wrapping around at the end; stay if there is none."""
        after = self.queue.after(self.cursor, self.is_undecided)
        self.go(after or self.queue.after(None, self.is_undecided))

    def undo(self) -> ReviewStep:
        """Undo the last step of this session, and go to its edit.

        Returns:
            The step.

        Raises:
            ActionError: if there is none.
            OSError: if it cannot be removed from the file; it then stays in effect.
        """
        if not self.steps:
            raise ActionError("Nothing to undo: no decision was made in this session")
        step = self.steps[-1]
        (self.term_lines if step.term else self.decision_lines).undo()
        self.steps.pop()
        if step.term:
            self.decision_index.unprotect(step.term)
        for decision, overridden in reversed(step.decisions):
            self.decision_index.withdraw(decision, overridden)
        self.go(self.queue.find(step.at))
        return step


def utc_now() -> str:
    """Return the time in UTC as ISO 8601, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
