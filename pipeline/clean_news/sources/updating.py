"""Builds an index, and brings it up to date: unchanged files are skipped, changed articles replaced.

An article is known by the digest of its id and text, so one that is still there is not stored again when its file has
changed. New articles go into new segments; articles that are gone stay in theirs, with a weight of 0, until the segment
is merged with others. The manifest is written last.
"""

import hashlib
import itertools
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from clean_news.failures import Failure
from clean_news.files.discovery import Stamp, real_path
from clean_news.files.folder_lock import locked
from clean_news.settings import Settings
from clean_news.sources.article_index import IDF, SCALES, open_weights, weights_file
from clean_news.sources.features import FEATURES_VERSION, columns_of
from clean_news.sources.manifest import (
    INDEX_FORMAT,
    MANIFEST,
    IndexDamaged,
    Manifest,
    SegmentEntry,
    check_files,
    damaged,
    read_manifest,
    sum_of,
    write_manifest,
)
from clean_news.sources.reading import SourceFile, articles_of, reading_digest, source_files
from clean_news.sources.records import DIGEST_BYTES, SourceArticle, digest_of, stored_record
from clean_news.sources.segment import FOLDER_PREFIX, Segment, Stored, open_segment, write_segment
from clean_news.sources.weights import Live, weights_of

PROGRESS_ARTICLES = 100  # between two calls of ``progress``
SEGMENT_ARTICLES = 32_000  # of a new segment: 150 features each, in memory until it is written
RACY_MARGIN_NS = 2_000_000_000  # see clean_news.batch.stat_cache
FILE_TABLE = "files"

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


class _KnownFile(msgspec.Struct, frozen=True, array_like=True):
    """A file whose articles the index has: its number, and its stamp; None if that cannot show a change."""

    number: int
    stamp: Stamp | None


class _Input(NamedTuple):
    """A file to be indexed: its stamp when it was found, and a function that reads it."""

    stamp: Stamp | None
    read: Callable[[], Iterator[SourceArticle | Failure]]


