"""Compiles the spin dictionaries into a lexicon: for each spun form its possible originals and their probabilities.

The lines of ``dictionaries/spin/*.tsv`` map originals to spun forms. They are inflected, weighted by the spinner's
known choices and by counts from spun articles, and inverted. The compiled lexicon is stored in the user's cache under
the digest of the files, so that a changed line takes effect at once, and with a checksum: a damaged cache is compiled
again.
"""

import contextlib
import gc
import hashlib
import math
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, chain
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from clean_news.dictionaries import folder
from clean_news.language import language_model
from clean_news.language.language_model import LanguageModel
from clean_news.language.tokens import key_of
from clean_news.stages.spin import inflection, user_dictionary
from clean_news.stages.spin.entries import KEPT_FORM, Entry, read_choices, read_counts, read_entries
from clean_news.stages.spin.lexicon import Lexicon
from clean_news.stages.spin.lexicon_sources import digest, files
from clean_news.stages.spin.prefilter import LOWER_CASE_WORD
from clean_news.stages.spin.user_dictionary import NO_USER_DICTIONARY, UserDictionary
from clean_news.user_files import FileVersion

RANK_POWER = 1.0  # the k-th form of an entry is assumed to be k**-RANK_POWER times as likely as the first
FIRST_CHOICE_WEIGHT = 10.0  # of the form that the spinner is known to choose first; the second has half of it
# Log odds of being swapped, relative to REFERENCE_SWAP_RATE, by the rank of "=" among the choices; 0: not among them.
READINESS_BY_RANK = {0: 1.3, 1: -1.0, 2: 0.4}
ONLY_KEPT_READINESS = -2.5  # the same where "=" is the only choice
UNLISTED_FORM_WEIGHT = 2.5  # total weight of the forms missing from an entry, relative to its likeliest form
REFERENCE_SWAP_RATE = 0.3  # swap rate at readiness 0
# Pseudo-counts: how many observations in spun articles the dictionary's form probability and readiness weigh. Chosen by
# leave-one-out over seven articles: F0.5 .911 at a confidence of .65, .908 without counts; .864 and .846 without the
# first choices that are known from the seven. 1, 3 and 5 differ by .007 at most.
FORM_PSEUDO_COUNT = 2.0
READINESS_PSEUDO_COUNT = 2.0
ASSUMED_SWAP_RATE = 0.35  # swap rate for which word log ratios are computed
LOG_RATIO_BOUNDS = (-1.0, 3.0)  # of one word, in nats: no word is conclusive by itself


CACHE_SUFFIX = ".lexicon"
SHA256_BYTES = hashlib.sha256().digest_size


class DamagedCacheError(ValueError):
    """A cached lexicon is not as it was written."""


class Inverted(NamedTuple):
    """The inverted dictionary entries.

    Attributes:
        pairs: (cost, original) pairs by the key of the spun form, lowest cost first. The cost is minus the natural log
            probability that the spinner writes this form, given that it swaps this original.
        originals: the originals by their keys.
        readiness: by the original's key, the log odds that the spinner swaps it, less those of
            :data:`REFERENCE_SWAP_RATE`.
        longest: by the first token of a spun form, the number of tokens of the longest form that begins with it.
    """

    pairs: dict[str, list[tuple[float, str]]]
    originals: dict[str, str]
    readiness: dict[str, float]
    longest: dict[str, int]


