"""The features of a text: its names, numbers and rare words, hashed.

A copy that was reworded keeps them: a rewording swaps frequent words, and neither names nor numbers. So frequent words
in lower case are no features; the others are weighted by how few articles of the index have them.
"""

import re
import zlib
from functools import cache

import numpy as np
from numpy.typing import NDArray

from clean_news.language import language_model

FEATURES_VERSION = 1  # increment it when a text's features change
COLUMNS = 1 << 20  # number of hash values; two features share one rarely, and then only an article or two seem likelier
FREQUENT_WORDS = 12_000  # of the language model, in lower case: no features unless capitalised within a sentence
MIN_RARE_LETTERS = 5  # of a rare word in lower case; shorter ones are mostly abbreviations and noise

Columns = NDArray[np.int32]

WORD_OR_NUMBER = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
# A capitalised word after a word or a comma: not at the beginning of a sentence, where the capital says nothing.
NAME_WITHIN_SENTENCE = re.compile(r"(?<=[a-z,] )[A-Z][^\W\d_]+")


@cache
def _frequent_words() -> frozenset[str]:
    """Return the most frequent lower-case words of the language model."""
    model = language_model.standard()
    words = map(model.words.__getitem__, model.unigram.argsort(kind="stable")[::-1].tolist())
    lower_case = (word for word in words if word.isalpha() and word.islower())
    return frozenset(word for word, _ in zip(lower_case, range(FREQUENT_WORDS), strict=False))


def feature_texts(text: str) -> set[str]:
    """Return the names, numbers and rare words of a text, in lower case.

    Args:
        text: any text.

    >>> sorted(feature_texts("On Monday the bank of Joan Karlssen, 47, paid $1,500."))
    ['1500', '47', 'joan', 'karlssen', 'monday']
    """
    frequent = _frequent_words()
    found = set()
    for token in set(WORD_OR_NUMBER.findall(text)):
        if token[0].isdigit():
            found.add(token.replace(",", ""))
            continue
        word = token.lower()
        if word not in frequent and (word != token or len(word) >= MIN_RARE_LETTERS):
            found.add(word)
    found.update(map(str.lower, NAME_WITHIN_SENTENCE.findall(text)))
    return found


def columns_of(text: str) -> Columns:
    """Return the features of a text as sorted column numbers below :data:`COLUMNS`, each once.

    Args:
        text: any text.
    """
    hashes = {zlib.crc32(feature.encode("utf-8", "surrogatepass")) % COLUMNS for feature in feature_texts(text)}
    return np.array(sorted(hashes), np.int32)
