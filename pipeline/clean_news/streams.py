r"""JSON lines as they come: one out for one in, in order, before the next is asked for.

For ``scraper | clean-news - - | loader``. Files with the same lines are for ``formats/json_lines.py``.
"""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import BinaryIO, NamedTuple

from clean_news.batch.row_cleaning import Origin, clean_rows, stage_failure_message
from clean_news.change_log import ChangeLog, is_kept
from clean_news.cleaner import Cleaner
from clean_news.formats import CleanRow, Row
from clean_news.formats.json_lines import clean_line, row_of
from clean_news.formats.json_literal import members, with_last
from clean_news.formats.limited_lines import Line, lines_of
from clean_news.formats.size_limit import MEGABYTE
from clean_news.settings import SettingsError

CHANGES = "changes"
FROM = Origin("-", "standard input")


class Streamed(NamedTuple):
    """What became of a stream.

    Attributes:
        cleaned: number of lines written.
        failed: number of lines that were no articles and were not written.
        stopped: why it ended before its end: ``interrupt`` (Ctrl-C) or ``closed`` (nobody reads on); else empty.
    """

    cleaned: int
    failed: int
    stopped: str


class Interruption:
    """Ctrl-C: it ends the wait for a line at once, and the work on one when that is done."""

    def __init__(self) -> None:
        """Nobody has pressed it yet."""
        self.wanted = False
        self.waiting = False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        """Take note of the signal.

        Raises:
            KeyboardInterrupt: if nothing is under way, or it is pressed again.
        """
        again, self.wanted = self.wanted, True
        if self.waiting or again:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Take the signal over; only a program's main thread can, in others Ctrl-C is somebody else's."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.signal(signal.SIGINT, self)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)


def stream(
    source: BinaryIO,
    target: BinaryIO,
    cleaner: Cleaner,
    log: BinaryIO | None,
    failed: Callable[[str], None],
) -> Streamed:
    r"""Clean JSON lines one by one.

    A clean line is written and flushed before the next is read; it ends in ``\n`` even if the last raw one does
    not. Blank lines are passed over.

    Args:
        source: where the lines come from.
        target: where the clean ones go.
        cleaner: what cleans them; of its settings ``text_field``, ``id_field`` and ``max_megabytes`` count too.
        log: where the line of the log of each goes; None puts the log into the record, as its last member
            ``changes``, in place of one that may be there.
        failed: called with what is wrong with a line and what to do, its number in front. A line that is no article
            goes nowhere else.

    Returns:
        What became of it. If nobody reads what is written (a closed pipe) or on Ctrl-C, it ends early.

    Raises:
        OSError: if something cannot be read or written.
        SettingsError: if the text is in the field ``changes`` and there is no other place for the log.
    """
    if log is None and cleaner.settings.text_field == CHANGES:
        raise SettingsError(f"the log would overwrite the field {CHANGES!r} with the text; name a file for the log")
    interruption = Interruption()
    cleaned = wrong = 0
    stopped = ""
    lines = lines_of(source, cleaner.settings.max_megabytes * MEGABYTE)
    with interruption.listening():
        while not stopped and (line := _next_line(lines, interruption)) is not None:
            row = row_of(line, cleaner.settings)
            if row.article is None and not row.fault:
                continue
            result, record_log = next(clean_rows((row,), cleaner, FROM))
            for fault in _faults(line.number, row, record_log):
                failed(fault)
            if is_kept(record_log):
                wrong += 1
                continue
            try:
                put(result, target, log)
            except BrokenPipeError:
                stopped = "closed"
            else:
                cleaned += 1
    return Streamed(cleaned, wrong, "interrupt" if interruption.wanted else stopped)


def _next_line(lines: Iterator[Line], interruption: Interruption) -> Line | None:
    """The next line, as soon as it is there; None at the end or on Ctrl-C."""
    try:
        interruption.waiting = True
        # Only now, so that a signal from before is not waited through.
        line = None if interruption.wanted else next(lines, None)
        interruption.waiting = False
    except KeyboardInterrupt:
        return None
    finally:
        interruption.waiting = False
    return line


def put(row: CleanRow, target: BinaryIO, log: BinaryIO | None) -> None:
    """Write a clean line, and its log where that belongs.

    Raises:
        OSError: if one of them cannot be written.
    """
    line = clean_line(row)
    if log is None:
        line = _with_changes(line, row.log)
    target.write(line if line.endswith(b"\n") else line + b"\n")
    target.flush()
    if log is not None:
        log.write(row.log)
        log.flush()


def _with_changes(line: bytes, log: bytes) -> bytes:
    """The line of a record with its log as the last member."""
    text = line.decode()
    return with_last(text, members(text), CHANGES, log.decode().rstrip("\n")).encode()


def _faults(number: int, row: Row, log: ChangeLog) -> Iterator[str]:
    """What there is to say of a line: that it is no article, or that stages failed on it."""
    if row.fault:
        yield row.fault
    elif is_kept(log):
        yield f"line {number}: {log.note}"
    for stage in log.stages:
        if stage.failed:
            yield f"line {number}: {stage_failure_message(stage.name, stage.failed)}"
