"""The benchmark of a large CLEAN runs, and its figures hold."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "served_review.py"


def figures(*options):
    """What the benchmark prints: milliseconds by what was asked, and megabytes at most, with the cache."""
    done = subprocess.run([sys.executable, SCRIPT, *map(str, options)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    _, with_cache = done.stdout.split("with cache:")
    times = {name.strip(): int(time) for name, time in re.findall(r"^    (.{18})\s+(\d+) ms", with_cache, re.MULTILINE)}
    return times, int(re.search(r"at most\s+(\d+) MB", with_cache)[1])


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="/proc is Linux's")
def test_the_benchmark_runs():
    times, megabytes = figures("--articles", 30, "--edits", 300)
    assert set(times) >= {"page", "columns", "an article", "search", "people", "sources"}
    assert 0 < megabytes < 300


@pytest.mark.full
def test_5_000_articles_with_200_000_edits_are_there_at_once():
    times, megabytes = figures()
    assert times["page"] < 1000
    assert times["columns"] < 1000
    assert megabytes < 300
