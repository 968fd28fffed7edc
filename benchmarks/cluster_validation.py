"""Compare the simulation of cluster runs with real ones that are killed.

    python benchmarks/cluster_validation.py NEWS.jsonl[.xz] [--articles 3000] [--files 12] [--tasks 6] [--kills 3]
        [--times 1] [--seed 0]

For one and two workers: ``clean-news cluster`` cleans JSON lines files undisturbed, then again into a new folder, and
is killed with all its processes at random moments and started again each time, as when a machine is lost. The
simulation gets the files, the times of the undisturbed run and the moments, and says how long the rest takes after the
last kill, for which it has to know what each task had kept. Wall-clock time, on a machine that may be busy: what is
undisturbed and what is killed alternate. The clean files of both runs are compared.

The requests to an object store are compared with those that docs/object-stores.md reports of 20,000 articles, in
folders of a thousand, with 2% of the requests failing and 30 kills.
"""

import argparse
import filecmp
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import islice, pairwise
from math import ceil
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from cluster_inputs import Corpus, written
from cluster_model import Cluster, Portion, simulate
from cluster_simulation import BATCH_OBJECTS, INPUTS, RawFile, dealt, read_inputs, store_plan, store_requests
from speed import read

STORE_ARTICLES, STORE_KILLS, FOLDER_ARTICLES = 20_000, 30, 1000
MEASURED_REQUESTS = 4.39  # an article, of that run
CHECKED_SHARE = 0.15  # of the time of cleaning, for rows that are up to date; cluster_simulation.toml has the figures


