"""Which files nobody touched since a run read_ns at them, so that a rerun need not read them again.

As git's index does: of each raw file, its clean file and its log the inode, the size and the times of change are kept,
with what there was to report. A file that was written to, replaced or copied has another time of status change (ctime),
which no program can set. What is kept lies in the user's cache, since it is true of this machine only; without it
everything is read and compared again.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

import msgspec

from clean_news.batch.atomic_writing import remove_leftovers, temporary_name
from clean_news.batch.discovery import Stamp, Task, output_paths, real_path, stamp
from clean_news.batch.run_options import RunOptions, expected_log_of
from clean_news.batch.tally import Report
from clean_news.decisions import said

CACHE_FORMAT = 1  # raise it when what is kept changes
MAX_CACHES = 50  # runs that something is kept of
# A file that changed so shortly before it was read may have changed again within the same tick of its file system's
# clock. Source: git's documentation, racy-git; the coarsest clock, FAT's, ticks every two seconds.
RACY_MARGIN_NS = 2_000_000_000  # ns


class CacheEntry(NamedTuple):
    """What is kept of a raw file.

    Attributes:
        id: of its task.
        raw: its stamp.
        clean: its clean file's.
        log: the log's.
        report: what there was to report.
    """

    id: str
    raw: Stamp
    clean: Stamp
    log: Stamp
    report: Report


ENTRY_DECODER = msgspec.json.Decoder(CacheEntry)


def cache_path(raw: Path, clean: Path) -> Path:
    """Where it is kept what was seen of a RAW and its CLEAN."""
    from platformdirs import user_cache_path

    both = f"{real_path(raw)}\0{real_path(clean)}"
    name = hashlib.sha256(both.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return user_cache_path("clean-news") / "untouched" / f"{name}.jsonl"


def inputs_digest(options: RunOptions) -> str:
    """Digest of all that decides, beside the files, what a run makes of them; in hex."""
    (version, settings, dictionaries), decisions = expected_log_of(options)
    decided = sorted((*key, said(decision)) for key, decision in decisions.by_key.items())
    limit = options.settings.max_megabytes
    facts = (CACHE_FORMAT, version, settings, sorted(dictionaries.items()), decided, limit)
    return hashlib.sha256(msgspec.json.encode(facts)).hexdigest()


def cached_lines(place: Path, digest: str) -> Iterator[bytes]:
    """The entries that an earlier run with the same digest kept, in the order of its walk."""
    with suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError), place.open("rb") as file:
        if msgspec.json.decode(file.readline(), type=str) == digest:
            yield from file


def untouched_entries(tasks: Iterable[Task], kept: Iterator[bytes]) -> Iterator[bytes | None]:
    """For each task the entry that was kept of it, if none of its files was touched since.

    Args:
        tasks: in the order of the walk.
        kept: what an earlier run kept, in the same order.
    """
    line, entry = _next_entry(kept)
    for task in tasks:
        place = task.id.split("/")
        while entry is not None and entry.id.split("/") < place:
            line, entry = _next_entry(kept)
        yield line if entry is not None and entry.id == task.id and _is_untouched(task, entry) else None


def _next_entry(kept: Iterator[bytes]) -> tuple[bytes, CacheEntry | None]:
    """The next entry, as it is kept and decoded; None behind the last, and from one on that cannot be read."""
    try:
        line = next(kept)
        return line, ENTRY_DECODER.decode(line)
    except (StopIteration, msgspec.MsgspecError, UnicodeDecodeError):
        return b"", None


def cached_report(line: bytes) -> Report:
    """What there is to report of a file that nobody touched."""
    return ENTRY_DECODER.decode(line).report._replace(outcome="unchanged")


def _is_untouched(task: Task, entry: CacheEntry) -> bool:
    """Whether the files of a task are those that were seen."""
    if task.clean is None or task.stamp != entry.raw:
        return False
    try:
        return _output_stamps(task) == (entry.clean, entry.log)
    except OSError:
        return False


def _output_stamps(task: Task) -> tuple[Stamp, Stamp]:
    """The stamps of a task's clean file and log.

    Raises:
        OSError: if one of them is not there.
    """
    clean, log = output_paths(task)
    return stamp(clean.stat()), stamp(log.stat())


def _is_settled(task: Task, report: Report) -> bool:
    """Whether a raw file's stamp tells of all changes since it was read."""
    return os.name != "nt" and task.stamp is not None and task.stamp.status_changed + RACY_MARGIN_NS < report.read_ns


class CacheWriter:
    """Keeps what a run sees, for the next one; where that cannot be written, nothing is kept."""

    def __init__(self, place: Path, digest: str) -> None:
        """Begin a file beside the one that it will replace."""
        self.place = place
        self.file: IO[bytes] | None = None
        with suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            remove_leftovers(place.parent, resumable=False)
            self.file = place.with_name(temporary_name("")).open("xb")
        self.write(msgspec.json.encode(digest) + b"\n")

    def record(self, task: Task, report: Report) -> None:
        """Note what a file was like when it was reported, if that is to be relied on."""
        if report.outcome != "failed" and not report.failures and _is_settled(task, report):
            with suppress(OSError):
                entry = (task.id, task.stamp, *_output_stamps(task), report)
                self.write(msgspec.json.encode(entry) + b"\n")

    def write(self, line: bytes) -> None:
        """Note an entry, perhaps one that an earlier run kept."""
        if self.file is not None:
            try:
                self.file.write(line)
            except OSError:
                self.close()

    def commit(self) -> None:
        """Let the notes take the place of the earlier ones."""
        if self.file is not None:
            with suppress(OSError):
                self.file.flush()
                Path(self.file.name).replace(self.place)
                for old in sorted(self.place.parent.glob("*.jsonl"), key=os.path.getmtime)[:-MAX_CACHES]:
                    old.unlink()

    def close(self) -> None:
        """Forget what was not kept."""
        if self.file is not None:
            with suppress(OSError):
                self.file.close()
            with suppress(OSError):
                Path(self.file.name).unlink()
            self.file = None
