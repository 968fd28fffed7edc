"""Computes the columns of the spin lexicon from dictionaries of any size.

The pairs of original and form, which are spooled to disk, are weighted for each family of spinners and grouped by form,
a bucket at a time.
"""

import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.language.language_model import LanguageModel
from clean_news.language.tokens import key_of
from clean_news.stages.spin import inflection
from clean_news.stages.spin.entries import KEPT_FORM
from clean_news.stages.spin.lexicon import Spool
from clean_news.stages.spin.lexicon_inputs import COUNT_CODE, MAX_RANK, Sources
from clean_news.stages.spin.lexicon_originals import Originals
from clean_news.stages.spin.lexicon_spools import BUCKETS, PAIR, Spools, longest_by_token, spool_batches
from clean_news.stages.spin.lexicon_weights import (
    ASSUMED_SWAP_RATE,
    FAMILY_WEIGHT,
    FORM_PSEUDO_COUNT,
    MAX_COST,
    OTHER_FAMILY_WEIGHT,
    RANK_POWER,
    UNLISTED_FORM_WEIGHT,
    readiness_after,
    readiness_of_choices,
)
from clean_news.stages.spin.phrase_hashes import Hashes, Ints, hashes_of_keys
from clean_news.stages.spin.word_log_ratios import WordSums, add_sums, log_ratios, numbers_of

WORDS_AT_ONCE = 1 << 17

Floats = NDArray[np.float64]


def _weights_of(codes: NDArray[np.uint16], first: Ints, families: int) -> Floats:
    """The weights of pairs, by family.

    Args:
        codes: the codes of all pairs, those of one pair together.
        first: index of the first code of each pair.
        families: the number of families.

    Returns:
        Shape (pairs, families). A pair of the general dictionary counts by its rank in every family, one that only
        another family writes less.
    """
    own = np.zeros((len(first), families))
    if not len(first):
        return own
    owner = np.repeat(np.arange(len(first)), np.diff(first, append=len(codes)))
    listed = codes != COUNT_CODE
    family, rank = codes[listed].astype(np.int64) // (MAX_RANK + 1), codes[listed].astype(np.int64) % (MAX_RANK + 1)
    np.maximum.at(own, (owner[listed], family), np.maximum(rank, 1).astype(np.float64) ** -RANK_POWER)
    anywhere = np.maximum(own[:, 0], OTHER_FAMILY_WEIGHT * own.max(axis=1))
    own[:, 1:] *= FAMILY_WEIGHT
    weights: Floats = np.maximum(own, anywhere[:, None])
    return weights


class _Counted(NamedTuple):
    """What was counted in spun articles; arrays of one element for each pair that was seen.

    Attributes:
        form: hash of the form.
        original: number of the original.
        family: number of the family.
        times: how often it was seen.
        evidence: by original number and family, the sum.
    """

    form: Hashes
    original: Ints
    family: Ints
    times: Floats
    evidence: NDArray[np.float32]


def _put_originals(originals: Originals, sources: Sources, spools: Spools) -> tuple[NDArray[np.float32], _Counted]:
    """Put the columns of the distinct originals; returns the readiness of each by family, and what was counted."""
    keys = originals.distinct_keys
    counts = sources.counts()
    readiness, evidence = np.zeros((2, len(keys), len(counts)), np.float32)
    rows: list[tuple[str, int, int, float]] = []
    for number, (name, seen_of) in enumerate(zip(sources.names, counts, strict=True)):
        chosen = readiness_of_choices(sources.families[name].entries, sources.table) if number else {}
        places = numbers_of(keys, hashes_of_keys([*map(key_of, chosen)]))
        same = (places >= 0) & (originals.written[places] == hashes_of_keys(list(chosen)))  # not only the same tokens
        readiness[places[same], number] = np.fromiter(chosen.values(), np.float64, len(chosen))[same]
        by_original = {key_of(original): seen for original, seen in seen_of.items()}
        places = numbers_of(keys, hashes_of_keys(list(by_original)))
        for place, seen in zip(places.tolist(), by_original.values(), strict=True):
            by_key = {key_of(form): count for form, count in seen.items()}
            readiness[place, number] = readiness_after(float(readiness[place, number]), by_key)
            forms = {form: count for form, count in by_key.items() if form != KEPT_FORM}
            evidence[place, number] = sum(forms.values())
            rows += [(form, place, number, count) for form, count in forms.items()]
    spools.put("original_entry", originals.entry[originals.came])
    spools.put("original_slot", originals.slot[originals.came])
    spools.put("original_key", keys)
    spools.put("readiness", readiness.mean(axis=1, dtype=np.float64))
    spools.put("family_readiness", readiness.ravel())
    spools.put("from_user", originals.from_user.astype(np.uint8))
    counted = _Counted(
        hashes_of_keys([form for form, _, _, _ in rows]),
        np.array([place for _, place, _, _ in rows], np.int64),
        np.array([number for _, _, number, _ in rows], np.int64),
        np.array([count for _, _, _, count in rows], np.float64),
        evidence,
    )
    return readiness, counted


