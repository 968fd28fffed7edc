"""Split an article into pieces for display: kept text, changes widened to whole words, and suggestions."""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Literal, NamedTuple

from clean_news.review.edit_filter import EditPredicate
from clean_news.review.edit_places import Trace, TracedEdit

PieceKind = Literal["kept", "applied", "suggested", "rejected"]


class DiffPiece(NamedTuple):
    """A part of the article as it is shown.

    Attributes:
        kind: ``kept``, or the state of the edit that is shown here.
        before: the text before the edit, which is still there if the edit was not applied.
        after: the text after the edit; if it was not applied, its replacement.
        at: start offset in the clean text, in code points.
        edits: the edits to list with it.
    """

    kind: PieceKind
    before: str
    after: str
    at: int
    edits: tuple[TracedEdit, ...] = ()


def diff_pieces(trace: Trace, edit_filter: EditPredicate) -> list[DiffPiece]:
    """Return the article's pieces in reading order.

    A change is shown if any of its edits is selected; all other changes are applied without marks. It is widened to
    whole words. Of suggestions that overlap each other, or a change, only the first is marked in the text; the others
    are listed with it.
    """
    marks = sorted(filter(edit_filter.matches, trace.marks), key=lambda each: each.clean_span)
    return list(_with_marks(_by_words(_changes_of(trace, edit_filter)), marks))


def _changes_of(trace: Trace, edit_filter: EditPredicate) -> list[DiffPiece]:
    """Return alternating kept pieces and changes; every change has a kept piece, possibly empty, on both sides."""
    pieces = [DiffPiece("kept", "", "", 0)]
    for segment in trace.segments:
        at = segment.clean_span[0]
        if any(edit_filter.matches(each) for each in segment.edits):
            pieces.append(DiffPiece("applied", segment.before, segment.after, at, segment.edits))
            pieces.append(DiffPiece("kept", "", "", segment.clean_span[1]))
        else:
            kept = pieces[-1].after + segment.after
            pieces[-1] = DiffPiece("kept", kept, kept, pieces[-1].at)
    return pieces


def _by_words(pieces: Sequence[DiffPiece]) -> list[DiffPiece]:
    """Widen the changes to whole words; changes that meet in one word are merged."""
    wide: list[DiffPiece] = []
    taken = 0  # code points of the kept piece on the left that already belong to the previous change
    for left, change, right in zip(pieces[::2], pieces[1::2], pieces[2::2], strict=False):
        begun, ended = _widening(left.after, change, right.after)
        start = len(left.after) - begun
        if wide and taken > start:
            shown = _joined(wide.pop(), left.after[taken:], change)
        else:
            wide.append(_kept_part(left, taken, start))
            shown = _joined(DiffPiece("applied", "", "", change.at - begun), left.after[start:], change)
        rest = right.after[:ended]
        wide.append(shown._replace(before=shown.before + rest, after=shown.after + rest))
        taken = ended
    wide.append(_kept_part(pieces[-1], taken, len(pieces[-1].after)))
    return wide


def _widening(left: str, change: DiffPiece, right: str) -> tuple[int, int]:
    """Return by how many code points to widen a change to the left and to the right."""
    before, after = change.before, change.after
    if before.isspace() and after.isspace():
        return 0, 0
    begun = sum(1 for _ in takewhile(_in_word, reversed(left)))
    ended = sum(1 for _ in takewhile(_in_word, right))
    # A pure insertion or deletion between two letters splits or joins words.
    between = begun > 0 and ended > 0 and not (before and after)
    begins = any(text and _in_word(text[0]) for text in (before, after))
    ends = any(text and _in_word(text[-1]) for text in (before, after))
    return begun if between or begins else 0, ended if between or ends else 0


def _in_word(character: str) -> bool:
    """Return whether a character is part of a word."""
    return character.isalnum() or character in "_'’"


def _joined(one: DiffPiece, between: str, other: DiffPiece) -> DiffPiece:
    """Merge two changes and the kept text between them."""
    return one._replace(
        before=one.before + between + other.before,
        after=one.after + between + other.after,
        edits=one.edits + other.edits,
    )


def _kept_part(piece: DiffPiece, start: int, end: int) -> DiffPiece:
    """Return the part of a kept piece between two offsets in it."""
    text = piece.after[start:end]
    return DiffPiece("kept", text, text, piece.at + start)


def _with_marks(pieces: Sequence[DiffPiece], marks: Sequence[TracedEdit]) -> Iterator[DiffPiece]:
    """Yield the non-empty pieces, kept ones split at suggested and rejected edits.

    Args:
        pieces: in order.
        marks: the edits that were not applied, in order.
    """
    next_mark = 0
    for piece in pieces:
        end = piece.at + len(piece.after)
        last = piece is pieces[-1]
        here: list[TracedEdit] = []
        while next_mark < len(marks) and (marks[next_mark].clean_span[0] < end or last):
            here.append(marks[next_mark])
            next_mark += 1
        if piece.kind == "kept":
            yield from _split_at_marks(piece, here)
        else:
            yield piece._replace(edits=(*piece.edits, *here))


def _split_at_marks(piece: DiffPiece, marks: Sequence[TracedEdit]) -> Iterator[DiffPiece]:
    """Split a kept piece at edits that were not applied; one that crosses its ends or overlaps is only listed."""
    at, end = piece.at, piece.at + len(piece.after)
    shown: list[DiffPiece] = []
    for mark in marks:
        left, right = mark.clean_span
        text = piece.after[left - piece.at : right - piece.at]
        if at <= left and right <= end and text == mark.edit.before:
            shown.append(_kept_part(piece, at - piece.at, left - piece.at))
            shown.append(DiffPiece(_kind_of(mark), text, mark.edit.after, left, (mark,)))
            at = right
        else:
            last_shown = shown.pop() if shown else _kept_part(piece, 0, 0)
            shown.append(last_shown._replace(edits=(*last_shown.edits, mark)))
    shown.append(_kept_part(piece, at - piece.at, end - piece.at))
    return (each for each in shown if each.after or each.edits)


def _kind_of(mark: TracedEdit) -> PieceKind:
    """Return the piece kind for an edit that was not applied."""
    return "rejected" if mark.edit.state == "rejected" else "suggested"
