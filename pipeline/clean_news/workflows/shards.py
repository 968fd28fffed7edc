"""Stores the plan of a cluster run and the results of its tasks, as files in CLEAN/.clean-news/cluster.

The plan distributes the raw files among the tasks once, so that all tasks see the same distribution. It contains a
digest of everything that determines the output: a run that was stopped is resumed if the digest is unchanged, else
restarted.

The plan is not trusted when it is read back, since whoever may write into CLEAN may have changed it: the digest, which
each task gets from the process that planned the run, covers the content of every shard, and a shard names files only by
their paths within RAW, which are also those within CLEAN.
"""

import hashlib
import heapq
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path, PurePath
from typing import NamedTuple

import msgspec

from clean_news.batch.atomic_writing import refuse_links, replacing
from clean_news.batch.run_options import RunOptions
from clean_news.batch.summary import Summary
from clean_news.decisions import Key
from clean_news.failures import Failure
from clean_news.files.discovery import Discovery, InputError, Task, output_paths, real_path
from clean_news.formats import clean_name, format_of
from clean_news.printable_text import printable
from clean_news.project_folder import PROJECT_FOLDER
from clean_news.provenance import provenance
from clean_news.regular_files import MAX_LIST_BYTES, read_regular
from clean_news.stages.source.prepared_index import sources_digest
from clean_news.workflows.pieces import Piece, is_stored

PLAN_FILE = "plan.json"  # written last, so that it exists only for a complete plan
MISSING_PLAN = "there is no plan of a cluster run; run the cluster command again"


REPLAN = "remove the folder {folder}, then run the cluster command again; articles that are up to date are skipped"


class Plan(msgspec.Struct):
    """The plan of a run.

    Attributes:
        inputs: digest of everything but the raw files that determines the output.
        shards: SHA-256 of each task's shard, in hex.
        passed_over: files of unknown type.
        failures: files and folders that could not be accessed.
        began: start time in seconds since 1970.
        sources: number of articles among the sources.
    """

    inputs: str
    shards: list[str]
    passed_over: list[str]
    failures: list[Failure]
    began: float
    sources: int = 0

    @property
    def tasks(self) -> int:
        """The number of tasks."""
        return len(self.shards)

    @property
    def digest(self) -> str:
        """The digest of everything that determines the output, including the content of the shards."""
        return hashlib.sha256("\0".join((self.inputs, *self.shards)).encode()).hexdigest()


class Folders(NamedTuple):
    """The folders of a run.

    Attributes:
        raw: RAW.
        clean: CLEAN.
        follow_links: whether RAW's symbolic links are followed out of RAW.
    """

    raw: Path
    clean: Path
    follow_links: bool = False


class ShardRow(NamedTuple):
    """One raw file in a shard.

    Attributes:
        name: path within RAW with ``/`` as separator, which is also that within CLEAN.
        size: size in bytes.
        modified: mtime in ns since 1970; -1 if the file was gone, which its task will report.
        piece: number of the piece of the file, from 0; see :mod:`clean_news.workflows.pieces`.
        pieces: number of its pieces; 1 for a file that is not divided.
    """

    name: str
    size: int
    modified: int
    piece: int = 0
    pieces: int = 1


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


def make_shards(pieces: list[Piece], number: int) -> list[list[Piece]]:
    """Distribute files among at most ``number`` shards of about equal size, each sorted by name; at least one shard.

    Files, and pieces of large ones, are assigned in order of decreasing size, each to the smallest shard so far (Graham
    1969: the largest shard is at most a third above the optimum).
    """
    found: list[list[Piece]] = [[] for _ in range(max(1, min(number, len(pieces))))]
    heap = [(0, shard) for shard in range(len(found))]
    for piece in sorted(pieces, key=lambda piece: (-piece.size, piece.task.id, piece.number)):
        size, shard = heapq.heappop(heap)
        found[shard].append(piece)
        heapq.heappush(heap, (size + piece.size + 1, shard))  # + 1 distributes empty files too
    return [sorted(shard, key=lambda piece: (piece.task.id, piece.number)) for shard in found]


