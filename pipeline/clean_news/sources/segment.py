"""A segment of an index: the files of some articles, written once and opened as memory-mapped arrays.

``begins.npy`` and ``articles.npy`` are the indptr and the indices of a sparse matrix in CSR form (see scipy.sparse),
with a row for each feature and a column for each article. All its values are 1, so they are not stored.
"""

import mmap
import tokenize
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.sources.features import Features
from clean_news.sources.manifest import SegmentEntry, damaged, sum_of
from clean_news.sources.records import DIGEST_BYTES, SourceArticle, article_of

FEATURES, BEGINS, ARTICLES, DIGESTS, FILES, PLACES, RECORDS = (
    "features.npy", "begins.npy", "articles.npy", "digests.npy", "files.npy", "places.npy", "records.bin",
)  # fmt: skip

Numbers = NDArray[np.int32]
Offsets = NDArray[np.int64]
Digests = NDArray[np.uint8]


class Stored(NamedTuple):
    """An article as it is added to a segment.

    Attributes:
        record: its stored bytes.
        digest: its digest.
        features: its features.
        file: number of the file that it comes from.
    """

    record: bytes
    digest: bytes
    features: Features
    file: int


class Postings(NamedTuple):
    """For each feature the articles that have it.

    Attributes:
        features: the features, ascending.
        begins: where the articles of each feature begin in ``articles``, and the end; shape (features + 1,).
        articles: numbers of the articles within the segment, ascending for each feature.
    """

    features: Features
    begins: Offsets
    articles: Numbers

    def of(self, features: Features) -> tuple[Numbers, Offsets]:
        """Return the postings of some features.

        Args:
            features: the features, ascending.

        Returns:
            The articles of all of them in turn, and how many each has.
        """
        if not len(self.features):
            return np.zeros(0, np.int32), np.zeros(len(features), np.int64)
        rows = np.minimum(np.searchsorted(self.features, features), len(self.features) - 1)
        begins = self.begins[rows]
        counts = np.where(self.features[rows] == features, self.begins[rows + 1] - begins, 0)
        found = [
            self.articles[begin : begin + count]
            for begin, count in zip(begins.tolist(), counts.tolist(), strict=True)
            if count
        ]
        return np.concatenate(found) if found else np.zeros(0, np.int32), counts


class Segment(NamedTuple):
    """An open segment; all arrays are memory-mapped.

    Attributes:
        folder: its folder.
        postings: the articles of each feature.
        digests: digest of each article; shape (articles, DIGEST_BYTES).
        files: number of the file of each article.
        places: where each article's record begins in ``records``, in bytes, and the end; shape (articles + 1,).
        records: the stored records.
    """

    folder: Path
    postings: Postings
    digests: Digests
    files: Numbers
    places: Offsets
    records: mmap.mmap

    @property
    def size(self) -> int:
        """The number of articles, removed ones included."""
        return len(self.files)

    def record(self, number: int) -> bytes:
        """Return the stored record of an article."""
        begin, end = self.places[number : number + 2].tolist()
        return self.records[begin:end]

    def article(self, number: int) -> SourceArticle:
        """Read an article.

        Raises:
            IndexDamaged: if its record is damaged.
        """
        try:
            return article_of(self.record(number), self.digests[number].tobytes())
        except ValueError as error:
            raise damaged(self.folder, RECORDS) from error


def write_segment(folder: Path, articles: Iterable[Stored]) -> SegmentEntry | None:
    """Write a segment; None if there are no articles, and then nothing is written.

    Args:
        folder: its folder, which must not exist yet.
        articles: its articles. Their records are not held in memory.

    Raises:
        OSError: if it cannot be written.
    """
    digests, files, sizes, features = bytearray(), [], [0], []
    records: IO[bytes] | None = None
    try:
        for article in articles:
            if records is None:
                folder.mkdir()
                records = (folder / RECORDS).open("xb")
            records.write(article.record)
            digests += article.digest
            files.append(article.file)
            sizes.append(len(article.record))
            features.append(article.features)
    finally:
        if records is not None:
            records.close()
    if not files:
        return None
    postings = inverted(features)
    del features
    np.save(folder / FEATURES, postings.features)
    np.save(folder / BEGINS, postings.begins)
    np.save(folder / ARTICLES, postings.articles)
    np.save(folder / DIGESTS, np.frombuffer(digests, np.uint8).reshape(-1, DIGEST_BYTES))
    np.save(folder / FILES, np.array(files, np.int32))
    np.save(folder / PLACES, np.cumsum(sizes, dtype=np.int64))
    return entry_of(folder, len(files))


def entry_of(folder: Path, articles: int) -> SegmentEntry:
    """Return the entry in the manifest of a segment whose files are complete."""
    names = (FEATURES, BEGINS, ARTICLES, DIGESTS, FILES, PLACES, RECORDS)
    return SegmentEntry(folder.name, articles, {name: sum_of(folder / name) for name in names})


def inverted(features: list[Features]) -> Postings:
    """Return for each feature the articles that have it.

    Args:
        features: the features of each article.
    """
    from scipy.sparse import csr_array

    distinct, columns = np.unique(np.concatenate(features), return_inverse=True)
    ends = np.cumsum([0, *map(len, features)])
    shape = (len(features), len(distinct))
    by_article = csr_array((np.ones(len(columns), np.int8), columns.astype(np.int32), ends.astype(np.int32)), shape)
    by_feature = by_article.tocsc()
    return Postings(distinct, by_feature.indptr.astype(np.int64), by_feature.indices.astype(np.int32))


def open_segment(folder: Path, entry: SegmentEntry) -> Segment:
    """Open a segment whose files were checked.

    Args:
        folder: the folder of the index.
        entry: its entry in the manifest.

    Raises:
        IndexDamaged: if a file cannot be read, or the files do not belong together.
    """
    place = folder / entry.name
    try:
        features, begins, articles, digests, files, places = (
            mapped(place / name) for name in (FEATURES, BEGINS, ARTICLES, DIGESTS, FILES, PLACES)
        )
        with (place / RECORDS).open("rb") as file:
            records = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise damaged(folder, entry.name) from error
    segment = Segment(place, Postings(features, begins, articles), digests, files, places, records)
    if segment.size != entry.articles:
        raise damaged(folder, entry.name)
    return segment


def mapped(path: Path) -> NDArray[Any]:
    """Return the array of a file, memory-mapped; one without elements cannot be mapped and is read.

    Raises:
        OSError, ValueError: if it cannot be read.
    """
    try:
        return _loaded(path)
    except (SyntaxError, tokenize.TokenError) as error:  # NumPy tokenises a damaged header; Python 3.12 and later raise
        raise ValueError(f"{path.name} is damaged: {error}") from error


def _loaded(path: Path) -> NDArray[Any]:
    try:
        return np.asarray(np.load(path, mmap_mode="r"))
    except ValueError:
        found: NDArray[Any] = np.load(path)
        return found
