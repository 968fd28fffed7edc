"""The document decides: whether it was spun, how densely, and which of its parts.

The swap rate is the probability that the spinner swapped a word or phrase that it could swap. Each part of the
document (body, quotations, capitalised words) has its own, estimated by expectation maximisation over the
lattice. Whether the document was spun at all follows from what the readings gain over the text as it stands.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.channel import lattice as lattices
from clean_news.channel.language_model import LanguageModel
from clean_news.channel.lattice import Edge
from clean_news.channel.spun_readings import Reading

SCALE = 0.8  # of the model's log probabilities against the channel's costs
FIRST_RATE = 0.3
RATE_BOUNDS = (0.002, 0.7)
PRIOR_SWAPS = {"body": (1.0, 9.0), "quotation": (0.2, 9.8), "capital": (0.5, 9.5)}
ROUNDS = 2

Floats = NDArray[np.float64]


class Decoded(NamedTuple):
    """What the channel makes of a document.

    Attributes:
        posterior: probability of each reading.
        rates: swap rate of each part.
        share: expected share of the document's words that were swapped.
        gain: by how much the document is likelier at these rates than as a genuine one (hardly a word
            swapped), in nats a word.
    """

    posterior: Floats
    rates: dict[str, float]
    share: float
    gain: float


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

    def scores(rate: Floats) -> Floats:
        return -cost + np.where(kept, np.where(swappable, np.log1p(-rate[part]), 0.0), np.log(rate[part]))

    rate = np.full(len(names), FIRST_RATE)
    graph, posterior = lattices.decode(lattice, model, scores(rate), SCALE)
    for _ in range(ROUNDS):
        swaps = np.bincount(part, posterior.edges * ~kept, len(names))
        chances = np.bincount(part, posterior.edges * swappable, len(names))
        rate = ((swaps + prior[:, 0]) / (chances + prior.sum(axis=1))).clip(*RATE_BOUNDS)
        posterior = lattices.sweep(lattice, graph, scores(rate), SCALE)
    share = float((posterior.edges * ~kept).sum()) / max(words, 1)
    genuine = lattices.sweep(lattice, graph, scores(np.full(len(names), RATE_BOUNDS[0])), SCALE)
    gain = (posterior.evidence - genuine.evidence) / max(words, 1)
    return Decoded(posterior.edges, dict(zip(names, rate.tolist(), strict=True)), share, gain)
