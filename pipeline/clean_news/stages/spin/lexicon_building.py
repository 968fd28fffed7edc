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
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, chain
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from clean_news.dictionaries import folder
from clean_news.language import language_model
from clean_news.language.language_model import LanguageModel
from clean_news.language.tokens import key_of
from clean_news.stages.spin import hashed_lexicon, inflection, user_dictionary
from clean_news.stages.spin.entries import KEPT_FORM, Entry, read_choices, read_counts, read_entries
from clean_news.stages.spin.hashed_lexicon import AnyLexicon, HashedLexicon
from clean_news.stages.spin.hashed_lexicon_building import Sources, compile_columns
from clean_news.stages.spin.lexicon import DamagedCacheError, Lexicon
from clean_news.stages.spin.lexicon_sources import CACHE_SUFFIX, OWN_LEXICON, digest, files, own_lexicon_path
from clean_news.stages.spin.lexicon_weights import (
    ASSUMED_SWAP_RATE,
    FIRST_CHOICE_WEIGHT,
    FORM_PSEUDO_COUNT,
    LOG_RATIO_BOUNDS,
    MIN_LOG_RATIO,
    RANK_POWER,
    UNKNOWN_WORD_FREQUENCY,
    UNLISTED_FORM_WEIGHT,
    readiness_after,
    readiness_of_choices,
)
from clean_news.stages.spin.prefilter import LOWER_CASE_WORD
from clean_news.user_files import FileVersion

SHA256_BYTES = hashlib.sha256().digest_size


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


def _weigh_choices(weights: dict[str, dict[str, float]], choices: Mapping[str, Sequence[str]]) -> None:
    """Set the weights of forms that the spinner is known to choose.

    Args:
        weights: by original, the weights of its forms by their keys; modified in place.
        choices: see :func:`read_choices`.
    """
    for original, chosen in choices.items():
        for rank, form in enumerate((form for form in chosen if form != KEPT_FORM), 1):
            weights[original][key_of(form)] = FIRST_CHOICE_WEIGHT / rank


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
    _weigh_choices(weights, choices)
    chosen = readiness_of_choices(choices)
    pairs: dict[str, list[tuple[float, str]]] = defaultdict(list)
    longest: dict[str, int] = defaultdict(int)
    readiness = {}
    originals = {key_of(original): original for original in (*counts, *weights)}
    counted = {key_of(original): seen for original, seen in counts.items()}
    for original_key, original in originals.items():
        seen = {key_of(form): count for form, count in counted.get(original_key, {}).items()}
        readiness[original_key] = readiness_after(chosen.get(original, 0.0), seen)
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


def compile_lexicon(
    dictionaries: Path, entries: Iterable[Entry] = (), counts: Mapping[str, Mapping[str, float]] = MappingProxyType({})
) -> Lexicon:
    """Compile the lexicon, bypassing the cache.

    Args:
        dictionaries: the folder of the shipped dictionaries.
        entries: further entries, a few thousand; user dictionaries of any size are for :func:`standard`.
        counts: further counts.
    """
    sources = _sources(dictionaries, entries, counts)
    lexicon = invert([*sources.shipped, *sources.user], sources.table, sources.choices, sources.counts)
    model = language_model.standard()
    lexicon = msgspec.structs.replace(lexicon, packed_original_words=_model_words(lexicon.texts, model))
    return msgspec.structs.replace(lexicon, word_log_ratios=word_log_ratios(lexicon, model))


