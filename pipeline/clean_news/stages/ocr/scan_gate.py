"""Estimate whether a text was scanned from its share of unknown words, quickly because most articles were not."""

import math
import re
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.language import english, language_model, vocabulary
from clean_news.language.token_figures import AFTER_WORD, BEFORE_WORD, TokenFigures, numbered_tokens
from clean_news.language.uncommon_characters import uncommon_characters

# Free-standing lower-case words: not parts of "didn’t", "well-known" or "a.m". What stands before a word is matched, as
# few characters can; a text gets a space at its beginning.
FREE_WORD = re.compile(rf"[\s{BEFORE_WORD}]([a-z]{{2,}}+)(?![^\s{AFTER_WORD}])")
MAX_SHORT_LETTERS = 4  # new words are usually longer, misread words have any length
LONG_WORD_WEIGHT = 0.5
SMOOTHING_WORDS = 20  # added to the word count, so that one rare word in a short text has little effect

# Logistic function of the unknown share: its midpoint (probability 0.5) and steepness. Measured on 176
# scans (shared/bench/ocr-train and ocr-dev) and 3,592 articles of news-dev and reuters-dev: 158 scans have .0122 or
# more, their median is .06; the highest shares of articles are .0098, .0088 and .0083, all of fewer than 350 words. The
# corrected texts of those scans have at most .0104.
MIDPOINT_SHARE = 0.011
STEEPNESS = 700.0
MIN_READ_SHARE = 0.0075  # below, a text is not examined further
# Between that and this share, a text is a scan if it has clear misreadings of very common words (tho, tbe), which
# correct old print lacks: at least this many per word. In those scans the counts are 1 in 50 to 1 in 220 words, in
# correct print of all ages at most 1 in 280. One alone may be a foreign word (“Zip, nada, nyet”).
MIN_SURE_SHARE = 0.02
FEWEST_UNKNOWN = 4  # distinct words; fewer prove little, however short the text is (*pesh*, *merga*)
MIN_CLEAR_MISREADINGS = 1 / 250  # distinct ones, per word
FEWEST_CLEAR_MISREADINGS = 2
# The same in a text whose words make it a candidate for `spin`: spinners write unknown words, too. In such scans there
# are 1 in 58 to 1 in 220 words (7 scans), in spun articles at most 1 in 212 (277 articles).
MIN_CLEAR_MISREADINGS_IF_SPUN = 1 / 170
MIN_CONFIRMABLE_WORDS = 60  # shorter texts have too few words to count them
CONFIRMED_PROBABILITY, UNCONFIRMED_PROBABILITY = 0.98, 0.05
MIN_LIST_SHARE = 0.12  # of a list of names, which has few lower-case words: .24 and .32 in scans, .07 in correct print
TYPICAL_SHARE = 0.06  # median of the scans
MIN_PENALTY = -1.0  # nats

# A list of names in English has few of the words by which English is recognised. Shares in two such scans of
# shared/bench: .41 and .58 known, .08 and .05 foreign, .026 and .013 English. Texts in eight other languages, written
# for the measurement: .04-.29 known; a football table of Italian clubs .59, but without an English word.
MIN_LIST_KNOWN, MAX_LIST_FOREIGN, MIN_LIST_ENGLISH = 0.4, 0.1, 0.01
# Over two lines; `layout` joins those that it knows. Bounded, so that a search takes linear time.
BROKEN_WORD = re.compile(r"(?<![^\W\d_])[^\W\d_]{1,30}[-¬\u00ad]\n[^\W\d_]*")
RARE_HYPHENS = frozenset("¬\u00ad")
MIN_LIST_LETTERS = 4  # of the words whose known share is computed


class Unknown(NamedTuple):
    """The distinct unknown words among the free-standing lower-case words of a text.

    Attributes:
        words: the words.
        share: see :func:`unknown_share`.
    """

    words: set[str]
    share: float


def unknown_share(text: str) -> float:
    """Return the share of distinct unknown words among all lower-case words, 0–1.

    Distinct words are counted, because a repeated name or brand is not evidence of a scan. Words of more than
    :data:`MAX_SHORT_LETTERS` letters have half the weight, because most genuine words that dictionaries lack are that
    long. Halves of words that are broken over two lines are not counted. Takes 0.25 µs per word.
    """
    return unknown(text).share


