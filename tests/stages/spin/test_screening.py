"""The first look: genuine articles pass, spun ones are decoded."""

from pathlib import Path

import pytest

from clean_news.stages.spin import lexicon_building, screening

RAW = Path(__file__).parents[3] / "raw"


def suspicion(name: str) -> tuple[float, float]:
    text = (RAW / name).read_text(encoding="utf-8")
    return screening.mean_log_ratio(text, lexicon_building.standard().word_log_ratios), screening.decoding_threshold(
        text
    )


@pytest.mark.parametrize("name", ["02-spun-foreign-ministry.txt", "03-spun-markets.txt"])
def test_spun_articles_are_decoded(name: str) -> None:
    found, needed = suspicion(name)
    assert found > needed


@pytest.mark.parametrize(
    "name", ["01-genuine-lighthouse.txt", "07-scraper-leftovers.txt", "09-hard-wrapped-bridges.txt"]
)
def test_genuine_articles_pass(name: str) -> None:
    found, needed = suspicion(name)
    assert found < needed


def test_telltales_go_the_right_way() -> None:
    ratios = lexicon_building.standard().word_log_ratios
    assert min(ratios["mentioned"], ratios["additionally"]) > 1
    assert max(ratios["said"], ratios["also"]) < 0


def test_a_text_without_words_is_not_suspicious() -> None:
    assert screening.mean_log_ratio("", {}) == 0.0
    assert screening.decoding_threshold("") < 0
