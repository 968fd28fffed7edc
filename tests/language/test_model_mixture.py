"""The mixture of the models of news and of old print, and how its weight follows from the text."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean_news import dictionaries
from clean_news.language import language_model, lattice, model_checksum, model_mixture
from clean_news.language.lattice import Edge
from clean_news.language.model_mixture import ModelMixture, mixture_for
from clean_news.language.tokens import sentences

# Written for this test; each is the kind of text that its name says.
TEXTS = {
    "today": (
        "The software company said on Tuesday that it would cut 300 jobs after its quarterly revenue fell 12 percent. "
        "Its chief executive told analysts on a conference call that users were spending less time on the app."
    ),
    "old": (
        "Sir,—I beg leave to inform you that the ship arrived yesterday in the harbour, having on board his Excellency "
        "and suite. It is with the deepest regret that we have to announce the death of the gallant officer, whose "
        "remains were conveyed to the church-yard, and there interred with the honours of war."
    ),
}
MAX_MEGABYTES = 45.0  # of both models together, as they are downloaded with every installation


def share_of(text: str) -> float:
    return mixture_for(sentences(text)).print_share


def grams_of(text: str) -> np.ndarray:
    model = language_model.standard()
    rows = []
    for sentence in sentences(text):
        ids = [0, 0, 0, *map(model.id_of, model.true_forms(sentence))]
        rows += [ids[at - 3 : at + 1] for at in range(3, len(ids))]
    return np.array(rows, np.uint16)


def test_the_age_of_a_text_decides_the_weight() -> None:
    assert share_of(TEXTS["today"]) < 0.3
    assert share_of(TEXTS["old"]) > 0.7


def test_a_text_without_known_words_says_nothing_of_its_age() -> None:
    assert share_of("") == share_of("Qxzzv wqqkj zzkx.") == pytest.approx(0.5)


@pytest.mark.parametrize("order", [2, 3, 4])
@pytest.mark.parametrize("print_share", [0.0, 0.3, 1.0])
def test_a_mixture_is_the_weighted_mean_of_the_probabilities(order: int, print_share: float) -> None:
    news, old_print = mixture_for([]).models
    grams = grams_of(TEXTS["old"])
    found = ModelMixture(news, old_print, print_share).log_probability(grams, order)
    own = [np.exp(model.log_probability(grams, order)) for model in (news, old_print)]
    assert np.exp(found) == pytest.approx((1 - print_share) * own[0] + print_share * own[1], rel=1e-4)


@given(st.floats(0.01, 0.99))
def test_decoding_scores_what_the_mixture_says(print_share: float) -> None:
    mixture = ModelMixture(*mixture_for([]).models, print_share)
    words = [mixture.id_of(word) for word in ["the", "deepest", "regret", "of", "the", "gallant", "officer"]]
    edges = [[Edge(at, at + 1, (word,)) for at, word in enumerate(words)]]
    built = lattice.build([len(words)], lattice.edge_arrays(edges))
    graph = lattice.bigram_graph(built, mixture)
    for _ in range(2):
        graph = lattice.line_graph(built, graph, np.ones(len(graph.source), bool), mixture)
    ids = [0, 0, 0, *words, 1]
    rows = np.array([ids[at - 3 : at + 1] for at in range(3, len(ids))], np.uint16)
    assert graph.log_probability.sum() == pytest.approx(float(mixture.log_probability(rows).sum()), rel=1e-4)


def test_the_models_have_one_vocabulary_and_a_bounded_size() -> None:
    news, old_print = mixture_for([]).models
    assert news.words == old_print.words
    paths = [dictionaries.folder() / name for name in (dictionaries.LANGUAGE_MODEL, dictionaries.PRINT_MODEL)]
    assert sum(path.stat().st_size for path in paths) <= MAX_MEGABYTES * 1e6
    assert all(model_checksum.recorded_sha256(path) == model_checksum.sha256_of(path) for path in paths)


def test_a_model_of_another_vocabulary_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _, old_print = mixture_for([]).models
    monkeypatch.setattr(model_mixture, "LanguageModel", lambda _: _Other(old_print.words[:-1]))
    model_mixture._print_model.cache_clear()
    try:
        with pytest.raises(model_checksum.ModelError, match="another model of news"):
            mixture_for([])
    finally:
        model_mixture._print_model.cache_clear()


class _Other:
    """A model of other words."""

    def __init__(self, words: list[str]) -> None:
        self.words = words


def test_old_words_are_likelier_in_old_print() -> None:
    news, old_print = mixture_for([]).models
    rows = grams_of("He was interred with military honours.")
    gain = float((old_print.log_probability(rows) - news.log_probability(rows)).sum())
    assert math.exp(gain) > 1.0
