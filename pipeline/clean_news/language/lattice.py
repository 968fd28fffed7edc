"""The lattice of what may have been meant, and its decoding, shared by ``ocr`` and ``spin``.

Every token of a sentence may be kept or, with its neighbours, replaced by what a channel proposes: each choice
is an :class:`Edge`. The lattice of a whole document is decoded at once: forward-backward over word n-grams
gives every edge its posterior probability. It is done from coarse to fine: bigram states first, what is left
of them as trigram states, then as 4-gram states. The states of one order are the arcs of the order below
(its line graph), so one function serves all; NumPy works on all sentences side by side, position by position.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from clean_news.language.growing_tables import ranges
from clean_news.language.language_model import LanguageModel, LogProbabilities, packed

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MAX_EDGE_WORDS = 8  # words in an edge, at most
PRUNE_BELOW = (1e-3, 5e-3)  # arcs of lower posterior are dropped before the trigram and the 4-gram pass


class Edge(NamedTuple):
    """One choice for the tokens ``start`` to ``end`` of a sentence.

    Attributes:
        start: index of its first token in the sentence.
        end: index behind its last token.
        words: the model's ids of the words that stand there if it is chosen; 1 to 8.
    """

    start: int
    end: int
    words: tuple[int, ...]


class EdgeLike(Protocol):
    """Whatever has an edge's attributes."""

    @property
    def start(self) -> int:
        """As :attr:`Edge.start`."""

    @property
    def end(self) -> int:
        """As :attr:`Edge.end`."""

    @property
    def words(self) -> tuple[int, ...]:
        """As :attr:`Edge.words`."""


class Edges(NamedTuple):
    """The edges of a document as arrays, one element an edge.

    Attributes:
        sentence: index of its sentence.
        start: index of its first token in the sentence.
        end: index behind its last token.
        words: the model's ids of all edges' words, one edge after the other.
        lengths: number of words of each edge; 1 to 8.
    """

    sentence: Ints
    start: Ints
    end: Ints
    words: NDArray[np.uint16]
    lengths: Ints


class Lattice(NamedTuple):
    """A document's edges as arrays; built by :func:`build`.

    Attributes:
        edge_of: for each node (a word of an edge) the number of its edge.
        begins: whether the node is its edge's first word, which bears the edge's cost.
        word: the node's word id.
        depth: position in its sentence; grows along every arc.
        sentence: index of its sentence.
        source: for each arc of neighbouring nodes, the first.
        target: the second.
    """

    edge_of: Ints
    begins: Flags
    word: Ints
    depth: Ints
    sentence: Ints
    source: Ints
    target: Ints


class ArcBatch(NamedTuple):
    """A batch of arcs that a sweep takes together, sorted by the state they lead to.

    Attributes:
        begin: where the batch begins in the sweep's order.
        end: where it ends.
        origin: for each arc the state that the sweep comes from.
        goal: the distinct states it comes to.
        runs: where each goal's arcs begin in the batch.
    """

    begin: int
    end: int
    origin: Ints
    goal: Ints
    goal_starts: Ints


class Schedule(NamedTuple):
    """The order in which a sweep takes the arcs, and its batches."""

    order: Ints
    batches: list[ArcBatch]


class Graph(NamedTuple):
    """States and the arcs between them.

    Attributes:
        history: for each state the nodes it remembers, the latest last; shape (states, order - 1).
        source: for each arc the state it leaves.
        target: the state it enters.
        log_probability: the model's, of the target's last word after the source's.
        held: whether the model holds that n-gram, so that it needed no backing off.
        course: the arcs in the order in which a sweep can take them, forwards and backwards at once: the arcs from
            ``len(source)`` on are the same arcs the other way, between states numbered from ``len(history)`` on.
    """

    history: Ints
    source: Ints
    target: Ints
    log_probability: Floats
    held: Flags
    schedule: Schedule


def stable_argsort(numbers: Ints) -> Ints:
    """The places of numbers from 0 on, least number first; of like ones the first place first.

    NumPy sorts 16-bit numbers by radix, which takes a fifth of the time.
    """
    small = np.uint16 if numbers.max(initial=0) < 1 << 16 else np.int64
    return np.argsort(numbers.astype(small), kind="stable")


