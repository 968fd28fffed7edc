"""Compiles the spin dictionaries and user dictionaries of any size into a :class:`HashedLexicon`.

It computes what :func:`clean_news.stages.spin.lexicon_building.compile_lexicon` computes, a batch of entries at a time.
What grows with the dictionary is spooled to disk: the pairs of original and form in :data:`BUCKETS` files by the hash
of the form, so that each can be sorted by itself.
"""

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.language.language_model import LanguageModel
from clean_news.language.tokens import key_of
from clean_news.stages.spin import inflection
from clean_news.stages.spin.batch_inflection import Batch, WeighedEntry, inflect_batch
from clean_news.stages.spin.entries import KEPT_FORM, Entry
from clean_news.stages.spin.hashed_lexicon import KIND_SEPARATOR, Spool
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
from clean_news.stages.spin.phrase_hashes import Hashes, Ints, hashes_of, hashes_of_keys, phrase_hashes
from clean_news.stages.spin.prefilter import LOWER_CASE_WORD

BATCH_ENTRIES = 12_000
BUCKETS = 16
BUCKET_SHIFT = np.uint64(60)  # the highest bits of a hash are its bucket
# Codes of weights; of two for the same pair, the lower one counts: a known choice, the rank of a form, a mere count.
ENTRY_CODE = 100
CODE_BITS = 16
COUNT_CODE = (1 << CODE_BITS) - 1
PAIR = np.dtype([("form", np.uint64), ("original", np.int32), ("code", np.uint16), ("lower", np.bool_)])
WORD_OF = np.dtype([("owner", np.int32), ("word", np.uint64)])

Floats = NDArray[np.float64]


class Sources(NamedTuple):
    """What a lexicon is compiled from.

    Attributes:
        shipped: the entries of the shipped dictionaries.
        user: the entries of the user dictionaries.
        table: the listed inflections; see :func:`inflection.read`.
        choices: the spinner's known choices; see :func:`entries.read_choices`.
        counts: counts from spun articles; see :func:`entries.read_counts`.
    """

    shipped: Iterable[Entry]
    user: Iterable[Entry]
    table: inflection.Inflections
    choices: Mapping[str, Sequence[str]]
    counts: Mapping[str, Mapping[str, float]]


def _weighed(sources: Sources) -> Iterator[tuple[bool, WeighedEntry]]:
    """Yield all entries, each with whether it is the user's; counts first and choices last, as their originals rank."""
    for original, seen in sources.counts.items():
        forms = tuple(form for form in seen if form != KEPT_FORM)
        yield False, WeighedEntry(Entry(original, "-", forms), COUNT_CODE, 0)
    for entry in sources.shipped:
        yield False, WeighedEntry(entry, ENTRY_CODE, 1)
    for entry in sources.user:
        yield True, WeighedEntry(entry, ENTRY_CODE, 1)
    for original, chosen in sources.choices.items():
        forms = tuple(form for form in chosen if form != KEPT_FORM)
        if forms:
            yield False, WeighedEntry(Entry(original, "-", forms), 1, 1)


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
    pairs["code"], pairs["lower"] = np.minimum(batch.pair_code, COUNT_CODE), batch.pair_lower
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


def _weights_of(codes: NDArray[np.uint16]) -> Floats:
    """The weights that codes stand for."""
    ranks = np.arange(COUNT_CODE + 1, dtype=np.float64)
    table = np.zeros(COUNT_CODE + 1)
    table[1:ENTRY_CODE] = FIRST_CHOICE_WEIGHT / ranks[1:ENTRY_CODE]
    table[ENTRY_CODE:COUNT_CODE] = ranks[1 : COUNT_CODE - ENTRY_CODE + 1] ** -RANK_POWER
    return table[codes]


class _Counted(NamedTuple):
    """What was counted in spun articles; arrays of one element for each pair that was seen.

    Attributes:
        form: hash of the form.
        original: number of the original.
        times: how often it was seen.
        evidence: by original number, the sum.
    """

    form: Hashes
    original: Ints
    times: Floats
    evidence: Floats


def _numbers_of(keys: Hashes, wanted: Hashes) -> Ints:
    """The index of each hash among ascending ones; -1 for what is not there."""
    if not len(keys):
        return np.full(len(wanted), -1)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, at, -1)


