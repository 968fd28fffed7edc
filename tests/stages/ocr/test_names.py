"""Test that OCR corrections do not invent names."""

import pytest

from clean_news.edits import Edit
from clean_news.language.language_model import standard
from clean_news.stages.ocr.names import RUINOUS_SHARE, is_ordinary, page_of, without_invented_names, written_name

TEXT = (
    "Mr. Corbett moved the motion, which leiuitin seconded. ruong and toibett dissented. Thi people of eoul and the "
    "paiillae plant met Mr. Bussell, and the Governmont paid at Aiexander on Mondnj. The play by Starbuck was seen by "
    "Miss Ellen Curlewis at Sydnoy. Senator lowitin spoke, nnd Barwood and Slattory of Tbe Council replied. Pham Thi "
    "came. In Elizabet Street the A)rshires won. Russell won."
)
FAIR, RUINOUS = 0.05, RUINOUS_SHARE + 0.05  # shares of unknown words


def edit_of(before: str, after: str, confidence: float = 0.98) -> Edit:
    start = TEXT.find(before)
    assert start >= 0
    return Edit("OCR001", (start, start + len(before)), before, after, confidence)


def state_of(before: str, after: str, share: float = FAIR, confidence: float = 0.98) -> str:
    (edit,) = without_invented_names([edit_of(before, after, confidence)], page_of(TEXT, share, standard()))
    assert edit.after == after
    return edit.state


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("leiuitin", "Feinstein"),
        ("ruong", "Truong"),
        ("paiillae", "Cadillac"),
        ("eoul", "Seoul"),
        ("lowitin", "definition"),  # after a title a word in lower case is no better
        ("Barwood", "Harwood"),
        ("Slattory", "Slattery"),  # a rare name
        ("Curlewis", "Curfews"),
        ("Starbuck", "Starbucks"),  # its plural, and a name of today
        ("Elizabet", "Elizabeth"),
        ("A)rshires", "Archives"),
    ],
)
def test_a_name_without_support_is_a_suggestion(before: str, after: str) -> None:
    assert state_of(before, after) == "suggested"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("toibett", "Corbett"),  # elsewhere in the article
        ("Bussell", "Russell"),
        ("Governmont", "Government"),  # an ordinary word
        ("Mondnj", "Monday"),
        ("nnd", "and"),
        ("Tbe", "The"),
        ("Aiexander", "Alexander"),  # a common name, and no name stands there
    ],
)
def test_what_is_supported_or_no_name_is_applied(before: str, after: str) -> None:
    assert state_of(before, after) == "applied"


def test_a_name_is_doubtful_on_a_ruinous_page_or_if_it_is_not_sure() -> None:
    assert state_of("Aiexander", "Alexander", RUINOUS) == "suggested"
    assert state_of("Aiexander", "Alexander", confidence=0.8) == "suggested"
    assert state_of("Governmont", "Government", RUINOUS) == "applied"
    assert state_of("toibett", "Corbett", RUINOUS) == "applied"


def test_a_function_word_among_names_is_a_name() -> None:
    start = TEXT.index("Pham Thi") + len("Pham ")
    page = page_of(TEXT, FAIR, standard())
    (edit,) = without_invented_names([Edit("OCR001", (start, start + 3), "Thi", "The", 0.9)], page)
    assert edit.state == "suggested"


def test_spaces_hyphens_and_capitals_make_no_name() -> None:
    page = page_of("He went to Ha waii.", FAIR, standard())
    assert written_name(Edit("OCR003", (11, 18), "Ha waii", "Hawaii"), page) is None
    assert written_name(Edit("OCR001", (3, 7), "went", "Went"), page) is None


def test_ordinary_words_are_chiefly_written_in_lower_case() -> None:
    assert all(map(is_ordinary, ("street", "justice", "monday")))
    assert not any(map(is_ordinary, ("alexander", "inglewood", "starbucks")))
