"""A word lattice and its coarse-to-fine forward-backward decoder, shared by ``ocr`` and ``spin``.

Every token of a sentence may be kept or, alone or with its neighbours, replaced by a candidate of the channel: each
option is an :class:`Edge`. The lattice of a whole document is decoded at once: forward-backward over word n-grams
computes the posterior probability of every edge. Decoding is coarse-to-fine: with bigram states first, then with
trigram states for the arcs that survive pruning, then with 4-gram states. The states of one order are the arcs of the
order below (its line graph), so that one function serves all orders. NumPy processes all sentences in parallel, layer
by layer.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from clean_news.language.growable_arrays import ranges
from clean_news.language.language_model import ORDER, LanguageModel, LogProbabilities, packed

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MAX_EDGE_WORDS = 8
PRUNE_BELOW = (1e-3, 5e-3)  # minimum posterior of arcs for the trigram and the 4-gram pass


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
        edge_of: index of each node's edge; -1 for sentence boundaries. Shape (nodes,), as the following four.
        begins: whether the node is the first word of its edge, to which the edge's score is attributed.
        word: word id.
        depth: position in the sentence; increases along every arc.
        sentence: index of the sentence.
        source: node that each arc leaves; shape (arcs,).
        target: node that it enters; shape (arcs,).
    """

    edge_of: Ints
    begins: Flags
    word: Ints
    depth: Ints
    sentence: Ints
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
        held: whether the model contains that n-gram, i.e. no back-off was needed.
        schedule: the order of a combined forward and backward sweep: the arcs from ``len(source)`` on are the same arcs
            reversed, between copies of the states numbered from ``len(history)`` on.
    """

    history: Ints
    source: Ints
    target: Ints
    log_probability: Floats
    held: Flags
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
    return Lattice(
        np.concatenate((number, np.full(2 * sentences, -1))),
        np.concatenate((step == 0, np.zeros(2 * sentences, bool))),
        np.concatenate((edges.words.astype(np.int64), np.zeros(sentences, np.int64), np.ones(sentences, np.int64))),
        np.concatenate((depth, np.zeros(sentences, np.int64), 1 + size * MAX_EDGE_WORDS)),
        np.concatenate((edges.sentence[number], np.arange(sentences), np.arange(sentences))),
        np.concatenate((inner - 1, np.concatenate((last, starts))[before])),
        np.concatenate((inner, np.concatenate((first, ends))[after])),
    )


def _graph_of(
    lattice: Lattice, history: Ints, source: Ints, target: Ints, log_probability: LogProbabilities, held: Flags
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


def bigram_graph(lattice: Lattice, model: LanguageModel) -> Graph:
    """Build the graph whose states are single words."""
    word = lattice.word.astype(np.uint16)
    scored = model.bigrams(word[lattice.source], word[lattice.target])
    return _graph_of(lattice, np.arange(len(word))[:, None], lattice.source, lattice.target, *scored)


def line_graph(lattice: Lattice, graph: Graph, keep: Flags, model: LanguageModel) -> Graph:
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
    held = np.concatenate((np.zeros(len(starts), bool), graph.held[keep]))
    before, after = _matching_pairs(enters, leaves)
    order = history.shape[1] + 1
    contexts = packed(lattice.word[history])
    words = lattice.word[history[after, -1]].astype(np.uint16)
    scored = model.extend_context(order, contexts, held, before, words, lower[after], held[after])
    return _graph_of(lattice, history, before, after, *scored)


class Posterior(NamedTuple):
    """The result of a sweep.

    Attributes:
        arcs: posterior probability of each arc of the graph.
        edges: posterior probability of each edge of the lattice.
        log_evidence: natural log of the total weight of all paths through the document.
    """

    arcs: Floats
    edges: Floats
    log_evidence: float


def _propagate(schedule: Schedule, reached: Floats, weight: Floats) -> None:
    """Propagate log weights from the states already reached along the arcs to all others, in place."""
    weight = weight[schedule.order]
    for begin, end, origin, goal, goal_starts in schedule.batches:
        reached[goal] = np.logaddexp.reduceat(reached[origin] + weight[begin:end], goal_starts)


def _weights_of(lattice: Lattice, graph: Graph, edge_scores: Floats, scale: float) -> Floats:
    """Log weight of each arc: the model's, plus the channel's where the arc enters an edge."""
    node = graph.history[graph.target, -1]
    return graph.log_probability * scale + np.where(lattice.begins[node], edge_scores[lattice.edge_of[node]], 0.0)


def _forward_backward(lattice: Lattice, graph: Graph, weight: Floats) -> tuple[Floats, Floats, Floats]:
    """Compute forward and backward log weights.

    Args:
        lattice: the document's lattice.
        graph: a graph of its states.
        weight: log weight of each arc.

    Returns:
        Log weight of all paths to each state, of all paths from it to the end of its sentence, and of all paths through
        each sentence.
    """
    last = graph.history[:, -1]
    bounding = lattice.edge_of[last] < 0
    starts = bounding & (lattice.word[last] == 0)
    # States that pruning made unreachable stay at minus infinity.
    reached = np.where(np.concatenate((starts, bounding & ~starts)), 0.0, -np.inf)
    _propagate(graph.schedule, reached, np.concatenate((weight, weight)))
    forward, backward = reached[: len(last)], reached[len(last) :]
    log_evidence = np.zeros(lattice.sentence[-1] + 1)
    log_evidence[lattice.sentence[last[starts]]] = backward[starts]
    return forward, backward, log_evidence


def total_log_evidence(lattice: Lattice, graph: Graph, edge_scores: Floats, scale: float) -> float:
    """Return :attr:`Posterior.log_evidence` without computing the posteriors; see :func:`sweep`."""
    return float(_forward_backward(lattice, graph, _weights_of(lattice, graph, edge_scores, scale))[2].sum())


def sweep(lattice: Lattice, graph: Graph, edge_scores: Floats, scale: float) -> Posterior:
    """Run forward-backward over a graph.

    Args:
        lattice: the document's lattice.
        graph: a graph of its states, of any order.
        edge_scores: channel log probability of each edge.
        scale: weight of the model's log probabilities relative to the channel's.

    Returns:
        Posterior probabilities of the graph's arcs and the lattice's edges.
    """
    weight = _weights_of(lattice, graph, edge_scores, scale)
    forward, backward, log_evidence = _forward_backward(lattice, graph, weight)
    node = graph.history[graph.target, -1]
    # Arc weights are normalised by the evidence of their sentence.
    arcs = np.exp(forward[graph.source] + weight + backward[graph.target] - log_evidence[lattice.sentence[node]])
    enters = lattice.begins[node]
    edges = np.bincount(lattice.edge_of[node][enters], arcs[enters], minlength=len(edge_scores)).astype(np.float64)
    return Posterior(arcs, edges, float(log_evidence.sum()))


def decode(
    lattice: Lattice, model: LanguageModel, edge_scores: Floats, scale: float, order: int = ORDER
) -> tuple[Graph, Posterior]:
    """Decode a lattice: prune it with sweeps of lower order, bigrams first, then compute posteriors.

    Args:
        lattice: the document's lattice.
        model: the language model.
        edge_scores: channel log probability of each edge.
        scale: weight of the model's log probabilities relative to the channel's.
        order: the highest order of n-grams, 2 to 4.

    Returns:
        The pruned graph of the highest order and its posteriors.
    """
    graph = bigram_graph(lattice, model)
    posterior = sweep(lattice, graph, edge_scores, scale)
    for threshold in PRUNE_BELOW[: order - 2]:
        graph = line_graph(lattice, graph, posterior.arcs >= threshold, model)
        posterior = sweep(lattice, graph, edge_scores, scale)
    return graph, posterior
