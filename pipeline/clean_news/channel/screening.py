"""A first look that lets genuine articles pass in microseconds: the words that spinning makes commoner.

A spun text has more of some words (*yr*, *additionally*) and fewer of others (*year*, *also*) than news has. How many
follows from the lexicon and the model's word frequencies: swap every word of the news at a usual rate and count. The
sum of the log ratios over an article's words is what a naive Bayes judge would go by. It decides nothing but whether
the lattice is worth building.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from clean_news.channel.language_model import LanguageModel
    from clean_news.channel.lexicon import Lexicon

RATE = 0.35  # swap rate of the imagined spinner
BOUNDS = (-1.0, 3.0)  # of one word's log ratio: no word proves anything alone
WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")


def telltales(lexicon: "Lexicon", model: "LanguageModel") -> dict[str, float]:
    """For each lower-case word the log ratio of its frequencies in spun and in genuine news.

    Words whose frequency hardly changes are left out.

    Args:
        lexicon: one whose originals are spelled.
        model: the language model.
    """
    rows, frequency = lexicon.rows, np.exp(lexicon.spelled.alone)
    rate = 1 / (1 + np.exp(-math.log(RATE / (1 - RATE)) - rows.readiness))
    of_row = np.repeat([form == form.lower() for form in lexicon.inverse], np.diff(rows.begin))  # no names
    moved = of_row * (frequency * rate)[rows.original] * np.exp(-rows.cost)
    gained = by_word(lexicon.inverse, np.add.reduceat(moved, rows.begin[:-1]))
    lost = by_word(lexicon.texts, np.bincount(rows.original, moved, len(lexicon.texts)).astype(np.float64))
    ratios = {}
    for word in gained.keys() | lost.keys():
        usual = frequency_of_word(word, model)
        ratio = math.log(max(usual + gained.get(word, 0.0) - lost.get(word, 0.0), usual / 20) / usual)
        if abs(ratio) > 0.02:
            ratios[word] = round(min(max(ratio, BOUNDS[0]), BOUNDS[1]), 3)
    return ratios


def frequency_of_word(word: str, model: "LanguageModel") -> float:
    """The word's probability, in lower case or with a capital; a small one if the model lacks it."""
    known = (model.ids.get(form) for form in (word, word.capitalize()))
    return sum(math.exp(model.unigram[index]) for index in known if index is not None) or 1e-8


def by_word(phrases: Iterable[str], weights: NDArray[np.float64]) -> dict[str, float]:
    """The weights of the phrases that each lower-case word stands in, added up."""
    found: dict[str, float] = defaultdict(float)
    for phrase, weight in zip(phrases, weights.tolist(), strict=True):
        if weight:
            for word in WORD.findall(phrase):
                found[word] += weight
    return found


def suspicion(text: str, ratios: Mapping[str, float]) -> float:
    """Mean log ratio of the text's words: about 0 in genuine news, higher in spun."""
    words = WORD.findall(text.lower().replace("’", "'"))
    return math.fsum(map(ratios.get, words, [0.0] * len(words))) / max(len(words), 1)


def worth_decoding(text: str) -> float:
    """The suspicion from which on a text is decoded; in a short one chance plays a greater part.

    Source: measured on 3,000 genuine articles of news-dev and reuters-dev and on real spun ones. Cut to 600 words
    nine in ten genuine articles are below .122 and one in a hundred above .16, the least suspicious spun one has
    .24; cut to 60 words, .156, .22 and .14.
    """
    return 0.15 - 0.3 / math.sqrt(max(text.count(" "), 1))
