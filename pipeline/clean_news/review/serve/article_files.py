"""Reads the clean files of CLEAN for the page, and finds those that were written since.

What was read is cached in the user's cache folder with the stamps of the clean file and its log, as the stat cache does
for runs: a large CLEAN opens at once when it is served again.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from clean_news.batch.clean_articles import selected_files
from clean_news.batch.stat_cache import CACHE_SUFFIX, CacheWriter, cached_lines
from clean_news.change_log import ChangeLog
from clean_news.failures import Failure
from clean_news.files.discovery import InputError, Stamp, clean_files, real_path, stamp
from clean_news.formats import format_of
from clean_news.review.report.article_body import placed_pieces
from clean_news.review.report.columns import Columns
from clean_news.review.traced_articles import TracedArticle, traced_articles
from clean_news.version import version

CACHE_FORMAT = 1  # increment it when the cached data change
Stamps = tuple[Stamp, Stamp]  # of a clean file and its log


class ReadArticle(msgspec.Struct, array_like=True, frozen=True):
    """What is listed of an article.

    Attributes:
        name: its id.
        columns: the columns of this article alone, see :class:`clean_news.review.report.columns.Columns`.
        ids: the ids of its edits.
        digest: differs from that of another version of the article.
        has_decisions: whether its log says that decisions were applied.
    """

    name: str
    columns: dict[str, Any]
    ids: list[str]
    digest: str
    has_decisions: bool


class FileEntry(msgspec.Struct, array_like=True, frozen=True):
    """The cached data of a clean file; ``file`` is its path within CLEAN, ``source`` that of its raw file."""

    file: str
    stamps: Stamps
    source: str
    articles: list[ReadArticle]


class KnownFile(NamedTuple):
    """A clean file that was read: its stamps, and its raw file as its logs name it."""

    stamps: Stamps
    source: str


ENTRY_DECODER = msgspec.json.Decoder(FileEntry)


class ArticleFiles:
    """The clean files that are served.

    Attributes:
        clean: the folder of clean files, or one clean file.
        known: what was read, by path within CLEAN.
        failures: what could not be read, by path within CLEAN.
    """

    def __init__(self, clean: Path, summaries: Mapping[str, str], apply_from: float) -> None:
        """Read nothing yet.

        Args:
            clean: the folder of clean files, or one clean file.
            summaries: summary of each rule, by code.
            apply_from: confidence from which edits are applied.
        """
        self.clean = clean
        self._summaries, self._apply_from = summaries, apply_from
        self.known: dict[str, KnownFile] = {}
        self.failures: dict[str, list[Failure]] = {}
        self._misfits: set[str] = set()  # files whose texts or logs are not as they were written
        self._doubtful: dict[str, Stamps | None] = {}  # of these, those that were looked at once

    @property
    def folder(self) -> Path:
        """The folder that paths are relative to."""
        return self.clean if self.clean.is_dir() else self.clean.parent

    def path_of(self, file: str) -> Path:
        """Return the path of a clean file that was read."""
        return self.folder / file

    def open_all(self, progress: Callable[[int, int], None]) -> Iterator[tuple[str, list[ReadArticle]]]:
        """Yield the articles of each clean file, from the cache if it was not written since.

        Args:
            progress: called with the number of files that were read, and that of all.

        Raises:
            InputError: if there is no clean file.
        """
        paths = selected_files(self.clean, ())
        place, digest = self._cache()
        cached = dict(_by_file(cached_lines(place, digest)))
        with closing(CacheWriter(place, digest)) as cache:
            for number, path in enumerate(paths, 1):
                file = path.relative_to(self.folder).as_posix()
                stamps = stamps_of(path)
                line = cached.pop(file, b"")
                entry = ENTRY_DECODER.decode(line) if line else None
                if entry is None or entry.stamps != stamps:
                    entry = self._read(file, stamps)
                    line = _encoded(entry) if entry and file not in self._misfits else b""
                if entry is not None:
                    if line:
                        cache.write(line)
                    self.known[file] = KnownFile(entry.stamps, entry.source)
                    yield file, entry.articles
                progress(number, len(paths))
            cache.commit()

    def changed(self) -> dict[str, list[ReadArticle]]:
        """Return the articles of the files that were written since they were read; none for a file that is gone.

        A file that does not fit its log is looked at twice: a run writes one after the other.
        """
        found: dict[str, list[ReadArticle]] = {}
        there: set[str] = set()
        for path in self._paths():
            file = path.relative_to(self.folder).as_posix()
            stamps = stamps_of(path)
            if stamps is None:
                continue
            there.add(file)
            known = self.known.get(file)
            if known is None or known.stamps != stamps:
                articles = self.read_again(file)
                if known is not None and file in self._misfits and self._doubtful.get(file) != stamps:
                    self._doubtful[file] = stamps
                    self.known[file] = known
                else:
                    self._doubtful.pop(file, None)
                    found[file] = articles
        for file in self.known.keys() - there:
            del self.known[file]
            found[file] = []
        return found

    def read_again(self, file: str) -> list[ReadArticle]:
        """Return the articles of a clean file as they are now; none if it cannot be read."""
        stamps = stamps_of(self.path_of(file))
        entry = self._read(file, stamps)
        if entry is None:
            self.known.pop(file, None)
            return []
        self.known[file] = KnownFile(entry.stamps, entry.source)
        return entry.articles

    def traced(self, file: str) -> Iterator[TracedArticle]:
        """Yield the articles of a clean file; those that cannot be read are left out."""
        try:
            yield from traced_articles(self.path_of(file), (), lambda _: None, lambda _: None)
        except InputError:  # it is gone
            return

    def _paths(self) -> Iterable[Path]:
        """Return the clean files that are there now."""
        if self.clean.is_dir():
            return clean_files(self.clean)
        return [self.clean] if self.clean.exists() else []

    def _read(self, file: str, stamps: Stamps | None) -> FileEntry | None:
        """Read a clean file; None if it has no log or is gone."""
        failures: list[Failure] = []
        notes: list[Failure] = []
        articles: list[ReadArticle] = []
        source = ""
        try:
            for traced in traced_articles(self.path_of(file), (), failures.append, notes.append):
                source = source or traced.log.source
                articles.append(self._listed(traced))
        except InputError as error:
            failures.append(Failure("", str(error)))
        if failures:
            self.failures[file] = failures
        else:
            self.failures.pop(file, None)
        if failures or notes:
            self._misfits.add(file)
        else:
            self._misfits.discard(file)
        return FileEntry(file, stamps, source, articles) if stamps is not None else None

    def _listed(self, traced: TracedArticle) -> ReadArticle:
        """Return what is listed of an article."""
        columns = Columns(self._summaries, self._apply_from)
        edits = [each for piece in placed_pieces(traced.trace) for each in piece.edits]
        columns.add(traced.log, edits, len(traced.article.text))
        log = traced.log
        return ReadArticle(log.id, columns.as_json(), columns.ids, _digest(log), bool(log.decisions))

    def _cache(self) -> tuple[Path, str]:
        """Return the place of the cache, and the digest of what its entries depend on."""
        from platformdirs import user_cache_path

        name = hashlib.sha256(str(real_path(self.clean)).encode("utf-8", "surrogateescape")).hexdigest()[:16]
        shape = Columns(self._summaries, self._apply_from).as_json()
        facts = (CACHE_FORMAT, version(), sorted(shape), sorted(shape["articles"]), sorted(shape["edits"]))
        of_rules = sorted(self._summaries.items()), self._apply_from
        digest = hashlib.sha256(msgspec.json.encode((facts, of_rules))).hexdigest()
        return user_cache_path("clean-news") / "review" / f"{name}{CACHE_SUFFIX}", digest


def stamps_of(path: Path) -> Stamps | None:
    """Return the stamps of a clean file and its log; None if one of them is not there."""
    form = format_of(path)
    assert form is not None, "only files of supported types are listed"
    try:
        return stamp(path.lstat()), stamp(path.with_name(path.name + form.LOG_SUFFIX).lstat())
    except OSError:
        return None


def _digest(log: ChangeLog) -> str:
    """Return what differs between two versions of an article."""
    return f"{log.raw_sha256[:16]}{log.clean_sha256[:16]}{log.decisions[:16]}"


def _encoded(entry: FileEntry) -> bytes:
    """Return the line of an entry; empty if it cannot be one, as its path is not UTF-8."""
    try:
        return msgspec.json.encode(entry) + b"\n"
    except (msgspec.MsgspecError, UnicodeEncodeError, NotImplementedError):
        return b""


def _by_file(lines: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield the cached lines by the file that they are about; those that cannot be read are left out."""
    decoder = msgspec.json.Decoder(tuple[str, Any, Any, msgspec.Raw])
    for line in lines:
        try:
            yield decoder.decode(line)[0], line
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return
