"""Caches the stat data of cleaned files, so that a rerun need not read files that nobody touched.

Like git's index, the cache holds the inode, size, mtime and ctime of each raw file, its clean file and its log, with
the file's report. A file that was written, replaced or copied has a new ctime, which no program can set. The cache is
in the user's cache folder, since it is valid on this machine only; without it all files are read and compared again.
Its last line is the SHA-256 of the lines before it: a cache that is damaged is not used, and made again.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

import msgspec

from clean_news.batch.atomic_writing import remove_leftovers, temporary_name
from clean_news.batch.run_options import RunOptions, expected_log_of
from clean_news.batch.tally import Report
from clean_news.files.discovery import Stamp, Task, output_paths, real_path, stamp

CACHE_FORMAT = 4  # increment it when the cached data change
CACHE_SUFFIX = ".stat-cache"
MAX_CACHES = 50  # pairs of RAW and CLEAN; older caches are deleted
# A file that changed less than this before it was read may have changed again within the same tick of the file system's
# clock. Source: git's documentation, racy-git; the coarsest clock, FAT's, ticks every two seconds.
RACY_MARGIN_NS = 2_000_000_000
CHECKSUM_LINE_BYTES = 2 * hashlib.sha256().digest_size + 1
READ_BYTES = 1 << 20


class DamagedCacheError(ValueError):
    """A cache is not as it was written."""


class CacheEntry(NamedTuple):
    """The cached data of a raw file.

    Attributes:
        id: id of its task.
        raw: stamp of the raw file.
        clean: stamp of its clean file.
        log: stamp of its change log.
        report: its report.
    """

    id: str
    raw: Stamp
    clean: Stamp
    log: Stamp
    report: Report


ENTRY_DECODER = msgspec.json.Decoder(CacheEntry)


def cache_path(raws: Sequence[Path], clean: Path) -> Path:
    """Return the path of the cache for one RAW or several, and their CLEAN."""
    from platformdirs import user_cache_path

    all_of_them = "\0".join(map(str, [*sorted(map(real_path, raws)), real_path(clean)]))
    name = hashlib.sha256(all_of_them.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return user_cache_path("clean-news") / "untouched" / f"{name}{CACHE_SUFFIX}"


def inputs_digest(options: RunOptions) -> str:
    """Return a hex digest of everything but the files of RAW that determines the output."""
    (version, settings, dictionaries), decisions, sources = expected_log_of(options)
    digests = sorted(dictionaries.items()), decisions.digest_of_all(), sources
    facts = (CACHE_FORMAT, version, settings, *digests, options.settings.max_megabytes, options.settings.per_path)
    return hashlib.sha256(msgspec.json.encode(facts)).hexdigest()


def cached_lines(place: Path, digest: str) -> Iterator[bytes]:
    """Yield the entries cached by an earlier run with the same digest, in the order of its walk; none if damaged."""
    with suppress(OSError, DamagedCacheError):
        lines = whole_lines(place)
        if next(lines) == _header(digest):
            yield from lines


def whole_lines(place: Path) -> Iterator[bytes]:
    """Yield the lines of a cache without the last, its checksum: the digest of the run's inputs, then the entries.

    Raises:
        OSError: if it cannot be read.
        DamagedCacheError: before the first line, if it is not as it was written.
    """
    with place.open("rb") as file:
        rest = size = file.seek(0, os.SEEK_END) - CHECKSUM_LINE_BYTES
        if size <= 0:
            raise DamagedCacheError
        checksum = hashlib.sha256()
        file.seek(0)
        while rest > 0 and (block := file.read(min(rest, READ_BYTES))):
            checksum.update(block)
            rest -= len(block)
        if file.read() != _checksum_line(checksum.hexdigest()):
            raise DamagedCacheError
        file.seek(0)
        while size > 0 and (line := file.readline()):
            size -= len(line)
            yield line


def _header(digest: str) -> bytes:
    """Return the first line of a cache."""
    return msgspec.json.encode(digest) + b"\n"


def _checksum_line(checksum: str) -> bytes:
    """Return the last line of a cache."""
    return checksum.encode() + b"\n"


def untouched_entries(tasks: Iterable[Task], cached: Iterator[bytes]) -> Iterator[bytes | None]:
    """Yield for each task its cached entry if none of its files was touched since, else None.

    Args:
        tasks: in the order of the walk.
        cached: the cached entries, in the same order.
    """
    line, entry = _next_entry(cached)
    for task in tasks:
        place = task.id.split("/")
        while entry is not None and entry.id.split("/") < place:
            line, entry = _next_entry(cached)
        yield line if entry is not None and entry.id == task.id and _is_untouched(task, entry) else None


def _next_entry(cached: Iterator[bytes]) -> tuple[bytes, CacheEntry | None]:
    """Return the next entry, encoded and decoded; None at the end, and from the first unreadable entry on."""
    try:
        line = next(cached)
        return line, ENTRY_DECODER.decode(line)
    except (StopIteration, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return b"", None


def cached_report(line: bytes) -> Report:
    """Return the report of a cached entry, as that of an unchanged file."""
    return ENTRY_DECODER.decode(line).report._replace(outcome="unchanged")


def _is_untouched(task: Task, entry: CacheEntry) -> bool:
    """Whether the files of a task have the cached stamps."""
    if task.clean is None or task.stamp != entry.raw:
        return False
    try:
        return _output_stamps(task) == (entry.clean, entry.log)
    except OSError:
        return False


def _output_stamps(task: Task) -> tuple[Stamp, Stamp]:
    """Return the stamps of a task's clean file and log.

    Raises:
        OSError: if one of them does not exist.
    """
    clean, log = output_paths(task)
    return stamp(clean.lstat()), stamp(log.lstat())  # a symbolic link is never one of our files


def _is_settled(task: Task, report: Report) -> bool:
    """Whether a raw file's stamp will reveal any change since it was read; see ``RACY_MARGIN_NS``."""
    return os.name != "nt" and task.stamp is not None and task.stamp.status_changed + RACY_MARGIN_NS < report.read_ns


