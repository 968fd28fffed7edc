"""Find the words that look most like a misread form.

Letters that OCR confuses are folded into one, and letters made of several strokes into several letters. All forms of an
article are then compared with all words of similar length at once: first their letters, as bits, then the edit
distance of those with similar letters. Measured on shared/bench/ocr-train: for 96% of 1,743 misread words the right
word is among the nearest 40, compared with 84% for an index of words at edit distance up to 2; and no index has to be
built first.
"""

from bisect import bisect_left
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.stages.ocr.costs import Ints, texts_of
from clean_news.stages.ocr.edit_distance import CodedTexts, coded, edit_distances
from clean_news.stages.ocr.word_table import (
    ALPHABET,
    Bits,
    WordTable,
    letter_bits,
    letter_counts,
    near_pairs,
)

STROKES = str.maketrans({"m": "nn", "w": "vv", "h": "li", "d": "cl"})
SAME_SHAPE = str.maketrans("ceujit1!|í»", "oonllllllll")
# Bits of folded letters, most for the frequent ones; the other bits are for the length.
FOLDED_LIMITS = [
    {"l": 6, "n": 4, "o": 4}.get(letter, 2 if letter in "arsvgpbf" else letter in "ykxzq") for letter in ALPHABET
]
LENGTH_BITS = 64 - sum(FOLDED_LIMITS)
LOG_PROBABILITY_WEIGHT = np.float32(0.4)  # relative to one edit; 0.3 to 0.6 give the same recall


class Lookalikes(NamedTuple):
    """Words to compare with, the longest folded words first.

    Attributes:
        indices: their indices in the table.
        words: the words, in lower case.
        folded: the folded words.
        bits: of their folded letters and lengths; see :func:`_bits_of`.
        discount: natural log probability of each word, relative to one edit.
    """

    indices: Ints
    words: CodedTexts
    folded: CodedTexts
    bits: Bits
    discount: NDArray[np.float32]


class EditLimit(NamedTuple):
    """How many edits are possible in forms of similar length.

    Attributes:
        max_letters: length of the longest forms.
        max_edits: maximum edit distance between form and word, both folded.
    """

    max_letters: int
    max_edits: int


# At most half of the letters of a short form; fewer where the word is rare.
FREQUENT_LIMITS = (EditLimit(4, 2), EditLimit(9, 3), EditLimit(24, 4))
RARE_LIMITS = (EditLimit(6, 2), EditLimit(9, 3), EditLimit(24, 4))


def folded(word: str) -> str:
    """Fold the letters of a lower-case word that OCR confuses.

    >>> folded("boforo") == folded("before"), folded("tlio") == folded("the")
    (True, True)
    """
    return word.translate(STROKES).translate(SAME_SHAPE)


def _bits_of(words: Sequence[str]) -> Bits:
    """Return bits for the letters and lengths of folded words; those at edit distance n differ in 2 n bits at most."""
    points, lengths = texts_of(words)
    below = (np.uint64(1) << np.minimum(lengths, LENGTH_BITS).astype(np.uint64)) - np.uint64(1)
    return letter_bits(letter_counts(points), FOLDED_LIMITS) | below << np.uint64(64 - LENGTH_BITS)


def lookalikes_of(table: WordTable, chosen: NDArray[np.bool_], log_probability: NDArray[np.floating]) -> Lookalikes:
    """Return some of the words of a table, with their natural log probabilities (of all words of the table)."""
    indices = np.flatnonzero(chosen)
    own = [folded(table.words[index]) for index in indices.tolist()]
    order = np.argsort([-len(word) for word in own], kind="stable")
    indices, own = indices[order], [own[number] for number in order.tolist()]
    discount = LOG_PROBABILITY_WEIGHT * log_probability[indices].astype(np.float32)
    words = coded([table.words[index] for index in indices.tolist()])
    return Lookalikes(indices, words, coded(own), _bits_of(own), discount)


def nearest(
    forms: Collection[str], words: Lookalikes, most: int, limits: Sequence[EditLimit], max_length_difference: int
) -> dict[str, Ints]:
    """Find the words that look most like each form.

    Args:
        forms: the forms, in lower case.
        words: the words to search.
        most: maximum number of words per form.
        limits: how many edits are possible.
        max_length_difference: of form and word, both folded.

    Returns:
        For each form the indices in the table of at most ``most`` words, in no particular order, including the form
        itself if it is a word; none for forms that are longer than the limits are for.
    """
    found = dict.fromkeys(forms, words.indices[:0])
    own = sorted(form for form in found if len(form) <= limits[-1].max_letters)
    if not own:
        return found
    shapes = [folded(form) for form in own]
    letters = [limit.max_letters for limit in limits]
    edits = np.array([limits[bisect_left(letters, len(form))].max_edits for form in own])
    texts = coded(shapes)
    form, word = near_pairs(
        _bits_of(shapes), texts.lengths, words.bits, words.folded.lengths, 2 * edits, max_length_difference
    )
    distances = edit_distances(texts, words.folded, form, word)
    kept = np.flatnonzero(distances <= edits[form])
    kept = kept[np.argsort(-words.words.lengths[word[kept]], kind="stable")]
    form, word = form[kept], word[kept]
    plain = edit_distances(coded(own), words.words, form, word)
    scores = (distances[kept] + plain).astype(np.float32) - words.discount[word]
    by_form = np.argsort(form.astype(np.uint16), kind="stable")
    ends = np.cumsum(np.bincount(form, minlength=len(own)))[:-1]
    for name, rows in zip(own, np.split(by_form, ends), strict=True):
        chosen = rows[np.argpartition(scores[rows], most)[:most]] if len(rows) > most else rows
        found[name] = words.indices[word[chosen]]
    return found
