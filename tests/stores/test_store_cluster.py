"""Cluster runs over object stores: the bytes of a local run, whatever fails, is killed, or is already there."""

import json
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest

pytest.importorskip("datatrove")

from clean_news import decisions as decision_records
from clean_news.batch.run import run as run_in_folders
from clean_news.batch.run_options import RunOptions
from clean_news.change_log import read
from clean_news.decisions import decision_on
from clean_news.files.discovery import InputError
from clean_news.settings import Settings
from clean_news.stores.raw_objects import RawObject
from clean_news.workflows import store_cluster, store_shares
from clean_news.workflows.store_cluster import CleanShare, StoreRun, run_locally
from clean_news.workflows.store_shares import Shares, divide, put_shares, read_parts, read_share

FULL = bool(os.environ.get("CLEAN_NEWS_FULL"))
ARTICLES, S3_ARTICLES, FAULTS = (600, 600, 0.02) if FULL else (40, 16, 0)
QUICK = Settings(stages=("encoding", "characters", "layout"), jobs=1)


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """The tasks' logs are in a cache of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


class InThisProcess:
    """An executor that runs its tasks here; those of some ranks are lost."""

    lost = frozenset()

    def __init__(self, steps, tasks, **_):
        self.steps, self.tasks = steps, tasks

    def run(self):
        for rank in set(range(self.tasks)) - self.lost:
            for step in self.steps:
                list(step.run(rank=rank, world_size=self.tasks))


def kill(process):
    """Kill a process with all of its own."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


@pytest.fixture
def here(monkeypatch, digests):
    """The store ``digests://``, and tasks in this process, which has it."""
    monkeypatch.setattr(store_cluster, "LocalExecutor", InThisProcess)
    monkeypatch.setattr(InThisProcess, "lost", frozenset())
    return digests


def put(store, contents):
    for name, data in contents.items():
        store.pipe_file(f"/crawl/raw/{name}", data)


def found(store, folder="clean"):
    """What is in CLEAN, by name, without the project folder."""
    places = (place for place in store.store if place.startswith(f"/crawl/{folder}/") and "/.clean-news/" not in place)
    return {place.removeprefix(f"/crawl/{folder}/"): store.store[place].getvalue() for place in places}


def expected(folder: Path, contents, scheme, settings=QUICK):
    """What a run over folders makes of articles, with the sources of the store."""
    for name, data in contents.items():
        (folder / "raw" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "raw" / name).write_bytes(data)
    assert run_in_folders(folder / "raw", folder / "clean", RunOptions(settings)).failures == []
    paths = (path for path in (folder / "clean").rglob("*.*") if ".clean-news" not in path.parts and path.is_file())
    own = f"{folder}/raw/".encode()
    return {
        path.relative_to(folder / "clean").as_posix(): path.read_bytes().replace(own, f"{scheme}://crawl/raw/".encode())
        for path in paths
    }


def a_run(tasks=4, settings=QUICK, **options):
    return StoreRun("digests://crawl/raw", "digests://crawl/clean", RunOptions(settings, **options), tasks, 2)


def state(store):
    return [place for place in store.store if "/.clean-news/cluster/" in place]


def test_the_bytes_and_figures_are_those_of_folders(here, articles, tmp_path):
    contents = articles(ARTICLES) | {
        "z.jsonl": b'{"text": "It didn\xc3\xa2\xe2\x82\xac\xe2\x84\xa2t."}\n',
        "photo.jpg": b"x",
    }
    put(here, contents)
    bytes_of_folders = expected(tmp_path, contents, "digests")
    here.requests.clear()
    summary = run_locally(a_run())
    assert found(here) == bytes_of_folders
    figures = (summary.articles, summary.cleaned, summary.failed, summary.finished, summary.passed_over)
    assert figures == (ARTICLES + 1, ARTICLES + 1, 0, True, ["photo.jpg"])
    # An article is read and written, and so is its log; each batch of articles has a part of the manifest.
    assert here.requests.count("GET") + here.requests.count("PUT") <= 3.1 * (ARTICLES + 1) + 30
    assert state(here) == []
    written = json.loads(here.store["/crawl/clean/.clean-news/summary.json"].getvalue())
    assert (written["articles"], written["edits"]) == (summary.articles, summary.edits)
    here.requests.clear()
    again = run_locally(a_run())
    assert (again.cleaned, again.unchanged, again.articles) == (0, ARTICLES + 1, ARTICLES + 1)
    assert here.requests.count("GET") + here.requests.count("PUT") < 20  # the manifest and the summary
    forced = run_locally(a_run(force=True))
    assert (forced.cleaned, found(here)) == (ARTICLES + 1, bytes_of_folders)