def _sources(dictionaries: Path, entries: Iterable[Entry], more: Mapping[str, Mapping[str, float]]) -> Sources:
    """What a lexicon is compiled from; for the arguments see :func:`compile_lexicon`."""
    inflections, choices, counts, *spin = files(dictionaries)
    return Sources(
        (entry for path in spin for entry in read_entries(path)),
        entries,
        inflection.read(inflections) if inflections.exists() else {},
        read_choices(choices) if choices.exists() else {},
        _summed(read_counts(counts) if counts.exists() else {}, more),
    )


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
    """Pause the collector of cyclic garbage: it would look at a million growing containers again and again.

    Compiling makes no reference cycles.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@lru_cache(maxsize=2)
def standard(files_: tuple[FileVersion, ...] = ()) -> AnyLexicon:
    """Return the lexicon of ``dictionaries/`` and of user dictionaries, from the user's cache if possible.

    Args:
        files_: the user dictionaries.

    Raises:
        SettingsError: if a user dictionary cannot be read or has a malformed line.
    """
    return _with_user_dictionaries(files_) if files_ else _shipped()


def shipped() -> Lexicon:
    """Return the lexicon of ``dictionaries/`` alone, as :func:`standard` does."""
    return cast("Lexicon", standard())


def _shipped() -> Lexicon:
    """The lexicon of ``dictionaries/``."""
    from platformdirs import user_cache_path

    dictionaries = folder()
    cached = user_cache_path("clean-news") / f"lexicon-{digest(dictionaries)[:16]}{CACHE_SUFFIX}"
    with contextlib.suppress(OSError, DamagedCacheError):
        return read_cached(cached)
    with _no_garbage_collection():
        lexicon = compile_lexicon(dictionaries)
    # A cache that cannot be written only costs a second at the next start.
    with contextlib.suppress(OSError):
        cached.parent.mkdir(parents=True, exist_ok=True)
        _remove_old(cached.parent, "lexicon")
        fresh = cached.with_suffix(f".{os.getpid()}.tmp")
        encoded = msgspec.msgpack.encode(lexicon)
        fresh.write_bytes(hashlib.sha256(encoded).digest() + encoded)
        fresh.replace(cached)
    return lexicon


def _remove_old(cache: Path, kind: str) -> None:
    """Remove the lexicons of this kind from the cache.

    Raises:
        OSError: if one cannot be removed.
    """
    for suffix in (CACHE_SUFFIX, ".msgpack"):  # the latter was written by versions without a checksum
        for old in cache.glob(f"{kind}-*{suffix}"):
            old.unlink(missing_ok=True)


def _with_user_dictionaries(user_files: tuple[FileVersion, ...]) -> HashedLexicon:
    """The lexicon of ``dictionaries/`` and of user dictionaries.

    Raises:
        SettingsError: if a user dictionary cannot be read or has a malformed line.
    """
    cached = own_lexicon_path(user_files)
    counts = user_dictionary.read(user_files).counts
    sources = _sources(folder(), user_dictionary.entries(user_files), counts)
    with contextlib.suppress(OSError, DamagedCacheError):
        hashed_lexicon.check(cached)
        return HashedLexicon(cached, sources.table)
    with _temporary_folder(cached.parent) as temporary:
        with _no_garbage_collection():
            columns = compile_columns(sources, language_model.standard(), temporary)
        fresh = temporary / cached.name
        hashed_lexicon.write(fresh, columns)
        with contextlib.suppress(OSError):
            _remove_old(cached.parent, OWN_LEXICON)
            return HashedLexicon(fresh.replace(cached), sources.table)
        return HashedLexicon(fresh, sources.table)  # what is mapped remains readable after it is removed


@contextlib.contextmanager
def _temporary_folder(cache: Path) -> Iterator[Path]:
    """Create a temporary folder in the cache, else where the system has its own; it is removed at the end."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        temporary = tempfile.TemporaryDirectory(dir=cache, prefix="compiling-", ignore_cleanup_errors=True)
    except OSError:
        temporary = tempfile.TemporaryDirectory(prefix="clean-news-", ignore_cleanup_errors=True)
    with temporary as name:
        yield Path(name)


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
        if abs(ratio) > MIN_LOG_RATIO:
            ratios[word] = round(min(max(ratio, LOG_RATIO_BOUNDS[0]), LOG_RATIO_BOUNDS[1]), 3)
    return ratios


def _frequency_of_word(word: str, model: LanguageModel) -> float:
    """Probability of a word, lower case and capitalised forms summed; 1e-8 if it is not in the vocabulary."""
    known = (model.ids.get(form) for form in (word, word.capitalize()))
    return sum(math.exp(model.unigram[index]) for index in known if index is not None) or UNKNOWN_WORD_FREQUENCY


def _by_word(phrases: Iterable[str], weights: NDArray[np.float64]) -> dict[str, float]:
    """Sum of the weights of the phrases that contain each lower-case word."""
    found: dict[str, float] = defaultdict(float)
    for phrase, weight in zip(phrases, weights.tolist(), strict=True):
        if weight:
            for word in LOWER_CASE_WORD.findall(phrase):
                found[word] += weight
    return found
