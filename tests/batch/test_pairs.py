"""A clean file and its log are a pair: neither lands or both do, and a half-landed pair is finished by the next run."""

import gzip
import json
import os
from pathlib import Path

import pytest

from clean_news.batch import atomic_writing
from clean_news.batch.half_landed import finish_half_landed
from clean_news.batch.reversion import restore
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.settings import Settings

TEXT = "The overseas ministry mentioned it.\n"
LINES = "".join(json.dumps({"id": str(number), "text": TEXT}) + "\n" for number in range(5)).encode()


class Killed(BaseException):
    """Stands for SIGKILL: nothing that handles errors handles it."""


def parquet():
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet as writer

    target = pyarrow.BufferOutputStream()
    writer.write_table(pyarrow.table({"text": [TEXT] * 5}), target)
    return target.getvalue().to_pybytes()


RAW = {
    "a.txt": TEXT.encode,
    "a.jsonl": lambda: LINES,
    "a.jsonl.gz": lambda: gzip.compress(LINES),
    "a.parquet": parquet,
}
formats = pytest.mark.parametrize("name", RAW)


@pytest.fixture
def raw(tmp_path):
    (tmp_path / "raw").mkdir()
    return tmp_path / "raw"


def settings(stage, **others):
    return RunOptions(Settings(stages=(stage,), **others))


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".clean-news" not in path.relative_to(folder).parts
    }


def killed_at(monkeypatch, renamed, raw, clean, options):
    """Run until a file whose name ends so has been renamed into place."""
    replace = os.replace

    def replace_and_die(source, target, **folders):
        replace(source, target, **folders)
        if Path(target).name.endswith(renamed):
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", replace_and_die)
        with pytest.raises(Killed):
            run(raw, clean, options)


@formats
@pytest.mark.parametrize("before", ["nothing", "an older pair"])
@pytest.mark.parametrize("level", ["normal", "bold"])
def test_a_kill_between_the_two_renames_needs_no_force(name, before, level, raw, tmp_path, foreign, monkeypatch):
    (raw / name).write_bytes(RAW[name]())
    clean, whole = tmp_path / "clean", tmp_path / "whole"
    if before == "an older pair":
        run(raw, clean, settings(foreign, apply_from=0.95))
        assert b"overseas" in next(iter(contents(clean).values())) or name.endswith((".gz", ".parquet"))
    killed_at(monkeypatch, (".changes.json", ".changes.jsonl"), raw, clean, settings(foreign))
    log = next(clean.glob("*.changes.*"))
    assert b'"applied"' in log.read_bytes() or b"foreign" in log.read_bytes(), "the log is the new one"
    assert (clean / name).exists() == (before == "an older pair")
    summary = run(raw, clean, settings(foreign, level=level))
    assert summary.failures == []
    assert summary.unchanged == (level == "normal"), "the pair is finished, not made again"
    run(raw, whole, settings(foreign, level=level))
    assert contents(clean) == contents(whole)
    assert restore(clean, tmp_path / "back").failures == []


@formats
def test_a_kill_before_the_two_renames_leaves_the_older_pair(name, raw, tmp_path, foreign, monkeypatch):
    (raw / name).write_bytes(RAW[name]())
    clean = tmp_path / "clean"
    run(raw, clean, settings(foreign, apply_from=0.95))
    before = contents(clean)
    short = atomic_writing.short_name(name)
    killed_at(monkeypatch, f".due-{short}", raw, clean, settings(foreign))
    left = contents(clean)
    assert {key: left[key] for key in before} == before
    finish_half_landed(clean)
    assert {key: value for key, value in contents(clean).items() if key in before} == before
    summary = run(raw, clean, settings(foreign, apply_from=0.95))
    assert (summary.unchanged, summary.failures) == (1, [])
    assert contents(clean) == before


def test_an_edit_by_hand_after_the_kill_is_kept(raw, tmp_path, foreign, monkeypatch):
    (raw / "a.txt").write_text(TEXT)
    clean = tmp_path / "clean"
    run(raw, clean, settings(foreign, apply_from=0.95))
    killed_at(monkeypatch, ".changes.json", raw, clean, settings(foreign))
    later = next(clean.glob(".clean-news-*due*")).stat().st_ctime_ns + 1_000_000
    (clean / "a.txt").write_text("By hand.\n")
    os.utime(clean / "a.txt", ns=(later, later))
    summary = run(raw, clean, settings(foreign))
    assert len(summary.failures) == 1
    assert "was changed by hand" in summary.failures[0].message
    assert (clean / "a.txt").read_text() == "By hand.\n"
    assert not list(clean.glob(".clean-news-*due*"))


def test_a_half_landed_single_file_is_finished(raw, tmp_path, foreign, monkeypatch):
    (raw / "a.txt").write_text(TEXT)
    killed_at(monkeypatch, ".changes.json", raw / "a.txt", tmp_path / "b.txt", settings(foreign))
    assert not (tmp_path / "b.txt").exists()
    assert run(raw / "a.txt", tmp_path / "b.txt", settings(foreign)).unchanged == 1
    assert (tmp_path / "b.txt").read_text() == TEXT.replace("overseas", "foreign")


