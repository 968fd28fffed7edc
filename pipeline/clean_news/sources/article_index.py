"""Searches an index of articles: those with the names, numbers and rare words of a text, by cosine similarity."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.sources.features import Features, features_of
from clean_news.sources.generation import open_generation
from clean_news.sources.manifest import Manifest, check_files, read_manifest
from clean_news.sources.records import SourceArticle
from clean_news.sources.segment import RECORDS, Segment
from clean_news.sources.weights import Weights

LOWEST_SCORE = 1e-3  # cosine similarity; what has less in common is not searched for


class Hit(NamedTuple):
    """An article that was found.

    Attributes:
        id: its id.
        origin: where it came from, for people: a path or a URL.
        score: cosine similarity of its features to those of the text, 0–1.
        number: its number in the index that found it.
    """

    id: str
    origin: str
    score: float
    number: int


class ArticleIndex:
    """An index that is open for reading.

    An update while it is open does not affect it.

    Attributes:
        digest: digest of all its articles, in hex; it changes whenever one does.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        """Open the files, which were checked.

        Args:
            folder: the folder of the index.
            manifest: its manifest.

        Raises:
            IndexDamaged: if they cannot be read, or do not belong together.
        """
        self.digest = manifest.digest
        self._articles = manifest.articles
        self._segments, self._weights = open_generation(folder, manifest)
        self._firsts = np.cumsum([0, *(segment.size for segment in self._segments)])

    def __len__(self) -> int:
        """Return the number of articles."""
        return self._articles

    def nearest(self, text: str, limit: int = 5) -> list[Hit]:
        """Return the articles whose names, numbers and rare words are most similar to a text's.

        Args:
            text: the text of an article, or a part of it.
            limit: maximum number of articles; those that have nothing in common with the text are never returned.

        Returns:
            The best first; of equal ones the one whose id comes first.

        Raises:
            IndexDamaged: if the record of one of them is damaged.
        """
        features = features_of(text)
        weights = self._weights.of(features, self._articles)
        length = float(np.sqrt(weights.sum(dtype=np.float64)))
        if limit < 1 or not length:
            return []
        scores, numbers = np.zeros(0), np.zeros(0, np.int64)
        for segment, first in zip(self._segments, self._firsts.tolist(), strict=False):
            scales = self._weights.scales[first : first + segment.size]
            found = _products(segment, features, weights) * scales / length
            best = _best(found, limit)
            scores, numbers = np.append(scores, found[best]), np.append(numbers, best + first)
        chosen = _best(scores, limit)
        hits = []
        for score, number in zip(scores[chosen].tolist(), numbers[chosen].tolist(), strict=True):
            article = self._article(number)
            hits.append(Hit(article.id, article.origin, min(score, 1.0), number))
        return sorted(hits, key=lambda hit: (-hit.score, hit.id, hit.origin))[:limit]

    def text(self, hit: Hit) -> str:
        """Return the text of an article that this index found.

        Raises:
            IndexDamaged: if its record is damaged.
        """
        return self._article(hit.number).text

    def _article(self, number: int) -> SourceArticle:
        """Read an article by its number."""
        which = int(np.searchsorted(self._firsts, number, "right")) - 1
        return self._segments[which].article(number - int(self._firsts[which]))


def _products(segment: Segment, features: Features, weights: Weights) -> NDArray[np.float64]:
    """Return for each article of a segment the sum of the weights of the features that it has."""
    weighted = weights > 0
    articles, counts = segment.postings.of(features[weighted])
    products = np.bincount(articles, np.repeat(weights[weighted], counts), segment.size)
    return products.astype(np.float64, copy=False)  # of integers where there are no articles


def _best(scores: NDArray[np.float64], limit: int) -> NDArray[np.int64]:
    """Return the places of the highest scores, and of those equal to the lowest of these; none below LOWEST_SCORE.

    The threshold is lowered until enough scores are above it: sorting, or partitioning, would take longer than the
    search itself.
    """
    threshold = float(scores.max(initial=0.0))
    found = np.zeros(0, np.int64)
    while len(found) < limit and threshold >= LOWEST_SCORE:
        threshold *= 0.7
        found = np.flatnonzero(scores >= max(threshold, LOWEST_SCORE))
    if len(found) > limit:
        found = found[scores[found] >= np.partition(scores[found], -limit)[-limit]]
    return found


def open_index(path: Path) -> ArticleIndex:
    """Open an index for reading.

    Args:
        path: the folder of the index.

    Raises:
        IndexDamaged: if there is none, or it is damaged, or of another version.
    """
    manifest = read_manifest(path)
    check_files(path, manifest, only_size=RECORDS)  # each record is checked when it is read
    return ArticleIndex(path, manifest)
