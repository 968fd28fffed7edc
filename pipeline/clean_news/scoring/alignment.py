"""Align an output with the lattice of acceptable texts of a gold row.

In the lattice each gold span is either its spun text or one of its accepted forms. The path with the minimum word edit
distance to the output (deletions, insertions, substitutions) gives the outcome of each span. Words are compared
without case; punctuation is ignored.

Source: edit distance over a word lattice, as in the project's outside scorer; here one NumPy row per node.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.scoring.gold import GoldRow

WORD = re.compile(r"[^\W_]+")
EDIT_COST = 1000  # of a deletion, an insertion or a substitution
ACCEPTED_BONUS = -1  # per word of an accepted form, to break ties in favour of the repair
UNREACHED = 10**9  # cost of a cell without a path
INSERTED, DELETED, MATCHED = range(3)  # last move of the best path to a cell; the latter two + 2 * index of the arc

Kind = Literal["text", "spun", "accept", "extra"]
Row = NDArray[np.int32]


class Arc(NamedTuple):
    """One word of an acceptable text, between two nodes of the lattice.

    Attributes:
        start, end: the nodes; ``start`` has the lower number.
        word: the word; None for an empty form.
        span: index of the gold span that it belongs to; None outside all spans.
        kind: ``text`` outside spans, ``spun`` or ``accept`` for the forms of a span.
    """

    start: int
    end: int
    word: str | None
    span: int | None
    kind: Kind


class AlignedWord(NamedTuple):
    """One step of an alignment.

    Attributes:
        span: index of the gold span; None outside all spans.
        kind: the kind of the arc; ``extra`` for an inserted word, which has no arc.
        changed: whether the word was inserted, deleted or substituted.
        expected: the word of the lattice; None for an inserted word or an empty form.
        found: the word of the output; None for a deleted word.
    """

    span: int | None
    kind: Kind
    changed: bool
    expected: str | None
    found: str | None


def words(text: str) -> list[str]:
    """The words of a text as they are compared: NFKC, casefolded, without punctuation.

    >>> words("The “5½-year” plan’s")
    ['the', '51', '2', 'year', 'plan', 's']
    """
    found = WORD.findall(unicodedata.normalize("NFKC", text))
    return [word.casefold() for word in found]


def lattice(row: GoldRow) -> tuple[list[Arc], int]:
    """Build the lattice of the acceptable texts of a row.

    Returns:
        The arcs, in topological order, and the number of nodes.
    """
    arcs: list[Arc] = []
    node = at = 0
    for index, edit in enumerate(row.edits):
        between = words(row.spun[at : edit.start])
        arcs += _chain(between, node, node + len(between), node + 1, None, "text")
        start = node + len(between)
        forms: list[tuple[Kind, list[str]]] = [("spun", words(edit.spun))]
        forms += [("accept", words(form)) for form in edit.accept]
        node = start + 1 + sum(max(len(form) - 1, 0) for _, form in forms)
        inner = start + 1
        for kind, form in forms:
            arcs += _chain(form, start, node, inner, index, kind) or [Arc(start, node, None, index, kind)]
            inner += max(len(form) - 1, 0)
        at = edit.end
    rest = words(row.spun[at:])
    arcs += _chain(rest, node, node + len(rest), node + 1, None, "text")
    return arcs, node + len(rest) + 1


def _chain(form: Sequence[str], start: int, end: int, inner: int, span: int | None, kind: Kind) -> list[Arc]:
    """The arcs of one form from node ``start`` to node ``end``; its inner nodes are numbered from ``inner``."""
    nodes = [start, *range(inner, inner + len(form) - 1), end]
    return [Arc(left, right, word, span, kind) for left, right, word in zip(nodes, nodes[1:], form, strict=False)]


def align(arcs: Sequence[Arc], nodes: int, output: Sequence[str]) -> list[AlignedWord]:
    """Align the output with the path through the lattice that has the minimum edit distance to it.

    Args:
        arcs: the arcs of the lattice, see :func:`lattice`.
        nodes: the number of nodes.
        output: the words of the output.
    """
    into: list[list[Arc]] = [[] for _ in range(nodes)]
    for arc in arcs:
        into[arc.end].append(arc)
    index: dict[str, int] = {}
    ids = np.array([index.setdefault(word, len(index)) for word in output], np.int32)
    ramp = EDIT_COST * np.arange(len(output) + 1, dtype=np.int32)
    best = np.full((nodes, len(output) + 1), UNREACHED, np.int32)
    moves = np.zeros(best.shape, np.uint16)
    best[0, 0] = 0
    for node, entering in enumerate(into):
        row, move = best[node], moves[node]
        for number, arc in enumerate(entering):
            _relax(row, move, best[arc.start], arc, 2 * number, ids == index.get(arc.word or "", -1))
        through = np.minimum.accumulate(row - ramp) + ramp
        move[through < row] = INSERTED
        best[node] = through
    return list(_backtrace(into, moves, output))[::-1]


def _relax(row: Row, move: NDArray[np.uint16], before: Row, arc: Arc, first: int, same: NDArray[np.bool_]) -> None:
    """Update the costs of a node with the paths that enter it along an arc.

    Args:
        row: the node's costs by number of output words consumed, updated in place.
        move: the last moves of the best paths, updated in place.
        before: the costs of the node that the arc starts from.
        arc: the arc.
        first: twice the index of the arc among those that enter the node.
        same: for each word of the output whether it equals the word of the arc.
    """
    bonus = ACCEPTED_BONUS if arc.kind == "accept" else 0
    if arc.word is None:
        _improve(row, move, before + bonus, first + DELETED)
        return
    _improve(row, move, before + EDIT_COST, first + DELETED)
    _improve(row[1:], move[1:], before[:-1] + np.where(same, bonus, EDIT_COST).astype(np.int32), first + MATCHED)


def _improve(row: Row, move: NDArray[np.uint16], costs: Row, code: int) -> None:
    """Replace costs by lower ones, in place."""
    cheaper = costs < row
    row[cheaper] = costs[cheaper]
    move[cheaper] = code


def _backtrace(
    into: Sequence[Sequence[Arc]], moves: NDArray[np.uint16], output: Sequence[str]
) -> Iterator[AlignedWord]:
    """The steps of the best path, from the last to the first."""
    node, consumed = len(into) - 1, len(output)
    while node or consumed:
        code = int(moves[node, consumed])
        if code == INSERTED:
            consumed -= 1
            yield AlignedWord(None, "extra", changed=True, expected=None, found=output[consumed])
            continue
        arc = into[node][(code - 1) // 2]
        node = arc.start
        if code % 2 == DELETED:
            yield AlignedWord(arc.span, arc.kind, arc.word is not None, arc.word, None)
        else:
            consumed -= 1
            yield AlignedWord(arc.span, arc.kind, arc.word != output[consumed], arc.word, output[consumed])
