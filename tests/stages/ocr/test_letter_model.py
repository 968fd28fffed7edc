import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean_news.stages.ocr import letter_model
from clean_news.stages.ocr.letter_model import CHARACTERS, EDGE, surprise

LETTERS = "abcdefghijklmnopqrstuvwxyz'"


@given(st.text(LETTERS, max_size=2))
def test_what_may_follow_adds_up_to_one_at_most(context: str) -> None:
    model = letter_model.letter_model(["banana", "cabana", "it's", "zoo"])
    total = sum(model.probability(context + letter) for letter in LETTERS + EDGE)
    assert 0 < total <= 1 + 1e-9


@pytest.mark.parametrize("context", ["", "t", "th", "zq", EDGE, EDGE + "q"])
def test_the_same_for_the_shipped_words(context: str) -> None:
    model = letter_model.standard()
    followers = {piece[-1] for piece in model.seen}
    unseen = (CHARACTERS - len(followers)) * model.probability(context + "\0")
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
    assert surprise(name) + 5 < surprise(noise)


def test_capitals_do_not_count() -> None:
    assert surprise("COVENY") == surprise("coveny") == surprise("Coveny")


def test_longer_forms_surprise_more() -> None:
    assert surprise("wan") < surprise("wanwan") < surprise("wanwanwan")


@given(st.text(max_size=20))
def test_every_form_has_a_finite_surprise(form: str) -> None:
    assert 0 < letter_model.standard().surprise(form) < math.inf


def test_without_words_all_characters_are_alike() -> None:
    model = letter_model.letter_model([])
    assert model.surprise("abc") == pytest.approx(4 * math.log(CHARACTERS))
