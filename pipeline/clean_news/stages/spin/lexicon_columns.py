"""Computes the columns of the spin lexicon from dictionaries of any size, a batch of entries at a time.

Entries are inflected and paired, the pairs weighted for each family of spinners and grouped by form. What grows with
the dictionary is spooled to disk: the pairs of original and form in :data:`BUCKETS` files by the hash of the form, so
that each can be sorted by itself.
"""

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.language.language_model import LanguageModel
from clean_news.language.tokens import key_of
from clean_news.stages.spin import inflection
from clean_news.stages.spin.batch_inflection import Batch, WeighedEntry, inflect_batch
from clean_news.stages.spin.entries import KEPT_FORM, Entry
from clean_news.stages.spin.lexicon import KIND_SEPARATOR, Spool
from clean_news.stages.spin.lexicon_weights import (
    ASSUMED_SWAP_RATE,
    FAMILY_WEIGHT,
    FORM_PSEUDO_COUNT,
    GENERAL,
    MAX_COST,
    OTHER_FAMILY_WEIGHT,
    POOLED_COUNT,
    RANK_POWER,
    UNLISTED_FORM_WEIGHT,
    readiness_after,
    readiness_of_choices,
)
from clean_news.stages.spin.phrase_hashes import Hashes, Ints, hashes_of_keys
from clean_news.stages.spin.word_log_ratios import WordSums, add_sums, log_ratios, numbers_of

WORDS_AT_ONCE = 1 << 17
BATCH_ENTRIES = 12_000
BUCKETS = 16
BUCKET_SHIFT = np.uint64(60)  # the highest bits of a hash are its bucket
# The code of a weight: the number of the family, and the rank of the form in the entry. Of two for the same pair and
# family the lower one counts.
MAX_RANK = 255
COUNT_CODE = (1 << 16) - 1  # the pair was counted; no entry has it
PAIR = np.dtype([("form", np.uint64), ("original", np.int32), ("code", np.uint16), ("lower", np.bool_)])
WORD_OF = np.dtype([("owner", np.int32), ("word", np.uint64)])

Floats = NDArray[np.float64]
Counts = Mapping[str, Mapping[str, float]]


class Family(NamedTuple):
    """What is known of a family of spinners.

    Attributes:
        entries: what it writes for an original, most likely first; ``=`` is the original itself.
        counts: by original, how often it was seen as each form in articles of this family.
    """

    entries: Sequence[Entry]
    counts: Counts


class Sources(NamedTuple):
    """What a lexicon is compiled from.

    Attributes:
        shipped: the entries of the shipped dictionaries.
        user: the entries of the user dictionaries.
        table: the listed inflections; see :func:`inflection.read`.
        families: what is known of each family of spinners, by its name.
        general_counts: by original, how often it was seen as each form in articles of unknown families.
    """

    shipped: Iterable[Entry]
    user: Iterable[Entry]
    table: inflection.Inflections
    families: Mapping[str, Family]
    general_counts: Counts = MappingProxyType({})

    @property
    def names(self) -> list[str]:
        """The names of the families, the general one first."""
        return [GENERAL, *self.families]

    def counts(self) -> list[Counts]:
        """The counts by family; the general one has its own, and those of all others at :data:`POOLED_COUNT`."""
        by_family = [family.counts for family in self.families.values()]
        pooled = {original: dict(seen) for original, seen in self.general_counts.items()}
        for counts in by_family:
            for original, seen in counts.items():
                total = pooled.setdefault(original, {})
                for form, count in seen.items():
                    total[form] = total.get(form, 0.0) + POOLED_COUNT * count
        return [pooled, *by_family]


def _weighed(sources: Sources) -> Iterator[tuple[bool, WeighedEntry]]:
    """Yield all entries, each with whether it is the user's; counts come first."""
    for original, seen in sources.counts()[0].items():
        yield False, WeighedEntry(_without_kept(Entry(original, "-", tuple(seen))), COUNT_CODE, 0)
    for entry in sources.shipped:
        yield False, WeighedEntry(entry, 1, 1)
    for entry in sources.user:
        yield True, WeighedEntry(entry, 1, 1)
    for number, family in enumerate(sources.families.values(), 1):
        for entry in family.entries:
            swaps = _without_kept(entry)
            if swaps.forms:
                yield False, WeighedEntry(swaps, number * (MAX_RANK + 1) + 1, 1)


