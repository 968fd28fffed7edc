"""The plan of a cluster run lies in CLEAN, where others may write: what was changed in it is not followed."""

import hashlib
import json
from pathlib import Path

import pytest

pytest.importorskip("datatrove")

from clean_news.batch.run_options import RunOptions
from clean_news.failures import LinkError
from clean_news.files.discovery import InputError
from clean_news.settings import Settings
from clean_news.workflows.cluster import prepare, run_locally
from clean_news.workflows.shards import (
    Folders,
    Plan,
    cluster_folder,
    completion_marker,
    planned,
    read_plan,
    read_shard,
    write_plan,
)

OPTIONS = RunOptions(Settings(stages=("encoding",)))
SHARD = "shards/00000.jsonl"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder of a run that was planned but not begun, in two tasks of two files each."""
    monkeypatch.chdir(tmp_path)
    Path("raw").mkdir()
    for name in "abcd":
        Path("raw", f"{name}.txt").write_text("It didnâ€™t last.\n", encoding="utf-8")
    Path("outside").mkdir()
    Path("outside/secret.txt").write_text("It didnâ€™t leak.\n", encoding="utf-8")
    return cluster_folder(Path("clean"))


def prepared():
    return prepare(Path("raw"), Path("clean"), OPTIONS, 2, 2)


def outside():
    return {str(path): path.read_bytes() for path in Path("outside").rglob("*") if path.is_file()}


NAMES = [
    "../outside/secret.txt",
    "a/../../outside/secret.txt",
    "/etc/hosts.txt",
    "",
    ".",
    ".hidden.txt",
    ".clean-news/decisions.jsonl",
    "a.unknown",
    "link.txt",
    "links/secret.txt",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_shard_names_only_files_in_raw(folder, name):
    """Also if the digests are right."""
    Path("raw/link.txt").symlink_to("../outside/secret.txt")
    Path("raw/links").symlink_to("../outside")
    content = json.dumps([name, 10, 0]).encode() + b"\n"
    plan = Plan("", [hashlib.sha256(content).hexdigest()], [], [], 0)
    write_plan(folder, plan, [content])
    with pytest.raises(InputError, match="which is not a file in RAW; remove the folder"):
        read_shard(folder, plan, 0, Folders(Path("raw"), Path("clean")))


@pytest.mark.parametrize("content", [b'["../outside/secret.txt", 10, 0]\n', b'["b.txt", 10, 0]\n', b"", b"[]", b"\xff"])
def test_a_changed_shard_is_refused(folder, content):
    job, before = prepared(), outside()
    (folder / SHARD).write_bytes(content)
    with pytest.raises(InputError, match="changed after the run was planned; remove the folder"):
        prepared()
    summary = run_locally(job)
    assert not summary.finished
    assert [failure for failure in summary.failures if "task 0 did not finish" in str(failure)]
    assert "was changed after the run was planned" in (folder / "logs" / "task_00000.log").read_text()
    assert summary.articles == 2, "the other task is done"
    assert outside() == before


def test_another_plan_is_refused_by_a_task(folder):
    job = prepared()
    plan = read_plan(folder)
    assert planned(folder, job.plan) == plan
    with pytest.raises(InputError, match="is not the plan that this task belongs to"):
        planned(folder, "0" * 64)
    Path("raw/e.txt").write_text("Another.\n")
    again = prepared()
    assert again.plan != job.plan
    summary = run_locally(job)
    assert not summary.finished
    assert run_locally(again).finished


@pytest.mark.parametrize("content", [b"", b"{}", b"[", b'{"inputs": 1}', b"\xff"])
def test_a_damaged_plan_is_made_again(folder, content):
    prepared()
    (folder / "plan.json").write_bytes(content)
    assert run_locally(prepared()).cleaned == 4


@pytest.mark.parametrize("link", ["clean/.clean-news", "clean/.clean-news/cluster"])
@pytest.mark.parametrize("target", ["outside", "raw", "gone"])
def test_a_linked_folder_is_not_written_to(folder, tmp_path, link, target):
    Path(link).parent.mkdir(parents=True)
    Path(link).symlink_to(tmp_path / target)
    (Path("outside") / "cluster").mkdir()
    (Path("outside") / "cluster" / "mine.txt").write_text("mine")
    before, raw = outside(), sorted(Path("raw").rglob("*"))
    with pytest.raises(LinkError, match="remove the link"):
        prepared()
    assert outside() == before
    assert sorted(Path("raw").rglob("*")) == raw
    assert not (tmp_path / "gone").exists()
    assert folder.is_symlink() or folder.parent.is_symlink()


@pytest.mark.parametrize("name", ["logs/task_00000.log", "stats", "completions/00000", "executor.json", SHARD])
def test_a_link_among_the_records_of_a_run_is_refused(folder, name):
    prepared()
    link = folder / name
    link.unlink(missing_ok=True)
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(Path("outside/secret.txt").resolve())
    before = outside()
    with pytest.raises(InputError, match=f"{link.name}: is neither a file nor a folder; remove the folder"):
        prepared()
    assert outside() == before


def test_a_link_out_of_raw_is_read_only_if_asked(folder):
    Path("raw/link.txt").symlink_to("../outside/secret.txt")
    summary = run_locally(prepared())
    assert (summary.articles, summary.failed) == (4, 1)
    assert "--follow-links" in str(summary.failures[0])
    follow = RunOptions(Settings(stages=("encoding",), follow_links=True))
    summary = run_locally(prepare(Path("raw"), Path("clean"), follow, 2, 2))
    assert (summary.articles, summary.failed) == (5, 0)
    assert Path("clean/link.txt").read_text(encoding="utf-8") == "It didn’t leak.\n"
    assert completion_marker(folder, 0).exists()
