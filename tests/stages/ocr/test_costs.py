import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clean_news.stages.ocr import confusion
from clean_news.stages.ocr.costs import common_affixes, correct_cost, middle_of, reading_costs, texts_of

# Characters that the table has, and some that it lacks.
WORDS = st.text("theiormnlcuad1IBT'’»-. 語Ω😀", max_size=9)


@given(WORDS, WORDS)
@settings(max_examples=300, deadline=None)
def test_same_costs_as_single_pairs(read: str, printed: str) -> None:
    middle = middle_of(read, printed)
    wanted = confusion.cost(*middle) + correct_cost(printed) - correct_cost(middle[1])
    assert reading_costs([(read, printed)]) == [pytest.approx(wanted, abs=1e-4)]
    assert reading_costs([(read, printed)] * 2) == [pytest.approx(wanted, abs=1e-4)] * 2  # in arrays


@given(st.lists(st.tuples(WORDS, WORDS), max_size=12))
@settings(max_examples=60, deadline=None)
def test_same_costs_in_one_call_as_in_many(pairs: list[tuple[str, str]]) -> None:
    alone = [cost for pair in pairs for cost in reading_costs([pair])]
    assert reading_costs(pairs) == pytest.approx(alone, abs=1e-4)


@given(WORDS, WORDS)
def test_a_middle_is_what_differs(read: str, printed: str) -> None:
    one, other = middle_of(read, printed)
    assert len(read) - len(one) == len(printed) - len(other)
    assert not one or not other or (one[0] != other[0] and one[-1] != other[-1])


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_same_middles_in_arrays(pairs: list[tuple[str, str]]) -> None:
    begin, end = common_affixes(texts_of([read for read, _ in pairs]), texts_of([printed for _, printed in pairs]))
    cut = [
        (read[first : len(read) - last], printed[first : len(printed) - last])
        for (read, printed), first, last in zip(pairs, begin.tolist(), end.tolist(), strict=True)
    ]
    assert cut == [middle_of(*pair) for pair in pairs]


@pytest.mark.parametrize("word", ["", "the", "Melbourne", "語"])
def test_correct_readings_cost_little(word: str) -> None:
    assert reading_costs([(word, word)]) == [correct_cost(word)]
    assert 0 <= correct_cost(word) < 1


@pytest.mark.parametrize(("read", "printed"), [("the", "thee"), ("thee", "the"), ("", "a"), ("a", "")])
def test_one_side_may_be_empty(read: str, printed: str) -> None:
    (cost,) = reading_costs([(read, printed)])
    assert correct_cost(printed) < cost < 20
    assert cost == pytest.approx(confusion.cost(read, printed), abs=0.3)  # either e may be the deleted or inserted one


def test_no_pairs_cost_nothing() -> None:
    assert reading_costs([]) == []


def test_characters_that_the_table_lacks_are_costly_but_possible() -> None:
    costs = reading_costs([("w語s", "was"), ("was", "w語s"), ("😀", "Ω")])
    assert all(5 < cost < 30 for cost in costs)


def test_words_that_differ_too_much_have_infinite_cost() -> None:
    assert reading_costs([("x" * 13, "the"), ("x" * 12, "the")])[0] == math.inf
    assert reading_costs([("x" * 12, "the")])[0] < math.inf
