"""What runs have put into a CLEAN in an object store: the digests of each pair, so that a rerun reads no article.

A store cannot rename, so that no pair of clean file and log appears at once. Before a batch is uploaded, a part of the
manifest is therefore written that says which bytes will be there: for each article the version of the raw object, and
size and MD5 of the clean file and of its log. A pair counts if the listing of CLEAN, or what is read there, agrees with
one of the parts. A clean file that agrees while its log does not is a half of a pair that a run was killed over: it is
ours, and made again. Nothing depends on the order of the parts, on which run wrote them, or on a time.
"""

import gzip
import hashlib
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from clean_news.batch.tally import Report
from clean_news.stores.transfers import Found

MANIFEST_FORMAT = 1  # increase it if the entries change
PART_SUFFIX = ".jsonl.gz"
COMPRESSION = 6
READ_BYTES = 1 << 20
TABLES = (
    "CREATE TABLE entries (name TEXT, line BLOB, PRIMARY KEY (name, line)) WITHOUT ROWID",
    "CREATE TABLE claims (name TEXT, clean TEXT, log TEXT, PRIMARY KEY (name, clean, log)) WITHOUT ROWID",
    "CREATE TABLE confirmed (name TEXT PRIMARY KEY, line BLOB) WITHOUT ROWID",
    "CREATE TABLE landed (name TEXT PRIMARY KEY, clean INTEGER, log INTEGER) WITHOUT ROWID",
)


class Content(NamedTuple):
    """The bytes of a file.

    Attributes:
        size: their number.
        md5: their MD5 in hex. Stores list it, and it guards against accidents; the logs have SHA-256.
    """

    size: int
    md5: str

    def agrees(self, found: Found | None) -> bool:
        """Whether the listing of an object proves that it has these bytes."""
        return found is not None and found.size == self.size and self.md5 in found.digests


def content_of(path: Path) -> Content:
    """Return the content of a file.

    Raises:
        OSError: if it cannot be read.
    """
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
        return Content(file.tell(), digest.hexdigest())


class Entry(NamedTuple):
    """What a run made of a raw object.

    Attributes:
        name: its name below RAW.
        size: its size in bytes.
        tag: its tag; see :class:`clean_news.stores.transfers.Found`.
        clean: the clean file.
        log: the file of its logs.
        report: its report; None if a rerun must clean it again, since something in it failed.
    """

    name: str
    size: int
    tag: str | None
    clean: Content
    log: Content
    report: Report | None


def is_half(clean: Collection[str] | None, log: Collection[str] | None, pairs: Collection[tuple[str, str]]) -> bool:
    """Whether what is in CLEAN for an article is ours, but not a pair: a run was killed between the two uploads.

    Args:
        clean: what may be the MD5 of the clean file; None if there is none.
        log: the same of its log.
        pairs: those that belong together; see :meth:`Known.pairs`.

    >>> pairs = {("c1", "l1"), ("c2", "l2")}
    >>> [is_half(*there, pairs) for there in ((["c2"], ["l1"]), (["c2"], None), (["c2"], ["l2"]), (["x"], ["l2"]))]
    [True, True, False, False]
    """
    cleans = {digest for digest, _ in pairs if clean is not None and digest in clean}
    logs = {digest for _, digest in pairs if log is not None and digest in log}
    if (clean is None and log is None) or (clean is not None and not cleans) or (log is not None and not logs):
        return False
    return not any(digest in cleans and other in logs for digest, other in pairs)


class Header(NamedTuple):
    """The first line of a part.

    Attributes:
        format: ``MANIFEST_FORMAT``.
        inputs: digest of settings, dictionaries, decisions and version; see
            :func:`clean_news.batch.stat_cache.inputs_digest`.
    """

    format: int
    inputs: str


ENTRY_DECODER = msgspec.json.Decoder(Entry)
HEADER_DECODER = msgspec.json.Decoder(Header)


