"""The review of a CLEAN that several pages look at: decisions are kept, articles cleaned again, other writers noticed.

Requests are answered by many threads. One more, the follower, does what takes longer: it cleans articles again, and
looks whether somebody else has written decisions or articles. The lock is held for short times only, and never while
files are cleaned.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from clean_news.batch.run_lock import without_runs
from clean_news.batch.run_options import RunOptions
from clean_news.decisions import Decision, DecisionsError
from clean_news.failures import internal_error_message
from clean_news.review.serve.article_files import ArticleFiles
from clean_news.review.serve.article_index import ArticleIndex
from clean_news.review.serve.concerned import concerned_articles
from clean_news.review.serve.decision_log import DecisionLog, Difference, Kept
from clean_news.review.serve.events import Events
from clean_news.review.serve.recleaning import Recleaner, Recleaning, missing_raw, other_settings
from clean_news.review.traced_articles import TracedArticle

POLL_SECONDS = 0.5
MIN_PAUSE_RATIO = 20  # the pause is at least this many times as long as the look at all files before it
FILES_AT_ONCE = 4  # cleaned again by each process: a run waits no longer for the lock, and pages see progress
MAX_LISTED = 200  # articles in an event
A_RUN_IS_WRITING = "A run is writing to CLEAN; the articles are cleaned again when it ends."


class Source(NamedTuple):
    """What is reviewed.

    Attributes:
        clean: the folder of clean files, or one clean file.
        raw: RAW; None for the raw files that the logs name.
        options: the options of the run that made CLEAN.
        summaries: summary of each rule, by code.
        apply_from: confidence from which edits are applied.
    """

    clean: Path
    raw: Path | None
    options: RunOptions
    summaries: dict[str, str]
    apply_from: float


class Review:
    """The state of a review.

    Attributes:
        source: what is reviewed.
        index: the columns of the articles.
        files: their files.
        log: the decisions.
        events: the open pages.
        is_cleaning: whether files are being cleaned again.
        lock: held while index or decisions are read or changed.
    """

    def __init__(self, source: Source, progress: Callable[[int, int], None] = lambda _done, _all: None) -> None:
        """Read all articles and decisions.

        Args:
            source: what is reviewed.
            progress: called with the number of files that were read, and that of all.

        Raises:
            InputError: if there is no clean file.
            DecisionsError: if the decisions cannot be read.
        """
        self.source = source
        self.lock = threading.RLock()
        self.events = Events()
        self.log = DecisionLog(source.clean)
        self.files = ArticleFiles(source.clean, source.summaries, source.apply_from)
        # Pages that were opened from an earlier server have generations below the time at which this one starts.
        self.index = ArticleIndex(source.summaries, source.apply_from, time.time_ns() // 1_000_000)
        self.index.replace_files(dict(self.files.open_all(progress)))
        self._recleaner = Recleaner(source.clean, source.raw, source.options)
        self.is_cleaning = False
        self._due: dict[str, None] = {}  # clean files that are to be cleaned again, in order
        self._messages: dict[str, str] = {}  # why a file was not cleaned again
        self._waiting = ""
        self._unreadable = ""  # why the decisions cannot be read
        self._internal = ""  # an error of ours
        self._told: dict[str, Any] = {}
        self._wake, self._ending = threading.Event(), threading.Event()
        self._follower = threading.Thread(target=self._follow, name="follower", daemon=True)

    # From the threads of requests

    def start(self) -> None:
        """Begin to follow."""
        self._recleaner.begin()
        self._follower.start()

    def stop(self) -> None:
        """End the streams of events and the follower, after the files that are being cleaned."""
        self._ending.set()
        self._wake.set()
        self.events.close()
        if self._follower.is_alive():
            self._follower.join()
        self._recleaner.close()

    def keep(self, step: str, by: str, wanted: Sequence[Decision]) -> tuple[Kept, list[int]]:
        """Keep the decisions of a step; return them, and the numbers of the articles that are cleaned again.

        Raises:
            CannotKeepError: if they cannot be written.
        """
        with self.lock:
            kept, others = self.log.keep(step, by, wanted)
            self._note_others(others)
            if not kept.again:
                self._tell_decisions(kept.decisions, ())
            return kept, self._cleaned_again(kept.decisions)

    def undo(self, step: str) -> tuple[Kept, list[int]]:
        """Undo a step; for the result and the exception see :meth:`keep`."""
        with self.lock:
            kept, others = self.log.undo(step)
            self._note_others(others)
            if kept.decisions:
                self._tell_decisions((), (step,))
            return kept, self._cleaned_again(kept.decisions)

    def article(self, number: int) -> TracedArticle | None:
        """Read an article; None if it is gone or cannot be read."""
        with self.lock:
            row = self.index.rows[number] if number < len(self.index.rows) else None
        if row is None or row.is_gone:
            return None
        return next((each for each in self.files.traced(row.file) if each.log.id == row.name), None)

    def state(self) -> dict[str, Any]:
        """Return what is going on, for the pages."""
        with self.lock:
            left = len(self.index.in_files(self._due))
            problems = [self._internal, self._unreadable, *self._messages.values()]
        problem = next(filter(None, problems), "")
        more = len(self._messages) - 1
        if more > 0 and problem not in {self._internal, self._unreadable}:
            problem += f" (and {more:,} more)"
        return {"cleaning": left, "waiting": self._waiting if left else "", "problem": problem, "reading": None}

    def why_not_cleaned(self) -> str:
        """Return why articles cannot be cleaned again at all; empty if they can. The first file stands for all."""
        file = next(iter(list(self.files.known)), None)
        if file is None:
            return ""
        first, source = self._recleaning(file), self.source
        return missing_raw(first, source.clean, source.raw) or other_settings(
            first, source.clean, source.raw, source.options
        )

    # Putting articles in the queue

    def _cleaned_again(self, decisions: Sequence[Decision]) -> list[int]:
        """Put the articles that decisions concern in the queue; return their numbers."""
        concerned = sorted(concerned_articles(self.index, self.files, decisions))
        own = {each.article for each in decisions}  # those that somebody is looking at come first
        self._due_again(sorted(concerned, key=lambda number: self.index.rows[number].name not in own), first=True)
        return concerned

    def _due_again(self, articles: Iterable[int], *, first: bool = False) -> None:
        """Put articles in the queue of those to clean again, at its end or before the others."""
        with self.lock:
            files = dict.fromkeys(self.index.rows[number].file for number in articles)
            self._due = {**files, **self._due} if first else {**self._due, **files}
        self._wake.set()

    # In the thread of the follower

    def _follow(self) -> None:
        """Clean articles again and look for what others wrote, until the server ends.

        Articles whose decisions were made without this server, or taken back, come first.
        """
        next_look = 0.0
        is_first = True
        while not self._ending.is_set():
            self._wake.wait(max(0.0, min(POLL_SECONDS, next_look - time.monotonic())))
            self._wake.clear()
            try:
                if is_first:
                    is_first = False
                    decided = {number for number, row in self.index.articles if row.has_decisions}
                    self._due_again(decided | concerned_articles(self.index, self.files, self.log.decisions))
                self._look_at_decisions()
                while self._due and not self._ending.is_set() and self._clean_some():
                    self._look_at_decisions()
                began = time.monotonic()
                if began >= next_look:
                    self._look_at_files()
                    spent = time.monotonic() - began
                    next_look = time.monotonic() + max(POLL_SECONDS, MIN_PAUSE_RATIO * spent)
                self._internal = ""
            except Exception as error:  # noqa: BLE001  # a bug of ours must not end the review
                self._internal = internal_error_message(error)
                self.is_cleaning = False
                next_look = time.monotonic() + POLL_SECONDS
            self._tell_state()

    def _look_at_decisions(self) -> None:
        """Read the decisions again if somebody else has written them."""
        with self.lock:
            try:
                others = self.log.refresh()
                self._unreadable = ""
            except (DecisionsError, OSError) as error:
                self._unreadable = str(error)
            else:
                self._note_others(others)

    def _look_at_files(self) -> None:
        """Read the clean files again that somebody else has written."""
        found = self.files.changed()
        if not found:
            return
        with self.lock:
            for file in found:  # what was said of it was said of another version
                self._messages.pop(file, None)
            changed = self.index.replace_files(found)
            # If a run has cleaned them with the decisions, cleaning them again finds nothing to do.
            written = self.index.in_files(found)
            self._due_again(concerned_articles(self.index, self.files, self.log.decisions, written))
        self._tell_changed(changed, "files")

    def _clean_some(self) -> bool:
        """Clean some files again; False if a run is writing to CLEAN, and they must wait."""
        with self.lock:
            for file in [file for file in self._due if file not in self.files.known]:
                del self._due[file]  # it is gone
            some = [self._recleaning(file) for file in list(self._due)[: FILES_AT_ONCE * self._recleaner.jobs]]
        with without_runs(self.source.clean) as is_held:
            self._waiting = "" if is_held else A_RUN_IS_WRITING
            self._tell_state()
            if not is_held:
                return False
            # A decision that arrives from now on puts its files in the queue again.
            with self.lock:
                self.is_cleaning = True
                for recleaning in some:
                    self._due.pop(recleaning.file, None)
            results = self._recleaner.clean_again(some) if some else []
        written = [each.file for each in results if each.outcome == "cleaned"]
        found = {file: self.files.read_again(file) for file in written}
        with self.lock:
            for each in results:
                self._messages.pop(each.file, None)
                if each.message:
                    self._messages[each.file] = each.message
            changed = self.index.replace_files(found)
            self.is_cleaning = False
        self._tell_changed(changed, "decision")
        return True

    def _recleaning(self, file: str) -> Recleaning:
        """Return a file to clean again."""
        return Recleaning(file, self.files.path_of(file), self.files.known[file].source)

    # Telling the pages

    def _note_others(self, others: Difference | None) -> None:
        """Tell the pages which decisions others have added or removed, and clean the articles again."""
        if others is None:
            return
        self._tell_decisions(others.added, tuple(each.step for each in others.removed))
        self._cleaned_again((*others.added, *others.removed))

    def _tell_decisions(self, added: Sequence[Decision], removed: Sequence[str]) -> None:
        """Tell the pages that the decisions are others now; nothing in particular if these are too many or unnamed."""
        is_short = len(added) + len(removed) <= MAX_LISTED and all(removed)
        lists = {"added": added, "removed": removed} if is_short else {"added": None, "removed": None}
        self.events.publish("decisions", {"version": self.log.version, **lists})

    def _tell_changed(self, changed: Sequence[int], because: str) -> None:
        """Tell the pages that articles are others now."""
        if changed:
            listed = changed if len(changed) <= MAX_LISTED else []
            self.events.publish(
                "changed", {"generation": self.index.generation, "articles": listed, "because": because}
            )

    def _tell_state(self) -> None:
        """Tell the pages what is going on, if it is something else than before."""
        state = self.state()
        if state != self._told:
            self._told = state
            self.events.publish("state", state)
