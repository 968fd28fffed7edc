"""Builds an index, and brings it up to date: unchanged files are skipped, changed articles replaced.

An article is known by the digest of its id and text, so one that is still there is not stored again when its file has
changed. New articles go into new segments; articles that are gone stay in theirs, with a weight of 0, until the segment
is merged with others. The manifest is written last.
"""

import hashlib
import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from clean_news.failures import Failure
from clean_news.files.discovery import Stamp, real_path
from clean_news.files.folder_lock import locked
from clean_news.settings import Settings
from clean_news.sources.features import FEATURES_VERSION, features_of
from clean_news.sources.generation import (
    MAX_FILE_FAILURES,
    SEGMENT,
    Contents,
    FileTable,
    KnownFile,
    contents_of,
    remove_unnamed,
    write_generation,
)
from clean_news.sources.manifest import IndexDamaged, Manifest, SegmentEntry, check_files, read_manifest
from clean_news.sources.merging import merge, runs_to_merge
from clean_news.sources.reading import SourceFile, articles_of, reading_digest, source_files
from clean_news.sources.records import SourceArticle, digest_of, stored_record
from clean_news.sources.segment import Segment, Stored, open_segment, write_segment
from clean_news.sources.weights import Live

PROGRESS_ARTICLES = 100  # between two calls of ``progress``
SEGMENT_ARTICLES = 8_192  # of a new segment: 190 features each, in memory until it is written, which takes 130 MB
BATCH_ARTICLES = 32  # that are prepared together, perhaps in another process
RACY_MARGIN_NS = 2_000_000_000  # see clean_news.batch.stat_cache

Progress = Callable[[int, int, int], None]


class Update(NamedTuple):
    """What an update did.

    Attributes:
        added: number of articles that are new, or new versions.
        removed: number of articles that are gone, or old versions.
        unchanged: number of the others.
        failures: files and rows that could not be read, with the remedies.
    """

    added: int
    removed: int
    unchanged: int
    failures: tuple[Failure, ...] = ()


class NewArticle(NamedTuple):
    """An article that an index does not have yet, its digest, and the number of its file."""

    article: SourceArticle
    digest: bytes
    file: int


Prepare = Callable[[list[NewArticle]], list[Stored]]
Spread = Callable[[Prepare, Iterable[list[NewArticle]]], Iterable[list[Stored]]]  # ``map``, or the same in processes


class _Input(NamedTuple):
    """A file to be indexed: its stamp when it was found, and a function that reads it."""

    stamp: Stamp | None
    read: Callable[[], Iterator[SourceArticle | Failure]]


