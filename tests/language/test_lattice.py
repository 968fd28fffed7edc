"""The vectorised forward-backward algorithm against enumeration of all paths."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clean_news.language import forward_backward
from clean_news.language import lattice as lattices
from clean_news.language.language_model import packed
from clean_news.language.lattice import Edge


def number_of(grams: np.ndarray) -> np.ndarray:
    """An arbitrary but fixed log probability for every n-gram, the last word in the lowest bits."""
    return (-((grams.astype(np.int64) * 2654435761) % 1013) / 200.0).astype(np.float32)


class HashedModel:
    """A language model of arbitrary probabilities that contains every n-gram."""

    def bigrams(self, first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return number_of(packed(np.stack((first, second), axis=1))), np.ones(len(first), bool)

    def extend_context(self, order, contexts, context_held, source, words, lower, lower_held):  # noqa: ARG002
        return number_of((contexts[source] << np.uint64(16)) | words.astype(np.uint64)), lower_held

    def log_probability(self, grams: np.ndarray) -> np.ndarray:
        return number_of(packed(grams))


MODEL = HashedModel()


def paths(length: int, edges: list[Edge], at: int = 0) -> list[list[int]]:
    """All paths through a sentence, as lists of edge indices."""
    if at == length:
        return [[]]
    return [[k, *rest] for k, e in enumerate(edges) if e.start == at for rest in paths(length, edges, e.end)]


def enumerated(length: int, edges: list[Edge], scores: np.ndarray) -> tuple[np.ndarray, float]:
    weights = []
    for path in (all_paths := paths(length, edges)):
        words = [0, *itertools.chain.from_iterable(edges[k].words for k in path), 1]
        padded = [0, 0, *words]
        grams = np.array([padded[i - 3 : i + 1] for i in range(3, len(padded))], np.uint16)
        weights.append(MODEL.log_probability(grams).astype(float).sum() + scores[path].sum())
    evidence = math.log(sum(math.exp(weight) for weight in weights))
    posterior = np.zeros(len(edges))
    for path, weight in zip(all_paths, weights, strict=True):
        posterior[path] += math.exp(weight - evidence)
    return posterior, evidence


@st.composite
def sentence(draw: st.DrawFn) -> tuple[int, list[Edge]]:
    length = draw(st.integers(1, 5))
    words = st.lists(st.integers(2, 40), min_size=1, max_size=3).map(tuple)
    edges = [Edge(k, k + 1, (draw(st.integers(2, 40)),)) for k in range(length)]
    for _ in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, length - 1))
        edges.append(Edge(start, draw(st.integers(start + 1, length)), draw(words)))
    return length, edges


@settings(max_examples=60, deadline=None)
@given(st.lists(sentence(), min_size=1, max_size=3), st.integers(0, 1000))
def test_posteriors_are_those_of_enumeration(document: list[tuple[int, list[Edge]]], seed: int) -> None:
    count = sum(len(edges) for _, edges in document)
    scores = np.random.default_rng(seed).normal(size=count)
    lattice = lattices.build([length for length, _ in document], lattices.edge_arrays([edges for _, edges in document]))
    # without pruning the 4-gram sweep must be exact
    graph = lattices.bigram_graph(lattice, MODEL)
    for _ in range(2):
        graph = lattices.line_graph(lattice, graph, np.ones(len(graph.source), bool), MODEL)
    found = forward_backward.sweep(lattice, graph, scores, 1.0)
    at, evidence = 0, 0.0
    for length, edges in document:
        wanted, part = enumerated(length, edges, scores[at : at + len(edges)])
        np.testing.assert_allclose(found.edges[at : at + len(edges)], wanted, atol=1e-9)
        at += len(edges)
        evidence += part
    assert found.log_evidence == pytest.approx(evidence)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(sentence(), min_size=1, max_size=3), st.integers(0, 1000), st.sampled_from([1.0, 30.0, 1000.0]))
def test_sums_of_weights_are_those_of_their_logarithms(
    monkeypatch: pytest.MonkeyPatch, document: list[tuple[int, list[Edge]]], seed: int, spread: float
) -> None:
    scores = np.random.default_rng(seed).normal(0.0, spread, sum(len(edges) for _, edges in document))
    lattice = lattices.build([length for length, _ in document], lattices.edge_arrays([edges for _, edges in document]))
    graph = lattices.bigram_graph(lattice, MODEL)
    found = forward_backward.sweep(lattice, graph, scores, 1.0)
    with monkeypatch.context() as patched:
        patched.setattr(forward_backward, "SMALLEST", np.inf)
        of_logarithms = forward_backward.sweep(lattice, graph, scores, 1.0)
    np.testing.assert_allclose(found.arcs, of_logarithms.arcs, atol=1e-9)
    assert found.log_evidence == pytest.approx(of_logarithms.log_evidence)


def test_a_sentence_out_of_the_range_of_numbers_is_decoded() -> None:
    # The likeliest readings of neighbours overlap: no path comes near the greatest weight at every token.
    length = 40
    edges = [Edge(k, k + 1, (k + 2,)) for k in range(length)] + [Edge(k, k + 2, (3, 4)) for k in range(length - 1)]
    scores = np.array([-300.0] * length + [-1.0 - k % 2 for k in range(length - 1)])
    lattice = lattices.build([length], lattices.edge_arrays([edges]))
    found = forward_backward.sweep(lattice, lattices.bigram_graph(lattice, MODEL), scores, 1.0)
    assert np.isfinite(found.arcs).all()
    np.testing.assert_allclose(found.edges[length::2], 1.0, atol=1e-6)
    scores -= 1000.0 * np.arange(len(scores)) * (np.arange(len(scores)) >= length)
    found = forward_backward.sweep(lattice, lattices.bigram_graph(lattice, MODEL), scores, 1.0)
    np.testing.assert_allclose(found.edges[:length], 1.0, atol=1e-6)


def test_pruning_changes_little() -> None:
    edges = [Edge(k, k + 1, (k + 2,)) for k in range(4)] + [
        Edge(1, 2, (30,)),
        Edge(1, 3, (31, 32, 33)),
        Edge(3, 4, (9,)),
    ]
    scores = np.array([0, 0, 0, 0, -1.0, -2.0, -0.5])
    lattice = lattices.build([4], lattices.edge_arrays([edges]))
    _, found = forward_backward.decode(lattice, MODEL, scores, 1.0)
    np.testing.assert_allclose(
        found.edges, enumerated(4, edges, scores)[0], atol=0.01
    )  # readings of half a percent may be pruned


@pytest.mark.parametrize("states", [9, 1 << 17])
def test_arcs_are_sorted_by_layer_then_goal_then_index(states):
    chance = np.random.default_rng(6)
    layer = chance.integers(0, states, states)
    origin, goal = chance.integers(0, states, (2, 500))
    found = lattices.schedule(origin, goal, layer)
    assert found.order.tolist() == np.lexsort((goal, layer[goal])).tolist()
    assert [step.end for step in found.batches] == [step.begin for step in found.batches[1:]] + [500]
    for step in found.batches:
        taken = found.order[step.begin : step.end]
        assert step.origin.tolist() == origin[taken].tolist()
        counts = np.diff(step.goal_starts, append=len(taken))
        assert np.repeat(step.goal, counts).tolist() == goal[taken].tolist()
        assert len(set(step.goal.tolist())) == len(step.goal)
        assert len(set(layer[step.goal].tolist())) == 1
