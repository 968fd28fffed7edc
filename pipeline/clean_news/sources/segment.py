"""A segment of an index: the files of some articles, written once and opened as memory-mapped arrays.

``begins.npy`` and ``articles.npy`` are the indptr and the indices of a sparse matrix in CSR form (see scipy.sparse),
with a row for each feature and a column for each article: for each feature the articles that have it. All its values
are 1, so they are not stored.
"""

import itertools
import mmap
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.sources.features import COLUMNS, Columns
from clean_news.sources.manifest import SegmentEntry, damaged, sum_of
from clean_news.sources.records import DIGEST_BYTES, SourceArticle, article_of

BEGINS, ARTICLES, DIGESTS, FILES, PLACES, RECORDS = (
    "begins.npy", "articles.npy", "digests.npy", "files.npy", "places.npy", "records.bin",
)  # fmt: skip
FOLDER_PREFIX = "segment-"

Numbers = NDArray[np.int32]
Digests = NDArray[np.uint8]


class Stored(NamedTuple):
    """An article as it is added to a segment.

    Attributes:
        record: its stored bytes.
        digest: its digest.
        columns: its features.
        file: number of the file that it comes from.
    """

    record: bytes
    digest: bytes
    columns: Columns
    file: int


class Segment(NamedTuple):
    """An open segment; all arrays are memory-mapped.

    Attributes:
        folder: its folder.
        begins: where the articles of each feature begin in ``articles``; shape (COLUMNS + 1,).
        articles: for each feature the numbers of the articles that have it, ascending.
        digests: digest of each article; shape (articles, DIGEST_BYTES).
        files: number of the file of each article.
        places: where each article's record begins in ``records``, in bytes, and the end; shape (articles + 1,).
        records: the stored records.
    """

    folder: Path
    begins: NDArray[np.int64]
    articles: Numbers
    digests: Digests
    files: Numbers
    places: NDArray[np.int64]
    records: mmap.mmap | bytes

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


def write_segment(folder: Path, articles: Iterable[Stored]) -> SegmentEntry:
    """Write a segment.

    Args:
        folder: its folder, which must not exist yet.
        articles: its articles; at least one.

    Raises:
        OSError: if it cannot be written.
    """
    folder.mkdir()
    digests, files, sizes, columns = bytearray(), [], [0], []
    with (folder / RECORDS).open("xb") as records:
        for article in articles:
            records.write(article.record)
            digests += article.digest
            files.append(article.file)
            sizes.append(len(article.record))
            columns.append(article.columns)
    begins, of_feature = inverted(columns)
    arrays: dict[str, NDArray[Any]] = {
        BEGINS: begins,
        ARTICLES: of_feature,
        DIGESTS: np.frombuffer(digests, np.uint8).reshape(-1, DIGEST_BYTES),
        FILES: np.array(files, np.int32),
        PLACES: np.cumsum(sizes, dtype=np.int64),
    }
    for name, array in arrays.items():
        np.save(folder / name, array)
    sums = {name: sum_of(folder / name) for name in arrays}
    sums[RECORDS] = sum_of(folder / RECORDS, whole=False)  # each record has its digest
    return SegmentEntry(folder.name, len(files), sums)


def inverted(columns: list[Columns]) -> tuple[NDArray[np.int64], Numbers]:
    """Return for each feature the articles that have it.

    Args:
        columns: for each article its features, ascending.

    Returns:
        Where the articles of each feature begin, and the articles.
    """
    from scipy.sparse import csr_array

    indptr = np.array([0, *itertools.accumulate(map(len, columns))], np.int64)
    indices = np.concatenate(columns) if columns else np.zeros(0, np.int32)
    by_article = csr_array((np.ones(len(indices), np.int8), indices, indptr), shape=(len(columns), COLUMNS))
    by_feature = by_article.tocsc()
    return by_feature.indptr.astype(np.int64), by_feature.indices.astype(np.int32)


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
        begins, articles, digests, files, places = (
            np.load(place / name, mmap_mode="r") for name in (BEGINS, ARTICLES, DIGESTS, FILES, PLACES)
        )
        with (place / RECORDS).open("rb") as file:
            records = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise damaged(folder, entry.name) from error
    segment = Segment(place, begins, articles, digests, files, places, records)
    if segment.size != entry.articles or len(segment.begins) != COLUMNS + 1:
        raise damaged(folder, entry.name)
    return segment
