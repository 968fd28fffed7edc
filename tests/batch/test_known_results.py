"""Repeated articles are cleaned once in a run, and with --cache once in all, with the same texts and logs."""

import json
import os
import random
import sqlite3
import time
from pathlib import Path

import msgspec
import pytest
from platformdirs import user_cache_path
from typer.testing import CliRunner

from clean_news import Cleaner, change_log
from clean_news.batch import known_results
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.cli.app import app
from clean_news.decisions import Decision, write
from clean_news.settings import Settings

TEXTS = (
    "It didnâ€™t reply.",
    "Nothing is wrong here.",
    "The overseas ministry mentioned on Monday that the embassy would shut its doorways subsequent month.",
    "LONDON (Reuters) - Shares fell on Tuesday.\n\nShare this article\n",
)


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty cache; returns the folder of the results."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return user_cache_path("clean-news") / known_results.FOLDER


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """Articles of which most repeat another: rows with fields of their own, small files, pages."""
    folder = tmp_path / "raw"
    folder.mkdir()
    order = [number % len(TEXTS) for number in range(40)]
    random.Random(1).shuffle(order)
    lines = (json.dumps({"text": TEXTS[each], "number": at}) + "\n" for at, each in enumerate(order))
    (folder / "many.jsonl").write_text("".join(lines), encoding="utf-8")
    for number in range(12):
        (folder / f"{number}.txt").write_text(TEXTS[number % 3], encoding="utf-8")
    for number in range(3):
        page = f"<html><head><title>{number}</title><meta name='author' content='Ann {number}'></head><body><article>"
        paragraphs = "<p>The overseas ministry mentioned on Monday that the embassy would shut its doorways.</p>" * 9
        (folder / f"{number}.html").write_text(f"{page}{paragraphs}</article></body></html>", encoding="utf-8")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """The files of a folder without those about the run."""
    paths = (path for path in folder.rglob("*") if path.is_file() and ".clean-news" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.mark.parametrize("jobs", [1, 2])
def test_texts_and_logs_are_those_of_a_run_that_cleans_every_article(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    found = run(raw, tmp_path / "clean", RunOptions(Settings(jobs=jobs)))
    monkeypatch.setattr(known_results, "are_reusable", lambda _: False)
    without = run(raw, tmp_path / "without", RunOptions(Settings(jobs=1)))
    assert contents(tmp_path / "clean") == contents(tmp_path / "without")
    assert without.repeated == 0
    assert found.repeated >= 36 if jobs == 1 else found.repeated > 0
    assert (found.edits, found.articles) == (without.edits, without.articles)


def test_the_summary_counts_them_in_the_run_that_met_them(raw: Path, tmp_path: Path) -> None:
    clean = tmp_path / "clean"
    result = CliRunner().invoke(app, [str(raw), str(clean), "--jobs", "1"])
    assert "of them repeated" in result.output
    assert "articles that repeat another" in (clean / ".clean-news/summary.md").read_text(encoding="utf-8")
    again = run(raw, clean, RunOptions(Settings()))
    assert (again.cleaned, again.repeated) == (0, 0)


def test_results_are_gone_after_the_run(raw: Path, tmp_path: Path, cache: Path) -> None:
    run(raw, tmp_path / "clean", RunOptions(Settings()))
    assert list(cache.iterdir()) == []


def test_what_a_killed_run_left_is_removed_after_a_day(raw: Path, tmp_path: Path, cache: Path) -> None:
    old, young = cache / "run-old", cache / "run-young"
    for place in (old, young):
        place.mkdir(parents=True)
        (place / "kept.sqlite").touch()
    past = time.time() - 2 * known_results.ABANDONED_SECONDS
    for path in (old / "kept.sqlite", old):
        os.utime(path, (past, past))
    run(raw, tmp_path / "clean", RunOptions(Settings()))
    assert list(cache.iterdir()) == [young]


def test_with_cache_the_next_run_finds_them(raw: Path, tmp_path: Path) -> None:
    arguments = [str(raw), "--cache", "--jobs", "1"]
    first = CliRunner().invoke(app, [arguments[0], str(tmp_path / "one"), *arguments[1:]])
    assert first.exit_code == 0, first.output
    found = run(raw, tmp_path / "two", RunOptions(Settings(), keep_results=True))
    assert found.repeated == found.articles == 55
    assert contents(tmp_path / "two") == contents(tmp_path / "one")
    bold = run(raw, tmp_path / "three", RunOptions(Settings(level="bold"), keep_results=True))
    assert bold.repeated < bold.articles  # other settings, other results


@pytest.mark.parametrize("what", ["decisions", "furniture", "stage"])
def test_articles_that_are_judged_by_more_than_their_text_are_all_cleaned(raw: Path, tmp_path: Path, what: str) -> None:
    options = RunOptions(Settings())
    if what == "decisions":
        own = tmp_path / "decisions.jsonl"
        decision = Decision(
            id="0" * 12,
            article="0.txt",
            action="reject",
            scope="everywhere",
            rule="ENC001",
            before="â€™",
            after="’",
            by="Ada",
            at="2026-11-30T00:00:00Z",
        )
        own.write_bytes(write([decision]))
        options = options._replace(decisions=(own,))
    elif what == "furniture":
        options = options._replace(settings=Settings(furniture=True))
    else:
        options = options._replace(settings=Settings(stages=("encoding", "clean_news.stages.layout.stage")))
    assert run(raw, tmp_path / "clean", options).repeated == 0


@pytest.mark.parametrize("damage", ["cut", "noise", "empty", "folder"])
def test_a_damaged_file_costs_only_time(raw: Path, tmp_path: Path, cache: Path, damage: str) -> None:
    options = RunOptions(Settings(), keep_results=True)
    run(raw, tmp_path / "one", options)
    path = cache / known_results.KEPT
    whole = path.read_bytes()
    for beside in cache.iterdir():
        beside.unlink()
    if damage == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif damage == "noise":
        path.write_bytes(whole[:100] + random.Random(1).randbytes(len(whole) - 100))
    elif damage == "empty":
        path.touch()
    else:
        path.mkdir()
    run(raw, tmp_path / "two", options)
    assert contents(tmp_path / "two") == contents(tmp_path / "one")


def test_a_text_that_does_not_match_its_log_is_not_used(tmp_path: Path) -> None:
    path, key = tmp_path / "results.sqlite", b"k" * 32
    known = known_results.KnownResults(path)
    cleaned = Cleaner().clean(TEXTS[0])
    known.keep(key, cleaned._replace(text="Another text."))
    assert known.find(key) is None
    known.keep(key, cleaned)
    found = known.find(key)
    assert found is not None
    assert found.text == cleaned.text
    assert change_log.write(found.log) == change_log.write(cleaned.log)


def test_the_oldest_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_results, "MAX_BYTES", 1 << 18)
    known = known_results.KnownResults(tmp_path / "results.sqlite")
    cleaned = Cleaner().clean(TEXTS[0])
    keys = [number.to_bytes(32) for number in range(2_000)]
    for key in keys:
        # Noise does not shrink.
        log = msgspec.structs.replace(cleaned.log, note=random.Random(key).randbytes(400).hex())
        known.keep(key, cleaned._replace(log=log))
    known.flush()
    assert known.find(keys[0]) is None
    assert known.find(keys[-1]) is not None
    assert (tmp_path / "results.sqlite").stat().st_size < 2 * known_results.MAX_BYTES


def test_others_that_write_all_the_time_cost_only_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_results, "LOCK_SECONDS", 0.01)
    path = tmp_path / "results.sqlite"
    known = known_results.KnownResults(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    known.keep(b"k" * 32, Cleaner().clean(TEXTS[0]))
    known.flush()
    other.execute("COMMIT")
    assert known.find(b"k" * 32) is None
    known.keep(b"k" * 32, Cleaner().clean(TEXTS[0]))
    known.flush()
    assert known.find(b"k" * 32) is not None
