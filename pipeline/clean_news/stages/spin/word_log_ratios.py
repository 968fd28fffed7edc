"""Sums by word what frequency words gain and lose by spinning, for the log ratios of the prefilter."""

import math
import re

import numpy as np
from numpy.typing import NDArray

from clean_news.language.language_model import LanguageModel
from clean_news.stages.spin.lexicon_weights import LOG_RATIO_BOUNDS, MIN_LOG_RATIO, UNKNOWN_WORD_FREQUENCY
from clean_news.stages.spin.phrase_hashes import Hashes, Ints, hashes_of, phrase_hashes

Floats = NDArray[np.float64]

LOWER_CASE_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")


class WordSums:
    """Sums of weights by word and family.

    Attributes:
        words: hashes of the distinct words, ascending.
        sums: the sums of each; shape (words, families).
    """

    def __init__(self, families: int) -> None:
        self.words: Hashes = np.zeros(0, np.uint64)
        self.sums: Floats = np.zeros((0, families))

    def add(self, words: Hashes, weights: NDArray[np.floating]) -> None:
        """Add weights of words."""
        some = weights.any(axis=1)
        self.words, group = np.unique(np.concatenate((self.words, words[some])), return_inverse=True)
        both = np.concatenate((self.sums, weights[some]))
        self.sums = np.zeros((len(self.words), both.shape[1]))
        add_sums(self.sums, group, both)

    def of(self, words: Hashes) -> Floats:
        """Return the sums of each word; 0 for others."""
        at = numbers_of(self.words, words)
        found = np.zeros((len(words), self.sums.shape[1]))
        found[at >= 0] = self.sums[at[at >= 0]]
        return found


def add_sums(total: NDArray[np.floating], owner: Ints, values: NDArray[np.floating]) -> None:
    """Add the rows of values to those of their owners, a column at a time; ``total`` is modified in place."""
    for column in range(values.shape[1]):
        total[:, column] += np.bincount(owner, values[:, column], len(total))


def numbers_of(keys: Hashes, wanted: Hashes) -> Ints:
    """The index of each hash among ascending ones; -1 for what is not there."""
    if not len(keys):
        return np.full(len(wanted), -1)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, at, -1)


def _looked_up(hashes: Hashes, values: Floats, wanted: Hashes, missing: float) -> Floats:
    """The values of the wanted hashes among ascending ones."""
    at = numbers_of(hashes, wanted)
    found = np.full(len(wanted), missing)
    found[at >= 0] = values[at[at >= 0]]
    return found


def log_ratios(gained: WordSums, lost: WordSums, model: LanguageModel) -> tuple[Hashes, Floats]:
    """Return the words whose frequency spinning changes, and their log ratios.

    Args:
        gained: frequency that each word gains in spun news, by family.
        lost: frequency that it loses.
        model: the language model.

    Returns:
        Keys of the words, ascending, and see :attr:`clean_news.stages.spin.lexicon.Lexicon.log_ratios`.
    """
    frequency: dict[str, float] = {}
    for form, index in model.ids.items():
        word = form.lower()
        if form in (word, word.capitalize()) and LOWER_CASE_WORD.fullmatch(word):
            frequency[word] = frequency.get(word, 0.0) + math.exp(model.unigram[index])
    known = hashes_of(list(frequency))
    order = np.argsort(known)
    words = np.union1d(gained.words, lost.words)
    frequencies = np.fromiter(frequency.values(), np.float64, len(frequency))
    reference = _looked_up(known[order], frequencies[order], words, UNKNOWN_WORD_FREQUENCY)[:, None]
    after = np.maximum(reference + gained.of(words) - lost.of(words), reference / 20)
    ratio = np.log(after / reference)
    kept = (np.abs(ratio) > MIN_LOG_RATIO).any(axis=1)
    key = phrase_hashes(words[kept], np.ones(int(kept.sum()), np.int64))
    by_key = np.argsort(key)
    return key[by_key], np.round(ratio[kept].clip(*LOG_RATIO_BOUNDS), 3)[by_key]
