"""How likely a string of letters is as a word or a name that no dictionary has.

"Coveny" may well be a name, "Vldormin" is none: that is what tells a rare name from a misread word. Letter
trigrams over the words and names that are known, each counted once, with Witten-Bell smoothing (Witten and Bell,
1991).
"""

import math
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from clean_news.language import vocabulary

EDGE = "\n"  # before and behind a word
CHARACTERS = 60  # that a word may be made of: letters with accents, figures and signs included


class LetterModel(NamedTuple):
    """Counts of letters behind none, one and two others.

    Attributes:
        seen: how often each string of one to three letters was seen.
        total: how often each context was seen.
        kinds: how many different letters were seen behind each context.
    """

    seen: dict[str, int]
    total: dict[str, int]
    kinds: dict[str, int]

    def surprise(self, form: str) -> float:
        """Minus the natural log probability of the form's letters, its end included; capitals do not count."""
        padded = EDGE + form.lower() + EDGE
        return -sum(math.log(self.probability(padded[max(0, at - 2) : at + 1])) for at in range(1, len(padded)))

    def probability(self, piece: str) -> float:
        """Of the piece's last letter behind the others."""
        context = piece[:-1]
        lower = self.probability(piece[1:]) if context else 1 / CHARACTERS
        kinds = self.kinds.get(context, 0)
        if not kinds:
            return lower
        return (self.seen.get(piece, 0) + kinds * lower) / (self.total[context] + kinds)


def letter_model(words: Iterable[str]) -> LetterModel:
    """The model of these words, in small letters.

    >>> model = letter_model(["banana", "cabana", "bandana"])
    >>> model.surprise("canana") < model.surprise("ncaaab")
    True
    """
    seen: Counter[str] = Counter()
    for word in words:
        padded = EDGE + word + EDGE
        seen.update(padded[1:])
        seen.update(padded[at : at + 2] for at in range(len(padded) - 1))
        seen.update(padded[at : at + 3] for at in range(len(padded) - 2))
    total: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for piece, count in seen.items():
        total[piece[:-1]] += count
        kinds[piece[:-1]] += 1
    return LetterModel(seen, total, kinds)


@lru_cache(maxsize=1)
def standard() -> LetterModel:
    """The model of all words and names that the vocabulary has; made in 0.4 s."""
    known = vocabulary.standard()
    return letter_model(sorted(known.names | set(known.model_log_probability)))


@lru_cache(maxsize=50_000)
def surprise(form: str) -> float:
    """:meth:`LetterModel.surprise` of the standard model, kept."""
    return standard().surprise(form)
