"""The language model: a pruned, quantised, case-sensitive Kneser-Ney 4-gram model in one memory-mapped file.

File format: a magic line, one line of JSON (see :class:`Header`), then the arrays it names, each aligned to 64
bytes. Built by ``clean-news model build`` (:mod:`clean_news.language.model_building`).
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from clean_news.dictionaries import LANGUAGE_MODEL, folder
from clean_news.language import binary_fuse_filter, model_checksum
from clean_news.language.model_checksum import ModelError
from clean_news.language.tokens import CLASSES, TOKEN, Sentence, class_of_unknown, normal_form

MAGIC = b"clean-news language model 1\n"
ORDER = 4
NGRAMS = {3: "trigram", 4: "fourgram"}
BACKOFFS = {3: "bigram_backoff", 4: "trigram_backoff"}  # tables of back-off weights, by the order backed off from
ALIGNMENT = 64
WORD_BITS = np.uint64(16)

Ids = NDArray[np.uint16]
LogProbabilities = NDArray[np.float32]


class ArrayLocation(msgspec.Struct, frozen=True):
    """Location of an array in the file.

    Attributes:
        dtype: NumPy type string.
        count: number of elements.
        offset: bytes from the end of the header.
    """

    dtype: str
    count: int
    offset: int


class Header(msgspec.Struct, frozen=True):
    """The header of a model file.

    Attributes:
        source: description of the training corpus.
        words: size of the vocabulary.
        entries: number of entries of each table.
        seeds: hash seed of each table.
        parts: location of each array.
    """

    source: str
    words: int
    entries: dict[str, int]
    seeds: dict[str, int]
    parts: dict[str, ArrayLocation]


class QuantisedTable(NamedTuple):
    """A fuse table with a codebook for its 6-bit values.

    Attributes:
        slots: see :mod:`clean_news.language.binary_fuse_filter`.
        guard: see there.
        seed: see there.
        codebook: the real number that each 6-bit value encodes; shape (64,).
    """

    slots: binary_fuse_filter.Slots
    guard: binary_fuse_filter.Guard
    seed: int
    codebook: LogProbabilities

    def look_up(self, keys: binary_fuse_filter.Keys, missing: float) -> LogProbabilities:
        """Return the number of each key, or ``missing`` for keys that are not in the table."""
        values = binary_fuse_filter.look_up(self.slots, self.guard, self.seed, keys)
        return np.where(values >= 0, self.codebook[values], np.float32(missing)).astype(np.float32)


class LanguageModel:
    """Natural log probabilities of words after up to three words of context.

    Attributes:
        header: the header of the file.
        words: the vocabulary by word id; the token classes come first.
        ids: the id of each word.
        unigram: natural log probability of each word without context; shape (words,).
        unigram_backoff: natural log of each word's back-off weight; shape (words,).
        tables: n-gram probabilities and back-off weights by name.
    """

    def __init__(self, path: Path) -> None:
        data = np.asarray(np.memmap(path, dtype=np.uint8, mode="r"))
        if bytes(data[: len(MAGIC)]) != MAGIC:
            raise ModelError(f"{path}: not a language model of this version; build one with: clean-news model build")
        length = int(bytes(data[len(MAGIC) : len(MAGIC) + 8]))
        begin = len(MAGIC) + 8
        self.header = msgspec.json.decode(bytes(data[begin : begin + length]), type=Header)
        body = data[begin + length :]
        arrays = {
            name: body[part.offset : part.offset + part.count * np.dtype(part.dtype).itemsize].view(part.dtype)
            for name, part in self.header.parts.items()
        }
        self.words = bytes(arrays["vocabulary"]).decode().split("\n")
        self.ids = {word: index for index, word in enumerate(self.words)}
        self.unigram: LogProbabilities = np.array(arrays["unigram"], np.float32)
        self.unigram_backoff: LogProbabilities = np.array(arrays["unigram_backoff"], np.float32)
        self.tables = {
            name: QuantisedTable(
                arrays[name], arrays[f"{name}_guard"], seed, np.array(arrays[f"{name}_codebook"], np.float32)
            )
            for name, seed in self.header.seeds.items()
        }

    def id_of(self, form: str) -> int:
        """Return the id of a token, or of its class if it is not in the vocabulary."""
        normal = normal_form(form)
        known = self.ids.get(normal)
        return self.ids[class_of_unknown(normal)] if known is None else known

    def ids_of(self, phrase: str) -> tuple[int, ...]:
        """Return the ids of a phrase's tokens."""
        known = self.ids.get(phrase)
        if known is not None and phrase.isalpha():  # is its own normal form
            return (known,)
        return tuple(map(self.id_of, TOKEN.findall(phrase)))

    def true_case(self, form: str) -> str:
        """Return the form that a sentence-initial word would have inside a sentence.

        This is the lower-case form if it is in the vocabulary and at least as probable as the word as written.
        """
        lowered = form[0].lower() + form[1:] if form[1:].islower() or len(form) == 1 else form.lower()
        if form in (lowered, "I"):
            return form
        lower, upper = self.ids.get(normal_form(lowered)), self.ids.get(normal_form(form))
        if lower is None:
            return form
        return lowered if upper is None or self.unigram[lower] >= self.unigram[upper] else form

    def true_forms(self, sentence: Sentence) -> list[str]:
        """Return the sentence's tokens with the first word, or every word of a headline, in true case."""
        forms = list(sentence.forms)
        if sentence.title_case:
            return [self.true_case(form) if form[0].isupper() else form for form in forms]
        if sentence.first_word >= 0 and forms[sentence.first_word][0].isupper():
            forms[sentence.first_word] = self.true_case(forms[sentence.first_word])
        return forms

    def bigrams(self, first: Ids, second: Ids) -> tuple[LogProbabilities, NDArray[np.bool_]]:
        """Look up bigrams.

        Args:
            first: word ids; shape (n,).
            second: ids of the words that follow; shape (n,).

        Returns:
            Natural log probability of each second word after the first, and whether the model contains the bigram.
        """
        keys = (first.astype(np.uint64) << WORD_BITS) | second.astype(np.uint64)
        found = self.tables["bigram"].look_up(keys, float("nan"))
        held = ~np.isnan(found)
        return np.where(held, found, self.unigram[second] + self.unigram_backoff[first]), held

    def phrase_log_probability(self, phrases: Sequence[Sequence[int]]) -> NDArray[np.float64]:
        """Return the natural log probability of phrases (word ids) without context: a unigram, then bigrams."""
        owner = [number for number, words in enumerate(phrases) for _ in words[1:]]
        first = np.array([word for words in phrases for word in words[:-1]], np.uint16)
        second = np.array([word for words in phrases for word in words[1:]], np.uint16)
        follow = np.bincount(owner, self.bigrams(first, second)[0], len(phrases)) if owner else 0.0
        return self.unigram[[words[0] for words in phrases]].astype(np.float64) + follow

    def extend_context(
        self,
        order: int,
        contexts: binary_fuse_filter.Keys,
        context_held: NDArray[np.bool_],
        source: NDArray[np.int64],
        words: Ids,
        lower: LogProbabilities,
        lower_held: NDArray[np.bool_],
    ) -> tuple[LogProbabilities, NDArray[np.bool_]]:
        """Compute log probabilities of one order from those of the order below.

        Args:
            order: 3 or 4.
            contexts: packed word ids of distinct contexts of ``order - 1`` words.
            context_held: whether the model contains each context as an n-gram.
            source: index of the context of each word; shape (n,).
            words: the words; shape (n,).
            lower: log probability of each word after its context without the first word.
            lower_held: whether the model contains that n-gram.

        Returns:
            The log probabilities, and whether the model contains each n-gram. An n-gram is in the model only if both
            its (n-1)-grams are, so only such n-grams are looked up, which also makes false positives rare.
        """
        backoff = np.zeros(len(contexts), np.float32)
        rows = np.flatnonzero(context_held)
        backoff[rows] = self.tables[BACKOFFS[order]].look_up(contexts[rows], 0.0)
        result = lower + backoff[source]
        held = lower_held & context_held[source]
        asked = np.flatnonzero(held)
        keys = (contexts[source[asked]] << WORD_BITS) | words[asked].astype(np.uint64)
        found = self.tables[NGRAMS[order]].look_up(keys, float("nan"))
        there = ~np.isnan(found)
        held[asked] = there
        result[asked[there]] = found[there]
        return result, held

    def log_probability(self, grams: Ids, order: int = ORDER) -> LogProbabilities:
        """Return the natural log probability of the last word of each row after the three before it.

        Args:
            grams: word ids, shape (n, 4); rows at a sentence's start are left-padded with 0 (``<s>``).
            order: order of the n-grams, i.e. number of columns to use, from the right: 2, 3 or 4.

        Returns:
            Shape (n,).
        """
        rows = np.arange(len(grams))
        probability, held = self.bigrams(grams[:, 2], grams[:, 3])
        shorter_held = self.bigrams(grams[:, 1], grams[:, 2])[1]
        contexts = packed(grams[:, 1:3])
        if order > 2:
            probability, held = self.extend_context(3, contexts, shorter_held, rows, grams[:, 3], probability, held)
        if order > 3:
            first_held = self.bigrams(grams[:, 0], grams[:, 1])[1]
            nothing = np.zeros(len(grams), np.float32)
            before = packed(grams[:, :2])
            context_held = self.extend_context(3, before, first_held, rows, grams[:, 2], nothing, shorter_held)[1]
            contexts = packed(grams[:, :3])
            probability, held = self.extend_context(4, contexts, context_held, rows, grams[:, 3], probability, held)
        return probability


