"""Symbolic links planted in CLEAN: no command writes through one, fails with a traceback, or loses other articles."""

import io
import os
import shutil
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from clean_news.__main__ import main

TEXT = "The harbour board didnâ€™t reply.\n"
CLEANED = "The harbour board didn’t reply.\n"
PLACES = [
    "s",
    "s/two.txt",
    "s/two.txt.changes.json",
    "news.jsonl",
    "news.jsonl.changes.jsonl",
    ".clean-news",
    ".clean-news/summary.md",
    ".clean-news/summary.json",
    ".clean-news/decisions.jsonl",
    ".clean-news/protected.txt",
    ".clean-news/dictionary.tsv",
]
FULL = bool(os.environ.get("CLEAN_NEWS_FULL"))
TARGETS = ["raw", "outside", "gone"]
if FULL:
    TARGETS += ["raw/s/two.txt", "outside/mine.txt", "clean", "clean/s", "/dev/full", "/dev/zero"]
COMMANDS = [
    ("raw", "clean"),
    ("raw", "clean", "--force"),
    ("raw", "clean", "--check"),
    ("diff", "clean"),
    ("report", "clean", "-o", "report.html"),
    ("verify", "clean", "--raw", "raw"),
    ("decisions", "check", "clean"),
    ("revert", "clean", "back"),
]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """RAW with its CLEAN, and a folder that no command was given."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "raw" / "s").mkdir(parents=True)
    (folder / "outside").mkdir()
    (folder / "outside" / "mine.txt").write_text("mine\n", encoding="utf-8")
    for name in ("one.txt", "s/two.txt"):
        (folder / "raw" / name).write_text(TEXT, encoding="utf-8")
    (folder / "raw" / "news.jsonl").write_text('{"text": "It didn\\u00e2\\u20ac\\u2122t last."}\n', encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert command("raw", "clean")[0] == 0
    return folder


def command(*words):
    """Run the command line in this process; return its exit code and what it printed."""
    printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(printed), redirect_stderr(printed):
        patch.setattr("sys.argv", ["clean-news", *words])
        try:
            main()
            code = 0
        except SystemExit as stopped:
            code = stopped.code
    printed.flush()
    return code, printed.buffer.getvalue().decode()


def content(*folders):
    """Every path in the folders, with the bytes of files and the targets of links."""
    found = {}
    for top in folders:
        for place, inner, names in os.walk(top):
            for path in (Path(place, name) for name in (*inner, *names)):
                if path.is_symlink():
                    found[path] = path.readlink()
                else:
                    found[path] = path.read_bytes() if path.is_file() else None
    return found


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("place", PLACES)
def test_a_link_in_clean(whole, tmp_path, monkeypatch, place, target):
    for name in ("raw", "clean", "outside"):
        shutil.copytree(whole / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    link = tmp_path / "clean" / place
    if link.is_dir():
        shutil.rmtree(link)
    link.unlink(missing_ok=True)
    link.symlink_to(tmp_path / target)
    before = content("raw", "outside")
    for words in COMMANDS:
        code, printed = command(*words)
        assert code in {0, 1, 2}, words
        assert "Traceback" not in printed, (words, printed)
        assert "clean-news itself failed" not in printed, (words, printed)
        assert content("raw", "outside") == before, words
        assert not os.path.lexists("gone"), words
        assert (tmp_path / "clean" / "one.txt").read_text(encoding="utf-8") == CLEANED
    assert (tmp_path / "back" / "one.txt").read_text(encoding="utf-8") == TEXT