def _without_kept(entry: Entry) -> Entry:
    """The entry without the form that stands for the original itself."""
    return entry._replace(forms=tuple(form for form in entry.forms if form != KEPT_FORM)[:MAX_RANK])


class _Spools:
    """The temporary files.

    Attributes:
        pairs: by bucket, the pairs.
        words: by bucket, the lower-case words of the forms, each with the place of its pair in the bucket.
        original_words: the lower-case words of the originals.
        columns: the columns of the lexicon by name.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.pairs = [Spool(folder / f"pairs-{number}", PAIR) for number in range(BUCKETS)]
        self.words = [Spool(folder / f"words-{number}", WORD_OF) for number in range(BUCKETS)]
        self.original_words = Spool(folder / "original-words", WORD_OF)
        self.columns: dict[str, Spool] = {}

    def put(self, name: str, values: NDArray[Any]) -> None:
        """Append to a column of the lexicon, creating it first if need be."""
        if name not in self.columns:
            self.columns[name] = Spool(self._folder / name, values.dtype)
        self.columns[name].append(values)


class _Originals:
    """The inflected originals of all entries, as they come; equal ones are told apart only in the end.

    Attributes:
        entry, slot, written, key, log_probability: see :class:`Batch`.
        from_user: whether the user's dictionaries have it.
        number: by original as it came, its number among the distinct ones; -1 if it has no pair, or if another original
            with the same tokens came for the first time later.
        came: by distinct original, the index of its first coming.
        distinct_keys: by distinct original, its key; ascending.
        counted: how many of the first originals come from counts.
    """

    def __init__(self, counted: int) -> None:
        self.batches: list[tuple[NDArray[Any], ...]] = []
        self.size = 0
        self.counted = counted

    def add(self, batch: Batch, entries_before: int, from_user: NDArray[np.bool_]) -> int:
        """Add the originals of a batch; return how many there were before."""
        before = self.size
        paired = np.zeros(len(batch.original_entry), np.bool_)
        paired[batch.pair_original] = True
        paired[: max(self.counted - before, 0)] = True  # what was only counted as kept has no pair
        self.batches.append(
            (
                (batch.original_entry + entries_before).astype(np.int32),
                batch.original_slot.astype(np.uint8),
                batch.original_written,
                batch.original_key,
                batch.original_log_probability.astype(np.float64),
                from_user[batch.original_entry],
                paired,
            )
        )
        self.size += len(batch.original_entry)
        return before

    def number_all(self) -> None:
        """Number the distinct originals."""
        columns = list(map(np.concatenate, zip(*self.batches, strict=True)))
        self.batches.clear()
        self.entry, self.slot, written, self.key, self.log_probability, from_user, paired = columns
        distinct, first, group = np.unique(written, return_index=True, return_inverse=True)
        del written
        group = group.astype(np.int32)
        in_user = np.bincount(group, from_user, len(first)) > 0
        first_paired = np.full(len(first), self.size)
        np.minimum.at(first_paired, group[paired], np.flatnonzero(paired))
        # Of the originals with the same tokens, the one that came last for the first time.
        usable = np.flatnonzero(first_paired < self.size)
        order = usable[np.lexsort((first_paired[usable], self.key[first[usable]]))]
        keys = self.key[first[order]]
        last = np.append(keys[1:] != keys[:-1], True)[: len(keys)]
        winners = order[last]  # ascending by key
        numbers = np.full(len(first), -1, np.int32)
        numbers[winners] = np.arange(len(winners))
        self.number = numbers[group]
        self.came = first[winners]
        self.written = distinct[winners]
        self.distinct_keys = self.key[self.came]
        if self.counted:  # counts go with the tokens, however these are written
            self.number[: self.counted] = np.searchsorted(self.distinct_keys, self.key[: self.counted])
        self.from_user = in_user[winners]


def _spool_batches(
    sources: Sources, model: LanguageModel, spools: _Spools, originals: _Originals
) -> list[tuple[Hashes, Ints, Hashes]]:
    """Inflect all entries and spool what comes of it; returns the beginnings of the forms of several tokens."""
    entries = 0
    beginnings = []
    weighed = _weighed(sources)
    spools.put("entry_begin", np.zeros(1, np.int64))
    text_bytes = 0
    while chunk := list(itertools.islice(weighed, BATCH_ENTRIES)):
        texts = [f"{each.entry.original}{KIND_SEPARATOR}{each.entry.kind}".encode() for _, each in chunk]
        spools.put("entry_text", np.frombuffer(b"".join(texts), np.uint8))
        ends = text_bytes + np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)))
        spools.put("entry_begin", ends)
        text_bytes = int(ends[-1])
        from_user = np.array([user for user, _ in chunk])
        batch = inflect_batch([each for _, each in chunk], sources.table, model)
        before = originals.add(batch, entries, from_user)
        entries += len(chunk)
        _spool_pairs(batch, before, spools)
        owners = np.repeat(np.arange(len(batch.original_entry)) + before, batch.original_word_counts)
        spools.original_words.append(_words_of(owners, batch.original_words))
        beginnings.append((*_longest(batch.first_tokens, batch.token_counts), np.unique(batch.prefixes)))
    return beginnings


def _words_of(owners: Ints, words: Hashes) -> NDArray[Any]:
    """Words with their owners, as elements of a spool."""
    found = np.empty(len(words), WORD_OF)
    found["owner"], found["word"] = owners, words
    return found


def _spool_pairs(batch: Batch, before: int, spools: _Spools) -> None:
    """Spool the pairs of a batch and the words of their forms by the form's bucket."""
    pairs = np.empty(len(batch.pair_key), PAIR)
    pairs["form"], pairs["original"] = batch.pair_key, batch.pair_original + before
    pairs["code"], pairs["lower"] = batch.pair_code, batch.pair_lower
    bucket = (batch.pair_key >> BUCKET_SHIFT).astype(np.int64)
    word_bucket = np.repeat(bucket, batch.pair_word_counts)
    place = np.empty(len(bucket), np.int64)
    owner = np.repeat(np.arange(len(bucket)), batch.pair_word_counts)
    for number in range(BUCKETS):
        chosen = np.flatnonzero(bucket == number)
        place[chosen] = np.arange(len(chosen)) + spools.pairs[number].count
        spools.pairs[number].append(pairs[chosen])
        words = np.flatnonzero(word_bucket == number)
        spools.words[number].append(_words_of(place[owner[words]], batch.pair_words[words]))


