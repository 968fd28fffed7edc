"""The passes of a run: the first cleans what is not up to date, further ones look whether everything has arrived.

A store answers that an upload has succeeded, and its listing shows what it has. After the first pass both are listed
again, one request for a thousand objects, and what is not as it was sent is cleaned and sent again.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from clean_news.batch.summary import Summary
from clean_news.batch.tally import Report
from clean_news.failures import Failure
from clean_news.printable_text import printable
from clean_news.stores.batches import Batches
from clean_news.stores.clean_places import Clean
from clean_news.stores.fetching import NOTHING, Article, entry_by_listing, unchanged
from clean_news.stores.manifest import Known, write_part
from clean_news.stores.raw_objects import Raw, RawObject, Walk
from clean_news.stores.transfers import StoreError

if TYPE_CHECKING:
    from clean_news.decisions import Key

MAX_CHECKS = 3  # passes after the first
MAX_PARTS = 16  # of the manifest; more are joined at the end of a run
PART_ENTRIES = 10_000  # of a part that was joined
MAX_DOUBTS = 1_000  # articles whose digests are not as expected, before it is known whether the store lists MD5
TOLD_EVERY = 64  # articles
NOT_WHOLE = "did not arrive as it was sent, several times; run the same command again"


class Passes:
    """The passes of one run.

    Attributes:
        decided: keys of the decisions that edits have met.
    """

    def __init__(
        self,
        raw: Raw,
        clean: Clean | None,
        force: bool,
        known: Known,
        batches: Batches,
        summary: Summary,
        begin: Callable[[int], None],
        watch: Callable[[Report], None],
    ) -> None:
        """Note what the passes work with.

        Args:
            raw: RAW.
            clean: CLEAN; None if nothing is written.
            force: whether to clean also what is up to date.
            known: the manifest.
            batches: what cleans articles.
            summary: the summary of the run, to which reports are added.
            begin: called with the number of articles found so far.
            watch: called with the report of each article.
        """
        self.raw, self.clean, self.force = raw, clean, force
        self.known, self.batches, self.summary = known, batches, summary
        self.begin, self.watch = begin, watch
        self.decided: set[Key] = set()
        self.given_up: set[str] = set()
        self.lists_md5 = False  # whether the store's listing has shown the MD5 of something that was uploaded
        self.is_whole = True  # whether the listings agree with an entry for all that the manifest has

    def run(self, scratch: Path, *, joins: bool = True) -> None:
        """Make the passes, then join the parts of the manifest if there are many.

        Args:
            scratch: a folder of this machine.
            joins: whether to join them; not if the run cleans a share of RAW, since others are theirs.

        Raises:
            StoreError, OutageError: if the store is out of reach.
            InputError: if there is nothing under RAW.
        """
        old = self._read_manifest(scratch / "parts")
        self._clean_all()
        if self.clean is None or not self.clean.is_remote:
            return
        if self.known.number_landed() and not any(self._made_good() == 0 for _ in range(MAX_CHECKS)):
            self._add(Report("", "failed", failures=(Failure(printable(self.clean.url), NOT_WHOLE),)))
        if joins:
            self._join_many({*old, *self.batches.parts}, scratch)

    def plan(self, scratch: Path) -> Iterator[RawObject]:
        """Yield the objects that are not up to date, and report the others; nothing is cleaned.

        If all are up to date, the parts of the manifest are then joined, as a run does.

        Args:
            scratch: a folder of this machine.

        Raises:
            StoreError: if the store is out of reach.
            InputError: if there is nothing under RAW.
        """
        parts = self._read_manifest(scratch / "parts")
        walk, number = Walk([], []), 0
        for number, article in enumerate(self._not_current(walk), start=1):  # noqa: B007
            yield article.raw
        self._add_walk(walk)
        if not number:
            self._join_many(set(parts), scratch)

    def _join_many(self, parts: set[str], scratch: Path) -> None:
        """Join parts of the manifest if they are many, and all is well."""
        if len(parts) > MAX_PARTS and self.is_whole and not self.summary.failures:
            self._join(parts, scratch / "joined")

    def _read_manifest(self, folder: Path) -> list[str]:
        """Read the manifest; return the names of its parts."""
        folder.mkdir()
        return (
            [] if self.clean is None else [part.name for part in self.clean.parts(folder) if self.known.add_part(part)]
        )

    def _clean_all(self) -> None:
        """Make the first pass."""
        walk = Walk([], [])
        for name, report in self.batches.reports(self._not_current(walk)):
            if report.outcome == "failed":
                self.given_up.add(name)
            self._add(report)
        self._add_walk(walk)

    def _add_walk(self, walk: Walk) -> None:
        """Add what a walk has found beside articles."""
        self.summary.passed_over += sorted({*walk.passed_over, *self.batches.passed_over})
        for failure in walk.failures:
            self._add(Report(failure.file, "failed", failures=(failure,)))

    def _not_current(self, walk: Walk) -> Iterator[Article]:
        """Yield the articles to clean; those that are up to date by the listings are reported."""
        for number, each in enumerate(self.raw.objects(walk), start=1):
            if number % TOLD_EVERY == 1:
                self.begin(number + TOLD_EVERY)
            try:
                article = self._article(each)
            except StoreError as error:
                self.given_up.add(each.name)
                self._add(Report(printable(each.name), "failed", failures=(Failure("", str(error)),)))
                continue
            if self.force:
                yield article._replace(entries=())
            elif (entry := entry_by_listing(article)) is None:
                self.is_whole &= not article.pairs
                yield article
            else:
                self.known.confirm(entry)
                self._add(unchanged(entry))

    def _article(self, raw: RawObject) -> Article:
        """Return a raw object with what is known about it.

        Raises:
            StoreError: if a folder of CLEAN cannot be listed.
        """
        if self.clean is None:
            return Article(raw, NOTHING, (), frozenset())
        same = (each for each in self.known.entries(raw.name) if (each.size, each.tag) == (raw.size, raw.tag))
        return Article(raw, self.clean.found(raw.name), tuple(same), self.known.pairs(raw.name))

    def _made_good(self) -> int:
        """List everything again, and clean again what has not arrived as it was sent; return the number of these."""
        assert self.clean is not None, "nothing was uploaded"
        self.clean.forget_listings()
        self.is_whole = True
        number = 0
        for number, (name, report) in enumerate(self.batches.reports(self._not_arrived()), start=1):  # noqa: B007
            if report.outcome == "failed":
                self.given_up.add(name)
                self._add(Report(report.id, "failed", failures=report.failures))
        return number

    def _not_arrived(self) -> Iterator[Article]:
        """Yield the articles that this run has uploaded and that are not listed as they were sent."""
        doubts: list[Article] = []
        for each in self.raw.objects(Walk([], [])):
            article = self._article(each)
            sizes = self.known.landed_sizes(each.name)
            if (entry := entry_by_listing(article)) is not None:
                self.lists_md5 |= sizes is not None
                self.known.confirm(entry)
            elif sizes is None or each.name in self.given_up:
                self.is_whole &= not article.pairs
            elif _sizes_of(article) != sizes or self.lists_md5:
                yield article
            else:
                self.is_whole = False
                if len(doubts) < MAX_DOUBTS:
                    doubts.append(article)
        if self.lists_md5:
            yield from doubts

    def _add(self, report: Report) -> None:
        """Add a report to the summary and show it."""
        self.decided |= report.decided
        self.summary.add(report)
        self.watch(report)

    def _join(self, parts: set[str], folder: Path) -> None:
        """Replace the parts of the manifest by few; a run that is killed here leaves some twice, which does no harm."""
        assert self.clean is not None, "there are parts"
        entries = self.known.confirmed()
        with suppress(StoreError):
            while some := list(islice(entries, PART_ENTRIES)):
                part = write_part(self.known.inputs, some, folder)
                self.clean.put_part(part)
                parts.discard(part.name)
            for name in sorted(parts):
                self.clean.remove_part(name)


def _sizes_of(article: Article) -> tuple[int, int] | None:
    """Return the sizes that are listed of a clean file and its log; None if one of them is missing."""
    clean, log, _ = article.found
    return None if clean is None or log is None else (clean.size, log.size)
