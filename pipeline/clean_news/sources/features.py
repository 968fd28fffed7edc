"""The features of a text: its names, numbers and rarer words, hashed.

A copy that was reworded keeps most of them: rewording swaps frequent words, and neither names nor numbers. So frequent
words in lower case are no features; the others are weighted by how few articles of the index have them.
"""

import re
import zlib
from functools import cache

import numpy as np
from numpy.typing import NDArray

from clean_news.language import language_model

FEATURES_VERSION = 2  # increment it when a text's features change
# Words of the language model that are no features unless capitalised within a sentence. Measured with 150 articles of
# news-dev, spun forward and cut by 30%, and their originals among 21,535: all are at rank 1 with 0 to 5,000 words, 148
# with 12,000. Fewer words take more space: 190 features an article, 155 with 3,000, 420 with none.
FREQUENT_WORDS = 2_000
MIN_LETTERS = 4  # of a word in lower case

Features = NDArray[np.uint32]

_WORD_OR_NUMBER = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
# A capitalised word after a word or a comma: not at the beginning of a sentence, where the capital says nothing.
_NAME_WITHIN_SENTENCE = re.compile(r"(?<=[a-z,] )[A-Z][^\W\d_]+")


@cache
def _frequent_words() -> frozenset[str]:
    """Return the most frequent lower-case words of the language model."""
    model = language_model.standard()
    words = map(model.words.__getitem__, model.unigram.argsort(kind="stable")[::-1].tolist())
    lower_case = (word for word in words if word.isalpha() and word.islower())
    return frozenset(word for word, _ in zip(lower_case, range(FREQUENT_WORDS), strict=False))


def feature_texts(text: str) -> set[str]:
    """Return the names, numbers and rarer words of a text, in lower case.

    Args:
        text: any text.

    >>> sorted(feature_texts("On Monday the bank of Joan Karlssen, 47, paid $1,500."))
    ['1500', '47', 'joan', 'karlssen', 'monday']
    """
    frequent = _frequent_words()
    found = set(map(str.lower, _NAME_WITHIN_SENTENCE.findall(text)))
    for token in set(_WORD_OR_NUMBER.findall(text)) - frequent:
        if token.islower():
            if len(token) >= MIN_LETTERS:
                found.add(token)
        elif token[0].isdecimal():
            found.add(token.replace(",", ""))
        elif (word := token.lower()) not in frequent:
            found.add(word)
    return found


def features_of(text: str) -> Features:
    """Return the hashes of the features of a text, ascending, each once; shape (features,).

    Args:
        text: any text.
    """
    hashes = {zlib.crc32(feature.encode("utf-8", "surrogatepass")) for feature in feature_texts(text)}
    return np.array(sorted(hashes), np.uint32)
