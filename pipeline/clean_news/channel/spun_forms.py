"""What one form in a text may stand for, made once for each form and kept.

A news text repeats its words; the table turns the lexicon's lines, the capitals of the form at hand and the
model's word ids into rows of arrays when a form is first met, so that reading a document is mostly look-ups.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.channel import language_model, lexicon
from clean_news.channel.language_model import LanguageModel
from clean_news.channel.lexicon import Lexicon, Original
from clean_news.channel.tokens import TOKEN, UNKNOWN
from clean_news.user_files import Version

MOST_ORIGINALS = 7  # candidates for one form
CONTEXT_FREE_SCALE = 0.65  # of the model's log probability in choosing them
LONGEST = 8  # words of a candidate, at most; also the lattice's limit
UNKNOWN_COST = 6.0  # of one word of the class <unknown>: the class's probability is shared by very many
OWN_UNKNOWN_COST = 2.0  # of one that the user's own dictionary names: it is one of few
MOST_FORMS = 80_000  # in the standard table, 2 KB each; then it begins anew


Key = tuple[str, bool, bool]
"""A form in a text: its tokens, with spaces between; whether a capital at its beginning says nothing (a sentence's
first word, a headline); whether it is only kept as it stands."""


class Row(NamedTuple):
    """One reading of a form.

    Attributes:
        words: the model's ids of its words.
        text: number of the text that would stand there; -1 where the token is kept.
        cost: minus the log probability that the spinner writes this form for this original; of a kept one
            what its being unknown to the model costs.
        readiness: how much readier than usual the spinner swaps the original, in log odds; not a number where
            the spinner could not have swapped it.
        original: the original.
    """

    words: tuple[int, ...]
    text: int
    cost: float
    readiness: float
    original: str


class Column:
    """A growing array: appended to like a list, read as an array without copying what was there."""

    def __init__(self, dtype: type) -> None:
        self.fresh: list[float] = []
        self.filled = 0
        self.store: NDArray[Any] = np.zeros(1024, dtype)

    def array(self) -> NDArray[Any]:
        """All elements so far."""
        size = self.filled + len(self.fresh)
        if size > len(self.store):
            self.store = np.concatenate((self.store[: self.filled], np.zeros(size, self.store.dtype)))
        self.store[self.filled : size] = self.fresh
        self.filled = size
        self.fresh = []
        return self.store[:size]


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


class SpunForms:
    """The table of forms.

    Attributes:
        lexicon: the spin lexicon.
        model: the language model.
        texts: the texts that stand in for forms, by number.
        prefixes: the first two tokens of every form of several.
        words: the words of all rows, one row after the other.
        word_begin: for each row where its words begin.
        word_count: how many it has.
        text, cost, readiness: of each row; see :class:`Row`.
        original: number of each row's original, the same for the same.
        pair: number of form and original together.
    """

    def __init__(self, lexicon: Lexicon, model: LanguageModel) -> None:
        self.lexicon = lexicon
        self.model = model
        self.prefixes = {" ".join(form.split(" ", 2)[:2]) for form in lexicon.inverse if " " in form}
        self.texts: list[str] = []
        self.numbers: dict[str | tuple[str, str], int] = {}
        self.places: dict[Key, tuple[int, int]] = {}
        self.word_ids: dict[str, tuple[int, ...]] = {}
        self.rows = self.letters = 0
        self.words = Column(np.uint16)
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
        swapped = [[] if kept_only else self.swapped(observed, free) for observed, free, kept_only in keys]
        every: list[Row] = []
        forms: list[str] = []
        for key, rows in zip(keys, self.likeliest(keys, swapped), strict=True):
            observed, free, _ = key
            own = rows if " " in observed else self.kept(observed, free) + rows
            self.places[key] = self.rows + len(every), len(own)
            every += own
            forms += [observed.lower()] * len(own)
        if every:
            self.append(forms, every)

    def append(self, forms: list[str], rows: list[Row]) -> None:
        """Append rows, and of each the form that it is of, to the columns."""
        words, texts, costs, readiness, originals = zip(*rows, strict=True)
        counts = list(map(len, words))
        begins = list(accumulate(counts, initial=self.letters))
        self.letters = begins.pop()
        self.rows += len(rows)
        self.words.fresh += chain.from_iterable(words)
        self.word_begin.fresh += begins
        self.word_count.fresh += counts
        self.text.fresh += texts
        self.cost.fresh += costs
        self.readiness.fresh += readiness
        self.original.fresh += map(self.number, originals)
        self.pair.fresh += map(self.number, zip(forms, originals, strict=True))

    def kept(self, observed: str, free: bool) -> list[Row]:
        """The rows that keep a token: as it stands and, where its capital says nothing, in true case."""
        form = observed.lower()
        readiness = self.lexicon.readiness.get(form, np.nan)
        variants = {observed, self.model.true_case(observed)} if free and observed[0].isupper() else {observed}
        unknown = self.model.ids[UNKNOWN]
        ids = [self.model.id_of(variant) for variant in sorted(variants)]
        return [Row((word,), -1, UNKNOWN_COST if word == unknown else 0.0, readiness, form) for word in ids]

    def swapped(self, observed: str, free: bool) -> list[Row]:
        """The rows that put an original in the form's place."""
        unknown = self.model.ids[UNKNOWN]
        tokens = observed.split(" ")
        lowered = observed.lower()
        rows = []
        for original in self.originals(lowered, observed):
            text = original.text if observed == lowered else with_case_of(tokens, original.text)
            for variant in sorted({text, original.text}) if free else [text]:
                words = self.word_ids.get(variant) or self.ids_of(variant)
                if len(words) <= LONGEST and (unknown not in words or original.text in self.lexicon.own):
                    paid = original.cost + OWN_UNKNOWN_COST * words.count(unknown)
                    rows.append(Row(words, self.text_number(text), paid, original.readiness, original.text.lower()))
        return rows

    def ids_of(self, text: str) -> tuple[int, ...]:
        """The model's ids of a text's words; remembered, as many forms stand for the same original."""
        tokens = [text] if text.isalpha() else TOKEN.findall(text)
        found = self.word_ids[text] = tuple(map(self.model.id_of, tokens))
        return found

    def likeliest(self, keys: Sequence[Key], swapped: Sequence[list[Row]]) -> list[list[Row]]:
        """Of each form's rows the likeliest, by the spinner's choice and by the model without context."""
        most = [MOST_ORIGINALS * (1 + free) for _, free, _ in keys]
        many = [rows for rows, limit in zip(swapped, most, strict=True) if len(rows) > limit]
        alone = iter(self.model.alone([row.words for rows in many for row in rows]).tolist() if many else ())
        found = []
        for rows, limit in zip(swapped, most, strict=True):
            if len(rows) <= limit:
                found.append(rows)
                continue
            cost = [row.cost - CONTEXT_FREE_SCALE * next(alone) for row in rows]
            found.append([rows[place] for place in sorted(range(len(rows)), key=cost.__getitem__)[:limit]])
        return found

    def originals(self, form: str, observed: str) -> list[Original]:
        """The likeliest originals of a form, by its lower-case key and, where it has capitals, as a name."""
        originals = self.lexicon.originals(form)
        if observed != form:
            originals = self.lexicon.originals(observed) + originals
        return originals

    def number(self, key: str | tuple[str, str]) -> int:
        """A number for an original, or for a form and an original; the same for the same."""
        return self.numbers.setdefault(key, len(self.numbers))

    def text_number(self, text: str) -> int:
        """The number of a text, which is put into ``texts`` if it is new."""
        self.texts.append(text)
        return len(self.texts) - 1


@lru_cache(maxsize=1)
def table(own: tuple[Version, ...] = ()) -> SpunForms:
    """The table of the lexicon and the model in ``dictionaries/`` and of the user's own files, however large."""
    return SpunForms(lexicon.standard(own), language_model.standard())


def standard(own: tuple[Version, ...] = ()) -> SpunForms:
    """The same table; a new one where the old has grown too large."""
    if len(table(own).places) > MOST_FORMS:
        table.cache_clear()
    return table(own)