def _distinct_pairs(
    spools: Spools, number: int, originals: Originals, families: int
) -> tuple[NDArray[Any], Ints, Floats]:
    """The distinct pairs of a bucket by form and original, each with its place in the bucket and its weights."""
    pairs = spools.pairs[number].array()
    original = originals.number[pairs["original"]]
    place = np.flatnonzero(original >= 0)
    pairs, original = pairs[place], original[place]
    pairs["original"] = original
    order = np.lexsort((original, pairs["form"]))
    pairs, place = pairs[order], place[order]
    form, original = pairs["form"], pairs["original"]
    first = np.flatnonzero(np.append(True, (form[1:] != form[:-1]) | (original[1:] != original[:-1]))[: len(order)])
    return pairs[first], place[first], _weights_of(pairs["code"], first, families)


def _seen_of(pairs: NDArray[Any], counted: _Counted) -> Floats:
    """How often each pair was seen, by family; shape (pairs, families)."""
    seen = np.zeros((len(pairs), counted.evidence.shape[1]))
    first, last = (np.searchsorted(pairs["form"], counted.form, side) for side in ("left", "right"))
    for row in np.flatnonzero(first < last).tolist():
        here = slice(first[row], last[row])
        seen[here, counted.family[row]][pairs["original"][here] == counted.original[row]] = counted.times[row]
    return seen


def _put_rows(
    spools: Spools, originals: Originals, readiness: NDArray[np.float32], counted: _Counted
) -> tuple[WordSums, WordSums]:
    """Put the columns of the pairs; returns what frequency the words gain and lose by spinning."""
    count, families = readiness.shape
    total = np.full((count, families), UNLISTED_FORM_WEIGHT, np.float32)
    distinct = [Spool(each.path.with_suffix(".distinct"), PAIR) for each in spools.pairs]
    places = [Spool(each.path.with_suffix(".places"), np.int64) for each in spools.pairs]
    weights = [Spool(each.path.with_suffix(".weights"), np.float32) for each in spools.pairs]
    for number in range(BUCKETS):
        pairs, place, weight = _distinct_pairs(spools, number, originals, families)
        distinct[number].append(pairs)
        places[number].append(place)
        weights[number].append(weight.ravel())
        add_sums(total, pairs["original"], weight)
    moving = 1 / (1 + np.exp(-math.log(ASSUMED_SWAP_RATE / (1 - ASSUMED_SWAP_RATE)) - readiness))
    moving *= np.exp(originals.log_probability[originals.came])[:, None].astype(np.float32)
    lost_by_original = np.zeros((count, families), np.float32)
    gained, lost, filled = WordSums(families), WordSums(families), 0
    spools.put("begin", np.zeros(1, np.int32))
    for number in range(BUCKETS):
        pairs, place = distinct[number].array(), places[number].array()
        owner = pairs["original"]
        weight = FORM_PSEUDO_COUNT * weights[number].array().reshape(-1, families) / total[owner]
        probability = (weight + _seen_of(pairs, counted)) / (FORM_PSEUDO_COUNT + counted.evidence[owner])
        probability = np.maximum(probability, math.exp(-MAX_COST))
        exact = -np.log(probability.mean(axis=1))
        order = np.lexsort((exact, pairs["form"]))
        pairs, place, owner, probability = pairs[order], place[order], owner[order], probability[order]
        form, first = np.unique(pairs["form"], return_index=True)
        spools.put("form", form)
        spools.put("begin", (filled + np.append(first[1:], len(pairs))[: len(form)]).astype(np.int32))
        spools.put("row_original", owner.astype(np.int32))
        spools.put("cost", np.round(exact[order], 3))
        spools.put("family_cost", np.round(-np.log(probability), 3).astype(np.float32).ravel())
        filled += len(pairs)
        moved = np.where(pairs["lower"][:, None], moving[owner] * probability, 0.0)
        add_sums(lost_by_original, owner, moved)
        by_place = np.zeros((spools.pairs[number].count, families))
        by_place[place] = moved
        words = spools.words[number].array()
        gained.add(words["word"], by_place[words["owner"]])
    words = spools.original_words.array()
    is_first = np.zeros(originals.size, np.bool_)
    is_first[originals.came] = True
    words = words[is_first[words["owner"]]]
    for begin in range(0, len(words), WORDS_AT_ONCE):
        some = words[begin : begin + WORDS_AT_ONCE]
        lost.add(some["word"], lost_by_original[originals.number[some["owner"]]])
    return gained, lost


def compile_columns(sources: Sources, model: LanguageModel, folder: Path) -> dict[str, Spool]:
    """Compile a lexicon.

    Args:
        sources: what it is compiled from.
        model: the language model.
        folder: an empty folder for temporary files; they take some 100 bytes for each spun form.

    Returns:
        The columns to be written with :func:`clean_news.stages.spin.lexicon.write`.
    """
    spools = Spools(folder)
    originals = Originals(len(sources.counts()[0]))
    spools.put("families", np.frombuffer("\n".join(sources.names).encode(), np.uint8))
    spools.put("inflections", np.frombuffer(inflection.text_of(sources.table).encode(), np.uint8))
    beginnings = spool_batches(sources, model, spools, originals)
    first_tokens, most, prefixes = map(np.concatenate, zip(*beginnings, strict=True))
    tokens, longest = longest_by_token(first_tokens, most)
    spools.put("first_token", tokens)
    spools.put("most_tokens", longest)
    spools.put("prefix", np.unique(prefixes))
    originals.number_all()
    readiness, counted = _put_originals(originals, sources, spools)
    words, ratios = log_ratios(*_put_rows(spools, originals, readiness, counted), model)
    spools.put("word", words)
    spools.put("log_ratio", ratios.astype(np.float32).ravel())
    return spools.columns
