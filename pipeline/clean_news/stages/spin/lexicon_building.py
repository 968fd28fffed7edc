"""Compiles the spin dictionaries into a lexicon: for each spun form its possible originals, and how likely each is.

The lines of ``dictionaries/spin/*.tsv`` run from original to spun forms. Here they are inflected, weighted by what the
spinner is known to choose and by what was counted in spun articles, and inverted. The compiled lexicon is kept in the
user's cache under the digest of the files, so that a changed line counts at once.
"""

import contextlib
import math
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
from clean_news.stages.spin.entries import KEPT, Entry, read_choices, read_counts, read_entries
from clean_news.stages.spin.lexicon import Lexicon
from clean_news.stages.spin.lexicon_sources import digest, files
from clean_news.stages.spin.screening import WORD
from clean_news.stages.spin.user_dictionary import NOTHING, Own
from clean_news.user_files import Version

RANK_POWER = 1.0  # the k-th form of an entry is taken as 1/k times as likely as the first
CHOICE_WEIGHT = 10.0  # of the form that the spinner is known to choose first; of the second, half of it
READINESS = {0: 1.3, 1: -1.0, 2: 0.4}  # by the place of "=" among the choices; 0: it is not there
ONLY_KEPT = -2.5  # where "=" is the only choice
UNLISTED = 2.5  # weight of the forms that an entry lacks, the likeliest form having 1
USUAL_RATE = 0.3  # swap rate from which the readiness to swap is counted
# How many sightings the dictionary's word on a form, and on the readiness to swap, is worth against what was counted in
# spun articles. Chosen by leaving out one of seven articles at a time: at a confidence of .65 F0.5 .911, without counts
# .908; with the first choices that are known from the seven taken out .864 and .846. 1, 3 and 5 differ by .007 at most.
FORM_SIGHTINGS = 2.0
READINESS_SIGHTINGS = 2.0
TELLTALE_RATE = 0.35  # swap rate of the imagined spinner
TELLTALE_BOUNDS = (-1.0, 3.0)  # of one word's log ratio: no word proves anything alone


class Inverted(NamedTuple):
    """What the dictionaries say of each spun form.

    Attributes:
        pairs: for each spun form, by its key, its originals, each behind minus the log probability that the spinner,
            when it swaps this original, writes this form; likeliest first.
        originals: the originals, by their keys.
        readiness: for each original, by its key, how much readier than usual the spinner swaps it, in log odds.
        longest: for the first token of each spun form, the number of tokens of the longest form it begins.
    """

    pairs: dict[str, list[tuple[float, str]]]
    originals: dict[str, str]
    readiness: dict[str, float]
    longest: dict[str, int]


def _weigh_choices(weights: dict[str, dict[str, float]], choices: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Put the spinner's known choices into the weights of the forms; returns the readiness to swap each original.

    Args:
        weights: for each original the weights of its forms, by their keys; changed.
        choices: see :func:`read_choices`.
    """
    readiness = {}
    for original, chosen in choices.items():
        swaps = [form for form in chosen if form != KEPT]
        for rank, form in enumerate(swaps, 1):
            weights[original][key_of(form)] = CHOICE_WEIGHT / rank
        place = chosen.index(KEPT) + 1 if KEPT in chosen else 0
        readiness[original] = READINESS[min(place, 2)] if swaps else ONLY_KEPT
    return readiness


def probabilities(weights: Mapping[str, float], seen: Mapping[str, float]) -> dict[str, float]:
    """Probability of each form of an original, when the spinner swaps it, from its weights and its counts.

    >>> probabilities({"firm": 1.0, "corporate": 0.5}, {"corporate": 3.0, "=": 5.0})["corporate"] > 0.5
    True
    """
    total = sum(weights.values()) + UNLISTED
    evidence = sum(count for form, count in seen.items() if form != KEPT)
    return {
        form: (FORM_SIGHTINGS * weights.get(form, 0.0) / total + seen.get(form, 0.0)) / (FORM_SIGHTINGS + evidence)
        for form in dict.fromkeys((*weights, *seen))
        if form != KEPT
    }


def _readiness_after(readiness: float, seen: Mapping[str, float]) -> float:
    """The readiness to swap an original, in log odds, after what was counted of it; see :class:`Original`.

    >>> _readiness_after(0.0, {}), _readiness_after(0.0, {"=": 6.0}) < -1
    (0.0, True)
    """
    if not seen:
        return readiness
    usual = math.log(USUAL_RATE / (1 - USUAL_RATE))
    before = 1 / (1 + math.exp(-usual - readiness))
    swapped = sum(seen.values()) - seen.get(KEPT, 0.0)
    after = (swapped + READINESS_SIGHTINGS * before) / (sum(seen.values()) + READINESS_SIGHTINGS)
    return round(math.log(after / (1 - after)) - usual, 2)


def _inverted(
    entries: list[Entry],
    table: inflection.Inflections,
    choices: Mapping[str, Sequence[str]] = MappingProxyType({}),
    counts: Mapping[str, Mapping[str, float]] = MappingProxyType({}),
) -> Inverted:
    """What these entries say of each spun form.

    Args:
        entries: of all dictionaries.
        table: the inflections.
        choices: what the spinner is known to choose; see :func:`read_choices`.
        counts: what was seen in spun articles; see :func:`read_counts`.

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
        for key, probability in probabilities(weights.get(original, {}), seen).items():
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
    """The lexicon of these entries, without what depends on the language model; see :func:`_inverted`.

    >>> lexicon = invert([Entry("announce", "verb", ("introduce", "unveil"))], {})
    >>> [original.text for original in lexicon.originals("introduced")]
    ['announced']
    """
    return _packed(_inverted(entries, table, choices, counts))


def _packed(found: Inverted) -> Lexicon:
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
        _summed(read_counts(counts) if counts.exists() else {}, own.counts),
    )
    model = language_model.standard()
    mine = frozenset(form for entry in own.entries for form in inflection.inflect(entry.original, entry.kind, table))
    lexicon = msgspec.structs.replace(lexicon, own=mine, packed_spelled=_spell(lexicon.texts, model))
    return msgspec.structs.replace(lexicon, telltales=telltales(lexicon, model))


