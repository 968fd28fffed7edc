"""Convert an article to the pieces that the page displays: kept text, changes and suggestions.

Edits are numbered in the order of the pieces, which is the reading order: a piece only has its number of edits.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from clean_news.change_log import ChangeLog
from clean_news.change_log.detail import evidence_shown
from clean_news.change_log.edit_places import Segment, Trace, TracedEdit
from clean_news.decisions import proposed_text
from clean_news.review.beside_source import STAGE as SOURCE
from clean_news.review.beside_source import BesideSource, beside_source, used_source, without_shown

# Kept text; or before, after and number of edits of a change; or the text of suggestions and their number.
JsonPiece = str | tuple[str, str, int] | tuple[str, int]


class Body(msgspec.Struct, frozen=True, omit_defaults=True):
    """The data that the page needs when an article is opened.

    Attributes:
        pieces: the article in reading order.
        evidence: of each edit; without what ``beside`` shows.
        beside: the sentences of the article and of its source, and why the words are taken, by number of the edit.
        words_from: the source of these words.
        own: the reviewer's text of edits where it differs from the proposal, by number of the edit.
        follows: id of the edit that an edit depends on, by number of the edit.
        document: facts that the stages found about the article.
        metadata: what was removed from the text and kept.
        held_off: reason why a stage skipped the article, by stage.
        failed: error in a stage, by stage.
        source: source of the article.
        note: note in the log.
    """

    pieces: tuple[JsonPiece, ...]
    evidence: tuple[dict[str, Any], ...]
    own: dict[str, str] = {}
    follows: dict[str, str] = {}
    document: dict[str, Any] = {}
    metadata: dict[str, str] = {}
    held_off: dict[str, str] = {}
    failed: dict[str, str] = {}
    source: str = ""
    beside: dict[str, BesideSource] = {}
    words_from: str = ""
    note: str = ""


class PlacedPiece(NamedTuple):
    """A piece with its edits."""

    piece: JsonPiece
    edits: tuple[TracedEdit, ...] = ()


def placed_pieces(article: Trace) -> list[PlacedPiece]:
    """Return the pieces of an article with their edits, in reading order."""
    marks = sorted(article.marks, key=lambda mark: mark.clean_span)
    starts = [mark.clean_span[0] for mark in marks]
    laid: list[PlacedPiece] = []
    at = 0
    for segment in article.segments:
        end = bisect_left(starts, segment.clean_span[1], lo=at)
        here, at = marks[at:end], end
        if segment.kept:
            laid += _kept_pieces(segment, here)
        else:
            edits = (*segment.edits, *here)
            laid.append(PlacedPiece((segment.before, segment.after, len(edits)), edits))
    if at < len(marks):  # insertions at the end of the text
        laid.append(PlacedPiece(("", len(marks) - at), tuple(marks[at:])))
    return laid


def _kept_pieces(segment: Segment, marks: Sequence[TracedEdit]) -> Iterator[PlacedPiece]:
    """Split kept text at the edits that were not applied; overlapping ones share a piece."""
    text, (start, end) = segment.after, segment.clean_span
    at = start
    for cluster in _overlapping(marks):
        left = cluster[0].clean_span[0]
        right = min(end, max(mark.clean_span[1] for mark in cluster))
        if at < left:
            yield PlacedPiece(text[at - start : left - start])
        yield PlacedPiece((text[left - start : right - start], len(cluster)), tuple(cluster))
        at = right
    if at < end:
        yield PlacedPiece(text[at - start :])


def _overlapping(marks: Sequence[TracedEdit]) -> list[list[TracedEdit]]:
    """Group the edits that overlap or have the same span."""
    clusters: list[list[TracedEdit]] = []
    end = -1
    for mark in marks:
        start = mark.clean_span[0]
        if start < end or (clusters and mark.clean_span == clusters[-1][-1].clean_span):
            clusters[-1].append(mark)
        else:
            clusters.append([mark])
        end = max(end, mark.clean_span[1])
    return clusters


def body_of(laid: Sequence[PlacedPiece], log: ChangeLog) -> Body:
    """Return the body of an article from its pieces and its log."""
    traced = [each for piece in laid for each in piece.edits]
    edits = [each.edit for each in traced]
    found = beside_source(_clean_text(laid), log)
    beside = {
        str(at): found[each.edit.id] for at, each in enumerate(traced) if each.stage == SOURCE and each.edit.id in found
    }
    return Body(
        tuple(each.piece for each in laid),
        tuple(
            without_shown(edit.evidence) if str(at) in beside else evidence_shown(edit) for at, edit in enumerate(edits)
        ),
        own={str(at): edit.after for at, edit in enumerate(edits) if edit.after != proposed_text(edit)},
        follows={str(at): edit.depends_on for at, edit in enumerate(edits) if edit.depends_on},
        document=log.document,
        metadata=log.metadata,
        held_off={stage.name: stage.held_off for stage in log.stages if stage.held_off},
        failed={stage.name: stage.failed for stage in log.stages if stage.failed},
        source=log.source,
        beside=beside,
        words_from=used_source(log),
        note=log.note,
    )


def _clean_text(laid: Sequence[PlacedPiece]) -> str:
    """The clean text of an article."""
    return "".join(piece if isinstance(piece, str) else piece[-2] for piece, _ in laid)  # of a change, what is after