def test_a_task_that_was_lost_is_made_up_for_by_the_next_run(here, articles, tmp_path, monkeypatch):
    contents = articles(ARTICLES)
    put(here, contents)
    bytes_of_folders = expected(tmp_path, contents, "digests")
    monkeypatch.setattr(InThisProcess, "lost", frozenset({1, 2}))
    summary = run_locally(a_run())
    assert not summary.finished
    assert [failure.message.partition(" did")[0] for failure in summary.failures] == ["task 1", "task 2"]
    assert 0 < len(found(here)) < len(bytes_of_folders)
    assert state(here) == []
    monkeypatch.setattr(InThisProcess, "lost", frozenset())
    summary = run_locally(a_run(3))
    assert summary.finished
    assert summary.unchanged > 0
    assert (summary.cleaned + summary.unchanged, found(here)) == (ARTICLES, bytes_of_folders)


def test_decisions_reach_the_tasks_and_stay_in_clean(here, tmp_path):
    put(here, {"a.txt": "It didnâ€™t reply, and nobody knew why.".encode(), "b.txt": b"It was quiet."})
    assert run_locally(a_run()).cleaned == 2
    log = read(here.store["/crawl/clean/a.txt.changes.json"].getvalue(), "a.txt")
    (edit,) = [edit for stage in log.stages for edit in stage.edits]
    decisions = tmp_path / "decisions.jsonl"
    decisions.write_bytes(decision_records.write([decision_on(edit, "a.txt", "reject", "everywhere", by="Ada")]))
    for name in ("c.txt", "d.txt"):  # results of articles must not be used again under decisions
        put(here, {name: here.store["/crawl/raw/a.txt"].getvalue()})
    summary = run_locally(a_run(decisions=(decisions,)))
    assert (summary.decisions, summary.unmet, summary.repeated, summary.cleaned) == (1, [], 0, 3)
    assert {found(here)[f"{name}.txt"].decode() for name in "acd"} == {"It didnâ€™t reply, and nobody knew why."}
    assert "/crawl/clean/.clean-news/decisions.jsonl" in here.store
    assert run_locally(a_run()).unchanged == 4


def test_raw_may_be_a_folder_that_all_machines_see(here, articles, tmp_path):
    contents = articles(9)
    expected(tmp_path, contents, "digests")
    run = a_run()._replace(raw=str(tmp_path / "raw"))
    assert run_locally(run).cleaned == 9
    logs = [data for name, data in found(here).items() if name.endswith(".json")]
    assert all(f'"source":"{tmp_path}/raw/000/'.encode() in data for data in logs)
    assert run_locally(run).unchanged == 9


def test_repeated_articles_are_cleaned_once(here):
    put(here, {f"{number}.txt": f"It didnâ€™t reply to letter {number % 5}.".encode() for number in range(40)})
    summary = run_locally(a_run())
    assert (summary.articles, summary.repeated) == (40, 35)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda _: b"", "changed or removed"),
        (lambda content: content.replace(b"a.txt", b"b.txt"), "changed or removed"),
        (None, "changed or removed"),
    ],
)
def test_a_share_that_was_changed_is_not_cleaned(here, tmp_path, change, why):
    put(here, {"a.txt": b"It was quiet."})
    (path,) = divide([RawObject("a.txt", 13, "x")], 3, tmp_path)
    shares = put_shares("digests://crawl/clean", [path])
    (place,) = state(here)
    if change is None:
        here.rm_file(place)
    else:
        here.pipe_file(place, change(here.store[place].getvalue()))
    with pytest.raises(InputError, match=why):
        list(CleanShare(a_run(), shares).run())
    assert found(here) == {}
    assert read_parts(shares) == {}


@pytest.mark.parametrize("name", ["../a.txt", "/a.txt", "a/../../b.txt", ".clean-news/a.txt", "a.exe", ""])
@pytest.mark.usefixtures("here")
def test_a_share_names_only_what_a_walk_finds(tmp_path, name):
    (path,) = divide([RawObject(name, 13, "x")], 3, tmp_path)
    with pytest.raises(InputError, match="not an object of RAW"):
        read_share(put_shares("digests://crawl/clean", [path]), 0)


def test_shares_are_of_equal_size_and_of_neighbours(tmp_path):
    sizes = [1 << 20] * 50 + [0] * 100 + [3 << 20] * 30
    objects = [RawObject(f"{number:04d}.txt", size, None) for number, size in enumerate(sizes)]
    paths = divide(iter(objects), 8, tmp_path)
    shares = [
        [store_shares.OBJECT_DECODER.decode(line) for line in path.read_bytes().splitlines()] for path in sorted(paths)
    ]
    assert [each for share in shares for each in share] == objects
    loads = [sum(each.size for each in share) for share in shares]
    assert len(shares) == 8
    assert max(loads) <= 1.3 * sum(loads) / len(loads)
    assert divide(iter(()), 8, tmp_path) == []


