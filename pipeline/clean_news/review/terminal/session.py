"""What a person does in a review, and what becomes of it. Nothing here knows of a terminal.

Every step is written down before it counts. Undo takes back the steps of this session, the last one first.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from clean_news.decisions import Action, Decision, Decisions, Scope, decision_on, key_of, proposed_text, said, write
from clean_news.review.terminal.articles import Entry, Place, Reviewed
from clean_news.review.terminal.filtering import Filter
from clean_news.review.terminal.stops import Cursor, Order, Stop, Stops
from clean_news.review.terminal.verdicts import PROTECTABLE, Verdicts


class Refused(ValueError):
    """Something cannot be done here; the message says what can."""


class Lines(Protocol):
    """Where lines are kept; :class:`clean_news.review.terminal.lines_file.LinesFile` is one."""

    def add(self, lines: bytes) -> None:
        """Add whole lines."""
        ...

    def take_back(self) -> None:
        """Take out what was added last."""
        ...


class Step(NamedTuple):
    """What one key did.

    Attributes:
        at: the edit that it was about.
        decisions: what was decided, each with the decision about the same thing that it overruled.
        term: what was protected; empty for nothing.
    """

    at: Place
    decisions: tuple[tuple[Decision, Decision | None], ...] = ()
    term: str = ""


class Reviewer(NamedTuple):
    """Who decides, and what the clock says.

    Attributes:
        by: a name.
        now: gives the time in UTC, as ISO 8601.
    """

    by: str
    now: Callable[[], str]


class Session:
    """A review from its start to its end.

    Attributes:
        articles: by number.
        verdicts: what is decided.
        shown: which edits are.
        stops: these edits, in order.
        cursor: the present stop; None where nothing is shown.
        steps: what this session did, undone steps left out.
    """

    def __init__(
        self,
        articles: Sequence[Reviewed],
        known: Sequence[Decision],
        terms: Sequence[str],
        decision_lines: Lines,
        term_lines: Lines,
        reviewer: Reviewer,
        shown: Filter,
        order: Order,
    ) -> None:
        """Begin at the first undecided edit.

        Args:
            articles: by number.
            known: the decisions made before.
            terms: those protected before.
            decision_lines: where decisions are kept.
            term_lines: where protected terms are kept.
            reviewer: who decides.
            shown: which edits are shown.
            order: of the edits of an article.
        """
        self.articles, self.reviewer, self.order = articles, reviewer, order
        self.decision_lines, self.term_lines = decision_lines, term_lines
        self.verdicts = Verdicts(articles, Decisions(known), terms)
        self.latest = max((decision.at for decision in known), default="")
        self.steps: list[Step] = []
        self.cursor: Cursor | None = None
        self.show(shown)

    @property
    def stop(self) -> Stop | None:
        """What the cursor is at."""
        return self.stops[self.cursor] if self.cursor else None

    @property
    def left(self) -> int:
        """How many of the edits that are shown are undecided."""
        return len(self.stops.places & self.verdicts.undecided)

    def here(self) -> Stop:
        """What the cursor is at.

        Raises:
            Refused: if nothing is shown.
        """
        if self.cursor is None:
            raise Refused("No edit passes the filter; change it with f")
        return self.stops[self.cursor]

    # Looking

    def show(self, shown: Filter) -> None:
        """Show other edits; the cursor stays where it is, or goes to the first undecided one."""
        at = self.stop.first.place if self.stop else None
        self.shown = shown
        self.stops = Stops(self.articles, shown.choice, self.order, self.verdicts.undecided)
        self.cursor = (
            (self.stops.find(at) if at else None)
            or self.stops.after(None, self.is_undecided)
            or self.stops.after(None, self.is_wanted)
        )

    def is_undecided(self, entry: Entry) -> bool:
        """Whether nobody has decided on an edit."""
        return entry.place in self.verdicts.undecided

    def is_wanted(self, entry: Entry) -> bool:
        """Whether the cursor stops at an edit that the filter lets pass."""
        return not self.shown.undecided or self.is_undecided(entry)

    def go(self, found: Cursor | None) -> bool:
        """Put the cursor somewhere; returns whether there was such a place."""
        if found is not None:
            self.cursor = found
        return found is not None

    def next(self) -> bool:
        """Go to the next edit; returns whether there is one."""
        return self.go(self.stops.after(self.cursor, self.is_wanted))

    def previous(self) -> bool:
        """Go to the edit before; returns whether there is one."""
        return self.cursor is not None and self.go(self.stops.before(self.cursor, self.is_wanted))

    def next_article(self) -> bool:
        """Go to the first edit of the next article; returns whether there is one."""
        if self.cursor is None:
            return False
        end = Cursor(self.cursor.chapter, len(self.stops.of_chapter(self.cursor.chapter)))
        return self.go(self.stops.after(end, self.is_wanted))

    def previous_article(self) -> bool:
        """Go to the first edit of the article before; returns whether there is one."""
        if self.cursor is None:
            return False
        last = self.stops.before(Cursor(self.cursor.chapter, 0), self.is_wanted)
        return last is not None and self.go(self.stops.after(Cursor(last.chapter, -1), self.is_wanted))

    def unfold(self) -> None:
        """Make stops of their own of the edits that are folded here.

        Raises:
            Refused: if none are.
        """
        if not self.here().folded or self.cursor is None:
            raise Refused("This is a single edit, there is nothing to unfold")
        self.stops.unfold(self.cursor)

    # Deciding

    def decide(self, action: Action, scope: Scope = "once", text: str = "") -> None:
        """Decide on what the cursor is at, and go to the next undecided edit.

        Args:
            action: what becomes of it.
            scope: where that holds.
            text: for ``replace``; what stood there or was proposed counts as ``reject`` or ``accept``.

        Raises:
            Refused: if there is nothing to decide on, or a text of one's own is meant for several edits.
            OSError: if it cannot be written down; then nothing is decided.
        """
        stop = self.here()
        if action == "replace" and stop.folded:
            raise Refused("These are several edits; unfold them with x")
        if action == "replace":
            edit = stop.first.edit
            action = {proposed_text(edit): "accept", edit.before: "reject"}.get(text, action)  # type: ignore[assignment]
        at = self.time()
        wanted = [
            decision_on(
                entry.edit,
                self.articles[entry.place[0]].log.id,
                action,
                scope,
                text if action == "replace" else "",
                self.reviewer.by,
                at,
            )
            for entry in stop.entries
        ]
        decisions = list({key_of(decision): decision for decision in wanted}.values())
        decisions += self.against_narrower(stop.entries, wanted)
        self.decision_lines.add(write(decisions))
        made = tuple((decision, self.verdicts.decide(decision)) for decision in decisions)
        self.steps.append(Step(stop.first.place, made))
        self.advance()

    def against_narrower(self, entries: Iterable[Entry], wanted: Iterable[Decision]) -> Iterator[Decision]:
        """What else must be decided, so that an earlier decision of narrower scope does not count for the edit at hand.

        Args:
            entries: those at hand.
            wanted: what is decided on each of them.
        """
        scopes: tuple[Scope, ...] = ("once", "article")
        by_key = self.verdicts.decisions.by_key
        for entry, decision in zip(entries, wanted, strict=True):
            for scope in scopes[: ("once", "article", "everywhere").index(decision.scope)]:
                narrower = decision_on(
                    entry.edit, decision.article, decision.action, scope, decision.text, decision.by, decision.at
                )
                standing = by_key.get(key_of(narrower))
                if standing is not None and said(standing) != said(decision):
                    yield narrower

    def time(self) -> str:
        """Now, but never before the latest decision: of two about the same thing the later counts, by its time."""
        self.latest = max(self.latest, self.reviewer.now())
        return self.latest

    def protect(self, term: str) -> None:
        """Never again change a term in this project, and go to the next undecided edit.

        Args:
            term: a word or phrase.

        Raises:
            Refused: if this edit would not be forbidden by it, or it is protected already.
            OSError: if it cannot be written down; then it is not protected.
        """
        stop = self.here()
        term = " ".join(term.split())
        if stop.first.stage not in PROTECTABLE:
            raise Refused(
                f"Terms are protected from {', '.join(sorted(PROTECTABLE))} only; reject it everywhere with R"
            )
        if term.startswith("#"):
            raise Refused("A term that begins with # would be a comment")
        if stop.first.place not in self.verdicts.places_of([term]):
            raise Refused(f"{term!r} would not keep this edit away; name words that it changes")
        if term in self.verdicts.terms:
            raise Refused(f"{term!r} is protected already")
        self.term_lines.add(f"{term}\n".encode())
        self.verdicts.protect(term)
        self.steps.append(Step(stop.first.place, term=term))
        self.advance()

    def advance(self) -> None:
        """Go to the next undecided edit, or from the end to the first; stay where there is none."""
        after = self.stops.after(self.cursor, self.is_undecided)
        self.go(after or self.stops.after(None, self.is_undecided))

    def undo(self) -> Step:
        """Take back the last step of this session, and go where it was made.

        Returns:
            The step.

        Raises:
            Refused: if there is none.
            OSError: if it cannot be taken out of the file; then it counts on.
        """
        if not self.steps:
            raise Refused("Nothing to undo: this session has decided nothing yet")
        step = self.steps[-1]
        (self.term_lines if step.term else self.decision_lines).take_back()
        self.steps.pop()
        if step.term:
            self.verdicts.unprotect(step.term)
        for decision, overruled in reversed(step.decisions):
            self.verdicts.take_back(decision, overruled)
        self.go(self.stops.find(step.at))
        return step


def utc_now() -> str:
    """The time in UTC, as ISO 8601, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
