"""Splits an article into tokens once for all who judge it by its words, and remembers what they say of each token.

Several stages ask how many words of an article are English, unknown, or rare in spun text. Most of its tokens (what
stands between white space: *“said*, *Monday,*) were in earlier articles, and what is summed over the words of a text
can be summed over its tokens. So tokens are numbered, each judge looks at a token when it is new, and its figures are
kept in an array by the token's number. Another array gives the numbers by the tokens' hashes, for all tokens of an
article at once, which takes a third of the time of looking them up in a dictionary.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.language.growable_arrays import Interner

Ints = NDArray[np.int64]

BEFORE_WORD, AFTER_WORD = '("“‘', '.,;:!?)"”'  # punctuation around a token, which tells none of the judges anything
NUMBER_BITS = 17  # of the number of a slot, and of a token; when half of the numbers are used, after about 2,000
# articles, all tokens are forgotten: what is remembered of them takes less than 25 MB
NUMBER_MASK = (1 << NUMBER_BITS) - 1
MAX_CHARACTERS = 2_000_000  # of all tokens that are remembered


class Tokens:
    """Numbers tokens, without the punctuation around them.

    Attributes:
        texts: the tokens by number.
        characters: the length of all.

    >>> tokens = Tokens()
    >>> tokens.numbers_of(["“a,", "b", "a"]).tolist(), tokens.texts
    ([0, 1, 0], ['a', 'b'])
    """

    def __init__(self) -> None:
        self._numbers: Interner[str] = Interner()
        self.texts = self._numbers.interned
        self.characters = 0
        # The low bits of a token's hash say where its number may be. The number stands in the low bits there, and the
        # rest of the hash in the others, so that a slot is read and written as a whole. Two of a million tokens have
        # the same hash of 64 bits with a probability of 3e-8.
        self._slots: Ints = np.zeros(1 << NUMBER_BITS, np.int64)
        self._lock = Lock()

    def is_full(self) -> bool:
        """Whether no more tokens should be numbered."""
        return self.characters > MAX_CHARACTERS or len(self.texts) > NUMBER_MASK // 2

    def numbers_of(self, tokens: Sequence[str]) -> Ints:
        """Return the number of each token; a new one gets the next."""
        hashes = np.fromiter(map(hash, tokens), np.int64, len(tokens))
        slots = hashes & NUMBER_MASK
        found = self._slots.take(slots)
        numbers = found & NUMBER_MASK
        missing = np.flatnonzero((found ^ hashes) >> NUMBER_BITS)
        if len(missing):
            numbers[missing] = new = self._looked_up([tokens[index] for index in missing.tolist()])
            fits = new <= NUMBER_MASK
            self._slots[slots[missing][fits]] = (hashes[missing] & ~NUMBER_MASK | new)[fits]
        return numbers

    def _looked_up(self, tokens: Sequence[str]) -> Ints:
        """Return the number of each token, for which no slot has one."""
        bare = [token.lstrip(BEFORE_WORD).rstrip(AFTER_WORD) for token in tokens]
        with self._lock:
            known = len(self.texts)
            numbers = np.fromiter(map(self._numbers.__getitem__, bare), np.int64, len(bare))
            self.characters += sum(map(len, self.texts[known:]))
        return numbers


class NumberedTokens(NamedTuple):
    """The tokens of a text.

    Attributes:
        tokens: what numbers them.
        known: how many it had numbered after those of this text.
        numbers: the number of each token of the text.
    """

    tokens: Tokens
    known: int
    numbers: Ints


_remembered = [Tokens()]


@lru_cache(maxsize=2)  # several stages ask about the same text, or about its beginning if it is long
def numbered_tokens(text: str) -> NumberedTokens:
    """Split a text at its white space, and number the tokens."""
    tokens = _remembered[0]
    if tokens.is_full():
        tokens = _remembered[0] = Tokens()
    numbers = tokens.numbers_of(text.split())
    return NumberedTokens(tokens, len(tokens.texts), numbers)


class _Judged(NamedTuple):
    """What a judge said of tokens.

    Attributes:
        tokens: what numbers the tokens.
        done: how many of them were judged.
        rows: a row of figures for each of them, followed by spare ones.
    """

    tokens: Tokens | None
    done: int
    rows: NDArray[np.float64]


class TokenFigures:
    """A row of figures for each token, remembered.

    Args:
        figures_of: returns the rows of some tokens.
        columns: number of figures in a row.
    """

    def __init__(self, figures_of: Callable[[Sequence[str]], NDArray[np.float64]], columns: int) -> None:
        self._figures_of = figures_of
        self._judged = _Judged(None, 0, np.zeros((0, columns)))

    def of(self, found: NumberedTokens) -> NDArray[np.float64]:
        """Return the row of each token of a text."""
        judged = self._judged  # read once, and replaced as a whole, as other threads may do the same
        if judged.tokens is not found.tokens:
            judged = _Judged(found.tokens, 0, judged.rows[:0])
        if judged.done < found.known:
            judged = self._judged = self._with_new(judged, found.tokens.texts[judged.done : found.known])
        return judged.rows.take(found.numbers, axis=0)

    def sums(self, found: NumberedTokens) -> list[float]:
        """Return the sum of each figure over the tokens of a text.

        The sums of integers are exact, and so are those of numbers of similar magnitude that single floats can hold.
        """
        sums: list[float] = (np.ones(len(found.numbers)) @ self.of(found)).tolist()
        return sums

    def _with_new(self, judged: _Judged, new: Sequence[str]) -> _Judged:
        """Judge the tokens that are not judged yet, too."""
        tokens, done, rows = judged
        count = done + len(new)
        if count > len(rows):
            rows = np.concatenate((rows[:done], np.zeros((count + 1024, rows.shape[1]))))
        rows[done:count] = self._figures_of(new)
        return _Judged(tokens, count, rows)
