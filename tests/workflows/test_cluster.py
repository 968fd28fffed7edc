"""Cluster runs: the output equals that of the main job, on every executor, after every interruption."""

import json
import os
import pickle
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

pytest.importorskip("datatrove")

from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.cli.app import app
from clean_news.files.discovery import InputError, Task
from clean_news.settings import Settings
from clean_news.workflows.cluster import _step_of, prepare, run_locally
from clean_news.workflows.pieces import Piece
from clean_news.workflows.shard_steps import summarise
from clean_news.workflows.shards import cluster_folder, completion_marker, make_shards

FULL = bool(os.environ.get("CLEAN_NEWS_FULL"))
TEXT = "The harbour master said on Monday that pier {number} would reopen. It’s the council’s last word on it.\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with RAW in it; paths are relative, as users give them."""
    monkeypatch.chdir(tmp_path)
    make_raw(Path("raw"), 14)
    return tmp_path


def make_raw(raw, number, repeats=1):
    """Damaged and genuine articles, a blank one, a binary one, and a file of unknown type."""
    (raw / "inner").mkdir(parents=True)
    for index in range(number):
        text = TEXT.format(number=index) * (1 + index % 5) * repeats
        damaged = text.encode().decode("windows-1252") if index % 2 else text
        (raw / ("inner" if index % 3 else ".") / f"{index:03d}.txt").write_text(damaged, encoding="utf-8")
    (raw / "blank.txt").write_bytes(b"\n")
    (raw / "binary.txt").write_bytes(b"\0\1\2\3" * 50)
    (raw / "picture.png").write_bytes(b"\x89PNG")


