"""Measure what a simulation of cluster runs takes as its inputs, and print them as TOML.

    python benchmarks/cluster_inputs.py --genuine NEWS.jsonl[.xz] --spun SPUN.jsonl --scanned SCANNED.jsonl
        [--articles 1000] [--times 3] > benchmarks/cluster_simulation.toml

The files are JSON lines with a field ``text``, ``spun`` or ``ocr``; ``benchmarks/forward_spin.py`` and
``benchmarks/scan_news.py`` generate the latter two from the first. Everything is measured on whole commands: of a kind
of text, a JSON lines file with some of the articles and one with all of them are cleaned by one worker, and the speed
is that of the difference, with reading, logs and writing but without the start. Times are those of the processor,
medians, since the machine may do other work; peak memory is that of one worker over all kinds. Linux only.

What cannot be measured on one machine (prices, failures, distances) is written with the value that is assumed, and so
is the mutual slowing-down of processes, for which ``two_workers.py`` needs a machine that is idle.
"""

import argparse
import ctypes
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from statistics import median
from typing import NamedTuple

from speed import read

SET_CHILD_SUBREAPER = 36  # of prctl: whatever a command leaves running becomes a child of this process
KINDS = ("genuine", "spun", "scanned")
MEGABYTE = 1e6
PIECES = 8  # that the largest file is divided into, for reading past rows and for joining
ASSUMED = """
[machines]                  # assumed
cores = 16                  # of a machine
slow_share = 0.05           # share of the machines that are slow
slow_factor = 2.0           # how much slower they are
preemptions_an_hour = 0.05  # of a machine
replacement_seconds = 180.0 # until another machine takes its place

[store]                     # an object store instead of shared folders; see docs/object-stores.md
requests_an_object = 3.0    # measured: 1 GET, 2 PUT; lists come on top
seconds_a_request = 0.05    # assumed: until the answer, for an object of ordinary size
failing_share = 0.002       # assumed: share of the requests that fail

[prices]                    # assumed, in EUR
core_hour = 0.04
thousand_requests = 0.004   # of three requests one reads and two write
"""


class Used(NamedTuple):
    """What a command used, with all processes that it started.

    Attributes:
        seconds: of the processor.
        megabytes: peak resident memory.
    """

    seconds: float
    megabytes: float


class Corpus(NamedTuple):
    """Articles as a JSON lines file.

    Attributes:
        path: the file.
        articles: their number.
        words: in all articles.
    """

    path: Path
    articles: int
    words: int


