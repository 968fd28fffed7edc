"""Decodes a document and estimates whether it was spun, how densely, and in which of its parts.

The swap rate is the probability that the spinner swapped a word or phrase that it could swap. Each part of the
document (body, quotations, capitalised words) has its own rate, estimated by expectation maximisation over the
lattice. The probability that the document was spun depends on the log-likelihood gain of these rates over those of a
genuine document.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.language import forward_backward
from clean_news.language import lattice as lattices
from clean_news.language.language_model import LanguageModel
from clean_news.stages.spin import families
from clean_news.stages.spin.lexicon import Lexicon
from clean_news.stages.spin.readings import BODY, PARTS, QUOTATION, Readings

MODEL_SCALE = 0.65  # weight of the model's log probabilities relative to the channel's
# Order of the n-grams. 4-grams score no better (F0.5 on 23 articles of six families .821, with trigrams .828): a right
# word seldom stands among three right ones where many were swapped.
ORDER = 3
INITIAL_SWAP_RATE = 0.3
SWAP_RATE_BOUNDS = (0.002, 0.7)
# Beta prior of the swap rate of each of PARTS: (swapped, kept) pseudo-counts.
PRIOR_SWAP_COUNTS = np.array([(1.0, 9.0), (0.5, 2.0), (0.5, 9.5)])
MIN_QUOTATION_RATE_RATIO = 0.5  # relative to the body's rate; below it the spinner skipped the quotations
UNSPUN_RATE = 1e-6  # swap rate of a part that the spinner skipped

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def _spun_probability(share: float, gain: float, words: int) -> float:
    """Probability that a document was spun, from its decoding.

    Both the share of swapped words and the gain must be high: names and jargon raise only one of them. The
    thresholds increase as documents get shorter.

    Args:
        share: see :class:`Decoded`.
        gain: see :class:`Decoded`.
        words: number of words of the document.

    Source: measured on 973 genuine texts of news and old print, cut to 400, 150, 100 and 50 words (none of 3,892 is
    called spun), and on 37 spun articles of six families. Cut to 400 words, genuine ones have shares up to .09 and
    gains up to .08, spun ones from .17 and .20 on; cut to 100 words, genuine ones up to .24 and .15, but seldom both.

    >>> _spun_probability(0.3, 0.4, 400) > 0.95, _spun_probability(0.03, 0.3, 400) < 0.01
    (True, True)
    """
    min_share, min_gain = spun_thresholds(words)
    by_share = 1 / (1 + math.exp((min_share - share) / 0.015))
    by_gain = 1 / (1 + math.exp((min_gain - gain) / 0.025))
    return by_share * by_gain


def spun_thresholds(words: int) -> tuple[float, float]:
    """Return the share and the gain (see :class:`Decoded`) at which each of the two speaks as much for as against.

    Args:
        words: number of words of the document.
    """
    length_term = max(words, 1) ** -0.5
    return 0.08 + 0.5 * length_term, 0.04 + 1.2 * length_term


def _swapped_share(readings: Readings, posterior: Floats) -> float:
    """Expected share of the body's distinct words that were swapped; see :class:`Decoded`."""
    kept = _is_kept(readings) & (readings.part == BODY)
    token, pair, probability = readings.token[kept], readings.pair[kept], posterior[kept]
    if not len(token):
        return 0.0
    tokens, first = np.unique(token, return_index=True)
    kept_probability = np.bincount(
        np.searchsorted(tokens, token), probability
    )  # the readings of a first word in both cases are summed
    _, form = np.unique(pair[first], return_inverse=True)
    by_form = np.bincount(form, kept_probability) / np.bincount(form)
    return float(1 - by_form.mean())


class Decoded(NamedTuple):
    """The result of decoding a document.

    Attributes:
        posterior: posterior probability of each reading; shape (readings,).
        rates: swap rate of each part, by the part's name.
        share: expected share of the body's distinct words that were swapped. Distinct, because repetition makes an
            improbable name or table heading no more suspicious.
        gain: log likelihood of the document at these rates, less that at the lowest swap rate (a genuine document), in
            nats per word.
        spun: probability that the document was spun.
        families: probability of each family of spinners, by its name, if the document was spun.
    """

    posterior: Floats
    rates: dict[str, float]
    share: float
    gain: float
    spun: float
    families: dict[str, float]


