"""The command line as a user has it: a process, what it printed, and what it left there; nothing is imported from it.

``CLEAN_NEWS_PYTHON`` names the interpreter of another installation, so the same tests tell what another version does.
"""

import os
import pty
import resource
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

PYTHON = os.environ.get("CLEAN_NEWS_PYTHON", sys.executable)
COMMAND = [PYTHON, "-m", "clean_news"]
MOST_SECONDS = 20  # of a command; one that waits for a pipe or reads a device would not end
MOST_MEMORY = 4 << 30  # bytes
FAST = ("--only", "encoding")  # neither model nor dictionaries are loaded
TEXT = "The harbour board didnâ€™t reply.\n"
CLEANED = "The harbour board didn’t reply.\n"


class Done(NamedTuple):
    """What a command did: its exit code, stdout, stderr, and the seconds of processor time that it took."""

    code: int
    out: str
    errors: str
    seconds: float = 0.0


def clean_news(folder: Path, *words: object, **options: object) -> Done:
    """Run a command in a folder, where the modules of the folder can be imported.

    Raises:
        AssertionError: if it prints a traceback.
        subprocess.TimeoutExpired: if it does not end.
    """
    settings = {"capture_output": True, "timeout": MOST_SECONDS, "input": b"", "preexec_fn": _limit, **options}
    environment = environment_with(**{"PYTHONPATH": str(folder), **settings.pop("env", {})})
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([*COMMAND, *map(str, words)], cwd=folder, env=environment, check=False, **settings)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    out, errors = ((each or b"").decode("utf-8", "replace") for each in (done.stdout, done.stderr))
    assert "Traceback" not in out + errors, errors[-2_000:]
    assert "clean-news itself failed" not in errors, errors
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Done(done.returncode, out, errors, seconds)


def environment_with(**values: str) -> dict[str, str]:
    """The environment with other values; wide lines, so that no message is wrapped."""
    return {**os.environ, "COLUMNS": "2000", **values}


def _limit() -> None:
    """Bound the memory of this process."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def on_terminal(folder: Path, *words: object, keys: bytes = b"") -> Done:
    """Run a command on a pseudo-terminal, on which some keys have been pressed; ``out`` is all that it showed."""
    master, slave = pty.openpty()
    environment = environment_with(TERM="xterm-256color", PAGER="cat")
    process = subprocess.Popen(
        [*COMMAND, *map(str, words)],
        cwd=folder, env=environment, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
    )  # fmt: skip
    os.close(slave)
    os.write(master, keys)
    before = signal.signal(signal.SIGALRM, lambda *_: process.kill())
    signal.alarm(MOST_SECONDS)
    shown = b""
    try:
        while True:
            try:
                shown += os.read(master, 1 << 16)
            except OSError:  # the other end was closed
                break
        code = process.wait()
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
        os.close(master)
    assert code != -signal.SIGKILL, "it did not end"
    return Done(code, shown.decode("utf-8", "replace"), "")


def write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files by their paths in a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def contents(*tops: Path) -> dict[Path, bytes | None]:
    """Every path below some folders, links not followed, with the bytes of regular files."""
    return {
        path: path.read_bytes() if path.is_file() and not path.is_symlink() else None
        for top in tops
        for place, folders, names in os.walk(top)
        for path in (Path(place, name) for name in (*folders, *names))
    }


def has_ray() -> bool:
    """Whether the installation has Ray and datatrove."""
    found = "from importlib.util import find_spec as find; raise SystemExit(not (find('ray') and find('datatrove')))"
    return not subprocess.run([PYTHON, "-c", found], capture_output=True, check=False).returncode
