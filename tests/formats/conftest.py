"""Fixtures of the formats with many articles: clean a file, check its files, and restore it."""

import io
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from clean_news.batch.row_cleaning import Origin, clean_rows
from clean_news.change_log import ChangeLog, LogError, is_kept
from clean_news.cleaner import Cleaner
from clean_news.formats import CleanRow, format_of
from clean_news.settings import Settings


class Trip(NamedTuple):
    """A file that was cleaned and restored.

    Attributes:
        clean: the content of the clean file.
        rows: the clean rows.
        texts: the texts that the clean file has, without those of kept rows.
        logs: the logs.
        path: the clean file.
        log_path: the file of the logs.
    """

    clean: bytes
    rows: list[CleanRow]
    texts: list[str]
    logs: list[ChangeLog | LogError]
    path: Path
    log_path: Path

    @property
    def articles(self):
        return [row for row in self.rows if row.row.article is not None]

    @property
    def faults(self):
        return [row.row.fault for row in self.rows if row.row.fault]


def _cleaned(raw: Path, folder: Path, cleaner: Cleaner) -> Trip:
    """Clean a file, and check that its files can be read back and restore its bytes."""
    folder.mkdir(exist_ok=True)
    form = format_of(raw)
    clean, logs = folder / raw.name, folder / f"{raw.name}{form.LOG_SUFFIX}"
    rows = []

    def remembered(found):
        for row, _ in found:
            rows.append(row)
            yield row

    with clean.open("wb") as clean_file, logs.open("wb") as log_file:
        found = clean_rows(form.read(raw, cleaner.settings), cleaner, Origin(raw.name, str(raw)))
        form.write(remembered(found), raw, clean_file, log_file)
    back = list(form.read_clean(clean, logs))
    assert not [log for _, log in back if isinstance(log, LogError)]
    assert len(back) == len(rows)
    # A row whose clean text cannot be written is kept by the format.
    written = ["" if is_kept(log) else row.text for (_, log), row in zip(back, rows, strict=True)]
    assert [text for text, _ in back] == written
    restored = io.BytesIO()
    form.restore(clean, logs, restored)
    if not raw.name.endswith((".gz", ".zst")):
        assert restored.getvalue() == raw.read_bytes()
    texts = [text for text, log in back if not is_kept(log)]
    return Trip(clean.read_bytes(), rows, texts, [log for _, log in back], clean, logs)


@pytest.fixture(scope="session")
def seconds_of():
    """A function that returns the processor time of a function in seconds: the least of three runs."""

    def seconds(run):
        taken = []
        for _ in range(3):
            begun = time.process_time()
            run()
            taken.append(time.process_time() - begun)
        return min(taken)

    return seconds


@pytest.fixture(scope="session")
def repairing():
    return Cleaner(Settings(stages=("encoding", "characters", "layout")))


@pytest.fixture(scope="session")
def cleaned_file():
    """A function that cleans a file into a folder with a cleaner and restores it; see :class:`Trip`."""
    return _cleaned


@pytest.fixture
def round_trip(tmp_path, repairing):
    """Returns a function that cleans the content of a file of a name and restores it; see :class:`Trip`."""

    def trip(content, name, **settings):
        raw = tmp_path / name
        raw.write_bytes(content if isinstance(content, bytes) else content.encode())
        cleaner = Cleaner(Settings(stages=("encoding", "characters", "layout"), **settings)) if settings else repairing
        return _cleaned(raw, tmp_path / "clean", cleaner)

    return trip
