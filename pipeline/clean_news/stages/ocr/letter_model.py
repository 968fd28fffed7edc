"""A letter trigram model: how likely a string is as an out-of-vocabulary word or name.

"Coveny" may be a name, "Vldormin" hardly; this distinguishes rare names from misread words. The model is estimated from
the known words and names, each counted once, with Witten-Bell smoothing (Witten and Bell, 1991).
"""

import math
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from clean_news.language import vocabulary

BOUNDARY = "\n"  # word boundary
ALPHABET_SIZE = 60  # characters of words: letters, accented letters, digits and punctuation


class LetterModel(NamedTuple):
    """Letter n-gram counts, for n of 1 to 3.

    Attributes:
        ngram_counts: count of each n-gram.
        context_counts: count of each context of up to two letters.
        follower_types: number of different letters after each context.
    """

    ngram_counts: dict[str, int]
    context_counts: dict[str, int]
    follower_types: dict[str, int]

    def surprisal(self, form: str) -> float:
        """Return the negative natural log probability of a form, including its end; case is ignored."""
        padded = BOUNDARY + form.lower() + BOUNDARY
        return -sum(math.log(self.probability(padded[max(0, at - 2) : at + 1])) for at in range(1, len(padded)))

    def probability(self, ngram: str) -> float:
        """Return the smoothed probability of the last letter of an n-gram given the others."""
        context = ngram[:-1]
        lower_order = self.probability(ngram[1:]) if context else 1 / ALPHABET_SIZE
        types = self.follower_types.get(context, 0)
        if not types:
            return lower_order
        return (self.ngram_counts.get(ngram, 0) + types * lower_order) / (self.context_counts[context] + types)


def letter_model(words: Iterable[str]) -> LetterModel:
    """Estimate the model from lower-case words.

    >>> model = letter_model(["banana", "cabana", "bandana"])
    >>> model.surprisal("canana") < model.surprisal("ncaaab")
    True
    """
    known = list(words)
    if not known:
        return LetterModel({}, {}, {})
    points = _points_of(BOUNDARY + BOUNDARY.join(known) + BOUNDARY)
    letters, codes = np.unique(points, return_inverse=True)
    boundary = letters == ord(BOUNDARY)
    pairs, triples = sliding_window_view(codes, 2), sliding_window_view(codes, 3)
    triples = triples[~boundary[triples[:, 1]]]  # of one word
    ngram_counts: dict[str, int] = {}
    for windows in (codes[1:, None], pairs, triples):
        ngram_counts |= _counts_of(windows, letters)
    context_counts: Counter[str] = Counter()
    follower_types: Counter[str] = Counter()
    for ngram, count in ngram_counts.items():
        context_counts[ngram[:-1]] += count
        follower_types[ngram[:-1]] += 1
    return LetterModel(ngram_counts, context_counts, follower_types)


def _points_of(text: str) -> NDArray[np.uint32]:
    """Return the code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.dtype("<u4"))


def _counts_of(windows: NDArray[np.int64], letters: NDArray[np.uint32]) -> dict[str, int]:
    """Count n-grams.

    Args:
        windows: an n-gram in each row, as indices of letters; shape (n-grams, n).
        letters: the code points of the letters.
    """
    shape = (len(letters),) * windows.shape[1]
    counts = np.bincount(np.ravel_multi_index(tuple(windows.T), shape), minlength=1)
    found = np.flatnonzero(counts)
    columns = [map(chr, letters[column].tolist()) for column in np.unravel_index(found, shape)]
    return dict(zip(map("".join, zip(*columns, strict=True)), counts[found].tolist(), strict=True))


@lru_cache(maxsize=1)
def standard() -> LetterModel:
    """The model of all words and names of the vocabulary; estimating it takes 0.1 s."""
    known = vocabulary.standard()
    return letter_model(known.names.union(known.model_log_probability))


@lru_cache(maxsize=50_000)
def surprisal(form: str) -> float:
    """Return the cached :meth:`LetterModel.surprisal` of the standard model."""
    padded = BOUNDARY + form.lower() + BOUNDARY
    return -sum([_log_probability(padded[max(0, at - 2) : at + 1]) for at in range(1, len(padded))])


@lru_cache(maxsize=50_000)
def _log_probability(ngram: str) -> float:
    """The natural log probability of the last letter of an n-gram given the others."""
    return math.log(standard().probability(ngram))
