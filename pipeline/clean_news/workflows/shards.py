"""The plan of a cluster run, and what its tasks report: files in CLEAN/.clean-news/cluster.

The plan shares the raw files out among the tasks, once, so that every task sees the same. It is marked with a digest of
all that decides about the output: a run that was stopped goes on if the digest is the same, and begins anew if not.
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

MARK = "plan.json"  # written last: without it there is no plan
NO_PLAN = "the plan of the run is gone; give the command of the cluster run again"


class Plan(msgspec.Struct):
    """What is known of a run as a whole.

    Attributes:
        digest: of all that decides about the output.
        tasks: number of tasks.
        passed_over: files of no known kind.
        failures: what could not be looked at.
        began: seconds since 1970.
    """

    digest: str
    tasks: int
    passed_over: list[str]
    failures: list[Failure]
    began: float


class Part(msgspec.Struct):
    """What one task did.

    Attributes:
        summary: its figures.
        decided: what the decisions are about that are about its edits.
    """

    summary: Summary
    decided: list[Key]


def folder_of(clean: Path) -> Path:
    """Where a run's plan, markers and logs are."""
    return clean / PROJECT_FOLDER / "cluster"


def shares(tasks: list[Task], number: int) -> list[list[Task]]:
    """The files in at most ``number`` shards of about equal size, in each by name; at least one shard.

    The largest file first, each to the shard that has least so far (Graham 1969: at most a third above the optimum).
    """
    found: list[list[Task]] = [[] for _ in range(max(1, min(number, len(tasks))))]
    heap = [(0, shard) for shard in range(len(found))]
    for task in sorted(tasks, key=lambda task: (-task.size, task.id)):
        size, shard = heapq.heappop(heap)
        found[shard].append(task)
        heapq.heappush(heap, (size + task.size + 1, shard))  # + 1: empty files are shared out too
    return [sorted(shard, key=lambda task: task.id) for shard in found]


def digest_of(shards: list[list[Task]], run_options: RunOptions) -> str:
    """Digest of the raw files (name, size, time of change) and of all that they are cleaned by.

    Raises:
        OSError: if a file of decisions or protected words cannot be read.
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
    """When a raw file was changed, in ns since 1970; -1 if it is gone, which its task will report."""
    try:
        return task.raw.stat().st_mtime_ns
    except OSError:
        return -1


def lay_out(folder: Path, shards: list[list[Task]], found: Discovery, digest: str, began: float) -> None:
    """Write a plan, in the place of an older one and of all that its tasks reported."""
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)
    for rank, shard in enumerate(shards):
        lines = (json.dumps([str(task.raw), str(task.clean), task.id, task.size]) + "\n" for task in shard)
        with replacing(folder / "shards" / f"{rank:05d}.jsonl") as (file,):
            file.writelines(line.encode() for line in lines)
    plan = Plan(digest, len(shards), found.passed_over, found.failures, began)
    with replacing(folder / MARK) as (file,):
        file.write(msgspec.json.encode(plan))


def plan_in(folder: Path) -> Plan | None:
    """The plan of a run; None if there is none."""
    try:
        return msgspec.json.decode((folder / MARK).read_bytes(), type=Plan)
    except (OSError, msgspec.MsgspecError):
        return None


def shard_of(folder: Path, rank: int) -> list[Task]:
    """The files of a task.

    Raises:
        OSError: if they cannot be read.
    """
    lines = (folder / "shards" / f"{rank:05d}.jsonl").read_text(encoding="ascii").splitlines()
    rows = map(json.loads, lines)
    return [Task(Path(raw), Path(clean), name, size) for raw, clean, name, size in rows]


def store_part(folder: Path, rank: int, summary: Summary, decided: Iterable[Key]) -> None:
    """Write what a task did."""
    with replacing(folder / "parts" / f"{rank:05d}.json") as (file,):
        file.write(msgspec.json.encode(Part(summary, sorted(decided))))


def part_in(folder: Path, rank: int) -> Part | None:
    """What a task did; None if it has not said so yet."""
    try:
        return msgspec.json.decode((folder / "parts" / f"{rank:05d}.json").read_bytes(), type=Part)
    except (OSError, msgspec.MsgspecError):
        return None


def is_done(folder: Path, rank: int) -> bool:
    """Whether nothing of a task is left to do: it says so, nothing of it failed, and its clean files are there."""
    part = part_in(folder, rank)
    return (
        part is not None
        and not part.summary.failures
        and all(path.exists() for task in shard_of(folder, rank) for path in output_paths(task))
    )


def marker(folder: Path, rank: int) -> Path:
    """The file by which datatrove marks a task as completed."""
    return folder / "completions" / f"{rank:05d}"
