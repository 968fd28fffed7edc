"""Measure cold start: cleaning three articles in a fresh process, relative to importing textacy's normalisers.

    python benchmarks/cold_start.py [ARTICLE.txt …] [--times 9]

The commands alternate (A B C A B C …), each in a fresh process, and medians are compared: on a busy machine only the
ratio is meaningful. One round beforehand brings the files into the page cache. Without arguments three articles of
raw/ are cleaned, one of them spun. A first run, which compiles the spin lexicon into the user's cache, has its own row,
as have ``--version`` and ``--help``.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

RAW = Path(__file__).parents[1] / "raw"
OWN = ("01-genuine-lighthouse.txt", "02-spun-foreign-ministry.txt", "05-mojibake-cafe.txt")
OURS = (sys.executable, "-m", "clean_news")
REFERENCE = "import textacy.preprocessing"


def seconds(command: Sequence[str], environment: Mapping[str, str]) -> float:
    """Wall-clock seconds of a command.

    Raises:
        subprocess.CalledProcessError: if it fails.
    """
    began = time.perf_counter()
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", nargs="*", type=Path, default=[RAW / name for name in OWN])
    parser.add_argument("--times", type=int, default=9)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        raw, clean, cache = (Path(folder, name) for name in ("raw", "clean", "cache"))
        raw.mkdir()
        for article in options.articles:
            shutil.copy(article, raw)
        cleaning = (*OURS, str(raw), str(clean), "--quiet")
        usual = dict(os.environ)
        runs = {
            REFERENCE: ((sys.executable, "-c", REFERENCE), usual),
            f"{len(options.articles)} articles": (cleaning, usual),
            "the same, for the first time": (cleaning, {**usual, "XDG_CACHE_HOME": str(cache)}),
            "--version": ((*OURS, "--version"), usual),
            "--help": ((*OURS, "--help"), usual),
        }
        taken: dict[str, list[float]] = {name: [] for name in runs}
        for number in range(options.times + 1):
            for name, (command, environment) in runs.items():
                shutil.rmtree(clean, ignore_errors=True)
                shutil.rmtree(cache, ignore_errors=True)
                took = seconds(command, environment)
                if number:
                    taken[name].append(took)
    reference = statistics.median(taken[REFERENCE])
    print("|  | seconds, median (minimum) | × |\n|---|---|---|")
    for name, times in taken.items():
        median = statistics.median(times)
        print(f"| {name} | {median:.2f} ({min(times):.2f}) | {median / reference:.2f} |")


if __name__ == "__main__":
    main()
