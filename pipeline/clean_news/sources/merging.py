"""Merges the segments of an index, so that there are few and removed articles take no space."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.lib.format import open_memmap

from clean_news.sources.manifest import SegmentEntry
from clean_news.sources.segment import (
    ARTICLES,
    BEGINS,
    DIGESTS,
    FEATURES,
    FILES,
    PLACES,
    RECORDS,
    Offsets,
    Segment,
    entry_of,
)
from clean_news.sources.weights import Live, blocks, document_frequency, union

MAX_ARTICLES = 1 << 20  # of a segment: some 800 MB of postings, whose numbers fit into 32 bits
COPY_BYTES = 1 << 22


def runs_to_merge(sizes: Sequence[int], live: Sequence[int]) -> list[tuple[int, int]]:
    """Return which neighbouring segments to merge: the first of each run, and its exclusive end.

    A segment should have at least as many articles as all that follow it up to the next full one. So the number of
    segments grows with the logarithm of the number of articles, and an article is copied as often at most.

    Args:
        sizes: number of articles of each segment, removed ones included.
        live: the same without removed ones.

    >>> runs_to_merge([100, 10, 10, 10], [100, 10, 10, 10])
    [(1, 4)]
    >>> runs_to_merge([100, 40], [40, 40])
    [(0, 2)]
    """
    runs = []
    for first, end in _spans(live):
        for start in range(first, end):
            following = sum(live[start + 1 : end])
            if live[start] < following or 2 * live[start] < sizes[start]:
                runs.append((start, end))
                break
    return runs


def _spans(live: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield runs of neighbouring segments that together are not too large for one."""
    first = total = 0
    for place, size in enumerate(live):
        if total + size > MAX_ARTICLES and place > first:
            yield first, place
            first, total = place, 0
        total += size
    if live:
        yield first, len(live)


def merge(folder: Path, segments: Sequence[Segment], live: Sequence[Live]) -> SegmentEntry | None:
    """Write a segment with the articles of others that were not removed; None if there are none.

    Args:
        folder: its folder, which must not exist yet.
        segments: the others.
        live: for each of them, which of its articles were not removed.

    Raises:
        OSError: if it cannot be written.
    """
    counts = [int(alive.sum()) for alive in live]
    if not sum(counts):
        return None
    folder.mkdir()
    _merge_postings(folder, segments, live)
    np.save(folder / DIGESTS, np.concatenate([each.digests[alive] for each, alive in zip(segments, live, strict=True)]))
    np.save(folder / FILES, np.concatenate([each.files[alive] for each, alive in zip(segments, live, strict=True)]))
    sizes = [np.diff(each.places)[alive] for each, alive in zip(segments, live, strict=True)]
    np.save(folder / PLACES, np.cumsum(np.concatenate([[0], *sizes]), dtype=np.int64))
    with (folder / RECORDS).open("xb") as target:
        for segment, alive in zip(segments, live, strict=True):
            with (segment.folder / RECORDS).open("rb") as source:  # what is read by its map counts as memory in use
                for begin, end in _stretches(segment.places, alive):
                    _copy(source, begin, end, target)
    return entry_of(folder, sum(counts))


def _copy(source: BinaryIO, begin: int, end: int, target: BinaryIO) -> None:
    """Copy a part of a file."""
    source.seek(begin)
    while begin < end and (block := source.read(min(COPY_BYTES, end - begin))):
        target.write(block)
        begin += len(block)


def _stretches(places: Offsets, live: Live) -> Iterator[tuple[int, int]]:
    """Yield where the records of neighbouring articles that were not removed begin and end, in bytes."""
    changes = np.flatnonzero(np.diff(np.concatenate([[False], live, [False]])))
    edges = places[changes].tolist()
    yield from zip(edges[::2], edges[1::2], strict=True)


def _merge_postings(folder: Path, segments: Sequence[Segment], live: Sequence[Live]) -> None:
    """Write the postings of a merged segment; only a block of them is in memory at a time."""
    features = union([segment.postings.features for segment in segments])
    counts = np.zeros(len(features), np.int64)
    for segment, alive in zip(segments, live, strict=True):
        counts[np.searchsorted(features, segment.postings.features)] += document_frequency(segment.postings, alive)
    present = counts > 0
    begins = np.cumsum(np.append(0, counts))
    total = int(begins[-1])
    if not total:  # an empty file cannot be mapped
        np.save(folder / ARTICLES, np.zeros(0, np.int32))
    articles = open_memmap(folder / ARTICLES, "w+", np.int32, (total,)) if total else np.zeros(0, np.int32)
    filled = begins[:-1].copy()  # where the next article of each feature goes
    first = 0
    for segment, alive in zip(segments, live, strict=True):
        row = np.searchsorted(features, segment.postings.features)
        count = document_frequency(segment.postings, alive)
        numbers = (np.cumsum(alive) - 1 + first).astype(np.int32)
        for within, places in blocks(segment.postings):
            found = segment.postings.articles[places]
            found = numbers[found[alive[found]]]
            starts = np.cumsum(np.append(0, count[within]))[:-1]
            targets = np.repeat(filled[row[within]] - starts, count[within]) + np.arange(len(found))
            articles[targets] = found
        filled[row] += count
        first += int(alive.sum())
    if isinstance(articles, np.memmap):
        articles.flush()
    np.save(folder / FEATURES, features[present])
    np.save(folder / BEGINS, np.append(0, np.cumsum(counts[present])))
