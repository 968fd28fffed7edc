"""The lattice of what may have been meant, and its decoding, shared by ``ocr`` and ``spin``.

Every token of a sentence may be kept or, with its neighbours, replaced by what a channel proposes: each choice
is an :class:`Edge`. The lattice of a whole document is decoded at once: forward-backward over word n-grams
gives every edge its posterior probability. It is done from coarse to fine: bigram states first, what is left
of them as trigram states, then as 4-gram states. The states of one order are the arcs of the order below
(its line graph), so one function serves all; NumPy works on all sentences side by side, position by position.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.channel.language_model import LanguageModel

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

LONGEST = 8  # words in an edge, at most
PRUNE_BELOW = (1e-5, 1e-4)  # arcs of lower posterior are dropped before the trigram and the 4-gram pass


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


class Lattice(NamedTuple):
    """A document's edges as arrays; built by :func:`build`.

    Attributes:
        edge_of: for each node (a word of an edge) the number of its edge.
        begins: whether the node is its edge's first word, which bears the edge's cost.
        word: the node's word id.
        depth: position in its sentence; grows along every arc.
        source: for each arc of neighbouring nodes, the first.
        target: the second.
    """

    edge_of: Ints
    begins: NDArray[np.bool_]
    word: Ints
    depth: Ints
    source: Ints
    target: Ints


class Step(NamedTuple):
    """A batch of arcs that a sweep takes together, sorted by the state they lead to.

    Attributes:
        arcs: the arcs.
        origin: for each arc the state that the sweep comes from.
        goal: the distinct states it comes to.
        runs: where each goal's arcs begin among ``arcs``.
    """

    arcs: Ints
    origin: Ints
    goal: Ints
    runs: Ints


class Graph(NamedTuple):
    """States and the arcs between them.

    Attributes:
        history: for each state the nodes it remembers, the latest last; shape (states, order - 1).
        source: for each arc the state it leaves.
        target: the state it enters.
        log_probability: the model's, of the target's last word after the source's.
        forwards: the arcs in the order in which a forward sweep can take them.
        backwards: the same for a backward sweep.
    """

    history: Ints
    source: Ints
    target: Ints
    log_probability: Floats
    forwards: list[Step]
    backwards: list[Step]


def steps(origin: Ints, goal: Ints, turn: Ints) -> list[Step]:
    """The arcs in batches by ``turn``, so that whatever leads to a state comes before what leads on from it."""
    order = np.lexsort((goal, turn))
    origin, goal, turn = origin[order], goal[order], turn[order]
    new_goal = np.append(True, goal[1:] != goal[:-1])
    cuts = np.flatnonzero(np.append(True, turn[1:] != turn[:-1]))
    new_goal[cuts] = True
    batches = zip(cuts.tolist(), [*cuts[1:].tolist(), len(turn)], strict=True)
    found = []
    for begin, end in batches:
        runs = np.flatnonzero(new_goal[begin:end])
        found.append(Step(order[begin:end], origin[begin:end], goal[begin:end][runs], runs))
    return found


def build(sentences: Sequence[tuple[int, Sequence[Edge]]]) -> Lattice:
    """The lattice of a document.

    Args:
        sentences: for each its number of tokens and its edges. Together the edges must lead from every token
            they reach to the sentence's end; an edge that keeps the token, for each token, makes sure of it.

    Returns:
        The lattice. Each sentence has a first node of word 0 (``<s>``) and a last of word 1 (``</s>``), on
        edges numbered -1.
    """
    edge_of: list[int] = []
    begins: list[bool] = []
    word: list[int] = []
    depth: list[int] = []
    source: list[int] = []
    target: list[int] = []

    def node(edge: int, first: bool, word_id: int, place: int) -> int:
        edge_of.append(edge)
        begins.append(first)
        word.append(word_id)
        depth.append(place)
        return len(word) - 1

    number = 0
    for length, edges in sentences:
        ending: list[list[int]] = [[] for _ in range(length + 1)]
        ending[0].append(node(-1, False, 0, 0))
        for edge, own in sorted(
            zip(edges, range(number, number + len(edges)), strict=True), key=lambda pair: pair[0].start
        ):
            before = ending[edge.start]
            for step, word_id in enumerate(edge.words):
                here = node(own, step == 0, word_id, 1 + edge.start * LONGEST + step)
                source += before
                target += [here] * len(before)
                before = [here]
            ending[edge.end] += before
        number += len(edges)
        last = node(-1, False, 1, 1 + length * LONGEST)
        source += ending[length]
        target += [last] * len(ending[length])
    return Lattice(
        np.array(edge_of),
        np.array(begins),
        np.array(word),
        np.array(depth),
        np.array(source),
        np.array(target),
    )


def graph_of(lattice: Lattice, history: Ints, source: Ints, target: Ints, model: LanguageModel) -> Graph:
    """The graph of these states and arcs, scored by the model."""
    grams = np.zeros((len(source), 4), np.uint16)
    grams[:, 4 - 1 - history.shape[1] : 3] = lattice.word[history[source]]
    grams[:, 3] = lattice.word[history[target, -1]]
    log_probability = model.log_probability(grams, order=history.shape[1] + 1).astype(np.float64)
    depth = lattice.depth[history[:, -1]]
    return Graph(
        history,
        source,
        target,
        log_probability,
        steps(source, target, depth[target]),
        steps(target, source, -depth[source]),
    )


def bigram_graph(lattice: Lattice, model: LanguageModel) -> Graph:
    """The graph whose states are single words."""
    nodes = np.arange(len(lattice.word))[:, None]
    return graph_of(lattice, nodes, lattice.source, lattice.target, model)


def line_graph(lattice: Lattice, graph: Graph, keep: NDArray[np.bool_], model: LanguageModel) -> Graph:
    """The graph of the next order: its states are the given arcs of ``graph``, and the sentences' starts."""
    starts = np.flatnonzero(
        (lattice.word[graph.history[:, -1]] == 0) & (lattice.edge_of[graph.history[:, -1]] < 0)
    )
    source, target = graph.source[keep], graph.target[keep]
    # A start state remembers only itself, so it stands for the arc from nothing into the sentence's start.
    padding = graph.history[starts]
    history = np.vstack(
        (
            np.hstack((padding, padding[:, -1:])),
            np.hstack((graph.history[source], graph.history[target][:, -1:])),
        )
    )
    leaves = np.concatenate((np.full(len(starts), -1), source))
    enters = np.concatenate((starts, target))
    # Arc a may be followed by arc b if b leaves the state that a enters.
    by_source = np.argsort(leaves, kind="stable")
    first = np.searchsorted(leaves[by_source], enters, "left")
    count = np.searchsorted(leaves[by_source], enters, "right") - first
    sources = np.repeat(np.arange(len(enters)), count)
    within = np.arange(len(sources)) - np.repeat(np.cumsum(count) - count, count)
    return graph_of(lattice, history, sources, by_source[np.repeat(first, count) + within], model)