def _weigh_choices(weights: dict[str, dict[str, float]], choices: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Set the weights of forms that the spinner is known to choose; returns the readiness of the originals.

    Args:
        weights: by original, the weights of its forms by their keys; modified in place.
        choices: see :func:`read_choices`.

    Returns:
        The readiness of each original in ``choices``; see :class:`Inverted`.
    """
    readiness = {}
    for original, chosen in choices.items():
        swaps = [form for form in chosen if form != KEPT_FORM]
        for rank, form in enumerate(swaps, 1):
            weights[original][key_of(form)] = FIRST_CHOICE_WEIGHT / rank
        kept_rank = chosen.index(KEPT_FORM) + 1 if KEPT_FORM in chosen else 0
        readiness[original] = READINESS_BY_RANK[min(kept_rank, 2)] if swaps else ONLY_KEPT_READINESS
    return readiness


def _form_probabilities(weights: Mapping[str, float], seen: Mapping[str, float]) -> dict[str, float]:
    """Probability of each form of an original, given that the spinner swaps it, from weights and counts.

    >>> _form_probabilities({"firm": 1.0, "corporate": 0.5}, {"corporate": 3.0, "=": 5.0})["corporate"] > 0.5
    True
    """
    total = sum(weights.values()) + UNLISTED_FORM_WEIGHT
    evidence = sum(count for form, count in seen.items() if form != KEPT_FORM)
    return {
        form: (FORM_PSEUDO_COUNT * weights.get(form, 0.0) / total + seen.get(form, 0.0))
        / (FORM_PSEUDO_COUNT + evidence)
        for form in dict.fromkeys((*weights, *seen))
        if form != KEPT_FORM
    }


def _readiness_after(readiness: float, seen: Mapping[str, float]) -> float:
    """The readiness of an original, updated by its counts; see :class:`Inverted`.

    >>> _readiness_after(0.0, {}), _readiness_after(0.0, {"=": 6.0}) < -1
    (0.0, True)
    """
    if not seen:
        return readiness
    reference = math.log(REFERENCE_SWAP_RATE / (1 - REFERENCE_SWAP_RATE))
    before = 1 / (1 + math.exp(-reference - readiness))
    swapped = sum(seen.values()) - seen.get(KEPT_FORM, 0.0)
    after = (swapped + READINESS_PSEUDO_COUNT * before) / (sum(seen.values()) + READINESS_PSEUDO_COUNT)
    return round(math.log(after / (1 - after)) - reference, 2)


def _inverted(
    entries: list[Entry],
    table: inflection.Inflections,
    choices: Mapping[str, Sequence[str]] = MappingProxyType({}),
    counts: Mapping[str, Mapping[str, float]] = MappingProxyType({}),
) -> Inverted:
    """Inflect, weight and invert dictionary entries.

    Args:
        entries: the entries of all dictionaries.
        table: the inflections; see :func:`inflection.read`.
        choices: the spinner's known choices; see :func:`read_choices`.
        counts: counts from spun articles; see :func:`read_counts`.

    >>> found = _inverted([Entry("announce", "verb", ("introduce", "unveil"))], {})
    >>> [original for _, original in found.pairs["introduced"]]
    ['announced']
    """
    weights: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for entry in entries:
        meant = inflection.inflect(entry.original, entry.kind, table)
        for rank, form in enumerate(entry.forms, 1):
            written = inflection.inflect(form, entry.kind, table)
            for original, spun in set(zip(meant, written, strict=True)):
                if original and spun and original != spun:
                    key = key_of(spun)
                    weights[original][key] = max(weights[original][key], rank**-RANK_POWER)
    chosen = _weigh_choices(weights, choices)
    pairs: dict[str, list[tuple[float, str]]] = defaultdict(list)
    longest: dict[str, int] = defaultdict(int)
    readiness = {}
    originals = {key_of(original): original for original in (*counts, *weights)}
    counted = {key_of(original): seen for original, seen in counts.items()}
    for original_key, original in originals.items():
        seen = {key_of(form): count for form, count in counted.get(original_key, {}).items()}
        readiness[original_key] = _readiness_after(chosen.get(original, 0.0), seen)
        for key, probability in _form_probabilities(weights.get(original, {}), seen).items():
            pairs[key].append((-math.log(probability), original))
            tokens = key.split(" ")
            longest[tokens[0]] = max(longest[tokens[0]], len(tokens))
    return Inverted({key: sorted(found) for key, found in pairs.items()}, originals, readiness, dict(longest))


def invert(
    entries: list[Entry],
    table: inflection.Inflections,
    choices: Mapping[str, Sequence[str]] = MappingProxyType({}),
    counts: Mapping[str, Mapping[str, float]] = MappingProxyType({}),
) -> Lexicon:
    """Compile entries into a lexicon, without the parts that depend on the language model.

    The arguments are those of :func:`_inverted`.

    >>> lexicon = invert([Entry("announce", "verb", ("introduce", "unveil"))], {})
    >>> [original.text for original in lexicon.originals("introduced")]
    ['announced']
    """
    return _packed(_inverted(entries, table, choices, counts))


def _packed(found: Inverted) -> Lexicon:
    """Pack inverted entries into the arrays of a lexicon."""
    texts = sorted(found.originals.values())
    index = {text: kept_rank for kept_rank, text in enumerate(texts)}
    rows = list(chain.from_iterable(found.pairs.values()))
    packed_rows = (
        np.array([*accumulate(map(len, found.pairs.values()), initial=0)], np.int32).tobytes(),
        np.array([index[text] for _, text in rows], np.int32).tobytes(),
        np.array([round(cost, 3) for cost, _ in rows], np.float64).tobytes(),
        np.array([found.readiness[key_of(text)] for text in texts], np.float64).tobytes(),
    )
    numbers = {key: number for number, key in enumerate(found.pairs)}
    return Lexicon(numbers, texts, found.readiness, found.longest, packed_rows)


def compile_lexicon(dictionaries: Path, user: UserDictionary = NO_USER_DICTIONARY) -> Lexicon:
    """Compile the lexicon, bypassing the cache.

    Args:
        dictionaries: the folder of the shipped dictionaries.
        user: the entries and counts of the user dictionaries.
    """
    inflections, choices, counts, *spin = files(dictionaries)
    table = inflection.read(inflections) if inflections.exists() else {}
    lexicon = invert(
        [*(entry for path in spin for entry in read_entries(path)), *user.entries],
        table,
        read_choices(choices) if choices.exists() else {},
        _summed(read_counts(counts) if counts.exists() else {}, user.counts),
    )
    model = language_model.standard()
    user_originals = frozenset(
        form for entry in user.entries for form in inflection.inflect(entry.original, entry.kind, table)
    )
    lexicon = msgspec.structs.replace(
        lexicon, user_originals=user_originals, packed_original_words=_model_words(lexicon.texts, model)
    )
    return msgspec.structs.replace(lexicon, word_log_ratios=word_log_ratios(lexicon, model))


def _model_words(texts: Sequence[str], model: LanguageModel) -> tuple[bytes, bytes, bytes]:
    """The bytes of :class:`OriginalWords`."""
    words = [model.ids_of(text) for text in texts]
    return (
        np.fromiter(chain.from_iterable(words), np.uint16).tobytes(),
        np.fromiter(map(len, words), np.int32).tobytes(),
        (model.phrase_log_probability(words) if words else np.zeros(0)).astype(np.float64).tobytes(),
    )


def _summed(
    counts: dict[str, dict[str, float]], more: Mapping[str, Mapping[str, float]]
) -> dict[str, dict[str, float]]:
    """The sum of two tables of counts.

    >>> _summed({"stock": {"=": 2.0}}, {"stock": {"=": 1.0, "inventory": 3.0}})
    {'stock': {'=': 3.0, 'inventory': 3.0}}
    """
    found = {original: dict(seen) for original, seen in counts.items()}
    for original, seen in more.items():
        total = found.setdefault(original, {})
        for form, count in seen.items():
            total[form] = total.get(form, 0.0) + count
    return found


@contextlib.contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Pause the collector of cyclic garbage: it would look at millions of growing containers again and again.

    Compiling makes no reference cycles, and a large user dictionary makes millions of objects to look through.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@lru_cache(maxsize=2)
def standard(files_: tuple[FileVersion, ...] = ()) -> Lexicon:
    """Return the lexicon of ``dictionaries/`` and of user dictionaries, from the user's cache if possible.

    Args:
        files_: the user dictionaries.

    Raises:
        SettingsError: if a user dictionary cannot be read or has a malformed line.
    """
    from platformdirs import user_cache_path

    dictionaries = folder()
    user = user_dictionary.read(files_)
    kind = "own-lexicon" if files_ else "lexicon"  # neither evicts the other from the cache
    cached = user_cache_path("clean-news") / f"{kind}-{digest(dictionaries, user)[:16]}{CACHE_SUFFIX}"
    with contextlib.suppress(OSError, DamagedCacheError):
        return read_cached(cached)
    with _no_garbage_collection():
        lexicon = compile_lexicon(dictionaries, user)
    # A cache that cannot be written only costs a second at the next start.
    with contextlib.suppress(OSError):
        cached.parent.mkdir(parents=True, exist_ok=True)
        for suffix in (CACHE_SUFFIX, ".msgpack"):  # the latter was written by versions without a checksum
            for old in cached.parent.glob(f"{kind}-*{suffix}"):
                old.unlink(missing_ok=True)
        fresh = cached.with_suffix(f".{os.getpid()}.tmp")
        encoded = msgspec.msgpack.encode(lexicon)
        fresh.write_bytes(hashlib.sha256(encoded).digest() + encoded)
        fresh.replace(cached)
    return lexicon


def read_cached(cached: Path) -> Lexicon:
    """Read a compiled lexicon from the user's cache: the SHA-256 of the encoded lexicon, then the lexicon.

    Raises:
        OSError: if it cannot be read.
        DamagedCacheError: if it is not as it was written.
    """
    content = cached.read_bytes()
    encoded = memoryview(content)[SHA256_BYTES:]
    if hashlib.sha256(encoded).digest() != content[:SHA256_BYTES]:
        raise DamagedCacheError
    try:
        return msgspec.msgpack.decode(encoded, type=Lexicon)
    except msgspec.DecodeError as error:
        raise DamagedCacheError from error


def word_log_ratios(lexicon: Lexicon, model: LanguageModel) -> dict[str, float]:
    """Log ratio of each lower-case word's expected frequency in spun news to that in genuine news.

    Args:
        lexicon: a lexicon with :attr:`Lexicon.original_words`.
        model: the language model.

    Returns:
        The log ratios in nats, by word; words with a ratio within ±0.02 are omitted.
    """
    rows, frequency = lexicon.rows, np.exp(lexicon.original_words.log_probability)
    rate = 1 / (1 + np.exp(-math.log(ASSUMED_SWAP_RATE / (1 - ASSUMED_SWAP_RATE)) - rows.readiness))
    of_row = np.repeat([form == form.lower() for form in lexicon.inverse], np.diff(rows.begin))  # no names
    moved = of_row * (frequency * rate)[rows.original] * np.exp(-rows.cost)
    gained = _by_word(lexicon.inverse, np.add.reduceat(moved, rows.begin[:-1]))
    lost = _by_word(lexicon.texts, np.bincount(rows.original, moved, len(lexicon.texts)).astype(np.float64))
    ratios = {}
    for word in gained.keys() | lost.keys():
        reference = _frequency_of_word(word, model)
        ratio = math.log(max(reference + gained.get(word, 0.0) - lost.get(word, 0.0), reference / 20) / reference)
        if abs(ratio) > 0.02:
            ratios[word] = round(min(max(ratio, LOG_RATIO_BOUNDS[0]), LOG_RATIO_BOUNDS[1]), 3)
    return ratios


def _frequency_of_word(word: str, model: LanguageModel) -> float:
    """Probability of a word, lower case and capitalised forms summed; 1e-8 if it is not in the vocabulary."""
    known = (model.ids.get(form) for form in (word, word.capitalize()))
    return sum(math.exp(model.unigram[index]) for index in known if index is not None) or 1e-8


def _by_word(phrases: Iterable[str], weights: NDArray[np.float64]) -> dict[str, float]:
    """Sum of the weights of the phrases that contain each lower-case word."""
    found: dict[str, float] = defaultdict(float)
    for phrase, weight in zip(phrases, weights.tolist(), strict=True):
        if weight:
            for word in LOWER_CASE_WORD.findall(phrase):
                found[word] += weight
    return found
