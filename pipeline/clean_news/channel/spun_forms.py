"""What one form in a text may stand for, made once for each form and kept.

A news text repeats its words; the table turns the lexicon's lines, the capitals of the form at hand and the
model's word ids into rows of arrays when a form is first met, so that reading a document is mostly look-ups.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, chain

import numpy as np
from numpy.typing import NDArray

from clean_news.channel import language_model, lexicon
from clean_news.channel.growing_tables import Column, Numbers
from clean_news.channel.language_model import LanguageModel
from clean_news.channel.lexicon import Lexicon
from clean_news.channel.tokens import TOKEN, UNKNOWN
from clean_news.user_files import Version

MOST_ORIGINALS = 7  # candidates for one form
CONTEXT_FREE_SCALE = 0.65  # of the model's log probability in choosing them
LONGEST = 8  # words of a candidate, at most; also the lattice's limit
UNKNOWN_COST = 6.0  # of one word of the class <unknown>: the class's probability is shared by very many
OWN_UNKNOWN_COST = 2.0  # of one that the user's own dictionary names: it is one of few
MOST_FORMS = 80_000  # in the standard table, 0.8 KB each; then it begins anew
PAIR_SHIFT = 32  # bits

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Key = tuple[str, bool, bool]
"""A form in a text: its tokens, with spaces between; whether a capital at its beginning says nothing (a sentence's
first word, a headline); whether it is only kept as it stands."""


def with_case_of(observed: list[str], original: str) -> str:
    """The original with the capitals of the form it was swapped for.

    >>> with_case_of(["Functions", "Worldwide"], "applications international")
    'Applications International'
    >>> with_case_of(["Financial", "institution"], "bank")
    'Bank'
    """
    if original != original.lower():
        return original
    words = [form for form in observed if form[0].isalpha()]
    if not words or not words[0][0].isupper():
        return original
    if all(form.isupper() for form in words) and sum(map(len, words)) > 1:
        return original.upper()
    if len(words) > 1 and all(form[0].isupper() for form in words if len(form) > 3):
        return " ".join(word[0].upper() + word[1:] if len(word) > 3 else word for word in original.split(" "))
    return original[0].upper() + original[1:]


class Candidates:
    """Rows of forms that are new, before the likeliest are chosen; one element a row in each list.

    Attributes:
        owner: place of the row's form among the new ones.
        phrase: number of the phrase that the row reads as.
        text: number of the text that would stand there; -1 where the token is kept.
        cost: minus the log probability that the spinner writes this form for this original; of a kept one
            what its being unknown to the model costs.
        readiness: how much readier than usual the spinner swaps the original, in log odds; not a number where
            the spinner could not have swapped it.
        original: number of the original.
        own: whether the user's own dictionary names the original.
    """

    def __init__(self) -> None:
        self.owner: list[int] = []
        self.phrase: list[int] = []
        self.text: list[int] = []
        self.cost: list[float] = []
        self.readiness: list[float] = []
        self.original: list[int] = []
        self.own: list[bool] = []


class SpunForms:
    """The table of forms.

    A phrase is what a row reads as: a kept token, or an original in some case. Its words stand in the table once.

    Attributes:
        lexicon: the spin lexicon.
        model: the language model.
        prefixes: the first two tokens of every form of several.
        texts: of the texts that stand in for forms.
        numbers: of forms and originals, in small letters.
        phrases: of the phrases; of a kept token the phrase is its word's id.
        words: the words of all phrases, one phrase after the other.
        word_begin: for each row where its phrase's words begin.
        word_count: how many there are.
        text, cost, readiness, original: of each row; see :class:`Candidates`.
        pair: of each row the number of its form, times 2 to the power of PAIR_SHIFT, and that of its original.
    """

    def __init__(self, lexicon: Lexicon, model: LanguageModel) -> None:
        self.lexicon = lexicon
        self.model = model
        self.prefixes = {" ".join(form.split(" ", 2)[:2]) for form in lexicon.inverse if " " in form}
        self.texts: Numbers[str] = Numbers()
        self.numbers: Numbers[str] = Numbers()
        self.phrases: Numbers[str | int] = Numbers()
        self.places: dict[Key, tuple[int, int]] = {}
        self.words = Column(np.uint16)
        self.phrase_begin, self.phrase_count, self.phrase_unknown = Column(np.int64), Column(np.int64), Column(np.int64)
        self.phrase_alone = Column(np.float64)
        self.word_begin, self.word_count, self.text = Column(np.int64), Column(np.int64), Column(np.int64)
        self.cost, self.readiness = Column(np.float64), Column(np.float64)
        self.original, self.pair = Column(np.int64), Column(np.int64)

    def places_of(self, keys: Sequence[Key]) -> list[tuple[int, int]]:
        """Where each form's rows begin in the columns, and how many there are.

        Args:
            keys: the forms of a document, all together: those not met before are weighed in one go.
        """
        places = self.places
        new = [key for key in dict.fromkeys(keys) if key not in places]
        if new:
            self.add(new)
        return [places[key] for key in keys]

    def add(self, keys: Sequence[Key]) -> None:
        """Put the rows of forms that are new into the columns."""
        candidates = Candidates()
        for place, (observed, free, kept_only) in enumerate(keys):
            if " " not in observed:
                self.keep(candidates, place, observed, free)
            if not kept_only:
                self.swap(candidates, place, observed, free)
        self.weigh_phrases()
        owner, phrase = np.array(candidates.owner, np.int64), np.array(candidates.phrase, np.int64)
        kept = np.array(candidates.text, np.int64) < 0
        unknown = self.phrase_unknown.array()[phrase]
        cost = np.array(candidates.cost) + np.where(kept, 0.0, OWN_UNKNOWN_COST * unknown)
        sayable = (unknown == 0) | np.array(candidates.own, np.bool_)
        usable = np.flatnonzero(kept | (sayable & (self.phrase_count.array()[phrase] <= LONGEST)))
        limits = np.array([MOST_ORIGINALS * (1 + free) for _, free, _ in keys])
        alone = cost[usable] - CONTEXT_FREE_SCALE * self.phrase_alone.array()[phrase[usable]]
        taken = usable[likeliest(owner[usable], ~kept[usable], alone, limits)]
        self.append(keys, candidates, taken, cost)

    def append(self, keys: Sequence[Key], candidates: Candidates, taken: Ints, cost: Floats) -> None:
        """Append rows to the columns.

        Args:
            keys: the forms.
            candidates: their rows.
            taken: the places of those that are appended, form after form.
            cost: of each candidate, with what its unknown words cost.
        """
        begin = self.cost.filled
        owner, phrase = np.array(candidates.owner, np.int64)[taken], np.array(candidates.phrase, np.int64)[taken]
        counts = np.bincount(owner, minlength=len(keys))
        begins = begin + np.cumsum(counts) - counts
        self.places.update(zip(keys, zip(begins.tolist(), counts.tolist(), strict=True), strict=True))
        self.word_begin.extend(self.phrase_begin.array()[phrase])
        self.word_count.extend(self.phrase_count.array()[phrase])
        self.cost.extend(cost[taken])
        self.text.extend(np.array(candidates.text, np.int64)[taken])
        self.readiness.extend(np.array(candidates.readiness, np.float64)[taken])
        self.original.extend(np.array(candidates.original, np.int64)[taken])
        forms = np.array([self.numbers[observed.lower()] for observed, _, _ in keys], np.int64)
        self.pair.extend((forms[owner] << PAIR_SHIFT) + self.original.array()[begin:])

    def keep(self, candidates: Candidates, owner: int, observed: str, free: bool) -> None:
        """Add the rows that keep a token: as it stands and, where its capital says nothing, in true case."""
        form = observed.lower()
        variants = {observed, self.model.true_case(observed)} if free and observed[0].isupper() else {observed}
        unknown = self.model.ids[UNKNOWN]
        original = self.numbers[form]
        for word in map(self.model.id_of, sorted(variants)):
            candidates.owner.append(owner)
            candidates.phrase.append(self.phrases[word])
            candidates.text.append(-1)
            candidates.cost.append(UNKNOWN_COST if word == unknown else 0.0)
            candidates.readiness.append(self.lexicon.readiness.get(form, np.nan))
            candidates.original.append(original)
            candidates.own.append(False)

    def swap(self, candidates: Candidates, owner: int, observed: str, free: bool) -> None:
        """Add the rows that put an original in the form's place."""
        form = observed.lower()
        originals, costs, readiness = self.lexicon.columns(*dict.fromkeys((observed, form)))  # first as a name
        if not originals:
            return
        texts = variants = originals
        if observed != form:
            tokens = observed.split(" ")
            texts = variants = [with_case_of(tokens, original) for original in originals]
            if free:
                both = [sorted({text, original}) for text, original in zip(texts, originals, strict=True)]
                rows = zip(originals, costs, readiness, texts, both, strict=True)
                spread = [(*row[:4], variant) for row in rows for variant in row[4]]
                originals, costs, readiness, texts, variants = map(list, zip(*spread, strict=True))
        candidates.owner += [owner] * len(variants)
        candidates.phrase += map(self.phrases.__getitem__, variants)
        candidates.text += map(self.texts.__getitem__, texts)
        candidates.cost += costs
        candidates.readiness += readiness
        candidates.original += map(self.numbers.__getitem__, map(str.lower, originals))
        candidates.own += map(self.lexicon.own.__contains__, originals)

    def weigh_phrases(self) -> None:
        """Put phrases that are new into their columns."""
        unknown = self.model.ids[UNKNOWN]
        new = [self.ids_of(phrase) for phrase in self.phrases.things[self.phrase_count.filled :]]
        counts = list(map(len, new))
        begins = list(accumulate(counts, initial=self.words.filled))
        self.words.extend(list(chain.from_iterable(new)))
        self.phrase_begin.extend(begins[:-1])
        self.phrase_count.extend(counts)
        self.phrase_unknown.extend([words.count(unknown) for words in new])
        self.phrase_alone.extend(self.model.alone(new) if new else [])

    def ids_of(self, phrase: str | int) -> tuple[int, ...]:
        """The model's ids of a phrase's words."""
        if isinstance(phrase, int):
            return (phrase,)
        known = self.model.ids.get(phrase)
        if known is not None and phrase.isalpha():  # its normal form, too
            return (known,)
        return tuple(map(self.model.id_of, TOKEN.findall(phrase)))