def _longest(tokens: Hashes, counts: Ints) -> tuple[Hashes, Ints]:
    """The distinct first tokens, and the largest number of tokens that goes with each."""
    distinct, group = np.unique(tokens, return_inverse=True)
    most = np.zeros(len(distinct), np.int64)
    np.maximum.at(most, group, counts)
    return distinct, most


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


def _put_originals(originals: _Originals, sources: Sources, spools: _Spools) -> tuple[NDArray[np.float32], _Counted]:
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
    spools: _Spools, number: int, originals: _Originals, families: int
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
    spools: _Spools, originals: _Originals, readiness: NDArray[np.float32], counted: _Counted
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
    spools = _Spools(folder)
    originals = _Originals(len(sources.counts()[0]))
    spools.put("families", np.frombuffer("\n".join(sources.names).encode(), np.uint8))
    beginnings = _spool_batches(sources, model, spools, originals)
    first_tokens, most, prefixes = map(np.concatenate, zip(*beginnings, strict=True))
    tokens, longest = _longest(first_tokens, most)
    spools.put("first_token", tokens)
    spools.put("most_tokens", longest)
    spools.put("prefix", np.unique(prefixes))
    originals.number_all()
    readiness, counted = _put_originals(originals, sources, spools)
    words, ratios = log_ratios(*_put_rows(spools, originals, readiness, counted), model)
    spools.put("word", words)
    spools.put("log_ratio", ratios.astype(np.float32).ravel())
    return spools.columns
