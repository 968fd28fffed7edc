"""English vocabulary and unigram probabilities, loaded on first use.

Sources: the language model's vocabulary (modern news), the frequency list of symspellpy (83,000 words from books,
lower case), and the manually edited lists ``dictionaries/ocr/words-*.txt`` (older and British spellings, dialect, and
all words of up to three letters, because the other two contain nearly every string that short). Words and names of
older print come from ``dictionaries/ocr/words-period.tsv``.
"""

import hashlib
import math
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from itertools import repeat
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.dictionaries import LANGUAGE_MODEL, folder
from clean_news.language import language_model
from clean_news.language.model_checksum import sha256_of
from clean_news.language.tokens import UNKNOWN

SHORT_WORDS, PERIOD_WORDS, OTHER_WORDS = "short.txt", "period.tsv", ("old.txt", "dialect.txt")
SHORT_WORD_LETTERS = 3  # words of up to this length must be in words-short.txt
FREQUENCY_LIST = "frequency_dictionary_en_82_765.txt"  # symspellpy 6.10: SCOWL words, Google Books counts
FREQUENCY_LIST_TOKENS = 1.02e12  # tokens of its corpus, including those of unlisted words
PERIOD_TOKENS = 20.6e6  # words of the corpus of words-period.tsv
PERIOD_WEIGHT = 0.1  # of its counts, because its words are rare in news
UNLISTED_PROBABILITY = 1e-8  # probability of a word that is only in words-*.txt


class Vocabulary(NamedTuple):
    """Words and their probabilities. All words are in lower case.

    Attributes:
        words: the words that are written in lower case.
        names: the words that are capitalised in the model's vocabulary or in older print.
        probability: unigram probability of each word of the frequency list, and of each word of older print.
        model_log_probability: natural log probability of each lower-case word of the language model.
        unknown_log_probability: natural log probability of the model's class for unknown words.
    """

    words: frozenset[str]
    names: frozenset[str]
    probability: dict[str, float]
    model_log_probability: dict[str, float]
    unknown_log_probability: float

    def log_probability(self, word: str) -> float:
        """Return the natural log probability of a lower-case word without context."""
        listed = self.probability.get(word, UNLISTED_PROBABILITY)
        return max(math.log(listed), self.model_log_probability.get(word, -math.inf))

    def out_of_vocabulary_cost(self, word: str) -> float:
        """Return minus the log probability of a word within the unknown-word class, in nats; 0 if the model has it."""
        if word in self.model_log_probability:
            return 0.0
        return max(self.unknown_log_probability - math.log(self.probability.get(word, UNLISTED_PROBABILITY)), 0.0)

    def log_probabilities(self, words: Sequence[str]) -> NDArray[np.float64]:
        """Return the :meth:`log_probability` of each of many words; shape (words,)."""
        in_model = np.fromiter(map(self.model_log_probability.get, words, repeat(-np.inf)), np.float64, len(words))
        return np.maximum(self._listed_log_probabilities(words), in_model)

    def out_of_vocabulary_costs(self, words: Sequence[str]) -> NDArray[np.float64]:
        """Return the :meth:`out_of_vocabulary_cost` of each of many words; shape (words,)."""
        costs = np.maximum(self.unknown_log_probability - self._listed_log_probabilities(words), 0.0)
        in_model = np.fromiter(map(self.model_log_probability.__contains__, words), np.bool_, len(words))
        return np.where(in_model, 0.0, costs)

    def _listed_log_probabilities(self, words: Sequence[str]) -> NDArray[np.float64]:
        """Return the natural log of the words' :attr:`probability`, or of that of a word that is not listed."""
        listed = np.fromiter(map(self.probability.get, words, repeat(UNLISTED_PROBABILITY)), np.float64, len(words))
        found: NDArray[np.float64] = np.log(listed)
        return found


def read_words(path: Path) -> set[str]:
    """Read a list with one word per line; lines that begin with ``#`` are comments."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}


def _read_frequencies(path: Path) -> dict[str, float]:
    """Read a frequency list (a word and its count per line) as probabilities."""
    found = path.read_text(encoding="utf-8-sig").split()
    words, counts = found[::2], np.array(found[1::2], dtype=np.float64)
    return dict(zip(words, (counts / FREQUENCY_LIST_TOKENS).tolist(), strict=True))


def read_period_words(path: Path) -> dict[str, int]:
    """Read the counts of the words and capitalised names of older print: a word, a tab and its count per line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {word: int(count) for word, count in rows}


def frequency_list() -> Path:
    """Return the path of symspellpy's frequency list, without importing symspellpy.

    Raises:
        FileNotFoundError: if symspellpy is not installed.
    """
    spec = find_spec("symspellpy")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("symspellpy is not installed; install clean-news again")
    return Path(spec.submodule_search_locations[0]) / FREQUENCY_LIST


def _word_list(name: str) -> Path:
    """Return the path of a word list of the dictionaries."""
    return folder() / "ocr" / f"words-{name}"


def digest() -> str:
    """Return the SHA-256 of the files that the vocabulary is read from, in hex.

    Raises:
        FileNotFoundError: if symspellpy is not installed.
    """
    whole = hashlib.sha256(sha256_of(folder() / LANGUAGE_MODEL).encode())
    for path in (*map(_word_list, (SHORT_WORDS, PERIOD_WORDS, *OTHER_WORDS)), frequency_list()):
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


@lru_cache(maxsize=1)
def standard() -> Vocabulary:
    """Return the vocabulary of the shipped model, word lists and frequency list."""
    model = language_model.standard()
    short = read_words(_word_list(SHORT_WORDS))
    period = read_period_words(_word_list(PERIOD_WORDS))
    period_words = {word: PERIOD_WEIGHT * count / PERIOD_TOKENS for word, count in period.items() if word.islower()}
    probability = period_words | _read_frequencies(frequency_list())
    model_log_probability = {
        word: score
        for word, score in zip(model.words, model.unigram.tolist(), strict=True)
        if word.islower() and (word in short or len(word) > SHORT_WORD_LETTERS)
    }
    long_words = {word for word in probability if len(word) > SHORT_WORD_LETTERS}
    listed = (read_words(_word_list(name)) for name in OTHER_WORDS)
    words = frozenset(long_words.union(model_log_probability, short, *listed))
    names = frozenset(word.lower() for word in (*model.words, *period) if word[0].isupper())
    unknown_log_probability = float(model.unigram[model.ids[UNKNOWN]])
    return Vocabulary(words, names, probability, model_log_probability, unknown_log_probability)


def is_word(word: str) -> bool:
    """Return whether a string is a known English word or name, ignoring case.

    A string of at most three letters is a word only if it is in ``words-short.txt``. The first call takes 0.1 s.

    >>> [is_word(word) for word in ("instalment", "instaiment")]
    [True, False]
    """
    lowered = word.lower()
    vocabulary = standard()
    return lowered in vocabulary.words or (len(lowered) > SHORT_WORD_LETTERS and lowered in vocabulary.names)
