"""Files with many articles in a run: distributed, reused, appended to, truncated, interrupted, reverted."""

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

from clean_news import change_log
from clean_news.batch import atomic_writing
from clean_news.batch import run as running
from clean_news.batch.reversion import restore
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.cli.app import app
from clean_news.settings import Settings

TEXT = "The overseas ministry mentioned it.\n"


def line(number, text=TEXT, **more):
    return json.dumps({"id": f"a{number}", "text": text, **more}) + "\n"


@pytest.fixture
def raw(tmp_path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "news.jsonl").write_text("".join(line(number) for number in range(40)), encoding="utf-8")
    return tmp_path / "raw"


@pytest.fixture
def clean(tmp_path):
    return tmp_path / "clean"


@pytest.fixture
def counting(make_stage, tmp_path):
    """A stage that replaces "overseas" with "foreign", and appends each text that it gets to a file."""
    seen = tmp_path / "seen"
    stage = make_stage(
        f"""
        with open({str(seen)!r}, "a") as file:
            file.write("x")
        at = text.find("overseas")
        return Proposal([replace(text, at, at + 8, "foreign", "TEST001")] if at >= 0 else [])
        """
    )

    def number():
        found = seen.stat().st_size if seen.exists() else 0
        seen.unlink(missing_ok=True)
        return found

    return stage, number


def rows(path):
    return [json.loads(each) for each in path.read_text(encoding="utf-8").splitlines()]


def logs(path):
    return [change_log.read(each, "log") for each in path.read_bytes().splitlines()]