def _is_kept(readings: Readings) -> NDArray[np.bool_]:
    """Whether each reading keeps its tokens."""
    return readings.text < 0


def _is_swapped(readings: Readings) -> NDArray[np.bool_]:
    """Whether each reading replaces its tokens by an original."""
    return readings.text >= 0


def _scores(readings: Readings, rate: Floats) -> Floats:
    """Channel log probability of each reading, from its swap rate and the cost of its form."""
    of_kept = np.where(readings.swappable, np.log1p(-rate), 0.0)
    return -readings.cost + np.where(_is_kept(readings), of_kept, np.log(rate))


def part_rates(readings: Readings, posterior: Floats, known_swaps: int = 0) -> Floats:
    """Estimate the swap rate of each part; quotations are either spun like the rest or not at all.

    Args:
        readings: all readings.
        posterior: probability of each reading.
        known_swaps: number of swaps in the body that are certain, beside those of the readings.

    Returns:
        Shape (parts,).
    """
    swaps = np.bincount(readings.part, posterior * _is_swapped(readings), len(PARTS))
    opportunities = np.bincount(readings.part, posterior * readings.swappable, len(PARTS))
    swaps[BODY] += known_swaps
    opportunities[BODY] += known_swaps
    rates: Floats = (swaps + PRIOR_SWAP_COUNTS[:, 0]) / (opportunities + PRIOR_SWAP_COUNTS.sum(axis=1))
    rates = rates.clip(*SWAP_RATE_BOUNDS)
    if rates[QUOTATION] < MIN_QUOTATION_RATE_RATIO * rates[BODY]:
        rates[QUOTATION] = UNSPUN_RATE
    return rates


def reading_log_odds(readings: Readings, rates: Floats) -> Floats:
    """Return the log odds of a swap of each reading's part, without the original's readiness."""
    found: Floats = np.log(rates / (1 - rates))[readings.part]
    return found


def reading_rates(readings: Readings, rates: Floats) -> Floats:
    """Return the swap rate of each reading: its part's, with the original's readiness added to the log odds.

    Readings of a part that the spinner skipped all have ``UNSPUN_RATE``.

    Args:
        readings: all readings.
        rates: swap rate of each part.
    """
    odds = reading_log_odds(readings, rates) + readings.readiness
    rate = 1 / (1 + np.exp(-odds))
    return np.where(rates[readings.part] == UNSPUN_RATE, UNSPUN_RATE, rate)


def decode(
    lengths: Sequence[int],
    readings: Readings,
    words: int,
    model: LanguageModel,
    lexicon: Lexicon,
    known_swaps: int = 0,
) -> Decoded:
    """Decode a document and estimate its swap rates and the spinner's family.

    Args:
        lengths: number of tokens of each sentence.
        readings: all readings of the document.
        words: number of words of the document.
        model: the language model.
        lexicon: the lexicon that the readings come from.
        known_swaps: see :func:`part_rates`.
    """
    lattice = lattices.build(lengths, readings.edges)
    first_scores = _scores(readings, reading_rates(readings, np.full(len(PARTS), INITIAL_SWAP_RATE)))
    graph, posterior = forward_backward.decode(lattice, model, first_scores, MODEL_SCALE, ORDER)
    rates = part_rates(readings, posterior.edges, known_swaps)
    # A second round of expectation maximisation, of rates and families, changes nothing.
    mixture = families.posterior(readings, posterior.edges, reading_log_odds(readings, rates), lexicon)
    readings = families.in_mixture(readings, mixture, lexicon)
    posterior = forward_backward.sweep(lattice, graph, _scores(readings, reading_rates(readings, rates)), MODEL_SCALE)

    share = _swapped_share(readings, posterior.edges)
    as_genuine = _scores(readings, np.full(len(readings.cost), SWAP_RATE_BOUNDS[0]))
    genuine_evidence = forward_backward.total_log_evidence(lattice, graph, as_genuine, MODEL_SCALE)
    gain = (posterior.log_evidence - genuine_evidence) / max(words, 1)
    by_part = dict(zip(PARTS, rates.tolist(), strict=True))
    by_family = dict(zip(lexicon.families, mixture.tolist(), strict=True))
    return Decoded(posterior.edges, by_part, share, gain, _spun_probability(share, gain, words), by_family)
