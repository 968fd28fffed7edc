"""A report of 5,000 articles with 200,000 edits opens in under three seconds; the full run takes the pictures too."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[3]
LARGEST = 200_000  # bytes of a picture in docs/pictures


def script(name, *words):
    done = subprocess.run(
        [sys.executable, TOP / "benchmarks" / name, *map(str, words)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def milliseconds(said, what):
    (found,) = re.findall(rf"^{what} +(\d+) ms", said, re.MULTILINE)
    return int(found)


@pytest.mark.full
@pytest.mark.usefixtures("browser")
def test_a_large_report_opens_in_under_three_seconds():
    said = script("report_opening.py", "--runs", 3)
    assert "5,000 articles, 200,000 edits" in said
    assert milliseconds(said, "page ready") < 3000
    assert milliseconds(said, "first article opened") < 1000
    assert milliseconds(said, "table of all pairs") < 1000


@pytest.mark.full
@pytest.mark.usefixtures("browser")
def test_the_benchmark_runs():
    said = script("report_opening.py", "--runs", 1, "--articles", 3, "--edits", 10)
    assert "3 articles, 10 edits" in said
    assert milliseconds(said, "pair rejected everywhere") >= 0


@pytest.mark.full
@pytest.mark.usefixtures("browser")
def test_the_pictures_of_the_report_can_be_taken(tmp_path):
    script("report_pictures.py", TOP / "clean", "-o", tmp_path)
    sizes = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert set(sizes) == {"report-light.png", "report-dark.png", "report-phone.png", "report-table.png"}
    assert all(15_000 < size < LARGEST for size in sizes.values())
    kept = TOP / "docs" / "pictures"
    assert all((kept / name).read_bytes().startswith(b"\x89PNG") for name in sizes)