def schedule(origin: Ints, goal: Ints, level: Ints) -> Schedule:
    """The arcs in batches by the turn of the state they lead to, so that what leads to a state is taken before it.

    Args:
        origin: for each arc the state it leaves.
        goal: the state it enters.
        turn: for each state its turn; from 0 on.
    """
    states = stable_argsort(level)
    rank = np.empty_like(states)
    rank[states] = np.arange(len(states))
    order = stable_argsort(rank[goal])
    entering = np.bincount(goal, minlength=len(states))[states]
    goals, counts = states[entering > 0], entering[entering > 0]
    ends = np.cumsum(counts)
    levels = level[goals]
    cuts = np.flatnonzero(np.append(levels[1:] != levels[:-1], True)) + 1  # behind each batch's last goal
    bounds = ends[cuts - 1]
    sizes = np.diff(cuts, prepend=0)
    within = ends - counts - np.repeat(bounds - np.diff(bounds, prepend=0), sizes)
    origin = origin[order]
    batches = zip([0, *bounds.tolist()], bounds.tolist(), [0, *cuts.tolist()], cuts.tolist(), strict=False)
    return Schedule(order, [ArcBatch(b, e, origin[b:e], goals[r:q], within[r:q]) for b, e, r, q in batches])


def edge_arrays(sentences: Sequence[Sequence[EdgeLike]]) -> Edges:
    """Edges, given by sentence, as arrays."""
    flat = [(number, edge) for number, edges in enumerate(sentences) for edge in edges]
    return Edges(
        np.array([number for number, _ in flat], np.int64),
        np.array([edge.start for _, edge in flat], np.int64),
        np.array([edge.end for _, edge in flat], np.int64),
        np.array([word for _, edge in flat for word in edge.words], np.uint16),
        np.array([len(edge.words) for _, edge in flat], np.int64),
    )


def matching_pairs(enters: Ints, leaves: Ints) -> tuple[Ints, Ints]:
    """All pairs (i, j) with ``enters[i] == leaves[j]``, numbers from 0 on, as indices; by i."""
    leaving = np.bincount(leaves, minlength=enters.max(initial=0) + 1)
    begin, count = np.cumsum(leaving) - leaving, leaving[enters]
    return np.repeat(np.arange(len(enters)), count), stable_argsort(leaves)[ranges(begin[enters], count)]


def build(lengths: Sequence[int], edges: Edges) -> Lattice:
    """The lattice of a document.

    Args:
        lengths: number of tokens of each sentence.
        edges: together they must lead from every token they reach to the sentence's end; an edge that keeps
            the token, for each token, makes sure of it.

    Returns:
        The lattice. Each sentence has a first node of word 0 (``<s>``) and a last of word 1 (``</s>``), on
        edges numbered -1.
    """
    size = np.asarray(lengths, np.int64)
    sentences = len(size)
    offset = np.cumsum(size + 1) - (size + 1)  # of each sentence's gaps between tokens among all gaps
    number = np.repeat(np.arange(len(edges.start)), edges.lengths)
    last = np.cumsum(edges.lengths) - 1  # each edge's last node, and its first
    first = last - edges.lengths + 1
    step = np.arange(len(number)) - first[number]
    nodes = len(number)
    starts, ends = nodes + np.arange(sentences), nodes + sentences + np.arange(sentences)

    before, after = matching_pairs(
        np.concatenate((offset[edges.sentence] + edges.end, offset)),
        np.concatenate((offset[edges.sentence] + edges.start, offset + size)),
    )
    inner = np.flatnonzero(step > 0)
    # Word by word with the tokens that the edge covers, and behind the last of them if it has more: the fewer depths
    # there are, the fewer batches a sweep has.
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
    """The graph of these states and arcs, with the courses of its sweeps."""
    depth = lattice.depth[history[:, -1]]
    there = np.zeros(depth.max() + 1, bool)
    there[depth] = True
    rank = (np.cumsum(there) - 1)[depth]
    origin = np.concatenate((source, target + len(history)))
    goal = np.concatenate((target, source + len(history)))
    # The batches of both directions fall together, which halves their number: it is what a sweep's time depends on.
    level = np.concatenate((rank, rank.max() - rank))
    return Graph(history, source, target, log_probability.astype(np.float64), held, schedule(origin, goal, level))


def bigram_graph(lattice: Lattice, model: LanguageModel) -> Graph:
    """The graph whose states are single words."""
    word = lattice.word.astype(np.uint16)
    scored = model.bigrams(word[lattice.source], word[lattice.target])
    return _graph_of(lattice, np.arange(len(word))[:, None], lattice.source, lattice.target, *scored)