class CacheWriter:
    """Writes the cache of a run; if it cannot be written, there is no cache and the run goes on."""

    def __init__(self, place: Path, digest: str) -> None:
        """Open a temporary file next to the cache that it will replace."""
        self.place = place
        self.checksum = hashlib.sha256()
        self.file: IO[bytes] | None = None
        with suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            remove_leftovers(place.parent, resumable=False)
            self.file = place.with_name(temporary_name("")).open("xb")
        self.write(_header(digest))

    def record(self, task: Task, report: Report) -> None:
        """Cache the stamps and the report of a file, if the file succeeded and its stamp is reliable."""
        if report.outcome in {"cleaned", "unchanged"} and not report.failures and _is_settled(task, report):
            with suppress(OSError):
                entry = (task.id, task.stamp, *_output_stamps(task), report)
                self.write(msgspec.json.encode(entry) + b"\n")

    def write(self, line: bytes) -> None:
        """Write an encoded entry, perhaps one from the previous cache."""
        if self.file is not None:
            try:
                self.file.write(line)
                self.checksum.update(line)
            except OSError:
                self.close()

    def commit(self) -> None:
        """Replace the previous cache, and delete the oldest caches."""
        if self.file is not None:
            with suppress(OSError):
                self.file.write(_checksum_line(self.checksum.hexdigest()))
                self.file.flush()
                Path(self.file.name).replace(self.place)
                folder = self.place.parent
                too_old = sorted(folder.glob(f"*{CACHE_SUFFIX}"), key=os.path.getmtime)[:-MAX_CACHES]
                for old in (*too_old, *folder.glob("*.jsonl")):  # the latter are without a checksum
                    old.unlink()

    def close(self) -> None:
        """Close and delete the temporary file if it was not committed."""
        if self.file is not None:
            with suppress(OSError):
                self.file.close()
            with suppress(OSError):
                Path(self.file.name).unlink()
            self.file = None
