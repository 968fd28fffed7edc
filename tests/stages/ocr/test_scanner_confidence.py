"""The scanner's confidence in its words raises or lowers the cost of changing them; without it nothing changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean_news.article import Article, ScannedWord
from clean_news.language.model_mixture import ModelMixture, mixture_for
from clean_news.language.tokens import sentences
from clean_news.settings import Settings
from clean_news.stages.ocr import first_pass, scanner_confidence, stage
from clean_news.stages.ocr.scanner_confidence import MAX_COST, ChangeCosts

TEXT = (
    "Tho steamer was to leavo tlie wharf at noon, nnd the mail was put on board by tbe pilot. "
    "The members of the council met at tlie hall to hear the report of the mayor on the bridge."
)
MISREAD = {"Tho", "leavo", "tlie", "nnd", "tbe"}
SETTINGS = Settings(min_words=0, rules_off=("OCR006",))


def words_of(text, confidence):
    """The words of a text with the confidence that a function gives for each."""
    words, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        words.append(ScannedWord(at, at + len(word), confidence=confidence(word)))
        at += len(word)
    return tuple(words)


KNOWN = {word for word in TEXT.replace(".", "").replace(",", "").split() if word not in MISREAD}


def by_reading(word):
    """Confidences that tell misread words from others."""
    return 0.4 if word in MISREAD else 0.8


def test_sure_words_cost_more_and_doubted_words_less():
    costs = ChangeCosts(TEXT, words_of(TEXT, lambda word: 0.98 if word == "pilot." else by_reading(word)), KNOWN)
    assert costs.of(TEXT.index("pilot"), TEXT.index("pilot") + 5) == pytest.approx(MAX_COST)
    assert costs.of(TEXT.index("steamer"), TEXT.index("steamer") + 7) == 0
    assert costs.of(TEXT.index("tlie"), TEXT.index("tlie") + 4) < 0
    assert costs.of(TEXT.index("to leavo"), TEXT.index("leavo") + 5) < 0, "the least certain word counts"


def test_confidences_that_say_nothing_have_no_effect():
    for confidence in (0.0, 0.2, 0.96, 1.0):
        costs = ChangeCosts(TEXT, words_of(TEXT, lambda _: confidence), KNOWN)  # noqa: B023
        assert costs.costs == []
    by_length = ChangeCosts(TEXT, words_of(TEXT, lambda word: 0.5 + len(word) % 3 / 10), KNOWN)
    the_wrong_way_round = ChangeCosts(TEXT, words_of(TEXT, lambda word: 1.2 - by_reading(word)), KNOWN)
    assert by_length.costs == the_wrong_way_round.costs == []


def test_a_page_with_few_words_is_not_judged():
    words = words_of(TEXT, by_reading)
    assert ChangeCosts(TEXT, words, KNOWN).costs
    assert ChangeCosts(TEXT, words[:15], KNOWN).costs == []


@given(st.lists(st.floats(0, 1), min_size=30, max_size=60))
def test_costs_are_bounded_and_rise_with_confidence(confidences):
    text = "tbe and " * len(confidences)
    words = tuple(ScannedWord(4 * at, 4 * at + 3, confidence=value) for at, value in enumerate(confidences))
    costs = ChangeCosts(text, words, {"and"})
    found = [costs.of(word.start, word.end) for word in sorted(words, key=lambda word: word.confidence)]
    assert found == sorted(found)
    assert all(abs(cost) <= MAX_COST for cost in found)
    assert costs.of(4 * len(words), 4 * len(words) + 5) == 0


def test_a_word_that_the_scanner_was_sure_of_is_changed_less_readily():
    def posterior(confidence):
        tokens = sentences(TEXT)
        today = ModelMixture(*mixture_for(tokens).models, print_share=0.0)  # old print has no email
        words = words_of(TEXT, lambda word: confidence if word == "mail" else by_reading(word))
        changes = first_pass.scored_changes(TEXT, tokens, today, [], Counted(), 0.0, words)
        return changes[TEXT.index("mail"), TEXT.index("mail") + 4]["email"]

    assert posterior(0.98) < posterior(0.8) / 2
    assert posterior(0.8) < posterior(0.4)


class Counted(frozenset):
    """No forms of article spinners."""

    def remember(self, forms):
        """Look nothing up."""


@pytest.mark.parametrize("confidence", [None, 0.9])
def test_words_without_differences_change_nothing(confidence):
    plain = stage.propose(Article(TEXT), SETTINGS)
    assert stage.propose(Article(TEXT, words=words_of(TEXT, lambda _: confidence)), SETTINGS) == plain


def test_plain_text_is_not_compared(monkeypatch):
    monkeypatch.setattr(scanner_confidence, "ChangeCosts", pytest.fail)
    stage.propose(Article(TEXT), SETTINGS)