def unknown(text: str) -> Unknown:
    """Return the distinct unknown words of a text and their share; see :func:`unknown_share`."""
    # Few texts may have broken words, and the pattern takes half of the time.
    may_be_broken = "-\n" in text or not RARE_HYPHENS.isdisjoint(uncommon_characters(text))
    found = numbered_tokens(BROKEN_WORD.sub(" ", text) if may_be_broken else text)
    figures = _free_words.of(found)
    suspects = (found.tokens.texts[number] for number in found.numbers[figures[:, 1] > 0].tolist())
    words = set(chain.from_iterable(map(_free_words_in, suspects))).difference(vocabulary.standard().words)
    weight = sum(1.0 if len(word) <= MAX_SHORT_LETTERS else LONG_WORD_WEIGHT for word in words)
    return Unknown(words, weight / (int(figures[:, 0].sum()) + SMOOTHING_WORDS))


def _free_words_in(token: str) -> list[str]:
    """Return the free-standing lower-case words of a token; mostly one or none."""
    return FREE_WORD.findall(" " + token)


def _figures_of(tokens: Sequence[str]) -> NDArray[np.float64]:
    """Return the numbers of free-standing lower-case words of each token, and of unknown ones among them."""
    known = vocabulary.standard().words
    words = [_free_words_in(token) for token in tokens]
    unknown = [0 if known.issuperset(own) else len(set(own) - known) for own in words]
    return np.array([list(map(len, words)), unknown], np.float64).T


_free_words = TokenFigures(_figures_of, 2)


def scanned_probability(share: float) -> float:
    """Return the probability that a text with this :func:`unknown_share` was scanned, 0–1."""
    return 1 / (1 + math.exp(min(STEEPNESS * (MIDPOINT_SHARE - share), 100.0)))


def min_share(words: int, *, is_list: bool) -> float:
    """Return the unknown share below which a text was never scanned.

    Args:
        words: number of words of the text.
        is_list: whether it is a list of names.
    """
    if is_list:
        return MIN_LIST_SHARE
    return MIDPOINT_SHARE if words < MIN_CONFIRMABLE_WORDS else MIN_READ_SHARE


def sure_share(words: int, unknown: int, *, is_list: bool) -> float:
    """Return the unknown share from which a text surely was scanned; between both, its misreadings decide.

    Args:
        words: number of words of the text.
        unknown: number of its distinct unknown words.
        is_list: whether it is a list of names.
    """
    if is_list or words < MIN_CONFIRMABLE_WORDS:
        return min_share(words, is_list=is_list)
    return MIN_SURE_SHARE if unknown >= FEWEST_UNKNOWN else math.inf


def is_confirmed(clear_misreadings: int, words: int, *, may_be_spun: bool = False) -> bool:
    """Whether a text has enough clear misreadings of very common words to be a scan.

    Args:
        clear_misreadings: their number.
        words: number of words of the text.
        may_be_spun: whether its words make it a candidate for the stage ``spin``.
    """
    minimum = MIN_CLEAR_MISREADINGS_IF_SPUN if may_be_spun else MIN_CLEAR_MISREADINGS
    return clear_misreadings >= max(FEWEST_CLEAR_MISREADINGS, minimum * words)


def misreading_penalty(share: float) -> float:
    """Return how much rarer misreadings are in this text than in those that the costs were estimated from, in nats.

    It keeps the number of changes in good scans low: without it, genuine old newspapers would get twice as many. It is
    negative for scans worse than the typical one, but only a little, because their context is less reliable too.
    """
    return max(MIN_PENALTY, math.log(TYPICAL_SHARE / (share + 0.001)))


def is_english_list(text: str) -> bool:
    """Whether a text without enough of the common English words is a list in English: of names, runners or prizes.

    >>> is_english_list("Der Hafen Hamburg wurde gestern Montag gesperrt, berichtet Bürgermeister Schmidt")
    False
    """
    sample = text[: english.SAMPLE_CHARS]
    common, foreign = english.shares(sample)
    if common < MIN_LIST_ENGLISH or foreign > MAX_LIST_FOREIGN:
        return False
    words, names = vocabulary.standard().words, language_model.standard().ids
    found = [word for word in english.WORD.findall(sample) if len(word) >= MIN_LIST_LETTERS]
    return sum(word.lower() in words or word in names for word in found) >= MIN_LIST_KNOWN * max(len(found), 1)
