"""Estimate whether a text was scanned from its share of unknown words, quickly because most articles were not."""

import math
import re

from clean_news.language import vocabulary

# Free-standing lower-case words: not parts of "didn’t", "well-known" or "a.m".
FREE_WORD = re.compile(r"(?<![^\s(\"“‘])[a-z]{2,}(?=[\s.,;:!?)\"”]|$)")
MAX_SHORT_LETTERS = 4  # new words are usually longer, misread words have any length
LONG_WORD_WEIGHT = 0.5
SMOOTHING_WORDS = 20  # added to the word count, so that one rare word in a short text has little effect

# Logistic function of the unknown share: its midpoint (probability 0.5) and steepness. Measured on 146
# scans (shared/bench/ocr-train) and 3,592 articles of news-dev and reuters-dev: 130 scans have .0122 or more,
# their median is .06; the highest shares of articles are .0098, .0088 and .0083, all of fewer than 350 words. The
# corrected texts of those scans have at most .0091.
MIDPOINT_SHARE = 0.011
STEEPNESS = 700.0
TYPICAL_SHARE = 0.06  # median of the scans


def unknown_share(text: str) -> float:
    """Return the share of distinct unknown words among all lower-case words, 0–1.

    Distinct words are counted, because a repeated name or brand is not evidence of a scan. Words of more than
    :data:`MAX_SHORT_LETTERS` letters have half the weight, because most genuine words that dictionaries lack are that
    long. Takes 0.25 µs per word.
    """
    found = FREE_WORD.findall(text)
    unknown = set(found).difference(vocabulary.standard().words)
    weight = sum(1.0 if len(word) <= MAX_SHORT_LETTERS else LONG_WORD_WEIGHT for word in unknown)
    return weight / (len(found) + SMOOTHING_WORDS)


def scanned_probability(share: float) -> float:
    """Return the probability that a text with this :func:`unknown_share` was scanned, 0–1."""
    return 1 / (1 + math.exp(min(STEEPNESS * (MIDPOINT_SHARE - share), 100.0)))


def misreading_penalty(share: float) -> float:
    """Return how much rarer misreadings are in this text than in those that the costs were estimated from, in nats.

    It keeps the number of changes in good scans low: without it, genuine old newspapers would get twice as many. For
    bad scans it is 0, not negative, because their context is less reliable too.
    """
    return max(0.0, math.log(TYPICAL_SHARE / (share + 0.001)))