def _put_originals(originals: _Originals, sources: Sources, spools: _Spools) -> tuple[Floats, _Counted]:
    """Put the columns of the distinct originals; returns the readiness of each, and what was counted."""
    keys = originals.distinct_keys
    readiness, evidence = np.zeros(len(keys)), np.zeros(len(keys))
    chosen = readiness_of_choices(sources.choices)
    numbers = _numbers_of(keys, hashes_of_keys(list(map(key_of, chosen))))
    same = (numbers >= 0) & (originals.written[numbers] == hashes_of_keys(list(chosen)))  # not only the same tokens
    readiness[numbers[same]] = np.fromiter(chosen.values(), np.float64, len(chosen))[same]
    seen_of = {key_of(original): seen for original, seen in sources.counts.items()}
    rows: list[tuple[str, int, float]] = []
    for number, seen in zip(_numbers_of(keys, hashes_of_keys(list(seen_of))).tolist(), seen_of.values(), strict=True):
        by_key = {key_of(form): count for form, count in seen.items()}
        readiness[number] = readiness_after(float(readiness[number]), by_key)
        forms = {form: count for form, count in by_key.items() if form != KEPT_FORM}
        evidence[number] = sum(forms.values())
        rows += [(form, number, count) for form, count in forms.items()]
    spools.put("original_entry", originals.entry[originals.came])
    spools.put("original_slot", originals.slot[originals.came])
    spools.put("original_key", keys)
    spools.put("original_readiness", readiness)
    spools.put("from_user", originals.from_user.astype(np.uint8))
    counted = _Counted(
        hashes_of_keys([form for form, _, _ in rows]),
        np.array([number for _, number, _ in rows], np.int64),
        np.array([count for _, _, count in rows], np.float64),
        evidence,
    )
    return readiness, counted


def _distinct_pairs(spools: _Spools, number: int, originals: _Originals) -> tuple[NDArray[Any], Ints]:
    """The distinct pairs of a bucket, sorted by form and original, each with its place in the bucket."""
    pairs = spools.pairs[number].array()
    original = originals.number[pairs["original"]]
    place = np.flatnonzero(original >= 0)
    pairs, original = pairs[place], original[place]
    pairs["original"] = original
    form = pairs["form"].copy()
    order = np.lexsort((original.astype(np.int64) << CODE_BITS | pairs["code"], form))
    form, original = form[order], original[order]
    kept = order[np.append(True, (form[1:] != form[:-1]) | (original[1:] != original[:-1]))[: len(order)]]
    return pairs[kept], place[kept]


def _seen_of(pairs: NDArray[Any], counted: _Counted) -> Floats:
    """How often each pair was seen."""
    seen = np.zeros(len(pairs))
    first, last = (np.searchsorted(pairs["form"], counted.form, side) for side in ("left", "right"))
    for row in np.flatnonzero(first < last).tolist():
        here = slice(first[row], last[row])
        seen[here][pairs["original"][here] == counted.original[row]] = counted.times[row]
    return seen


class _WordSums:
    """Sums of weights by word.

    Attributes:
        words: hashes of the distinct words, ascending.
        sums: the sum of each.
    """

    def __init__(self) -> None:
        self.words: Hashes = np.zeros(0, np.uint64)
        self.sums: Floats = np.zeros(0)

    def add(self, words: Hashes, weights: Floats) -> None:
        """Add weights of words."""
        some = weights != 0
        both = np.concatenate((self.words, words[some]))
        self.words, group = np.unique(both, return_inverse=True)
        self.sums = np.bincount(group, np.concatenate((self.sums, weights[some])), len(self.words)).astype(np.float64)

    def of(self, words: Hashes) -> Floats:
        """Return the sum of each word; 0 for others."""
        return _looked_up(self.words, self.sums, words, 0.0)


def _looked_up(hashes: Hashes, values: Floats, wanted: Hashes, missing: float) -> Floats:
    """The values of the wanted hashes among ascending ones."""
    at = _numbers_of(hashes, wanted)
    found = np.full(len(wanted), missing)
    found[at >= 0] = values[at[at >= 0]]
    return found


