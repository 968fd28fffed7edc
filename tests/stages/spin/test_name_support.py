"""Repairs of a part of a name: at no cost if the repaired name is known, otherwise at a high one."""

import pytest

from clean_news.language import language_model
from clean_news.language.tokens import sentences
from clean_news.stages.spin import lexicon_building, name_support
from clean_news.stages.spin.entries import Entry
from clean_news.stages.spin.name_support import UNSUPPORTED_COST
from clean_news.stages.spin.readings import parts_of, readings_of, unreliable_capitals
from clean_news.stages.spin.spun_forms import SpunForms

ENTRIES = [
    Entry("house", "noun", ("home",)),
    Entry("street", "-", ("road",)),
    Entry("price", "noun", ("worth",)),
    Entry("bank", "noun", ("financial institution",)),
    Entry("teacher", "noun", ("scholar",)),
    Entry("brown", "-", ("messier",)),
    Entry("fast", "-", ("swift",)),
    Entry("court", "noun", ("tribunal in the city",)),
    Entry("will", "-", ("may",)),
]


@pytest.fixture(scope="module")
def forms():
    return SpunForms(lexicon_building.invert(ENTRIES, {}), language_model.standard())


def added_costs(text, forms):
    """What is added to the cost of each repair, in the order of the text."""
    found = sentences(text)
    capitals = unreliable_capitals(found)
    readings = readings_of(found, parts_of(text, found, capitals), forms, capitals)
    costly = name_support.with_name_costs(readings, found, capitals, language_model.standard())
    assert (costly.cost[readings.text < 0] == readings.cost[readings.text < 0]).all(), "to keep a word costs nothing"
    return [
        (forms.phrases.texts.interned[text], float(after - before))
        for _, text, before, after in sorted(
            zip(readings.token, readings.text, readings.cost, costly.cost, strict=True)
        )
        if text >= 0
    ]


@pytest.mark.parametrize(
    ("text", "repairs"),
    [
        ("She left the White Home on Monday.", {"House": 0}),
        ("He works on Wall Road and in Paris.", {"Street": 0}),
        ("They honoured the Irving Scholar on Monday.", {"Teacher": UNSUPPORTED_COST}),
        ("They saw the star Messier 87 on Monday.", {"Brown": UNSUPPORTED_COST}),
        ("The shares of Knight-Swift rose.", {"Fast": UNSUPPORTED_COST}),
        ("He said that Jack Worth was late.", {"Price": UNSUPPORTED_COST}),
        ("He said that the worth of the home was high.", {"price": 0, "house": 0}),
        ("The scholar went home.", {"teacher": 0, "house": 0}),
    ],
)
def test_a_part_of_a_name_is_repaired_if_the_repaired_name_is_known(text, repairs, forms):
    assert dict(added_costs(text, forms)) == repairs


def test_a_capitalised_word_inside_a_sentence_is_a_name_also_where_it_stands_alone(forms):
    found = added_costs("They honoured Irving Scholar on Monday. He said that Scholar was a scholar.", forms)
    assert found == [("Teacher", UNSUPPORTED_COST), ("Teacher", UNSUPPORTED_COST), ("teacher", 0.0)]
    assert added_costs("Scholar was the name. He said that.", forms)[0][1] == 0


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("He sued in the tribunal in the City Hall.", UNSUPPORTED_COST),
        ("He sued in the tribunal in the City.", UNSUPPORTED_COST),  # the name would be swallowed
        ("He sued in the tribunal in the city.", 0),
    ],
)
def test_a_repair_does_not_split_a_name(text, cost, forms):
    assert added_costs(text, forms) == [("court", cost)]