def write_part(inputs: str, entries: Iterable[Entry], folder: Path) -> Path:
    """Write a part into a folder of this machine; the same entries have the same name and bytes.

    Raises:
        OSError: if it cannot be written.
    """
    lines = [msgspec.json.encode(each) for each in (Header(MANIFEST_FORMAT, inputs), *entries)]
    data = b"".join(line + b"\n" for line in lines)
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"{hashlib.sha256(data).hexdigest()[:32]}{PART_SUFFIX}"
    place.write_bytes(gzip.compress(data, COMPRESSION, mtime=0))
    return place


class Known:
    """The manifest as this run knows it, in a file of this machine, so that memory does not grow with CLEAN.

    Attributes:
        inputs: digest of what this run's results depend on; entries of other parts are claims only.
    """

    def __init__(self, place: Path, inputs: str) -> None:
        """Open an empty file.

        Args:
            place: the file, which does not exist yet.
            inputs: see the attribute.
        """
        self.inputs = inputs
        self.connection = sqlite3.connect(place, isolation_level=None)
        self.connection.execute("PRAGMA synchronous = OFF")
        self.connection.execute("PRAGMA journal_mode = OFF")
        for table in TABLES:
            self.connection.execute(table)

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def add_part(self, part: Path) -> bool:
        """Add the entries of a part; one that is damaged is not used.

        Returns:
            Whether it was used.
        """
        try:
            with gzip.open(part) as file:
                header = HEADER_DECODER.decode(next(file))
                if header.format != MANIFEST_FORMAT:
                    return False
                entries = [(line, ENTRY_DECODER.decode(line)) for line in file]
        except (OSError, EOFError, StopIteration, ValueError, msgspec.MsgspecError, gzip.zlib.error):  # type: ignore[attr-defined]
            return False
        self.connection.execute("BEGIN")
        for line, entry in entries:
            self._add(entry, line if header.inputs == self.inputs else None)
        self.connection.execute("COMMIT")
        return True

    def _add(self, entry: Entry, line: bytes | None) -> None:
        """Add what an entry claims, and the entry itself if a line is given."""
        if line is not None and entry.report is not None:
            self.connection.execute("INSERT OR IGNORE INTO entries VALUES (?, ?)", (entry.name, line))
        claim = (entry.name, entry.clean.md5, entry.log.md5)
        self.connection.execute("INSERT OR IGNORE INTO claims VALUES (?, ?, ?)", claim)

    def entries(self, name: str) -> tuple[Entry, ...]:
        """Return the entries of a raw object that were made with the inputs of this run."""
        rows = self.connection.execute("SELECT line FROM entries WHERE name = ?", (name,))
        return tuple(ENTRY_DECODER.decode(line) for (line,) in rows)

    def pairs(self, name: str) -> frozenset[tuple[str, str]]:
        """Return the MD5 of each clean file and its log that runs said to put into CLEAN, whatever their inputs."""
        return frozenset(self.connection.execute("SELECT clean, log FROM claims WHERE name = ?", (name,)))

    def confirm(self, entry: Entry) -> None:
        """Note that the listings agree with an entry."""
        self.connection.execute(
            "INSERT OR REPLACE INTO confirmed VALUES (?, ?)", (entry.name, msgspec.json.encode(entry))
        )

    def confirmed(self) -> Iterator[Entry]:
        """Yield all entries that the listings agree with, by name."""
        for (line,) in self.connection.execute("SELECT line FROM confirmed ORDER BY name"):
            yield ENTRY_DECODER.decode(line)

    def note_landed(self, entry: Entry) -> None:
        """Note that this run has uploaded the pair of an entry."""
        row = (entry.name, entry.clean.size, entry.log.size)
        self.connection.execute("INSERT OR REPLACE INTO landed VALUES (?, ?, ?)", row)

    def landed_sizes(self, name: str) -> tuple[int, int] | None:
        """Return the sizes of the clean file and of the log that this run has uploaded; None if it has not."""
        found = self.connection.execute("SELECT clean, log FROM landed WHERE name = ?", (name,)).fetchone()
        return None if found is None else (found[0], found[1])

    def number_landed(self) -> int:
        """Return the number of articles that this run has uploaded."""
        return int(self.connection.execute("SELECT count(*) FROM landed").fetchone()[0])
