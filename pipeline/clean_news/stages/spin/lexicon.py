"""The spin lexicon: for every form that a spinner writes, the originals it may stand for.

It is compiled from ``dictionaries/spin/*.tsv`` by :mod:`clean_news.stages.spin.lexicon_building`.
"""

from functools import cached_property
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray


class Original(NamedTuple):
    """A possible original of a spun form.

    Attributes:
        text: the original words, separated by spaces.
        cost: minus the log probability that the spinner, when it swaps this original, writes this form.
        readiness: how much readier than usual the spinner swaps this original, in log odds.
    """

    text: str
    cost: float
    readiness: float


class Rows(NamedTuple):
    """The pairs of spun form and original, form after form, likeliest form first.

    Attributes:
        begin: for each form's number its first row, and behind the last form's the number of rows.
        original: of each row the index of the original in ``Lexicon.texts``.
        cost: see :class:`Original`.
        readiness: see :class:`Original`; of each of ``Lexicon.texts``, not of each row.
    """

    begin: NDArray[np.int32]
    original: NDArray[np.int32]
    cost: NDArray[np.float64]
    readiness: NDArray[np.float64]


class Spelled(NamedTuple):
    """The originals as the language model spells them.

    Attributes:
        words: the model's ids of the words of ``Lexicon.texts``, one text's after the other's.
        lengths: number of words of each.
        alone: log probability of each without context.
    """

    words: NDArray[np.uint16]
    lengths: NDArray[np.int32]
    alone: NDArray[np.float64]


class Lexicon(msgspec.Struct, frozen=True, dict=True):
    """The inverted dictionary. Its keys are tokens separated by spaces; see :func:`key_of`.

    Attributes:
        inverse: the number of each spun form.
        texts: the originals, in order.
        readiness: for each original how much readier than usual the spinner swaps it, in log odds.
        longest: for the first token of each spun form, the number of tokens of the longest form it begins.
        packed_rows: the bytes of :attr:`rows`: read thus, loading takes a tenth of what objects would take.
        own: the originals of the user's own entries, which count also where the language model lacks their words.
        telltales: the words that spinning makes commoner or rarer; see :mod:`clean_news.stages.spin.screening`.
        packed_spelled: the bytes of :attr:`spelled`; empty where no language model has been asked.
    """

    inverse: dict[str, int]
    texts: list[str]
    readiness: dict[str, float]
    longest: dict[str, int]
    packed_rows: tuple[bytes, bytes, bytes, bytes]
    own: frozenset[str] = frozenset()
    telltales: dict[str, float] = {}
    packed_spelled: tuple[bytes, bytes, bytes] = (b"", b"", b"")

    @cached_property
    def rows(self) -> Rows:
        """The pairs of spun form and original."""
        begin, original, cost, readiness = self.packed_rows
        return Rows(
            np.frombuffer(begin, np.int32),
            np.frombuffer(original, np.int32),
            np.frombuffer(cost, np.float64),
            np.frombuffer(readiness, np.float64),
        )

    @cached_property
    def spelled(self) -> Spelled:
        """The originals as the language model spells them; empty where none has been asked."""
        words, lengths, alone = self.packed_spelled
        return Spelled(
            np.frombuffer(words, np.uint16), np.frombuffer(lengths, np.int32), np.frombuffer(alone, np.float64)
        )

    def originals(self, key: str) -> list[Original]:
        """The originals that a spun form may stand for, likeliest form first; empty if it is in no entry."""
        number = self.inverse.get(key)
        if number is None:
            return []
        begin, original, cost, readiness = self.rows
        here = slice(begin[number], begin[number + 1])
        texts = (self.texts[index] for index in original[here])
        return list(map(Original, texts, cost[here].tolist(), readiness[original[here]].tolist()))
