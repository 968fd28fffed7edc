"""An article as the diff shows it: the clean text, what was deleted, inserted and suggested marked by words."""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Literal, NamedTuple

from clean_news.review.edit_filter import Chooser
from clean_news.review.edit_places import Traced, TracedEdit

Kind = Literal["kept", "applied", "suggested", "rejected"]


class Piece(NamedTuple):
    """A stretch of the shown article.

    Attributes:
        kind: ``kept``, or the state of the edit that is shown here.
        before: what stood here, or still does where the edit was not applied.
        after: what stands here; where the edit was not applied, what it would put here.
        at: code point of the clean text where it begins.
        edits: the edits to name beside it.
    """

    kind: Kind
    before: str
    after: str
    at: int
    edits: tuple[TracedEdit, ...] = ()


def pieces_of(trace: Traced, choice: Chooser) -> list[Piece]:
    """The article's pieces in reading order.

    A change is shown if any of its edits is chosen; all others are carried out silently. It is widened to whole
    words. Of suggestions that overlap each other, or a change, only the first stands in the text; the others are
    named beside it.
    """
    marks = sorted(filter(choice.takes, trace.marks), key=lambda each: each.clean_span)
    return list(_with_marks(_by_words(_changes_of(trace, choice)), marks))


def _changes_of(trace: Traced, choice: Chooser) -> list[Piece]:
    """Kept pieces and changes in turn; a kept piece is there, if empty, on both sides of every change."""
    pieces = [Piece("kept", "", "", 0)]
    for segment in trace.segments:
        at = segment.clean_span[0]
        if any(choice.takes(each) for each in segment.edits):
            pieces.append(Piece("applied", segment.before, segment.after, at, segment.edits))
            pieces.append(Piece("kept", "", "", segment.clean_span[1]))
        else:
            kept = pieces[-1].after + segment.after
            pieces[-1] = Piece("kept", kept, kept, pieces[-1].at)
    return pieces


def _by_words(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, the changes widened to the words that they begin or end in; those in one word become one."""
    wide: list[Piece] = []
    taken = 0  # how much of the kept piece on the left already belongs to the change before it
    for left, change, right in zip(pieces[::2], pieces[1::2], pieces[2::2], strict=False):
        begun, ended = _widening(left.after, change, right.after)
        start = len(left.after) - begun
        if wide and taken > start:
            shown = joined(wide.pop(), left.after[taken:], change)
        else:
            wide.append(_kept_part(left, taken, start))
            shown = joined(Piece("applied", "", "", change.at - begun), left.after[start:], change)
        rest = right.after[:ended]
        wide.append(shown._replace(before=shown.before + rest, after=shown.after + rest))
        taken = ended
    wide.append(_kept_part(pieces[-1], taken, len(pieces[-1].after)))
    return wide


def _widening(left: str, change: Piece, right: str) -> tuple[int, int]:
    """How many code points of the kept text on either side are of a word that the change begins or ends in."""
    before, after = change.before, change.after
    if before.isspace() and after.isspace():
        return 0, 0
    begun = sum(1 for _ in takewhile(_in_word, reversed(left)))
    ended = sum(1 for _ in takewhile(_in_word, right))
    # What is only put in or taken out between two letters joins their words, or parts them.
    between = begun > 0 and ended > 0 and not (before and after)
    begins = any(text and _in_word(text[0]) for text in (before, after))
    ends = any(text and _in_word(text[-1]) for text in (before, after))
    return begun if between or begins else 0, ended if between or ends else 0


def _in_word(character: str) -> bool:
    """Whether a character is one of a word's."""
    return character.isalnum() or character in "_'’"


def joined(one: Piece, between: str, other: Piece) -> Piece:
    """Two changes, and what was kept between them, as one."""
    return one._replace(
        before=one.before + between + other.before,
        after=one.after + between + other.after,
        edits=one.edits + other.edits,
    )


def _kept_part(piece: Piece, start: int, end: int) -> Piece:
    """A part of a kept piece."""
    text = piece.after[start:end]
    return Piece("kept", text, text, piece.at + start)


def _with_marks(pieces: Sequence[Piece], marks: Sequence[TracedEdit]) -> Iterator[Piece]:
    """The pieces that are not empty, the kept ones cut where suggestions and rejected edits stand.

    Args:
        pieces: in order.
        marks: in order.
    """
    number = 0
    for piece in pieces:
        end = piece.at + len(piece.after)
        last = piece is pieces[-1]
        here: list[TracedEdit] = []
        while number < len(marks) and (marks[number].clean_span[0] < end or last):
            here.append(marks[number])
            number += 1
        if piece.kind == "kept":
            yield from cut(piece, here)
        else:
            yield piece._replace(edits=(*piece.edits, *here))


def cut(piece: Piece, marks: Sequence[TracedEdit]) -> Iterator[Piece]:
    """A kept piece, cut where marks stand; what does not lie in it, or overlaps, is only named beside."""
    at, end = piece.at, piece.at + len(piece.after)
    shown: list[Piece] = []
    for mark in marks:
        left, right = mark.clean_span
        text = piece.after[left - piece.at : right - piece.at]
        if at <= left and right <= end and text == mark.edit.before:
            shown.append(_kept_part(piece, at - piece.at, left - piece.at))
            shown.append(Piece(_kind_of(mark), text, mark.edit.after, left, (mark,)))
            at = right
        else:
            beside = shown.pop() if shown else _kept_part(piece, 0, 0)
            shown.append(beside._replace(edits=(*beside.edits, mark)))
    shown.append(_kept_part(piece, at - piece.at, end - piece.at))
    return (each for each in shown if each.after or each.edits)


def _kind_of(mark: TracedEdit) -> Kind:
    """The kind of the piece that shows an edit which is not applied."""
    return "rejected" if mark.edit.state == "rejected" else "suggested"
