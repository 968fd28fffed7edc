"""Hashes phrases of large dictionaries by their words, so that millions of inflected forms never become strings.

The 64-bit hash of a phrase is a polynomial in the hashes of its tokens, and a token's hash one in its bytes; both are
the same in every process. Two of a million phrases have the same hash with a probability of 3e-8.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, filterfalse
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clean_news.language.growable_arrays import ranges

Hashes = NDArray[np.uint64]
Ints = NDArray[np.int64]

BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so that its powers never become 0, and have inverses
INVERSE_OF_BASE = np.uint64(pow(int(BASE), -1, 1 << 64))
MIXING = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))  # the multipliers of SplitMix64
MASK = (1 << 64) - 1
SEPARATOR = "\n"  # in no line of a dictionary
MAX_REMEMBERED = 100_000  # look-ups that a table remembers


def mixed(hashes: Hashes) -> Hashes:
    """Return hashes whose bits all depend on all bits of the given ones (the last steps of SplitMix64)."""
    for shift, factor in zip((30, 27), MIXING, strict=True):
        hashes = (hashes ^ (hashes >> np.uint64(shift))) * factor
    return hashes ^ (hashes >> np.uint64(31))


BYTE_HASHES = mixed(np.arange(1, 257, dtype=np.uint64) * BASE)
BYTE_HASHES[ord(SEPARATOR)] = 0


def _powers(count: int, base: np.uint64 = BASE) -> Hashes:
    """The first powers of a number, from 0 on; at least one."""
    powers = np.full(max(count, 1), base)
    powers[0] = 1
    return np.multiply.accumulate(powers)


POWERS = _powers(64)  # enough for most words


def summed(terms: Hashes, counts: NDArray[np.integer[Any]]) -> Hashes:
    """Return the sum of each run of terms, weighted by the powers of :data:`BASE` in turn.

    Args:
        terms: the terms of all runs, concatenated.
        counts: number of terms of each run.
    """
    ends = np.cumsum(counts)
    places = ranges(np.zeros_like(counts), counts)
    running = np.append(np.uint64(0), np.cumsum(terms * _powers(int(counts.max(initial=1)))[places]))
    found: Hashes = running[ends] - running[ends - counts]
    return found


def hashes_of(words: Sequence[str]) -> Hashes:
    """Return the hash of each word; a word contains no line feed."""
    if not words:
        return np.zeros(0, np.uint64)
    encoded = SEPARATOR.join((*words, "")).encode("utf-8", "surrogatepass")
    content = np.frombuffer(encoded, np.uint8)
    ends = np.flatnonzero(content == ord(SEPARATOR)) + 1
    begins = np.zeros_like(ends)
    begins[1:] = ends[:-1]
    lengths = ends - begins  # with the separators, which add nothing to the sums
    powers = POWERS if lengths.max() <= len(POWERS) else _powers(int(lengths.max()))
    terms = BYTE_HASHES[content] * powers[np.arange(len(content)) - begins.repeat(lengths)]
    return mixed(np.add.reduceat(terms, begins))


def phrase_hashes(tokens: Hashes, counts: NDArray[np.integer[Any]]) -> Hashes:
    """Return the hashes of phrases.

    Args:
        tokens: the hashes of the tokens of all phrases, concatenated.
        counts: number of tokens of each phrase.
    """
    return mixed(summed(tokens, counts))


def hashes_of_spans(tokens: Hashes, begins: Ints, ends: Ints) -> Hashes:
    """Return the hashes of phrases that are spans of a text.

    Args:
        tokens: the hashes of the text's tokens.
        begins: index of each phrase's first token.
        ends: its exclusive end.
    """
    running = np.append(np.uint64(0), np.cumsum(tokens * _powers(len(tokens))))
    return mixed((running[ends] - running[begins]) * _powers(len(tokens) + 1, INVERSE_OF_BASE)[begins])


class TokenHashes:
    """The hashes of tokens, remembered."""

    def __init__(self) -> None:
        self._remembered: dict[str, int] = {}

    def of(self, tokens: Sequence[str]) -> Hashes:
        """Return the hash of each token, as :func:`hashes_of` gives it."""
        new = [token for token in dict.fromkeys(tokens) if token not in self._remembered]
        if len(self._remembered) + len(new) > MAX_REMEMBERED:
            self._remembered.clear()
            new = list(dict.fromkeys(tokens))
        if new:
            self._remembered.update(zip(new, hashes_of(new).tolist(), strict=True))
        return np.fromiter(map(self._remembered.__getitem__, tokens), np.uint64, len(tokens))


def hashes_of_keys(keys: Sequence[str]) -> Hashes:
    """Return the hashes of phrases that are given as tokens separated by spaces."""
    if not any(" " in key for key in keys):
        return mixed(hashes_of(keys))
    split = [key.split(" ") for key in keys]
    counts = np.fromiter(map(len, split), np.int64, len(split))
    return phrase_hashes(hashes_of(list(chain.from_iterable(split))), counts)


@lru_cache(MAX_REMEMBERED)
def _token_hash(token: str) -> int:
    """The hash of one token, as :func:`hashes_of` gives it."""
    return int(hashes_of([token])[0])


def hash_of(key: str) -> int:
    """Return the hash of one phrase, as :func:`hashes_of_keys` gives it, but faster for a single one."""
    found, power = 0, 1
    for token in key.split(" "):
        found += _token_hash(token) * power
        power = power * int(BASE) & MASK
    found &= MASK
    for shift, factor in zip((30, 27), MIXING, strict=True):
        found = (found ^ found >> shift) * int(factor) & MASK
    return found ^ found >> 31


class _Remembered(dict[str, Any]):
    """What a table of hashes was asked for, so that most look-ups are those of a dictionary."""

    def __init__(self, look_up: Callable[[str], Any]) -> None:
        super().__init__()
        self._look_up = look_up

    def __missing__(self, key: str) -> Any:  # noqa: ANN401
        """Look up and remember."""
        if len(self) >= MAX_REMEMBERED:
            self.clear()
        found = self[key] = self._look_up(key)
        return found


class HashTable(Mapping[str, Any]):
    """A read-only mapping of phrases to numbers that stores the hashes of the phrases, not the phrases.

    It can be looked up, but not iterated over.

    Args:
        hashes: the hashes of the phrases, ascending.
        values: the number of each phrase; None if it is the phrase's index.

    Attributes:
        find: as ``get``, but faster.
    """

    def __init__(self, hashes: Hashes, values: NDArray[Any] | None = None) -> None:
        self._hashes, self._values = hashes, values
        self._remembered = _Remembered(self._look_up)
        self.find: Callable[[str], Any] = self._remembered.__getitem__

    def remember(self, keys: Iterable[str]) -> None:
        """Look up many phrases at once, which takes a tenth of the time, so that each is found fast afterwards."""
        if isinstance(keys, dict) and keys.keys() <= self._remembered.keys():
            return
        new = list(filterfalse(self._remembered.__contains__, keys))
        if not new or not len(self._hashes):
            return
        if len(self._remembered) + len(new) > MAX_REMEMBERED:
            self._remembered.clear()
        indices = self.indices_of(hashes_of_keys(new))
        values = self.values_of(indices).tolist()
        found = (value if index >= 0 else None for index, value in zip(indices.tolist(), values, strict=True))
        self._remembered.update(zip(new, found, strict=True))

    def indices_of(self, hashes: Hashes) -> Ints:
        """Return the index in the table of each phrase, given by its hash; -1 if the table does not have it."""
        if not len(self._hashes):
            return np.full(len(hashes), -1)
        order = np.argsort(hashes)  # neighbours in the table are found faster
        wanted = hashes[order]
        indices = np.minimum(np.searchsorted(self._hashes, wanted), len(self._hashes) - 1)
        found = np.empty(len(hashes), np.int64)
        found[order] = np.where(self._hashes[indices] == wanted, indices, -1)
        return found

    def values_of(self, indices: Ints) -> NDArray[Any]:
        """Return the numbers of phrases, given by their indices in the table."""
        return indices if self._values is None else self._values[indices]

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401  # an int or a float, by the values
        """Return the number of a phrase."""
        found = self.find(key)
        if found is None:
            raise KeyError(key)
        return found

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401
        """Return the number of a phrase, or the default if the table does not have it."""
        found = self.find(key)
        return default if found is None else found

    def __contains__(self, key: object) -> bool:
        """Whether the table has the phrase."""
        return isinstance(key, str) and self.find(key) is not None

    def _look_up(self, key: str) -> Any:  # noqa: ANN401
        """The number of a phrase, or None."""
        wanted = np.uint64(hash_of(key))
        index = int(np.searchsorted(self._hashes, wanted))
        if index == len(self._hashes) or self._hashes[index] != wanted:
            return None
        return index if self._values is None else self._values[index].item()

    def __len__(self) -> int:
        """Return the number of phrases."""
        return len(self._hashes)

    def __iter__(self) -> Iterator[str]:
        """Refuse: the phrases are not stored."""
        raise TypeError("a table of hashes cannot be iterated over")


class Runs:
    """Runs of numbers, one for each word: its tokens, or its word ids.

    Most words have one number, and are not looked at one by one.

    Args:
        values: the number of each word that has one; ignored for the others.
        others: the numbers of the other words, by word.

    Attributes:
        values: all numbers.
        begin: by word, the index of its first number.
        count: by word, how many it has.
    """

    def __init__(self, values: NDArray[Any], others: Mapping[int, Sequence[int]]) -> None:
        self.begin: Ints = np.arange(len(values))
        self.count: Ints = np.ones(len(values), np.int64)
        self.values = values
        if others:
            words = np.fromiter(others, np.int64, len(others))
            counts = np.fromiter(map(len, others.values()), np.int64, len(others))
            self.begin[words] = len(values) + np.cumsum(counts) - counts
            self.count[words] = counts
            more = np.fromiter(chain.from_iterable(others.values()), values.dtype, int(counts.sum()))
            self.values = np.concatenate((values, more))

    def of(self, words: Ints, counts: Ints) -> tuple[NDArray[Any], Ints]:
        """Return the numbers of phrases, concatenated, and how many each phrase has.

        Args:
            words: indices of the words of all phrases, concatenated.
            counts: number of words of each phrase.
        """
        per_word = self.count[words]
        return self.values[ranges(self.begin[words], per_word)], run_sums(per_word, counts)


def run_sums(values: NDArray[Any], counts: Ints) -> Ints:
    """Return the sum of each run of integers."""
    running = np.append(0, np.cumsum(values))
    ends = np.cumsum(counts)
    found: Ints = running[ends] - running[ends - counts]
    return found


def hashed_runs(values: Hashes, others: Mapping[int, Sequence[str]]) -> Runs:
    """Return runs of the hashes of words; for the arguments see :class:`Runs`."""
    hashed = iter(hashes_of(list(chain.from_iterable(others.values()))).tolist())
    return Runs(values, {word: [next(hashed) for _ in run] for word, run in others.items()})
