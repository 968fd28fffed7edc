"""What counts as an English word, and how common it is.

Three sources, none of them loaded before the first question: the language model's vocabulary (modern news),
the frequency list that comes with symspellpy (83,000 words of books, in small letters), and what people edit:
``dictionaries/ocr/words-*.txt`` (older and British spellings, dialect, and all words of up to three letters, because
the other two hold nearly every string that short).
"""

import math
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np

from clean_news.dictionaries import folder
from clean_news.language import language_model
from clean_news.language.tokens import UNKNOWN

SHORT_WORD_LETTERS = 3  # letters; up to here only words-short.txt counts
FREQUENCY_LIST = "frequency_dictionary_en_82_765.txt"  # symspellpy 6.10: SCOWL words, Google Books counts
FREQUENCY_LIST_TOKENS = 1.02e12  # tokens behind that list, those of words it leaves out included
UNLISTED_PROBABILITY = 1e-8  # probability of a word that only words-*.txt has


class Vocabulary(NamedTuple):
    """The words.

    Attributes:
        words: those that are written in small letters.
        names: those that the model knows with a capital, in small letters.
        probability: of each word of the frequency list.
        modelled: natural log probability of each lower-case word of the language model.
        outside: natural log probability, in the model, of all words that it lacks taken together.
    """

    words: frozenset[str]
    names: frozenset[str]
    probability: dict[str, float]
    model_log_probability: dict[str, float]
    unknown_log_probability: float

    def log_probability(self, word: str) -> float:
        """Natural log probability of a word in small letters, whatever stands around it."""
        listed = self.probability.get(word, UNLISTED_PROBABILITY)
        return max(math.log(listed), self.model_log_probability.get(word, -math.inf))

    def out_of_vocabulary_cost(self, word: str) -> float:
        """Minus the log probability of a word among all that the model lacks, in nats; 0 if it has it."""
        if word in self.model_log_probability:
            return 0.0
        return max(self.unknown_log_probability - math.log(self.probability.get(word, UNLISTED_PROBABILITY)), 0.0)


def read_words(path: Path) -> set[str]:
    """The words of a list, one a line; lines that begin with ``#`` are comments."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}


def _read_frequencies(path: Path) -> dict[str, float]:
    """The words of a frequency list ("word count" a line) with their probabilities."""
    found = path.read_text(encoding="utf-8-sig").split()
    words, counts = found[::2], np.array(found[1::2], dtype=np.float64)
    return dict(zip(words, (counts / FREQUENCY_LIST_TOKENS).tolist(), strict=True))


def frequency_list() -> Path:
    """Where symspellpy keeps its frequency list; found without importing it.

    Raises:
        FileNotFoundError: if symspellpy is not installed.
    """
    spec = find_spec("symspellpy")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("symspellpy is not installed; install clean-news again")
    return Path(spec.submodule_search_locations[0]) / FREQUENCY_LIST


@lru_cache(maxsize=1)
def standard() -> Vocabulary:
    """The vocabulary of the shipped model, lists and dictionaries."""
    model = language_model.standard()
    word_lists = folder() / "ocr"
    short = read_words(word_lists / "words-short.txt")
    probability = _read_frequencies(frequency_list())
    model_log_probability = {
        word: score
        for word, score in zip(model.words, model.unigram.tolist(), strict=True)
        if word.islower() and (word in short or len(word) > SHORT_WORD_LETTERS)
    }
    long_words = {word for word in probability if len(word) > SHORT_WORD_LETTERS}
    listed = (read_words(word_lists / f"words-{kind}.txt") for kind in ("old", "dialect"))
    words = frozenset(long_words.union(model_log_probability, short, *listed))
    names = frozenset(word.lower() for word in model.words if word[0].isupper())
    unknown_log_probability = float(model.unigram[model.ids[UNKNOWN]])
    return Vocabulary(words, names, probability, model_log_probability, unknown_log_probability)


def is_word(word: str) -> bool:
    """Whether this is an English word or a name that the news know; capitals do not count.

    A word of at most three letters counts only if ``words-short.txt`` has it. The first call takes 0.1 s.

    >>> [is_word(word) for word in ("instalment", "instaiment")]
    [True, False]
    """
    lowered = word.lower()
    vocabulary = standard()
    return lowered in vocabulary.words or (len(lowered) > SHORT_WORD_LETTERS and lowered in vocabulary.names)
