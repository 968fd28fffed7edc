"""The review's prompts: decision scope, replacement text, protected term, filter; and its help texts."""

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from clean_news.decisions import Scope

CANCEL = Binding("escape", "dismiss(None)", "Cancel")
ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t"}  # an input has one line


class ScopePrompt(ModalScreen[Scope | None]):
    """Asks for the scope of a decision on all similar edits."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "dismiss('article')"),
        Binding("e", "dismiss('everywhere')"),
        CANCEL,
    ]

    def __init__(self, question: str, here: int, everywhere: int) -> None:
        """Initialise the prompt.

        Args:
            question: the decision.
            here: number of similar edits in the article.
            everywhere: number of similar edits in all articles.
        """
        super().__init__()
        self.question, self.here, self.everywhere = question, here, everywhere

    def compose(self) -> ComposeResult:
        """Compose the question and the keys."""
        keys = f"i in this article ({self.here})   e everywhere ({self.everywhere})   Esc cancel"
        yield Vertical(Static(Text(self.question)), Static(Text(keys)), classes="prompt")


class HandScopePrompt(ScopePrompt):
    """Asks where words are changed; everywhere only after all places were shown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "dismiss('once')"),
        Binding("i", "dismiss('article')"),
        Binding("e", "show_all"),
        CANCEL,
    ]

    def __init__(self, question: Text, here: int, places: Sequence[Text]) -> None:
        """Initialise the prompt.

        Args:
            question: the change, at the place where it is made once.
            here: number of places in the article.
            places: a line for each place in all articles.
        """
        super().__init__("", here, len(places))
        self.change, self.places = question, places

    def compose(self) -> ComposeResult:
        """Compose the question and the keys."""
        keys = f"o once, here   i in this article ({self.here})   e everywhere: show all {self.everywhere}   Esc cancel"
        yield Vertical(Static(self.change), Static(Text(keys)), classes="prompt")

    def action_show_all(self) -> None:
        """Show all places, and ask again."""

        def take(confirmed: bool | None) -> None:
            if confirmed:
                self.dismiss("everywhere")

        self.app.push_screen(PlacesScreen(self.places), take)


class PlacesScreen(ModalScreen[bool]):
    """Shows all places where words are changed, and asks whether to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "dismiss(True)"),
        Binding("escape,q,n", "dismiss(False)"),
        Binding("down,j", "scroll(1)"),
        Binding("up,k", "scroll(-1)"),
        Binding("pagedown,space", "scroll(20)"),
        Binding("pageup", "scroll(-20)"),
    ]

    def __init__(self, places: Sequence[Text]) -> None:
        """Initialise with a line for each place."""
        super().__init__()
        self.places = places

    def compose(self) -> ComposeResult:
        """Compose the places and the keys."""
        with VerticalScroll(classes="reading"):
            yield Static(Text("\n").join(self.places))
            yield Static(Text(f"\ny change all {len(self.places)}   ↑ ↓ scroll   Esc back", "bold"))

    def action_scroll(self, lines: int) -> None:
        """Scroll by some lines."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)


class LinePrompt(ModalScreen[str | None]):
    """Asks for a line of text; Enter submits it."""

    BINDINGS: ClassVar[list[BindingType]] = [CANCEL]

    def __init__(self, question: str, value: str, validate: Callable[[str], str | None] = lambda _: None) -> None:
        """Initialise the prompt.

        Args:
            question: what is asked for.
            value: initial content of the line.
            validate: returns why a line is not valid; None if it is.
        """
        super().__init__()
        self.question, self.value, self.validate_line = question, value, validate

    def compose(self) -> ComposeResult:
        """Compose the question and the input line."""
        with Vertical(classes="prompt"):
            yield Static(Text(self.question))
            yield Input(self.value, compact=True, select_on_focus=False)
            yield Static(Text("Enter submit   Esc cancel"), id="hint")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Accept the line, or show why it is not valid."""
        error = self.validate_line(event.value)
        if error is None:
            self.dismiss(event.value)
        else:
            self.query_one("#hint", Static).update(Text(error))


class TextScreen(ModalScreen[None]):
    """Shows text that is too long for the main screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,d,question_mark,enter", "dismiss(None)"),
        Binding("down,j", "scroll(1)"),
        Binding("up,k", "scroll(-1)"),
    ]

    def __init__(self, lines: Iterable[Text]) -> None:
        """Initialise with the lines to show."""
        super().__init__()
        self.lines = list(lines)

    def compose(self) -> ComposeResult:
        """Compose the lines and the keys."""
        with VerticalScroll(classes="reading"):
            for line in self.lines:
                yield Static(line)
            yield Static(Text("\n↑ ↓ scroll   Esc back", "bold"))

    def action_scroll(self, lines: int) -> None:
        """Scroll by some lines."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)


def escape_line(text: str) -> str:
    r"""Escape backslashes, line ends and tabs, so that a text fits on one line.

    >>> escape_line("one\ntwo")
    'one\\ntwo'
    """
    return "".join(ESCAPES.get(character, character) for character in text)


def unescape_line(line: str) -> str:
    r"""Reverse :func:`escape_line`.

    >>> unescape_line("one\\ntwo \\")
    'one\ntwo \\'
    """
    text, rest = "", line
    meaning = {escape: character for character, escape in ESCAPES.items()}
    while rest:
        length = 2 if rest[:2] in meaning else 1
        text += meaning.get(rest[:2], rest[0])
        rest = rest[length:]
    return text


KEY_SUMMARY = (
    " a accept  r reject  t type own  e edit any  A R T all similar  n never  u undo",
    " s skip  ←→ edit  [ ] article  o undecided  f filter  d details  ? help  q quit",
)
FOLDED_MESSAGE = "These are several edits; unfold them with x"
HELP_LINES = (
    "a  accept: the edit is applied",
    "r  reject: the original text is kept or restored",
    "t  replace: type your own text instead",
    "e  edit any words of the article: once, in this article, or everywhere",
    "   (after all places were shown)",
    "A R T  the same for all edits of this rule with this before and after,",
    "       in this article or everywhere",
    "n  never again: adds the word or phrase to .clean-news/protected.txt",
    "u  undo, back to the start of this session",
    "",
    "s Space → ↓ j  next edit, without deciding    ← ↑ k  previous edit",
    "] [  next article, previous article           PgDn PgUp  scroll the text",
    "o  only undecided edits, or all               f  filter",
    "c  mark this edit only, or all                d  all details of the edit",
    "x  unfold the certain edits of layout and characters",
    "q  quit; all decisions are on disk, the next review continues from here",
    "",
    ">>[-before-]{+after+}<<  the current edit, applied",
    ">>{?before→after?}<<     a suggestion: accept applies it",
    ">>{!before→after!}<<     rejected in the last run",
    "[-before-]{+after+}      another applied edit of the article",
    "⏎ a line end, · a space, \\u200b an invisible character",
)
