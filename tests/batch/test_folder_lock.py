"""One process at a time changes a file in a folder, on every system."""

import select
import subprocess
import sys

import pytest

HOLD = """
import sys
import filelock
from pathlib import Path
from clean_news.files.folder_lock import locked
if sys.argv[2] == "windows":
    sys.modules["fcntl"] = None
print("begun", flush=True)
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def holder(tmp_path):
    """Starts processes that hold the lock of a folder until they are told to end."""
    started = []

    def start(system):
        words = [sys.executable, "-c", HOLD, str(tmp_path), system]
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        started.append(process)
        assert process.stdout.readline() == b"begun\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("system", ["posix", "windows"])
@pytest.mark.parametrize("end", ["release", "kill"])
def test_a_second_process_waits_for_the_first(holder, system, end):
    first = holder(system)
    assert first.stdout.readline() == b"held\n"
    second = holder(system)
    assert select.select([second.stdout], [], [], 0.5)[0] == [], "it waits, and has not said that it has the lock"
    if end == "kill":
        first.kill()
    else:
        first.communicate(b"\n")
    assert second.stdout.readline() == b"held\n"
