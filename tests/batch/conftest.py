"""Fixtures: a folder RAW of two articles, and the main job over it."""

import os
from pathlib import Path

import pytest

from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.settings import Settings

TEXT = "The overseas ministry mentioned it.\n"


@pytest.fixture
def raw(tmp_path):
    folder = tmp_path / "raw"
    (folder / "a").mkdir(parents=True)
    (folder / "one.txt").write_bytes(TEXT.encode())
    (folder / "a" / "two.txt").write_bytes(TEXT.encode())
    return folder


@pytest.fixture
def clean(tmp_path):
    return tmp_path / "clean"


@pytest.fixture
def job(raw, clean, foreign):
    """Runs the main job, by default with a stage that replaces "overseas" with "foreign"; RAW must not change."""

    def start(source=raw, target=clean, force=False, **settings):
        before = _contents(raw)
        options = RunOptions(Settings(**{"stages": (foreign,), **settings}), force)
        summary = run(source, target, options)
        assert _contents(raw) == before, "RAW was written to"
        return summary

    return start


def _contents(folder):
    """Every path in a folder, with the bytes of files."""
    return {
        path: path.read_bytes() if path.is_file() else None
        for place, folders, names in os.walk(folder)
        for path in (Path(place, name) for name in (*folders, *names))
    }


@pytest.fixture
def contents():
    """Returns every path in a folder, with the bytes of files."""
    return _contents
