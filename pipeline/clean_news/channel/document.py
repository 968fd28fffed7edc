"""The document decides: whether it was spun, how densely, and which of its parts.

The swap rate is the probability that the spinner swapped a word or phrase that it could swap. Each part of the
document (body, quotations, capitalised words) has its own, estimated by expectation maximisation over the
lattice. Whether the document was spun at all follows from what the readings gain over the text as it stands.
"""

import math
from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.channel import lattice as lattices
from clean_news.channel.language_model import LanguageModel
from clean_news.channel.lattice import Edge
from clean_news.channel.spun_readings import Reading

SCALE = 0.65  # of the model's log probabilities against the channel's costs
FIRST_RATE = 0.3
RATE_BOUNDS = (0.002, 0.7)
PRIOR_SWAPS = {"body": (1.0, 9.0), "quotation": (0.2, 9.8), "capital": (0.5, 9.5)}
ROUNDS = 2
RATE_WEIGHT = 3.0  # how many sightings of a word the part's rate is worth
FORM_WEIGHT = 2.0  # how many the dictionary's own probability of a form is worth

Floats = NDArray[np.float64]


def spun_probability(share: float, gain: float, words: int) -> float:
    """Probability that a document was spun, from what its decoding shows.

    Both the share of swapped words and the gain must speak for it: names and jargon alone give one or the
    other. The shorter the document, the more of each is asked for.

    Args:
        share: see :class:`Decoded`.
        gain: see :class:`Decoded`.
        words: number of words of the document.

    Source: measured on news-dev, reuters-dev (genuine) and on spun articles cut to 50, 100 and 600 words;
    genuine ones of 600 words have shares up to .12 and gains up to .04 (one in 200 .2), spun ones from .21
    and .27 on.

    >>> spun_probability(0.3, 0.4, 400) > 0.95, spun_probability(0.1, 0.1, 400) < 0.01
    (True, True)
    """
    few = max(words, 1) ** -0.5
    by_share = 1 / (1 + math.exp((0.13 + 0.9 * few - share) / 0.02))
    by_gain = 1 / (1 + math.exp((0.10 + 1.2 * few - gain) / 0.025))
    return by_share * by_gain


def swapped_share(readings: Sequence[Reading], parts: Sequence[str], posterior: Floats) -> float:
    """Expected share of the body's distinct words that were swapped; see :class:`Decoded`."""
    kept: dict[tuple[int, int], float] = defaultdict(float)
    form: dict[tuple[int, int], int] = {}
    for reading, part, probability in zip(readings, parts, posterior.tolist(), strict=True):
        if part == "body" and reading.text is None:
            place = (reading.sentence, reading.edge.start)
            kept[place] += probability
            form[place] = reading.edge.words[0]
    by_form: dict[int, list[float]] = defaultdict(list)
    for place, probability in kept.items():
        by_form[form[place]].append(1 - probability)
    return sum(sum(found) / len(found) for found in by_form.values()) / max(len(by_form), 1)


class Decoded(NamedTuple):
    """What the channel makes of a document.

    Attributes:
        posterior: probability of each reading.
        rates: swap rate of each part.
        share: expected share of the body's distinct words that were swapped. Distinct, because a name or a
            table's heading that the model finds odd is not odder for being repeated.
        gain: by how much the document is likelier at these rates than as a genuine one (hardly a word
            swapped), in nats a word.
        spun: probability that the document was spun.
    """

    posterior: Floats
    rates: dict[str, float]
    share: float
    gain: float
    spun: float


def decode(
    lengths: Sequence[int], readings: Sequence[Reading], parts: Sequence[str], words: int, model: LanguageModel
) -> Decoded:
    """Decode a document and estimate its swap rates.

    Args:
        lengths: number of tokens of each sentence.
        readings: the readings of all sentences, by sentence.
        parts: for each reading the part of the document that it stands in: a key of ``PRIOR_SWAPS``.
        words: number of words of the document.
        model: the language model.
    """
    by_sentence: list[list[Edge]] = [[] for _ in lengths]
    for reading in readings:
        by_sentence[reading.sentence].append(reading.edge)
    lattice = lattices.build(list(zip(lengths, by_sentence, strict=True)))
    kept = np.array([reading.text is None for reading in readings])
    swappable = np.array([reading.swappable for reading in readings])
    cost = np.array([reading.cost for reading in readings])
    names = list(PRIOR_SWAPS)
    part = np.array([names.index(name) for name in parts])
    prior = np.array([PRIOR_SWAPS[name] for name in names])

    original, originals = numbered([reading.original for reading in readings])
    pair, pairs = numbered([(reading.form, reading.original) for reading in readings])
    swapped = ~kept & swappable

    def scores(rate: Floats, form_cost: Floats) -> Floats:
        return -form_cost + np.where(kept, np.where(swappable, np.log1p(-rate), 0.0), np.log(rate))

    rate = np.full(len(readings), FIRST_RATE)
    form_cost = cost
    graph, posterior = lattices.decode(lattice, model, scores(rate, form_cost), SCALE)
    for _ in range(ROUNDS):
        edges = posterior.edges
        swaps = np.bincount(part, edges * swapped, len(names))
        chances = np.bincount(part, edges * swappable, len(names))
        part_rate = ((swaps + prior[:, 0]) / (chances + prior.sum(axis=1))).clip(*RATE_BOUNDS)
        # The spinner is consistent: what it did to a word elsewhere in the document says what it did here.
        of_original = np.bincount(original, edges * swapped, originals)[original] - edges * swapped
        all_of_original = np.bincount(original, edges * swappable, originals)[original] - edges * swappable
        of_pair = np.bincount(pair, edges * swapped, pairs)[pair] - edges * swapped
        rate = (of_original + RATE_WEIGHT * part_rate[part]) / (all_of_original + RATE_WEIGHT)
        rate = rate.clip(*RATE_BOUNDS)
        form_cost = np.where(
            kept, cost, -np.log((of_pair + FORM_WEIGHT * np.exp(-cost)) / (of_original + FORM_WEIGHT))
        )
        posterior = lattices.sweep(lattice, graph, scores(rate, form_cost), SCALE)
    share = swapped_share(readings, parts, posterior.edges)
    as_genuine = scores(np.full(len(readings), RATE_BOUNDS[0]), cost)
    gain = (posterior.evidence - lattices.sweep(lattice, graph, as_genuine, SCALE).evidence) / max(words, 1)
    rates = dict(zip(names, part_rate.tolist(), strict=True))
    return Decoded(posterior.edges, rates, share, gain, spun_probability(share, gain, words))


def numbered(keys: Sequence[Hashable]) -> tuple[NDArray[np.int64], int]:
    """A number for each key, the same for the same, and how many there are."""
    index: dict[Hashable, int] = {}
    return np.array([index.setdefault(key, len(index)) for key in keys]), len(index)