def likeliest(owner: Ints, swapped: NDArray[np.bool_], cost: Floats, limits: Ints) -> Ints:
    """The places of the rows that stay: all that keep their form, and of those that swap it the likeliest.

    Args:
        owner: of each row its form; rising.
        swapped: whether it swaps its form; those that do not stand first among a form's rows.
        cost: of each row.
        limits: for each form how many rows that swap it stay.
    """
    count = np.bincount(owner[swapped], minlength=len(limits))
    ranked = np.where(swapped & (count > limits)[owner], cost, 0.0)  # where all stay they keep their order
    order = np.lexsort((ranked, swapped, owner))
    begins = np.searchsorted(owner, np.arange(len(limits)))
    kept = np.bincount(owner[~swapped], minlength=len(limits))
    rank = np.arange(len(order)) - (begins + kept)[owner]  # below 0 for those that keep their form
    return np.asarray(order[rank < limits[owner]])


@lru_cache(maxsize=1)
def table(own: tuple[Version, ...] = ()) -> SpunForms:
    """The table of the lexicon and the model in ``dictionaries/`` and of the user's own files, however large."""
    return SpunForms(lexicon.standard(own), language_model.standard())


def standard(own: tuple[Version, ...] = ()) -> SpunForms:
    """The same table; a new one where the old has grown too large."""
    if len(table(own).places) > MOST_FORMS:
        table.cache_clear()
    return table(own)
