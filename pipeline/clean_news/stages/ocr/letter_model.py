"""A letter trigram model: how likely a string is as an out-of-vocabulary word or name.

"Coveny" may be a name, "Vldormin" hardly; this distinguishes rare names from misread words. The model is estimated from
the known words and names, each counted once, with Witten-Bell smoothing (Witten and Bell, 1991).
"""

import math
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

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
    ngram_counts: Counter[str] = Counter()
    for word in words:
        padded = BOUNDARY + word + BOUNDARY
        ngram_counts.update(padded[1:])
        ngram_counts.update(padded[at : at + 2] for at in range(len(padded) - 1))
        ngram_counts.update(padded[at : at + 3] for at in range(len(padded) - 2))
    context_counts: Counter[str] = Counter()
    follower_types: Counter[str] = Counter()
    for ngram, count in ngram_counts.items():
        context_counts[ngram[:-1]] += count
        follower_types[ngram[:-1]] += 1
    return LetterModel(ngram_counts, context_counts, follower_types)


@lru_cache(maxsize=1)
def standard() -> LetterModel:
    """The model of all words and names of the vocabulary; estimating it takes 0.4 s."""
    known = vocabulary.standard()
    return letter_model(sorted(known.names | set(known.model_log_probability)))


@lru_cache(maxsize=50_000)
def surprisal(form: str) -> float:
    """Return the cached :meth:`LetterModel.surprisal` of the standard model."""
    padded = BOUNDARY + form.lower() + BOUNDARY
    return -sum([_log_probability(padded[max(0, at - 2) : at + 1]) for at in range(1, len(padded))])


@lru_cache(maxsize=50_000)
def _log_probability(ngram: str) -> float:
    """The natural log probability of the last letter of an n-gram given the others."""
    return math.log(standard().probability(ngram))
