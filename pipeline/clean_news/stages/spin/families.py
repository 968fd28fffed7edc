"""Infers which family of spinners wrote a document, as a latent variable.

Each family has its own first choices and keeps other words. Given the decoder's posterior of every reading, the
expected log likelihood of the document's swaps and kept words is compared between the families; the costs of the
readings are then those of the mixture, and the document is decoded again.
"""

import numpy as np
from numpy.typing import NDArray

from clean_news.stages.spin.lexicon import Lexicon
from clean_news.stages.spin.readings import Readings

# Weight of the log likelihood: words of one document are not independent, and their posteriors are uncertain.
LIKELIHOOD_WEIGHT = 0.5

NEGLIGIBLE = 1e-3  # probability of a reading that says nothing of the family, and of a family that does not count

Floats = NDArray[np.float64]


def posterior(readings: Readings, edges: Floats, log_odds: Floats, lexicon: Lexicon) -> Floats:
    """Return the posterior probabilities of the families.

    Args:
        readings: all readings of the document.
        edges: posterior probability of each reading.
        log_odds: log odds of a swap at readiness 0 of each reading.
        lexicon: the lexicon.

    Returns:
        Shape (families,).
    """
    rows = lexicon.rows
    matters = edges > NEGLIGIBLE
    swapped, kept = _swapped(readings) & matters, _kept_although_swappable(readings) & matters
    log_likelihood = -(edges[swapped, None] * rows.family_cost[readings.lexicon_row[swapped]]).sum(axis=0)
    for chosen, sign in ((swapped, 1.0), (kept, -1.0)):
        of_family = log_odds[chosen, None] + rows.family_readiness[readings.lexicon_original[chosen]]
        log_likelihood -= (edges[chosen, None] * np.logaddexp(0, -sign * of_family)).sum(axis=0)
    scores = LIKELIHOOD_WEIGHT * log_likelihood
    found: Floats = np.exp(scores - np.logaddexp.reduce(scores))
    return found


def in_mixture(readings: Readings, mixture: Floats, lexicon: Lexicon) -> Readings:
    """Return the readings with the costs and readiness of a mixture of families.

    Args:
        readings: readings with the costs of the prior mixture.
        mixture: probability of each family.
        lexicon: the lexicon.
    """
    rows = lexicon.rows
    likely = np.flatnonzero(mixture > NEGLIGIBLE)
    weights = mixture[likely] / mixture[likely].sum()
    swapped, kept = _swapped(readings), _kept_although_swappable(readings)
    cost, readiness = readings.cost.copy(), readings.readiness.copy()
    row = readings.lexicon_row[swapped]
    of_family = rows.family_cost[row[:, None], likely].astype(np.float64)
    mixed = of_family[:, 0] if len(likely) == 1 else -np.log(np.exp(-of_family) @ weights)
    cost[swapped] += mixed - rows.cost[row]
    for chosen in (swapped, kept):
        readiness[chosen] = rows.family_readiness[readings.lexicon_original[chosen][:, None], likely] @ weights
    return readings._replace(cost=cost, readiness=readiness)


def _swapped(readings: Readings) -> NDArray[np.bool_]:
    """Whether each reading replaces its tokens by an original."""
    return readings.lexicon_row >= 0


def _kept_although_swappable(readings: Readings) -> NDArray[np.bool_]:
    """Whether each reading keeps a token that the spinner could have swapped."""
    return (readings.lexicon_row < 0) & (readings.lexicon_original >= 0)
