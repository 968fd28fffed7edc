from collections.abc import Iterable, Sequence

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein

from clean_news.stages.ocr import lookalikes, word_table
from clean_news.stages.ocr.lookalikes import Lookalikes, folded

MOST = 26


def words_of(log_probability: dict[str, float]) -> Lookalikes:
    standard = word_table.standard()
    own = standard._replace(words=list(log_probability))
    return lookalikes.lookalikes_of(own, np.ones(len(own.words), np.bool_), np.array([*log_probability.values()]))


def all_words() -> Lookalikes:
    table = word_table.standard()
    return lookalikes.lookalikes_of(table, table.lookalike_score > -np.inf, table.lookalike_score)


def nearest(forms: Iterable[str], words: Lookalikes, names: Sequence[str] = ()) -> dict[str, list[str]]:
    names = names or word_table.standard().words
    found = lookalikes.nearest(set(forms), words, MOST, lookalikes.FREQUENT_LIMITS, 2)
    return {form: [names[index] for index in near.tolist()] for form, near in found.items()}


OWN = {"the": -3.0, "tie": -10.0, "hold": -9.0, "held": -8.5, "steamer": -13.0}
WORDS = words_of(OWN)


@pytest.mark.parametrize(
    ("read", "printed"), [("boforo", "before"), ("tlio", "the"), ("rnorning", "morning"), ("wliicli", "which")]
)
def test_confusable_letters_are_folded(read: str, printed: str) -> None:
    assert abs(len(folded(read)) - len(folded(printed))) <= 1
    assert Levenshtein.distance(folded(read), folded(printed)) <= 1


@pytest.mark.parametrize("pair", [("the", "tho"), ("in", "iu"), ("it", "il"), ("clear", "dear"), ("him", "hinn")])
def test_similar_words_are_folded_the_same(pair: tuple[str, str]) -> None:
    assert folded(pair[0]).replace("u", "n") == folded(pair[1]).replace("u", "n")


@pytest.mark.parametrize("pair", [("the", "and"), ("bear", "bold"), ("ship", "shop's")])
def test_other_words_are_folded_differently(pair: tuple[str, str]) -> None:
    assert folded(pair[0]) != folded(pair[1])


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("tlie", "the"),
        ("govcrnmeut", "government"),
        ("commitlee", "committee"),
        ("huudred", "hundred"),
        ("wliicli", "which"),
        ("eveniug", "evening"),
        ("dccidcd", "decided"),
        ("chiklren", "children"),
        ("uewspapcr", "newspaper"),
        ("hospifal", "hospital"),
        ("beforc", "before"),
        ("ihcre", "there"),
        ("lirought", "brought"),
        ("melboumo", "melbourne"),
        ("austraba", "australia"),
    ],
)
def test_the_right_word_is_near(read: str, printed: str) -> None:
    assert printed in nearest([read], all_words())[read]


def test_same_words_in_one_call_as_in_many() -> None:
    forms = ["tlie", "govcrnmeut", "x", "huudred", "uewspapcr", "it"]
    words = all_words()
    together = nearest(forms, words)
    for form in forms:
        assert set(nearest([form], words)[form]) == set(together[form])
    assert set(together) == set(forms)
    assert all(len(near) <= MOST for near in together.values())


def test_a_word_is_its_own_lookalike() -> None:
    assert "steamer" in nearest(["steamer"], WORDS, [*OWN])["steamer"]


def test_forms_of_more_than_24_letters_get_none() -> None:
    names = ["a" * 24, "a" * 25]
    found = nearest(names, words_of(dict.fromkeys(names, -9.0)), names)
    assert found["a" * 24]
    assert found["a" * 25] == []


@pytest.mark.parametrize("form", ["", "»", "語語"])
def test_unusual_forms(form: str) -> None:
    assert set(nearest([form], WORDS, [*OWN])[form]) <= set(OWN)


def test_no_forms() -> None:
    assert nearest([], WORDS) == {}