def _spell(texts: Sequence[str], model: LanguageModel) -> tuple[bytes, bytes, bytes]:
    """The bytes of :class:`Spelled`."""
    words = [model.ids_of(text) for text in texts]
    return (
        np.fromiter(chain.from_iterable(words), np.uint16).tobytes(),
        np.fromiter(map(len, words), np.int32).tobytes(),
        (model.alone(words) if words else np.zeros(0)).astype(np.float64).tobytes(),
    )


def _summed(
    counts: dict[str, dict[str, float]], more: Mapping[str, Mapping[str, float]]
) -> dict[str, dict[str, float]]:
    """The counts of both.

    >>> _summed({"stock": {"=": 2.0}}, {"stock": {"=": 1.0, "inventory": 3.0}})
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
    own = user_dictionary.read(files_)
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


def telltales(lexicon: Lexicon, model: LanguageModel) -> dict[str, float]:
    """For each lower-case word the log ratio of its frequencies in spun and in genuine news.

    Words whose frequency hardly changes are left out.

    Args:
        lexicon: one whose originals are spelled.
        model: the language model.
    """
    rows, frequency = lexicon.rows, np.exp(lexicon.spelled.alone)
    rate = 1 / (1 + np.exp(-math.log(TELLTALE_RATE / (1 - TELLTALE_RATE)) - rows.readiness))
    of_row = np.repeat([form == form.lower() for form in lexicon.inverse], np.diff(rows.begin))  # no names
    moved = of_row * (frequency * rate)[rows.original] * np.exp(-rows.cost)
    gained = _by_word(lexicon.inverse, np.add.reduceat(moved, rows.begin[:-1]))
    lost = _by_word(lexicon.texts, np.bincount(rows.original, moved, len(lexicon.texts)).astype(np.float64))
    ratios = {}
    for word in gained.keys() | lost.keys():
        usual = _frequency_of_word(word, model)
        ratio = math.log(max(usual + gained.get(word, 0.0) - lost.get(word, 0.0), usual / 20) / usual)
        if abs(ratio) > 0.02:
            ratios[word] = round(min(max(ratio, TELLTALE_BOUNDS[0]), TELLTALE_BOUNDS[1]), 3)
    return ratios


def _frequency_of_word(word: str, model: LanguageModel) -> float:
    """The word's probability, in lower case or with a capital; a small one if the model lacks it."""
    known = (model.ids.get(form) for form in (word, word.capitalize()))
    return sum(math.exp(model.unigram[index]) for index in known if index is not None) or 1e-8


def _by_word(phrases: Iterable[str], weights: NDArray[np.float64]) -> dict[str, float]:
    """The weights of the phrases that each lower-case word stands in, added up."""
    found: dict[str, float] = defaultdict(float)
    for phrase, weight in zip(phrases, weights.tolist(), strict=True):
        if weight:
            for word in WORD.findall(phrase):
                found[word] += weight
    return found
