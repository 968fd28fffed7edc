"""Measure batch runs: a rerun without changes, with sources, memory over one large file.

    python benchmarks/batch.py rerun   [NEWS.jsonl[.xz]...] --articles 10000
    python benchmarks/batch.py sources [NEWS.jsonl[.xz]...] --articles 1500 --jobs 1
    python benchmarks/batch.py memory  [NEWS.jsonl[.xz]...] --megabytes 2048

Every run is a separate process of the command line; runs that are compared alternate. Without a corpus the articles
of raw/ are repeated; a corpus with fewer articles than requested is an error. ``sources`` compares runs without sources
with runs whose index is there, is brought up to date, and is made: the sources are the articles themselves. Its figures
are seconds of the processor, children included. ``memory`` writes one JSON lines file and
samples the resident set size of the single worker while it is cleaned; it needs Linux. Two workers are compared with
one by two_workers.py.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import chain, cycle, islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from baseline import corpus

COMMAND = [sys.executable, "-m", "clean_news"]
SAMPLING_INTERVAL = 0.5  # seconds between two samples of the memory
MEGABYTE = 1 << 20
MAX_DISTINCT_ARTICLES = 10_000  # in a large file


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("rerun", "sources", "memory"))
    parser.add_argument("news", type=Path, nargs="*")
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=1, help="of the runs with and without sources")
    parser.add_argument(
        "--folder", type=Path, help="where to write the articles, for example on a disk with enough space"
    )
    given = parser.parse_args()
    with TemporaryDirectory(dir=given.folder) as folder:
        root = Path(folder)
        if given.what == "memory":
            memory(large_file(root / "news.jsonl", given.news, given.megabytes), root / "clean.jsonl")
            return
        words = write_articles(root / "raw", given.news, given.articles)
        print(f"{given.articles:,} articles, {words:,} words")
        if given.what == "sources":
            sources(root, given.times, given.jobs)
        else:
            rerun(root, given.times)


def articles(news: list[Path]) -> Iterator[str]:
    """The articles of these corpora; without corpora those of raw/, endlessly repeated."""
    if not news:
        return cycle(corpus(None, 10**5))
    return chain.from_iterable(corpus(path, 10**12) for path in news)


def write_articles(folder: Path, news: list[Path], number: int) -> int:
    """Write this number of articles to a folder, one file each; returns the total number of words."""
    folder.mkdir()
    texts = list(islice(articles(news), number))
    if len(texts) < number:
        sys.exit(f"the corpus has only {len(texts):,} articles; name more files, or reduce --articles")
    for index, text in enumerate(texts):
        (folder / f"{index:06}.txt").write_text(text, encoding="utf-8")
    return sum(len(text.split()) for text in texts)


def large_file(path: Path, news: list[Path], megabytes: int) -> Path:
    """Write a JSON lines file of this size; repeated articles get different numbers."""
    texts = list(islice(articles(news), MAX_DISTINCT_ARTICLES))
    written = row = 0
    with path.open("w", encoding="utf-8") as file:
        while written < megabytes * MEGABYTE:
            line = {"id": f"a{row}", "text": f"{texts[row % len(texts)]}\n\nNo. {row}.", "lang": "en"}
            written += file.write(json.dumps(line) + "\n")
            row += 1
    print(f"{row:,} articles, {written / MEGABYTE:,.0f} MB")
    return path


def timed(raw: Path, clean: Path, *options: str) -> float:
    """Wall-clock seconds of a run."""
    began = time.perf_counter()
    subprocess.run([*COMMAND, raw, clean, "--quiet", *options], check=True)
    return time.perf_counter() - began


def rerun(root: Path, times: int) -> None:
    """Compare a rerun without changes with the first run."""
    first = timed(root / "raw", root / "clean")
    again = [timed(root / "raw", root / "clean") for _ in range(times)]
    print(f"first run {first:.1f} s, reruns {', '.join(f'{each:.2f}' for each in again)} s")
    print(f"a rerun takes {median(again) / first:.1%} of the first run's time")


def sources(root: Path, times: int, jobs: int) -> None:
    """Compare runs without sources with runs whose index is there, is brought up to date, or is made."""
    raw, index = root / "raw", root / "index"
    subprocess.run([*COMMAND, "sources", "update", "--sources", raw, "--sources-index", index, "--quiet"], check=True)
    ways: dict[str, tuple[str, ...]] = {
        "without sources": (),
        "with their index": ("--sources-index", str(index)),
        "brought up to date": ("--sources", str(raw), "--sources-index", str(index)),
        "made by the run": ("--sources", str(raw)),
    }
    found: dict[str, list[float]] = {way: [] for way in ways}
    for run in range(times):
        for way, options in ways.items():
            new = ("--sources-index", str(root / f"index-{run}")) if way == "made by the run" else ()
            began = _processor_seconds()
            timed(raw, root / f"clean-{run}-{way}", f"--jobs={jobs}", *options, *new)
            found[way].append(_processor_seconds() - began)
    without = median(found["without sources"])
    for way, seconds in found.items():
        shown = ", ".join(f"{each:.1f}" for each in seconds)
        print(f"{way}: {shown} s of the processor; {median(seconds) / without:.2f} times (medians)")


def _processor_seconds() -> float:
    """Seconds of the processor that all children which have ended took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def memory(raw: Path, clean: Path) -> None:
    """Sample the resident set size of one worker over one large file."""
    process = subprocess.Popen([*COMMAND, raw, clean, "--quiet"])
    samples: list[tuple[float, int]] = []
    began = time.perf_counter()
    while process.poll() is None:
        samples.append((time.perf_counter() - began, resident(process.pid)))
        time.sleep(SAMPLING_INTERVAL)
    size = raw.stat().st_size / MEGABYTE
    print(f"{samples[-1][0]:.0f} s, exit code {process.returncode}, peak {max(kb for _, kb in samples) / 1024:.0f} MB")
    for tenth in range(1, 11):
        at, kb = samples[max(len(samples) * tenth // 10 - 1, 0)]
        print(f"after about {size * tenth / 10:6,.0f} MB ({at:5.0f} s): {kb / 1024:.0f} MB")


def resident(process: int) -> int:
    """The resident set size of a process in kB; 0 if it has just ended."""
    try:
        status = Path("/proc", str(process), "status").read_text(encoding="utf-8")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0)


if __name__ == "__main__":
    main()
