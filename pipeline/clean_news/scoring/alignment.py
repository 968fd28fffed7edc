"""Align an output with the lattice of acceptable texts of a gold row.

In the lattice each gold span is either its spun text or one of its accepted forms. The path with the minimum word edit
distance to the output (deletions, insertions, substitutions) gives the outcome of each span. Words are compared
without case; punctuation is ignored.

Source: edit distance over a word lattice, as in the project's outside scorer; here one NumPy row per node, cut off
where no path within a limit passes (Ukkonen, Algorithms for approximate string matching, 1985).
"""

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.scoring.gold import GoldRow

WORD = re.compile(r"[^\W_]+")
EDIT_COST = 1000  # of a deletion, an insertion or a substitution
ACCEPTED_BONUS = -1  # per word of an accepted form, to break ties in favour of the repair
UNREACHED = 10**9  # cost of a cell without a path
NO_COSTS = np.zeros(0, np.int32)
FIRST_LIMIT, FIRST_LIMIT_SHARE = (
    64,
    0.02,
)  # edits, and more of them by word: few of a repaired article's words are wrong
# The next limit if there is no path within one: in proportion to the nodes that it sufficed for, and somewhat more.
LIMIT_MARGIN, MAX_LIMIT_GROWTH = 1.25, 8.0
INSERTED, DELETED, MATCHED = range(3)  # last move of the best path to a cell; the latter two + 2 * index of the arc

Kind = Literal["text", "spun", "accept", "extra"]
Row = NDArray[np.int32]
Moves = NDArray[np.uint16]


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


class _Rest(NamedTuple):
    """What is left of the lattice after a node: bounds over all paths to its end.

    Attributes:
        least, most: the number of words.
        accepted: the maximum number of arcs of accepted forms.
    """

    least: int
    most: int
    accepted: int


class _Window(NamedTuple):
    """The cells of a node that a path within the limit may pass; the others count as unreached.

    Attributes:
        begin: the number of output words consumed at the first cell.
        costs: the costs of the best paths.
        moves: their last moves.
    """

    begin: int
    costs: Row
    moves: Moves


def align(arcs: Sequence[Arc], nodes: int, output: Sequence[str]) -> list[AlignedWord]:
    """Align the output with the path through the lattice that has the minimum edit distance to it.

    Only cells are computed through which a path within a limit may pass; the limit is raised until the best path is
    within it. Time and memory grow with the product of words and edits.

    Args:
        arcs: the arcs of the lattice, see :func:`lattice`.
        nodes: the number of nodes.
        output: the words of the output.
    """
    into: list[list[Arc]] = [[] for _ in range(nodes)]
    for arc in arcs:
        into[arc.end].append(arc)
    rest = _rest_of(arcs, nodes)
    index: dict[str, int] = {}
    ids = np.array([index.setdefault(word, len(index)) for word in output], np.int32)
    edits = FIRST_LIMIT + int(FIRST_LIMIT_SHARE * len(output))
    while len(windows := _windows(into, rest, ids, index, EDIT_COST * edits)) < nodes:
        growth = LIMIT_MARGIN * nodes / (len(windows) + 1)
        edits = math.ceil(edits * min(growth, MAX_LIMIT_GROWTH))
    return list(_backtrace(into, windows, output))[::-1]


def _rest_of(arcs: Sequence[Arc], nodes: int) -> list[_Rest]:
    """What is left of the lattice after each node."""
    found: dict[int, _Rest] = {nodes - 1: _Rest(0, 0, 0)}
    for arc in reversed(arcs):  # arcs are in topological order
        word, after = arc.word is not None, found[arc.end]
        here = _Rest(after.least + word, after.most + word, after.accepted + (arc.kind == "accept"))
        other = found.get(arc.start, here)
        found[arc.start] = _Rest(min(here.least, other.least), *map(max, here[1:], other[1:]))
    return [found[node] for node in range(nodes)]