class Posterior(NamedTuple):
    """What a sweep gives.

    Attributes:
        arcs: posterior probability of each arc of the graph.
        edges: posterior probability of each edge of the lattice.
        evidence: log of the summed weight of all readings of the document.
    """

    arcs: Floats
    edges: Floats
    evidence: float


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
    node = graph.history[graph.target, -1]
    edge = lattice.edge_of[node]
    enters = lattice.begins[node]
    weight = graph.log_probability * scale + np.where(enters, edge_scores[edge], 0.0)

    last = graph.history[:, -1]
    bounding = lattice.edge_of[last] < 0
    starts = bounding & (lattice.word[last] == 0)
    # A state that pruning cut off from the start or from the end stays at minus infinity.
    forward = np.where(starts, 0.0, -np.inf)
    backward = np.where(bounding & ~starts, 0.0, -np.inf)
    for reached, path in ((forward, graph.forwards), (backward, graph.backwards)):
        for step in path:
            reached[step.goal] = np.logaddexp.reduceat(reached[step.origin] + weight[step.arcs], step.runs)

    # Each sentence has its own start; all paths of a sentence share its evidence.
    sentence = np.cumsum((lattice.word == 0) & (lattice.edge_of < 0)) - 1
    sentence_evidence = np.zeros(sentence[-1] + 1)
    sentence_evidence[sentence[graph.history[starts, -1]]] = backward[starts]
    arcs = np.exp(forward[graph.source] + weight + backward[graph.target] - sentence_evidence[sentence[node]])
    edges = np.bincount(edge[enters], arcs[enters], minlength=len(edge_scores)).astype(np.float64)
    return Posterior(arcs, edges, float(sentence_evidence.sum()))


def decode(
    lattice: Lattice, model: LanguageModel, edge_scores: Floats, scale: float
) -> tuple[Graph, Posterior]:
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
