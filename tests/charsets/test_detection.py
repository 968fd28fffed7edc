"""Charset detection on the articles of tests/cases/charsets, encoded in the codecs that they name."""

import codecs
from collections import Counter
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from clean_news.charsets.decoding import decode
from clean_news.charsets.likelihood import languages, likelihood


def benchmark():
    """Import the benchmark, which reads and encodes the articles."""
    spec = spec_from_file_location("charsets", Path(__file__).parents[2] / "benchmarks" / "charsets.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CHARSETS = benchmark()
CASES = [case for path in sorted(CHARSETS.FOLDER.glob("*.txt")) for case in CHARSETS.articles_by_codec(path)]
COUNTS = Counter(codecs.lookup(codec).name for codec, _ in CASES)


def test_there_are_twenty_articles_in_each_of_twelve_codecs():
    assert len([codec for codec, count in COUNTS.items() if count >= 20]) >= 12


@pytest.mark.parametrize("codec", COUNTS)
def test_every_article_is_decoded_exactly(codec):
    texts = [text for name, text in CASES if codecs.lookup(name).name == codec]
    assert [text for text in texts if decode(text.encode(codec))[0] != text] == []


def test_the_table_counts_correctly_decoded_texts():
    lines = list(CHARSETS.table([("cp1252", "It’s the café’s.\n"), ("utf-16-be", "No.\n")]))
    assert lines[0].split()[:3] == ["codec", "texts", "ours"]
    assert lines[-1].split()[:3] == ["all", "2", "100.0%"]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Dvořák and Jiří", "Dvoøák and Jiøí"),
        ("Kraków’s Wałęsa", "Kraków’s Wa³êsa"),
        ("Erdoğan", "Erdoðan"),
        ("Heiðar", "Heiğar"),
        ("João Conceição", "Jo‹o Concei‚‹o"),
        ("Aïssatou", "Aãssatou"),
        ("5 €", "5 ¤"),
        ("it’s", "itÕs"),
        ("Газпром", "Ãàçïðîì"),
        ("Газпром", "цБЪРТПН"),
    ],
)
def test_the_correct_text_has_the_higher_likelihood(right, wrong):
    assert likelihood(right).log > likelihood(wrong).log


def test_letter_frequencies_sum_to_one():
    for language in languages():
        assert 0.9 < sum(2.718281828**log for log in language.letters.values()) < 1.1, language.name