def main() -> None:
    """Print the inputs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for kind in KINDS:
        parser.add_argument(f"--{kind}", type=Path, metavar="FILE", required=True)
    parser.add_argument("--articles", type=int, default=1000, help="of a kind; fewer if the file has fewer")
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        texts = {kind: list(islice(read(getattr(options, kind)), options.articles)) for kind in KINDS}
        print(
            "# Inputs of cluster_simulation.py. Measured by cluster_inputs.py, unless a line says that it is assumed."
        )
        for kind in KINDS:
            print("\n".join(("", f"[kinds.{kind}]", *of_kind(root, kind, texts[kind], options.times))), flush=True)
        print("\n".join(("", "[worker]", *of_worker(root, texts, options.times))), flush=True)
        print(ASSUMED, end="")


def of_kind(root: Path, kind: str, texts: Sequence[str], times: int) -> list[str]:
    """The lines about a kind of text."""
    some, all_ = written(root / f"{kind}-some.jsonl", texts[: len(texts) // 5]), written(root / f"{kind}.jsonl", texts)
    differences, again = [], []
    for number in range(times):
        clean = root / f"{kind}-{number}.jsonl"
        few = used("clean", some.path, root / f"{kind}-some-{number}.jsonl").seconds
        differences.append(used("clean", all_.path, clean).seconds - few)
        unchanged = used("clean", some.path, root / f"{kind}-some-{number}.jsonl").seconds
        again.append(used("clean", all_.path, clean).seconds - unchanged)
    words = all_.words - some.words
    return [
        f"words = {all_.words / all_.articles:.0f}  # of an article",
        f"bytes = {all_.path.stat().st_size / all_.articles:.0f}  # of an article as a JSON line",
        f"words_a_second = {words / median(differences):.0f}  # of one process, with reading and writing",
        f"checked_words_a_second = {words / median(again):.0f}  # of articles that are up to date",
    ]


def of_worker(root: Path, texts: dict[str, list[str]], times: int) -> list[str]:
    """The lines about a worker whatever it cleans."""
    mixed = written(root / "mixed.jsonl", [text for each in zip(*texts.values(), strict=False) for text in each])
    memory = max(used("clean", mixed.path, root / f"mixed-{number}.jsonl").megabytes for number in range(times))
    few, many = (median(cluster_seconds(root, texts["genuine"], tasks, times)) for tasks in (2, 22))
    task = max((many - few) / 20, 0.0)
    places = pieces(root, texts["genuine"])
    return [
        f"peak_megabytes = {memory:.0f}  # of one worker, all kinds",
        f"command_seconds = {few - 2 * task:.2f}  # from the start of the command to its tasks, and the summary",
        f"task_seconds = {task:.3f}  # of a task beside its articles, in a process that has loaded everything",
        f"start_seconds = {start_seconds(root, times):.2f}  # of a task in a new process, as on Slurm",
        f"read_past_megabytes_a_second = {places[0]:.0f}  # rows of others in a file that is shared out",
        f"join_megabytes_a_second = {places[1]:.1f}  # of the raw file, when its pieces are put together",
        "scaling = 0.93  # assumed of 16: what two workers take of the processor, against one, 4,500 articles",
    ]


def written(path: Path, texts: Sequence[str]) -> Corpus:
    """Write articles as JSON lines."""
    with path.open("w", encoding="utf-8") as file:
        for number, text in enumerate(texts):
            file.write(json.dumps({"id": f"{number:07}", "text": text}, ensure_ascii=False) + "\n")
    return Corpus(path, len(texts), sum(len(text.split()) for text in texts))


def used(command: str, raw: Path, clean: Path, *options: str) -> Used:
    """Run a command with one worker, and say what it used.

    Args:
        command: ``cluster``, or ``clean`` for the main job.
        raw: RAW.
        clean: CLEAN.
        options: more options.
    """
    ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, 1)
    words = ["--quiet", "--jobs=1"] if command == "clean" else ["--workers=1"]
    arguments = [*([] if command == "clean" else [command]), str(raw), str(clean), *words, *options]
    process = os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", "clean_news", *arguments],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, file, os.devnull, os.O_WRONLY, 0) for file in (1, 2)],
    )
    seconds = megabytes = 0.0
    failed = 0
    while True:
        try:
            ended, status, usage = os.wait4(-1, 0)
        except ChildProcessError:
            break
        seconds += usage.ru_utime + usage.ru_stime
        megabytes = max(megabytes, usage.ru_maxrss / 1024)
        failed |= status if ended == process else 0
    if failed:
        sys.exit(f"{command} {raw.name} ended with {os.waitstatus_to_exitcode(failed)}")
    return Used(seconds, megabytes)


def cluster_seconds(root: Path, texts: Sequence[str], tasks: int, times: int) -> list[float]:
    """Seconds of runs with one worker over one short article for each task."""
    raw = root / f"raw-{tasks}"
    raw.mkdir()
    for number in range(tasks):
        (raw / f"{number:04}.txt").write_text(f"{min(texts, key=len)}\n{number}.", encoding="utf-8")
    return [
        used("cluster", raw, root / f"clean-{tasks}-{number}", f"--tasks={tasks}").seconds for number in range(times)
    ]


def start_seconds(root: Path, times: int) -> float:
    """Seconds of a command with two short articles."""
    return median(used("clean", root / "raw-2", root / f"start-{number}").seconds for number in range(times))


def pieces(root: Path, texts: Sequence[str]) -> tuple[float, float]:
    """Megabytes a second of reading past the rows of others, and of putting a divided file together."""
    from clean_news.batch.row_dispatch import in_this_process
    from clean_news.batch.run_options import RunOptions
    from clean_news.files.discovery import Task
    from clean_news.formats.row_places import RowPlaces
    from clean_news.settings import Settings
    from clean_news.workflows import pieces as shared

    raw = written(root / "divided.jsonl", texts)
    megabytes = raw.path.stat().st_size / MEGABYTE
    form = shared.format_of(raw.path)
    assert shared.can_be_shared(form), "JSON lines can be shared out"
    began = time.process_time()
    for _ in range(10):
        sum(1 for _ in form.read_places(raw.path, Settings(), RowPlaces(raw.articles, raw.articles + 1)))
    past = (time.process_time() - began) / 10
    task = Task(raw.path, root / "joined" / raw.path.name, raw.path.name, raw.path.stat().st_size)
    options = RunOptions(Settings())
    for number in range(PIECES):
        shared.clean_piece(shared.Piece(task, number, PIECES), root / "run", options, in_this_process)
    began = time.process_time()
    report = shared.put_together(task, PIECES, root / "run", options)
    joining = time.process_time() - began
    assert report.outcome == "cleaned", report.failures
    return megabytes / past, megabytes / joining


if __name__ == "__main__":
    main()
