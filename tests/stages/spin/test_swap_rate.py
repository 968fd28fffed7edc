"""The swap rates of a document's parts, by hand-counted readings."""

import numpy as np
import pytest

from clean_news.language.lattice import Edges
from clean_news.stages.spin.readings import BODY, CAPITAL, PARTS, QUOTATION, Readings
from clean_news.stages.spin.swap_rate import UNSPUN_RATE, part_rates, reading_rates


def readings(parts, swapped, readiness=0.0):
    """Readings of one token each, all of words that can be swapped."""
    count = len(parts)
    numbers = np.arange(count)
    return Readings(
        edges=Edges(numbers, numbers, numbers + 1, numbers, np.ones(count, np.int64)),
        token=numbers,
        text=np.where(swapped, numbers, -1),
        cost=np.zeros(count),
        readiness=np.full(count, readiness),
        swappable=np.ones(count, np.bool_),
        original=numbers,
        pair=numbers,
        part=np.array(parts),
        lexicon_row=np.where(swapped, numbers, -1),
        lexicon_original=numbers,
    )


def test_a_part_s_rate_is_its_share_of_swaps_with_the_prior_s_pseudo_counts():
    ten = readings([BODY] * 10, [True] * 3 + [False] * 7)
    rates = part_rates(ten, np.ones(10))
    assert rates[BODY] == pytest.approx((3 + 1) / (10 + 10))
    assert rates[QUOTATION] == pytest.approx(0.5 / 2.5), "nothing was seen of it: the prior"
    assert rates[CAPITAL] == pytest.approx(0.5 / 10)


def test_readings_count_by_their_probability():
    two = readings([BODY, BODY], [True, False])
    assert part_rates(two, np.array([0.25, 0.75]))[BODY] == pytest.approx(1.25 / 11)


@pytest.mark.parametrize(("swaps", "rate"), [(0, UNSPUN_RATE), (2, 2.5 / 12.5)])
def test_quotations_are_spun_like_the_body_or_not_at_all(swaps, rate):
    both = readings([BODY] * 20 + [QUOTATION] * 10, [True] * 8 + [False] * 12 + [True] * swaps + [False] * (10 - swaps))
    rates = part_rates(both, np.ones(30))
    assert rates[BODY] == pytest.approx(9 / 30)
    assert rates[QUOTATION] == pytest.approx(rate)


def test_rates_have_bounds():
    assert part_rates(readings([BODY] * 500, [True] * 500), np.ones(500))[BODY] == 0.7
    assert part_rates(readings([BODY] * 5000, [False] * 5000), np.ones(5000))[BODY] == 0.002


def test_readiness_shifts_the_log_odds_of_a_reading():
    rates = np.full(len(PARTS), 0.3)
    odds = 0.3 / 0.7
    assert reading_rates(readings([BODY], [True]), rates) == pytest.approx(0.3)
    ready = reading_rates(readings([BODY], [True], readiness=1.3), rates)
    assert ready == pytest.approx(odds * np.exp(1.3) / (1 + odds * np.exp(1.3)))
    rates[BODY] = UNSPUN_RATE
    assert reading_rates(readings([BODY], [True], readiness=1.3), rates) == UNSPUN_RATE
