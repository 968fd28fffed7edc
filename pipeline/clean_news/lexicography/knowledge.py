"""What the checks know of English: the model's words, the inflections, known spinner choices, and word similarity.

The similarity of two words is the cosine of their contexts' positive pointwise mutual information (Bullinaria and Levy
2007). A word's contexts are the model's bigrams with each of the commonest words before and after it.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.language import language_model, vocabulary
from clean_news.language.language_model import LanguageModel
from clean_news.language.tokens import CLASSES, TOKEN
from clean_news.language.vocabulary import Vocabulary
from clean_news.lexicography.entry_files import CHOICES
from clean_news.stages.spin import inflection
from clean_news.stages.spin.entries import KEPT, read_choices
from clean_news.stages.spin.inflection import Inflections

SPELLINGS = "spinner-spellings.txt"  # in dictionaries/: words of the forms that no vocabulary has


class Knowledge(NamedTuple):
    """What the checks know.

    Attributes:
        model: the language model.
        vocabulary: what counts as a word.
        spellings: the spinner's own spellings, beyond the vocabulary.
        inflections: of the dictionaries' words.
        choices: pairs of original and form that the spinner is known to write.
    """

    model: LanguageModel
    vocabulary: Vocabulary
    spellings: frozenset[str]
    inflections: Inflections
    choices: frozenset[tuple[str, str]]

    def is_word(self, word: str) -> bool:
        """Whether the vocabulary or the model has the word, in whatever capitals."""
        lowered = word.lower()
        return (
            word in self.model.ids
            or lowered in self.model.ids
            or lowered in self.vocabulary.words
            or lowered in self.vocabulary.names
        )

    def are_words(self, phrase: str) -> bool:
        """Whether all words of the phrase are words; numbers and signs count as words."""
        return all(self.is_word(word) for word in words_of(phrase))

    def is_choice(self, original: str, form: str, kind: str) -> bool:
        """Whether the spinner is known to write this form, or an inflection of it, for this original."""
        pairs = zip(
            inflection.inflect(original, kind, self.inflections),
            inflection.inflect(form, kind, self.inflections),
            strict=True,
        )
        return any(pair in self.choices for pair in pairs)


def words_of(phrase: str) -> list[str]:
    """The words of a phrase, without numbers and signs.

    >>> words_of("10-year T-bill's")
    ['year', 'T', 'bill']
    """
    return [token for token in TOKEN.findall(phrase) if token[0].isalpha()]


def standard(dictionaries: Path) -> Knowledge:
    """The knowledge that these dictionaries and the shipped model hold."""
    spellings, inflections, choices = (dictionaries / name for name in (SPELLINGS, "inflections.tsv", CHOICES))
    chosen = read_choices(choices) if choices.exists() else {}
    return Knowledge(
        language_model.standard(),
        vocabulary.standard(),
        frozenset(vocabulary.read_words(spellings)) if spellings.exists() else frozenset(),
        inflection.read(inflections) if inflections.exists() else {},
        frozenset((original, form) for original, forms in chosen.items() for form in forms if form != KEPT),
    )


COMMON = 1000  # context words on either side

Contexts = NDArray[np.float32]


class ContextVectors:
    """The contexts of single words, each looked up once."""

    def __init__(self, model: LanguageModel) -> None:
        self.model = model
        commonest = np.argsort(-model.unigram[len(CLASSES) :], kind="stable")[:COMMON] + len(CLASSES)
        self.common = commonest.astype(np.uint16)
        self.vectors: dict[str, Contexts] = {}

    def of(self, word: str) -> Contexts:
        """The word's contexts as a vector of length 1: the common words before it, then those behind.

        Raises:
            KeyError: if the model lacks the word.
        """
        if word not in self.vectors:
            self.vectors[word] = self.looked_up(self.model.ids[word])
        return self.vectors[word]

    def looked_up(self, index: int) -> Contexts:
        """The vector of the word of this id."""
        own = np.full(len(self.common), index, np.uint16)
        before, behind = np.concatenate([self.common, own]), np.concatenate([own, self.common])
        probability, held = self.model.bigrams(before, behind)
        gained = np.maximum(probability - self.model.unigram[behind], 0)
        information: Contexts = np.where(held, gained, 0).astype(np.float32)
        length = float(np.linalg.norm(information))
        return information / np.float32(length) if length else information

    def likeness(self, one: str, other: str) -> float | None:
        """How alike two words are used: 0 not at all, 1 the same; None if the model lacks one of them.

        Words that spinners swap: median .23, one in twenty under .044 (35,703 pairs of the dictionaries).
        """
        if one not in self.model.ids or other not in self.model.ids:
            return None
        return float(self.of(one) @ self.of(other))
