"""Learning and weighing: counts from aligned articles, gold rows and spun texts."""

import pytest

from clean_news.language import language_model
from clean_news.lexicography import observed_swaps, weighing
from clean_news.scoring.gold import GoldRow, GoldSpan

SPUN = "The financial institution kept its inventory. The vessel left the harbor.\n"
ORIGINAL = "The bank kept its stock. The ferry left the harbor.\n"


@pytest.fixture(scope="module")
def model():
    return language_model.standard()


@pytest.fixture
def articles(tmp_path):
    for name, text in (("spun", SPUN), ("original", ORIGINAL)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "one.txt").write_text(text, encoding="utf-8")
    return tmp_path / "spun", tmp_path / "original"


def test_aligned_articles_are_counted(words, model, articles):
    seen = observed_swaps.from_articles(observed_swaps.article_pairs(*articles), words, model)
    pairs = {pair: count for pair, count in seen.items() if pair[1] != "="}
    assert pairs == {("bank", "financial institution"): 1, ("stock", "inventory"): 1, ("ferry", "vessel"): 1}


def test_pairs_need_two_files_or_two_folders(articles):
    spun, original = articles
    assert [pair.name for pair in observed_swaps.article_pairs(spun / "one.txt", original / "one.txt")] == ["one.txt"]
    with pytest.raises(observed_swaps.SourceError, match="name two files, or two folders"):
        observed_swaps.article_pairs(spun, original / "one.txt")
    (original / "one.txt").rename(original / "two.txt")
    with pytest.raises(observed_swaps.SourceError, match="the folders have no file names in common"):
        observed_swaps.article_pairs(spun, original)


def test_gold_rows_are_counted(words, model):
    text = "The inventory and the stock rose on Monday."
    edits = [GoldSpan(4, 13, "inventory", ["Stock", "Shares"]), GoldSpan(27, 31, "rose", ["climbed"], optional=True)]
    assert observed_swaps.from_gold([GoldRow("one", text, edits)], words, model) == {
        ("stock", "inventory"): 1,
        ("climbed", "rose"): 0.5,
        ("stock", "="): 1,
    }


def test_new_pairs_are_proposed_in_dictionary_format(words):
    learned = observed_swaps.learn(
        {("bank", "lender"): 2, ("ferry", "boat"): 1, ("ferry", "vessel"): 3, ("the", "="): 9}, words
    )
    assert learned.known == {("bank", "lender"): 2}
    assert observed_swaps.proposal(learned)[len(observed_swaps.HEADER) :] == ["# seen: 3, 1", "ferry\t-\tvessel | boat"]


def test_weights_can_be_read_again(tmp_path):
    counts = {("stock", "inventory"): 2.5, ("Foreign Office", "="): 1.0}
    path = tmp_path / "some.weights"
    path.write_text(weighing.weights_text(counts), encoding="utf-8")
    assert weighing.read_weights(path) == counts


def test_spun_texts_add_expected_counts(small, model):
    text = "Shares of the financial institution rose on Tuesday. The financial institution said it would cut jobs. " * 3
    counts = weighing.weigh([text], {("stock", "inventory"): 2.0}, small, model)
    assert counts["stock", "inventory"] == 2.0
    assert 0.5 < counts["bank", "financial institution"] <= 0.25 * 6


def test_a_form_as_frequent_as_in_news_is_not_evidence():
    assert weighing.spun_share("the", 50, 1000) < 0.6
    assert weighing.spun_share("inventory", 5, 1000) > 0.9
