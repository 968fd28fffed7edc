"""A report of 5,000 articles with 200,000 edits opens in under a second; the full run takes the pictures too."""

import os
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
def test_a_large_report_opens_in_under_a_second():
    said = script("report_opening.py", "--runs", 3)
    assert "5,000 articles, 200,000 edits" in said
    assert milliseconds(said, "page ready") < 1000
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
    """If CLEAN_NEWS_PICTURES names a folder, the pictures are written there."""
    target = Path(os.environ.get("CLEAN_NEWS_PICTURES", tmp_path))
    script("report_pictures.py", TOP / "clean", "-o", target)
    sizes = {path.name: path.stat().st_size for path in target.glob("report-*.png")}
    assert set(sizes) == {path.name for path in (TOP / "docs" / "pictures").glob("report-*.png")}
    assert all(15_000 < size < LARGEST for size in sizes.values())
    docs = "".join(path.read_text(encoding="utf-8") for path in (TOP / "docs").glob("*.md"))
    for name in sizes:
        assert f"(pictures/{name})" in docs
        assert (TOP / "docs" / "pictures" / name).read_bytes().startswith(b"\x89PNG")
