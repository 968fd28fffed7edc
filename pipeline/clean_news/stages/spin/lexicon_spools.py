"""Inflects and pairs the entries of the spin lexicon, a batch at a time, and spools to disk what comes of it.

What grows with the dictionary is on disk: the pairs of original and form in :data:`BUCKETS` files by the hash of the
form, so that each can be sorted by itself.
"""

import itertools
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clean_news.language.language_model import LanguageModel
from clean_news.stages.spin.batch_inflection import Batch, inflect_batch
from clean_news.stages.spin.lexicon import KIND_SEPARATOR, Spool
from clean_news.stages.spin.lexicon_inputs import Sources, weighed_entries
from clean_news.stages.spin.lexicon_originals import Originals
from clean_news.stages.spin.phrase_hashes import Hashes, Ints

BATCH_ENTRIES = 12_000
BUCKETS = 16
BUCKET_SHIFT = np.uint64(60)  # the highest bits of a hash are its bucket
PAIR = np.dtype([("form", np.uint64), ("original", np.int32), ("code", np.uint16), ("lower", np.bool_)])
WORD_OF = np.dtype([("owner", np.int32), ("word", np.uint64)])


class Spools:
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


def spool_batches(
    sources: Sources, model: LanguageModel, spools: Spools, originals: Originals
) -> list[tuple[Hashes, Ints, Hashes]]:
    """Inflect all entries and spool what comes of it; returns the beginnings of the forms of several tokens."""
    entries = 0
    beginnings: list[tuple[Hashes, Ints, Hashes]] = []
    weighed = weighed_entries(sources)
    spools.put("entry_begin", np.zeros(1, np.int64))
    text_bytes = 0
    while (chunk := list(itertools.islice(weighed, BATCH_ENTRIES))) or not beginnings:  # one batch even of no entries
        texts = [f"{each.entry.original}{KIND_SEPARATOR}{each.entry.kind}".encode() for _, each in chunk]
        spools.put("entry_text", np.frombuffer(b"".join(texts), np.uint8))
        ends = text_bytes + np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)))
        spools.put("entry_begin", ends)
        text_bytes += sum(map(len, texts))
        from_user = np.array([user for user, _ in chunk], np.bool_)
        batch = inflect_batch([each for _, each in chunk], sources.table, model)
        before = originals.add(batch, entries, from_user)
        entries += len(chunk)
        _spool_pairs(batch, before, spools)
        owners = np.repeat(np.arange(len(batch.original_entry)) + before, batch.original_word_counts)
        spools.original_words.append(_words_of(owners, batch.original_words))
        beginnings.append((*longest_by_token(batch.first_tokens, batch.token_counts), np.unique(batch.prefixes)))
    return beginnings


def _words_of(owners: Ints, words: Hashes) -> NDArray[Any]:
    """Words with their owners, as elements of a spool."""
    found = np.empty(len(words), WORD_OF)
    found["owner"], found["word"] = owners, words
    return found


def _spool_pairs(batch: Batch, before: int, spools: Spools) -> None:
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


def longest_by_token(tokens: Hashes, counts: Ints) -> tuple[Hashes, Ints]:
    """The distinct first tokens, and the largest number of tokens that goes with each."""
    distinct, group = np.unique(tokens, return_inverse=True)
    most = np.zeros(len(distinct), np.int64)
    np.maximum.at(most, group, counts)
    return distinct, most
