"""Says what is wrong with the change log of a file that is cleaned again, so that damage is never mended silently.

A log that this run only replaces because the raw file, the settings, the version, the dictionaries or the decisions are
others is not damaged; nor is one whose clean text was changed by hand, which has a rule of its own.
"""

import os
from pathlib import Path

from clean_news.batch.run_options import ExpectedLog
from clean_news.batch.up_to_date import is_untouched
from clean_news.change_log import ChangeLog, LogError, OtherSchemaError, TextChangedError, is_kept, is_sound, sha256
from clean_news.cleaner import raw_bytes
from clean_news.formats import Format, Row
from clean_news.provenance import Provenance

INVALID = "not a valid log"
IRREVERSIBLE = "cannot restore the raw bytes"
OF_ANOTHER_TEXT = "does not belong to the clean text"
OF_ANOTHER_FILE = "does not belong to the clean file"
UNREADABLE = "cannot be read"


class DamagedLogs:
    """What is wrong with the change logs of one clean file.

    Attributes:
        whole: what is wrong with the file of logs as a whole; empty if nothing is.
        rows: number of rows whose log is damaged.
        faults: what is wrong with them, in the order of the rows.
        is_suspect: whether only restoring the file tells if the logs are sound.
    """

    def __init__(self) -> None:
        """Start with sound logs."""
        self.whole = ""
        self.rows = 0
        self.faults: dict[str, None] = {}
        self.is_suspect = False

    def add_error(self, error: OSError | LogError, form: Format) -> None:
        """Add the error of a pair that cannot be read; a log that is missing or of another version is not damaged."""
        if isinstance(error, OSError):
            self.whole = "" if isinstance(error, FileNotFoundError) else UNREADABLE
        elif isinstance(error, TextChangedError) or (form.MANY and not isinstance(error, OtherSchemaError)):
            self.whole = OF_ANOTHER_FILE
        else:
            self.whole = _fault_of_error(error)

    def add_row(self, row: Row, text: str, log: ChangeLog | LogError, expected: ExpectedLog) -> None:
        """Add the log of a row that is not up to date.

        Args:
            row: the row.
            text: its stored clean text.
            log: its stored log, or what is wrong with it.
            expected: what this run would record in its logs.
        """
        fault = _fault_of(text, log, expected)
        if fault:
            self.rows += 1
            self.faults[fault] = None
        elif isinstance(log, ChangeLog) and row.article is not None and log.carrier != row.carrier:
            self.is_suspect = self.is_suspect or log.raw_sha256 == sha256(raw_bytes(row.article))

    def check_whole(self, form: Format, clean: Path, logs: Path) -> None:
        """Restore the file if only that tells whether the logs are sound; nothing is written.

        Raises:
            OSError: if it cannot be read.
        """
        if self.rows or self.whole or not self.is_suspect:
            return
        with Path(os.devnull).open("wb") as nowhere:
            try:
                form.restore(clean, logs, nowhere)
            except (TextChangedError, OtherSchemaError):
                return
            except (LogError, KeyError, TypeError, ValueError):  # the last three: of a carrier that was changed
                self.whole = IRREVERSIBLE

    def message(self, form: Format) -> str:
        """Return the message that tells of the damage, once the file was cleaned again; empty if there is none."""
        if self.whole:
            return f"its change log was damaged ({self.whole}); it was cleaned again"
        if not self.rows:
            return ""
        faults = ", ".join(self.faults)
        if not form.MANY:
            return f"its change log was damaged ({faults}); it was cleaned again"
        rows = "1 row" if self.rows == 1 else f"{self.rows:,} rows"
        return f"its change log was damaged in {rows} ({faults}); cleaned again"


def _fault_of(text: str, log: ChangeLog | LogError, expected: ExpectedLog) -> str:
    """Return what is wrong with a log; empty if it is sound, or its text may have been changed by hand."""
    if isinstance(log, LogError):
        return _fault_of_error(log)
    if is_kept(log):
        return ""
    if is_untouched(text, log):
        return "" if is_sound(text, log) else IRREVERSIBLE
    # A text that was changed by hand is written only if it equals what this run makes of the raw text; under the same
    # settings and decisions the log would then be its log.
    edits = (edit for stage in log.stages for edit in stage.edits)
    made_by = Provenance(log.version, log.settings_sha256, log.dictionaries)
    is_same_run = made_by == expected.provenance and log.decisions == expected.decisions.digest(edits, log.id, text)
    return OF_ANOTHER_TEXT if is_same_run else ""


def _fault_of_error(error: LogError) -> str:
    """Return what is wrong with a log that cannot be read; empty for one of another version of the schema."""
    if isinstance(error, OtherSchemaError):
        return ""
    return OF_ANOTHER_TEXT if isinstance(error, TextChangedError) else INVALID
