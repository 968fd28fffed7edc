"""The words that look most like a misread form, whatever was misread in it.

Letters that scanners take for one another are folded into one, letters of several strokes into several; the
forms of a page are then compared with all words of about their length at once, by RapidFuzz. Measured on
shared/bench/ocr-train: of 1,743 misread words the right one is among the nearest 40 for 96%, where an index of
words within two edits has 84%; and there is nothing to build before the first page.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist, cpdist

from clean_news.language import language_model, vocabulary

STROKES = str.maketrans({"m": "nn", "w": "vv", "h": "li", "d": "cl"})
ALIKE = str.maketrans("ceujit1!|í»", "oonllllllll")
MOST = 20  # words for a form
WEIGHT = 0.4  # of a word's log probability against one edit; .3 to .6 find as much


class Words(NamedTuple):
    """The words to compare with, sorted by length.

    Attributes:
        words: in small letters.
        folded: the same, folded.
        commonness: natural log probability of each.
        starts: by length where its words begin; for every length up to one more than the longest.
    """

    words: list[str]
    folded: list[str]
    commonness: NDArray[np.float32]
    starts: list[int]


def folded(word: str) -> str:
    """A word in small letters with what scanners confuse made the same.

    >>> folded("boforo") == folded("before"), folded("tlio") == folded("the")
    (True, True)
    """
    return word.translate(STROKES).translate(ALIKE)


def sorted_words(commonness: dict[str, float]) -> Words:
    """The words, given with their log probabilities, made ready."""
    words = sorted(commonness, key=lambda word: (len(word), word))
    lengths = np.array([len(word) for word in words])
    starts = np.searchsorted(lengths, np.arange(lengths[-1] + 2)).tolist()
    scores = np.array([commonness[word] for word in words], np.float32)
    return Words(words, [folded(word) for word in words], scores, starts)


@lru_cache(maxsize=2)
def common_words(most: int) -> Words:
    """The commonest words and names that the vocabulary has.

    Args:
        most: how many words; of names there are half as many.
    """
    known, model = vocabulary.standard(), language_model.standard()
    scores = {word: known.log_probability(word) for word in known.words if word.replace("'", "").isalpha()}
    # Of words that are as common, the first by the alphabet: a set has another order in each process.
    common = dict(sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:most])
    named = [(score, word) for word, score in zip(model.words, model.unigram.tolist(), strict=True) if word.istitle()]
    for score, word in sorted(named, reverse=True)[: most // 2]:
        lowered = word.lower()
        if lowered.isalpha():
            common[lowered] = max(score, common.get(lowered, score))
    return sorted_words(common)


class Group(NamedTuple):
    """Forms that are compared with the same words.

    Attributes:
        longest: letters of the longest form in it.
        apart: how many edits a word may be away from a form, both folded.
        longer: how much longer or shorter than any of the forms a word may be.
    """

    longest: int
    apart: int
    longer: int


GROUPS = (Group(3, 2, 1), Group(6, 2, 2), Group(9, 3, 2), Group(24, 3, 3))


def nearest(forms: Iterable[str], words: Words) -> dict[str, list[str]]:
    """The words that look most like each form; at most :data:`MOST`, the form itself among them if it is a word.

    Args:
        forms: in small letters; those of more than 24 letters are no words and get none.
        words: the words to look through.
    """
    left = sorted(forms, key=len)
    found: dict[str, list[str]] = {form: [] for form in left}
    for group in GROUPS:
        size = bisect_right(left, group.longest, key=len)
        same, left = left[:size], left[size:]
        if not same:
            continue
        last = len(words.starts) - 1
        begin = words.starts[min(max(len(same[0]) - group.longer, 1), last)]
        end = words.starts[min(len(same[-1]) + group.longer + 1, last)]
        near = cdist(
            words.folded[begin:end],
            [folded(form) for form in same],
            scorer=Levenshtein.distance,
            score_cutoff=group.apart,
            dtype=np.uint8,
        )
        for form, distances in zip(same, near.T, strict=True):
            places = np.flatnonzero(distances <= group.apart)
            found[form] = _ranked(form, begin + places, distances[places], words)
    return found


def _ranked(form: str, places: NDArray[np.intp], distances: NDArray[np.uint8], words: Words) -> list[str]:
    """The best of the words at these places, by their distance as they are, folded, and by how common they are."""
    some: Sequence[str] = [words.words[place] for place in places.tolist()]
    plain = cpdist([form] * len(some), some, scorer=Levenshtein.distance, dtype=np.uint8)
    scores = distances + plain.astype(np.float32) - WEIGHT * words.commonness[places]
    if len(some) > MOST:
        return [some[place] for place in np.argpartition(scores, MOST)[:MOST].tolist()]
    return list(some)
