"""Compare two workers with one, and two bare loops with one in the same minutes.

    python benchmarks/two_workers.py [NEWS.jsonl[.xz]...] [--articles 2000] [--turns 7] [--loops plain|cleaning]

How much faster two processes are than one depends on the machine: on other load, shared caches, the clock under load.
So each turn has a run of the command line with one worker, one with two, a loop in one process, and the same loop
divided between two processes, in the reverse order every other turn. What counts is the share of the loops' speed-up
that the runs reach, by the medians of all turns.

``--loops plain`` is arithmetic in Python, which touches no memory; it takes about as long as the run with one worker.
``--loops cleaning`` cleans the same articles with :class:`clean_news.Cleaner` and drops the results; loading is not
timed. It shows what part of a shortfall is due to the machine (caches, memory) and what part to the run around it
(start, files, transfer of results).

Runs are separate processes of the command line and are timed with their start. Without a corpus the articles of raw/
are repeated.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from batch import timed, write_articles

WAYS = ("one worker", "two workers", "one loop", "two loops")
PLAIN = "total = 0\nfor number in range({rounds}):\n    total += number * number % 7\n"
TRIAL_ROUNDS = 5_000_000  # of the plain loop, to find out how many take as long as a run
PROCESSES = 2


def main() -> None:
    """Print a row for each turn, and the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("news", type=Path, nargs="*")
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--loops", choices=("plain", "cleaning"), default="plain")
    parser.add_argument("--folder", type=Path, help="where to write the articles, for example in memory (/dev/shm)")
    given = parser.parse_args()
    with TemporaryDirectory(dir=given.folder) as folder:
        root = Path(folder)
        words = write_articles(root / "raw", given.news, given.articles)
        print(f"{given.articles:,} articles, {words:,} words; seconds of each turn:\n")
        loops = cleaning_loops(root / "raw") if given.loops == "cleaning" else plain_loops(root)
        print(f"| {' | '.join(WAYS)} | workers | loops |\n|{'---:|' * 6}", flush=True)
        turns = [turn(root, number, loops) for number in range(given.turns)]
    taken = {way: median(each[way] for each in turns) for way in WAYS}
    print(row(taken) + " medians")
    workers, bare = speed_ups(taken)
    print(f"\nTwo workers are {workers:.2f} times as fast as one, two loops {bare:.2f} times: {workers / bare:.2f}")


def turn(root: Path, number: int, loops: Callable[[int], float]) -> dict[str, float]:
    """Seconds of each way in one turn."""
    # Each run to a new folder: for minutes after many files were removed, ext4 is slow to create new ones.
    ways: dict[str, Callable[[], float]] = {
        "one worker": lambda: timed(root / "raw", root / f"clean-{number}-1", "--jobs=1"),
        "two workers": lambda: timed(root / "raw", root / f"clean-{number}-2", "--jobs=2"),
        "one loop": lambda: loops(1),
        "two loops": lambda: loops(PROCESSES),
    }
    order = WAYS if number % 2 == 0 else WAYS[::-1]
    taken = {way: ways[way]() for way in order}
    print(row(taken), flush=True)
    return taken


def row(taken: dict[str, float]) -> str:
    """A row of the table."""
    workers, bare = speed_ups(taken)
    return f"| {' | '.join(f'{taken[way]:.2f}' for way in WAYS)} | {workers:.2f} | {bare:.2f} |"


def speed_ups(taken: dict[str, float]) -> tuple[float, float]:
    """How many times as fast two workers are as one, and two loops as one."""
    return taken["one worker"] / taken["two workers"], taken["one loop"] / taken["two loops"]


def plain_loops(root: Path) -> Callable[[int], float]:
    """Arithmetic, divided between a number of processes; in one process it takes about as long as one worker."""
    run = timed(root / "raw", root / "clean-trial", "--jobs=1")
    rounds = round(TRIAL_ROUNDS * run / plain(1, TRIAL_ROUNDS))
    return lambda processes: plain(processes, rounds)


def plain(processes: int, rounds: int) -> float:
    """Seconds of some rounds of arithmetic, divided between processes."""
    began = time.perf_counter()
    command = [sys.executable, "-S", "-c", PLAIN.format(rounds=rounds // processes)]
    running = [subprocess.Popen(command) for _ in range(processes)]
    for each in running:
        each.wait()
    return time.perf_counter() - began


CLEANING = """
import sys
from pathlib import Path
from clean_news import Cleaner
from clean_news.change_log import write
texts = [path.read_bytes() for path in sorted(Path(sys.argv[1]).iterdir())[int(sys.argv[2])::int(sys.argv[3])]]
cleaner = Cleaner()
cleaner.clean("The council said on Monday that it would repair the bridge over the river before the winter. " * 6)
print(flush=True)
sys.stdin.readline()
for text in texts:
    write(cleaner.clean(text).log)
"""


def cleaning_loops(raw: Path) -> Callable[[int], float]:
    """Cleaning without files and results, divided between a number of processes that have loaded everything."""

    def seconds(processes: int) -> float:
        running = [
            subprocess.Popen(
                [sys.executable, "-c", CLEANING, raw, str(number), str(processes)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(processes)
        ]
        for each in running:
            assert each.stdout is not None
            each.stdout.readline()
        began = time.perf_counter()
        for each in running:
            assert each.stdin is not None
            each.stdin.write("\n")
            each.stdin.flush()
        codes = [each.wait() for each in running]
        if any(codes):
            sys.exit("a loop failed; its message is above")
        return time.perf_counter() - began

    return seconds


if __name__ == "__main__":
    main()
