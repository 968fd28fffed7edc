import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean_news.stages.ocr import letter_model
from clean_news.stages.ocr.letter_model import ALPHABET_SIZE, BOUNDARY, surprisal

LETTERS = "abcdefghijklmnopqrstuvwxyz'"


@given(st.text(LETTERS, max_size=2))
def test_probabilities_sum_to_at_most_one(context: str) -> None:
    model = letter_model.letter_model(["banana", "cabana", "it's", "zoo"])
    total = sum(model.probability(context + letter) for letter in LETTERS + BOUNDARY)
    assert 0 < total <= 1 + 1e-9


@pytest.mark.parametrize("context", ["", "t", "th", "zq", BOUNDARY, BOUNDARY + "q"])
def test_probabilities_of_the_shipped_model_sum_to_one(context: str) -> None:
    model = letter_model.standard()
    followers = {piece[-1] for piece in model.ngram_counts}
    unseen = (ALPHABET_SIZE - len(followers)) * model.probability(context + "\0")
    total = sum(model.probability(context + letter) for letter in followers)
    assert 0.99 < total < total + unseen <= 1 + 1e-9


@pytest.mark.parametrize(
    ("name", "noise"),
    [
        ("Coveny", "Vldormin"),
        ("Hebblewhite", "Hbebwlhtiee"),
        ("Tulloch", "Tnlloeli"),
        ("Bungonia", "Bnugouin"),
        ("Okawari", "Okwvri"),
        ("Windellama", "Wjndcllnma"),
    ],
)
def test_a_name_is_likelier_than_noise(name: str, noise: str) -> None:
    assert surprisal(name) + 5 < surprisal(noise)


def test_case_is_ignored() -> None:
    assert surprisal("COVENY") == surprisal("coveny") == surprisal("Coveny")


def test_longer_forms_have_higher_surprisal() -> None:
    assert surprisal("wan") < surprisal("wanwan") < surprisal("wanwanwan")


@given(st.text(max_size=20))
def test_every_form_has_a_finite_surprisal(form: str) -> None:
    assert 0 < letter_model.standard().surprisal(form) < math.inf


def test_without_words_all_characters_are_equally_likely() -> None:
    model = letter_model.letter_model([])
    assert model.surprisal("abc") == pytest.approx(4 * math.log(ALPHABET_SIZE))
