"""Watching a folder that a scraper fills: complete files are cleaned, those still being written are not yet."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress

import pytest

from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.batch.watch import rounds
from clean_news.settings import Settings

TEXT = "The overseas ministry mentioned it.\n"


@pytest.fixture
def raw(tmp_path):
    (tmp_path / "raw").mkdir()
    return tmp_path / "raw"


def watched(raw, clean, *events):
    """The summaries of the rounds; one event happens in each pause, and Ctrl-C after the last."""
    waiting = list(events)

    def sleep(_):
        if not waiting:
            raise KeyboardInterrupt
        waiting.pop(0)()

    settings, summaries = Settings(stages=()), []
    with suppress(KeyboardInterrupt):
        summaries.extend(rounds(raw, lambda ready: run(raw, clean, RunOptions(settings), ready=ready), sleep))
    return summaries


def nothing():
    pass


def test_a_new_file_is_cleaned_once_it_is_complete(raw, tmp_path):
    clean = tmp_path / "clean"
    (raw / "one.txt").write_text(TEXT, encoding="utf-8")
    seen = []

    def append(text):
        def event():
            seen.append((clean / "two.txt").exists())
            with (raw / "two.txt").open("a", encoding="utf-8") as file:
                file.write(text)

        return event

    summaries = watched(raw, clean, nothing, append(TEXT), append(TEXT), nothing, nothing)
    assert [(each.cleaned, each.unchanged) for each in summaries] == [(1, 0), (1, 1)]
    assert seen == [False, False], "it was cleaned while it was still being written"
    assert (clean / "two.txt").read_text(encoding="utf-8") == TEXT * 2


def test_a_changed_and_a_removed_file(raw, tmp_path):
    clean = tmp_path / "clean"
    for name in ("one.txt", "two.txt"):
        (raw / name).write_text(TEXT, encoding="utf-8")

    def change():
        (raw / "one.txt").write_text(TEXT * 3, encoding="utf-8")
        (raw / "two.txt").unlink()

    summaries = watched(raw, clean, nothing, change, nothing, nothing)
    assert [(each.articles, each.cleaned) for each in summaries] == [(2, 2), (1, 1)]
    assert (clean / "one.txt").read_text(encoding="utf-8") == TEXT * 3
    assert (clean / "two.txt").exists(), "what was cleaned is not lost with the raw file"


def test_an_empty_folder_is_watched(raw, tmp_path):
    assert watched(raw, tmp_path / "clean", nothing, nothing) == []


def test_the_command_line(raw, tmp_path):
    signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [sys.executable, "-m", "clean_news", "raw", "clean", "--watch", "--only", "characters"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    patience = threading.Timer(60, process.kill)
    patience.start()
    try:
        for name in ("one", "two"):
            (raw / f"{name}.txt").write_text(TEXT, encoding="utf-8")
            assert any("Summary: " in line for line in process.stderr)
            assert (tmp_path / "clean" / f"{name}.txt.changes.json").exists()
    finally:
        process.send_signal(signal.SIGINT)
        _, told = process.communicate()
        patience.cancel()
    assert process.returncode == 0
    assert "Traceback" not in told


@pytest.mark.parametrize("words", ["raw/one.txt clean --watch", "raw clean --watch --check"])
def test_input_that_cannot_be_watched_is_reported(raw, tmp_path, words):
    (raw / "one.txt").write_text(TEXT, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "clean_news", *words.split()], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "--watch needs a folder RAW" in done.stderr
