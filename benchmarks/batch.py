"""How a run over many articles behaves: two workers against one, a rerun, memory over one large file.

    python benchmarks/batch.py workers [NEWS.jsonl[.xz]...] --articles 2000
    python benchmarks/batch.py rerun   [NEWS.jsonl[.xz]...] --articles 10000
    python benchmarks/batch.py memory  [NEWS.jsonl[.xz]...] --megabytes 2048

Every run is a process of its own, the command as a user gives it; runs that are compared take turns. Without a corpus
the articles of raw/ are repeated; a corpus of fewer articles than are asked for is an error. ``memory`` writes one file
of JSON lines and watches the resident set of the one worker while it is cleaned; it must be Linux.
"""

import argparse
import json
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
EVERY = 0.5  # seconds between two looks at the memory
MEGABYTE = 1 << 20
DIFFERENT = 10_000  # articles in a large file at most


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("workers", "rerun", "memory"))
    parser.add_argument("news", type=Path, nargs="*")
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where the articles are written, e.g. on a disk that has room")
    given = parser.parse_args()
    with TemporaryDirectory(dir=given.folder) as folder:
        place = Path(folder)
        if given.what == "memory":
            memory(large_file(place / "news.jsonl", given.news, given.megabytes), place / "clean.jsonl")
            return
        words = write_articles(place / "raw", given.news, given.articles)
        print(f"{given.articles:,} articles, {words:,} words")
        (workers if given.what == "workers" else rerun)(place, given.times)


def articles(news: list[Path]) -> Iterator[str]:
    """The articles of these corpora; of raw/, again and again, if there are none."""
    if not news:
        return cycle(corpus(None, 10**5))
    return chain.from_iterable(corpus(path, 10**12) for path in news)


def write_articles(folder: Path, news: list[Path], number: int) -> int:
    """Write so many articles into a folder, each into a file; gives their words."""
    folder.mkdir()
    texts = list(islice(articles(news), number))
    if len(texts) < number:
        sys.exit(f"there are only {len(texts):,} articles in there; name more files, or ask for fewer with --articles")
    for place, text in enumerate(texts):
        (folder / f"{place:06}.txt").write_text(text, encoding="utf-8")
    return sum(len(text.split()) for text in texts)


def large_file(path: Path, news: list[Path], megabytes: int) -> Path:
    """Write JSON lines of so many megabytes; the articles are repeated with another number in each round."""
    texts = list(islice(articles(news), DIFFERENT))
    written = row = 0
    with path.open("w", encoding="utf-8") as file:
        while written < megabytes * MEGABYTE:
            line = {"id": f"a{row}", "text": f"{texts[row % len(texts)]}\n\nNo. {row}.", "lang": "en"}
            written += file.write(json.dumps(line) + "\n")
            row += 1
    print(f"{row:,} articles, {written / MEGABYTE:,.0f} MB")
    return path


def timed(raw: Path, clean: Path, *options: str) -> float:
    """Seconds that a run takes."""
    began = time.perf_counter()
    subprocess.run([*COMMAND, raw, clean, "--quiet", *options], check=True)
    return time.perf_counter() - began


def workers(place: Path, times: int) -> None:
    """Two workers against one, in turns."""
    found: dict[int, list[float]] = {1: [], 2: []}
    for turn in range(times):
        for jobs, seconds in found.items():
            # Each into a folder of its own: for minutes after many files were removed ext4 is slow to make new ones.
            seconds.append(timed(place / "raw", place / f"clean-{turn}-{jobs}", f"--jobs={jobs}"))
            print(f"{jobs} worker{'s' * (jobs > 1)}: {seconds[-1]:.1f} s", flush=True)
    print(f"two workers: {median(found[1]) / median(found[2]):.2f} times as fast (medians)")


def rerun(place: Path, times: int) -> None:
    """A rerun with nothing changed against the first run."""
    first = timed(place / "raw", place / "clean")
    again = [timed(place / "raw", place / "clean") for _ in range(times)]
    print(f"first run {first:.1f} s, reruns {', '.join(f'{each:.2f}' for each in again)} s")
    print(f"a rerun takes {median(again) / first:.1%} of the first run's time")


def memory(raw: Path, clean: Path) -> None:
    """The resident set of one worker over one large file."""
    process = subprocess.Popen([*COMMAND, raw, clean, "--quiet"])
    looks: list[tuple[float, int]] = []
    began = time.perf_counter()
    while process.poll() is None:
        looks.append((time.perf_counter() - began, resident(process.pid)))
        time.sleep(EVERY)
    size = raw.stat().st_size / MEGABYTE
    print(f"{looks[-1][0]:.0f} s, exit code {process.returncode}, peak {max(kb for _, kb in looks) / 1024:.0f} MB")
    for tenth in range(1, 11):
        at, kb = looks[max(len(looks) * tenth // 10 - 1, 0)]
        print(f"after about {size * tenth / 10:6,.0f} MB ({at:5.0f} s): {kb / 1024:.0f} MB")


def resident(process: int) -> int:
    """The resident set of a process in kB; 0 if it has just ended."""
    try:
        status = Path("/proc", str(process), "status").read_text(encoding="utf-8")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0)


if __name__ == "__main__":
    main()
