"""The plan of a cluster run and the records of its tasks, damaged or planted in CLEAN."""

import hashlib
import json
import os
import pickle
import shutil
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path
from typing import Any

from hostile_planting import NOT_FILES, Plant
from hostile_site import FIRST, Site

from clean_news.batch.run_options import RunOptions
from clean_news.settings_file import load

CONTROL = "\x1b]0;owned\x07\x1b[2J\n\x9b31m"
DEEP = "[" * 5_000 + "]" * 5_000
SHARD, PLAN, PART, LOGGED = "shards/00000.jsonl", "plan.json", "parts/00000.json", "logs/task_00000.log"


def planned(site: Site) -> Path:
    """Plan a cluster run of two tasks, as ``clean-news cluster`` does; return the run's folder."""
    from clean_news.workflows.cluster import prepare

    with chdir(site.work):
        prepare(Path("raw"), Path("clean"), RunOptions(load(None, Path.cwd(), {})), 2, 1)
    return site.project / "cluster"


def written(place: str, content: str | bytes) -> Plant:
    """Write one of the files of a run that was planned."""

    def plant(site: Site) -> None:
        path = planned(site) / place
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return plant


def in_plan(change: Callable[[dict[str, Any]], dict[str, Any]], place: str = PLAN) -> Plant:
    """Change the plan, or the result of the first task, of a run that was planned."""

    def plant(site: Site) -> None:
        path = planned(site) / place
        found = json.loads(path.read_bytes()) if place == PLAN else a_part()
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(change(found)), encoding="utf-8")

    return plant


def a_part() -> dict[str, Any]:
    """The result of a task that claims to have done all."""
    tally = {"articles": 2, "edits": 4, "rules": {}, "stages": {}}
    return {"summary": {**tally, "version": "0", "raw": "", "clean": "", "settings_sha256": ""}, "decided": []}


def in_part(**values: Any) -> Plant:
    """Write the result of a task."""
    return in_plan(lambda part: {**part, "summary": {**part["summary"], **values}}, PART)


def rows(*names: str, right_digest: bool = False) -> Plant:
    """Let the first shard name other files; the plan may have its digest."""

    def plant(site: Site) -> None:
        folder = planned(site)
        content = b"".join(json.dumps([name, 10, 0]).encode() + b"\n" for name in names)
        (folder / SHARD).write_bytes(content)
        if right_digest:
            plan = json.loads((folder / PLAN).read_bytes())
            plan["shards"][0] = hashlib.sha256(content).hexdigest()
            (folder / PLAN).write_text(json.dumps(plan), encoding="utf-8")

    return plant


def replaced(place: str, make: Callable[[Path, Site], None]) -> Plant:
    """Replace a file or folder of a run that was planned by what is no file."""

    def plant(site: Site) -> None:
        path = planned(site) / place
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        path.parent.mkdir(exist_ok=True)
        make(path, site)

    return plant


def linked(target: str) -> Callable[[Path, Site], None]:
    """Make a link to a folder of the site."""
    return lambda path, site: path.symlink_to(site.top / target)


class Bomb:
    """An object whose pickle leaves the canary when it is loaded."""

    def __init__(self, canary: Path) -> None:
        """Name the canary."""
        self.canary = canary

    def __reduce__(self) -> tuple[Any, ...]:
        """Be made again by a command."""
        return os.system, (f"touch '{self.canary}'",)


def pickled(site: Site) -> None:
    """Write the pickled pipeline that a Slurm job would load."""
    (planned(site) / "executor.pik").write_bytes(pickle.dumps(Bomb(site.top / "canary")))


def marked_as_complete(site: Site) -> None:
    """Claim that all tasks are completed."""
    folder = planned(site) / "completions"
    folder.mkdir()
    for rank in range(2):
        (folder / f"{rank:05}").touch()


SHARDS: dict[str, Plant] = {
    "a shard of a file outside": rows("../../outside/mine.txt"),
    "a shard of a file outside, with its digest": rows("../../outside/mine.txt", right_digest=True),
    "a shard of an absolute path, with its digest": rows("/etc/hosts.txt", right_digest=True),
    "a shard of the project folder, with its digest": rows(".clean-news/x.txt", right_digest=True),
    "a shard of another file": rows(FIRST),
    "a shard of one file 20,000 times, with its digest": rows(*[FIRST] * 20_000, right_digest=True),
    "a shard without a file": written(SHARD, ""),
    "a shard of garbage": written(SHARD, bytes(range(256)) * 9),
    "a deep shard": written(SHARD, DEEP),
    "a plan of nothing": written(PLAN, ""),
    "a plan of garbage": written(PLAN, bytes(range(256)) * 9),
    "an empty plan": written(PLAN, "{}"),
    "a deep plan": written(PLAN, f'{{"inputs": {DEEP}}}'),
    "a plan with a deep unknown field": written(PLAN, f'{{"more": {DEEP}}}'),
    "a plan of another type": written(PLAN, '{"inputs": 1, "shards": {}}'),
    "a plan of no shards": in_plan(lambda plan: {**plan, "shards": []}),
    "a plan of 100,000 shards": in_plan(lambda plan: {**plan, "shards": ["0" * 64] * 100_000}),
    "a plan that began before all time": in_plan(lambda plan: {**plan, "began": -1e308}),
    "a plan with control characters": in_plan(lambda plan: {**plan, "passed_over": [CONTROL] * 20}),
    "a plan with failures": in_plan(lambda plan: {**plan, "failures": [{"id": CONTROL, "why": CONTROL}]}),
    "a plan of another run": in_plan(lambda plan: {**plan, "inputs": "0" * 64}),
    "a result of garbage": written(PART, bytes(range(256)) * 9),
    "a deep result": written(PART, f'{{"more": {DEEP}}}'),
    "a result of huge numbers": in_part(articles=1 << 62, cleaned=-(1 << 62)),
    "a result with control characters": in_part(failures=[{"id": CONTROL, "why": CONTROL}], unmet=[CONTROL]),
    "a result that claims to be complete": in_part(articles=2),
    "markers without results": marked_as_complete,
    "a pickled pipeline": pickled,
    **{f"a shard that is {name}": replaced(SHARD, make) for name, make in NOT_FILES.items()},
    **{f"a plan that is {name}": replaced(PLAN, make) for name, make in NOT_FILES.items()},
    **{
        f"{what} that is {name}": replaced(place, NOT_FILES[name])
        for what, place in (("a result", PART), ("a log", LOGGED))
        for name in ("a named pipe", "a link to a secret", "1 TB")
    },
    **{
        f"{place or 'the folder'} to {target}": replaced(place, linked(target))
        for place in ("", "shards", "parts", "logs", "completions", "stats", "executor.json")
        for target in ("work/raw", "gone")
    },
}