def main() -> None:
    """Print a row for each pair of runs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("news", type=Path)
    parser.add_argument("--articles", type=int, default=3000)
    parser.add_argument("--files", type=int, default=12)
    parser.add_argument("--tasks", type=int, default=6)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = random.Random(options.seed)  # noqa: S311  # nothing secret
    texts = list(islice(read(options.news), options.articles))
    print("| workers | undisturbed, s | killed after, s | rest, s | simulated, s | all, s | simulated, s | error |")
    print("|---:|" + "---:|" * 7)
    errors = []
    with TemporaryDirectory() as folder:
        root = Path(folder)
        corpora = make_files(root / "raw", texts, options.files)
        start = start_of(root, texts)
        for number in range(options.times):
            for workers in (1, 2):
                whole = undisturbed(root, f"whole-{number}-{workers}", options.tasks, workers)
                moments = [start + rng.uniform(0.1, 0.4) * (whole - start) for _ in range(options.kills)]
                moments = limited(moments, whole)
                rest = killed(root, f"killed-{number}-{workers}", options.tasks, workers, moments)
                expected = simulated(corpora, options.tasks, workers, (start, whole), moments)
                errors.append(expected / (sum(moments) + rest) - 1)
                compare(root / f"whole-{number}-{workers}", root / f"killed-{number}-{workers}")
                shown = " + ".join(f"{each:.1f}" for each in moments)
                print(
                    f"| {workers} | {whole:.1f} | {shown} | {rest:.1f} | {expected - sum(moments):.1f} "
                    f"| {sum(moments) + rest:.1f} | {expected:.1f} | {errors[-1]:+.0%} |",
                    flush=True,
                )
    print(f"\nRequests an article: {requests_with_kills(options.seed):.2f}, measured {MEASURED_REQUESTS}")
    print(f"Median of the absolute errors {median(map(abs, errors)):.0%}, largest {max(map(abs, errors)):.0%}")


def requests_with_kills(seed: int) -> float:
    """Simulated requests an article of the run over a store that docs/object-stores.md reports."""
    inputs = read_inputs(INPUTS)
    inputs = inputs._replace(store={**inputs.store, "failing_share": 0.02})
    batches = [
        RawFile({"genuine": each}) for each in dealt(STORE_ARTICLES, [1.0] * ceil(STORE_ARTICLES / BATCH_OBJECTS))
    ]
    plan = store_plan(batches, 1, 1.0, inputs, 1)
    rng = random.Random(seed)  # noqa: S311  # nothing secret
    whole = simulate(plan.tasks, Cluster(1, 1)).seconds
    losses = [rng.uniform(0, whole) for _ in range(STORE_KILLS)]
    outcome = simulate(plan.tasks, Cluster(1, 1), losses=losses)
    # Each start is a command of its own, which lists RAW and CLEAN, and the last one again at its end.
    lists = 2 * STORE_ARTICLES / FOLDER_ARTICLES * (STORE_KILLS + 2)
    made = store_requests(outcome, 1, 1.0, inputs, seed).made
    return (made + lists) / STORE_ARTICLES


def make_files(raw: Path, texts: Sequence[str], number: int) -> list[Corpus]:
    """Write the articles to JSON lines files of different sizes: the first has a share, the last three."""
    raw.mkdir()
    weights = [1 + 2 * row / max(number - 1, 1) for row in range(number)]
    borders = [round(len(texts) * sum(weights[:row]) / sum(weights)) for row in range(number + 1)]
    return [written(raw / f"{row:03}.jsonl", texts[begin:end]) for row, (begin, end) in enumerate(pairwise(borders))]


def limited(moments: Sequence[float], whole: float) -> list[float]:
    """The moments that are certainly before the end: together they are shorter than the run."""
    kept: list[float] = []
    for each in moments:
        if sum(kept) + each < 0.85 * whole:
            kept.append(each)
    return kept


def start_of(root: Path, texts: Sequence[str]) -> float:
    """Seconds of a run over one short article: the start and the end of the command."""
    make_files(root / "short", [min(texts, key=len)], 1)
    process, began = begun(root / "short", root / "short-clean", 1, 1), time.perf_counter()
    process.wait()
    return time.perf_counter() - began


def begun(raw: Path, clean: Path, tasks: int, workers: int) -> "subprocess.Popen[bytes]":
    """Begin a run in a process group of its own."""
    command = [sys.executable, "-m", "clean_news", "cluster", raw, clean, f"--tasks={tasks}", f"--workers={workers}"]
    return subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def undisturbed(root: Path, name: str, tasks: int, workers: int) -> float:
    """Seconds of a run."""
    began = time.perf_counter()
    if begun(root / "raw", root / name, tasks, workers).wait():
        sys.exit("a run failed")
    return time.perf_counter() - began


def killed(root: Path, name: str, tasks: int, workers: int, moments: Sequence[float]) -> float:
    """Kill a run after each time, and start it again; seconds of the last start until the end."""
    for moment in moments:
        process = begun(root / "raw", root / name, tasks, workers)
        time.sleep(moment)
        if process.poll() is not None:
            sys.exit("a run had ended before it was killed; take more articles")
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return undisturbed(root, name, tasks, workers)


def simulated(
    corpora: Sequence[Corpus], tasks: int, workers: int, times: tuple[float, float], moments: Sequence[float]
) -> float:
    """Seconds of the run that is killed, as simulated.

    Args:
        corpora: the files.
        tasks: number of tasks.
        workers: number of workers.
        times: seconds of a run over next to nothing, and of the whole one undisturbed, from which the speed follows.
        moments: seconds from each start to the kill.
    """
    start, whole = times
    portions = dealt_files(corpora, tasks)
    machine = Cluster(machines=1, slots=workers, command_seconds=start, replacement_seconds=start)
    unit = simulate(portions, machine).seconds - start  # with a second for each word
    speed = unit / (whole - start)
    losses = [sum(moments[: number + 1]) for number in range(len(moments))]
    return simulate(portions, machine._replace(speed=speed), losses=losses).seconds


def dealt_files(corpora: Sequence[Corpus], tasks: int) -> list[list[Portion]]:
    """The files of each task, dealt as clean-news does."""
    from clean_news.files.discovery import Task
    from clean_news.workflows.pieces import pieces_of
    from clean_news.workflows.shards import make_shards

    by_name = {each.path.name: each for each in corpora}
    made = [Task(each.path, None, each.path.name, each.path.stat().st_size) for each in corpora]
    return [
        [
            Portion(by_name[piece.task.id].articles, by_name[piece.task.id].words, check_share=CHECKED_SHARE)
            for piece in shard
        ]
        for shard in make_shards(pieces_of(made, tasks), tasks)
    ]


def compare(one: Path, other: Path) -> None:
    """Check that two runs have written the same clean files."""
    names = [path.name for path in sorted(one.glob("*.jsonl"))]
    equal, *different = filecmp.cmpfiles(one, other, names, shallow=False)
    if len(equal) != len(names) or any(different):
        sys.exit(f"the clean files differ: {different}")


if __name__ == "__main__":
    main()
