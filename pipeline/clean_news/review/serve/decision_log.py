"""Keeps decisions in CLEAN's file, one step at a time, and notices those that others add or remove.

A step is what a person does at once: one decision, or those about all selected pairs. It is written as a whole or not
at all, under the lock that all writers of the file take, and its lines have its id: a step that arrives twice, because
the connection or the server broke before the answer, is kept once.
"""

import os
from codecs import BOM_UTF8
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from clean_news.batch.atomic_writing import refuse_links, replacing
from clean_news.decisions import Decision, DecisionsError, read, write
from clean_news.failures import failure_from_os_error, link_error
from clean_news.files.discovery import Stamp, stamp
from clean_news.files.folder_lock import locked
from clean_news.project_folder import DECISIONS, project_folder
from clean_news.regular_files import MAX_LIST_BYTES, lines_of


class _StepOnly(msgspec.Struct):
    """The only field of a line that matters when a step is undone."""

    step: str = ""


STEP_DECODER = msgspec.json.Decoder(_StepOnly)


class CannotKeepError(OSError):
    """Decisions cannot be read or written; the message names the file and says what to do."""


class Kept(NamedTuple):
    """The result of a step.

    Attributes:
        decisions: its decisions as they are in the file; those that were removed, if it was undone.
        again: whether it had been kept before.
    """

    decisions: tuple[Decision, ...]
    again: bool = False


class Difference(NamedTuple):
    """How the file differs from what it was.

    Attributes:
        added: decisions that are new.
        removed: decisions that are gone.
    """

    added: tuple[Decision, ...]
    removed: tuple[Decision, ...]


class DecisionLog:
    """The decisions of CLEAN.

    Attributes:
        path: their file; it need not exist.
        decisions: all its lines, in order.
        version: increases with each change.
    """

    def __init__(self, clean: Path) -> None:
        """Read the file.

        Args:
            clean: the folder of clean files, or one clean file.

        Raises:
            DecisionsError: if it cannot be read.
        """
        self.path = project_folder(clean) / DECISIONS
        self.decisions: list[Decision] = []
        self.version = 1
        self._stamp: Stamp | None = None
        self._latest = ""  # time of the latest decision
        self.refresh()

    def refresh(self) -> Difference | None:
        """Read the file again if it was written since; return what is different, None if nothing is.

        Raises:
            DecisionsError: if it cannot be read.
        """
        now = _stamp_of(self.path)
        if now == self._stamp:
            return None
        before = dict.fromkeys(self.decisions)
        decisions = read(self.path) if now else []
        after = dict.fromkeys(decisions)
        added = tuple(each for each in after if each not in before)
        removed = tuple(each for each in before if each not in after)
        if added or removed:
            self._set(decisions)
        self._stamp = now
        return Difference(added, removed) if added or removed else None

    def keep(self, step: str, by: str, wanted: Sequence[Decision]) -> tuple[Kept, Difference | None]:
        """Add the decisions of a step to the file, durably.

        Args:
            step: id of the step.
            by: who decides.
            wanted: the decisions; name, time and step are put in.

        Returns:
            The result, and what others had changed before.

        Raises:
            CannotKeepError: if they cannot be written, or the file cannot be read; nothing is then kept.
        """
        try:
            with self._locked():
                others = self.refresh()
                known = tuple(each for each in self.decisions if each.step == step)
                if known:
                    return Kept(known, again=True), others
                at = self._now()
                made = tuple(msgspec.structs.replace(each, by=by, at=at, step=step) for each in wanted)
                self._write("", made)
                return Kept(made), others
        except (OSError, DecisionsError) as error:
            raise self._cannot(error, "kept") from error

    def undo(self, step: str) -> tuple[Kept, Difference | None]:
        """Remove the decisions of a step from the file.

        Args:
            step: id of the step.

        Returns:
            The decisions that were removed, none if they are gone already, and what others had changed before.

        Raises:
            CannotKeepError: if the file cannot be read or written; it is then unchanged.
        """
        try:
            with self._locked():
                others = self.refresh()
                removed = tuple(each for each in self.decisions if each.step == step)
                if removed:
                    self._write(step, ())
                return Kept(removed), others
        except (OSError, DecisionsError) as error:
            raise self._cannot(error, "undone") from error

    def _locked(self) -> AbstractContextManager[None]:
        """Lock the file against other writers, in a folder that exists and is no link."""
        refuse_links(self.path.parent)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.is_symlink():  # replacing it would lose the lines of what it leads to
            raise link_error(self.path)
        return locked(self.path.parent)

    def _write(self, without: str, added: Sequence[Decision]) -> None:
        """Replace the file atomically, and wait until it is on disk; the lock is held.

        Args:
            without: id of the step whose lines are left out; empty for none.
            added: decisions to add.
        """
        with replacing(self.path) as (file,):
            line = b"\n"
            for line in lines_of(self.path, MAX_LIST_BYTES) if self.path.exists() else ():
                if not (without and _step_of(line) == without):
                    file.write(line)
            if not line.endswith(b"\n"):
                file.write(b"\n")
            file.write(write(added))
            file.flush()
            os.fsync(file.fileno())
        self._set((*(each for each in self.decisions if not (without and each.step == without)), *added))

    def _set(self, decisions: Iterable[Decision]) -> None:
        """Note what is in the file now."""
        self.decisions = list(decisions)
        self._latest = max((each.at for each in self.decisions), default="")
        self._stamp = _stamp_of(self.path)
        self.version += 1

    def _now(self) -> str:
        """Return the time in UTC, but not before the latest decision, since the later one of two applies."""
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        return max(now, self._latest)

    def _cannot(self, error: OSError | DecisionsError, done: str) -> CannotKeepError:
        """Return the exception to raise if a step could not be kept or undone."""
        why = str(failure_from_os_error(self.path, error)) if isinstance(error, OSError) else str(error)
        return CannotKeepError(f"the decision was not {done}: {why}")


def _stamp_of(path: Path) -> Stamp | None:
    """Return the stamp of a file; None if it is not there."""
    try:
        return stamp(path.stat())
    except FileNotFoundError:
        return None


def _step_of(line: bytes) -> str:
    """Return the step of a line; empty if it has none, as blank lines."""
    try:
        return STEP_DECODER.decode(line.removeprefix(BOM_UTF8)).step
    except msgspec.MsgspecError:
        return ""
