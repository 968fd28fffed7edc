"""Calibration: the channel's posteriors as probabilities that an editor would accept the edit.

The decoder's posterior knows only the dictionary's originals, so it is too sure at the top; and it spreads over
originals of which an editor would accept several, so it is too modest below. A logistic function of its log odds
puts both right and keeps the order of the edits.

Source: J. Platt, "Probabilistic outputs for support vector machines" (1999), over log odds.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from clean_news.dictionaries import folder

CALIBRATION_FILE = "calibration.tsv"
MIN_PROBABILITY = 1e-6  # log odds are taken of probabilities from here to 1 less this
NEWTON_STEPS = 30  # of Newton's method, which needs about eight
HEADER = """\
# Calibration of the spin channel, from its posterior p to the confidence c: logit(c) = intercept + slope * logit(p).
# Fitted by: python benchmarks/reliability.py --fit GOLD...
# Columns: intercept, slope.
"""


class CalibrationError(ValueError):
    """The calibration file is malformed; the message names it and says what is wanted."""


class Calibration(NamedTuple):
    """A rising function from probability to probability.

    Attributes:
        intercept, slope: of the log odds.
    """

    intercept: float
    slope: float

    def apply(self, probability: float) -> float:
        """The calibrated probability.

        >>> round(Calibration(0.0, 0.5).of(0.99), 3)
        0.909
        """
        return expit(self.intercept + self.slope * logit(probability))

    def invert(self, calibrated: float) -> float:
        """The probability of which a calibrated one was made.

        >>> round(Calibration(0.3, 0.7).undone(Calibration(0.3, 0.7).of(0.2)), 6)
        0.2
        """
        return expit((logit(calibrated) - self.intercept) / self.slope)


def logit(probability: float) -> float:
    """The log odds of a probability, which may be 0 or 1."""
    inside = min(max(probability, MIN_PROBABILITY), 1 - MIN_PROBABILITY)
    return math.log(inside / (1 - inside))


def expit(log_odds: float) -> float:
    """The probability of these log odds."""
    return 1 / (1 + math.exp(-log_odds))


def fit(probabilities: Sequence[float], right: Sequence[bool], weights: Sequence[float]) -> Calibration:
    """The calibration of the highest likelihood, by Newton's method.

    Args:
        probabilities: of edits.
        right: whether each was right; neither all nor none.
        weights: how much each counts.
    """
    import numpy as np  # here, because every run takes logit and expit from this module, and hardly one fits

    design = np.array([[1.0, logit(probability)] for probability in probabilities])
    accepted, weight = np.array(right, np.float64), np.array(weights)
    found = np.array([0.0, 1.0])
    for _ in range(NEWTON_STEPS):
        expected = 1 / (1 + np.exp(-(design @ found)))
        slope = design.T @ (weight * (accepted - expected))
        curvature = (design.T * (weight * expected * (1 - expected))) @ design
        found = found + np.linalg.solve(curvature, slope)
    return Calibration(float(found[0]), float(found[1]))


def read(path: Path) -> Calibration:
    """The calibration of a file.

    Raises:
        OSError: if it cannot be read.
        CalibrationError: if it does not hold two numbers, the second of them positive.
    """
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    try:
        intercept, slope = (float(column) for line in lines for column in line.split("\t"))
    except ValueError as error:
        raise CalibrationError(f"{path}: wanted: one line, intercept, tab, slope") from error
    if slope <= 0:
        raise CalibrationError(f"{path}: slope {slope} is not positive; fit the calibration again")
    return Calibration(intercept, slope)


def write(path: Path, calibration: Calibration) -> None:
    """Write a calibration."""
    path.write_text(f"{HEADER}{calibration.intercept:.3f}\t{calibration.slope:.3f}\n", encoding="utf-8")


@lru_cache(maxsize=1)
def standard() -> Calibration:
    """The calibration of ``dictionaries/calibration.tsv``."""
    return read(folder() / CALIBRATION_FILE)
