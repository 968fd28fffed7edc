"""The coarse-to-fine forward-backward decoder of word lattices.

The lattice of a whole document is decoded at once: forward-backward over word n-grams computes the posterior
probability of every edge. Decoding is coarse-to-fine: with bigram states first, then with trigram states for the arcs
that survive pruning, then with 4-gram states. NumPy processes all sentences in parallel, layer by layer.
"""

from typing import NamedTuple

import numpy as np

from clean_news.language.language_model import ORDER
from clean_news.language.lattice import Floats, Graph, Lattice, bigram_graph, line_graph
from clean_news.language.model_mixture import NgramModel

SMALLEST = 1e-280  # weight of all paths through a sentence, relative to the greatest weight that occurs in sums
PRUNE_BELOW = (1e-3, 5e-3)  # minimum posterior of arcs for the trigram and the 4-gram pass


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


def _weights_of(lattice: Lattice, graph: Graph, edge_scores: Floats, scale: float) -> Floats:
    """Log weight of each arc: the model's, plus the channel's where the arc enters an edge."""
    node = graph.history[graph.target, -1]
    return graph.log_probability * scale + np.where(lattice.begins[node], edge_scores[lattice.edge_of[node]], 0.0)


def _relative_weights(lattice: Lattice, graph: Graph, weight: Floats) -> tuple[Floats, Floats]:
    """Divide the weights of arcs by the greatest weight at the tokens that they lead to.

    Args:
        lattice: the document's lattice.
        graph: a graph of its states.
        weight: log weight of each arc.

    Returns:
        The relative log weights, and the log weight by which each sentence was divided.
    """
    last = graph.history[:, -1]
    source, target = last[graph.source], last[graph.target]
    greatest = np.full(lattice.token[-1] + 1, -np.inf)
    np.maximum.at(greatest, lattice.token[target], weight)
    level = np.cumsum(np.where(np.isfinite(greatest), greatest, 0.0))[lattice.token]
    sentences = lattice.sentence[-1] + 1
    return weight + (level[source] - level[target]), level[-sentences:] - level[-2 * sentences : -sentences]


def _propagate(
    graph: Graph, reached: Floats, weight: Floats, total: np.ufunc, times: np.ufunc
) -> tuple[Floats, Floats]:
    """Propagate weights from the boundaries of the sentences along the arcs, forward and backward.

    Args:
        graph: a graph.
        reached: weight of each state in both directions, that of a boundary or that of no path; it is overwritten.
        weight: weight of each arc.
        total: sums weights.
        times: multiplies them.

    Returns:
        Weights of all paths to each state, and of all paths from it to the end of its sentence.
    """
    weight = np.concatenate((weight, weight))[graph.schedule.order]
    for begin, end, origin, goal, goal_starts in graph.schedule.batches:
        reached[goal] = total.reduceat(times(reached[origin], weight[begin:end]), goal_starts)
    return reached[: len(graph.history)], reached[len(graph.history) :]


def _path_weights(lattice: Lattice, graph: Graph, weight: Floats) -> tuple[Floats, Floats]:
    """Sum the weights of all paths.

    Relative to the greatest weights, sums are seldom out of the range of floating-point numbers. Only then are their
    logarithms computed, which takes twice the time.

    Args:
        lattice: the document's lattice.
        graph: a graph of its states.
        weight: log weight of each arc.

    Returns:
        Weight of the paths through each arc, relative to that of all paths through its sentence, and log weight of the
        paths through each sentence.
    """
    relative, divisor = _relative_weights(lattice, graph, weight)
    last = graph.history[:, -1]
    sentence = lattice.sentence[last[graph.target]]
    bounding = lattice.edge_of[last] < 0
    starts = bounding & (lattice.word[last] == 0)
    boundary = np.concatenate((starts, bounding & ~starts))
    begun = np.argsort(lattice.sentence[last[starts]])  # of each sentence, the state that it begins with
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        factor = np.exp(relative)
        forward, backward = _propagate(graph, boundary.astype(np.float64), factor, np.add, np.multiply)
        through = backward[starts][begun]
        # What underflowed matters only if it would have been multiplied by more than this afterwards.
        if through.min() > SMALLEST * max(forward.max(), backward.max(), 1.0):
            arcs = forward[graph.source] * factor * backward[graph.target] / through[sentence]
            return arcs, np.log(through) + divisor
    forward, backward = _propagate(graph, np.where(boundary, 0.0, -np.inf), relative, np.logaddexp, np.add)
    through = backward[starts][begun]
    return np.exp(forward[graph.source] + relative + backward[graph.target] - through[sentence]), through + divisor


def total_log_evidence(lattice: Lattice, graph: Graph, edge_scores: Floats, scale: float) -> float:
    """Return :attr:`Posterior.log_evidence` without computing the posteriors; see :func:`sweep`."""
    return float(_path_weights(lattice, graph, _weights_of(lattice, graph, edge_scores, scale))[1].sum())


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
    arcs, log_evidence = _path_weights(lattice, graph, _weights_of(lattice, graph, edge_scores, scale))
    node = graph.history[graph.target, -1]
    enters = lattice.begins[node]
    edges = np.bincount(lattice.edge_of[node][enters], arcs[enters], minlength=len(edge_scores)).astype(np.float64)
    return Posterior(arcs, edges, float(log_evidence.sum()))


def decode(
    lattice: Lattice, model: NgramModel, edge_scores: Floats, scale: float, order: int = ORDER
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