def tree(folder):
    """The bytes of every output file, without the run's own records."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_relative_to(folder / ".clean-news")
    }


def reference():
    """The output of the main job over RAW."""
    summary = run(Path("raw"), Path("reference"), RunOptions(Settings(jobs=1)))
    return tree(Path("reference")), summary


def figures(summary):
    """A summary without the values that differ from run to run."""
    return {
        key: sorted(value) if isinstance(value, list) else value
        for key, value in ((field, getattr(summary, field)) for field in summary.__struct_fields__)
        if key not in {"seconds", "clean", "repeated"}
    }


def command(*words):
    return [sys.executable, "-m", "clean_news", "cluster", "raw", "clean", *words]


def test_files_are_distributed_by_size_and_none_is_lost():
    tasks = [Task(Path(f"{n}.txt"), Path("c"), f"{n:02d}", size) for n, size in enumerate([90, 10, 10, 10, 60, 0, 0])]
    pieces = [Piece(task) for task in tasks]
    found = [[piece.task for piece in shard] for shard in make_shards(pieces, 2)]
    assert sorted(task.id for shard in found for task in shard) == [task.id for task in tasks]
    assert sorted(sum(task.size for task in shard) for shard in found) == [90, 90]
    assert [[task.id for task in shard] for shard in found] == [sorted(task.id for task in shard) for shard in found]
    assert len(make_shards(pieces, 100)) == len(tasks)
    assert make_shards([], 5) == [[]]


@settings(deadline=None)
@given(st.lists(st.integers(0, 1000), min_size=1), st.integers(1, 20))
def test_shards_are_balanced(sizes, number):
    tasks = [Task(Path("r"), Path("c"), f"{position:04d}", size) for position, size in enumerate(sizes)]
    found = [[piece.task for piece in shard] for shard in make_shards([Piece(task) for task in tasks], number)]
    assert sorted(task for shard in found for task in shard) == tasks
    assert all(found)
    loads = [sum(task.size + 1 for task in shard) for shard in found]
    assert max(loads) <= sum(loads) / len(loads) + max(sizes) + 1


@pytest.mark.usefixtures("folder")
def test_the_output_equals_that_of_the_main_job():
    expected, summary = reference()
    done = run_locally(prepare(Path("raw"), Path("clean"), RunOptions(Settings(jobs=1)), 3, 2))
    assert tree(Path("clean")) == expected
    assert len(expected) == 2 * 15
    assert figures(done) == figures(summary)
    assert done.failed == 1
    stored = json.loads(Path("clean/.clean-news/summary.json").read_bytes())
    assert stored["articles"] == summary.articles
    assert stored["passed_over"] == ["picture.png"]


@pytest.mark.usefixtures("folder")
def test_empty_and_malformed_rows_keep_their_positions():
    rows = [json.dumps({"id": "1", "text": TEXT}), "", '{"id": "2", "te', json.dumps({"id": "3", "text": ""}), "[4]"]
    Path("raw/news.jsonl").write_text("\n".join(rows * 3) + "\n", encoding="utf-8")
    expected, summary = reference()
    done = run_locally(prepare(Path("raw"), Path("clean"), RunOptions(Settings()), 3, 2))
    assert tree(Path("clean")) == expected
    assert figures(done) == figures(summary)
    assert len(expected["news.jsonl"].splitlines()) == len(rows * 3)


def test_field_names_from_the_command_line(tmp_path):
    (tmp_path / "raw").mkdir()
    row = {"key": "k7", "body": "It didnâ€™t reply.", "text": "It didnâ€™t reply."}
    (tmp_path / "raw" / "news.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    fields = ("--text-field", "body", "--id-field", "key")
    subprocess.run(command("--tasks", "1", *fields), cwd=tmp_path, check=True, capture_output=True)
    clean = json.loads((tmp_path / "clean" / "news.jsonl").read_bytes())
    assert clean == {**row, "body": "It didn’t reply."}
    log = json.loads((tmp_path / "clean" / "news.jsonl.changes.jsonl").read_bytes())
    assert log["id"] == "news.jsonl#k7"


@pytest.mark.usefixtures("folder")
def test_a_rerun_cleans_only_what_changed():
    options = RunOptions(Settings())
    run_locally(prepare(Path("raw"), Path("clean"), options, 3, 2))
    before = tree(Path("clean"))
    Path("raw/000.txt").write_text("A new text about the old pier.\n")
    Path("clean/003.txt").unlink()
    again = run_locally(prepare(Path("raw"), Path("clean"), options, 3, 2))
    assert (again.cleaned, again.unchanged, again.failed) == (2, 13, 1)
    after = tree(Path("clean"))
    assert {name for name in before if before[name] != after[name]} == {"000.txt", "000.txt.changes.json"}
    other = run_locally(prepare(Path("raw"), Path("clean"), RunOptions(Settings(level="bold")), 3, 2))
    assert other.cleaned == 15


@pytest.mark.usefixtures("folder")
def test_a_resumed_run_skips_completed_tasks():
    options = RunOptions(Settings())
    run_locally(prepare(Path("raw"), Path("clean"), options, 3, 2))
    complete = tree(Path("clean"))
    folder = cluster_folder(Path("clean"))
    ranks = [rank for rank in range(3) if "binary" not in (folder / f"shards/{rank:05d}.jsonl").read_text()]
    # As if the run had been killed before the first task was completed.
    completion_marker(folder, ranks[0]).unlink()
    log = folder / "logs" / f"task_{ranks[1]:05d}.log"
    log.write_text("as it was")
    summary = run_locally(prepare(Path("raw"), Path("clean"), options, 3, 2))
    assert log.read_text() == "as it was"
    assert summary.articles == 15
    assert tree(Path("clean")) == complete


@pytest.mark.usefixtures("folder")
def test_a_completed_task_with_a_missing_clean_file_is_run_again():
    options = RunOptions(Settings())
    run_locally(prepare(Path("raw"), Path("clean"), options, 3, 2))
    complete = tree(Path("clean"))
    completion_marker(cluster_folder(Path("clean")), 0).unlink()
    for path in Path("clean").rglob("*.changes.json"):
        path.unlink()
    run_locally(prepare(Path("raw"), Path("clean"), options, 3, 2))
    assert tree(Path("clean")) == complete


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("place", ["clean/.clean-news/decisions.jsonl", "given.jsonl"])
def test_the_decisions_of_clean_are_used_and_given_ones_stay(place):
    run(Path("raw"), Path("reference"), RunOptions(Settings()))
    log = json.loads(Path("reference/inner/001.txt.changes.json").read_bytes())
    edit = next(edit for stage in log["stages"] for edit in stage.get("edits", ()))
    decision = {"action": "reject", "scope": "everywhere", "id": edit["id"], "article": log["id"], "rule": edit["rule"]}
    decision |= {"before": edit["before"], "after": edit["after"], "by": "me", "at": "2026-01-01T00:00:00Z"}
    for path in (Path("reference/.clean-news/decisions.jsonl"), Path(place)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(decision) + "\n")
    expected, summary = reference()
    given = () if place.startswith("clean") else (Path(place),)
    prepare(Path("raw"), Path("clean"), RunOptions(Settings(), decisions=given), 3, 2, keep=False)
    assert Path("clean/.clean-news/decisions.jsonl").exists() == (not given)
    job = prepare(Path("raw"), Path("clean"), RunOptions(Settings(), decisions=given), 3, 2)
    assert job.run_options.decisions == (Path("clean/.clean-news/decisions.jsonl"),)
    done = run_locally(job)
    assert summary.total("rejected") > 0
    assert figures(done) | {"cleaned": 0, "unchanged": 0} == figures(summary) | {"cleaned": 0, "unchanged": 0}
    assert tree(Path("clean")) == expected


def test_a_killed_run_is_resumed_and_leaves_no_leftovers(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make_raw(Path("raw"), 60 if FULL else 20, repeats=8)
    expected, _ = reference()
    words = ("--tasks", "6", "--workers", "2")
    began = time.monotonic()
    assert subprocess.run(command(*words), capture_output=True, check=False).returncode == 2  # the binary file
    duration = time.monotonic() - began
    assert tree(Path("clean")) == expected
    chance = random.Random(6)
    for _ in range(15 if FULL else 1):
        shutil.rmtree("clean")
        killed = subprocess.Popen(command(*words), stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.5, 1) * duration)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        # Every file with a final name is complete; the log of one may still be missing.
        found = tree(Path("clean")) if Path("clean").exists() else {}
        assert all(found[name] == expected[name] for name in found if ".clean-news-" not in name)
        assert subprocess.run(command(*words), capture_output=True, check=False).returncode == 2
        assert tree(Path("clean")) == expected


class Killed(BaseException):
    """Stands for SIGKILL: nothing that handles errors handles it."""


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("on_slurm", [True, False])
def test_a_pair_half_landed_by_a_killed_task_is_finished(make_stage, monkeypatch, on_slurm):
    stage = make_stage(
        "return Proposal([replace(text, 0, 3, 'A', 'TEST001', 0.7)] if len(text) > 3 else [])", "TEST001"
    )
    older, newer = (RunOptions(Settings(stages=(stage,), apply_from=limit)) for limit in (0.9, 0.5))
    clean = Path("clean")
    run(Path("raw"), clean, older)
    rename = os.replace

    def rename_and_die(source, target, **folders):
        rename(source, target, **folders)
        if Path(target).name == "000.txt.changes.json":
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", rename_and_die)
        with pytest.raises(Killed):
            run(Path("raw"), clean, newer)
    assert len(list(clean.rglob(".clean-news-*.due*"))) == 1, "it was killed between the two renames"
    job = prepare(Path("raw"), clean, newer, 3, 1)
    if on_slurm:  # what a job of the array runs, and the job after them
        for rank in range(job.tasks):
            list(_step_of(job).run(rank=rank))
        summary = summarise(job.raw, clean, job.run_options)
    else:
        summary = run_locally(job)
    assert [str(failure) for failure in summary.failures if "binary.txt" not in str(failure)] == []
    assert not list(clean.rglob(".clean-news-*"))
    run(Path("raw"), Path("reference"), newer)
    assert tree(clean) == tree(Path("reference"))


@pytest.mark.usefixtures("folder")
def test_a_process_that_dies_loses_only_its_file(make_stage):
    deadly = make_stage("if 'deadly' in text: os.kill(os.getpid(), signal.SIGKILL)\nreturn Proposal([])")
    Path("raw/deadly.txt").write_text("A deadly article.\n")
    done = run_locally(prepare(Path("raw"), Path("clean"), RunOptions(Settings(stages=(deadly,))), 3, 2))
    # A file that was finished before its process died is up to date when its batch is retried.
    assert (done.cleaned + done.unchanged, done.failed, done.finished) == (15, 2, True)
    assert any("deadly.txt: the process that cleaned it died" in str(failure) for failure in done.failures)
    assert len(tree(Path("clean"))) == 2 * 15


@pytest.fixture
def slurm(folder, slurm_tools):
    """The options of a run on a one-machine Slurm."""
    slurm_tools(folder)
    return ("--executor", "slurm", "--partition", "long", "--tasks", "3", "--time", "1:30:00", "--mem-per-cpu", "3")


def test_the_slurm_script_is_valid_bash_and_has_the_requested_resources(folder, slurm):
    (folder / "env/bin").mkdir(parents=True)
    (folder / "env/bin/activate").write_text("")
    words = command(*slurm, "--venv", "env", "--workers", "2", "--cpus-per-task", "2", "--dry-run")
    script = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0
    for line in (
        "array=0-2%2",
        "partition=long",
        "time=1:30:00",
        "cpus-per-task=2",
        "mem-per-cpu=3G",
        f"chdir={folder}",
    ):
        assert f"#SBATCH --{line}\n" in script
    assert "--qos" not in script
    assert f"source {folder}/env/bin/activate" in script
    stored = re.escape(f"{folder}/clean/.clean-news/cluster/executor.pik")
    assert re.search(f"srun  -l -n 1 clean-news cluster-task {stored} [0-9a-f]{{64}}\n", script)
    assert "launch_pickled_pipeline" not in script
    assert not (folder / "submitted").exists()


@pytest.mark.parametrize("executor", ["local", "ray"])
def test_a_dry_run_of_another_executor_says_what_to_use(folder, executor):
    """There is no script to print; what a run would change is shown by the main job."""
    done = CliRunner().invoke(app, ["cluster", "raw", "clean", "--executor", executor, "--dry-run"])
    assert done.exit_code == 2
    assert done.stdout == ""
    assert f"{executor} has no job script to print" in done.stderr
    assert not (folder / "clean").exists()
    suggested = re.search(r"clean-news (\S+ --dry-run)$", done.stderr.strip())[1]
    shown = CliRunner().invoke(app, [*suggested.split(), "--only", "characters"])
    assert "15 articles, " in shown.stderr
    assert not (folder / "clean").exists()


def test_the_slurm_script_works_and_equals_the_printed_one(slurm):
    expected, summary = reference()
    shown = subprocess.run(command(*slurm, "--dry-run"), capture_output=True, text=True, check=True).stdout
    done = subprocess.run(command(*slurm), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert Path("clean/.clean-news/cluster/launch_script.slurm").read_text() == shown
    assert tree(Path("clean")) == expected
    stored = json.loads(Path("clean/.clean-news/summary.json").read_bytes())
    assert (stored["articles"], stored["failed"], stored["finished"]) == (summary.articles, 1, True)
    submitted = Path("submitted").read_text().splitlines()
    assert len(submitted) == 2
    assert "--dependency=afterany:7" in submitted[1]


class Planted:
    """An object whose pickle leaves a file when it is loaded."""

    def __reduce__(self):
        return Path.touch, (Path("it-ran"),)


def test_a_pipeline_that_was_exchanged_is_not_run(slurm, folder):
    """The jobs of the shim run at once, so the script is submitted again, as Slurm would start it later."""
    assert subprocess.run(command(*slurm), capture_output=True, check=False).returncode == 0
    place = folder / "clean/.clean-news/cluster"
    shutil.rmtree(place / "completions")
    job = {**os.environ, "SLURM_ARRAY_TASK_ID": "0", "SLURM_JOB_ID": "7", "SLURM_NODELIST": "here"}
    script = (place / "launch_script.slurm").read_text()
    run_job = {"input": script, "capture_output": True, "text": True, "env": job}
    assert subprocess.run(["bash"], check=False, **run_job).returncode == 0
    assert (place / "completions/00000").exists()
    (place / "executor.pik").write_bytes(pickle.dumps(Planted()))
    done = subprocess.run(["bash"], check=False, **run_job)
    assert done.returncode == 2
    assert "executor.pik: is not what was stored when the job was submitted" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "it-ran").exists()


def test_a_missing_sbatch_is_reported_in_one_line(slurm, monkeypatch, folder):
    for name in ("sbatch", "srun", "scontrol"):
        (folder / "bin" / name).unlink()
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    done = subprocess.run(command(*slurm), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "sbatch was not found" in done.stderr


@pytest.mark.full
@pytest.mark.usefixtures("folder")
def test_the_output_is_the_same_on_two_nodes_of_a_ray_cluster():
    ray = pytest.importorskip("ray")
    from ray.cluster_utils import Cluster

    from clean_news.workflows.cluster import run_on_ray

    expected, summary = reference()
    room = {"num_cpus": 1, "object_store_memory": 80 * 2**20, "memory": 2 * 2**30}
    machines = Cluster(initialize_head=True, head_node_args=room)
    try:
        machines.add_node(**room)
        ray.init(address=machines.address, log_to_driver=False)
        assert ray.cluster_resources()["CPU"] == 2
        prepared = prepare(Path("raw"), Path("clean"), RunOptions(Settings()), 4, 2)
        done = run_on_ray(prepared, mem_per_cpu=1)
        with pytest.raises(InputError, match="--mem-per-cpu"):
            run_on_ray(prepared, mem_per_cpu=64)
    finally:
        ray.shutdown()
        machines.shutdown()
    assert tree(Path("clean")) == expected
    assert figures(done) == figures(summary)
