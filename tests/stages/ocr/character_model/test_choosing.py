"""Which reading is chosen, by the character model and the language model, and how sure it is."""

import pytest

from clean_news.language.language_model import standard
from clean_news.stages.ocr.character_model import choosing
from clean_news.stages.ocr.character_model.choosing import Chosen, chosen_readings
from clean_news.stages.ocr.character_model.decoding import Correction


def chosen(text: str, before: str, readings: dict[str, float], spun: tuple[str, ...] = ()) -> Chosen | None:
    start = text.index(before)
    found = chosen_readings(text, [Correction(start, start + len(before), readings)], standard(), spun)
    return found[0] if found else None


def test_of_two_readings_that_are_as_probable_the_one_that_fits_the_sentence_is_chosen() -> None:
    readings = {"cnt": 0.2, "cut": 0.4, "cat": 0.4}
    assert chosen("The hungry cnt sat on the mat and purred.", "cnt", readings).after == "cat"
    assert chosen("He said the bank would cnt interest rates again.", "cnt", readings).after == "cut"


def test_a_reading_that_fits_is_surer() -> None:
    readings = {"tbe": 0.4, "the": 0.6}
    fitting = chosen("They walked to tbe house on the hill.", "tbe", readings)
    other = chosen("They walked to house tbe on the hill.", "tbe", readings)
    assert fitting.confidence > other.confidence


@pytest.mark.parametrize(
    ("before", "after"), [("leiuitin", "Feinstein"), ("ruong", "Truong"), ("paiillae", "Cadillac"), ("eoul", "Seoul")]
)
def test_a_name_that_stands_nowhere_is_a_suggestion(before: str, after: str) -> None:
    text = f"He said that {before} had come to the hall."
    readings = {after: 0.98, before: 0.01}
    found = chosen(text, before, readings)
    assert found.is_fact
    assert found.confidence <= choosing.MAX_FACT_CONFIDENCE
    assert not chosen(f"{text} So had {after}.", before, readings).is_fact


def test_a_digit_is_a_suggestion() -> None:
    found = chosen("He paid l4 pounds for the horse.", "l4", {"14": 0.99, "l4": 0.01})
    assert found.is_fact
    assert found.confidence <= choosing.MAX_FACT_CONFIDENCE


def test_readings_of_unknown_words_and_improbable_ones_are_not_chosen() -> None:
    text = "The tbird man went home."
    assert chosen(text, "tbird", {"tbord": 0.9, "tbird": 0.1}) is None
    assert chosen(text, "tbird", {"tbird": 0.999, "third": 0.001}) is None


def test_what_a_spinner_writes_is_left_to_it() -> None:
    text = "The firm inked a jap deal."
    assert chosen(text, "jap", {"map": 0.9, "jap": 0.1}, spun=("jap",)) is None


def test_a_hyphen_alone_is_no_correction() -> None:
    assert chosen("He went home to-day.", "to-day", {"today": 0.9, "to-day": 0.1}) is None


def test_the_candidates_have_the_chosen_reading() -> None:
    readings = {"xut": 0.3, "cnt": 0.2, "eut": 0.2, "cnl": 0.16, "cat": 0.14}
    found = chosen("The hungry cnt sat on the mat and purred.", "cnt", readings)
    assert found.after == "cat"
    assert found.candidates == {"xut": 0.3, "cnt": 0.2, "eut": 0.2, "cnl": 0.16, "cat": 0.14}