def new_plan(found: Discovery, contents: list[bytes], folders: Folders, run_options: RunOptions, began: float) -> Plan:
    """Return the plan of a run.

    Args:
        found: the result of the discovery.
        contents: the content of each shard.
        folders: RAW and CLEAN.
        run_options: the options of the run.
        began: start time in seconds since 1970.

    Raises:
        OSError: if a file of decisions or protected terms cannot be read.
        SettingsError: if a dictionary cannot be read.
    """
    digests = [hashlib.sha256(content).hexdigest() for content in contents]
    return Plan(_inputs_digest(folders, run_options), digests, found.passed_over, found.failures, began)


def _inputs_digest(folders: Folders, run_options: RunOptions) -> str:
    """Return a digest of everything but the raw files that determines the output."""
    settings = run_options.settings
    facts = [provenance(settings), [str(folders.raw), str(folders.clean)], sources_digest(settings), settings.per_path]
    whole = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    for path in (*map(str, run_options.decisions), *settings.protect_file):
        whole.update(hashlib.sha256(read_regular(path, MAX_LIST_BYTES)).digest())
    return whole.hexdigest()


def shard_content(shard: list[Piece], raw: Path) -> bytes:
    """Return a shard as JSON lines, see :class:`ShardRow`."""
    rows = (
        ShardRow(task.raw.relative_to(raw).as_posix(), task.size, _modified(task), number, total)
        for task, number, total in shard
    )
    # The standard library's JSON keeps bytes of a name that are not UTF-8 (surrogates), msgspec's does not.
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def _modified(task: Task) -> int:
    """Return the mtime of a raw file in ns since 1970; -1 if it is gone, which its task will report."""
    try:
        return task.raw.stat().st_mtime_ns
    except OSError:
        return -1


def write_plan(folder: Path, plan: Plan, contents: list[bytes]) -> None:
    """Write a plan, after deleting an earlier one with the results of its tasks.

    Raises:
        LinkError: if the folder is reached through a symbolic link inside CLEAN.
        OSError: if it cannot be written.
    """
    refuse_links(folder)
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)
    for rank, content in enumerate(contents):
        with replacing(_shard_path(folder, rank)) as (file,):
            file.write(content)
    with replacing(folder / PLAN_FILE) as (file,):
        file.write(msgspec.json.encode(plan))


def refuse_strange_files(folder: Path) -> None:
    """Check that the folder of a run, in which datatrove writes by path, contains nothing but files and folders.

    Raises:
        LinkError: if the folder is reached through a symbolic link inside CLEAN.
        InputError: if there is a symbolic link, a named pipe or the like.
        OSError: if a folder cannot be read.
    """
    refuse_links(folder)
    for path in _strange_files(folder):
        raise InputError(f"{printable(path)}: is neither a file nor a folder; {_replan(folder)}")


def _strange_files(folder: Path) -> Iterator[Path]:
    """Yield what is neither a regular file nor a folder."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _strange_files(Path(entry.path))
            elif not entry.is_file(follow_symlinks=False):
                yield Path(entry.path)


def _replan(folder: Path) -> str:
    """Return the remedy for a plan that cannot be used."""
    return REPLAN.format(folder=printable(folder))


def _shard_path(folder: Path, rank: int) -> Path:
    """Return the path of a task's shard."""
    return folder / "shards" / f"{rank:05d}.jsonl"


def read_plan(folder: Path) -> Plan | None:
    """Return the plan of a run; None if there is none."""
    try:
        return msgspec.json.decode(read_regular(folder / PLAN_FILE, MAX_LIST_BYTES), type=Plan)
    except (OSError, ValueError, RecursionError):  # ValueError: no UTF-8, or another type; else nested too deeply
        return None


def planned(folder: Path, digest: str) -> Plan:
    """Return the plan of a run, checked.

    Args:
        folder: the run's folder.
        digest: the plan's digest, as the process that planned the run knows it.

    Raises:
        InputError: if there is no plan, or another one.
    """
    plan = read_plan(folder)
    if plan is None:
        raise InputError(f"{printable(folder)}: {MISSING_PLAN}")
    if plan.digest != digest:
        raise InputError(
            f"{printable(folder / PLAN_FILE)}: is not the plan that this task belongs to; run the cluster command again"
        )
    return plan


