"""Explaining a word: its originals, its spun forms and their sources."""

from clean_news.lexicography.explaining import explanation, forms_of, originals_of


def test_originals_of_a_form(words):
    (pair,) = originals_of("banking institutions", words, {})
    assert (pair.original, pair.sources) == ("banks", ())
    assert [pair.original for pair in originals_of("Overseas Workplace", words, {})] == ["Foreign Office"]


def test_forms_of_an_original_are_sorted_by_probability(words):
    assert [pair.form for pair in forms_of("bank", words, {})] == ["financial institution", "lender"]


def test_every_pair_has_its_source(small, words):
    lines = "\n".join(explanation("stock", small, words))
    assert "money.tsv:3, spin-weights.tsv:3" in lines
    lines = "\n".join(explanation("bank", small, words))
    assert "first-choices.tsv:2" in lines
    assert "noun: banks" in lines
    assert "money.tsv:2" in "\n".join(explanation("lenders", small, words))


def test_an_unknown_word_has_no_explanation(small, words):
    assert explanation("lighthouse", small, words) == []
