"""The review's Textual application: displays the session and passes key presses to it.

It works with 80×24 and 16 colours. It does not capture the mouse, so that text can be selected and copied.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.widgets import Static

from clean_news.decisions import Action, Scope, proposed_text
from clean_news.printable_text import visible
from clean_news.review.terminal import descriptions, prompts
from clean_news.review.terminal.context import context, window
from clean_news.review.terminal.filtering import FilterError, parse_filter
from clean_news.review.terminal.hand_editing import HandEdit, shown
from clean_news.review.terminal.prompts import (
    HandScopePrompt,
    LinePrompt,
    ScopePrompt,
    TextScreen,
    escape_line,
    unescape_line,
)
from clean_news.review.terminal.review_queue import ReviewItem
from clean_news.review.terminal.session import ActionError, Session

ACTION_NAMES: dict[Action, str] = {"accept": "Accept", "reject": "Reject", "replace": "Replace"}
AT_THE_END = {
    "next": "This is the last edit",
    "previous": "This is the first edit",
    "next_article": "This is the last article",
    "previous_article": "This is the first article",
}


class ReviewApp(App[None]):
    """The review application."""

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #title, #about, #message, #keys { text-wrap: nowrap; text-overflow: ellipsis; }
    #title, #message { height: 1; }
    #title { text-style: bold reverse; }
    #context { height: 1fr; padding: 0 1; }
    #about { height: 7; padding: 0 1; border-top: ascii ansi_default; }
    #keys { height: 2; }
    #message { text-style: bold; padding: 0 1; }
    ScopePrompt, HandScopePrompt, LinePrompt { align: center bottom; background: transparent; }
    .prompt { height: auto; border: ascii ansi_default; background: ansi_default; padding: 0 1; }
    TextScreen, PlacesScreen { align: center middle; background: transparent; }
    .reading { height: 100%; background: ansi_default; border: ascii ansi_default; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "decide('accept')"),
        Binding("r", "decide('reject')"),
        Binding("t", "own('once')"),
        Binding("A", "all_like('accept')"),
        Binding("R", "all_like('reject')"),
        Binding("T", "all_like('replace')"),
        Binding("e", "edit_any"),
        Binding("n", "never_again"),
        Binding("u", "undo"),
        Binding("s,space,right,down,j", "go('next')"),
        Binding("left,up,k", "go('previous')"),
        Binding("right_square_bracket", "go('next_article')"),
        Binding("left_square_bracket", "go('previous_article')"),
        Binding("pagedown", "scroll_text(1)"),
        Binding("pageup", "scroll_text(-1)"),
        Binding("x", "unfold"),
        Binding("o", "only_undecided"),
        Binding("f", "filter"),
        Binding("c", "plain"),
        Binding("d", "details"),
        Binding("question_mark", "help"),
        Binding("q", "quit"),
        Binding("ctrl+c", "quit", priority=True),
    ]

    def __init__(self, session: Session, rules: Mapping[str, str]) -> None:
        """Initialise the application.

        Args:
            session: the review session.
            rules: summary of each rule, by code.
        """
        super().__init__()
        self.session, self.rules = session, rules
        self.message = "? shows all keys"
        self.plain = False
        self.scrolled = 0

    def compose(self) -> ComposeResult:
        """Compose the widgets, top to bottom."""
        yield Static(id="title")
        yield Static(id="context")
        yield Static(id="about")
        yield Static(id="message")
        yield Static(Text("\n".join(prompts.KEY_SUMMARY)), id="keys")

    def on_mount(self) -> None:
        """Use the terminal's palette."""
        self.theme = "ansi-dark"

    def on_resize(self, _: Resize) -> None:
        """Redraw for the new size."""
        self.call_after_refresh(self.draw)

    def draw(self) -> None:
        """Display the current item."""
        item = self.session.item
        self._widget("title").update(Text(self._title_line()))
        self._widget("message").update(Text(self.message))
        if item is None:
            self._widget("context").update(Text("No edit passes the filter. f changes it, q quits."))
            self._widget("about").update("")
            return
        self._widget("context").update(self._context_text(item))
        self._widget("about").update(Text("\n").join(descriptions.description_lines(self.session, item, self.rules)))

    def _widget(self, name: str) -> Static:
        """Return a widget of the main screen, even while another screen covers it."""
        return self.screen_stack[0].query_one(f"#{name}", Static)

    def _title_line(self) -> str:
        """Return the title: article, position, number of undecided edits, filter."""
        session = self.session
        if session.cursor is None:
            return f" {session.active_filter}"
        at, item = session.cursor
        article = session.articles[session.queue.groups[at].article].log.id
        number = f"{item + 1}/{len(session.queue.items_of(at))}"
        shown = f" [{session.active_filter}]" if str(session.active_filter) else ""
        left = f"{session.left} undecided{shown} "
        where = f" {visible(article)} {number}, part {at + 1}/{len(session.queue.groups)}"
        return f"{where}{' ' * max(2, self.size.width - len(where) - len(left))}{left}"

    def _context_text(self, item: ReviewItem) -> Text:
        """Return the edit in its context, or one line per folded edit."""
        area = self._widget("context").content_size
        width, height = max(20, area.width), max(1, area.height)
        if item.folded:
            lines = list(descriptions.examples(self.session, item))
            top = max(0, min(self.scrolled, len(lines) - height))
            for line in lines:
                line.truncate(width, overflow="ellipsis")
            return Text("\n").join(lines[top : top + height])
        article = self.session.articles[item.first.key[0]]
        return Text("\n").join(window(context(article, item.first, self.plain), width, height, self.scrolled))

    def _perform(self, act: Callable[[], str]) -> None:
        """Perform an action and show its result or why it is not possible."""
        try:
            self.message = act()
        except ActionError as refused:
            self.message = str(refused)
        except OSError as error:
            self.message = f"Not written: {error}; free disk space or make the folder writable, then try again"
        self.scrolled = 0
        self.draw()

    # Decisions

    def action_decide(self, action: Action, scope: Scope = "once", text: str = "") -> None:
        """Decide on the current edit."""

        def act() -> str:
            self.session.decide(action, scope, text)
            rest = "" if self.session.left else ". All edits are decided: q quits"
            return descriptions.step_summary(self.session.steps[-1]) + rest

        self._perform(act)

    def action_own(self, scope: Scope) -> None:
        """Ask for the reviewer's own text."""
        item = self._item_to_decide()
        if item is not None:
            edit = item.first.edit
            question = f"Your own text instead of {visible(edit.before)!r} (\\n is a line end):"

            def take(line: str | None) -> None:
                if line is not None:
                    self.action_decide("replace", scope, unescape_line(line))

            self.push_screen(LinePrompt(question, escape_line(proposed_text(edit))), take)

    def action_all_like(self, action: Action) -> None:
        """Ask for the scope of a decision on all similar edits."""
        item = self._item_to_decide(single=action == "replace")
        if item is not None:

            def take(scope: Scope | None) -> None:
                if scope is not None and action == "replace":
                    self.action_own(scope)
                elif scope is not None:
                    self.action_decide(action, scope)

            self.push_screen(
                ScopePrompt(
                    f"{ACTION_NAMES[action]} all similar edits", *descriptions.similar_counts(self.session, item)
                ),
                take,
            )

    def action_edit_any(self) -> None:
        """Ask for any words of the article, what is to stand there, and where."""
        if self._item_to_decide() is None:
            return

        def refusal(line: str) -> str | None:
            try:
                self.session.find_words(unescape_line(line))
            except ActionError as error:
                return str(error)
            return None

        def take_words(line: str | None) -> None:
            if line is not None:
                found = self.session.find_words(unescape_line(line))
                self.push_screen(
                    LinePrompt("What is to stand there (\\n is a line end):", line), partial(take_text, found)
                )

        def take_text(found: HandEdit, line: str | None) -> None:
            if line is not None:
                after = unescape_line(line)
                question = shown(found.once, found.words, after)
                prompt = HandScopePrompt(question, len(found.here), list(found.lines(after)))
                self.push_screen(prompt, partial(take_scope, found, after))

        def take_scope(found: HandEdit, after: str, scope: Scope | None) -> None:
            if scope is not None:
                self._perform(lambda: self._edit_by_hand(found, after, scope))

        self.push_screen(LinePrompt("Words of the clean text to change (\\n is a line end):", "", refusal), take_words)

    def _edit_by_hand(self, found: HandEdit, after: str, scope: Scope) -> str:
        """Change words; returns the message."""
        self.session.edit_by_hand(found, after, scope)
        return descriptions.step_summary(self.session.steps[-1])

    def action_never_again(self) -> None:
        """Ask for the term to protect."""
        item = self._item_to_decide()
        if item is not None:

            def take(line: str | None) -> None:
                if line is not None:
                    self._perform(lambda: self._protect(line))

            before = " ".join(item.first.edit.before.split())
            self.push_screen(LinePrompt("Never change this word or phrase again, in any article:", before), take)

    def _protect(self, term: str) -> str:
        """Protect a term; returns the message."""
        self.session.protect(term)
        return descriptions.step_summary(self.session.steps[-1])

    def _item_to_decide(self, single: bool = True) -> ReviewItem | None:
        """Return the current item; None, with a message, if there is none that can be decided on."""
        item = self.session.item
        if item is None or (single and item.folded):
            self.message = "No edit is shown; f changes the filter" if item is None else prompts.FOLDED_MESSAGE
            self.draw()
            return None
        return item

    def action_undo(self) -> None:
        """Undo the last step."""
        self._perform(lambda: f"Undone: {descriptions.step_summary(self.session.undo())}")

    # Navigation

    def action_go(self, where: str) -> None:
        """Go to another edit."""

        def act() -> str:
            there: bool = getattr(self.session, where)()
            return "" if there else AT_THE_END[where]

        self._perform(act)

    def action_scroll_text(self, screens: int) -> None:
        """Scroll the article by screens."""
        self.scrolled += screens * max(1, self._widget("context").content_size.height - 1)
        self.draw()

    def action_unfold(self) -> None:
        """Unfold the current item."""

        def act() -> str:
            self.session.unfold()
            return "Unfolded"

        self._perform(act)

    def action_plain(self) -> None:
        """Toggle the marks of the other edits."""
        self.plain = not self.plain
        self.message = "Only this edit is marked" if self.plain else "All applied edits are marked"
        self.draw()

    def action_only_undecided(self) -> None:
        """Toggle between undecided edits only and all edits."""

        def act() -> str:
            shown = self.session.active_filter
            self.session.show(shown._replace(undecided=not shown.undecided))
            return "All edits" if shown.undecided else "Only undecided edits"

        self._perform(act)

    def action_filter(self) -> None:
        """Ask for a filter."""
        stages = sorted({reviewed.stage for article in self.session.articles for reviewed in article.edits})

        def refusal(line: str) -> str | None:
            try:
                parse_filter(line, stages, self.rules)
            except FilterError as error:
                return str(error)
            return None

        def show(line: str) -> str:
            self.session.show(parse_filter(line, stages, self.rules))
            return f"Filter: {self.session.active_filter}" if line.split() else "No filter"

        def take(line: str | None) -> None:
            if line is not None:
                self._perform(lambda: show(line))

        question = f"Show only: {', '.join(stages)}; applied, suggested, rejected; SPIN001; >=0.5; undecided"
        self.push_screen(LinePrompt(question, str(self.session.active_filter), refusal), take)

    def action_details(self) -> None:
        """Show all details of the edit."""
        item = self.session.item
        if item is not None:
            self.push_screen(TextScreen(descriptions.full_description(self.session, item, self.rules)))

    def action_help(self) -> None:
        """Show the keys and marks."""
        self.push_screen(TextScreen(Text(line) for line in prompts.HELP_LINES))
