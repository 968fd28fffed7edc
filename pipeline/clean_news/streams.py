r"""Clean a stream of JSON lines: each line is written, in order, before the next one is read.

For ``scraper | clean-news - - | loader``; :mod:`clean_news.formats.json_lines` cleans files of such lines.
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
from clean_news.formats.json_literal import append_member, parse_members
from clean_news.formats.limited_lines import Line, read_lines
from clean_news.formats.size_limit import MEGABYTE
from clean_news.settings import SettingsError

CHANGES_FIELD = "changes"
STDIN_ORIGIN = Origin("-", "standard input")


class StreamResult(NamedTuple):
    """The result of cleaning a stream.

    Attributes:
        cleaned: number of lines written.
        failed: number of lines that contained no article or could not be cleaned, and were not written.
        stopped: why it stopped before the end of input: ``interrupt`` (Ctrl-C) or ``closed`` (the reader closed the
            pipe); otherwise empty.
    """

    cleaned: int
    failed: int
    stopped: str


class Interruption:
    """Signal handler for Ctrl-C: stops waiting for a line at once, but lets the line that is being cleaned finish.

    Attributes:
        wanted: whether Ctrl-C was pressed.
        waiting: whether the stream is waiting for a line.
    """

    def __init__(self) -> None:
        """Start without an interrupt."""
        self.wanted = False
        self.waiting = False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        """Handle the signal.

        Raises:
            KeyboardInterrupt: if no line is being cleaned, or Ctrl-C was pressed before.
        """
        again, self.wanted = self.wanted, True
        if self.waiting or again:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Install the handler, if this is the main thread: other threads cannot handle signals."""
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
) -> StreamResult:
    r"""Clean JSON lines one by one.

    A clean line is written and flushed before the next one is read; it ends in ``\n`` even if the last raw line does
    not. Blank lines are ignored. Cleaning stops early on Ctrl-C, or if the reader of ``target`` closes the pipe.

    Args:
        source: stream of raw lines.
        target: stream for the clean lines.
        cleaner: the cleaner; its settings ``text_field``, ``id_field`` and ``max_megabytes`` are used here too.
        log: stream for the change logs, one line each; None to write the log into the record, as its last member
            ``changes``, which replaces a member of that name.
        failed: called with an error message that begins with the line number. A line without an article is not
            written to ``target``.

    Returns:
        The numbers of lines, and why cleaning stopped.

    Raises:
        OSError: if a stream cannot be read or written.
        SettingsError: if ``log`` is None and the text is in the field ``changes``.
    """
    if log is None and cleaner.settings.text_field == CHANGES_FIELD:
        raise SettingsError(
            f"the log would overwrite the field {CHANGES_FIELD!r} with the text; name a file for the log"
        )
    interruption = Interruption()
    cleaned = failures = 0
    stopped = ""
    lines = read_lines(source, cleaner.settings.max_megabytes * MEGABYTE)
    with interruption.listening():
        while not stopped and (line := _next_line(lines, interruption)) is not None:
            row = row_of(line, cleaner.settings)
            if row.article is None and not row.fault:
                continue
            result, record_log = next(clean_rows((row,), cleaner, STDIN_ORIGIN))
            for fault in _faults(line.number, row, record_log):
                failed(fault)
            if is_kept(record_log):
                failures += 1
                continue
            try:
                _write_row(result, target, log)
            except BrokenPipeError:
                stopped = "closed"
            else:
                cleaned += 1
    return StreamResult(cleaned, failures, "interrupt" if interruption.wanted else stopped)


def _next_line(lines: Iterator[Line], interruption: Interruption) -> Line | None:
    """Wait for the next line; None at the end of input or on Ctrl-C."""
    try:
        interruption.waiting = True
        # Checked after setting ``waiting``, so that a signal that came just before does not go unnoticed.
        line = None if interruption.wanted else next(lines, None)
        interruption.waiting = False
    except KeyboardInterrupt:
        return None
    finally:
        interruption.waiting = False
    return line


def _write_row(row: CleanRow, target: BinaryIO, log: BinaryIO | None) -> None:
    """Write and flush a clean line and its log; without a log stream, the log becomes a member of the record.

    Raises:
        OSError: if a stream cannot be written.
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
    """Return the line of a record with the log as its last member."""
    text = line.decode()
    return append_member(text, parse_members(text), CHANGES_FIELD, log.decode().rstrip("\n")).encode()


def _faults(number: int, row: Row, log: ChangeLog) -> Iterator[str]:
    """Yield the error messages for a line: that it contains no article, or that stages failed on it."""
    if row.fault:
        yield row.fault
    elif is_kept(log):
        yield f"line {number}: {log.note}"
    for stage in log.stages:
        if stage.failed:
            yield f"line {number}: {stage_failure_message(stage.name, stage.failed)}"
