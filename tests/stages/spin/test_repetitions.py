import pytest

from clean_news.language.tokens import sentences
from clean_news.stages.spin import repetitions
from clean_news.stages.spin.readings import unreliable_capitals


def pooled(text, changes):
    found = sentences(text)
    return repetitions.pooled(changes, found, unreliable_capitals(found))


def test_a_name_is_repaired_everywhere_or_nowhere():
    found = sentences("He said that Jack Worth was late. They saw Worth there, and Worth is worth it.")
    first, second, third, lower = ((0, 4, 5), (1, 2, 3), (1, 6, 7), (1, 8, 9))
    assert [found[number].forms[at] for number, at, _ in (first, second, third, lower)] == ["Worth"] * 3 + ["worth"]
    changes = {first: {"Price": 0.1}, second: {"Price": 0.8, "Value": 0.1}, lower: {"price": 0.7}}
    pooled = repetitions.pooled(changes, found, unreliable_capitals(found))
    assert pooled == {
        first: {"Price": pytest.approx(0.3)},
        second: {"Price": pytest.approx(0.3), "Value": pytest.approx(0.1 / 3)},
        lower: {"price": 0.7},
    }


def test_the_same_change_elsewhere_raises_an_unsure_one():
    text = "They won the sport. A sport is a sport, and he said that Sport was late."
    first, second, third, name = (0, 3, 4), (1, 1, 2), (1, 4, 5), (1, 9, 10)
    changes = {first: {"game": 0.5}, second: {"game": 0.95}, third: {"match": 0.5}, name: {"Game": 0.5}}
    found = pooled(text, changes)
    assert found[first]["game"] > 0.65
    assert 0.94 < found[second]["game"] <= 0.95
    assert found[third] == changes[third]
    assert found[name] == changes[name]


def test_unsure_places_lower_a_sure_one_a_little():
    text = "They won the sport. A sport is late."
    found = pooled(text, {(0, 3, 4): {"game": 0.1}, (1, 1, 2): {"game": 0.9}})
    assert 0.75 < found[1, 1, 2]["game"] < 0.9
    assert 0.1 < found[0, 3, 4]["game"] < 0.25


def test_one_place_is_left_alone():
    changes = {(0, 3, 4): {"game": 0.3, "match": 0.2}}
    assert pooled("They won the sport.", changes) == changes
