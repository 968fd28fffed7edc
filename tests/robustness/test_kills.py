"""kill -9 at a random moment, then a rerun: the result equals that of an uninterrupted run.

The command line is driven from outside, as a user would, so these tests say nothing about how a run is organised.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import news_texts
import pyarrow
import pytest
from pyarrow import parquet

FULL = bool(os.environ.get("CLEAN_NEWS_FULL"))
ARTICLES, KILLS = (2_000, 20) if FULL else (40, 3)  # KILLS for each form
SEED = 20_26
# Counts that may differ after a rerun, which finds some articles done.
OF_THE_RUN = {"seconds", "cleaned", "unchanged", "clean", "applied_before"}
FORMS = ("txt", "jsonl", "parquet") if FULL else ("txt", "jsonl")  # the same articles as many files, or as one


def command(raw: Path, clean: Path, jobs: int) -> list[str]:
    """The command line of a run."""
    return [sys.executable, "-m", "clean_news", str(raw), str(clean), "--jobs", str(jobs), "--quiet"]


def run_whole(raw: Path, clean: Path, jobs: int) -> float:
    """Run to the end; return the CPU seconds that it took. Exit status 2 means that articles failed."""
    told = clean.with_name(f"{clean.name}.told")
    with told.open("wb") as errors:
        begun = subprocess.Popen(command(raw, clean, jobs), stdout=errors, stderr=errors, cwd=raw.parent)
        _, status, used = os.wait4(begun.pid, 0)
    begun.returncode = os.waitstatus_to_exitcode(status)
    messages = told.read_text(encoding="utf-8", errors="replace")
    assert begun.returncode in {0, 2}, messages
    assert "Traceback" not in messages
    return used.ru_utime + used.ru_stime


def run_killed(raw: Path, clean: Path, jobs: int, after: float, whole_group: bool) -> bool:
    """Start a run and kill it with SIGKILL; return whether it was still running.

    Args:
        raw: RAW.
        clean: CLEAN.
        jobs: the number of processes.
        after: the moment, in seconds of its processor time: those of the clock depend on what else the machine does.
        whole_group: whether its workers are killed too, or have to end by themselves.
    """
    begun = subprocess.Popen(
        command(raw, clean, jobs),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, cwd=raw.parent,
    )  # fmt: skip
    while begun.poll() is None and sum(members(begun.pid).values()) < after:
        time.sleep(0.003)
    hit = begun.poll() is None
    if hit and whole_group:
        os.killpg(begun.pid, signal.SIGKILL)
    elif hit:
        begun.kill()
    begun.wait()
    until = time.monotonic() + 60
    while members(begun.pid):
        assert time.monotonic() < until, f"orphaned workers go on: {members(begun.pid)}"
        time.sleep(0.02)
    return hit


def members(session: int) -> dict[int, float]:
    """The running processes of a session, each with its CPU seconds including ended children."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            # The name in parentheses may contain spaces; the fields after it do not.
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] not in "ZX":
            found[int(folder.name)] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return found


def files(clean: Path) -> dict[str, bytes]:
    """The contents of CLEAN, without the summaries and other records of runs."""
    return {
        path.relative_to(clean).as_posix(): path.read_bytes()
        for path in clean.rglob("*")
        if path.is_file() and ".clean-news" not in path.relative_to(clean).parts
    }


def temporary(clean: Path) -> list[Path]:
    """Temporary files."""
    return [path for path in clean.rglob("*") if path.name.startswith(".clean-news-")]


def figures(clean: Path) -> dict:
    """The counts in ``summary.json``; lists are sorted, since their order is that of processing."""
    found = json.loads((clean / ".clean-news" / "summary.json").read_bytes())
    return {
        key: sorted(value, key=json.dumps) if isinstance(value, list) else value
        for key, value in found.items()
        if key not in OF_THE_RUN
    }


def check_no_half_file(clean: Path, finished: dict[str, bytes]) -> None:
    """Check that after a kill each file with a final name is complete."""
    for name, bytes_ in files(clean).items():
        if not name.rpartition("/")[2].startswith(".clean-news-"):
            assert bytes_ == finished[name], f"{name} is not as an uninterrupted run writes it"


def write_articles(raw: Path, form: str, articles: int = ARTICLES) -> None:
    """Write the articles into RAW in a format."""
    batch = news_texts.batch(SEED, articles)
    if form == "txt":
        for name, bytes_ in batch:
            (raw / name).parent.mkdir(parents=True, exist_ok=True)
            (raw / name).write_bytes(bytes_)
        return
    raw.mkdir(parents=True)
    if form == "parquet":
        rows = {"text": [bytes_.decode("utf-8", "replace") for _, bytes_ in batch]}
        parquet.write_table(pyarrow.table(rows), raw / "articles.parquet", row_group_size=10)
        return
    with (raw / "articles.jsonl").open("w", encoding="utf-8") as lines:
        for name, bytes_ in batch:
            lines.write(json.dumps({"id": name, "text": bytes_.decode("utf-8", "replace"), "kept": [1, None]}) + "\n")


