"""How probable each text of a place is, and how sure a change: logistic models of the evidence.

A conditional logistic model chooses among the texts of a place: one without the neural model, which says what is worth
asking about, and one with it. What is written is often right in part, or one of several that would do: how sure a
change is, as the share of such changes that bring the text nearer to the truth, is a logistic function of its
probability. Their weights are in :mod:`weights`.
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from clean_news.stages.ocr.second_opinion.evidence import Evidence

CLIP = 1e-4  # least probability, and greatest less than 1, as far as it matters
MAX_CONFIDENCE = 0.999


class Surety(NamedTuple):
    """What speaks for a change of a place, or the weight of each.

    Attributes:
        constant: 1.
        chosen: logit of the probability of the text.
        changed: logit of the probability of any change.
        share: log of the page's share of unknown words, relative to the typical one; see :mod:`evidence`.
    """

    constant: float
    chosen: float
    changed: float
    share: float


class Weights(NamedTuple):
    """The weights of the three models.

    Attributes:
        before: of the evidence, where the neural model is not asked.
        after: of the evidence, where it is.
        sure: of :class:`Surety`.
    """

    before: Evidence
    after: Evidence
    sure: Surety


def probabilities(found: Mapping[str, Evidence], weights: Evidence) -> dict[str, float]:
    """Return the probability of each text of a place.

    Args:
        found: the evidence for each.
        weights: the weights of the evidence.
    """
    scores = [_product(each, weights) for each in found.values()]
    largest = max(scores)
    odds = [math.exp(score - largest) for score in scores]
    total = math.fsum(odds)
    return {text: each / total for text, each in zip(found, odds, strict=True)}


def surety(chosen: float, kept: float, share: float) -> Surety:
    """Collect what speaks for a change.

    Args:
        chosen: probability of its text.
        kept: probability of the text as it stands.
        share: log of the page's share of unknown words; see :class:`Surety`.
    """
    return Surety(1.0, _logit(chosen), _logit(1.0 - kept), share)


def confidence(found: Surety, weights: Surety) -> float:
    """Return the probability that a change brings the text nearer to the truth, 0–1, rounded to .001.

    Rounded, since the last digits may differ between processors.
    """
    return round(min(1 / (1 + math.exp(-_product(found, weights))), MAX_CONFIDENCE), 3)


def _product(one: Sequence[float], other: Sequence[float]) -> float:
    """The sum of the products of two sequences."""
    return math.fsum(a * b for a, b in zip(one, other, strict=True))


def _logit(probability: float) -> float:
    """The logit of a probability, as far as it matters."""
    clipped = min(max(probability, CLIP), 1 - CLIP)
    return math.log(clipped / (1 - clipped))
