import subprocess
import sys
from pathlib import Path

import pytest

from clean_news.dictionaries import folder
from clean_news.language import vocabulary

WORDS = """government instalment connexion gaol gaoler to-day shewn waggon colour color theatre theater kyiv Kyiv
    LONDON the a viz cwt don't hereinafter schooner"""


@pytest.mark.parametrize("word", WORDS.split())
def test_words(word: str) -> None:
    assert vocabulary.is_word(word)


@pytest.mark.parametrize(
    "form", ["tho", "aud", "bv", "iu", "tbe", "nnd", "wero", "irom", "havo", "govermnent", "x", ""]
)
def test_misreadings(form: str) -> None:
    assert not vocabulary.is_word(form)


def test_common_words_are_more_probable_than_rare_ones() -> None:
    words = vocabulary.standard()
    order = ["the", "would", "constable", "gaol", "waggonette"]
    assert sorted(order, key=words.log_probability, reverse=True) == order


def test_only_out_of_vocabulary_words_have_a_cost() -> None:
    words = vocabulary.standard()
    assert words.out_of_vocabulary_cost("government") == 0
    assert 0 < words.out_of_vocabulary_cost("schooner") < words.out_of_vocabulary_cost("conchologist")


@pytest.mark.parametrize("path", sorted((folder() / "ocr").glob("[sw]*-*.txt")), ids=lambda path: path.name)
def test_the_lists_are_sorted_and_have_a_header(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    words = [line for line in lines if not line.startswith("#")]
    assert lines[0].startswith("# ")
    assert words == sorted(set(words))
    assert all(word == word.strip().lower() and " " not in word for word in words)


def test_nothing_is_loaded_before_first_use() -> None:
    code = "import sys, clean_news.language.vocabulary as v; assert not v.standard.cache_info().currsize"
    subprocess.run([sys.executable, "-c", code + "; assert 'symspellpy' not in sys.modules"], check=True)
