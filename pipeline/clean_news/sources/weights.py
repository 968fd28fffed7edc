"""The weights of an index: inverse document frequencies of the features, and lengths of the articles' vectors.

They are computed again with each update, from the whole index: a second per million articles, and so an index that was
brought up to date finds the same with the same scores as one that was built at once.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.sources.features import COLUMNS
from clean_news.sources.segment import Segment

Weights = NDArray[np.float32]
Live = NDArray[np.bool_]

BLOCK = 1 << 22  # postings processed at a time, to bound memory


class IndexWeights(NamedTuple):
    """The weights of an index.

    Attributes:
        idf: weight of each feature; shape (COLUMNS,).
        scales: for each article 1 by the length of its vector; 0 for one that was removed or has no features.
    """

    idf: Weights
    scales: Weights


def weights_of(segments: Sequence[Segment], live: Sequence[Live]) -> IndexWeights:
    """Compute the weights of an index.

    Args:
        segments: its segments.
        live: for each segment, which of its articles were not removed.
    """
    total = sum(int(each.sum()) for each in live)
    frequency = np.zeros(COLUMNS, np.int64)
    for segment, alive in zip(segments, live, strict=True):
        frequency += _document_frequency(segment, alive)
    # Smoothed like scikit-learn's TfidfTransformer: no feature has weight 0, even where there is one article only.
    idf = (1 + np.log((1 + total) / (1 + frequency))).astype(np.float32)
    scales = [_scales(segment, alive, idf) for segment, alive in zip(segments, live, strict=True)]
    return IndexWeights(idf, np.concatenate(scales) if scales else np.zeros(0, np.float32))


def _document_frequency(segment: Segment, live: Live) -> NDArray[np.int64]:
    """Return for each feature the number of articles of a segment that have it and were not removed."""
    if live.all():
        return np.diff(segment.begins)
    counted = np.zeros(len(segment.articles) + 1, np.int64)
    np.cumsum(live[segment.articles], out=counted[1:])
    return np.diff(counted[segment.begins])


def _scales(segment: Segment, live: Live, idf: Weights) -> Weights:
    """Return for each article of a segment 1 by the length of its vector; 0 if that is 0, or it was removed."""
    squares = np.zeros(segment.size, np.float64)
    lengths = np.diff(segment.begins)
    for first in range(0, COLUMNS, BLOCK // 64):
        rows = slice(first, first + BLOCK // 64)
        begin, end = segment.begins[first], segment.begins[min(first + BLOCK // 64, COLUMNS)]
        squared = np.repeat(idf[rows].astype(np.float64) ** 2, lengths[rows])
        squares += np.bincount(segment.articles[begin:end], squared, segment.size)
    found = np.zeros(segment.size, np.float32)
    kept = live & (squares > 0)
    found[kept] = 1 / np.sqrt(squares[kept])
    return found
