"""The words that a misread form may be a misreading of, as arrays: their letters, probabilities and language model ids.

Words are referred to by their index in the table, so that candidates are found, spelled and scored without Python
objects for each.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.language import language_model, vocabulary
from clean_news.stages.ocr.costs import Ints, Points, Texts, texts_of

COMMON_WORDS = 45_000  # in the table, and half as many names; also all of the lookalikes
LOOKALIKE_WORDS = 30_000  # that forms are compared with at a distance, and half as many names
ALPHABET = "abcdefghijklmnopqrstuvwxyz"
NONE = -1  # id of a word or name that does not exist

Bits = NDArray[np.uint64]
Counts = NDArray[np.uint8]


class WordTable(NamedTuple):
    """Words and names by index, sorted by length, then alphabetically. All arrays have shape (words, …).

    Attributes:
        words: in lower case.
        texts: the same as code points.
        capitals: their code points in upper case.
        starts: index of the first word of each length, up to one more than the greatest length.
        word_id: language model id of the lower-case word; :data:`NONE` if it is only a name.
        word_score: its natural log probability.
        out_of_vocabulary_cost: see :class:`~clean_news.language.vocabulary.Vocabulary`; in nats.
        name_id: language model id of the name; :data:`NONE` without one.
        name_score: its natural log probability.
        lookalike_score: natural log probability as a lookalike; minus infinity for other words.
    """

    words: list[str]
    texts: Texts
    capitals: Points
    starts: list[int]
    word_id: Ints
    word_score: NDArray[np.float64]
    out_of_vocabulary_cost: NDArray[np.float64]
    name_id: Ints
    name_score: NDArray[np.float64]
    lookalike_score: NDArray[np.float32]

    def between(self, shortest: int, longest: int) -> tuple[int, int]:
        """Return the first index of the words of these lengths, and the exclusive end."""
        last = len(self.starts) - 1
        return self.starts[min(max(shortest, 0), last)], self.starts[min(longest + 1, last)]


def letter_counts(points: Points) -> Counts:
    """Return how often each letter of the alphabet occurs in each text; shape (letters, texts)."""
    width = len(ALPHABET) + 1
    codes = np.minimum(points - np.uint16(ord(ALPHABET[0])), width - 1)  # characters before a wrap around
    places = np.arange(len(points))[:, None] * width + codes
    counts = np.bincount(places.ravel(), minlength=len(points) * width).reshape(len(points), width)
    return counts.T[:-1].astype(np.uint8)


def letter_bits(counts: Counts, limits: Sequence[int]) -> Bits:
    """Return a bit for each occurrence of a letter, up to its limit.

    Two texts at edit distance n differ in at most 2 n bits.

    Args:
        counts: shape (letters, texts).
        limits: for each letter the number of occurrences that have a bit; at most 64 in all.
    """
    letters = np.repeat(np.arange(len(limits)), limits)
    occurrences = np.concatenate([np.arange(limit) for limit in limits])
    flags = np.zeros((64, counts.shape[1]), np.bool_)
    np.greater(counts[letters], occurrences[:, None], out=flags[: len(letters)])
    packed = np.packbits(flags, 0, bitorder="little")
    return np.ascontiguousarray(packed.T).view("<u8")[:, 0].astype(np.uint64)


BYTE_COUNTS = np.array([number.bit_count() for number in range(256)], np.uint8)


def bit_counts(bits: Bits) -> Counts:
    """Return the number of bits that are set in each element."""
    if hasattr(np, "bitwise_count"):  # since NumPy 2.0
        counts: Counts = np.bitwise_count(bits)
        return counts
    found: Counts = BYTE_COUNTS[np.ascontiguousarray(bits)[..., None].view(np.uint8)].sum(-1, dtype=np.uint8)
    return found


MAX_COMPARED_AT_ONCE = 1 << 16  # pairs, so that the arrays stay in the processor's cache


def near_pairs(
    form_bits: Bits,
    form_lengths: NDArray[np.integer[Any]],
    word_bits: Bits,
    word_lengths: NDArray[np.integer[Any]],
    max_differing: NDArray[np.integer[Any]],
    max_length_difference: int,
) -> tuple[Ints, Ints]:
    """Find the pairs of a form and a word of similar length that have similar letters.

    Args:
        form_bits: of the letters of the forms.
        form_lengths: number of letters of the forms.
        word_bits: of the letters of the words.
        word_lengths: number of letters of the words, ascending or descending.
        max_differing: for each form, in how many bits a word may differ.
        max_length_difference: in letters.

    Returns:
        The indices of the forms and words of the pairs, by the lengths of the words.
    """
    by_length = np.argsort(form_lengths, kind="stable")
    lengths, bits, limits = form_lengths[by_length], form_bits[by_length, None], max_differing[by_length, None]
    found = [(by_length[:0], by_length[:0])]
    cuts = [0, *(np.flatnonzero(np.diff(word_lengths)) + 1).tolist(), len(word_lengths)]
    for begin, end in pairwise(cuts):
        length = int(word_lengths[begin]) if begin < end else 0
        first, last = np.searchsorted(
            lengths, (length - max_length_difference, length + max_length_difference + 1)
        ).tolist()
        step = max(MAX_COMPARED_AT_ONCE // max(end - begin, 1), 1)
        for start in range(first, last, step):
            stop = min(start + step, last)
            near = bit_counts(bits[start:stop] ^ word_bits[begin:end]) <= limits[start:stop]
            form, word = np.divmod(np.flatnonzero(near), end - begin)
            found.append((by_length[start + form], begin + word))
    forms, words = (np.concatenate(columns) for columns in zip(*found, strict=True))
    return forms, words


@lru_cache(maxsize=1)
def _ranked_words() -> tuple[list[tuple[float, str]], list[tuple[float, str]]]:
    """The words and names, likeliest first: negative log probabilities of the words, log probabilities of the names."""
    known, model = vocabulary.standard(), language_model.standard()
    words = [(-known.log_probability(word), word) for word in known.words if word.replace("'", "").isalpha()]
    names = [(score, word) for score, word in zip(model.unigram.tolist(), model.words, strict=True) if word.istitle()]
    words.sort()  # ties are broken alphabetically, because the order of a set differs between processes
    names.sort(reverse=True)
    return words, names


def common_words(max_words: int) -> dict[str, float]:
    """Return the most common words and names of the vocabulary, with their natural log probabilities.

    Args:
        max_words: maximum number of words; half as many names are added.
    """
    words, names = _ranked_words()
    common = {word: -cost for cost, word in words[:max_words]}
    for score, name in names[: max_words // 2]:
        lowered = name.lower()
        if lowered.isalpha():
            common[lowered] = max(score, common.get(lowered, score))
    return common


@lru_cache(maxsize=1)
def standard() -> WordTable:
    """The table of the shipped vocabulary; building it takes 0.2 s."""
    known, model = vocabulary.standard(), language_model.standard()
    words = sorted(common_words(COMMON_WORDS), key=lambda word: (len(word), word))
    texts = texts_of(words)
    starts = np.searchsorted(texts.lengths, np.arange(texts.lengths[-1] + 2)).tolist()
    titles = [word[0].upper() + word[1:] for word in words]
    is_word = np.array([word in known.words for word in words])
    word_id = np.array([model.id_of(word) if word in known.words else NONE for word in words])
    word_score = np.array([known.log_probability(word) for word in words])
    name_id = np.array([model.ids.get(title, NONE) for title in titles])
    name_score = model.unigram[np.maximum(name_id, 0)].astype(np.float64)
    alike = common_words(LOOKALIKE_WORDS)
    return WordTable(
        words,
        texts,
        _capitals(texts.points),
        starts,
        word_id,
        word_score,
        np.array([known.out_of_vocabulary_cost(word) for word in words]),
        name_id,
        np.where(is_word, np.maximum(name_score, word_score), name_score),
        np.array([alike.get(word, -np.inf) for word in words], np.float32),
    )


def _capitals(points: Points) -> Points:
    """Return the code points in upper case, where that is one character."""
    upper = np.arange(int(points.max()) + 1, dtype=np.uint16)
    for point in np.flatnonzero(np.bincount(points.ravel())).tolist():
        capital = chr(point).upper()
        upper[point] = ord(capital) if len(capital) == 1 else point
    return upper[points]
