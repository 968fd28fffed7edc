"""Regression test: precision and recall on the gold articles, which were written for this project."""

from pathlib import Path

import pytest

from clean_news import Cleaner
from clean_news.scoring.figures import score, totals
from clean_news.scoring.gold import read
from clean_news.settings import LEVELS, Settings

GOLD = Path(__file__).parent / "gold"
GENUINE = read(GOLD / "genuine.txt")

# Minimum figures at the level "normal", slightly below those measured when they were last set. Raise them when the
# dictionary or the weights improve; lowering one means accepting a regression.
MIN_PRECISION = 0.95  # measured .965
MIN_RECALL = 0.74  # measured .757
MIN_F_HALF = 0.90  # measured .915


@pytest.fixture(scope="module")
def figures():
    """Precision, recall and F0.5 of every level on the spun articles."""
    rows = read(GOLD / "spin.txt")
    return {
        level: totals(judgement for _, judgement in score(rows, Cleaner(Settings(level=level)))) for level in LEVELS
    }


def test_the_figures_stay_above_their_minima(figures):
    normal = figures["normal"]
    assert normal.precision >= MIN_PRECISION
    assert normal.recall >= MIN_RECALL
    assert normal.f_half >= MIN_F_HALF


def test_levels_trade_precision_for_recall(figures):
    safe, normal, bold = (figures[level] for level in ("safe", "normal", "bold"))
    assert safe.precision >= normal.precision >= bold.precision
    assert safe.recall <= normal.recall <= bold.recall


@pytest.mark.parametrize("row", GENUINE, ids=lambda row: row.id)
def test_genuine_articles_do_not_change(row):
    assert row.edits == []
    assert Cleaner().clean(row.spun).text == row.spun


def test_there_is_enough_gold():
    assert len(GENUINE) >= 6
    assert sum(not edit.optional for row in read(GOLD / "spin.txt") for edit in row.edits) >= 400
