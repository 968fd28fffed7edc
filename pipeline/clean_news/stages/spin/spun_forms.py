"""A table of the candidate readings of each form, filled on first use.

News text repeats its words: combining the lexicon's rows with a form's capitals once and caching the result makes
reading a document mostly look-ups.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.language import language_model
from clean_news.language.growable_arrays import Column, Interner, ranges
from clean_news.language.language_model import LanguageModel
from clean_news.language.tokens import NAME, UNKNOWN
from clean_news.stages.spin import lexicon_building
from clean_news.stages.spin.capitals import Capitals, capitals_of
from clean_news.stages.spin.lexicon import Lexicon
from clean_news.stages.spin.phrases import Phrases
from clean_news.user_files import FileVersion

MAX_ORIGINALS = 5  # candidate originals of one form; up to 15 score alike (F0.5 within .004) and take longer
CONTEXT_FREE_SCALE = 0.65  # weight of the model's log probability in choosing them
MAX_CANDIDATE_WORDS = 8  # the limit of an edge of the lattice, lattice.MAX_EDGE_WORDS
UNKNOWN_COST = 6.0  # nats for a word of the class <unknown>: very many words share the class's probability
USER_UNKNOWN_COST = 2.0  # the same for a word in a user dictionary: there are few of these
MAX_TABLE_FORMS = 80_000  # of 0.8 KB each; a larger standard table is discarded and started afresh
PAIR_SHIFT = 32  # bits of the original's id in a pair

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
FormKey = tuple[str, bool, bool]
"""A form in a text: its tokens, separated by spaces; whether an initial capital carries no information (at a sentence's
start, in a headline); whether it must be kept unchanged."""


class CandidateRows(NamedTuple):
    """Candidate readings of new forms before pruning; all arrays have shape (rows,).

    Attributes:
        owner: index of the row's form among the new ones.
        phrase: number of the phrase that the form is read as; see :class:`Phrases`.
        text: number of the replacement in ``Phrases.texts``; -1 where the token is kept.
        cost: minus the natural log probability that the spinner writes this form for this original; for a kept token,
            the cost of being unknown to the model.
        readiness: log odds that the spinner swaps the original, relative to an average one; NaN where the spinner
            could not have swapped it.
        original: id of the original.
        from_user: whether a user dictionary has the original.
        lexicon_row: the row's index in ``Lexicon.rows``; -1 where the token is kept.
        lexicon_original: index of the original in ``Lexicon.texts``; -1 where the spinner could not have swapped it.
        recased: whether the original is read in the form's capitals, which are not its own: as a name, or part of one.
    """

    owner: Ints
    phrase: Ints
    text: Ints
    cost: Floats
    readiness: Floats
    original: Ints
    from_user: NDArray[np.bool_]
    lexicon_row: Ints
    lexicon_original: Ints
    recased: NDArray[np.bool_]


def _by_owner(kept: CandidateRows, swapped: CandidateRows) -> CandidateRows:
    """The rows grouped by form, those that keep the form first."""
    columns: list[NDArray[Any]] = list(map(np.concatenate, zip(kept, swapped, strict=True)))
    rows = CandidateRows(*columns)
    return _taken_from(rows, np.argsort(rows.owner, kind="stable"))


def _taken_from(rows: CandidateRows, indices: Ints) -> CandidateRows:
    """The rows with these indices."""
    columns: list[NDArray[Any]] = [column[indices] for column in rows]
    return CandidateRows(*columns)


class SpunForms:
    """The table of forms.

    Attributes:
        lexicon: the spin lexicon.
        model: the language model.
        phrases: the phrases that forms may be read as.
        ids: ids of lower-case forms and originals.
        form_numbers: the forms in the table, numbered.
        begin: by form number, its first row in the columns below.
        count: by form number, the number of its rows.
        word_begin: by row, the index of its phrase's first word in ``Phrases.words``.
        word_count: by row, the number of its phrase's words.
        text, cost, readiness, original, lexicon_row, lexicon_original: by row; see :class:`CandidateRows`.
        pair: by row, the id of its form, shifted left by :data:`PAIR_SHIFT` bits, plus the id of its original.
    """

    def __init__(self, lexicon: Lexicon, model: LanguageModel) -> None:
        self.lexicon = lexicon
        self.model = model
        self.phrases = Phrases(lexicon, model)
        self.ids: Interner[str] = Interner()
        self._original_ids = np.zeros(len(lexicon.texts), np.int64)  # plus 1; 0 if not yet known
        self.form_numbers: dict[FormKey, int] = {}
        self.begin, self.count = Column(np.int64), Column(np.int64)
        self.word_begin, self.word_count, self.text = Column(np.int64), Column(np.int64), Column(np.int64)
        self.cost, self.readiness = Column(np.float64), Column(np.float64)
        self.original, self.pair = Column(np.int64), Column(np.int64)
        self.lexicon_row, self.lexicon_original = Column(np.int64), Column(np.int64)

    def rows_of(self, keys: Sequence[FormKey]) -> tuple[Ints, Ints]:
        """Return the first row of each form and its number of rows, adding new forms to the table.

        Args:
            keys: all forms of a document; the new ones are scored in one batch.

        Returns:
            First rows and row counts; both of shape (len(keys),).
        """
        known = list(map(self.form_numbers.get, keys))
        if None in known:
            self._add([key for key in dict.fromkeys(keys) if key not in self.form_numbers])
            known = list(map(self.form_numbers.get, keys))
        numbers = np.array(known, np.int64)
        return self.begin.array()[numbers], self.count.array()[numbers]

    def _add(self, keys: Sequence[FormKey]) -> None:
        """Add the rows of new forms to the columns."""
        lowered = [observed.lower() for observed, _, _ in keys]
        self.lexicon.inverse.remember(dict.fromkeys((*lowered, *(observed for observed, _, _ in keys))))
        self.lexicon.original_numbers.remember(dict.fromkeys(lowered))
        rows = _by_owner(self._kept_rows(keys), self._swapped_rows(keys))
        self.phrases.add_new_texts()
        kept = rows.text < 0
        unknown = self.phrases.unknown.array()[rows.phrase]
        rows = rows._replace(cost=rows.cost + np.where(kept, 0.0, USER_UNKNOWN_COST * unknown))
        # An original that is no name anywhere in the model's news is not one here.
        is_no_name = rows.recased & (self.phrases.unknown_names.array()[rows.phrase] > 0)
        known = ((unknown == 0) & ~is_no_name) | rows.from_user
        usable = np.flatnonzero(kept | (known & (self.phrases.count.array()[rows.phrase] <= MAX_CANDIDATE_WORDS)))
        context_free = rows.cost - CONTEXT_FREE_SCALE * self.phrases.context_free.array()[rows.phrase]
        limits = np.array([MAX_ORIGINALS * (1 + case_unreliable) for _, case_unreliable, _ in keys])
        taken = usable[_lowest_cost(rows.owner[usable], ~kept[usable], context_free[usable], limits)]
        self._append(keys, _taken_from(rows, taken))

    def _append(self, keys: Sequence[FormKey], rows: CandidateRows) -> None:
        """Append the rows of these forms, grouped by form, to the columns."""
        counts = np.bincount(rows.owner, minlength=len(keys))
        self.form_numbers.update(zip(keys, range(self.begin.filled, self.begin.filled + len(keys)), strict=True))
        self.begin.extend(self.cost.filled + np.cumsum(counts) - counts)
        self.count.extend(counts)
        self.word_begin.extend(self.phrases.begin.array()[rows.phrase])
        self.word_count.extend(self.phrases.count.array()[rows.phrase])
        self.cost.extend(rows.cost)
        self.text.extend(rows.text)
        self.readiness.extend(rows.readiness)
        self.original.extend(rows.original)
        self.lexicon_row.extend(rows.lexicon_row)
        self.lexicon_original.extend(rows.lexicon_original)
        forms = np.array([self.ids[observed.lower()] for observed, _, _ in keys], np.int64)
        self.pair.extend((forms[rows.owner] << PAIR_SHIFT) + rows.original)

    def _kept_rows(self, keys: Sequence[FormKey]) -> CandidateRows:
        """The rows that keep a token: as written and, where its capital carries no information, in true case."""
        unknown, name = self.model.ids[UNKNOWN], self.model.ids[NAME]
        found = []
        for owner, (observed, case_unreliable, _) in enumerate(keys):
            if " " in observed:
                continue
            form = observed.lower()
            lexicon_original, number = self.lexicon.original_numbers.get(form, -1), self.ids[form]
            variants = (
                {observed, self.model.true_case(observed)} if case_unreliable and observed[0].isupper() else {observed}
            )
            for variant in sorted(variants):
                word = self.model.id_of(variant)
                # Very many words share the probability of these classes. A name that the model has in lower case as
                # well is rather that word.
                is_in_class = word == unknown or (word == name and len(variants) > 1)
                found.append((owner, word, lexicon_original, number, is_in_class))
        owners, words, lexicon_originals, numbers, in_class = np.array(found, np.int64).reshape(-1, 5).T
        swappable = lexicon_originals >= 0
        readiness = np.full(len(found), np.nan)
        readiness[swappable] = self.lexicon.rows.readiness[lexicon_originals[swappable]]
        return CandidateRows(
            owners,
            words,  # the phrase of a word has the word's id as its number
            np.full(len(found), -1),
            np.where(in_class, UNKNOWN_COST, 0.0),
            readiness,
            numbers,
            np.zeros(len(found), np.bool_),
            np.full(len(found), -1),
            lexicon_originals,
            np.zeros(len(found), np.bool_),
        )

    def _swapped_rows(self, keys: Sequence[FormKey]) -> CandidateRows:
        """The rows that replace a form by an original, in the form's capitals.

        Where these carry no information, a second row reads the original in its own capitals.
        """
        inverse = self.lexicon.inverse
        found = []
        for owner, (observed, case_unreliable, kept_only) in enumerate(keys):
            if kept_only:
                continue
            form = observed.lower()
            capitals = Capitals.AS_IS if form == observed else capitals_of(observed.split(" "))
            keys_of_form = (observed, form) if form != observed else (form,)  # as a name first
            for key in keys_of_form:
                if key in inverse:
                    # A form that the dictionary has with its capitals says nothing about those of the original.
                    as_listed = key == observed and form != observed
                    found.append((owner, inverse[key], Capitals.AS_IS if as_listed else capitals, case_unreliable))
        owners, numbers, capitals_, unreliable = np.array(found, np.int64).reshape(-1, 4).T
        begin, originals, costs, _, readiness, _ = self.lexicon.rows
        counts = np.diff(begin)[numbers]
        rows = ranges(begin[numbers], counts)
        original = originals[rows].astype(np.int64)
        text = self.phrases.texts_in(np.repeat(capitals_, counts), original)
        as_is = self.phrases.texts_in(np.full_like(original, Capitals.AS_IS), original)
        both = np.repeat(unreliable, counts).astype(np.bool_) & (text != as_is)
        row = np.repeat(np.arange(len(rows)), 1 + both)
        second = np.append(False, row[1:] == row[:-1])
        return CandidateRows(
            np.repeat(owners, counts)[row],
            self.phrases.of_texts(np.where(second, as_is[row], text[row])),
            text[row],
            costs[rows[row]],
            readiness[original[row]],
            self._ids_of(original)[row],
            self.lexicon.from_user[original[row]],
            rows[row],
            original[row],
            (text != as_is)[row] & ~second,
        )

    def _ids_of(self, originals: Ints) -> Ints:
        """The ids of originals, given as indices in ``texts`` of the lexicon."""
        found = self._original_ids[originals] - 1
        for index in np.flatnonzero(found < 0).tolist():
            found[index] = self.ids[self.lexicon.texts[originals[index]].lower()]
            self._original_ids[originals[index]] = found[index] + 1
        return found


def _lowest_cost(owner: Ints, swapped: NDArray[np.bool_], cost: Floats, limits: Ints) -> Ints:
    """Indices of the rows to retain: all that keep their form, and for each form the lowest-cost ones that swap it.

    Args:
        owner: index of each row's form; ascending.
        swapped: whether each row swaps its form; the rows that do not come first among a form's rows.
        cost: cost of each row in nats.
        limits: for each form, the maximum number of rows that swap it.
    """
    count = np.bincount(owner[swapped], minlength=len(limits))
    ranked = np.where(swapped & (count > limits)[owner], cost, 0.0)  # rows keep their order where all are retained
    order = np.lexsort((ranked, swapped, owner))
    begins = np.searchsorted(owner, np.arange(len(limits)))
    kept = np.bincount(owner[~swapped], minlength=len(limits))
    rank = np.arange(len(order)) - (begins + kept)[owner]  # negative for rows that keep their form
    return np.asarray(order[rank < limits[owner]])


@lru_cache(maxsize=1)
def table(user_files: tuple[FileVersion, ...] = ()) -> SpunForms:
    """Return the table of the shipped lexicon and model and of user dictionaries, whatever its size."""
    return SpunForms(lexicon_building.standard(user_files), language_model.standard())


def standard(user_files: tuple[FileVersion, ...] = ()) -> SpunForms:
    """Return the same table, or a new one if that has more than :data:`MAX_TABLE_FORMS` forms."""
    if len(table(user_files).form_numbers) > MAX_TABLE_FORMS:
        table.cache_clear()
    return table(user_files)
