"""Decides which stored results are still up to date, so that a rerun cleans only what changed."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from clean_news.batch.row_cleaning import Origin, article_id
from clean_news.batch.run_options import ExpectedLog
from clean_news.change_log import KEPT, WRITTEN, ChangeLog, LogError, is_kept, is_sound, sha256
from clean_news.cleaner import raw_bytes
from clean_news.formats import Format, Row
from clean_news.hand_edits import decisions_digest
from clean_news.provenance import Provenance
from clean_news.stages.source.facts import CONSULTED

StoredRow = tuple[str, ChangeLog | LogError]  # a clean text, and its log or what is wrong with it


def stored_rows(form: Format, clean: Path, logs: Path) -> Iterator[StoredRow]:
    """Yield the clean texts and logs of a pair of files, up to the first that cannot be read."""
    with suppress(OSError, LogError):
        yield from form.read_clean(clean, logs)


def is_untouched(text: str, log: ChangeLog) -> bool:
    """Whether a clean text has the checksum that its log records."""
    return sha256(text) == log.clean_sha256


def is_current(row: Row, origin: Origin, text: str, log: ChangeLog, expected: ExpectedLog) -> bool:
    """Whether cleaning a row would produce this untouched text and this log again; never if they cannot be reverted.

    Args:
        row: the row.
        origin: the file that it comes from.
        text: its stored clean text, of which the caller knows that :func:`is_untouched`.
        log: its stored log.
        expected: what this run would record in its logs.
    """
    made_by = Provenance(log.version, log.settings_sha256, log.dictionaries)
    if made_by != expected.provenance or log.id != article_id(row, origin):
        return False
    if row.article is None or is_kept(log):
        return row.article is None and log.note == row.fault and _as_read(log) == {**row.carrier, KEPT: True}
    return (
        log.raw_sha256 == sha256(raw_bytes(row.article))
        and log.carrier == row.carrier
        and log.document.get(CONSULTED, expected.sources) == expected.sources
        and not any(stage.failed for stage in log.stages)
        and is_sound(text, log)
        and log.decisions == decisions_digest(expected.decisions, text, log.stages, log.id)
    )


def _as_read(log: ChangeLog) -> dict[str, Any]:
    """Return the carrier of a log without what became known only when the clean file was written."""
    return {key: value for key, value in log.carrier.items() if key != WRITTEN}


class CleanFileState(NamedTuple):
    """The state of a clean file before a run.

    Attributes:
        is_current: whether cleaning the raw file again would produce it.
        is_ours: whether it is unchanged since clean-news wrote it, so that it may be overwritten.
    """

    is_current: bool
    is_ours: bool


def compare_rows(
    rows: Iterator[Row],
    before: Iterable[StoredRow],
    origin: Origin,
    expected: ExpectedLog,
    count: Callable[[str, ChangeLog], None],
) -> CleanFileState:
    """Compare a raw file with its existing clean file.

    Args:
        rows: the rows of the raw file.
        before: the clean texts and logs of the clean file.
        origin: the file that the rows come from.
        expected: what this run would record in its logs.
        count: called with each clean text and log, up to the first that is not current.

    Raises:
        OSError, LogError: if one of the files cannot be read.
    """
    current = True
    for text, log in before:
        # Without its log nobody can tell whether a text was changed.
        if isinstance(log, LogError) or not is_untouched(text, log):
            return CleanFileState(is_current=False, is_ours=False)
        if current:
            row = next(rows, None)
            current = row is not None and is_current(row, origin, text, log, expected)
        if current:
            count(text, log)
    return CleanFileState(current and next(rows, None) is None, is_ours=True)
