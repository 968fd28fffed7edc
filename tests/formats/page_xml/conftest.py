"""Makes the modules in this folder importable by name, and cleans pages as a run does."""

import io
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from clean_news.batch.row_cleaning import Origin, clean_rows
from clean_news.change_log import ChangeLog
from clean_news.cleaner import Cleaner
from clean_news.formats.page_xml import page_files
from clean_news.settings import Settings


class CleanPage(NamedTuple):
    """A cleaned page: its bytes, the clean text, the log, and the text of the clean page."""

    content: bytes
    text: str
    log: ChangeLog
    shown: str


@pytest.fixture
def clean_page(tmp_path):
    """A function that cleans a page, reads it back and checks that it is restored to the byte."""
    return lambda content, **settings: cleaned(content, tmp_path, Cleaner(Settings(min_words=0, **settings)))


def cleaned(content, folder, cleaner):
    raw, clean, logs = folder / "a.xml", folder / "clean.xml", folder / "clean.xml.changes.json"
    raw.write_bytes(content if isinstance(content, bytes) else content.encode())
    rows = [row for row, _ in clean_rows(page_files.read(raw, Settings()), cleaner, Origin("a.xml", str(raw)))]
    with clean.open("wb") as target, logs.open("wb") as log_target:
        page_files.write(rows, raw, target, log_target)
    [(text, log)] = page_files.read_clean(clean, logs)
    assert text == rows[0].text
    restored = io.BytesIO()
    page_files.restore(clean, logs, restored)
    assert restored.getvalue() == raw.read_bytes()
    assert not any(stage.failed for stage in log.stages), [stage.failed for stage in log.stages]
    return CleanPage(clean.read_bytes(), text, log, str(page_files.row_of(clean.read_bytes()).article))
