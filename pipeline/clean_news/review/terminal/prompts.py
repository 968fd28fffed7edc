"""The prompts of the review: scope of a decision, own text, protected term, filter; and its help texts."""

from collections.abc import Callable, Iterable
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from clean_news.decisions import Scope

CANCEL = Binding("escape", "dismiss(None)", "Leave it")
ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t"}  # an input has one line


class ScopePrompt(ModalScreen[Scope | None]):
    """Asks where a decision on all like edits holds."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "dismiss('article')"),
        Binding("e", "dismiss('everywhere')"),
        CANCEL,
    ]

    def __init__(self, question: str, here: int, everywhere: int) -> None:
        """Ask.

        Args:
            question: what is to be decided.
            here: number of like edits in the article.
            everywhere: number of like edits.
        """
        super().__init__()
        self.question, self.here, self.everywhere = question, here, everywhere

    def compose(self) -> ComposeResult:
        """The question and the keys."""
        keys = f"i in this article ({self.here})   e everywhere ({self.everywhere})   Esc leave it"
        yield Vertical(Static(Text(self.question)), Static(Text(keys)), classes="prompt")


class LinePrompt(ModalScreen[str | None]):
    """Asks for a line of text; Enter takes it."""

    BINDINGS: ClassVar[list[BindingType]] = [CANCEL]

    def __init__(self, question: str, value: str, refusal: Callable[[str], str | None] = lambda _: None) -> None:
        """Ask.

        Args:
            question: what is asked for.
            value: what stands in the line at first.
            refusal: says what is wrong with a line; None if nothing is.
        """
        super().__init__()
        self.question, self.value, self.refusal = question, value, refusal

    def compose(self) -> ComposeResult:
        """The question and the line."""
        with Vertical(classes="prompt"):
            yield Static(Text(self.question))
            yield Input(self.value, compact=True, select_on_focus=False)
            yield Static(Text("Enter take it   Esc leave it"), id="hint")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the line, or say what is wrong with it."""
        wrong = self.refusal(event.value)
        if wrong is None:
            self.dismiss(event.value)
        else:
            self.query_one("#hint", Static).update(Text(wrong))


class Reading(ModalScreen[None]):
    """Shows something that is too long for the main screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,d,question_mark,enter", "dismiss(None)"),
        Binding("down,j", "scroll(1)"),
        Binding("up,k", "scroll(-1)"),
    ]

    def __init__(self, lines: Iterable[Text]) -> None:
        """Show lines."""
        super().__init__()
        self.lines = list(lines)

    def compose(self) -> ComposeResult:
        """The lines, and how to get back."""
        with VerticalScroll(classes="reading"):
            for line in self.lines:
                yield Static(line)
            yield Static(Text("\n↑ ↓ scroll   Esc back", "bold"))

    def action_scroll(self, lines: int) -> None:
        """Scroll by some lines."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)


def typed(text: str) -> str:
    r"""A text as it stands in a line.

    >>> typed("one\ntwo")
    'one\\ntwo'
    """
    return "".join(ESCAPES.get(character, character) for character in text)


def meant(line: str) -> str:
    r"""The text that a line means; see :func:`typed`.

    >>> meant("one\\ntwo \\")
    'one\ntwo \\'
    """
    text, rest = "", line
    meaning = {escape: character for character, escape in ESCAPES.items()}
    while rest:
        length = 2 if rest[:2] in meaning else 1
        text += meaning.get(rest[:2], rest[0])
        rest = rest[length:]
    return text


IN_SHORT = (
    " a accept  r reject  t type own  A R T all like this  n never again  u undo",
    " s skip  ←→ edit  [ ] article  o undecided  f filter  d details  ? help  q quit",
)
FOLDED = "These are several edits; unfold them with x"
AT_LENGTH = (
    "a  accept: the change is made, or stays made",
    "r  reject: what stood there before comes back, or stays",
    "t  type your own text instead",
    "A R T  the same for all edits of this rule with this before and after,",
    "       in this article or everywhere",
    "n  never again: the word or phrase goes into .clean-news/protected.txt",
    "u  undo, back to the start of this session",
    "",
    "s Space → ↓ j  next edit, nothing decided     ← ↑ k  edit before",
    "] [  next article, article before             PgDn PgUp  read on in the text",
    "o  only undecided edits, or all               f  filter",
    "c  mark this edit only, or all                d  all that is known about it",
    "x  unfold the certain edits of layout and characters",
    "q  quit; all decisions are on disk already, the next review goes on from here",
    "",
    ">>[-before-]{+after+}<<  the edit at hand, applied",
    ">>{?before→after?}<<     a suggestion: accept applies it",
    ">>{!before→after!}<<     rejected in the last run",
    "[-before-]{+after+}      another applied edit of the article",
    "⏎ a line end, · a space, \\u200b what cannot be seen",
)
