"""The language model: a pruned, quantised, case-sensitive Kneser-Ney 4-gram model in one memory-mapped file.

File: the magic line, one line of JSON (see :class:`Header`), then the arrays it names, each aligned to 64
bytes. Built by ``clean-news model build`` (:mod:`clean_news.channel.model_building`).
"""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from clean_news.channel import fuse_table
from clean_news.channel.tokens import CLASSES, Sentence, class_of_unknown, normal_form
from clean_news.dictionaries import folder

MAGIC = b"clean-news language model 1\n"
FILE = "news.lm"  # in dictionaries/
ORDER = 4
ALIGNMENT = 64
WORD_BITS = np.uint64(16)

Ids = NDArray[np.uint16]
LogProbabilities = NDArray[np.float32]


class Part(msgspec.Struct, frozen=True):
    """Where an array lies in the file: type, number of elements, offset in bytes behind the header."""

    dtype: str
    count: int
    offset: int


class Header(msgspec.Struct, frozen=True):
    """What the file says of itself: where its text came from, its sizes, and where its arrays lie."""

    source: str
    words: int
    entries: dict[str, int]
    seeds: dict[str, int]
    parts: dict[str, Part]


class ModelError(ValueError):
    """The file is not a language model that this version can read."""


class Table(NamedTuple):
    """One fuse table with the real numbers that its 6-bit values stand for."""

    slots: fuse_table.Slots
    guard: fuse_table.Guard
    seed: int
    codebook: LogProbabilities

    def look_up(self, keys: fuse_table.Keys, missing: float) -> LogProbabilities:
        """The number of each key; ``missing`` where the table lacks it."""
        values = fuse_table.look_up(self.slots, self.guard, self.seed, keys)
        return np.where(values >= 0, self.codebook[values], np.float32(missing)).astype(np.float32)