class _State(NamedTuple):
    """An index that is brought up to date: its manifest, segments, live articles and files."""

    manifest: Manifest
    segments: list[Segment]
    live: list[Live]
    files: dict[str, _KnownFile]


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
) -> Update:
    """Build the index of some files and folders, or bring it up to date.

    Until it is complete the earlier index stays in place, and a process that has it open keeps it.

    Args:
        path: the folder of the index; created if missing. An index that is damaged, or of another version or other
            settings, is built again.
        sources: files and folders, in the formats of ``clean_news.formats``.
        settings: how the files are read; the defaults if None.
        progress: called with the number of files that are done, their number, and the number of articles read so far.

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
    done = _update(path, inputs, reading_digest(settings))
    return done._replace(failures=(*failures, *done.failures))


def update_from_articles(path: Path, articles: Iterable[SourceArticle]) -> Update:
    """Build the index of some articles, or bring it up to date; see :func:`update`."""
    return _update(path, {"": _Input(None, lambda: iter(articles))}, "articles")


def _update(path: Path, inputs: dict[str, _Input], reading: str) -> Update:
    """Bring an index up to date with some files, by name."""
    path.mkdir(parents=True, exist_ok=True)
    reading = f"{FEATURES_VERSION} {reading}"
    with locked(path):
        state = _present_state(path, reading)
        _remove_unnamed(path, state.manifest)
        return _bring_up_to_date(path, state, inputs)


def _present_state(path: Path, reading: str) -> _State:
    """Return the present state of an index; an empty one if there is none that can be used."""
    try:
        manifest = read_manifest(path)
        if manifest.reading == reading:
            check_files(path, manifest)
            segments = [open_segment(path, entry) for entry in manifest.segments]
            scales = np.array(open_weights(path, manifest).scales)
            ends = list(itertools.accumulate(segment.size for segment in segments))
            live = np.split(scales > 0, ends[:-1]) if segments else []
            return _State(manifest, segments, live, _read_file_table(path, manifest.generation))
        generation = manifest.generation
    except IndexDamaged:
        generation = time.time_ns()  # no file of the damaged index has it
    return _State(Manifest(INDEX_FORMAT, reading, "", 0, generation, (), {}), [], [], {})


def _file_table(generation: int) -> str:
    """Return the name of the file with the table of source files."""
    return f"{FILE_TABLE}-{generation}.msgpack"


def _read_file_table(path: Path, generation: int) -> dict[str, _KnownFile]:
    """Read the table of source files.

    Raises:
        IndexDamaged: if it cannot be read.
    """
    try:
        return msgspec.msgpack.decode((path / _file_table(generation)).read_bytes(), type=dict[str, _KnownFile])
    except (OSError, msgspec.MsgspecError) as error:
        raise damaged(path, _file_table(generation)) from error


def _remove_unnamed(path: Path, manifest: Manifest) -> None:
    """Remove the files that no manifest names: those of killed updates and of earlier generations."""
    segments = {entry.name for entry in manifest.segments}
    for found in path.iterdir():
        name = found.name
        if name.startswith(FOLDER_PREFIX) and name not in segments:
            shutil.rmtree(found, ignore_errors=True)
        elif name not in manifest.files and name.startswith((f"{IDF}-", f"{SCALES}-", f"{FILE_TABLE}-")):
            found.unlink(missing_ok=True)


def _bring_up_to_date(path: Path, state: _State, inputs: dict[str, _Input]) -> Update:
    """Add, replace and remove articles, and write the next generation if anything changed."""
    numbers = itertools.count(max((known.number for known in state.files.values()), default=-1) + 1)
    table: dict[str, _KnownFile] = {}
    failures: list[Failure] = []
    live = [np.array(each) for each in state.live]
    gone = [known.number for key, known in state.files.items() if key not in inputs]
    for segment, alive in zip(state.segments, live, strict=True):
        alive &= ~np.isin(segment.files, gone)

    def new_articles() -> Iterator[Stored]:
        for key, each in inputs.items():
            known = state.files.get(key)
            if known is not None and known.stamp is not None and known.stamp == each.stamp:
                table[key] = known
                continue
            number = next(numbers) if known is None else known.number
            table[key] = _KnownFile(number, _settled(each.stamp, time.time_ns()))
            present = _places_by_digest(state.segments, live, number) if known is not None else {}
            seen: set[bytes] = set()
            for article in each.read():
                if isinstance(article, Failure):
                    failures.append(article)
                    continue
                digest = digest_of(article)
                if digest in seen:
                    continue
                seen.add(digest)
                if present.pop(digest, None) is None:
                    yield Stored(stored_record(article), digest, columns_of(article.text), number)
            for which, place in present.values():
                live[which][place] = False

    entries = list(state.manifest.segments)
    stored, names = new_articles(), itertools.count()
    added = 0
    while batch := list(itertools.islice(stored, SEGMENT_ARTICLES)):
        name = f"{FOLDER_PREFIX}{state.manifest.generation + 1}-{next(names)}"
        entries.append(write_segment(path / name, batch))
        added += len(batch)
    before = sum(int(each.sum()) for each in state.live)
    unchanged = sum(int(each.sum()) for each in live)
    if added or unchanged != before or table != state.files or not (path / MANIFEST).exists():
        _write_generation(path, state, entries, live, table)
    return Update(added, before - unchanged, unchanged, tuple(failures))


def _settled(found: Stamp | None, read_ns: int) -> Stamp | None:
    """Return a stamp if it will show any change since the file was read."""
    return found if found is not None and found.status_changed + RACY_MARGIN_NS < read_ns else None


def _places_by_digest(segments: Sequence[Segment], live: Sequence[Live], number: int) -> dict[bytes, tuple[int, int]]:
    """Return the segment and the place of each article of a file, by its digest."""
    return {
        segment.digests[place].tobytes(): (which, place)
        for which, (segment, alive) in enumerate(zip(segments, live, strict=True))
        for place in np.flatnonzero((segment.files == number) & alive).tolist()
    }


def _write_generation(
    path: Path, state: _State, entries: list[SegmentEntry], live: list[Live], table: dict[str, _KnownFile]
) -> None:
    """Write the weights, the table of files and the manifest."""
    generation = state.manifest.generation + 1
    segments = [open_segment(path, entry) for entry in entries]
    alive = [*live, *(np.ones(segment.size, bool) for segment in segments[len(live) :])]
    weights = weights_of(segments, alive)
    names = {kind: weights_file(kind, generation) for kind in (IDF, SCALES)}
    np.save(path / names[IDF], weights.idf)
    np.save(path / names[SCALES], weights.scales)
    (path / _file_table(generation)).write_bytes(msgspec.msgpack.encode(table))
    files = {name: sum_of(path / name) for name in (*names.values(), _file_table(generation))}
    manifest = Manifest(
        INDEX_FORMAT,
        state.manifest.reading,
        _digest_of_all(segments, alive),
        sum(int(each.sum()) for each in alive),
        generation,
        tuple(entries),
        files,
    )
    write_manifest(path, manifest)
    _remove_unnamed(path, manifest)


def _digest_of_all(segments: Sequence[Segment], live: Sequence[Live]) -> str:
    """Return the digest of all articles, in hex: independent of their order, as it is made from the sum of theirs."""
    total = 0
    for segment, alive in zip(segments, live, strict=True):
        digests = segment.digests[alive].tobytes()
        total += sum(
            int.from_bytes(digests[at : at + DIGEST_BYTES], "big") for at in range(0, len(digests), DIGEST_BYTES)
        )
    return hashlib.sha256(f"{INDEX_FORMAT} {FEATURES_VERSION} {total}".encode()).hexdigest()
