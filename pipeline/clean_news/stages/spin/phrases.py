"""What a spun form may be read as, in the language model's words.

A phrase is one of the vocabulary's words, or a text that may stand in a form's place: an original of the lexicon, or
one in other capitals. Phrases are numbered in this order; the words of each stand in one table once.
"""

import numpy as np
from numpy.typing import NDArray

from clean_news.language.growing_tables import Column, Numbers
from clean_news.language.language_model import LanguageModel
from clean_news.language.tokens import UNKNOWN
from clean_news.stages.spin.capitals import Capitals, with_capitals
from clean_news.stages.spin.lexicon import Lexicon

Ints = NDArray[np.int64]


class Phrases:
    """The table of phrases.

    Attributes:
        model: the language model; the phrase of its word ``id`` has the number ``id``.
        texts: by number the texts that may stand in a form's place, the lexicon's originals first.
        words: the words of all phrases, one phrase's after the other's.
        begin: for each phrase where its words begin.
        count: how many there are.
        unknown: how many of these the model does not know.
        alone: log probability of the phrase without context.
    """

    def __init__(self, lexicon: Lexicon, model: LanguageModel) -> None:
        self.model = model
        self.originals = lexicon.texts
        self.texts: Numbers[str] = Numbers(lexicon.texts)
        self.words = Column(np.uint16)
        self.begin, self.count, self.unknown = Column(np.int64), Column(np.int64), Column(np.int64)
        self.alone = Column(np.float64)
        self.in_capitals = np.full((len(Capitals), len(lexicon.texts)), -1)
        self.in_capitals[Capitals.OWN] = np.arange(len(lexicon.texts))
        vocabulary = np.arange(len(model.words))
        self.extend(vocabulary, np.ones_like(vocabulary), model.unigram)
        self.extend(*lexicon.spelled)
        self.weigh_new()

    def of_texts(self, texts: Ints) -> Ints:
        """The phrases that are these texts."""
        return texts + len(self.model.words)

    def texts_in(self, capitals: Ints, originals: Ints) -> Ints:
        """The texts that these originals are with these capitals.

        Args:
            capitals: :class:`Capitals`, one for each original.
            originals: indices in ``Lexicon.texts``.
        """
        found = self.in_capitals[capitals, originals]
        for place in np.flatnonzero(found < 0).tolist():
            one, original = Capitals(capitals[place]), originals[place]
            found[place] = self.texts[with_capitals(one, self.originals[original])]
            self.in_capitals[one, original] = found[place]
        return found

    def weigh_new(self) -> None:
        """Put texts that are new into the columns."""
        new = [self.model.ids_of(text) for text in self.texts.things[self.count.filled - len(self.model.words) :]]
        if new:
            words = np.array([word for phrase in new for word in phrase])
            self.extend(words, np.array([len(phrase) for phrase in new]), self.model.alone(new))

    def extend(self, words: NDArray[np.integer], counts: NDArray[np.integer], alone: NDArray[np.floating]) -> None:
        """Append phrases to the columns: the words of all, how many each has, and its log probability alone."""
        ends = np.cumsum(counts)
        self.begin.extend(self.words.filled + ends - counts)
        self.words.extend(words)
        self.count.extend(counts)
        # By running sums, since a phrase of the lexicon may have no word at all.
        unknown = np.append(0, np.cumsum(words == self.model.ids[UNKNOWN]))
        self.unknown.extend(unknown[ends] - unknown[ends - counts])
        self.alone.extend(alone)
