"""Runs as on Windows and macOS, as far as Linux can imitate them: without fork, and without locks of the system."""

import json
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from clean_news.batch.row_cleaning import Origin

RAW = Path(__file__).parents[2] / "raw"
AS_ON_WINDOWS = (
    "import multiprocessing, sys; multiprocessing.get_all_start_methods = lambda: ['spawn']; "
    "sys.modules.update(dict.fromkeys(('fcntl', 'resource', 'termios', 'pwd', 'grp'))); "
)
AS_HERE = "import multiprocessing, sys; "
TELL_HOW_WORKERS_START = (
    "from concurrent.futures import ProcessPoolExecutor as Pool; begin = Pool.__init__; "
    "Pool.__init__ = lambda self, jobs, context, *rest: "
    "(print('by', context.get_start_method(), file=sys.stderr), begin(self, jobs, context, *rest))[1]; "
)
RUN = "from clean_news.cli.app import run; run()"


def cleaned(system, folder, clean, *options):
    """What the run says, and the contents of the files of CLEAN."""
    words = [sys.executable, "-c", system + TELL_HOW_WORKERS_START + RUN, "raw", clean, "--jobs", "2", *options]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = {path.relative_to(folder / clean).as_posix(): path for path in (folder / clean).rglob("*.*")}
    return done.stderr, {
        name: path.read_bytes() for name, path in found.items() if path.is_file() and not name.startswith(".")
    }


@pytest.mark.parametrize("what", ["files", "rows"])
def test_workers_that_are_spawned_do_the_same_as_those_of_the_fork_server(tmp_path, what):
    (tmp_path / "raw" / "samples").mkdir(parents=True)
    options = ("--only", "characters") if what == "rows" else ()
    if what == "files":
        for sample in sorted(RAW.glob("0[26]*")):
            shutil.copy(sample, tmp_path / "raw" / "samples")
    else:  # of a file above 1 MB, whose rows are shared among the workers
        rows = [{"text": f"{number}. " + "The ferry\u200b left at noon. " * 1000} for number in range(50)]
        (tmp_path / "raw" / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    told, there = cleaned(AS_ON_WINDOWS, tmp_path, "as_on_windows", *options)
    assert "by spawn" in told
    told, here = cleaned(AS_HERE, tmp_path, "here", *options)
    assert "by forkserver" in told
    assert there == here
    assert {"samples/06-windows-1252.txt", "rows.jsonl"} & here.keys()


def test_sources_in_logs_have_the_same_separators_on_every_system():
    on_windows = Origin.of_file("a/b.txt", PureWindowsPath("C:\\raw\\a\\b.txt"))
    assert on_windows == Origin("a/b.txt", "C:/raw/a/b.txt")
    assert Origin.of_file("b\\c.txt", PurePosixPath("raw", "b\\c.txt")).source == "raw/b\\c.txt"
