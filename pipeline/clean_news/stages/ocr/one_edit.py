"""Find the words at edit distance 1 of many forms at once, by what is left of both if one letter is deleted.

Texts at distance 1 have a deletion in common, or one is a deletion of the other (symmetric deletion, as in SymSpell).
Deletions are never spelled out: their hashes follow from the running hashes of the text.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.language.growable_arrays import ranges
from clean_news.language.vocabulary import SHORT_WORD_LETTERS
from clean_news.stages.ocr import word_table
from clean_news.stages.ocr.costs import Ints, Texts, common_affixes

Hashes = NDArray[np.uint64]

BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse
INVERSE = np.uint64(pow(BASE, -1, 1 << 64))


class DeletionIndex(NamedTuple):
    """The words of the table of more than three letters, by their deletions.

    Attributes:
        hashes: of each word and each of its deletions, ascending.
        words: index of the word of each hash.
    """

    hashes: Hashes
    words: NDArray[np.int32]


def deletion_hashes(texts: Texts) -> tuple[Hashes, Ints]:
    """Return the hashes of texts and of what is left if one character is deleted, and the row of each."""
    rows, width = texts.points.shape
    powers = np.multiply.accumulate(np.full(width, BASE, np.uint64))
    before = np.zeros((rows, width + 1), np.uint64)
    np.cumsum(texts.points * powers, 1, out=before[:, 1:])
    whole = before[:, -1]
    deleted = before[:, :-1] + (whole[:, None] - before[:, 1:]) * INVERSE
    row, column = np.nonzero(np.arange(width) < texts.lengths[:, None])
    return np.concatenate((whole, deleted[row, column])), np.concatenate((np.arange(rows), row))


@lru_cache(maxsize=1)
def _standard() -> DeletionIndex:
    """The index of the shipped vocabulary; building it takes 0.1 s."""
    table = word_table.standard()
    begin = table.starts[SHORT_WORD_LETTERS + 1]
    hashes, words = deletion_hashes(Texts(table.texts.points[begin:], table.texts.lengths[begin:]))
    order = np.argsort(hashes)
    return DeletionIndex(hashes[order], (begin + words[order]).astype(np.int32))


def within_one_edit(forms: Texts) -> tuple[Ints, Ints]:
    """Return the pairs of a form and a word of more than three letters at edit distance 0 or 1.

    Exchanging two neighbouring letters is one edit, too.
    """
    table, index = word_table.standard(), _standard()
    hashes, form = deletion_hashes(forms)
    order = np.argsort(hashes)  # neighbours in the index are found faster
    hashes, form = hashes[order], form[order]
    first = np.searchsorted(index.hashes, hashes)
    counts = np.searchsorted(index.hashes, hashes, side="right") - first
    pairs = np.unique(np.repeat(form, counts) * len(table.words) + index.words[ranges(first, counts)])
    form, word = np.divmod(pairs, len(table.words))
    near = _is_one_edit(forms.rows(form), table.texts.rows(word))
    return form[near], word[near]


def _is_one_edit(one: Texts, other: Texts) -> NDArray[np.bool_]:
    """Whether the texts of each pair are at edit distance 0 or 1."""
    begin, end = common_affixes(one, other)
    rest, others = one.lengths - begin - end, other.lengths - begin - end
    near: NDArray[np.bool_] = np.maximum(rest, others) <= 1
    rows = np.flatnonzero((rest == 2) & (others == 2))
    at = begin[rows]
    ahead = one.points[rows, at] == other.points[rows, at + 1]
    near[rows] = ahead & (one.points[rows, at + 1] == other.points[rows, at])
    return near