def line_graph(lattice: Lattice, graph: Graph, keep: Flags, model: LanguageModel) -> Graph:
    """The graph of the next order: its states are the given arcs of ``graph``, and the sentences' starts."""
    last = graph.history[:, -1]
    starts = np.flatnonzero((lattice.word[last] == 0) & (lattice.edge_of[last] < 0))
    source, target = graph.source[keep], graph.target[keep]
    # A start state remembers only itself, so it stands for the arc from nothing into the sentence's start.
    padding = graph.history[starts]
    history = np.vstack(
        (
            np.hstack((padding, padding[:, -1:])),
            np.hstack((graph.history[source], graph.history[target][:, -1:])),
        )
    )
    nowhere = len(graph.history)
    leaves = np.concatenate((np.full(len(starts), nowhere), source))
    enters = np.concatenate((starts, target))
    # Arc a may be followed by arc b if b leaves the state that a enters. What the model says of b is what it
    # says of b's word with one word of context less.
    lower = np.concatenate((np.zeros(len(starts)), graph.log_probability[keep])).astype(np.float32)
    held = np.concatenate((np.zeros(len(starts), bool), graph.held[keep]))
    before, after = matching_pairs(enters, leaves)
    order = history.shape[1] + 1
    contexts = packed(lattice.word[history])
    words = lattice.word[history[after, -1]].astype(np.uint16)
    scored = model.extend_context(order, contexts, held, before, words, lower[after], held[after])
    return _graph_of(lattice, history, before, after, *scored)


class Posterior(NamedTuple):
    """What a sweep gives.

    Attributes:
        arcs: posterior probability of each arc of the graph.
        edges: posterior probability of each edge of the lattice.
        evidence: log of the summed weight of all readings of the document.
    """

    arcs: Floats
    edges: Floats
    log_evidence: float


def _propagate(schedule: Schedule, reached: Floats, weight: Floats) -> None:
    """Carry the log weights of the states already reached along the arcs to all others, in place."""
    weight = weight[schedule.order]
    for begin, end, origin, goal, goal_starts in schedule.batches:
        reached[goal] = np.logaddexp.reduceat(reached[origin] + weight[begin:end], goal_starts)


def _weights_of(lattice: Lattice, graph: Graph, edge_scores: Floats, scale: float) -> Floats:
    """Log weight of each arc: the model's, and the channel's where the arc enters an edge."""
    node = graph.history[graph.target, -1]
    return graph.log_probability * scale + np.where(lattice.begins[node], edge_scores[lattice.edge_of[node]], 0.0)


def forward_backward(lattice: Lattice, graph: Graph, weight: Floats) -> tuple[Floats, Floats, Floats]:
    """Log weight of all ways to each state, of all ways from it to its sentence's end, and of each whole sentence."""
    last = graph.history[:, -1]
    bounding = lattice.edge_of[last] < 0
    starts = bounding & (lattice.word[last] == 0)
    # A state that pruning cut off stays at minus infinity.
    reached = np.where(np.concatenate((starts, bounding & ~starts)), 0.0, -np.inf)
    _propagate(graph.schedule, reached, np.concatenate((weight, weight)))
    forward, backward = reached[: len(last)], reached[len(last) :]
    log_evidence = np.zeros(lattice.sentence[-1] + 1)
    log_evidence[lattice.sentence[last[starts]]] = backward[starts]
    return forward, backward, log_evidence


def total_log_evidence(lattice: Lattice, graph: Graph, edge_scores: Floats, scale: float) -> float:
    """Log of the summed weight of all readings of the document; as :func:`sweep` gives it."""
    return float(forward_backward(lattice, graph, _weights_of(lattice, graph, edge_scores, scale))[2].sum())


def sweep(lattice: Lattice, graph: Graph, edge_scores: Floats, scale: float) -> Posterior:
    """Forward-backward over the graph.

    Args:
        lattice: the document's lattice.
        graph: its states of some order.
        edge_scores: for each edge the log probability that the channel gives it.
        scale: weight of the model's log probabilities against the channel's.

    Returns:
        Posterior probabilities of the graph's arcs and the lattice's edges.
    """
    weight = _weights_of(lattice, graph, edge_scores, scale)
    forward, backward, log_evidence = forward_backward(lattice, graph, weight)
    node = graph.history[graph.target, -1]
    # All paths of a sentence share its evidence.
    arcs = np.exp(forward[graph.source] + weight + backward[graph.target] - log_evidence[lattice.sentence[node]])
    enters = lattice.begins[node]
    edges = np.bincount(lattice.edge_of[node][enters], arcs[enters], minlength=len(edge_scores)).astype(np.float64)
    return Posterior(arcs, edges, float(log_evidence.sum()))


def decode(lattice: Lattice, model: LanguageModel, edge_scores: Floats, scale: float) -> tuple[Graph, Posterior]:
    """The 4-gram graph of what a bigram and a trigram sweep leave, and its posterior.

    Args:
        lattice: the document's lattice.
        model: the language model.
        edge_scores: for each edge the log probability that the channel gives it.
        scale: weight of the model's log probabilities against the channel's.
    """
    graph = bigram_graph(lattice, model)
    posterior = sweep(lattice, graph, edge_scores, scale)
    for threshold in PRUNE_BELOW:
        graph = line_graph(lattice, graph, posterior.arcs >= threshold, model)
        posterior = sweep(lattice, graph, edge_scores, scale)
    return graph, posterior
