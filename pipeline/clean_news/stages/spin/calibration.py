"""Calibrates the channel's posteriors to probabilities that an editor would accept the edit.

The decoder only considers the dictionary's originals, so its high posteriors are overconfident. It also distributes
probability over originals of which an editor would accept several, so its low posteriors are underconfident. A logistic
function of the log odds (Platt scaling) corrects both and preserves the ranking of the edits.

Source: J. Platt, "Probabilistic outputs for support vector machines" (1999), over log odds.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from clean_news.dictionaries import folder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CALIBRATION_FILE = "calibration.tsv"
MIN_PROBABILITY = 1e-6  # probabilities are clipped to this and 1 minus this before taking log odds
NEWTON_STEPS = 30  # about eight are needed
HEADER = """\
# Calibration of the spin channel, from its posterior p to the confidence c: logit(c) = intercept + slope * logit(p).
# Fitted by: python benchmarks/reliability.py --fit GOLD...
# Columns: intercept, slope.
"""


class CalibrationError(ValueError):
    """The calibration file is malformed; the message names it and the expected format."""


class Calibration(NamedTuple):
    """A monotonically increasing map of probabilities, linear in the log odds.

    Attributes:
        intercept: added to the scaled log odds.
        slope: factor of the log odds; positive.
    """

    intercept: float
    slope: float

    def apply(self, probability: float) -> float:
        """Return the calibrated probability.

        >>> round(Calibration(0.0, 0.5).apply(0.99), 3)
        0.909
        """
        return expit(self.intercept + self.slope * logit(probability))

    def apply_to(self, probabilities: "NDArray[np.float64]") -> "NDArray[np.float64]":
        """Return the calibrated probabilities of many edits at once."""
        import numpy as np

        inside = probabilities.clip(MIN_PROBABILITY, 1 - MIN_PROBABILITY)
        calibrated: NDArray[np.float64] = 1 / (
            1 + np.exp(-(self.intercept + self.slope * np.log(inside / (1 - inside))))
        )
        return calibrated

    def invert(self, calibrated: float) -> float:
        """Return the probability before calibration.

        >>> round(Calibration(0.3, 0.7).invert(Calibration(0.3, 0.7).apply(0.2)), 6)
        0.2
        """
        return expit((logit(calibrated) - self.intercept) / self.slope)


def logit(probability: float) -> float:
    """Return the natural log odds of a probability from 0 to 1 inclusive."""
    inside = min(max(probability, MIN_PROBABILITY), 1 - MIN_PROBABILITY)
    return math.log(inside / (1 - inside))


def expit(log_odds: float) -> float:
    """Return the probability of natural log odds."""
    return 1 / (1 + math.exp(-log_odds))


def fit(probabilities: Sequence[float], right: Sequence[bool], weights: Sequence[float]) -> Calibration:
    """Fit a calibration by maximum likelihood, with Newton's method.

    Args:
        probabilities: uncalibrated probability of each edit.
        right: whether each edit was right; must contain both values.
        weights: weight of each edit.
    """
    import numpy as np  # here, because every run imports logit and expit from this module, but few fit

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
    """Read a calibration file.

    Raises:
        OSError: if the file cannot be read.
        CalibrationError: if the file does not contain exactly two numbers, the second of them positive.
    """
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    try:
        intercept, slope = (float(column) for line in lines for column in line.split("\t"))
    except ValueError as error:
        raise CalibrationError(f"{path}: expected: one line, intercept, tab, slope") from error
    if slope <= 0:
        raise CalibrationError(f"{path}: slope {slope} is not positive; fit the calibration again")
    return Calibration(intercept, slope)


def write(path: Path, calibration: Calibration) -> None:
    """Write a calibration file."""
    path.write_text(f"{HEADER}{calibration.intercept:.3f}\t{calibration.slope:.3f}\n", encoding="utf-8")


@lru_cache(maxsize=1)
def standard() -> Calibration:
    """Return the calibration in ``dictionaries/calibration.tsv``."""
    return read(folder() / CALIBRATION_FILE)