def index_path(sources: Sequence[Path]) -> Path:
    """Return the folder of the index of some sources in the user's cache."""
    from platformdirs import user_cache_path

    names = "\0".join(sorted(map(str, map(real_path, sources))))
    name = hashlib.sha256(names.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return user_cache_path("clean-news") / "sources" / name


def update(
    path: Path,
    sources: Sequence[Path],
    settings: Settings | None = None,
    progress: Progress = lambda _files, _total, _articles: None,
    spread: Spread = map,
) -> Update:
    """Build the index of some files and folders, or bring it up to date.

    Until it is complete the earlier index stays in place, and a process that has it open keeps it.

    Args:
        path: the folder of the index; created if missing. An index that is damaged, or of another version or other
            settings, is built again.
        sources: files and folders, in the formats of ``clean_news.formats``.
        settings: how the files are read; the defaults if None.
        progress: called with the number of files that are done, their number, and the number of articles read so far.
        spread: applies :func:`prepared` to batches and returns the results in order: ``map``, or the same in
            several processes.

    Raises:
        InputError: if a source does not exist, or is of an unknown type.
        OSError: if the index cannot be written.
    """
    settings = settings or Settings()
    found, failures = source_files(sources, settings)
    numbers = itertools.count(1)

    def reading(file: SourceFile, done: int) -> Iterator[SourceArticle | Failure]:
        for article in articles_of(file, settings):
            if (number := next(numbers)) % PROGRESS_ARTICLES == 0:
                progress(done, len(found), number)
            yield article

    inputs = {key: _Input(file.stamp, partial(reading, file, done)) for done, (key, file) in enumerate(found.items())}
    done = _update(path, inputs, reading_digest(settings), spread)
    return done._replace(failures=(*failures, *done.failures))


def update_from_articles(path: Path, articles: Iterable[SourceArticle]) -> Update:
    """Build the index of some articles, or bring it up to date; see :func:`update`."""
    return _update(path, {b"": _Input(None, lambda: iter(articles))}, "articles", map)


def prepared(articles: list[NewArticle]) -> list[Stored]:
    """Return articles as they are stored."""
    return [
        Stored(stored_record(article), digest, features_of(article.text), file) for article, digest, file in articles
    ]


def _update(path: Path, inputs: dict[bytes, _Input], reading: str, spread: Spread) -> Update:
    """Bring an index up to date with some files, by name."""
    reading = f"{FEATURES_VERSION} {reading}"
    path.mkdir(parents=True, exist_ok=True)
    with locked(path):
        manifest, before = _present(path, reading)
        remove_unnamed(path, manifest)
        # No earlier one has it, not even that of a damaged index, nor after the clock was set back.
        generation = max(time.time_ns(), 0 if manifest is None else manifest.generation + 1)
        contents, failures = _changed(path, generation, before, inputs, spread)
        if manifest is None or not _is_same(before, contents):
            write_generation(path, generation, reading, _merged(path, generation, contents))
            remove_unnamed(path, read_manifest(path))
    kept = sum(int(alive.sum()) for alive in contents.live[: len(before.live)])
    removed = sum(int(alive.sum()) for alive in before.live) - kept
    return Update(sum(len(alive) for alive in contents.live[len(before.live) :]), removed, kept, tuple(failures))


def _present(path: Path, reading: str) -> tuple[Manifest | None, Contents]:
    """Return the manifest and the contents of an index; no manifest and no contents if it is to be built."""
    with suppress(IndexDamaged):
        manifest = read_manifest(path)
        check_files(path, manifest)
        if manifest.reading == reading:
            return manifest, contents_of(path, manifest)
    return None, Contents((), [], {})


def _is_same(one: Contents, other: Contents) -> bool:
    """Whether two contents of an index are the same."""
    same = one.entries == other.entries and one.files == other.files
    return same and all(map(np.array_equal, one.live, other.live))


def _changed(
    path: Path, generation: int, before: Contents, inputs: dict[bytes, _Input], spread: Spread
) -> tuple[Contents, list[Failure]]:
    """Read the files that changed, and write their new articles to new segments.

    Returns:
        What the index contains now, and what could not be read.
    """
    segments = [open_segment(path, entry) for entry in before.entries]
    gone = [known.number for key, known in before.files.items() if key not in inputs]
    live = [alive & ~np.isin(segment.files, gone) for segment, alive in zip(segments, before.live, strict=True)]
    files: FileTable = {}
    failures: list[Failure] = []
    new = _new_articles(inputs, before.files, _ByFile(segments, live), files, failures)
    stored = itertools.chain.from_iterable(spread(prepared, _in_batches(new)))
    entries = list(_write_segments(path, generation, stored))
    live += [np.ones(entry.articles, bool) for entry in entries]
    return Contents((*before.entries, *entries), live, files), failures


class _ByFile:
    """Finds the articles of a file in the segments, and marks those as removed that the file no longer has."""

    def __init__(self, segments: Sequence[Segment], live: Sequence[Live]) -> None:
        self.segments, self.live = segments, live
        self.orders = [np.argsort(segment.files, kind="stable") for segment in segments]

    def places(self, number: int) -> dict[bytes, tuple[int, int]]:
        """Return the segment of each article of a file and its place in that, by its digest."""
        found = {}
        for which, (segment, alive, order) in enumerate(zip(self.segments, self.live, self.orders, strict=True)):
            first, end = (int(np.searchsorted(segment.files, number, side, sorter=order)) for side in ("left", "right"))
            for place in order[first:end].tolist():
                if alive[place]:
                    found[segment.digests[place].tobytes()] = which, place
        return found

    def remove(self, places: Iterable[tuple[int, int]]) -> None:
        """Mark articles as removed."""
        for which, place in places:
            self.live[which][place] = False


def _new_articles(
    inputs: dict[bytes, _Input], known_files: FileTable, by_file: _ByFile, files: FileTable, failures: list[Failure]
) -> Iterator[NewArticle]:
    """Yield the articles that the index does not have; those that are gone are marked as removed.

    Args:
        inputs: all files.
        known_files: those whose articles the index has.
        by_file: the articles that it has.
        files: is filled with all files.
        failures: is filled with what could not be read.
    """
    numbers = itertools.count(max((known.number for known in known_files.values()), default=-1) + 1)
    for key, each in inputs.items():
        known = known_files.get(key)
        if known is not None and known.stamp is not None and known.stamp == each.stamp:
            files[key] = known
            failures += known.failures
            continue
        number = next(numbers) if known is None else known.number
        stamp = _settled(each.stamp, time.time_ns())
        faults: list[Failure] = []
        present = {} if known is None else by_file.places(number)
        seen: set[bytes] = set()
        for article in each.read():
            if isinstance(article, Failure):
                faults.append(article)
                continue
            digest = digest_of(article)
            if present.pop(digest, None) is None and digest not in seen:
                yield NewArticle(article, digest, number)
            seen.add(digest)
        by_file.remove(present.values())
        files[key] = KnownFile(number, stamp, _shortened(faults))
        failures += files[key].failures


def _shortened(failures: list[Failure]) -> tuple[Failure, ...]:
    """Return what is told of a file: the first :data:`MAX_FILE_FAILURES`, and how many there are besides."""
    rest = len(failures) - MAX_FILE_FAILURES
    if rest <= 0:
        return tuple(failures)
    return (*failures[:MAX_FILE_FAILURES], Failure(failures[0].file, f"{rest:,} more rows are no articles, too"))


def _settled(found: Stamp | None, read_ns: int) -> Stamp | None:
    """Return a stamp if it will show any change since the file was read; None if it may not."""
    return found if found is not None and found.status_changed + RACY_MARGIN_NS < read_ns else None


def _in_batches(articles: Iterator[NewArticle]) -> Iterator[list[NewArticle]]:
    """Yield the articles in batches."""
    while batch := list(itertools.islice(articles, BATCH_ARTICLES)):
        yield batch


def _write_segments(path: Path, generation: int, articles: Iterator[Stored]) -> Iterator[SegmentEntry]:
    """Write articles to segments; yield their entries in the manifest."""
    for number in itertools.count():
        folder = path / f"{SEGMENT}-{generation}-{number}"
        entry = write_segment(folder, itertools.islice(articles, SEGMENT_ARTICLES))
        if entry is None:
            return
        yield entry


def _merged(path: Path, generation: int, contents: Contents) -> Contents:
    """Merge those segments that are to be merged, and drop those without articles."""
    entries, live = list(contents.entries), list(contents.live)
    runs = runs_to_merge([entry.articles for entry in entries], [int(alive.sum()) for alive in live])
    for first, end in reversed(runs):
        segments = [open_segment(path, entry) for entry in entries[first:end]]
        merged = merge(path / f"{SEGMENT}-{generation}-merged-{first}", segments, live[first:end])
        entries[first:end] = [] if merged is None else [merged]
        live[first:end] = [] if merged is None else [np.ones(merged.articles, bool)]
    return Contents(tuple(entries), live, contents.files)