def _windows(
    into: Sequence[Sequence[Arc]], rest: Sequence[_Rest], ids: Row, index: Mapping[str, int], limit: int
) -> list[_Window]:
    """Compute the windows of all nodes, or of the first ones if no path is within the limit.

    Args:
        into: the arcs that enter each node.
        rest: see :func:`_rest_of`.
        ids: the words of the output as numbers.
        index: the numbers of these words.
        limit: the highest cost of a path.
    """
    ramp = EDIT_COST * np.arange(len(ids) + 1, dtype=np.int32)
    left = len(ids) - np.arange(len(ids) + 1, dtype=np.int32)
    last_use = {arc.start: node for node, entering in enumerate(into) for arc in entering}
    windows: list[_Window] = []
    for node, entering in enumerate(into):
        before = [windows[arc.start] for arc in entering]
        begin = min((window.begin for window in before), default=0)
        reached = max((window.begin + len(window.costs) for window in before), default=0)
        lowest = min((int(window.costs.min()) for window in before), default=0)
        inserted = (limit - lowest + rest[node].accepted) // EDIT_COST + 1  # the most words that can follow
        row = np.full(min(reached + 1 + inserted, len(ids) + 1) - begin, UNREACHED, np.int32)
        move = np.zeros(row.shape, np.uint16)
        if not entering:
            row[0] = 0
        for number, (arc, window) in enumerate(zip(entering, before, strict=True)):
            offset = window.begin - begin
            same = ids[window.begin : window.begin + len(window.costs)] == index.get(arc.word or "", -1)
            _relax(row[offset:], move[offset:], window.costs, arc, 2 * number, same)
            if last_use[arc.start] == node:
                windows[arc.start] = window._replace(costs=NO_COSTS)
        through = np.minimum.accumulate(row - ramp[: len(row)]) + ramp[: len(row)]
        move[through < row] = INSERTED
        passable = np.flatnonzero(through + _least_rest(rest[node], left[begin : begin + len(row)]) <= limit)
        if not len(passable):
            break
        kept = slice(passable[0], passable[-1] + 1)
        windows.append(_Window(begin + int(passable[0]), through[kept], move[kept].copy()))
    return windows


def _least_rest(rest: _Rest, left: Row) -> Row:
    """The lowest cost of a path from a node to the end, by the number of words that are left of the output."""
    unequal = np.maximum(np.maximum(rest.least - left, left - rest.most), 0)
    found: Row = EDIT_COST * unequal + ACCEPTED_BONUS * rest.accepted
    return found


def _relax(row: Row, move: Moves, before: Row, arc: Arc, first: int, same: NDArray[np.bool_]) -> None:
    """Update the costs of a node with the paths that enter it along an arc.

    Args:
        row: the node's costs from the first cell of ``before`` on, updated in place.
        move: the last moves of the best paths, updated in place.
        before: the costs of the node that the arc starts from, by the number of output words consumed.
        arc: the arc.
        first: twice the index of the arc among those that enter the node.
        same: for each cell of ``before`` that is not the last of the output whether the word that follows equals the
            word of the arc.
    """
    bonus = ACCEPTED_BONUS if arc.kind == "accept" else 0
    if arc.word is None:
        _improve(row[: len(before)], move[: len(before)], before + bonus, first + DELETED)
        return
    _improve(row[: len(before)], move[: len(before)], before + EDIT_COST, first + DELETED)
    matched = slice(1, len(same) + 1)
    costs = before[: len(same)] + np.where(same, np.int32(bonus), np.int32(EDIT_COST))
    _improve(row[matched], move[matched], costs, first + MATCHED)


def _improve(row: Row, move: Moves, costs: Row, code: int) -> None:
    """Replace costs by lower ones, in place."""
    cheaper = costs < row
    row[cheaper] = costs[cheaper]
    move[cheaper] = code


def _backtrace(
    into: Sequence[Sequence[Arc]], windows: Sequence[_Window], output: Sequence[str]
) -> Iterator[AlignedWord]:
    """The steps of the best path, from the last to the first."""
    node, consumed = len(into) - 1, len(output)
    while node or consumed:
        code = int(windows[node].moves[consumed - windows[node].begin])
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
