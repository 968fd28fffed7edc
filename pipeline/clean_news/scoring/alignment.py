"""Aligning a text with everything that would be acceptable in its place.

The acceptable texts of a gold row are a lattice of words: each place that was spun may stay or take any of its
accepted forms. The cheapest way through it that becomes the output by leaving out, putting in and changing
words says what became of each place. Words are compared without capitals, and punctuation does not count.

Source: edit distance over a word lattice, as in the project's outside scorer; here one NumPy row a node.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.scoring.gold import GoldRow

WORD = re.compile(r"[^\W_]+")
CHANGE = 1000  # the cost of a word left out, put in or changed
PREFERENCE = -1  # of a word of an accepted form, so that of two ways as cheap the repaired one counts
UNREACHED = 10**9
PUT_IN, LEFT_OUT, TOOK = range(3)  # the last move of the cheapest way to a cell; + 2 for each arc before its own

Kind = Literal["text", "spun", "accept", "extra"]
Row = NDArray[np.int32]


class Arc(NamedTuple):
    """One word of an acceptable text, between two nodes of the lattice.

    Attributes:
        start, end: the nodes; ``start`` has the lower number.
        word: the word; None for an empty form.
        span: index of the row's edit that it belongs to; None outside all of them.
        kind: what it is part of.
    """

    start: int
    end: int
    word: str | None
    span: int | None
    kind: Kind


class Step(NamedTuple):
    """One step of an alignment.

    Attributes:
        span: index of the row's edit; None outside all of them.
        kind: what the step went along; ``extra`` is a word that the output has and the lattice has not.
        changed: whether a word was left out, put in or changed.
        wanted: the lattice's word.
        got: the output's word.
    """

    span: int | None
    kind: Kind
    changed: bool
    wanted: str | None
    got: str | None


def words(text: str) -> list[str]:
    """The words of a text as they are compared.

    >>> words("The “5½-year” plan’s")
    ['the', '51', '2', 'year', 'plan', 's']
    """
    found = WORD.findall(unicodedata.normalize("NFKC", text))
    return [word.casefold() for word in found]


def lattice(row: GoldRow) -> tuple[list[Arc], int]:
    """The acceptable texts of a row.

    Returns:
        The arcs, those that end in a node before those that begin there, and the number of nodes.
    """
    arcs: list[Arc] = []
    node = at = 0
    for number, edit in enumerate(row.edits):
        between = words(row.spun[at : edit.start])
        arcs += chain(between, node, node + len(between), node + 1, None, "text")
        start = node + len(between)
        forms: list[tuple[Kind, list[str]]] = [("spun", words(edit.spun))]
        forms += [("accept", words(form)) for form in edit.accept]
        node = start + 1 + sum(max(len(form) - 1, 0) for _, form in forms)
        inner = start + 1
        for kind, form in forms:
            arcs += chain(form, start, node, inner, number, kind) or [Arc(start, node, None, number, kind)]
            inner += max(len(form) - 1, 0)
        at = edit.end
    rest = words(row.spun[at:])
    arcs += chain(rest, node, node + len(rest), node + 1, None, "text")
    return arcs, node + len(rest) + 1


def chain(form: Sequence[str], start: int, end: int, inner: int, span: int | None, kind: Kind) -> list[Arc]:
    """The arcs of one form from ``start`` to ``end``, over nodes from ``inner`` on."""
    nodes = [start, *range(inner, inner + len(form) - 1), end]
    return [Arc(left, right, word, span, kind) for left, right, word in zip(nodes, nodes[1:], form, strict=False)]


def align(arcs: Sequence[Arc], nodes: int, output: Sequence[str]) -> list[Step]:
    """The cheapest way from the lattice to the output.

    Args:
        arcs: see :func:`lattice`.
        nodes: number of nodes.
        output: the words of the output.
    """
    into: list[list[Arc]] = [[] for _ in range(nodes)]
    for arc in arcs:
        into[arc.end].append(arc)
    index: dict[str, int] = {}
    ids = np.array([index.setdefault(word, len(index)) for word in output], np.int32)
    ramp = CHANGE * np.arange(len(output) + 1, dtype=np.int32)
    best = np.full((nodes, len(output) + 1), UNREACHED, np.int32)
    moves = np.zeros(best.shape, np.uint16)
    best[0, 0] = 0
    for node, entering in enumerate(into):
        row, move = best[node], moves[node]
        for number, arc in enumerate(entering):
            enter(row, move, best[arc.start], arc, 2 * number, ids == index.get(arc.word or "", -1))
        through = np.minimum.accumulate(row - ramp) + ramp
        move[through < row] = PUT_IN
        best[node] = through
    return list(_way_back(into, moves, output))[::-1]


def enter(row: Row, move: NDArray[np.uint16], before: Row, arc: Arc, first: int, same: NDArray[np.bool_]) -> None:
    """Improve a node's row of costs by what comes along an arc.

    Args:
        row: the node's costs, one for each number of words of the output, changed in place.
        move: the moves that they come from, changed in place.
        before: costs of the node that the arc comes from.
        arc: the arc.
        first: twice its index among the arcs that enter the node.
        same: for each word of the output whether it is the arc's.
    """
    liked = PREFERENCE if arc.kind == "accept" else 0
    if arc.word is None:
        _improve(row, move, before + liked, first + LEFT_OUT)
        return
    _improve(row, move, before + CHANGE, first + LEFT_OUT)
    _improve(row[1:], move[1:], before[:-1] + np.where(same, liked, CHANGE).astype(np.int32), first + TOOK)


def _improve(row: Row, move: NDArray[np.uint16], offer: Row, code: int) -> None:
    """Take what is cheaper, in place."""
    cheaper = offer < row
    row[cheaper] = offer[cheaper]
    move[cheaper] = code


def _way_back(into: Sequence[Sequence[Arc]], moves: NDArray[np.uint16], output: Sequence[str]) -> Iterator[Step]:
    """The steps of the cheapest way, the last first."""
    node, place = len(into) - 1, len(output)
    while node or place:
        code = int(moves[node, place])
        if code == PUT_IN:
            place -= 1
            yield Step(None, "extra", changed=True, wanted=None, got=output[place])
            continue
        arc = into[node][(code - 1) // 2]
        node = arc.start
        if code % 2 == LEFT_OUT:
            yield Step(arc.span, arc.kind, arc.word is not None, arc.word, None)
        else:
            place -= 1
            yield Step(arc.span, arc.kind, arc.word != output[place], arc.word, output[place])