class LanguageModel:
    """Log probabilities of words after up to three words of context.

    Attributes:
        words: the vocabulary; a word's id is its index. The first ones are the token classes.
        ids: the id of each word.
        unigram: log probability of each word alone.
    """

    def __init__(self, path: Path) -> None:
        data = np.asarray(np.memmap(path, dtype=np.uint8, mode="r"))
        if bytes(data[: len(MAGIC)]) != MAGIC:
            raise ModelError(
                f"{path}: not a language model of this version; build one with: clean-news model build"
            )
        length = int(bytes(data[len(MAGIC) : len(MAGIC) + 8]))
        begin = len(MAGIC) + 8
        self.header = msgspec.json.decode(bytes(data[begin : begin + length]), type=Header)
        body = data[begin + length :]
        arrays = {
            name: body[part.offset : part.offset + part.count * np.dtype(part.dtype).itemsize].view(
                part.dtype
            )
            for name, part in self.header.parts.items()
        }
        self.words = bytes(arrays["vocabulary"]).decode().split("\n")
        self.ids = {word: index for index, word in enumerate(self.words)}
        self.unigram: LogProbabilities = np.array(arrays["unigram"], np.float32)
        self.unigram_backoff: LogProbabilities = np.array(arrays["unigram_backoff"], np.float32)
        self.tables = {
            name: Table(
                arrays[name], arrays[f"{name}_guard"], seed, np.array(arrays[f"{name}_codebook"], np.float32)
            )
            for name, seed in self.header.seeds.items()
        }

    def id_of(self, form: str) -> int:
        """The id of a token, by its word or by its class where the vocabulary lacks it."""
        normal = normal_form(form)
        known = self.ids.get(normal)
        return self.ids[class_of_unknown(normal)] if known is None else known

    def true_case(self, form: str) -> str:
        """The word as it would stand inside a sentence, where it begins one.

        The lower-case form is taken if the model knows it and finds it at least as common.
        """
        lowered = form[0].lower() + form[1:] if form[1:].islower() or len(form) == 1 else form.lower()
        if form in (lowered, "I"):
            return form
        lower, upper = self.ids.get(normal_form(lowered)), self.ids.get(normal_form(form))
        if lower is None:
            return form
        return lowered if upper is None or self.unigram[lower] >= self.unigram[upper] else form

    def true_forms(self, sentence: Sentence) -> list[str]:
        """The sentence's tokens in true case: the first word, and every word of a headline."""
        forms = list(sentence.forms)
        if sentence.titled:
            return [self.true_case(form) if form[0].isupper() else form for form in forms]
        if sentence.first_word >= 0 and forms[sentence.first_word][0].isupper():
            forms[sentence.first_word] = self.true_case(forms[sentence.first_word])
        return forms

    def log_probability(self, grams: Ids, order: int = ORDER) -> LogProbabilities:
        """Natural log probability of the last word of each row after the three before it.

        Args:
            grams: word ids, shape (n, 4); rows near a sentence's start are padded with 0 (``<s>``) in front.
            order: how many columns, counted from the right, to look at: 2, 3 or 4.

        Returns:
            Shape (n,).
        """
        one, two, three, four = (grams[:, column].astype(np.uint64) for column in range(ORDER))
        key_34 = (three << WORD_BITS) | four
        key_23 = (two << WORD_BITS) | three
        key_234 = (key_23 << WORD_BITS) | four
        key_123 = (((one << WORD_BITS) | two) << WORD_BITS) | three
        nothing = float("nan")

        result = self.unigram[grams[:, 3]] + self.unigram_backoff[grams[:, 2]]
        bigram = self.tables["bigram"].look_up(key_34, nothing)
        result = np.where(np.isnan(bigram), result, bigram)
        if order == 2:
            return result.astype(np.float32)
        # A longer n-gram is in the model only if both its parts are: asking for them first makes a
        # wrongly recognised key (1 in 1024) rare to the second power.
        context = ~np.isnan(self.tables["bigram"].look_up(key_23, nothing))
        rows = np.flatnonzero(context)
        result[rows] += self.tables["bigram_backoff"].look_up(key_23[rows], 0.0) * np.isnan(bigram[rows])
        with_bigram = rows[~np.isnan(bigram[rows])]
        trigram = self.tables["trigram"].look_up(key_234[with_bigram], nothing)
        backed_off = result[with_bigram] + self.tables["bigram_backoff"].look_up(key_23[with_bigram], 0.0)
        result[with_bigram] = np.where(np.isnan(trigram), backed_off, trigram)

        if order == 3:
            return result.astype(np.float32)
        longer = ~np.isnan(self.tables["trigram"].look_up(key_123[rows], nothing))
        rows = rows[longer]
        found = np.zeros(len(grams), bool)
        found[with_bigram] = ~np.isnan(trigram)
        fourgram = np.full(len(rows), nothing, np.float32)
        both = found[rows]
        key_1234 = (key_123[rows] << WORD_BITS) | four[rows]
        fourgram[both] = self.tables["fourgram"].look_up(key_1234[both], nothing)
        backed_off = result[rows] + self.tables["trigram_backoff"].look_up(key_123[rows], 0.0)
        result[rows] = np.where(np.isnan(fourgram), backed_off, fourgram)
        return result.astype(np.float32)


def write(path: Path, source: str, words: list[str], arrays: dict[str, NDArray[np.generic]], seeds: dict[str, int],
          entries: dict[str, int]) -> None:  # fmt: skip
    """Write a model file.

    Args:
        path: where.
        source: what it was built from, for people.
        words: the vocabulary, the token classes first.
        arrays: the other arrays by name.
        seeds: the seed of each fuse table among them.
        entries: number of n-grams of each order, for people.
    """
    if tuple(words[: len(CLASSES)]) != CLASSES:
        raise ModelError("the vocabulary must begin with the token classes")
    arrays = {"vocabulary": np.frombuffer("\n".join(words).encode(), np.uint8), **arrays}
    parts, blocks, offset = {}, [], 0
    for name, array in arrays.items():
        parts[name] = Part(array.dtype.str, array.size, offset)
        block = array.tobytes()
        block += bytes(-len(block) % ALIGNMENT)
        blocks.append(block)
        offset += len(block)
    header = msgspec.json.encode(Header(source, len(words), entries, seeds, parts))
    header += b" " * (-(len(MAGIC) + 8 + len(header)) % ALIGNMENT)
    path.write_bytes(b"".join((MAGIC, b"%8d" % len(header), header, *blocks)))


def beginning(path: Path) -> bytes:
    """The file's header and some of its vocabulary: enough to tell models apart; empty if there is no file."""
    if not path.exists():
        return b""
    with path.open("rb") as file:
        return file.read(1 << 16)


@lru_cache(maxsize=1)
def standard() -> LanguageModel:
    """The model shipped in ``dictionaries/``."""
    return LanguageModel(folder() / FILE)
