"""A first look that lets genuine articles pass in microseconds: the words that spinning makes commoner.

A spun text has more of some words (*yr*, *additionally*) and fewer of others (*year*, *also*) than news has. How many
follows from the lexicon and the model's word frequencies: swap every word of the news at a usual rate and count. The
sum of the log ratios over an article's words is what a naive Bayes judge would go by. It decides nothing but whether
the lattice is worth building.
"""

import math
import re
from collections.abc import Mapping

WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")


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
