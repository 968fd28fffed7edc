"""Show an edit in its context, wrapped to a given width.

The marks are those of ``clean-news diff``: ``[-deleted-]``, ``{+inserted+}``, ``{?current→suggested?}``,
``{!current→rejected!}``. The current edit is enclosed in ``>>`` and ``<<``. Colours, strike-through and underline
repeat that information.
"""

from collections.abc import Sequence
from typing import NamedTuple

from rich.console import Console
from rich.text import Text

from clean_news.change_log.edit_places import TracedEdit
from clean_news.printable_text import visible
from clean_news.review.diff.word_diff import DiffPiece, diff_pieces
from clean_news.review.terminal.articles import ReviewedArticle, ReviewedEdit

CONTEXT_CHARS = 2500  # code points on either side of the edit: more than fits a screen
# Colours of the terminal's palette: 16 are enough, and they fit a dark or light background.
REMOVED, INSERTED, UNSURE, CURRENT = "red strike", "green underline", "yellow", "bold reverse"
STATE_MARKS = {"suggested": "?", "rejected": "!"}


class MarkedEdits(NamedTuple):
    """Selects the edits that are marked: the current edit and, unless ``plain``, all applied ones.

    Attributes:
        current: the current edit.
        plain: whether only the current edit is marked.
    """

    current: TracedEdit
    plain: bool

    def matches(self, each: TracedEdit) -> bool:
        """Return whether an edit is marked."""
        return each == self.current or (each.edit.state == "applied" and not self.plain)


def context(article: ReviewedArticle, reviewed: ReviewedEdit, plain: bool = False) -> Text:
    """Return the text around an edit.

    Args:
        article: the article of the edit.
        reviewed: the current edit.
        plain: whether the other edits are applied without marks.
    """
    current = article.trace.edits[reviewed.key[1]]
    pieces = diff_pieces(article.trace, MarkedEdits(current, plain))
    at = next(number for number, piece in enumerate(pieces) if current in piece.edits)
    before, after = Text(), Text()
    for piece in reversed(pieces[:at]):
        if len(before) >= CONTEXT_CHARS:
            break
        before = _marked_piece(piece) + before
    for piece in pieces[at + 1 :]:
        if len(after) >= CONTEXT_CHARS:
            break
        after.append_text(_marked_piece(piece))
    return Text.assemble(
        before[-CONTEXT_CHARS:], (">>", CURRENT), _current_piece(pieces[at]), ("<<", CURRENT), after[:CONTEXT_CHARS]
    )


def _current_piece(piece: DiffPiece) -> Text:
    """Return the piece with the current edit, highlighted."""
    text = _marked_piece(piece)
    text.stylize(CURRENT)
    return text


def _marked_piece(piece: DiffPiece) -> Text:
    """Return a piece with its marks."""
    if piece.kind == "kept":
        return Text(visible(piece.after, "\n"))
    if piece.kind == "applied":
        return marked_change(piece.before, piece.after)
    mark = STATE_MARKS[piece.kind]
    return Text(f"{{{mark}{visible_change(piece.before)}→{visible_change(piece.after)}{mark}}}", UNSURE)


def marked_change(before: str, after: str) -> Text:
    """Return the deleted and the inserted text with their marks."""
    text = Text()
    if before:
        text.append(f"[-{visible_change(before)}-]", REMOVED)
    if after:
        text.append(f"{{+{visible_change(after)}+}}", INSERTED)
    return text


def visible_change(text: str) -> str:
    r"""Make white space and control characters of a changed text visible.

    >>> visible_change("  "), visible_change("one\n")
    ('··', 'one⏎')
    """
    return "·" * len(text) if text.strip(" ") == "" else visible(text, "⏎")


def window(text: Text, width: int, height: int, scrolled: int = 0) -> Sequence[Text]:
    """Return the lines around the current edit, or further down or up.

    Args:
        text: see :func:`context`.
        width: of a line, in columns.
        height: number of lines.
        scrolled: number of lines to scroll down; up if negative.
    """
    lines = list(text.wrap(Console(width=width), width))
    here = [number for number, line in enumerate(lines) if any(span.style == CURRENT for span in line.spans)]
    first, last = (here[0], here[-1]) if here else (0, 0)
    top = first - max(0, height - (last - first + 1)) // 2 + scrolled
    top = max(0, min(top, len(lines) - height))
    return lines[top : top + height]
