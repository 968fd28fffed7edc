"""The spin lexicon: for every form that a spinner writes, its possible originals.

It is compiled from ``dictionaries/spin/*.tsv`` by :mod:`clean_news.stages.spin.lexicon_building`.
"""

from functools import cached_property
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray


class DamagedCacheError(ValueError):
    """A cached lexicon is not as it was written."""


class Original(NamedTuple):
    """A possible original of a spun form.

    Attributes:
        text: the original words, separated by spaces.
        cost: minus the natural log probability that the spinner writes this form, given that it swaps this original.
        readiness: log odds that the spinner swaps this original, relative to an average one.
    """

    text: str
    cost: float
    readiness: float


class FormOriginalRows(NamedTuple):
    """The pairs of spun form and original, grouped by form, lowest cost first (compressed sparse rows).

    Attributes:
        begin: first row of each form, by form number, and the number of rows at the end; shape (forms + 1,).
        original: index of each row's original in ``Lexicon.texts``; shape (rows,).
        cost: see :class:`Original`; shape (rows,).
        readiness: see :class:`Original`; one element for each of ``Lexicon.texts``.
    """

    begin: NDArray[np.int32]
    original: NDArray[np.int32]
    cost: NDArray[np.float64]
    readiness: NDArray[np.float64]


class OriginalWords(NamedTuple):
    """The originals as word ids of the language model.

    Attributes:
        words: word ids of all of ``Lexicon.texts``, concatenated.
        lengths: number of words of each text.
        log_probability: natural log probability of each text without context.
    """

    words: NDArray[np.uint16]
    lengths: NDArray[np.int32]
    log_probability: NDArray[np.float64]


class Lexicon(msgspec.Struct, frozen=True, dict=True):
    """The inverted dictionary. Its keys are tokens separated by spaces; see :func:`clean_news.language.tokens.key_of`.

    Attributes:
        inverse: the number of each spun form.
        texts: the originals, sorted.
        readiness: log odds that the spinner swaps an original, relative to an average one, by the original's key.
        longest: by the first token of a spun form, the number of tokens of the longest form that begins with it.
        packed_rows: the bytes of :attr:`rows`; loading them takes a tenth of the time that objects would take.
        word_log_ratios: log ratio of a word's frequencies in spun and genuine news, in nats, for the words whose
            frequency spinning changes; see :mod:`clean_news.stages.spin.prefilter`.
        packed_original_words: the bytes of :attr:`original_words`; empty if compiled without a language model.
    """

    inverse: dict[str, int]
    texts: list[str]
    readiness: dict[str, float]
    longest: dict[str, int]
    packed_rows: tuple[bytes, bytes, bytes, bytes]
    word_log_ratios: dict[str, float] = msgspec.field(default_factory=dict, name="telltales")
    packed_original_words: tuple[bytes, bytes, bytes] = msgspec.field(default=(b"", b"", b""), name="packed_spelled")

    @property
    def known_texts(self) -> list[str]:
        """The originals whose texts are in memory, the first of :attr:`texts`: all of them."""
        return self.texts

    @cached_property
    def prefixes(self) -> set[str]:
        """The first two tokens of every form of two or more tokens."""
        return {" ".join(form.split(" ", 2)[:2]) for form in self.inverse if " " in form}

    @cached_property
    def from_user(self) -> NDArray[np.bool_]:
        """By original, whether a user dictionary has it: none has."""
        return np.zeros(len(self.texts), np.bool_)

    @cached_property
    def rows(self) -> FormOriginalRows:
        """The pairs of spun form and original."""
        begin, original, cost, readiness = self.packed_rows
        return FormOriginalRows(
            np.frombuffer(begin, np.int32),
            np.frombuffer(original, np.int32),
            np.frombuffer(cost, np.float64),
            np.frombuffer(readiness, np.float64),
        )

    @cached_property
    def original_words(self) -> OriginalWords:
        """The originals as word ids of the language model; empty if compiled without one."""
        words, lengths, log_probability = self.packed_original_words
        return OriginalWords(
            np.frombuffer(words, np.uint16),
            np.frombuffer(lengths, np.int32),
            np.frombuffer(log_probability, np.float64),
        )

    def originals(self, key: str) -> list[Original]:
        """Return the possible originals of a spun form, lowest cost first; empty if no entry has the form.

        Args:
            key: the form's tokens, separated by spaces.
        """
        number = self.inverse.get(key)
        if number is None:
            return []
        begin, original, cost, readiness = self.rows
        here = slice(begin[number], begin[number + 1])
        texts = (self.texts[index] for index in original[here])
        return list(map(Original, texts, cost[here].tolist(), readiness[original[here]].tolist()))
