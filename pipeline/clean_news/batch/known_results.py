"""Results of articles that a run has cleaned, so that a repeated page is not cleaned again.

Crawls hold the same page many times. What an article becomes depends on its bytes or text, the settings and the
dictionaries, and on nothing else unless there are decisions about it or lines that were learned from its site. The
text and the log are therefore kept in an SQLite file that all processes of a run share, by a digest of all that; the
log of a repetition differs in its id and source only. The file is bounded: the oldest results are forgotten.

It is a cache: whatever is wrong with it costs time, never a result. Each text is compared with the checksum in its log.
"""

import contextlib
import hashlib
import shutil
import sqlite3
import tempfile
import time
import zlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import msgspec

from clean_news import change_log
from clean_news.batch.run_options import RunOptions, expected_log_of
from clean_news.change_log import LogError, sha256
from clean_news.cleaner import Cleaned, raw_bytes
from clean_news.formats import Row
from clean_news.settings import STAGES, stages_in_effect

FOLDER = "known-results"  # in the user's cache
KEPT = "kept.sqlite"  # of the runs that keep their results
FORMAT = 1  # increase it when what is stored changes
MAX_BYTES = 512 << 20  # of the file; some 200,000 articles
MAX_PENDING = 64  # results that a process has not yet written
FORGOTTEN_SHARE = 4  # a quarter of the results is forgotten at once
LOCK_SECONDS = 5.0  # a process waits at most that long for another one to write
ABANDONED_SECONDS = 86_400  # a run's file that nobody has written for a day was left by a killed run
COMPRESSION = 1  # fastest
TABLE = "CREATE TABLE IF NOT EXISTS results (number INTEGER PRIMARY KEY, key BLOB UNIQUE, result BLOB)"


class KnownResults:
    """The results of one file; each process has its own connection."""

    def __init__(self, path: Path) -> None:
        """Open the file, or create it.

        Raises:
            sqlite3.Error: if it cannot be opened, or is damaged.
        """
        self._pending: dict[bytes, bytes] = {}
        self._database = sqlite3.connect(path, timeout=LOCK_SECONDS, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = OFF")  # a file that a crash damages is only a cache
        self._database.execute(TABLE)

    def find(self, key: bytes) -> Cleaned | None:
        """Return the result for a key, with the id and source of the article that was cleaned; None if unknown."""
        try:
            packed = self._pending.get(key)
            if packed is None:
                row = self._database.execute("SELECT result FROM results WHERE key = ?", (key,)).fetchone()
                if row is None:
                    return None
                packed = row[0]
            line, _, text = zlib.decompress(packed).partition(b"\n")
            log = change_log.read(line, "")
            clean = text.decode()
        except (sqlite3.Error, zlib.error, LogError, UnicodeDecodeError):
            return None
        return Cleaned(clean, log) if sha256(text) == log.clean_sha256 else None

    def keep(self, key: bytes, cleaned: Cleaned) -> None:
        """Keep a result; it is written with others, at the latest when :meth:`flush` is called."""
        log = msgspec.structs.replace(cleaned.log, id="", source="", carrier={})
        self._pending[key] = zlib.compress(change_log.write(log) + cleaned.text.encode(), COMPRESSION)
        if len(self._pending) >= MAX_PENDING:
            self.flush()

    def flush(self) -> None:
        """Write what is not yet written, and forget the oldest results if there are too many."""
        if not self._pending:
            return
        rows = list(self._pending.items())
        self._pending.clear()
        with contextlib.suppress(sqlite3.Error):  # the disk is full, or others write all the time
            self._database.execute("BEGIN IMMEDIATE")
            try:
                self._database.executemany("INSERT OR IGNORE INTO results (key, result) VALUES (?, ?)", rows)
                self._forget()
            finally:
                self._database.execute("COMMIT")

    def _forget(self) -> None:
        """Forget the oldest results if the file is full; their pages are used again."""
        names = ("page_count", "freelist_count", "page_size")
        pages, free, size = (self._database.execute(f"PRAGMA {name}").fetchone()[0] for name in names)
        if (pages - free) * size > MAX_BYTES:
            first, last = self._database.execute("SELECT min(number), max(number) FROM results").fetchone()
            limit = first + (last - first) // FORGOTTEN_SHARE
            self._database.execute("DELETE FROM results WHERE number <= ?", (limit,))


def key_of(row: Row, options: RunOptions) -> bytes | None:
    """Return the key of a row's result; None if the result depends on more than the article.

    Args:
        row: a row with an article.
        options: the options of the run.
    """
    if row.article is None or row.words:
        return None
    digest = hashlib.sha256(_context_of(options))
    digest.update(b"b" if isinstance(row.article, bytes) else b"t")
    digest.update(msgspec.json.encode((row.charset, row.fixed)))
    digest.update(raw_bytes(row.article))
    return digest.digest()


@lru_cache(maxsize=32)
def _context_of(options: RunOptions) -> bytes:
    """The digest of what all results of a run depend on."""
    expected = expected_log_of(options)
    facts = (FORMAT, *expected.provenance, expected.sources)
    return hashlib.sha256(msgspec.json.encode(facts)).digest()


def are_reusable(options: RunOptions) -> bool:
    """Whether the result of an article depends on nothing but the article.

    It does not if there are decisions, lines that were learned from sites, or stages of others, which may look at an
    article's id.
    """
    settings = options.settings
    is_own = set(stages_in_effect(settings)) <= {*STAGES}
    return is_own and not (settings.furniture or settings.learned_lines or expected_log_of(options).decisions)


@lru_cache(maxsize=1)
def _opened(path: Path) -> KnownResults | None:
    """The results of a file, opened once in each process; None if they cannot be used."""
    try:
        return KnownResults(path)
    except sqlite3.OperationalError:  # the folder is gone or full
        return None
    except sqlite3.DatabaseError:
        with contextlib.suppress(OSError):
            path.unlink()  # it is damaged: the next process begins a new one
        return None


def results_of(options: RunOptions) -> KnownResults | None:
    """Return the results that the processes of a run share; None if it has none."""
    return _opened(options.results) if options.results else None


def write_results(options: RunOptions) -> None:
    """Write the results that this process has not yet written, so that others find them."""
    if options.results and _opened.cache_info().currsize and (known := _opened(options.results)):
        known.flush()


@contextlib.contextmanager
def sharing_results(options: RunOptions) -> Iterator[RunOptions]:
    """Give a run a file of results, which is removed at its end unless the options keep it.

    Args:
        options: the options of the run.

    Yields:
        The options with the path of the file; the same options if its results are not reusable, or there is no room.
    """
    if not are_reusable(options):
        yield options
        return
    try:
        folder = _folder()
        place = folder if options.keep_results else Path(tempfile.mkdtemp(dir=folder, prefix="run-"))
    except OSError:
        yield options
        return
    path = place / KEPT
    try:
        yield options._replace(results=path)
    finally:
        if place == folder:
            write_results(options._replace(results=path))
        _opened.cache_clear()  # closes it
        if place != folder:
            shutil.rmtree(place, ignore_errors=True)


def _folder() -> Path:
    """Return the folder of the files of results, without those that killed runs left.

    Raises:
        OSError: if it cannot be created.
    """
    from platformdirs import user_cache_path

    folder = user_cache_path("clean-news") / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for place in folder.glob("run-*"):
        with contextlib.suppress(OSError):
            if time.time() - max(each.stat().st_mtime for each in (place, *place.iterdir())) > ABANDONED_SECONDS:
                shutil.rmtree(place, ignore_errors=True)
    return folder
