"""The same text gets the same edits in every process, whatever its hash seed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from clean_news import change_log, clean

RAW = Path(__file__).parents[1] / "raw"
SCRIPT = """
import sys
from clean_news import change_log, clean
for line in sys.argv[1:]:
    result = clean(open(line, "rb").read())
    print(result.text, change_log.write(result.log).decode())
"""


def in_a_fresh_process(seed: str, *paths: Path) -> str:
    """The clean texts and logs of some files, as another process makes them."""
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, *map(str, paths)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
    ).stdout


@pytest.mark.parametrize("seed", ["11", "12"])
def test_the_same_text_gets_the_same_edits_in_a_fresh_process(seed: str) -> None:
    paths = sorted(RAW.glob("0[2-4]-*.txt"))
    assert len(paths) == 3, "two spun ones and a scan"
    here = [clean(path.read_bytes()) for path in paths]
    assert sum(len(stage.edits) for result in here for stage in result.log.stages) > 50
    expected = "".join(f"{result.text} {change_log.write(result.log).decode()}\n" for result in here)
    assert in_a_fresh_process(seed, *paths) == expected
