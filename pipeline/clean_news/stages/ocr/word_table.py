"""The words that a misread form may be a misreading of, as arrays: their letters, probabilities and language model ids.

Words are referred to by their index in the table, so that candidates are found, spelled and scored without Python
objects for each.
"""

import hashlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice, pairwise, repeat
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.language import array_cache, language_model, vocabulary
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
def _ranked_words() -> tuple[dict[str, float], dict[str, float]]:
    """The most common words and names with their natural log probabilities, likeliest first."""
    known, model = vocabulary.standard(), language_model.standard()
    words = [word for word in known.words if word.replace("'", "").isalpha()]
    names = [word for word in model.words if word.istitle()]
    ids = np.fromiter(map(model.ids.__getitem__, names), np.int64, len(names))
    return (
        _highest(words, known.log_probabilities(words), COMMON_WORDS),
        _highest(names, model.unigram[ids].astype(np.float64), COMMON_WORDS // 2),
    )


def _highest(words: Sequence[str], scores: NDArray[np.float64], count: int) -> dict[str, float]:
    """Return the words with the highest scores, in order; equal ones alphabetically."""
    lowest = np.partition(-scores, min(count, len(scores)) - 1)[:count].max()
    likely = np.flatnonzero(-scores <= lowest)
    ranked = sorted(zip((-scores[likely]).tolist(), map(words.__getitem__, likely.tolist()), strict=True))
    return {word: -cost for cost, word in ranked[:count]}


def common_words(max_words: int) -> dict[str, float]:
    """Return the most common words and names of the vocabulary, with their natural log probabilities.

    Args:
        max_words: maximum number of words, at most :data:`COMMON_WORDS`; half as many names are added.
    """
    words, names = _ranked_words()
    common = dict(islice(words.items(), max_words))
    for name, score in islice(names.items(), max_words // 2):
        lowered = name.lower()
        if lowered.isalpha():
            common[lowered] = max(score, common.get(lowered, score))
    return common


CACHE_FORMAT = 1  # increase it when the table is computed in another way


@lru_cache(maxsize=1)
def standard() -> WordTable:
    """The table of the shipped vocabulary, from the user's cache if possible; building it takes 0.3 s."""
    digest = hashlib.sha256(f"{CACHE_FORMAT} {vocabulary.digest()}".encode()).hexdigest()
    arrays = array_cache.cached("ocr-words", digest, lambda: _to_arrays(_build()))
    return _from_arrays(arrays)


def _to_arrays(table: WordTable) -> array_cache.Arrays:
    """Return the columns of a table as arrays."""
    return {
        **{name: column for name, column in table._asdict().items() if isinstance(column, np.ndarray)},
        "words": np.frombuffer("\n".join(table.words).encode(), np.uint8),
        "points": table.texts.points,
        "lengths": table.texts.lengths,
        "starts": np.array(table.starts, np.int64),
    }


def _from_arrays(arrays: array_cache.Arrays) -> WordTable:
    """Return the table whose columns :func:`_to_arrays` returned."""
    columns = {name: column for name, column in arrays.items() if name not in {"points", "lengths"}}
    words = bytes(arrays["words"]).decode().split("\n")
    texts = Texts(arrays["points"], arrays["lengths"])
    return WordTable(**{**columns, "words": words, "texts": texts, "starts": arrays["starts"].tolist()})


def _build() -> WordTable:
    """Compute the table of the shipped vocabulary."""
    known, model = vocabulary.standard(), language_model.standard()
    words = sorted(common_words(COMMON_WORDS))
    words.sort(key=len)
    texts = texts_of(words)
    starts = np.searchsorted(texts.lengths, np.arange(texts.lengths[-1] + 2)).tolist()
    is_word = _looked_up(map(known.words.__contains__, words), words, np.bool_)
    word_score = known.log_probabilities(words)
    name_id = _looked_up(map(model.ids.get, [word[0].upper() + word[1:] for word in words], repeat(NONE)), words)
    name_score = model.unigram[np.maximum(name_id, 0)].astype(np.float64)
    alike = common_words(LOOKALIKE_WORDS)
    return WordTable(
        words,
        texts,
        _capitals(texts.points),
        starts,
        _word_ids(words, is_word, model),
        word_score,
        known.out_of_vocabulary_costs(words),
        name_id,
        np.where(is_word, np.maximum(name_score, word_score), name_score),
        _looked_up(map(alike.get, words, repeat(-np.inf)), words, np.float32),
    )


def _word_ids(words: Sequence[str], is_word: NDArray[np.bool_], model: language_model.LanguageModel) -> Ints:
    """Return the language model's ids of the words, or of their classes; :data:`NONE` for what is no word."""
    found = _looked_up(map(model.ids.get, words, repeat(NONE)), words)
    unlisted = np.flatnonzero(is_word & (found == NONE))
    found[unlisted] = [model.id_of(words[index]) for index in unlisted.tolist()]
    return np.where(is_word, found, NONE)


def _looked_up(values: Iterable[Any], words: Sequence[str], dtype: type = np.int64) -> NDArray[Any]:
    """Return a value of each word as an array."""
    return np.fromiter(values, dtype, len(words))


def _capitals(points: Points) -> Points:
    """Return the code points in upper case, where that is one character."""
    upper = np.arange(int(points.max()) + 1, dtype=np.uint16)
    for point in np.flatnonzero(np.bincount(points.ravel())).tolist():
        capital = chr(point).upper()
        upper[point] = ord(capital) if len(capital) == 1 else point
    return upper[points]
