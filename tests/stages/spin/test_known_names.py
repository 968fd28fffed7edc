"""Names of the lists in dictionaries/spin/known-names, read in words that a spinner wrote for theirs."""

from collections import Counter

import pytest

from clean_news import Cleaner
from clean_news.dictionaries import folder
from clean_news.language import language_model
from clean_news.language.tokens import sentences
from clean_news.stages.spin import known_names, lexicon_building, name_readings
from clean_news.stages.spin.entries import Entry
from clean_news.stages.spin.lexicon_sources import known_name_files
from clean_news.stages.spin.readings import parts_of, readings_of, unreliable_capitals
from clean_news.stages.spin.spun_forms import SpunForms

ENTRIES = [
    Entry("performance", "noun", ("efficiency",)),
    Entry("food", "noun", ("meal",)),
    Entry("bank", "noun", ("financial institution",)),
    Entry("west", "-", ("occident",)),
    Entry("states", "-", ("US",)),
    Entry("company", "noun", ("group",)),
]
NAMES = known_names.indexed(
    known_names.names_in(
        [
            "# names",
            "Performance Food Group",
            "Bank of the West",
            "United States",
            "Efficiency Works",
            "Food Company Limited",
        ]
    )
)


@pytest.fixture(scope="module")
def forms():
    return SpunForms(lexicon_building.invert(ENTRIES, {}), language_model.standard())


def supported(text, forms):
    """The names that a text can be read as, and the repairs that they speak for."""
    found = sentences(text)
    capitals = unreliable_capitals(found)
    readings = readings_of(found, parts_of(text, found, capitals), forms, capitals)
    texts = forms.phrases.texts.interned
    support = name_readings.support_of(readings, found, texts, NAMES, language_model.standard())
    return support.names, sorted({texts[number] for number in readings.text[support.bonus > 0]})


@pytest.mark.parametrize(
    ("text", "names", "repairs"),
    [
        ("Shares of Efficiency Meal Group fell.", ["Performance Food Group"], ["Food", "Performance"]),
        ("He joined Financial institution of the Occident in May.", ["Bank of the West"], ["Bank", "West"]),
        ("Shares of Performance Food Group fell.", [], []),  # the name stands there
        ("He runs Efficiency Works in York.", [], []),
        ("The efficiency of the meal group fell.", [], []),  # no capitals
        ("Shares of Anti-Efficiency Meal Group fell.", [], []),  # part of a compound
        ("The United US fell.", [], []),  # an abbreviation
        ("Shares of Efficiency fell. Meal Group rose.", [], []),  # only within a sentence
    ],
)
def test_a_name_is_read_where_all_of_its_words_can_be(text, names, repairs, forms):
    assert supported(text, forms) == (names, repairs)


def test_a_name_is_repaired_in_a_spun_article():
    text = (
        "Shares of Efficiency Meals Group rose 7% on Tuesday after the meals distributor mentioned that its "
        "quarterly income had been higher than analysts anticipated. The corporate additionally raised its "
        "full 12 months outlook, and mentioned that it should purchase again extra shares this yr. Its rival "
        "US Meals, which additionally reviews its earnings this week, fell 2% in early buying and selling, "
        "whereas shares of different meals corporations have been little modified. Analysts mentioned that "
        "eating places have been shopping for extra, and that the price of fuel had come down since final yr. "
        "The 2 corporations ended talks on a merger final week.\n"
    )
    found = Cleaner(document="spun").clean(text).text
    assert "Performance Food Group" in found
    assert "US Foods" in found


@pytest.mark.parametrize("path", known_name_files(folder()), ids=lambda path: path.stem)
def test_a_list_says_what_it_is_and_is_sorted(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    comments = [line for line in lines if line.startswith("#")]
    names = lines[len(comments) :]
    assert "Written by the clean-news project" in " ".join(comments)
    assert names == sorted(names, key=lambda name: (name.lower(), name))
    assert not [name for name in names if name.startswith("#") or name != " ".join(name.split()) or "’" in name]
    assert len(known_names.names_in(names)) == len(names), "each has two tokens or more"


def test_no_name_is_in_two_lists():
    names = [name for path in known_name_files(folder()) for name in path.read_text("utf-8").splitlines()]
    assert [name for name, times in Counter(names).items() if times > 1 and not name.startswith("#")] == []
