"""Searches an index of articles: those with the names, numbers and rare words of a text, by cosine similarity."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.sources.features import COLUMNS, columns_of
from clean_news.sources.manifest import Manifest, check_files, damaged, read_manifest
from clean_news.sources.records import SourceArticle
from clean_news.sources.segment import Segment, open_segment
from clean_news.sources.weights import IndexWeights

IDF, SCALES = "idf", "scales"


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
        """Open the files; see :func:`open_index`.

        Raises:
            IndexDamaged: if they do not belong together.
        """
        self.digest = manifest.digest
        self._articles = manifest.articles
        self._segments = [open_segment(folder, entry) for entry in manifest.segments]
        self._firsts = np.cumsum([0, *(segment.size for segment in self._segments)])
        self._weights = open_weights(folder, manifest)
        if len(self._weights.idf) != COLUMNS or len(self._weights.scales) != self._firsts[-1]:
            raise damaged(folder, weights_file(SCALES, manifest.generation))

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
        columns = columns_of(text)
        weights = self._weights.idf[columns].astype(np.float64) ** 2
        length = np.sqrt(weights.sum())
        found: list[tuple[float, int]] = []
        for segment, first in zip(self._segments, self._firsts.tolist(), strict=False):
            scores = _products(segment, columns, weights) * self._weights.scales[first : first + segment.size]
            best = np.flatnonzero(scores >= np.partition(scores, -limit)[-limit]) if limit < len(scores) else ...
            numbers = np.arange(len(scores)) if best is ... else best
            found += [(float(scores[n]), first + n) for n in numbers.tolist() if scores[n] > 0]
        found.sort(reverse=True)
        hits = []
        for score, number in found[: 2 * limit]:
            article = self._article(number)
            hits.append(Hit(article.id, article.origin, float(min(score / length, 1.0)), number))
        return sorted(hits, key=lambda hit: (-hit.score, hit.id))[:limit]

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


def _products(segment: Segment, columns: NDArray[np.int32], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each article of a segment the sum of the weights of the features that it has."""
    begins, ends = segment.begins[columns], segment.begins[columns + 1]
    postings = [segment.articles[begin:end] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]
    articles = np.concatenate(postings) if postings else np.zeros(0, np.int32)
    return np.bincount(articles, np.repeat(weights, ends - begins), segment.size).astype(np.float64, copy=False)


def weights_file(kind: str, generation: int) -> str:
    """Return the name of a file of weights."""
    return f"{kind}-{generation}.npy"


def open_weights(folder: Path, manifest: Manifest) -> IndexWeights:
    """Open the weights of an index.

    Raises:
        IndexDamaged: if a file cannot be read.
    """
    try:
        return IndexWeights(
            *(np.load(folder / weights_file(kind, manifest.generation), mmap_mode="r") for kind in (IDF, SCALES))
        )
    except (OSError, ValueError) as error:
        raise damaged(folder, weights_file(IDF, manifest.generation)) from error


def open_index(path: Path) -> ArticleIndex:
    """Open an index for reading.

    Args:
        path: the folder of the index.

    Raises:
        IndexDamaged: if there is none, or it is damaged, or of another version.
    """
    manifest = read_manifest(path)
    check_files(path, manifest)
    return ArticleIndex(path, manifest)
