"""An edit in its context, as lines of a given width.

The signs are those of ``clean-news diff``: what was taken out stands in ``[-…-]``, what was put in in ``{+…+}``, a
suggestion in ``{?…→…?}``, a rejected edit in ``{!…→…!}``. The edit at hand stands between ``>>`` and ``<<``. Colours
and strokes say the same once more.
"""

from collections.abc import Sequence
from typing import NamedTuple

from rich.console import Console
from rich.text import Text

from clean_news.review.diff.pieces import Piece, pieces_of
from clean_news.review.edit_places import TracedEdit
from clean_news.review.terminal.articles import Entry, Reviewed
from clean_news.visible import visible

AROUND = 2500  # code points on either side of the edit: more than a screen
# Only the terminal's own colours, so that 16 of them are enough, on a dark or light ground.
REMOVED, INSERTED, UNSURE, HERE = "red strike", "green underline", "yellow", "bold reverse"
SIGNS = {"suggested": "?", "rejected": "!"}


class Shown(NamedTuple):
    """Which edits are marked in an article: the edit at hand and, unless it is to be plain, the applied ones.

    Attributes:
        own: the edit at hand.
        plain: whether it alone is marked.
    """

    own: TracedEdit
    plain: bool

    def takes(self, each: TracedEdit) -> bool:
        """Whether an edit is marked."""
        return each == self.own or (each.edit.state == "applied" and not self.plain)


def context(article: Reviewed, entry: Entry, plain: bool = False) -> Text:
    """The article around an edit.

    Args:
        article: that it belongs to.
        entry: the edit at hand.
        plain: whether the other edits are carried out silently.
    """
    own = article.traced.edits[entry.place[1]]
    pieces = pieces_of(article.traced, Shown(own, plain))
    at = next(number for number, piece in enumerate(pieces) if own in piece.edits)
    before, after = Text(), Text()
    for piece in reversed(pieces[:at]):
        if len(before) >= AROUND:
            break
        before = marked(piece) + before
    for piece in pieces[at + 1 :]:
        if len(after) >= AROUND:
            break
        after.append_text(marked(piece))
    return Text.assemble(before[-AROUND:], (">>", HERE), _at_hand(pieces[at]), ("<<", HERE), after[:AROUND])


def _at_hand(piece: Piece) -> Text:
    """The stretch that the edit at hand is in."""
    text = marked(piece)
    text.stylize(HERE)
    return text


def marked(piece: Piece) -> Text:
    """A stretch with the signs around it."""
    if piece.kind == "kept":
        return Text(visible(piece.after, "\n"))
    if piece.kind == "applied":
        return change(piece.before, piece.after)
    sign = SIGNS[piece.kind]
    return Text(f"{{{sign}{of_change(piece.before)}→{of_change(piece.after)}{sign}}}", UNSURE)


def change(before: str, after: str) -> Text:
    """What was taken out and what was put in, with their signs."""
    text = Text()
    if before:
        text.append(f"[-{of_change(before)}-]", REMOVED)
    if after:
        text.append(f"{{+{of_change(after)}+}}", INSERTED)
    return text


def of_change(text: str) -> str:
    r"""A text that was changed; its white space matters.

    >>> of_change("  "), of_change("one\n")
    ('··', 'one⏎')
    """
    return "·" * len(text) if text.strip(" ") == "" else visible(text, "⏎")


def window(text: Text, width: int, height: int, scrolled: int = 0) -> Sequence[Text]:
    """The lines around the edit at hand, or some further down.

    Args:
        text: see :func:`context`.
        width: of a line, in columns.
        height: number of lines.
        scrolled: how many lines further down; up, if negative.
    """
    lines = list(text.wrap(Console(width=width), width))
    here = [number for number, line in enumerate(lines) if any(span.style == HERE for span in line.spans)]
    first, last = (here[0], here[-1]) if here else (0, 0)
    top = first - max(0, height - (last - first + 1)) // 2 + scrolled
    top = max(0, min(top, len(lines) - height))
    return lines[top : top + height]
