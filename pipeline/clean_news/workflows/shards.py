"""Stores the plan of a cluster run and the results of its tasks, as files in CLEAN/.clean-news/cluster.

The plan distributes the raw files among the tasks once, so that all tasks see the same distribution. It contains a
digest of everything that determines the output: a run that was stopped is resumed if the digest is unchanged, else
restarted.
"""

import hashlib
import heapq
import json
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

from clean_news.batch.atomic_writing import replacing
from clean_news.batch.discovery import Discovery, Task, output_paths
from clean_news.batch.run_options import RunOptions
from clean_news.batch.summary import Summary
from clean_news.decisions import Key
from clean_news.failures import Failure
from clean_news.project_folder import PROJECT_FOLDER
from clean_news.provenance import provenance

PLAN_FILE = "plan.json"  # written last, so that it exists only for a complete plan
MISSING_PLAN = "there is no plan of a cluster run; run the cluster command again"


class Plan(msgspec.Struct):
    """The plan of a run.

    Attributes:
        digest: digest of everything that determines the output.
        tasks: number of tasks.
        passed_over: files of unknown type.
        failures: files and folders that could not be accessed.
        began: start time in seconds since 1970.
    """

    digest: str
    tasks: int
    passed_over: list[str]
    failures: list[Failure]
    began: float


class Part(msgspec.Struct):
    """The result of one task.

    Attributes:
        summary: the summary of its shard.
        decided: keys of the decisions that match its edits.
    """

    summary: Summary
    decided: list[Key]


def cluster_folder(clean: Path) -> Path:
    """Return the folder of a run's plan, completion markers and logs."""
    return clean / PROJECT_FOLDER / "cluster"


def make_shards(tasks: list[Task], number: int) -> list[list[Task]]:
    """Distribute files among at most ``number`` shards of about equal size, each sorted by name; at least one shard.

    Files are assigned in order of decreasing size, each to the smallest shard so far (Graham 1969: the largest shard is
    at most a third above the optimum).
    """
    found: list[list[Task]] = [[] for _ in range(max(1, min(number, len(tasks))))]
    heap = [(0, shard) for shard in range(len(found))]
    for task in sorted(tasks, key=lambda task: (-task.size, task.id)):
        size, shard = heapq.heappop(heap)
        found[shard].append(task)
        heapq.heappush(heap, (size + task.size + 1, shard))  # + 1 distributes empty files too
    return [sorted(shard, key=lambda task: task.id) for shard in found]


def inputs_digest(shards: list[list[Task]], run_options: RunOptions) -> str:
    """Return a digest of the raw files (name, size, mtime) and of everything else that determines the output.

    Raises:
        OSError: if a file of decisions or protected terms cannot be read.
        SettingsError: if a dictionary cannot be read.
    """
    whole = hashlib.sha256(json.dumps(provenance(run_options.settings), sort_keys=True).encode())
    for path in (*map(str, run_options.decisions), *run_options.settings.protect_file):
        whole.update(hashlib.sha256(Path(path).read_bytes()).digest())
    for shard in shards:
        for task in shard:
            whole.update(json.dumps([str(task.raw), str(task.clean), task.id, task.size, _modified(task)]).encode())
        whole.update(b"\0")
    return whole.hexdigest()


def _modified(task: Task) -> int:
    """Return the mtime of a raw file in ns since 1970; -1 if it is gone, which its task will report."""
    try:
        return task.raw.stat().st_mtime_ns
    except OSError:
        return -1


def write_plan(folder: Path, shards: list[list[Task]], found: Discovery, digest: str, began: float) -> None:
    """Write a plan, after deleting an earlier one with the results of its tasks."""
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)
    for rank, shard in enumerate(shards):
        lines = (json.dumps([str(task.raw), str(task.clean), task.id, task.size]) + "\n" for task in shard)
        with replacing(folder / "shards" / f"{rank:05d}.jsonl") as (file,):
            file.writelines(line.encode() for line in lines)
    plan = Plan(digest, len(shards), found.passed_over, found.failures, began)
    with replacing(folder / PLAN_FILE) as (file,):
        file.write(msgspec.json.encode(plan))


def read_plan(folder: Path) -> Plan | None:
    """Return the plan of a run; None if there is none."""
    try:
        return msgspec.json.decode((folder / PLAN_FILE).read_bytes(), type=Plan)
    except (OSError, msgspec.MsgspecError):
        return None


def read_shard(folder: Path, rank: int) -> list[Task]:
    """Return the files of a task.

    Raises:
        OSError: if the list cannot be read.
    """
    lines = (folder / "shards" / f"{rank:05d}.jsonl").read_text(encoding="ascii").splitlines()
    rows = map(json.loads, lines)
    return [Task(Path(raw), Path(clean), name, size) for raw, clean, name, size in rows]


def write_part(folder: Path, rank: int, summary: Summary, decided: Iterable[Key]) -> None:
    """Write the result of a task."""
    with replacing(folder / "parts" / f"{rank:05d}.json") as (file,):
        file.write(msgspec.json.encode(Part(summary, sorted(decided))))


def read_part(folder: Path, rank: int) -> Part | None:
    """Return the result of a task; None if it has not finished."""
    try:
        return msgspec.json.decode((folder / "parts" / f"{rank:05d}.json").read_bytes(), type=Part)
    except (OSError, msgspec.MsgspecError):
        return None


def is_done(folder: Path, rank: int) -> bool:
    """Whether a task is done: it has finished without failures, and its clean files exist."""
    part = read_part(folder, rank)
    return (
        part is not None
        and not part.summary.failures
        and all(path.exists() for task in read_shard(folder, rank) for path in output_paths(task))
    )


def completion_marker(folder: Path, rank: int) -> Path:
    """Return the path of the file with which datatrove marks a task as completed."""
    return folder / "completions" / f"{rank:05d}"
