"""The phrases that a form may be read as, as word ids of the language model.

A phrase is a word of the model's vocabulary, or a text that may replace a form: an original of the lexicon, or an
original in other capitals. Phrases are numbered in this order; the words of each are stored once.
"""

import numpy as np
from numpy.typing import NDArray

from clean_news.language.growable_arrays import Column, Interner
from clean_news.language.language_model import LanguageModel
from clean_news.language.tokens import CAPITALS, NAME, UNKNOWN
from clean_news.stages.spin.capitals import Capitals, with_capitals
from clean_news.stages.spin.lexicon import Lexicon

Ints = NDArray[np.int64]


class Phrases:
    """The table of phrases.

    Attributes:
        model: the language model; the phrase of the word with id ``i`` has the number ``i``.
        originals: the originals of the lexicon.
        texts: the texts that may replace a form, numbered, the originals that the lexicon has in memory first.
        words: word ids of all phrases, concatenated.
        begin: by phrase, the index of its first word.
        count: by phrase, the number of its words.
        unknown: by phrase, the number of its words that are not in the vocabulary.
        unknown_names: by phrase, the number of its capitalised words that are not in the vocabulary with a capital.
        context_free: by phrase, its natural log probability without context.
        text_by_capitals: number of the text of each original in each :class:`Capitals`, plus 1; 0 if not yet known, so
            that the system provides memory for what is used only; shape (capitals, originals).
    """

    def __init__(self, lexicon: Lexicon, model: LanguageModel) -> None:
        self.model = model
        self.originals = lexicon.texts
        self.texts: Interner[str] = Interner()
        self.words = Column(np.uint16)
        self.begin, self.count, self.unknown = Column(np.int64), Column(np.int64), Column(np.int64)
        self.unknown_names, self.context_free = Column(np.int64), Column(np.float64)
        self.text_by_capitals = np.zeros((len(Capitals), len(lexicon.texts)), np.int64)
        vocabulary = np.arange(len(model.words))
        self.extend(vocabulary, np.ones_like(vocabulary), model.unigram)

    def of_texts(self, texts: Ints) -> Ints:
        """Return the phrase numbers of texts, given by their numbers."""
        return texts + len(self.model.words)

    def texts_in(self, capitals: Ints, originals: Ints) -> Ints:
        """Return the text numbers of originals in the given capitals.

        Args:
            capitals: :class:`Capitals`, one for each original.
            originals: indices in ``Lexicon.texts``.
        """
        found = self.text_by_capitals[capitals, originals] - 1
        for index in np.flatnonzero(found < 0).tolist():
            one, original = Capitals(capitals[index]), originals[index]
            found[index] = self.texts[with_capitals(one, self.originals[original])]
            self.text_by_capitals[one, original] = found[index] + 1
        return found

    def add_new_texts(self) -> None:
        """Add the texts that are not yet phrases to the columns."""
        new = [self.model.ids_of(text) for text in self.texts.interned[self.count.filled - len(self.model.words) :]]
        if new:
            words = np.array([word for phrase in new for word in phrase])
            self.extend(words, np.array([len(phrase) for phrase in new]), self.model.phrase_log_probability(new))

    def extend(
        self, words: NDArray[np.integer], counts: NDArray[np.integer], context_free: NDArray[np.floating]
    ) -> None:
        """Append phrases to the columns.

        Args:
            words: word ids of all phrases, concatenated.
            counts: number of words of each phrase.
            context_free: natural log probability of each phrase without context.
        """
        ends = np.cumsum(counts)
        self.begin.extend(self.words.filled + ends - counts)
        self.words.extend(words)
        self.count.extend(counts)
        # Running sums instead of reduceat, because a phrase of the lexicon may have no word at all.
        for column, classes in ((self.unknown, [UNKNOWN]), (self.unknown_names, [NAME, CAPITALS])):
            found = np.append(0, np.cumsum(np.isin(words, [self.model.ids[each] for each in classes])))
            column.extend(found[ends] - found[ends - counts])
        self.context_free.extend(context_free)
