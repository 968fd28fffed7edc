"""Fits conditional logistic models: which of several choices is right, by the sum of weighted features."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def fitted(features: Floats, right: Flags, given: Flags, ridge: float, max_steps: int = 15_000) -> Floats:
    """Return the weights of greatest likelihood: of the probability of all right choices together.

    Args:
        features: shape (places, choices, features).
        right: whether each choice is right; shape (places, choices).
        given: whether there is such a choice; shape (places, choices).
        ridge: factor of the sum of the squared weights.
        max_steps: of the optimiser.
    """

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = np.where(given, features @ weights, -np.inf)
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        probability = odds / odds.sum(axis=1, keepdims=True)
        of_right = np.maximum((probability * right).sum(axis=1), 1e-12)
        gradient = np.einsum("scf,sc->f", features, probability * right / of_right[:, None] - probability)
        return ridge * weights @ weights - np.log(of_right).sum(), 2 * ridge * weights - gradient

    start = np.zeros(features.shape[2])
    found: Floats = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": max_steps}).x
    return found