def _put_rows(
    spools: _Spools, originals: _Originals, readiness: Floats, counted: _Counted
) -> tuple[_WordSums, _WordSums]:
    """Put the columns of the pairs; returns what frequency the words gain and lose by spinning."""
    count = len(readiness)
    total = np.full(count, UNLISTED_FORM_WEIGHT)
    distinct = [Spool(each.path.with_suffix(".distinct"), PAIR) for each in spools.pairs]
    places = [Spool(each.path.with_suffix(".places"), np.int64) for each in spools.pairs]
    for number in range(BUCKETS):
        pairs, place = _distinct_pairs(spools, number, originals)
        distinct[number].append(pairs)
        places[number].append(place)
        total += np.bincount(pairs["original"], _weights_of(pairs["code"]), count)
    rate = 1 / (1 + np.exp(-math.log(ASSUMED_SWAP_RATE / (1 - ASSUMED_SWAP_RATE)) - readiness))
    moving = np.exp(originals.log_probability[originals.came]) * rate
    lost_by_original = np.zeros(count)
    gained = _WordSums()
    filled = 0
    spools.put("begin", np.zeros(1, np.int32))
    for number in range(BUCKETS):
        pairs, place = distinct[number].array(), places[number].array()
        owner = pairs["original"]
        seen = _seen_of(pairs, counted)
        weight = FORM_PSEUDO_COUNT * _weights_of(pairs["code"]) / total[owner]
        exact = -np.log((weight + seen) / (FORM_PSEUDO_COUNT + counted.evidence[owner]))
        order = np.lexsort((exact, pairs["form"]))
        pairs, place, cost, owner = pairs[order], place[order], np.round(exact[order], 3), owner[order]
        form, first = np.unique(pairs["form"], return_index=True)
        spools.put("form", form)
        spools.put("begin", (filled + np.append(first[1:], len(pairs))[: len(form)]).astype(np.int32))
        spools.put("row_original", owner.astype(np.int32))
        spools.put("cost", cost)
        filled += len(pairs)
        moved = np.where(pairs["lower"], moving[owner] * np.exp(-cost), 0.0)
        lost_by_original += np.bincount(owner, moved, count)
        by_place = np.zeros(spools.pairs[number].count)
        by_place[place] = moved
        words = spools.words[number].array()
        gained.add(words["word"], by_place[words["owner"]])
    lost = _WordSums()
    is_first = np.zeros(originals.size, np.bool_)
    is_first[originals.came] = True
    for block in spools.original_words.blocks():
        words = block[is_first[block["owner"]]]
        lost.add(words["word"], lost_by_original[originals.number[words["owner"]]])
    return gained, lost


def _put_log_ratios(spools: _Spools, gained: _WordSums, lost: _WordSums, model: LanguageModel) -> None:
    """Put the columns of the word log ratios; see :func:`lexicon_building.word_log_ratios`."""
    frequency: dict[str, float] = {}
    for form, index in model.ids.items():
        word = form.lower()
        if form in (word, word.capitalize()) and LOWER_CASE_WORD.fullmatch(word):
            frequency[word] = frequency.get(word, 0.0) + math.exp(model.unigram[index])
    known = hashes_of(list(frequency))
    order = np.argsort(known)
    words = np.union1d(gained.words, lost.words)
    frequencies = np.fromiter(frequency.values(), np.float64, len(frequency))
    reference = _looked_up(known[order], frequencies[order], words, UNKNOWN_WORD_FREQUENCY)
    after = np.maximum(reference + gained.of(words) - lost.of(words), reference / 20)
    ratio = np.log(after / reference)
    kept = np.abs(ratio) > MIN_LOG_RATIO
    key = phrase_hashes(words[kept], np.ones(int(kept.sum()), np.int64))
    by_key = np.argsort(key)
    spools.put("word", key[by_key])
    spools.put("log_ratio", np.round(ratio[kept].clip(*LOG_RATIO_BOUNDS), 3)[by_key])


def compile_columns(sources: Sources, model: LanguageModel, folder: Path) -> dict[str, Spool]:
    """Compile a lexicon.

    Args:
        sources: what it is compiled from.
        model: the language model.
        folder: an empty folder for temporary files; they take some 100 bytes for each spun form.

    Returns:
        The columns to be written with :func:`hashed_lexicon.write`.
    """
    spools = _Spools(folder)
    originals = _Originals(len(sources.counts))
    beginnings = _spool_batches(sources, model, spools, originals)
    first_tokens, most, prefixes = map(np.concatenate, zip(*beginnings, strict=True))
    tokens, longest = _longest(first_tokens, most)
    spools.put("first_token", tokens)
    spools.put("most_tokens", longest)
    spools.put("prefix", np.unique(prefixes))
    originals.number_all()
    readiness, counted = _put_originals(originals, sources, spools)
    _put_log_ratios(spools, *_put_rows(spools, originals, readiness, counted), model)
    return spools.columns
