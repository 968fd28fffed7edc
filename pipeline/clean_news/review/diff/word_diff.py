"""Split an article into pieces for display: kept text, changes widened to whole words, and suggestions."""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Literal, NamedTuple

from clean_news.change_log.edit_places import Trace, TracedEdit
from clean_news.review.edit_filter import EditPredicate

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
    pieces: list[DiffPiece] = []
    kept, at = list[str](), 0
    for segment in trace.segments:
        if any(edit_filter.matches(each) for each in segment.edits):
            pieces.append(_kept(kept, at))
            pieces.append(DiffPiece("applied", segment.before, segment.after, segment.clean_span[0], segment.edits))
            kept, at = [], segment.clean_span[1]
        else:
            kept.append(segment.after)
    return [*pieces, _kept(kept, at)]


def _kept(parts: Sequence[str], at: int) -> DiffPiece:
    """Return the kept piece of these parts, which begins at an offset in the clean text."""
    text = "".join(parts)
    return DiffPiece("kept", text, text, at)


def _by_words(pieces: Sequence[DiffPiece]) -> list[DiffPiece]:
    """Widen the changes to whole words; changes that meet in one word are merged."""
    wide: list[DiffPiece] = []
    parts: list[DiffPiece] = []  # of the last change
    taken = 0  # code points of the kept piece on the left that already belong to the last change
    for left, change, right in zip(pieces[::2], pieces[1::2], pieces[2::2], strict=False):
        begun, ended = _widening(left.after, change, right.after)
        start = len(left.after) - begun
        if parts and taken > start:
            parts.append(_kept_part(left, taken, len(left.after)))
        else:
            wide += [_joined(parts)] if parts else []
            wide.append(_kept_part(left, taken, start))
            parts = [_kept_part(left, start, len(left.after))]
        parts += [change, _kept_part(right, 0, ended)]
        taken = ended
    wide += [_joined(parts)] if parts else []
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


def _joined(parts: Sequence[DiffPiece]) -> DiffPiece:
    """Merge changes and the kept text around them into one change."""
    return DiffPiece(
        "applied",
        before="".join(part.before for part in parts),
        after="".join(part.after for part in parts),
        at=parts[0].at,
        edits=tuple(edit for part in parts for edit in part.edits),
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
    shown: list[tuple[DiffPiece, list[TracedEdit]]] = []
    for mark in marks:
        left, right = mark.clean_span
        text = piece.after[left - piece.at : right - piece.at]
        if at <= left and right <= end and text == mark.edit.before:
            shown.append((_kept_part(piece, at - piece.at, left - piece.at), []))
            shown.append((DiffPiece(_kind_of(mark), text, mark.edit.after, left), [mark]))
            at = right
        else:
            if not shown:
                shown.append((_kept_part(piece, 0, 0), []))
            shown[-1][1].append(mark)
    shown.append((_kept_part(piece, at - piece.at, end - piece.at), []))
    return (each._replace(edits=tuple(edits)) for each, edits in shown if each.after or edits)


def _kind_of(mark: TracedEdit) -> PieceKind:
    """Return the piece kind for an edit that was not applied."""
    return "rejected" if mark.edit.state == "rejected" else "suggested"
