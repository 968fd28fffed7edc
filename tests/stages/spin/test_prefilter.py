"""Screening: genuine articles are skipped, spun ones are decoded."""

from pathlib import Path

import pytest

from clean_news.stages.spin import lexicon_building, prefilter

RAW = Path(__file__).parents[3] / "raw"


def ratio_and_threshold(name: str) -> tuple[float, float]:
    text = (RAW / name).read_text(encoding="utf-8")
    return prefilter.mean_log_ratio(text, lexicon_building.standard().word_log_ratios), prefilter.decoding_threshold(
        text
    )


@pytest.mark.parametrize("name", ["02-spun-foreign-ministry.txt", "03-spun-markets.txt"])
def test_spun_articles_are_decoded(name: str) -> None:
    ratio, threshold = ratio_and_threshold(name)
    assert ratio > threshold


@pytest.mark.parametrize(
    "name", ["01-genuine-lighthouse.txt", "07-scraper-leftovers.txt", "09-hard-wrapped-bridges.txt"]
)
def test_genuine_articles_are_skipped(name: str) -> None:
    ratio, threshold = ratio_and_threshold(name)
    assert ratio < threshold


def test_word_log_ratios_have_the_right_sign() -> None:
    ratios = lexicon_building.standard().word_log_ratios
    assert min(ratios["mentioned"], ratios["additionally"]) > 1
    assert max(ratios["said"], ratios["also"]) < 0


def test_a_text_without_words_has_no_log_ratio() -> None:
    assert prefilter.mean_log_ratio("", {}) == 0.0
    assert prefilter.decoding_threshold("") < 0
