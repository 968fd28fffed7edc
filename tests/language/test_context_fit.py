"""How well words fit their context."""

import numpy as np
import pytest

from clean_news.language import language_model
from clean_news.language.context_fit import Place, fits, tokens_around

BEFORE, AFTER = ["the", "prime"], ["said", "on"]


def test_the_word_that_belongs_there_fits_best() -> None:
    model = language_model.standard()
    minister, mister, nothing = fits([Place(BEFORE, word, AFTER) for word in ("minister", "master", "")], model)
    assert minister.gain > mister.gain
    assert minister.gain - nothing.log_probability > 0


def test_many_places_are_scored_as_each_alone() -> None:
    model = language_model.standard()
    places = [Place(BEFORE, "minister", AFTER), Place([], "The house of", ["."]), Place(["of"], "", ["the"])]
    for together, alone in zip(fits(places, model), (fits([place], model)[0] for place in places), strict=True):
        assert together == pytest.approx(alone)


def test_a_log_probability_is_that_of_the_model() -> None:
    model = language_model.standard()
    ids = [0, *(model.id_of(word) for word in ("the", "prime", "minister"))]
    (found,) = fits([Place(["the", "prime"], "minister", [])], model)
    assert found.log_probability == pytest.approx(float(model.log_probability(np.array([ids], np.uint16))[0]))
    assert found.known


def test_words_that_the_model_lacks_are_said_to_be_unknown() -> None:
    (found,) = fits([Place(BEFORE, "zzxqy", AFTER)], language_model.standard())
    assert not found.known


def test_nothing_is_scored_as_nothing() -> None:
    assert fits([], language_model.standard()) == []
    (found,) = fits([Place([], "", [])], language_model.standard())
    assert found.log_probability == 0


def test_tokens_around_a_span_cross_lines() -> None:
    text = "It was in the\nhouse of Mr. Green, they said."
    assert tokens_around(text, 14, 19) == (["was", "in", "the"], ["of", "Mr."])
    assert tokens_around("house", 0, 5) == ([], [])
