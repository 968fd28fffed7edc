"""Explaining a word: its originals, its spun forms and their sources."""

import pytest

from clean_news.lexicography.explaining import explanation, forms_of, listed_with, originals_of


def test_originals_of_a_form(words):
    (pair,) = originals_of("banking institutions", words, {})
    assert (pair.original, pair.sources) == ("banks", ())
    assert [pair.original for pair in originals_of("Overseas Workplace", words, {})] == ["Foreign Office"]


def test_forms_of_an_original_are_sorted_by_probability(small, words):
    found = forms_of("bank", words, listed_with("bank", small, {}))
    assert [pair.form for pair in found] == ["financial institution", "borrower", "lender"]
    assert [pair.cost for pair in found] == sorted(pair.cost for pair in found)


def test_a_pair_has_its_cost_in_each_family_that_lists_it(small, words):
    found = {pair.form: pair for pair in forms_of("bank", words, listed_with("bank", small, {}))}
    assert list(found["financial institution"].families) == ["a"]
    assert list(found["borrower"].families) == ["b"]
    assert found["lender"].families == {}
    number = words.inverse["borrower"]
    of_b = words.rows.family_cost[words.rows.begin[number], words.families.index("b")]
    assert found["borrower"].families["b"] == pytest.approx(of_b)
    assert of_b < found["borrower"].cost


def test_a_count_lists_a_pair_in_its_family(small, words):
    (pair,) = forms_of("stock", words, listed_with("stock", small, {}))
    assert list(pair.families) == ["a"]


def test_every_pair_has_its_source(small, words):
    lines = "\n".join(explanation("stock", small, words))
    assert "money.tsv:3, a.counts.tsv:3" in lines
    lines = "\n".join(explanation("bank", small, words))
    assert "money.tsv:2, a.tsv:2" in lines
    assert "b.tsv:2" in lines
    assert "noun: banks" in lines
    assert "money.tsv:2" in "\n".join(explanation("lenders", small, words))


def test_an_unknown_word_has_no_explanation(small, words):
    assert explanation("lighthouse", small, words) == []
