"""Cleans one batch after another: the next one is downloaded and the last one uploaded while one is cleaned."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import NamedTuple, Self

from clean_news.batch.file_cleaning import clean_file
from clean_news.batch.names_apart import folded
from clean_news.batch.run import reports
from clean_news.batch.run_options import RunOptions
from clean_news.batch.tally import Report
from clean_news.batch.workers import Workers
from clean_news.failures import Failure, failure_from_os_error
from clean_news.files.discovery import output_paths
from clean_news.formats import clean_name, format_of
from clean_news.stores.batch_results import Shown, with_folder
from clean_news.stores.clean_places import Clean
from clean_news.stores.fetching import Article, Fetched, NotFetched, fetch, is_beginning
from clean_news.stores.manifest import Content, Entry, Known, content_of, write_part
from clean_news.stores.raw_objects import Raw
from clean_news.stores.transfers import StoreError

MAX_OBJECTS = 512  # in a batch
FIRST_OBJECTS = 64  # in the first one; each has twice as many, so that a run that is soon killed has got something done
MAX_BYTES = 64 << 20  # of raw objects in a batch; a larger object is one of its own
TRANSFERS = 32  # at a time
MIN_OUTAGE = 8  # articles of a batch; if none of them could be transferred, the store is out of reach


class OutageError(Exception):
    """No object of a whole batch could be transferred; the message is that of the last one."""


class Cleaned(NamedTuple):
    """An article of a batch after cleaning.

    Attributes:
        name: its name below RAW.
        report: its report.
        entry: what the manifest says of it; None if nothing is in CLEAN.
        files: names below CLEAN of the files to upload, in this order.
    """

    name: str
    report: Report
    entry: Entry | None = None
    files: tuple[str, ...] = ()


class Job(NamedTuple):
    """A batch and its transfers.

    Attributes:
        folder: its folder on this machine.
        fetched: the downloads.
    """

    folder: Path
    fetched: list[Future[Fetched | NotFetched]]


class Landing(NamedTuple):
    """A batch whose uploads are under way.

    Attributes:
        folder: its folder on this machine.
        results: its articles, each with its upload; None for those with nothing to upload.
    """

    folder: Path
    results: list[tuple[Cleaned, Future[None] | None]]


class Batches:
    """The batches of one run.

    Attributes:
        passed_over: ids of objects that have turned out to be of unknown type.
        parts: names of the parts of the manifest that were written.
    """

    def __init__(
        self,
        raw: Raw,
        clean: Clean | None,
        options: RunOptions,
        workers: Workers,
        known: Known,
        scratch: Path,
        advance: Callable[[int], None],
    ) -> None:
        """Start the threads for transfers.

        Args:
            raw: RAW.
            clean: CLEAN; None if nothing is written.
            options: the options of the run.
            workers: its worker processes.
            known: the manifest; parts are added.
            scratch: a folder of this machine.
            advance: called with the number of articles just done in a file of many articles.
        """
        self.raw, self.clean, self.options, self.workers = raw, clean, options, workers
        self.known, self.scratch, self.advance = known, scratch, advance
        self.threads = ThreadPoolExecutor(TRANSFERS, "transfer")
        self.number = 0
        self.passed_over: set[str] = set()
        self.parts: list[str] = []

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the threads; transfers that have begun are finished."""
        self.threads.shutdown(wait=True, cancel_futures=True)

    def reports(self, articles: Iterable[Article]) -> Iterator[tuple[str, Report]]:
        """Clean articles and yield the name and report of each, when its files are in CLEAN.

        Raises:
            OutageError: if the store is out of reach.
        """
        waiting: Job | None = None
        landing: Landing | None = None
        for batch in chain(in_batches(articles), (None, None)):
            job = self._job(batch) if batch else None
            done = self._cleaned(waiting) if waiting else None
            if landing:
                yield from self._finished(landing)
            landing, waiting = done, job
        if landing:
            yield from self._finished(landing)

    def _job(self, batch: list[Article]) -> Job:
        """Begin to download a batch."""
        folder = self.scratch / f"batch-{self.number}"
        self.number += 1
        folder.mkdir()
        return Job(folder, [self.threads.submit(fetch, each, self.raw, self.clean, folder) for each in batch])

    def _cleaned(self, job: Job) -> Landing:
        """Clean a batch and begin to upload it.

        Raises:
            OutageError: if nothing of it could be downloaded.
        """
        fetched = [each.result() for each in job.fetched]
        lost = [each for each in fetched if isinstance(each, NotFetched) and each.is_outage]
        if len(lost) == len(fetched) >= MIN_OUTAGE:
            raise OutageError(lost[-1].report.failures[0].message)
        shown = Shown(self.raw, self.clean, job.folder)
        options = with_folder(self.options, job.folder / "raw") if self.raw.is_remote else self.options
        results = [Cleaned(each.report.id, each.report) for each in fetched if isinstance(each, NotFetched)]
        ready = []
        for each in fetched:
            if isinstance(each, Fetched):
                if format_of(each.task.raw) is None:  # XML that is neither a feed nor a scanned page
                    self.passed_over.add(each.task.id)
                else:
                    ready.append(each)
        with closing(reports([each.task for each in ready], options, self.workers, self.advance)) as stream:
            for each, report in zip(ready, stream, strict=True):
                results.append(self._result(each, report, options, shown))
        return self._landing(job.folder, results)

    def _result(self, fetched: Fetched, report: Report, options: RunOptions, shown: Shown) -> Cleaned:
        """Return what became of an article, and which files of it to upload."""
        article, task, before, aside = fetched
        if task.clean is None:
            return Cleaned(article.raw.name, shown.report(report))
        clean, log = output_paths(task)
        if aside is not None and clean.exists():
            names = [path.relative_to(str(task.within)) for path in (clean, log)]
            known_logs = {digest for _, digest in article.pairs}
            is_ours = is_beginning(aside / names[0], clean) and (
                is_beginning(aside / names[1], log) or (before[1] is not None and before[1].md5 in known_logs)
            )
            if not is_ours:  # someone changed it: the ordinary run says so
                for path, name in zip((clean, log), names, strict=True):
                    path.unlink()
                    if (aside / name).exists():
                        (aside / name).replace(path)
                report = clean_file(task, options)
        report = shown.report(report)
        now = _contents(clean, log)
        if now is None:
            return Cleaned(article.raw.name, report)
        counts = report.outcome in {"cleaned", "unchanged"} and not report.failures and article.raw.tag is not None
        entry = Entry(article.raw.name, article.raw.size, article.raw.tag, *now, report if counts else None)
        is_new = now != before or (aside is not None and report.outcome != "failed")
        if not is_new or (self.clean is not None and not self.clean.is_remote):
            return Cleaned(article.raw.name, report, entry if counts else None)
        files = tuple(path.relative_to(str(task.within)).as_posix() for path in (clean, log))
        return Cleaned(article.raw.name, report, entry, files)

    def _landing(self, folder: Path, results: list[Cleaned]) -> Landing:
        """Write the batch's part of the manifest, then begin to upload its files."""
        clean = self.clean
        entries = [each.entry for each in results if each.entry is not None]
        if clean is None or not entries:
            return Landing(folder, [(each, None) for each in results])
        part = write_part(self.known.inputs, entries, folder / "manifest")
        written = self.threads.submit(clean.put_part, part)
        try:
            written.result()
        except (StoreError, OSError):
            return Landing(folder, [(each, written if each.files else None) for each in results])
        self.known.add_part(part)
        self.parts.append(part.name)
        if not clean.is_remote:
            return Landing(folder, [(each, None) for each in results])
        place = clean.folder(folder)
        return Landing(
            folder,
            [(each, self.threads.submit(_land, clean, each.files, place) if each.files else None) for each in results],
        )

    def _finished(self, landing: Landing) -> Iterator[tuple[str, Report]]:
        """Wait for the uploads of a batch and yield its reports.

        Raises:
            OutageError: if nothing of it could be uploaded.
        """
        errors: list[str] = []
        for cleaned, upload in landing.results:
            report = cleaned.report
            try:
                if upload is not None:
                    upload.result()
                    assert cleaned.entry is not None, "it has files"
                    self.known.note_landed(cleaned.entry)
            except (StoreError, OSError) as error:
                failure = (
                    failure_from_os_error(landing.folder, error)
                    if isinstance(error, OSError)
                    else Failure("", str(error))
                )
                errors.append(failure.message)
                report = report._replace(outcome="failed", failures=(*report.failures, failure))
            yield cleaned.name, report
        shutil.rmtree(landing.folder, ignore_errors=True)
        if len(errors) >= MIN_OUTAGE and len(errors) == sum(upload is not None for _, upload in landing.results):
            raise OutageError(errors[-1])


def _land(clean: Clean, files: tuple[str, ...], folder: Path) -> None:
    """Upload the files of an article, the clean file before its log.

    Raises:
        StoreError: if one cannot be uploaded; those after it are then not.
    """
    for name in files:
        clean.land(name, folder)


def _contents(clean: Path, log: Path) -> tuple[Content, Content] | None:
    """Return the contents of a clean file and its log; None if one of them is missing."""
    if not (clean.is_file() and log.is_file()):
        return None
    return content_of(clean), content_of(log)


def in_batches(articles: Iterable[Article]) -> Iterator[list[Article]]:
    """Group articles so that neither their number nor the size of their raw objects is large.

    Names that some file systems take for the same are not in one batch, since their copies would replace each other.
    """
    batch: list[Article] = []
    names: set[str] = set()
    size, most = 0, min(FIRST_OBJECTS, MAX_OBJECTS)
    for each in articles:
        name = folded(clean_name(each.raw.name))
        if batch and (len(batch) == most or size + each.raw.size > MAX_BYTES or name in names):
            yield batch
            batch, names, size, most = [], set(), 0, min(2 * most, MAX_OBJECTS)
        batch.append(each)
        names.add(name)
        size += each.raw.size
    if batch:
        yield batch
