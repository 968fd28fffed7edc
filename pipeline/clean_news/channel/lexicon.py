"""The spin lexicon: for every form that a spinner writes, the originals it may stand for.

Compiled from ``dictionaries/spin/*.tsv``, whose lines go the spinner's way: original, kind, and the forms it is swapped
for, likeliest first; see :mod:`clean_news.channel.inversion`. The compiled lexicon lies in the user's cache under the
digest of the files, so that a changed line counts at once.
"""

import contextlib
import os
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate, chain
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from clean_news.channel import inflection, language_model, own_dictionary, screening
from clean_news.channel.inversion import Inverted, inverted
from clean_news.channel.lexicon_sources import digest, files
from clean_news.channel.own_dictionary import NOTHING, Own
from clean_news.channel.spin_files import Entry, read_choices, read_counts, read_entries
from clean_news.channel.tokens import key_of
from clean_news.dictionaries import folder
from clean_news.user_files import Version


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
        telltales: the words that spinning makes commoner or rarer; see :mod:`clean_news.channel.screening`.
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


def invert(
    entries: list[Entry],
    table: inflection.Inflections,
    choices: Mapping[str, Sequence[str]] = MappingProxyType({}),
    counts: Mapping[str, Mapping[str, float]] = MappingProxyType({}),
) -> Lexicon:
    """The lexicon of these entries, without what depends on the language model; see :func:`inverted`.

    >>> lexicon = invert([Entry("announce", "verb", ("introduce", "unveil"))], {})
    >>> [original.text for original in lexicon.originals("introduced")]
    ['announced']
    """
    return packed(inverted(entries, table, choices, counts))


def packed(found: Inverted) -> Lexicon:
    """The lexicon of what the dictionaries say."""
    texts = sorted(found.originals.values())
    index = {text: place for place, text in enumerate(texts)}
    rows = list(chain.from_iterable(found.pairs.values()))
    packed_rows = (
        np.array([*accumulate(map(len, found.pairs.values()), initial=0)], np.int32).tobytes(),
        np.array([index[text] for _, text in rows], np.int32).tobytes(),
        np.array([round(cost, 3) for cost, _ in rows], np.float64).tobytes(),
        np.array([found.readiness[key_of(text)] for text in texts], np.float64).tobytes(),
    )
    numbers = {key: number for number, key in enumerate(found.pairs)}
    return Lexicon(numbers, texts, found.readiness, found.longest, packed_rows)


def compile_lexicon(dictionaries: Path, own: Own = NOTHING) -> Lexicon:
    """The lexicon of the files and of the user's own entries and counts, not cached."""
    inflections, choices, counts, *spin = files(dictionaries)
    table = inflection.read(inflections) if inflections.exists() else {}
    lexicon = invert(
        [*(entry for path in spin for entry in read_entries(path)), *own.entries],
        table,
        read_choices(choices) if choices.exists() else {},
        summed(read_counts(counts) if counts.exists() else {}, own.counts),
    )
    model = language_model.standard()
    mine = frozenset(form for entry in own.entries for form in inflection.inflect(entry.original, entry.kind, table))
    lexicon = msgspec.structs.replace(lexicon, own=mine, packed_spelled=spell(lexicon.texts, model))
    return msgspec.structs.replace(lexicon, telltales=screening.telltales(lexicon, model))


def spell(texts: Sequence[str], model: language_model.LanguageModel) -> tuple[bytes, bytes, bytes]:
    """The bytes of :class:`Spelled`."""
    words = [model.ids_of(text) for text in texts]
    return (
        np.fromiter(chain.from_iterable(words), np.uint16).tobytes(),
        np.fromiter(map(len, words), np.int32).tobytes(),
        (model.alone(words) if words else np.zeros(0)).astype(np.float64).tobytes(),
    )


def summed(counts: dict[str, dict[str, float]], more: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """The counts of both.

    >>> summed({"stock": {"=": 2.0}}, {"stock": {"=": 1.0, "inventory": 3.0}})
    {'stock': {'=': 3.0, 'inventory': 3.0}}
    """
    found = {original: dict(seen) for original, seen in counts.items()}
    for original, seen in more.items():
        mine = found.setdefault(original, {})
        for form, count in seen.items():
            mine[form] = mine.get(form, 0.0) + count
    return found


@lru_cache(maxsize=2)
def standard(files_: tuple[Version, ...] = ()) -> Lexicon:
    """The lexicon of ``dictionaries/`` and of the user's own files, from the user's cache where it is there.

    Raises:
        SettingsError: if a file of the user's cannot be read or has a malformed line.
    """
    from platformdirs import user_cache_path

    dictionaries = folder()
    own = own_dictionary.read(files_)
    kind = "own-lexicon" if files_ else "lexicon"  # neither drives the other out of the cache
    cached = user_cache_path("clean-news") / f"{kind}-{digest(dictionaries, own)[:16]}.msgpack"
    with contextlib.suppress(OSError, msgspec.DecodeError):
        return msgspec.msgpack.decode(cached.read_bytes(), type=Lexicon)
    lexicon = compile_lexicon(dictionaries, own)
    # A cache that cannot be written costs a second at the next start, nothing else.
    with contextlib.suppress(OSError):
        cached.parent.mkdir(parents=True, exist_ok=True)
        for old in cached.parent.glob(f"{kind}-*.msgpack"):
            old.unlink(missing_ok=True)
        fresh = cached.with_suffix(f".{os.getpid()}.tmp")
        fresh.write_bytes(msgspec.msgpack.encode(lexicon))
        fresh.replace(cached)
    return lexicon
