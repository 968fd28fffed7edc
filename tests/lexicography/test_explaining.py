"""What is said of a word: both directions, their probabilities and places."""

from clean_news.lexicography.explaining import becomes, explanation, stands_for


def test_a_form_names_its_originals(words):
    (pair,) = stands_for("banking institutions", words, {})
    assert (pair.original, pair.sources) == ("banks", ())
    assert [pair.original for pair in stands_for("Overseas Workplace", words, {})] == ["Foreign Office"]


def test_an_original_names_its_forms_likeliest_first(words):
    assert [pair.form for pair in becomes("bank", words, {})] == ["financial institution", "lender"]


def test_everything_is_named_with_its_place(small, words):
    lines = "\n".join(explanation("stock", small, words))
    assert "money.tsv:3, spin-weights.tsv:3" in lines
    lines = "\n".join(explanation("bank", small, words))
    assert "first-choices.tsv:2" in lines
    assert "noun: banks" in lines
    assert "money.tsv:2" in "\n".join(explanation("lenders", small, words))


def test_an_unknown_word_has_no_explanation(small, words):
    assert explanation("lighthouse", small, words) == []