def packed(grams: NDArray[np.integer[Any]]) -> binary_fuse_filter.Keys:
    """Pack the word ids of each row into one 64-bit key, the last word in the lowest bits."""
    keys = np.zeros(len(grams), np.uint64)
    for column in grams.T:
        keys = (keys << WORD_BITS) | column.astype(np.uint64)
    return keys


def write(path: Path, source: str, words: list[str], arrays: dict[str, NDArray[np.generic]], seeds: dict[str, int],
          entries: dict[str, int]) -> None:  # fmt: skip
    """Write a model file and its checksum.

    Args:
        path: the file to write.
        source: description of the training corpus.
        words: the vocabulary, the token classes first.
        arrays: the other arrays by name.
        seeds: the hash seed of each fuse table among them.
        entries: number of entries of each table.
    """
    if tuple(words[: len(CLASSES)]) != CLASSES:
        raise ModelError("the vocabulary must begin with the token classes")
    arrays = {"vocabulary": np.frombuffer("\n".join(words).encode(), np.uint8), **arrays}
    parts, blocks, offset = {}, [], 0
    for name, array in arrays.items():
        parts[name] = ArrayLocation(array.dtype.str, array.size, offset)
        block = array.tobytes()
        block += bytes(-len(block) % ALIGNMENT)
        blocks.append(block)
        offset += len(block)
    header = msgspec.json.encode(Header(source, len(words), entries, seeds, parts))
    header += b" " * (-(len(MAGIC) + 8 + len(header)) % ALIGNMENT)
    # Running processes have the old file mapped, so it must be replaced, not overwritten.
    fresh = path.with_name(f"{path.name}.tmp")
    content = b"".join((MAGIC, b"%8d" % len(header), header, *blocks))
    fresh.write_bytes(content)
    model_checksum.write_checksum(path, hashlib.sha256(content).hexdigest())
    fresh.replace(path)


@lru_cache(maxsize=1)
def standard() -> LanguageModel:
    """Return the model shipped in ``dictionaries/``.

    Raises:
        ModelError: if it is missing or damaged.
    """
    path = folder() / LANGUAGE_MODEL
    model_checksum.check(path)
    return LanguageModel(path)