def test_rows_and_logs_correspond_whatever_the_number_of_workers(raw, clean, tmp_path, foreign, monkeypatch):
    monkeypatch.setattr(running, "LARGE_FILE_BYTES", 0)
    complete = (raw / "news.jsonl").read_text(encoding="utf-8")
    (raw / "news.jsonl").write_text(line("x", "overseas") + "no JSON\n\n" + complete, encoding="utf-8")
    for jobs, target in ((1, clean), (2, tmp_path / "other")):
        summary = run(raw, target, RunOptions(Settings(stages=(foreign,), jobs=jobs)))
        assert (summary.articles, summary.cleaned, len(summary.failures)) == (41, 1, 1)
        assert "news.jsonl: line 2: is not JSON" in str(summary.failures[0])
    lines = (clean / "news.jsonl").read_text(encoding="utf-8").splitlines()
    assert lines[1:3] == ["no JSON", ""]
    found = logs(clean / "news.jsonl.changes.jsonl")
    assert len(found) == len(lines) == 43
    assert [log.id for log in found[:2]] == ["news.jsonl#ax", "news.jsonl#2"]
    assert all("foreign" in json.loads(each)["text"] for each in (lines[0], *lines[3:]))
    for name in ("news.jsonl", "news.jsonl.changes.jsonl"):
        assert (clean / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_a_rerun_cleans_only_appended_rows(raw, clean, counting):
    stage, number = counting
    options = RunOptions(Settings(stages=(stage,)))
    run(raw, clean, options)
    assert number() == 40
    assert run(raw, clean, options).unchanged == 1
    assert number() == 0
    with (raw / "news.jsonl").open("a", encoding="utf-8") as file:
        file.write(line(40) + line(41))
    summary = run(raw, clean, options)
    assert (summary.cleaned, summary.articles, summary.total("applied")) == (1, 42, 42)
    assert number() == 2
    changed = rows(raw / "news.jsonl")
    changed[7]["text"] = "It is overseas."
    (raw / "news.jsonl").write_text("".join(json.dumps(row) + "\n" for row in changed), encoding="utf-8")
    run(raw, clean, options)
    assert number() == 1
    assert rows(clean / "news.jsonl")[7]["text"] == "It is foreign."
    run(raw, clean, options._replace(force=True))
    assert number() == 42


def test_changes_outside_the_texts_are_detected(raw, clean, foreign):
    options = RunOptions(Settings(stages=(foreign,)))
    (raw / "news.jsonl").write_text("no JSON\n" + line(1), encoding="utf-8")
    run(raw, clean, options)
    for changed in ("no JSON\n" + line(1, paper="Post"), "not JSON\n" + line(1, paper="Post")):
        (raw / "news.jsonl").write_text(changed, encoding="utf-8")
        run(raw, clean, options)
        assert (clean / "news.jsonl").read_text(encoding="utf-8") == changed.replace("overseas", "foreign")


def test_partial_results_of_a_killed_run_are_reused(raw, clean, counting):
    stage, number = counting
    options = RunOptions(Settings(stages=(stage,)))
    run(raw, clean, options)
    complete = {name: (clean / name).read_bytes() for name in ("news.jsonl", "news.jsonl.changes.jsonl")}
    ended = subprocess.Popen(["true"])
    ended.wait()
    for place, (name, content) in enumerate(complete.items()):
        (clean / name).unlink()
        begun = clean / f".clean-news-{ended.pid}-{place}.tmp-{atomic_writing.short_name(name)}"
        begun.write_bytes(content[: len(content) * 3 // 5])
    number()
    summary = run(raw, clean, options)
    assert 10 < number() < 25
    assert (summary.articles, summary.total("applied"), summary.failures) == (40, 40, [])
    assert {name: (clean / name).read_bytes() for name in complete} == complete
    assert not list(clean.glob(".clean-news-*"))


def test_partial_results_of_a_compressed_file_are_reused(raw, clean, counting):
    stage, number = counting
    options = RunOptions(Settings(stages=(stage,)))
    (raw / "news.jsonl").unlink()
    texts = "".join(line(each, f"{TEXT}{os.urandom(4000).hex()}") for each in range(40))
    (raw / "news.jsonl.gz").write_bytes(gzip.compress(texts.encode()))
    run(raw, clean, options)
    before = (clean / "news.jsonl.gz").read_bytes()
    ended = subprocess.Popen(["true"])
    ended.wait()
    for place, name in enumerate(("news.jsonl.gz", "news.jsonl.gz.changes.jsonl")):
        content = (clean / name).read_bytes()
        (clean / name).unlink()
        short = atomic_writing.short_name(name)
        (clean / f".clean-news-{ended.pid}-{place}.tmp-{short}").write_bytes(content[: len(content) * 3 // 5])
    number()
    assert run(raw, clean, options).failures == []
    assert 5 < number() < 30
    assert (clean / "news.jsonl.gz").read_bytes() == before


@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_keeps_partial_results_of_a_large_file(raw, clean, tmp_path, make_stage, counting, jobs):
    many = 160
    stage, number = counting
    slow = make_stage("time.sleep(0.02)\nreturn Proposal([])")
    text = TEXT * 300
    (raw / "news.jsonl").write_text("".join(line(each, text) for each in range(many)), encoding="utf-8")
    (tmp_path / "clean-news.toml").write_text(f'stages = ["{stage}", "{slow}"]\n', encoding="utf-8")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "clean_news", "raw", "clean", f"--jobs={jobs}", "--config=clean-news.toml"]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    until = time.monotonic() + 60
    while not any(path.stat().st_size > 300_000 for path in clean.glob(".clean-news-*")) and time.monotonic() < until:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in told
    assert not (clean / "news.jsonl").exists()
    done = number()
    assert done < many
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    assert number() < many, "what was done was done again"
    assert len(rows(clean / "news.jsonl")) == many
    assert not list(clean.glob(".clean-news-*"))


def test_a_process_that_dies_loses_only_its_row(raw, clean, make_stage, monkeypatch):
    monkeypatch.setattr(running, "LARGE_FILE_BYTES", 0)
    deadly = make_stage("if 'deadly' in text: os.kill(os.getpid(), signal.SIGKILL)\nreturn Proposal([])")
    with (raw / "news.jsonl").open("a", encoding="utf-8") as file:
        file.write(line("d", "deadly") + line(99))
    summary = run(raw, clean, RunOptions(Settings(stages=(deadly,), jobs=2)))
    assert summary.articles == 41
    assert [str(failure).partition(";")[0] for failure in summary.failures] == [
        f"{raw / 'news.jsonl'}: the process that cleaned it died, perhaps because there was not enough memory"
    ]
    assert (clean / "news.jsonl").read_bytes() == (raw / "news.jsonl").read_bytes()


def test_rows_of_a_truncated_file_are_kept(raw, clean, foreign):
    (raw / "news.jsonl").unlink()
    texts = "".join(line(each, f"{TEXT}{os.urandom(4000).hex()}") for each in range(40))
    (raw / "news.jsonl.gz").write_bytes(gzip.compress(texts.encode())[:-9000])
    for outcome in ("first", "again"):
        summary = run(raw, clean, RunOptions(Settings(stages=(foreign,))))
        assert (summary.failed, summary.articles > 30) == (1, True), outcome
        assert "news.jsonl.gz: " in str(summary.failures[0])
    with gzip.open(clean / "news.jsonl.gz", "rt", encoding="utf-8") as file:
        found = [json.loads(each) for each in file]
    assert len(found) == summary.articles
    assert all(row["text"].startswith("The foreign ministry") for row in found)


def test_a_manually_edited_clean_row_is_not_overwritten(raw, clean, foreign):
    options = RunOptions(Settings(stages=(foreign,)))
    run(raw, clean, options)
    mine = (clean / "news.jsonl").read_text(encoding="utf-8").replace("foreign", "alien", 1)
    (clean / "news.jsonl").write_text(mine, encoding="utf-8")
    summary = run(raw, clean, options)
    assert summary.failed == 1
    assert "news.jsonl: was changed by hand, 1 place; keep them with clean-news adopt" in str(summary.failures[0])
    assert (clean / "news.jsonl").read_text(encoding="utf-8") == mine
    assert not list(clean.glob(".clean-news-*"))


def test_the_file_is_reverted_byte_for_byte(raw, clean, foreign, tmp_path):
    texts = "\ufeff" + line(1, "overseas é", more=[1, {"text": "overseas"}]) + "{ broken\r\n" + line(2).rstrip()
    (raw / "news.jsonl").write_bytes(texts.encode())
    shutil.copy(raw / "news.jsonl", raw / "second.ndjson")
    run(raw, clean, RunOptions(Settings(stages=(foreign,))))
    restored = restore(clean, tmp_path / "back")
    assert (restored.written, restored.failures) == (2, [])
    assert (tmp_path / "back" / "news.jsonl").read_bytes() == texts.encode()
    assert restore(clean, tmp_path / "back").there == 2


def test_articles_are_diffed_individually_and_not_in_a_patch(raw, clean, foreign):
    run(raw, clean, RunOptions(Settings(stages=(foreign,))))
    shown = CliRunner().invoke(app, ["diff", str(clean), "news.jsonl#a7"])
    assert shown.exit_code == 0
    assert shown.stdout.splitlines()[0].startswith(f"{clean / 'news.jsonl'}#a7  1 applied")
    patched = CliRunner().invoke(app, ["diff", str(clean), "news.jsonl#a7", "--format", "patch"])
    assert (patched.exit_code, patched.stdout) == (2, "")
    assert "news.jsonl#a7: is not in the patch" in patched.stderr


def test_hostile_and_duplicate_ids(raw, clean, tmp_path, foreign):
    names = ["../../etc/x", "/etc/passwd", "a\0b", "\ud800", "x" * 5000, "same", "same", "", 7, None]
    texts = "".join(json.dumps({"id": name, "text": TEXT}) + "\n" for name in names)
    (raw / "news.jsonl").write_text(texts, encoding="utf-8")
    before = set(tmp_path.rglob("*"))
    summary = run(raw, clean, RunOptions(Settings(stages=(foreign,))))
    assert (summary.articles, summary.failures) == (len(names), [])
    assert {path.parent for path in set(tmp_path.rglob("*")) - before} == {tmp_path, clean, clean / ".clean-news"}
    assert [row["id"] for row in rows(clean / "news.jsonl")] == names
    assert all(log.id.isprintable() and len(log.id) < 300 for log in logs(clean / "news.jsonl.changes.jsonl"))


def test_leftovers_are_found_by_their_target(tmp_path):
    ended = subprocess.Popen(["true"])
    ended.wait()
    for name, size in (("a.jsonl", 10), ("a.jsonl", 20), ("b.jsonl", 30)):
        with atomic_writing.replacing(tmp_path / name, resumable=True) as (file,):
            file.write(b"x")
        short = atomic_writing.short_name(name)
        (tmp_path / f".clean-news-{ended.pid}-{size}.tmp-{short}").write_bytes(b"x" * size)
    found = atomic_writing.find_unfinished(tmp_path / "a.jsonl")
    assert found is not None
    assert found[0].stat().st_size == 20
    assert atomic_writing.find_unfinished(tmp_path / "a.jsonl", tmp_path / "c.jsonl") is None
