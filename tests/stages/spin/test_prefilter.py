"""Screening: genuine articles are skipped, spun ones are decoded."""

from pathlib import Path

import pytest

from clean_news.scoring.gold import read
from clean_news.stages.spin import lexicon_building, prefilter
from clean_news.stages.spin.entries import Entry
from clean_news.stages.spin.lexicon import Lexicon
from clean_news.stages.spin.lexicon_inputs import Family

RAW = Path(__file__).parents[3] / "raw"
GENUINE = Path(__file__).parents[2] / "gold" / "genuine.txt"
MIN_SKIPPED = 6  # of nine; raise it when the first look improves


def ratio_and_threshold(name: str) -> tuple[float, float]:
    text = (RAW / name).read_text(encoding="utf-8")
    return prefilter.mean_log_ratio(text, lexicon_building.standard()), prefilter.decoding_threshold(text)


@pytest.mark.parametrize("name", ["02-spun-foreign-ministry.txt", "03-spun-markets.txt"])
def test_spun_articles_are_decoded(name: str) -> None:
    ratio, threshold = ratio_and_threshold(name)
    assert ratio > threshold


def test_most_genuine_articles_are_skipped() -> None:
    """What is not skipped is only decoded; that it does not change is tested in ``test_gold.py``."""
    genuine = ("01-genuine-lighthouse.txt", "07-scraper-leftovers.txt", "09-hard-wrapped-bridges.txt")
    texts = [(RAW / name).read_text(encoding="utf-8") for name in genuine] + [row.spun for row in read(GENUINE)]
    lexicon = lexicon_building.standard()
    skipped = [
        prefilter.mean_log_ratio(text, lexicon) < prefilter.decoding_threshold(text)
        for text in texts
        if len(text) > 400
    ]
    assert len(skipped) >= 9
    assert sum(skipped) >= MIN_SKIPPED


def test_word_log_ratios_have_the_right_sign() -> None:
    lexicon = lexicon_building.standard()
    of = {
        word: dict(zip(lexicon.families, lexicon.log_ratios[lexicon.word_log_ratios[word]].tolist(), strict=True))
        for word in ("mentioned", "additionally", "said", "also")
    }
    assert min(of["mentioned"]["a"], of["additionally"]["a"]) > 1
    assert all(of[word][family] < 0 for word in ("said", "also") for family in ("general", "a"))


def small_lexicon() -> Lexicon:
    """A lexicon of two families with other first choices for the same words."""
    swaps = [Entry("say", "verb", ("mention", "remark")), Entry("also", "-", ("additionally", "likewise"))]
    one = [entry._replace(forms=entry.forms[:1]) for entry in swaps]
    other = [entry._replace(forms=entry.forms[1:]) for entry in swaps]
    return lexicon_building.invert(swaps, {}, {"one": Family(one, {}), "other": Family(other, {})})


def test_a_text_is_as_suspicious_as_the_family_that_fits_it_best_makes_it() -> None:
    lexicon = small_lexicon()
    text = "She remarked that it was late. He likewise remarked that they would go."
    words = text.replace(".", "").lower().split()
    rows = [lexicon.word_log_ratios[word] for word in words if word in lexicon.word_log_ratios]
    by_family = dict(zip(lexicon.families, lexicon.log_ratios[rows].sum(axis=0) / len(words), strict=True))
    assert max(by_family, key=by_family.__getitem__) == "other"
    assert prefilter.mean_log_ratio(text, lexicon) == pytest.approx(by_family["other"], rel=1e-4)
    assert prefilter.mean_log_ratio("She remarked. He mentioned. It ended.", lexicon) < prefilter.mean_log_ratio(
        "She mentioned. He mentioned. It ended.", lexicon
    ), "the choices of two families are not added up"


def test_a_text_without_words_has_no_log_ratio() -> None:
    assert prefilter.mean_log_ratio("", small_lexicon()) == 0.0
    assert prefilter.decoding_threshold("") < 0