def test_the_pair_of_a_raw_file_that_is_gone_is_finished(raw, tmp_path, foreign, monkeypatch):
    (raw / "a.txt").write_text(TEXT)
    (raw / "b.txt").write_text(TEXT)
    killed_at(monkeypatch, "b.txt.changes.json", raw, tmp_path / "clean", settings(foreign))
    (raw / "b.txt").unlink()
    run(raw, tmp_path / "clean", settings(foreign))
    assert set(contents(tmp_path / "clean")) == {
        f"{name}.txt{suffix}" for name in "ab" for suffix in ("", ".changes.json")
    }


def test_what_only_looks_due_is_not_used(raw, tmp_path, foreign):
    (raw / "a.txt").write_text(TEXT)
    clean = tmp_path / "clean"
    run(raw, clean, settings(foreign))
    before = contents(clean)
    short = atomic_writing.short_name("a.txt")
    ended = 2**22 + 1  # above the largest process id of Linux
    (clean / f".clean-news-{ended}-0.due-{short}").write_text("Planted.\n")
    (clean / f".clean-news-{ended}-1.due").write_text("Planted.\n")
    (clean / f".clean-news-{ended}-2.due-{short}").symlink_to(raw / "a.txt")
    assert run(raw, clean, settings(foreign)).failures == []
    assert contents(clean) == before


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(("suffix", "log"), [(".txt", ".changes.json"), (".jsonl", ".changes.jsonl")])
def test_a_name_that_is_too_long_for_its_log_leaves_nothing(suffix, log, jobs, raw, tmp_path, foreign):
    longest = "n" * (255 - len(suffix) - len(log)) + suffix
    article = TEXT.encode() if suffix == ".txt" else LINES
    for name in (longest, "n" + longest, "n" * (255 - len(suffix)) + suffix, f"a{suffix}"):
        (raw / name).write_bytes(article)
    clean = tmp_path / "clean"
    summary = run(raw, clean, settings(foreign, jobs=jobs))
    assert len(summary.failures) == 2
    assert all("too long" in failure.message for failure in summary.failures)
    assert all("shorten the name" in failure.message for failure in summary.failures)
    assert set(contents(clean)) == {longest, longest + log, f"a{suffix}", f"a{suffix}{log}"}
    assert run(raw, clean, settings(foreign, jobs=jobs)).unchanged == 2


def test_a_name_of_multibyte_characters_is_measured_in_bytes(raw, tmp_path, foreign):
    (raw / ("é" * 120 + ".txt")).write_text(TEXT)  # 244 bytes, and 257 with .changes.json
    (raw / ("é" * 119 + ".txt")).write_text(TEXT)  # 255 with it
    summary = run(raw, tmp_path / "clean", settings(foreign))
    assert (summary.cleaned, summary.failed) == (1, 1)
    assert len(contents(tmp_path / "clean")) == 2


def test_temporary_names_do_not_grow_with_the_name():
    for name in ("a.txt", "n" * 251 + ".txt", "é" * 125 + ".txt", "\U0001f600" * 63, "\udcff" * 255):
        for kind in (atomic_writing.TEMPORARY, atomic_writing.DUE):
            temporary = atomic_writing.temporary_name(name, kind)
            assert len(os.fsencode(temporary)) < 143  # the shortest limit in use, that of eCryptfs
            assert atomic_writing.TEMPORARY_NAME.fullmatch(temporary)


@formats
def test_a_folder_in_place_of_the_log_leaves_no_clean_file(name, raw, tmp_path, foreign):
    (raw / name).write_bytes(RAW[name]())
    clean = tmp_path / "clean"
    run(raw, clean, settings(foreign))
    log = next(clean.glob("*.changes.*"))
    for path in clean.glob("a.*"):
        path.unlink()
    (log / "x").mkdir(parents=True)
    summary = run(raw, clean, settings(foreign))
    assert "rename the folder" in summary.failures[0].message
    assert contents(clean) == {}


@pytest.mark.parametrize("refused", ["a.txt", "a.txt.changes.json"])
@pytest.mark.parametrize("before", [False, True])
def test_a_rename_that_fails_leaves_the_pair_as_it_was(refused, before, raw, tmp_path, foreign, monkeypatch):
    (raw / "a.txt").write_text(TEXT)
    clean, replace = tmp_path / "clean", os.replace
    if before:
        run(raw, clean, settings(foreign, apply_from=0.95))
    left = contents(clean) if before else {}

    def refuse(source, target, **folders):
        if Path(target).name == refused:
            raise PermissionError(1, "Operation not permitted", str(target))
        replace(source, target, **folders)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", refuse)
        assert len(run(raw, clean, settings(foreign)).failures) == 1
    if not (before and refused == "a.txt"):  # there the next run finishes the pair
        assert contents(clean) == left
    assert run(raw, clean, settings(foreign, level="bold")).failures == []
    assert (clean / "a.txt").read_text() == TEXT.replace("overseas", "foreign")
    assert not list(clean.glob(".clean-news-*"))


@formats
def test_a_file_in_a_folder_that_clean_lacks(name, raw, tmp_path, foreign):
    (raw / "a" / "b").mkdir(parents=True)
    (raw / "a" / "b" / name).write_bytes(RAW[name]())
    assert run(raw, tmp_path / "clean", settings(foreign)).failures == []
    assert len(contents(tmp_path / "clean")) == 2
