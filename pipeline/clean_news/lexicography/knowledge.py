"""What the checks know of English: the model's words, the inflections, and what the spinner is known to do."""

from pathlib import Path
from typing import NamedTuple

from clean_news.channel import inflection, language_model, vocabulary
from clean_news.channel.inflection import Inflections
from clean_news.channel.language_model import LanguageModel
from clean_news.channel.spin_files import KEPT, read_choices
from clean_news.channel.tokens import TOKEN
from clean_news.channel.vocabulary import Vocabulary
from clean_news.lexicography.entry_files import CHOICES

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
