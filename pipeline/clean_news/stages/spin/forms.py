"""What one form in a text may stand for, made once for each form and kept.

A news text repeats its words; the table turns the lexicon's rows and the capitals of the form at hand into rows of its
own when a form is first met, so that reading a document is mostly look-ups.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.language import language_model
from clean_news.language.growing_tables import Column, Numbers, ranges
from clean_news.language.language_model import LanguageModel
from clean_news.language.tokens import UNKNOWN
from clean_news.stages.spin import lexicon_building
from clean_news.stages.spin.capitals import Capitals, capitals_of
from clean_news.stages.spin.lexicon import Lexicon
from clean_news.stages.spin.phrases import Phrases
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


class Candidates(NamedTuple):
    """Rows of forms that are new, before the likeliest are chosen; one element a row in each array.

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

    owner: Ints
    phrase: Ints
    text: Ints
    cost: Floats
    readiness: Floats
    original: Ints
    own: NDArray[np.bool_]


def _by_owner(kept: Candidates, swapped: Candidates) -> Candidates:
    """The rows form after form, of each form first what keeps it."""
    columns: list[NDArray[Any]] = list(map(np.concatenate, zip(kept, swapped, strict=True)))
    rows = Candidates(*columns)
    return _taken_from(rows, np.argsort(rows.owner, kind="stable"))


def _taken_from(rows: Candidates, places: Ints) -> Candidates:
    """The rows at these places."""
    columns: list[NDArray[Any]] = [column[places] for column in rows]
    return Candidates(*columns)


