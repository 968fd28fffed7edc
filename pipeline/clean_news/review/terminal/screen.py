"""The review on a terminal. It shows what the session says and hands it the keys; it decides nothing itself.

It needs 80×24, no more than 16 colours, and no mouse: that stays the terminal's own, to mark and copy.
"""

from collections.abc import Callable, Mapping
from typing import ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.widgets import Static

from clean_news.decisions import Action, Scope, proposed_text
from clean_news.review.terminal import prompts, wording
from clean_news.review.terminal.context import context, window
from clean_news.review.terminal.filtering import FilterError, parsed
from clean_news.review.terminal.prompts import LinePrompt, Reading, ScopePrompt, meant, typed
from clean_news.review.terminal.session import Refused, Session
from clean_news.review.terminal.stops import Stop
from clean_news.visible import visible

NAMES: dict[Action, str] = {"accept": "Accept", "reject": "Reject", "replace": "Put a text of your own for"}


class ReviewApp(App[None]):
    """The review."""

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #title, #about, #said, #keys { text-wrap: nowrap; text-overflow: ellipsis; }
    #title, #said { height: 1; }
    #title { text-style: bold reverse; }
    #context { height: 1fr; padding: 0 1; }
    #about { height: 7; padding: 0 1; border-top: ascii ansi_default; }
    #keys { height: 2; }
    #said { text-style: bold; padding: 0 1; }
    ScopePrompt, LinePrompt { align: center bottom; background: transparent; }
    .prompt { height: auto; border: ascii ansi_default; background: ansi_default; padding: 0 1; }
    Reading { align: center middle; background: transparent; }
    .reading { height: 100%; background: ansi_default; border: ascii ansi_default; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "decide('accept')"),
        Binding("r", "decide('reject')"),
        Binding("t", "own('once')"),
        Binding("A", "all_like('accept')"),
        Binding("R", "all_like('reject')"),
        Binding("T", "all_like('replace')"),
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
        """Show a session.

        Args:
            session: where everything happens.
            rules: what each rule does, by its code.
        """
        super().__init__()
        self.session, self.rules = session, rules
        self.told = "? lists the keys"
        self.plain = False
        self.scrolled = 0

    def compose(self) -> ComposeResult:
        """The parts of the screen, from the top."""
        yield Static(id="title")
        yield Static(id="context")
        yield Static(id="about")
        yield Static(id="said")
        yield Static(Text("\n".join(prompts.IN_SHORT)), id="keys")

    def on_mount(self) -> None:
        """Take the terminal's own colours."""
        self.theme = "ansi-dark"

    def on_resize(self, _: Resize) -> None:
        """Lay the text out anew."""
        self.call_after_refresh(self.draw)

    def draw(self) -> None:
        """Show where the session is."""
        stop = self.session.stop
        self.part("title").update(Text(self.title_line()))
        self.part("said").update(Text(self.told))
        if stop is None:
            self.part("context").update(Text("No edit passes the filter. f changes it, q quits."))
            self.part("about").update("")
            return
        self.part("context").update(self.text_around(stop))
        self.part("about").update(Text("\n").join(wording.described(self.session, stop, self.rules)))

    def part(self, name: str) -> Static:
        """A part of the main screen, even while something lies over it."""
        return self.screen_stack[0].query_one(f"#{name}", Static)

    def title_line(self) -> str:
        """Where the session is: article, edit, how many are left, filter."""
        session = self.session
        if session.cursor is None:
            return f" {session.shown}"
        at, stop = session.cursor
        article = session.articles[session.stops.chapters[at].article].log.id
        number = f"{stop + 1}/{len(session.stops.of_chapter(at))}"
        shown = f" [{session.shown}]" if str(session.shown) else ""
        left = f"{session.left} undecided{shown} "
        where = f" {visible(article)} {number}, part {at + 1}/{len(session.stops.chapters)}"
        return f"{where}{' ' * max(2, self.size.width - len(where) - len(left))}{left}"

    def text_around(self, stop: Stop) -> Text:
        """The edit in its context; of folded edits a line each."""
        area = self.part("context").content_size
        width, height = max(20, area.width), max(1, area.height)
        if stop.folded:
            lines = list(wording.examples(self.session, stop))
            top = max(0, min(self.scrolled, len(lines) - height))
            for line in lines:
                line.truncate(width, overflow="ellipsis")
            return Text("\n").join(lines[top : top + height])
        article = self.session.articles[stop.first.place[0]]
        return Text("\n").join(window(context(article, stop.first, self.plain), width, height, self.scrolled))

    def tell(self, act: Callable[[], str]) -> None:
        """Do something, and say what came of it."""
        try:
            self.told = act()
        except Refused as refused:
            self.told = str(refused)
        except OSError as error:
            self.told = f"Not written: {error}; make room or the folder writable, then press the key again"
        self.scrolled = 0
        self.draw()

    # Deciding

    def action_decide(self, action: Action, scope: Scope = "once", text: str = "") -> None:
        """Decide on the edit at hand."""

        def act() -> str:
            self.session.decide(action, scope, text)
            rest = "" if self.session.left else ". Everything is decided: q quits"
            return wording.done(self.session.steps[-1]) + rest

        self.tell(act)

    def action_own(self, scope: Scope) -> None:
        """Ask for a text of one's own."""
        stop = self.asked_about()
        if stop is not None:
            edit = stop.first.edit
            question = f"Your own text instead of {visible(edit.before)!r} (\\n is a line end):"

            def take(line: str | None) -> None:
                if line is not None:
                    self.action_decide("replace", scope, meant(line))

            self.push_screen(LinePrompt(question, typed(proposed_text(edit))), take)

    def action_all_like(self, action: Action) -> None:
        """Ask where a decision on all edits like this one holds."""
        stop = self.asked_about(single=action == "replace")
        if stop is not None:

            def take(scope: Scope | None) -> None:
                if scope is not None and action == "replace":
                    self.action_own(scope)
                elif scope is not None:
                    self.action_decide(action, scope)

            self.push_screen(ScopePrompt(f"{NAMES[action]} all like this", *wording.like(self.session, stop)), take)

    def action_never_again(self) -> None:
        """Ask for the term that is to be protected."""
        stop = self.asked_about()
        if stop is not None:

            def take(line: str | None) -> None:
                if line is not None:
                    self.tell(lambda: self.protected(line))

            before = " ".join(stop.first.edit.before.split())
            self.push_screen(LinePrompt("Never again change this word or phrase, in no article:", before), take)

    def protected(self, term: str) -> str:
        """Protect a term; what came of it."""
        self.session.protect(term)
        return wording.done(self.session.steps[-1])

    def asked_about(self, single: bool = True) -> Stop | None:
        """The stop to ask about; None, and a message, where there is none that can be."""
        stop = self.session.stop
        if stop is None or (single and stop.folded):
            self.told = "No edit is shown; f changes the filter" if stop is None else prompts.FOLDED
            self.draw()
            return None
        return stop

    def action_undo(self) -> None:
        """Take back the last step."""
        self.tell(lambda: f"Undone: {wording.done(self.session.undo())}")

    # Looking

    def action_go(self, where: str) -> None:
        """Go to another edit."""

        def act() -> str:
            there: bool = getattr(self.session, where)()
            return "" if there else f"There is no {where.replace('_', ' ').replace('next', 'further')} here"

        self.tell(act)

    def action_scroll_text(self, screens: int) -> None:
        """Read on in the article, or back."""
        self.scrolled += screens * max(1, self.part("context").content_size.height - 1)
        self.draw()

    def action_unfold(self) -> None:
        """Make stops of their own of folded edits."""

        def act() -> str:
            self.session.unfold()
            return "Unfolded"

        self.tell(act)

    def action_plain(self) -> None:
        """Show the other edits, or only what they made."""
        self.plain = not self.plain
        self.told = "Only this edit is marked" if self.plain else "All applied edits are marked"
        self.draw()

    def action_only_undecided(self) -> None:
        """Go through undecided edits only, or through all."""

        def act() -> str:
            shown = self.session.shown
            self.session.show(shown._replace(undecided=not shown.undecided))
            return "All edits" if shown.undecided else "Only undecided edits"

        self.tell(act)

    def action_filter(self) -> None:
        """Ask for another filter."""
        stages = sorted({entry.stage for article in self.session.articles for entry in article.entries})

        def refusal(line: str) -> str | None:
            try:
                parsed(line, stages, self.rules)
            except FilterError as error:
                return str(error)
            return None

        def show(line: str) -> str:
            self.session.show(parsed(line, stages, self.rules))
            return f"Filter: {self.session.shown}" if line.split() else "No filter"

        def take(line: str | None) -> None:
            if line is not None:
                self.tell(lambda: show(line))

        question = f"Show only: {', '.join(stages)}; applied, suggested, rejected; SPIN001; >=0.5; undecided"
        self.push_screen(LinePrompt(question, str(self.session.shown), refusal), take)

    def action_details(self) -> None:
        """Show all that is known about the edit."""
        stop = self.session.stop
        if stop is not None:
            self.push_screen(Reading(wording.at_length(self.session, stop, self.rules)))

    def action_help(self) -> None:
        """List the keys and signs."""
        self.push_screen(Reading(Text(line) for line in prompts.AT_LENGTH))