@pytest.fixture(scope="module", params=FORMS)
def uninterrupted(request, tmp_path_factory):
    """RAW, the files and counts of an uninterrupted run over it, and its CPU seconds, by jobs."""
    folder = tmp_path_factory.mktemp("kills")
    write_articles(folder / "raw", request.param)
    seconds = {jobs: run_whole(folder / "raw", folder / f"clean-{jobs}", jobs) for jobs in (1, 2)}
    finished = files(folder / "clean-1")
    assert files(folder / "clean-2") == finished
    assert figures(folder / "clean-2") == figures(folder / "clean-1")
    return folder / "raw", finished, figures(folder / "clean-1"), seconds


def test_after_kills_a_rerun_ends_as_an_uninterrupted_run(uninterrupted, tmp_path):
    raw, finished, of_articles, seconds = uninterrupted
    random = Random(SEED)
    hits, done_at_kill = 0, []
    for number in range(KILLS):
        jobs = 1 + number % 2
        # Stratified over the duration, so that start, work and end are all hit; random within each stratum.
        after = (number + random.random()) / KILLS * seconds[jobs]
        clean = tmp_path / f"clean-{number}"
        where = f"kill {number} of {KILLS}: after {after:.2f} s of {seconds[jobs]:.1f} s, {jobs} jobs"
        hits += run_killed(raw, clean, jobs, after, whole_group=number % 4 < 2)
        done_at_kill.append(sum(".changes.json" in name for name in files(clean)) if clean.exists() else 0)
        if clean.exists():
            check_no_half_file(clean, finished)
        run_whole(raw, clean, jobs)
        assert files(clean).keys() == finished.keys(), where
        assert files(clean) == finished, where
        assert temporary(clean) == [], where
        assert figures(clean) == of_articles, where
        assert figures(clean)["finished"] is True, where
    print(f"{hits} of {KILLS} kills hit a running run; files done then: {done_at_kill}")  # noqa: T201  # pytest -s
    assert hits >= KILLS // 2, "the runs were over before they were killed"


def test_a_run_that_is_killed_again_and_again_ends_as_well(uninterrupted, tmp_path):
    raw, finished, of_articles, seconds = uninterrupted
    random, clean = Random(SEED + 1), tmp_path / "clean"
    for number in range(5 if FULL else 1):
        run_killed(raw, clean, 2, random.uniform(0.2, 0.9) * seconds[2], whole_group=number % 2 == 0)
    run_whole(raw, clean, 2)
    assert files(clean) == finished
    assert temporary(clean) == []
    assert figures(clean) == of_articles


# Found and run by every Python process of a run: it kills the whole run after the log that its name and number say was
# renamed into place, before the clean file is.
KILLS_BETWEEN_THE_RENAMES = """
import itertools, os, signal
replace, logs, wanted = os.replace, itertools.count(1), int(os.environ["KILL_AT_LOG"])
def replace_and_die(source, target, **folders):
    replace(source, target, **folders)
    if ".changes.json" in os.fspath(target) and next(logs) == wanted:
        os.killpg(0, signal.SIGKILL)
os.replace = replace_and_die
"""


@pytest.mark.parametrize(
    ("form", "kills"),
    [
        ("jsonl", 1),
        pytest.param("txt", 20, marks=pytest.mark.full),
        pytest.param("jsonl", 20, marks=pytest.mark.full),
        pytest.param("parquet", 20, marks=pytest.mark.full),
    ],
)
def test_a_kill_between_the_two_renames_loses_nothing_under_other_settings(form, kills, tmp_path, monkeypatch):
    raw, whole = tmp_path / "raw", tmp_path / "whole"
    for folder in range(8):  # so that each of two workers renames several logs
        write_articles(raw / str(folder), form, 5)
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(KILLS_BETWEEN_THE_RENAMES)
    subprocess.run([*command(raw, whole, 2), "--level", "bold"], check=False, cwd=tmp_path)
    for number in range(kills):
        clean = tmp_path / f"clean-{number}"
        if number % 2:  # over an older pair
            subprocess.run([*command(raw, clean, 2), "--level", "safe"], check=False, cwd=tmp_path)
        with monkeypatch.context() as hooked:
            hooked.setenv("PYTHONPATH", str(tmp_path / "hook"))
            hooked.setenv("KILL_AT_LOG", str(1 + number % 3))
            killed = subprocess.run(command(raw, clean, 2), check=False, cwd=tmp_path, start_new_session=True)
        assert killed.returncode == -signal.SIGKILL
        due = [path for path in temporary(clean) if ".due-" in path.name]
        assert due, "it was killed between the two renames"
        again = subprocess.run([*command(raw, clean, 2), "--level", "bold"], check=False, cwd=tmp_path)
        assert again.returncode in {0, 2}
        assert files(clean) == files(whole)
        assert temporary(clean) == []
