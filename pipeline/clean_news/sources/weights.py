"""The weights of an index: inverse document frequencies of the features, and lengths of the articles' vectors.

They are computed again with each update, from the whole index: so an index that was brought up to date finds the same
with the same scores as one that was built at once.
"""

import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.sources.features import Features
from clean_news.sources.segment import Postings, Segment

Weights = NDArray[np.float32]
Live = NDArray[np.bool_]

# A feature of more articles than this share has no weight. Measured like FREQUENT_WORDS of the features, among 13,500
# articles: with .02 a query visits a twelfth of the postings, and the lowest ratio of a true source's score to the best
# other's rises from 1.31 to 1.54; with .01 it is 1.52, with .05 1.37.
MAX_SHARE = 0.02
MAX_SHARE_FROM = 50  # articles that may have a feature in any case, or a small index would have no weights
UNIT = 2.0**-14  # weights are whole multiples of it, so that their sums are exact and independent of the order
BLOCK = 1 << 20  # postings processed at a time, to bound memory


class IndexWeights(NamedTuple):
    """The weights of an index.

    Attributes:
        features: all features, ascending.
        squares: weight of each feature: the square of its inverse document frequency; 0 if too many articles have it.
        scales: for each article 1 by the length of its vector; 0 for one that was removed.
    """

    features: Features
    squares: Weights
    scales: Weights

    def of(self, features: Features, articles: int) -> Weights:
        """Return the weights of some features, whether or not an article has them.

        Args:
            features: the features, ascending.
            articles: number of articles in the index.
        """
        unseen = squares_of(np.zeros(len(features)), articles)
        if not len(self.features):
            return unseen
        rows = np.minimum(np.searchsorted(self.features, features), len(self.features) - 1)
        return np.where(self.features[rows] == features, self.squares[rows], unseen)


def squares_of(frequency: NDArray[np.float64], articles: int) -> Weights:
    """Return the weights of features: the squares of their inverse document frequencies.

    Args:
        frequency: number of articles that have each feature.
        articles: number of all articles.
    """
    # Smoothed like scikit-learn's TfidfTransformer: no feature of few articles has weight 0, even in an index of one.
    squares = (1 + np.log((1 + articles) / (1 + frequency))) ** 2
    squares[frequency > max(MAX_SHARE * articles, MAX_SHARE_FROM)] = 0
    return (np.round(squares / UNIT) * UNIT).astype(np.float32)


def weights_of(segments: Sequence[Segment], live: Sequence[Live]) -> IndexWeights:
    """Compute the weights of an index.

    Args:
        segments: its segments.
        live: for each segment, which of its articles were not removed.
    """
    features = union([segment.postings.features for segment in segments])
    frequency = np.zeros(len(features), np.float64)
    for segment, alive in zip(segments, live, strict=True):
        frequency[np.searchsorted(features, segment.postings.features)] += document_frequency(segment.postings, alive)
    squares = squares_of(frequency, sum(int(each.sum()) for each in live))
    scales = [
        _scales(segment, alive, squares[np.searchsorted(features, segment.postings.features)])
        for segment, alive in zip(segments, live, strict=True)
    ]
    kept = frequency > 0  # those of removed articles only are as unseen
    return IndexWeights(features[kept], squares[kept], np.concatenate(scales) if scales else np.zeros(0, np.float32))


def union(features: Sequence[Features]) -> Features:
    """Return the features that at least one of several ascending arrays has, ascending."""
    return np.unique(np.concatenate(features)) if features else np.zeros(0, np.uint32)


def blocks(postings: Postings) -> Iterator[tuple[slice, slice]]:
    """Yield all postings in blocks of bounded size: the features of each as rows, and the places of their postings."""
    cuts = np.searchsorted(postings.begins, np.arange(0, len(postings.articles), BLOCK))
    edges = np.unique(np.append(cuts, len(postings.features))).tolist()
    for first, last in itertools.pairwise(edges):
        yield slice(first, last), slice(int(postings.begins[first]), int(postings.begins[last]))


def document_frequency(postings: Postings, live: Live) -> NDArray[np.int64]:
    """Return for each feature of a segment the number of articles that have it and were not removed."""
    if live.all():
        return np.diff(postings.begins)
    found = np.zeros(len(postings.features), np.int64)
    for rows, places in blocks(postings):
        alive = np.cumsum(np.append(0, live[postings.articles[places]]))
        begins = postings.begins[rows.start : rows.stop + 1] - places.start
        found[rows] = np.diff(alive[begins])
    return found


def _scales(segment: Segment, live: Live, squares: Weights) -> Weights:
    """Return for each article of a segment 1 by the length of its vector; 0 if it was removed."""
    lengths = np.zeros(segment.size, np.float64)
    begins = segment.postings.begins
    for rows, places in blocks(segment.postings):
        spread = np.repeat(squares[rows], np.diff(begins[rows.start : rows.stop + 1]))
        lengths += np.bincount(segment.postings.articles[places], spread, segment.size)
    found = np.zeros(segment.size, np.float32)
    found[live] = 1 / np.sqrt(np.maximum(lengths[live], UNIT))
    return found
