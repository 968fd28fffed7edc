"""A word lattice and the graphs of its n-grams, shared by ``ocr`` and ``spin``.

Every token of a sentence may be kept or, alone or with its neighbours, replaced by a candidate of the channel: each
option is an :class:`Edge`. The states of the graph of one order of n-grams are the arcs of the order below (its line
graph), so that one function serves all orders. See :mod:`forward_backward` for the decoder.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from clean_news.language.growable_arrays import ranges
from clean_news.language.language_model import LogProbabilities, packed
from clean_news.language.model_mixture import NgramModel

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MAX_EDGE_WORDS = 8


class Edge(NamedTuple):
    """One reading of the tokens from ``start`` to ``end`` of a sentence.

    Attributes:
        start: index of its first token in the sentence.
        end: exclusive end.
        words: word ids that the tokens are read as; 1 to :data:`MAX_EDGE_WORDS` of them.
    """

    start: int
    end: int
    words: tuple[int, ...]


class EdgeLike(Protocol):
    """Anything with the attributes of an edge."""

    @property
    def start(self) -> int:
        """See :attr:`Edge.start`."""

    @property
    def end(self) -> int:
        """See :attr:`Edge.end`."""

    @property
    def words(self) -> tuple[int, ...]:
        """See :attr:`Edge.words`."""


class Edges(NamedTuple):
    """The edges of a document; all arrays but ``words`` have shape (edges,).

    Attributes:
        sentence: index of the edge's sentence.
        start: index of its first token in the sentence.
        end: exclusive end.
        words: word ids of all edges, concatenated.
        lengths: number of words of each edge; 1 to :data:`MAX_EDGE_WORDS`.
    """

    sentence: Ints
    start: Ints
    end: Ints
    words: NDArray[np.uint16]
    lengths: Ints


class Lattice(NamedTuple):
    """The word lattice of a document: nodes are words of edges; built by :func:`build`.

    Attributes:
        edge_of: index of each node's edge; -1 for sentence boundaries. Shape (nodes,), as the following five.
        begins: whether the node is the first word of its edge, to which the edge's score is attributed.
        word: word id.
        depth: position in the sentence; increases along every arc.
        sentence: index of the sentence.
        token: index among all tokens and sentence boundaries of the document of the token that it is aligned with.
        source: node that each arc leaves; shape (arcs,).
        target: node that it enters; shape (arcs,).
    """

    edge_of: Ints
    begins: Flags
    word: Ints
    depth: Ints
    sentence: Ints
    token: Ints
    source: Ints
    target: Ints


class ArcBatch(NamedTuple):
    """A batch of arcs that a sweep processes together, sorted by the state they enter.

    Attributes:
        begin: first position of the batch in the order of the sweep.
        end: exclusive end.
        origin: state that each arc leaves in the direction of the sweep.
        goal: the distinct states that the arcs enter.
        goal_starts: index in the batch of the first arc into each goal.
    """

    begin: int
    end: int
    origin: Ints
    goal: Ints
    goal_starts: Ints


class Schedule(NamedTuple):
    """The order in which a sweep processes the arcs.

    Attributes:
        order: arc indices in processing order.
        batches: the batches of that order.
    """

    order: Ints
    batches: list[ArcBatch]


class Graph(NamedTuple):
    """N-gram states and the arcs between them.

    Attributes:
        history: the last nodes of each state, most recent last; shape (states, order - 1).
        source: state that each arc leaves; shape (arcs,), as the following three.
        target: state that it enters.
        log_probability: natural log probability of the target's last word after the source's history.
        held: whether the model contains that n-gram, i.e. no back-off was needed; of a mixture, its states.
        schedule: the order of a combined forward and backward sweep: the arcs from ``len(source)`` on are the same arcs
            reversed, between copies of the states numbered from ``len(history)`` on.
    """

    history: Ints
    source: Ints
    target: Ints
    log_probability: Floats
    held: NDArray[Any]
    schedule: Schedule


def _stable_argsort(numbers: Ints) -> Ints:
    """Return the indices that sort numbers from 0 to 2³² - 1 stably.

    NumPy uses radix sort for 16-bit numbers, which takes a fifth of the time; larger ones are sorted by their lower and
    then by their upper half.
    """
    order = np.argsort(numbers.astype(np.uint16), kind="stable")
    if numbers.max(initial=0) < 1 << 16:
        return order
    return order[np.argsort((numbers >> 16).astype(np.uint16)[order], kind="stable")]


def schedule(origin: Ints, goal: Ints, layer: Ints) -> Schedule:
    """Batch arcs by the layer of the state they enter, so that a state's incoming arcs precede its outgoing ones.

    Args:
        origin: state that each arc leaves; shape (arcs,).
        goal: state that each arc enters; shape (arcs,).
        layer: topological layer of each state, from 0 on; shape (states,).
    """
    states = _stable_argsort(layer)
    rank = np.empty_like(states)
    rank[states] = np.arange(len(states))
    order = _stable_argsort(rank[goal])
    entering = np.bincount(goal, minlength=len(states))[states]
    goals, counts = states[entering > 0], entering[entering > 0]
    ends = np.cumsum(counts)
    layers = layer[goals]
    cuts = np.flatnonzero(np.append(layers[1:] != layers[:-1], True)) + 1  # exclusive end of each batch's goals
    bounds = ends[cuts - 1]
    sizes = np.diff(cuts, prepend=0)
    within = ends - counts - np.repeat(bounds - np.diff(bounds, prepend=0), sizes)
    origin = origin[order]
    batches = zip([0, *bounds.tolist()], bounds.tolist(), [0, *cuts.tolist()], cuts.tolist(), strict=False)
    return Schedule(order, [ArcBatch(b, e, origin[b:e], goals[r:q], within[r:q]) for b, e, r, q in batches])


def edge_arrays(sentences: Sequence[Sequence[EdgeLike]]) -> Edges:
    """Convert edges, given by sentence, to arrays."""
    flat = [(number, edge) for number, edges in enumerate(sentences) for edge in edges]
    return Edges(
        np.array([number for number, _ in flat], np.int64),
        np.array([edge.start for _, edge in flat], np.int64),
        np.array([edge.end for _, edge in flat], np.int64),
        np.array([word for _, edge in flat for word in edge.words], np.uint16),
        np.array([len(edge.words) for _, edge in flat], np.int64),
    )


def _matching_pairs(enters: Ints, leaves: Ints) -> tuple[Ints, Ints]:
    """Return the indices (i, j) of all pairs with ``enters[i] == leaves[j]``, sorted by i; values must be ≥ 0."""
    leaving = np.bincount(leaves, minlength=enters.max(initial=0) + 1)
    begin, count = np.cumsum(leaving) - leaving, leaving[enters]
    return np.repeat(np.arange(len(enters)), count), _stable_argsort(leaves)[ranges(begin[enters], count)]


def build(lengths: Sequence[int], edges: Edges) -> Lattice:
    """Build the lattice of a document.

    Args:
        lengths: number of tokens of each sentence.
        edges: its edges. Every reachable token must have a path to the end of its sentence, which one edge per token
            that keeps it guarantees.

    Returns:
        The lattice. Each sentence begins with a node of word 0 (``<s>``) and ends with a node of word 1 (``</s>``);
        the edge index of both is -1.
    """
    size = np.asarray(lengths, np.int64)
    sentences = len(size)
    offset = np.cumsum(size + 1) - (size + 1)  # of each sentence among all token boundaries of the document
    number = np.repeat(np.arange(len(edges.start)), edges.lengths)
    last = np.cumsum(edges.lengths) - 1  # last node of each edge
    first = last - edges.lengths + 1
    step = np.arange(len(number)) - first[number]
    nodes = len(number)
    starts, ends = nodes + np.arange(sentences), nodes + sentences + np.arange(sentences)

    before, after = _matching_pairs(
        np.concatenate((offset[edges.sentence] + edges.end, offset)),
        np.concatenate((offset[edges.sentence] + edges.start, offset + size)),
    )
    inner = np.flatnonzero(step > 0)
    # The words of an edge are aligned with its tokens one by one, surplus words following the last token: fewer
    # distinct depths mean fewer batches in a sweep.
    covered = np.minimum(step, (edges.end - edges.start)[number] - 1)
    depth = 1 + (edges.start[number] + covered) * MAX_EDGE_WORDS + step - covered
    boundary = np.cumsum(size + 2) - (size + 2)  # index of each sentence's start among tokens and boundaries
    return Lattice(
        np.concatenate((number, np.full(2 * sentences, -1))),
        np.concatenate((step == 0, np.zeros(2 * sentences, bool))),
        np.concatenate((edges.words.astype(np.int64), np.zeros(sentences, np.int64), np.ones(sentences, np.int64))),
        np.concatenate((depth, np.zeros(sentences, np.int64), 1 + size * MAX_EDGE_WORDS)),
        np.concatenate((edges.sentence[number], np.arange(sentences), np.arange(sentences))),
        np.concatenate(((boundary[edges.sentence] + edges.start + 1)[number] + covered, boundary, boundary + size + 1)),
        np.concatenate((inner - 1, np.concatenate((last, starts))[before])),
        np.concatenate((inner, np.concatenate((first, ends))[after])),
    )


def _graph_of(
    lattice: Lattice, history: Ints, source: Ints, target: Ints, log_probability: LogProbabilities, held: NDArray[Any]
) -> Graph:
    """Build the graph of these states and arcs, with its schedule."""
    depth = lattice.depth[history[:, -1]]
    occupied = np.zeros(depth.max() + 1, bool)
    occupied[depth] = True
    rank = (np.cumsum(occupied) - 1)[depth]
    origin = np.concatenate((source, target + len(history)))
    goal = np.concatenate((target, source + len(history)))
    # Batches of both directions are merged, which halves their number, and with it the time of a sweep.
    layer = np.concatenate((rank, rank.max() - rank))
    return Graph(history, source, target, log_probability.astype(np.float64), held, schedule(origin, goal, layer))


def bigram_graph(lattice: Lattice, model: NgramModel) -> Graph:
    """Build the graph whose states are single words."""
    word = lattice.word.astype(np.uint16)
    scored = model.bigrams(word[lattice.source], word[lattice.target])
    return _graph_of(lattice, np.arange(len(word))[:, None], lattice.source, lattice.target, *scored)


def line_graph(lattice: Lattice, graph: Graph, keep: Flags, model: NgramModel) -> Graph:
    """Build the graph of the next order: its states are the retained arcs of ``graph`` and the sentence starts.

    Args:
        lattice: the document's lattice.
        graph: the graph of the order below.
        keep: whether each of its arcs is retained.
        model: the language model.
    """
    last = graph.history[:, -1]
    starts = np.flatnonzero((lattice.word[last] == 0) & (lattice.edge_of[last] < 0))
    source, target = graph.source[keep], graph.target[keep]
    # The history of a start state is the start itself, as if an arc led into it from a state before the sentence.
    padding = graph.history[starts]
    history = np.vstack(
        (
            np.hstack((padding, padding[:, -1:])),
            np.hstack((graph.history[source], graph.history[target][:, -1:])),
        )
    )
    no_state = len(graph.history)
    leaves = np.concatenate((np.full(len(starts), no_state), source))
    enters = np.concatenate((starts, target))
    # Arc a may be followed by arc b if b leaves the state that a enters. The log probability of arc b is that of its
    # word with one word of context less.
    lower = np.concatenate((np.zeros(len(starts)), graph.log_probability[keep])).astype(np.float32)
    held = np.concatenate((np.zeros(len(starts), graph.held.dtype), graph.held[keep]))
    before, after = _matching_pairs(enters, leaves)
    order = history.shape[1] + 1
    contexts = packed(lattice.word[history])
    words = lattice.word[history[after, -1]].astype(np.uint16)
    scored = model.extend_context(order, contexts, held, before, words, lower[after], held[after])
    return _graph_of(lattice, history, before, after, *scored)