def read_shard(folder: Path, plan: Plan, rank: int, folders: Folders) -> list[Piece]:
    """Return the files of a task, and the pieces of large ones.

    Args:
        folder: the run's folder.
        plan: the plan, checked.
        rank: the rank of the task.
        folders: RAW and CLEAN.

    Raises:
        InputError: if the shard is not the planned one, or names a file that is not in RAW.
        OSError: if it cannot be read.
    """
    path = _shard_path(folder, rank)
    content = read_regular(path, MAX_LIST_BYTES)
    if rank >= plan.tasks or hashlib.sha256(content).hexdigest() != plan.shards[rank]:
        raise InputError(f"{printable(path)}: was changed after the run was planned; {_replan(folder)}")
    real_raw = real_path(folders.raw)
    pieces = []
    for line in content.splitlines():
        row = ShardRow(*json.loads(line))
        if not is_inside(row.name, folders, real_raw):
            raise InputError(f"{printable(path)}: names {row.name!r}, which is not a file in RAW; {_replan(folder)}")
        task_id = printable(row.name)
        task = Task(
            folders.raw / row.name, folders.clean / clean_name(row.name), task_id, row.size, within=folders.clean
        )
        pieces.append(Piece(task, row.piece, row.pieces))
    return pieces


def divided_files(folder: Path, plan: Plan, folders: Folders) -> dict[Task, int]:
    """Return the files that are divided, each with the number of its pieces.

    Args:
        folder: the run's folder.
        plan: the plan, checked.
        folders: RAW and CLEAN.

    Raises:
        InputError: if a shard is not the planned one.
        OSError: if one cannot be read.
    """
    shards = (read_shard(folder, plan, rank, folders) for rank in range(plan.tasks))
    return {piece.task: piece.total for shard in shards for piece in shard if piece.total > 1}


def is_inside(name: str, folders: Folders, real_raw: Path) -> bool:
    """Whether a path is one that discovery finds in RAW: of a known type, not hidden, and not leading out.

    Args:
        name: the path, relative to RAW.
        folders: RAW and CLEAN.
        real_raw: RAW with symbolic links resolved.
    """
    path = PurePath(name)
    if path.anchor or not path.parts or any(part.startswith(".") for part in path.parts):
        return False
    raw = folders.raw / path
    return format_of(raw) is not None and (folders.follow_links or real_path(raw).is_relative_to(real_raw))


def write_part(folder: Path, rank: int, summary: Summary, decided: Iterable[Key]) -> None:
    """Write the result of a task."""
    with replacing(folder / "parts" / f"{rank:05d}.json") as (file,):
        file.write(msgspec.json.encode(Part(summary, sorted(decided))))


def read_part(folder: Path, rank: int) -> Part | None:
    """Return the result of a task; None if it has not finished."""
    try:
        return msgspec.json.decode(read_regular(folder / "parts" / f"{rank:05d}.json", MAX_LIST_BYTES), type=Part)
    except (OSError, ValueError, RecursionError):  # ValueError: no UTF-8, or another type; else nested too deeply
        return None


def is_done(folder: Path, plan: Plan, rank: int, folders: Folders) -> bool:
    """Whether a task is done: it has finished without failures, and its clean files exist.

    Raises:
        InputError: if its shard is not the planned one.
        OSError: if its shard cannot be read.
    """
    pieces = read_shard(folder, plan, rank, folders)
    part = read_part(folder, rank)
    return (
        part is not None
        and not part.summary.failures
        and all(is_stored(folder, piece) or all(map(Path.exists, output_paths(piece.task))) for piece in pieces)
    )


def completion_marker(folder: Path, rank: int) -> Path:
    """Return the path of the file with which datatrove marks a task as completed."""
    return folder / "completions" / f"{rank:05d}"
