"""Measure how fast ``clean-news serve`` answers over a large CLEAN, and its memory: 5,000 articles, 200,000 edits.

    python benchmarks/served_review.py [--articles 5000] [--edits 200000] [--clean FOLDER]

The corpus is that of report_opening.py. The server is started twice: without its cache, as the first time, and with it.
Times are those of a client on the same machine, medians of several requests.
"""

import argparse
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
from report_opening import corpus

from clean_news import change_log

REQUESTS = {
    "columns": "/api/columns",
    "an article": "/api/articles/{article}",
    "search": "/api/search?q=ab",
    "places of a word": "/api/places?article={article}&start={start}&end={end}",
    "people": "/api/people",
    "disagreements": "/api/disagreements",
    "sources": "/api/sources",
}


def main() -> None:
    """Run from the command line."""
    given = arguments()
    # A process of the server may still write to its cache after the server has ended.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        clean = given.clean or Path(folder, "clean")
        if not clean.exists():
            write_corpus(clean, given.articles, given.edits)
        os.environ["XDG_CACHE_HOME"] = folder
        for name in ("without cache", "with cache"):
            measured(name, clean)


def write_corpus(clean: Path, articles: int, edits: int) -> None:
    """Write the generated articles and their logs."""
    for trace, log in corpus(articles, edits):
        path = clean / log.id
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(trace.clean, encoding="utf-8", newline="")
        path.with_name(f"{path.name}.changes.json").write_bytes(change_log.write(log))


def measured(name: str, clean: Path) -> None:
    """Start a server and print its times and its memory."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "clean_news", "serve", str(clean), "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        address, token = re.fullmatch(r"Review: (\S+?)/\?token=(\S+)\s*", server.stdout.readline()).groups()
        print(f"{name}: started in {time.perf_counter() - began:.1f} s, {memory(server.pid):.0f} MB")
        with httpx.Client(base_url=address, headers={"X-Clean-News-Token": token}, timeout=60) as client:
            timed(client, "page", f"/?token={token}")
            middle = len(client.get("/api/columns").json()["columns"]["articles"]["name"]) // 2
            text = client.get(f"/api/articles/{middle}").json()["text"]
            start = text.index(" ") + 1
            for what, path in REQUESTS.items():
                timed(client, what, path.format(article=middle, start=start, end=text.index(" ", start)))
        print(f"    memory afterwards: {memory(server.pid):.0f} MB, at most {memory(server.pid, 'VmHWM'):.0f} MB")
        server.send_signal(signal.SIGTERM)


def timed(client: httpx.Client, name: str, path: str) -> None:
    """Print how long a request takes."""
    times = []
    for _ in range(5):
        began = time.perf_counter()
        answer = client.get(path)
        times.append(time.perf_counter() - began)
        assert answer.status_code == 200, answer.text
    size = len(answer.content) / 1e6
    print(f"    {name:18} {1000 * statistics.median(times):6.0f} ms, at first {1000 * times[0]:6.0f} ms, {size:.1f} MB")


def memory(process: int, key: str = "VmRSS") -> float:
    """Return the memory of a process in MB."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(re.search(rf"{key}:\s+(\d+) kB", status)[1]) / 1024


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=5_000)
    parser.add_argument("--edits", type=int, default=200_000)
    parser.add_argument("--clean", type=Path, help="a CLEAN that is there already")
    return parser.parse_args()


if __name__ == "__main__":
    main()
