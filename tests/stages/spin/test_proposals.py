"""What the stage proposes beside clitics and numbers, in names, and next to articles."""

import re
from pathlib import Path

import pytest

from clean_news import Cleaner, edits
from clean_news.article import Article, Repair
from clean_news.language import language_model
from clean_news.language.tokens import sentences
from clean_news.settings import Settings
from clean_news.stages.spin import lexicon_building, stage
from clean_news.stages.spin.entries import Entry
from clean_news.stages.spin.lexicon_inputs import Sources
from clean_news.stages.spin.readings import unreliable_capitals
from clean_news.stages.spin.spacing import fitted
from clean_news.stages.spin.spun_forms import SpunForms
from clean_news.stages.spin.stage import minimal_changes

SPUN = (Path(__file__).parents[3] / "raw" / "02-spun-foreign-ministry.txt").read_text(encoding="utf-8")
CLITICS = (
    "It’s late, he’s gone, that’s all, and she doesn’t know, isn’t sure, didn’t ask, can’t go; they’ve left, we’ll see."
)


@pytest.mark.parametrize(
    ("text", "before", "after", "wanted"),
    [
        ("It’s late", "’s", "is", None),
        ("It's late", "'s", "is", None),
        ("he’s gone", "’s", "has", None),
        ("that's all", "'s", "is the", None),
        ("It’s late", "’s", "'s", "'s"),
        ("It’s late", "It’s", "It is", "It is"),
        ("up 30% today", "%", "percent", " percent"),
        ("a 30%rise", "%", "percent", " percent "),
        ("a 5km run", "km", "kilometres", " kilometres"),
        ("a pre-war house", "war", "battle", "battle"),
        ("“yr” he said", "yr", "year", "year"),
    ],
)
def test_a_replacement_never_runs_into_the_word_beside_it(text, before, after, wanted):
    start = text.index(before)
    assert fitted(text, (start, start + len(before)), after) == wanted


@pytest.mark.parametrize("apostrophe", "’'")
@pytest.mark.parametrize("document", ["auto", "spun"])
def test_clitics_are_not_torn_from_their_words(apostrophe, document):
    text = (SPUN + CLITICS).replace("’", apostrophe)
    cleaned = Cleaner(Settings(document=document, level="bold")).clean(text).text
    assert "foreign ministry said" in cleaned
    before, after = (re.findall(r"\b[^\W\d_]+['’][^\W\d_]+|\b\w+\b", each) for each in (text, cleaned))
    known = language_model.standard().ids
    made = [word for word in after if word not in before and not {word, word.lower(), word.capitalize()} & set(known)]
    assert made == [], "words that no text has, such as Itis"
    assert cleaned.count(apostrophe) >= 7


def test_a_percent_sign_is_not_glued_to_its_number():
    words = lexicon_building.compile_lexicon(
        Sources([Entry("percent", "-", ("%",)), Entry("said", "-", ("mentioned",))], [], {}, {}),
        language_model.standard(),
    )
    assert [each.text for each in words.originals("%")] == ["percent"]
    text = SPUN + "Shares rose 30% on Monday and fell 5% on Friday, and 20%of them were sold."
    found = stage.propose(Article(text), Settings(document="spun", level="bold")).edits
    cleaned = edits.apply(text, found)
    assert not re.search(r"\dper|percent[a-z]", cleaned)


@pytest.mark.parametrize(
    ("words", "forms", "wanted"),
    [
        (["an", "enormous"], ["a", "large"], [((0, 1, 2), "enormous")]),
        (["a", "one-time"], ["an", "only"], [((0, 1, 2), "one-time")]),
        (["An", "enormous"], ["A", "large"], [((0, 1, 2), "enormous")]),
        (["the", "enormous"], ["a", "large"], [((0, 0, 1), "the"), ((0, 1, 2), "enormous")]),
        (["an"], ["a"], []),
        (["last", "year"], ["final", "yr"], [((0, 0, 1), "last"), ((0, 1, 2), "year")]),
        (["said", "the", "firm"], ["said", "the", "corporate", "entity"], [((0, 2, 4), "firm")]),
    ],
)
def test_an_indefinite_article_is_not_changed_alone(words, forms, wanted):
    """It agrees with the word that follows, which the stage ``agreement`` sees to."""
    assert minimal_changes(forms, (0, 0, len(forms)), words) == wanted


def unreliable(text):
    """The words whose capitals carry no information."""
    found = sentences(text)
    return [
        form
        for sentence, flags in zip(found, unreliable_capitals(found), strict=True)
        for form, flag in zip(sentence.forms, flags, strict=True)
        if flag
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Boots closed shops. The chemist said it would reopen.", ["Boots", "The"]),
        ("Boots closed shops. The chemist said Boots would reopen.", ["The"]),
        ("Boots sold well. The head of Boots sold boots.", ["Boots", "The"]),
        ("Target Cuts Costs\nShares of Target fell.", ["Cuts", "Costs", "Shares"]),
        ("Target Cuts Costs\nShares fell as the target was missed.", ["Target", "Cuts", "Costs", "Shares"]),
        ("He left. He came.", ["He", "He"]),
    ],
)
def test_a_capital_at_the_start_tells_a_name_if_the_document_has_it_elsewhere(text, expected):
    assert unreliable(text) == expected


def no_name():
    """A word that the model knows in lower case only."""
    model = language_model.standard()
    return next(
        word for word in model.words if word.isalpha() and word.islower() and word.capitalize() not in model.ids
    )


@pytest.fixture
def forms():
    """A table in which one form stands for a name and for words that are no names."""
    entries = [Entry("street", "-", ("road",)), Entry(no_name(), "-", ("road",))]
    own = [Entry("nameless" + no_name(), "-", ("road",))]
    model = language_model.standard()
    return SpunForms(lexicon_building.compile_lexicon(Sources(entries, own, {}, {}), model), model)


def replacements(forms, form, case_unreliable):
    """The texts that a form may be replaced by."""
    (begin,), (count,) = forms.rows_of([(form, case_unreliable, False)])
    texts = forms.text.array()[begin : begin + count]
    return {forms.phrases.texts.interned[text] for text in texts if text >= 0}


def test_a_name_is_only_repaired_into_a_name(forms):
    users = "nameless" + no_name()
    assert replacements(forms, "road", False) == {"street", no_name(), users}
    assert replacements(forms, "Road", False) == {"Street", users.capitalize()}, "a user dictionary's is not asked for"
    assert replacements(forms, "Road", True) > {"Street", no_name().capitalize()}, "at the start of a sentence"


def test_words_that_were_taken_from_the_source_are_kept():
    place = SPUN.index("overseas ministry")
    span = (place, place + len("overseas"))
    taken = Article(SPUN, repairs=(Repair(*span, id="1", rule="SRC001"),))
    others = Article(SPUN, repairs=(Repair(*span, id="1", rule="LAY001"),))
    found, found_without = (stage.propose(each, Settings()).edits for each in (taken, others))
    assert span in [edit.span for edit in found_without]
    assert span not in [edit.span for edit in found]
    assert len(found) > 20


def test_swaps_that_are_known_raise_the_swap_rate():
    rates = [stage.examine(SPUN, Settings(), kept).decoded.rates["body"] for kept in ((), [(0, 1)] * 30)]
    assert rates[0] < rates[1]
