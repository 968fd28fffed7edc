"""Searches an index: finds the articles with the names, numbers and rare words of a text, by cosine similarity."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.sources.features import Features, features_of
from clean_news.sources.generation import SEGMENT, open_generation
from clean_news.sources.manifest import MANIFEST, check_files, read_manifest
from clean_news.sources.records import SourceArticle
from clean_news.sources.segment import RECORDS, Segment
from clean_news.sources.weights import IndexWeights, Weights

Scores = NDArray[np.float64]
Places = NDArray[np.int64]

CACHED_ARTICLES = 32  # whoever asks for the nearest asks for their texts next
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


class _Part(NamedTuple):
    """A part of an index with weights of its own: the whole of it, or a shard.

    Attributes:
        segments: its segments.
        weights: its weights.
        articles: number of articles, without those that were removed.
        digest: digest of its articles, in hex.
    """

    segments: list[Segment]
    weights: IndexWeights
    articles: int
    digest: str

    @property
    def size(self) -> int:
        """The number of articles, removed ones included."""
        return len(self.weights.scales)

    def best(self, features: Features, limit: int) -> tuple[Scores, Places]:
        """Return the cosine similarities of the articles that have most features, and their numbers; in no order."""
        weights = self.weights.of(features, self.articles)
        length = float(np.sqrt(weights.sum(dtype=np.float64)))
        scores, places, first = np.zeros(0), np.zeros(0, np.int64), 0
        for segment in self.segments if length else ():
            found = _products(segment, features, weights)
            found *= self.weights.scales[first : first + segment.size]  # in place: a new array takes ten times as long
            best = _best(found, limit, LOWEST_SCORE * length)
            scores, places = np.append(scores, found[best] / length), np.append(places, best + first)
            first += segment.size
        return scores, places


class ArticleIndex:
    """An index that is open for reading, perhaps of several shards.

    An update while it is open does not affect it.

    Attributes:
        digest: digest of all its articles, in hex; it changes whenever one does.
    """

    def __init__(self, parts: Sequence[_Part]) -> None:
        self._article = lru_cache(CACHED_ARTICLES)(self._read_article)
        self._parts = parts
        self._firsts = np.cumsum([0, *(part.size for part in parts)])
        digests = sorted(part.digest for part in parts)
        self.digest = digests[0] if len(digests) == 1 else hashlib.sha256(" ".join(digests).encode()).hexdigest()

    def __len__(self) -> int:
        """Return the number of articles."""
        return sum(part.articles for part in self._parts)

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
        if limit < 1 or not len(features):
            return []
        scores, numbers = np.zeros(0), np.zeros(0, np.int64)
        for part, first in zip(self._parts, self._firsts.tolist(), strict=False):
            found, places = part.best(features, limit)
            scores, numbers = np.append(scores, found), np.append(numbers, places + first)
        chosen = _best(scores, limit, LOWEST_SCORE)
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

    def _read_article(self, number: int) -> SourceArticle:
        """Read an article by its number."""
        which = int(np.searchsorted(self._firsts, number, "right")) - 1
        place = number - int(self._firsts[which])
        for segment in self._parts[which].segments:
            if place < segment.size:
                return segment.article(place)
            place -= segment.size
        raise IndexError(number)


def _products(segment: Segment, features: Features, weights: Weights) -> Scores:
    """Return for each article of a segment the sum of the weights of the features that it has."""
    weighted = weights > 0
    articles, counts = segment.postings.of(features[weighted])
    products = np.bincount(articles, np.repeat(weights[weighted].astype(np.float64), counts), segment.size)
    return products.astype(np.float64, copy=False)  # of integers where there are no articles


def _best(scores: Scores, limit: int, lowest: float) -> Places:
    """Return the places of the highest scores, and of those equal to the lowest of these.

    The threshold is lowered until enough scores are above it: sorting, or partitioning, would take longer than the
    search itself.

    Args:
        scores: the scores.
        limit: how many places to return.
        lowest: lowest score of any place that is returned.
    """
    threshold = float(scores.max(initial=0.0))
    found = np.zeros(0, np.int64)
    while len(found) < limit and threshold >= lowest:
        threshold *= 0.7
        found = np.flatnonzero(scores >= max(threshold, lowest))
    if len(found) > limit:
        found = found[scores[found] >= np.partition(scores[found], -limit)[-limit]]
    return found


def open_index(path: Path) -> ArticleIndex:
    """Open an index for reading, or the shards of one.

    Args:
        path: the folder of the index; or a folder of folders, each with an index, which are searched in turn.

    Raises:
        IndexDamaged: if there is none, or it is damaged, or of another version.
    """
    is_whole = (path / MANIFEST).exists()
    # A shard that is not complete is an error: its articles would be missing.
    inside = () if is_whole else (each for name in (MANIFEST, f"{SEGMENT}-*") for each in path.glob(f"*/{name}"))
    shards = sorted({each.parent for each in inside})
    return ArticleIndex([_open_part(folder) for folder in shards or [path]])


def _open_part(folder: Path) -> _Part:
    """Open an index that is not sharded.

    Raises:
        IndexDamaged: see :func:`open_index`.
    """
    manifest = read_manifest(folder)
    check_files(folder, manifest, only_size=RECORDS)  # each record is checked when it is read
    return _Part(*open_generation(folder, manifest), manifest.articles, manifest.digest)
