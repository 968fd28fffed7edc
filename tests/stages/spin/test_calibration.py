"""Calibration: monotone, invertible, fitted, read and written."""

import random

import pytest

from clean_news.stages.spin import calibration
from clean_news.stages.spin.calibration import Calibration, CalibrationError, fit, read, write


def test_the_shipped_calibration_is_monotonic():
    shipped = calibration.standard()
    found = [shipped.apply(step / 100) for step in range(101)]
    assert found == sorted(found)
    assert 0 < found[0] < 0.01
    assert 0.99 < found[-1] < 1


def test_a_fit_recovers_the_true_parameters():
    true, dice = Calibration(0.4, 0.6), random.Random(1)
    sure = [dice.random() for _ in range(20_000)]
    right = [dice.random() < true.apply(probability) for probability in sure]
    found = fit(sure, right, [1.0] * len(sure))
    assert found == pytest.approx(true, abs=0.06)


def test_weights_are_equivalent_to_repetitions():
    sure, right = [0.9, 0.8, 0.3, 0.2, 0.7], [True, False, True, False, True]
    twice = fit([*sure, 0.9], [*right, True], [1.0] * 6)
    assert fit(sure, right, [2.0, 1.0, 1.0, 1.0, 1.0]) == pytest.approx(twice)


def test_writing_and_reading_round_trip(tmp_path):
    write(tmp_path / "c.tsv", Calibration(0.25, 0.75))
    assert read(tmp_path / "c.tsv") == (0.25, 0.75)


@pytest.mark.parametrize("line", ["", "0.2", "0.2\tx", "0.2\t0.7\t1", "0.2\t0.7\n0.2\t0.7", "0.2\t-1"])
def test_a_malformed_file_is_rejected(tmp_path, line):
    (tmp_path / "c.tsv").write_text(f"# x\n{line}\n", encoding="utf-8")
    with pytest.raises(CalibrationError, match=r"c\.tsv: "):
        read(tmp_path / "c.tsv")