class SpunForms:
    """The table of forms.

    Attributes:
        lexicon: the spin lexicon.
        model: the language model.
        prefixes: the first two tokens of every form of several.
        phrases: what forms may be read as.
        numbers: of forms and originals, in small letters.
        met: the numbers of the forms in the table.
        begin: for each form where its rows begin in the columns below.
        count: how many there are.
        word_begin: for each row where its phrase's words begin in those of ``phrases``.
        word_count: how many there are.
        text, cost, readiness, original: of each row; see :class:`Candidates`.
        pair: of each row the number of its form, times 2 to the power of PAIR_SHIFT, and that of its original.
    """

    def __init__(self, lexicon: Lexicon, model: LanguageModel) -> None:
        self.lexicon = lexicon
        self.model = model
        self.prefixes = {" ".join(form.split(" ", 2)[:2]) for form in lexicon.inverse if " " in form}
        self.phrases = Phrases(lexicon, model)
        lowered = list(map(str.lower, lexicon.texts))
        self.numbers: Numbers[str] = Numbers(dict.fromkeys(lowered))
        self.numbers_of_originals = np.array(list(map(self.numbers.__getitem__, lowered)), np.int64)
        self.own = np.array(list(map(lexicon.own.__contains__, lexicon.texts)), np.bool_)
        self.met: dict[Key, int] = {}
        self.begin, self.count = Column(np.int64), Column(np.int64)
        self.word_begin, self.word_count, self.text = Column(np.int64), Column(np.int64), Column(np.int64)
        self.cost, self.readiness = Column(np.float64), Column(np.float64)
        self.original, self.pair = Column(np.int64), Column(np.int64)

    def rows_of(self, keys: Sequence[Key]) -> tuple[Ints, Ints]:
        """Where each form's rows begin in the columns, and how many there are.

        Args:
            keys: the forms of a document, all together: those not met before are weighed in one go.
        """
        new = [key for key in dict.fromkeys(keys) if key not in self.met]
        if new:
            self.add(new)
        numbers = np.fromiter(map(self.met.__getitem__, keys), np.int64, len(keys))
        return self.begin.array()[numbers], self.count.array()[numbers]

    def add(self, keys: Sequence[Key]) -> None:
        """Put the rows of forms that are new into the columns."""
        rows = _by_owner(self.kept(keys), self.swapped(keys))
        self.phrases.weigh_new()
        kept = rows.text < 0
        unknown = self.phrases.unknown.array()[rows.phrase]
        rows = rows._replace(cost=rows.cost + np.where(kept, 0.0, OWN_UNKNOWN_COST * unknown))
        sayable = (unknown == 0) | rows.own
        usable = np.flatnonzero(kept | (sayable & (self.phrases.count.array()[rows.phrase] <= LONGEST)))
        alone = rows.cost - CONTEXT_FREE_SCALE * self.phrases.alone.array()[rows.phrase]
        limits = np.array([MOST_ORIGINALS * (1 + free) for _, free, _ in keys])
        taken = usable[likeliest(rows.owner[usable], ~kept[usable], alone[usable], limits)]
        self.append(keys, _taken_from(rows, taken))

    def append(self, keys: Sequence[Key], rows: Candidates) -> None:
        """Append the rows of these forms, which stand form after form, to the columns."""
        counts = np.bincount(rows.owner, minlength=len(keys))
        self.met.update(zip(keys, range(self.begin.filled, self.begin.filled + len(keys)), strict=True))
        self.begin.extend(self.cost.filled + np.cumsum(counts) - counts)
        self.count.extend(counts)
        self.word_begin.extend(self.phrases.begin.array()[rows.phrase])
        self.word_count.extend(self.phrases.count.array()[rows.phrase])
        self.cost.extend(rows.cost)
        self.text.extend(rows.text)
        self.readiness.extend(rows.readiness)
        self.original.extend(rows.original)
        forms = np.array([self.numbers[observed.lower()] for observed, _, _ in keys], np.int64)
        self.pair.extend((forms[rows.owner] << PAIR_SHIFT) + rows.original)

    def kept(self, keys: Sequence[Key]) -> Candidates:
        """The rows that keep a token: as it stands and, where its capital says nothing, in true case."""
        found = []
        for owner, (observed, free, _) in enumerate(keys):
            if " " in observed:
                continue
            form = observed.lower()
            ready, number = self.lexicon.readiness.get(form, np.nan), self.numbers[form]
            variants = {observed, self.model.true_case(observed)} if free and observed[0].isupper() else {observed}
            found += [(owner, self.model.id_of(word), ready, number) for word in sorted(variants)]
        owners, words, readiness, numbers = np.array(found).reshape(-1, 4).T
        return Candidates(
            owners.astype(np.int64),
            words.astype(np.int64),  # a word's phrase has its number
            np.full(len(found), -1),
            np.where(words == self.model.ids[UNKNOWN], UNKNOWN_COST, 0.0),
            readiness,
            numbers.astype(np.int64),
            np.zeros(len(found), np.bool_),
        )

    def swapped(self, keys: Sequence[Key]) -> Candidates:
        """The rows that put an original in a form's place, in the form's capitals.

        Where these say nothing there is another row that reads it in its own.
        """
        inverse = self.lexicon.inverse
        found = []
        for owner, (observed, free, kept_only) in enumerate(keys):
            if kept_only:
                continue
            form = observed.lower()
            capitals = Capitals.OWN if form == observed else capitals_of(observed.split(" "))
            keys_of_form = (observed, form) if form != observed else (form,)  # first as a name
            found += [(owner, inverse[key], capitals, free) for key in keys_of_form if key in inverse]
        owners, numbers, capitals_, frees = np.array(found, np.int64).reshape(-1, 4).T
        begin, originals, costs, readiness = self.lexicon.rows
        counts = np.diff(begin)[numbers]
        rows = ranges(begin[numbers], counts)
        original = originals[rows].astype(np.int64)
        text = self.phrases.texts_in(np.repeat(capitals_, counts), original)
        both = np.repeat(frees, counts).astype(np.bool_) & (text != original)
        row = np.repeat(np.arange(len(rows)), 1 + both)
        second = np.append(False, row[1:] == row[:-1])
        return Candidates(
            np.repeat(owners, counts)[row],
            self.phrases.of_texts(np.where(second, original[row], text[row])),
            text[row],
            costs[rows[row]],
            readiness[original[row]],
            self.numbers_of_originals[original[row]],
            self.own[original[row]],
        )


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
    return SpunForms(lexicon_building.standard(own), language_model.standard())


def standard(own: tuple[Version, ...] = ()) -> SpunForms:
    """The same table; a new one where the old has grown too large."""
    if len(table(own).met) > MOST_FORMS:
        table.cache_clear()
    return table(own)
