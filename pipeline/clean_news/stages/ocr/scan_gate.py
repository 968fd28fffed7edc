"""Was this text ever scanned? Told from its unknown words alone, because genuine articles must leave at once."""

import math
import re

from clean_news.language import vocabulary

# Words in small letters that stand free: not half of "didn’t", "well-known" or "a.m".
FREE_WORD = re.compile(r"(?<![^\s(\"“‘])[a-z]{2,}(?=[\s.,;:!?)\"”]|$)")
SHORT = 4  # letters; new words are longer as a rule, misread ones of any length
LONG_WEIGHT = 0.5
SPARE = 20  # words added to the count, so that one rare word does not make a scan of a short text

# Share of different unknown words at which both are as likely, and how fast that changes. Measured with 146
# scans (shared/bench/ocr-train) and 3,592 articles of news-dev and reuters-dev: 130 scans have .0122 and more,
# their median is .06; the worst articles have .0098, .0088 and .0083, all of fewer than 350 words. The corrected
# texts of those scans have at most .0091.
EVEN_SHARE = 0.011
STEEPNESS = 700.0
USUAL_SHARE = 0.06


def unknown_share(text: str) -> float:
    """How many different words in small letters no dictionary has, by the number of all such words; 0–1.

    It takes a quarter of a microsecond a word.

    Different, because a name or a brand is not odder for being repeated; words of more than :data:`SHORT` letters
    count half, because most words that a dictionary lacks are that long.
    """
    found = FREE_WORD.findall(text)
    unknown = set(found).difference(vocabulary.standard().words)
    weight = sum(1.0 if len(word) <= SHORT else LONG_WEIGHT for word in unknown)
    return weight / (len(found) + SPARE)


def scanned(share: float) -> float:
    """The probability that a text with this :func:`unknown_share` was scanned, 0–1."""
    return 1 / (1 + math.exp(min(STEEPNESS * (EVEN_SHARE - share), 100.0)))


def rarity(share: float) -> float:
    """How much rarer a misreading is in this text than in those that the costs were estimated from, in nats.

    A good scan gets few changes: without this, genuine old newspapers would get twice as many. Nothing is made
    cheaper for a bad one, whose words are worse evidence, too.
    """
    return max(0.0, math.log(USUAL_SHARE / (share + 0.001)))