def test_what_earlier_runs_left_is_removed(here):
    here.pipe_file("/crawl/clean/.clean-news/cluster/0123/shards/00000.jsonl", b"x")
    put(here, {"a.txt": b"It was quiet."})
    assert run_locally(a_run()).cleaned == 1
    assert state(here) == []
    assert put_shares("digests://crawl/clean", []) == Shares(put_shares("digests://crawl/clean", []).url, ())


@pytest.mark.parametrize(
    ("raw", "clean", "why"),
    [
        ("digests://crawl/raw", "clean", "is a folder while RAW is a URL"),
        ("digests://crawl/raw/a.txt", "digests://crawl/clean", "is one object"),
        ("digests://crawl/none", "digests://crawl/clean", "no object below"),
        ("digests://crawl/raw", "digests://crawl/raw/clean", "CLEAN is inside RAW"),
    ],
)
def test_what_cannot_be_distributed_is_refused(here, raw, clean, why):
    put(here, {"a.txt": b"It was quiet."})
    with pytest.raises(InputError, match=why):
        run_locally(StoreRun(raw, clean, RunOptions(QUICK), 2))


# Each command of a test starts a process for each task, and faults cost their time-outs.
EXECUTORS = ["local", *(pytest.param(name, marks=pytest.mark.full) for name in ("slurm", "ray"))]


@pytest.mark.parametrize("executor", EXECUTORS)
def test_the_command_over_s3_with_faults(s3, articles, tmp_path, monkeypatch, slurm_tools, executor):
    if executor == "ray":
        pytest.importorskip("ray")
    monkeypatch.chdir(tmp_path)
    slurm_tools(tmp_path)
    raw, clean = f"cluster-{executor}", f"clean-{executor}"
    contents = articles(S3_ARTICLES)
    s3.put(raw, contents)
    s3.own(f"faults/{FAULTS}", "PUT")
    where = ("--partition", "long") if executor == "slurm" else ("--workers", "2")
    words = ("cluster", f"s3://crawl/{raw}", f"s3://crawl/{clean}", "--executor", executor, "--tasks", "3", *where)
    words += ("--only", "encoding", "--only", "characters", "--only", "layout")
    code, output = s3.run(*words)
    if code:  # a fault too many is named, and made up for
        assert "run the same command again" in output
    s3.own("faults/0", "PUT")
    secret = s3.variables["AWS_SECRET_ACCESS_KEY"]
    assert secret not in output
    written = s3.files.cat(s3.files.find(f"crawl/{clean}/.clean-news")).values()
    of_jobs = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(secret.encode() in each for each in (*written, *of_jobs))
    if code or executor == "slurm":  # whose tasks tell of failures in the summary only
        code, output = s3.run(*words)
    assert code == 0, output
    assert f"ummary: s3://crawl/{clean}/.clean-news/summary.md" in output
    bytes_of_folders = expected(tmp_path, contents, "s3")
    assert s3.contents(clean) == {
        name: data.replace(b"s3://crawl/raw/", f"s3://crawl/{raw}/".encode()) for name, data in bytes_of_folders.items()
    }
    assert not [place for place in s3.files.find(f"crawl/{clean}/.clean-news") if "/cluster/" in place]
    summary = json.loads(s3.files.cat(f"crawl/{clean}/.clean-news/summary.json"))
    assert (summary["articles"], summary["failures"], summary["finished"]) == (S3_ARTICLES, [], True)
    code, output = s3.run(*words)
    assert code == 0
    assert "up to date" in output


@pytest.mark.full
def test_a_run_that_is_killed_again_and_again_is_continued(s3, articles, tmp_path):
    contents = articles(S3_ARTICLES)
    s3.put("killed", contents)
    words = ("cluster", "s3://crawl/killed", "s3://crawl/clean-killed", "--tasks", "4", "--workers", "2")
    words += ("--only", "encoding", "--only", "characters", "--only", "layout")
    kills = 0
    for _ in range(4):
        reached = sum(s3.counts().values())
        process = s3.start(*words)
        while process.poll() is None and sum(s3.counts().values()) < reached + S3_ARTICLES // 2:
            time.sleep(0.02)
        kills += process.poll() is None
        kill(process)
    assert kills >= 2
    done = len(s3.contents("clean-killed"))
    assert 0 < done < 2 * S3_ARTICLES
    code, output = s3.run(*words)
    assert code == 0, output
    found = {
        name: data.replace(b"s3://crawl/killed/", b"s3://crawl/raw/")
        for name, data in s3.contents("clean-killed").items()
    }
    assert found == expected(tmp_path, contents, "s3")
    assert not [place for place in s3.files.find("crawl/clean-killed/.clean-news") if "/cluster/" in place]


@pytest.mark.parametrize("word", ["--dry-run", "--summarise"])
def test_what_stores_do_not_have_is_refused(s3, word):
    code, output = s3.run(
        "cluster", "s3://crawl/raw", "s3://crawl/clean", "--executor", "slurm", "--partition", "long", word
    )
    assert code == 2
    assert "the same command, run again" in output
