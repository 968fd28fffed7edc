"""A RAW and a CLEAN of three articles, in which something hostile is planted, and commands that are run over them.

A site has everything that a command may reach: the working folder, a folder outside, the home folder and the folder of
temporary files. It is made again for each command, so that none sees what another one mended.
"""

import io
import os
import pty
import select
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
import traceback
from contextlib import chdir, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hostile_logs import RAW

from clean_news.__main__ import main
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.settings_file import load

FIRST, VICTIM, LAST = ARTICLES = ("a-first.txt", "s/hostile.txt", "z-last.txt")
OTHERS = (FIRST, LAST)
LOG = ".changes.json"
OUTPUTS = ("clean", "back", "report.html")  # what commands may write, in the working folder
SECRET = "root:$6$salt$hash:19000:0:99999:7:::"
SETTINGS = 'stages = ["encoding", "characters"]\n'
LARGEST_COMPARED = 1 << 20  # bytes; of larger files size and mtime are compared
TIMEOUT = 60  # seconds on the clock for one command, on a busy machine
# A module that leaves the canary when it is imported, and is a stage for whoever looks at its source.
PLANTED = """\
from pathlib import Path
Path(__file__).parents[2].joinpath("canary").touch()
RULES = ()
def propose(article, settings): ...
"""


class Done(NamedTuple):
    """What a command did.

    Attributes:
        code: the exit code.
        out: stdout; of a review, what the terminal received.
        errors: stderr.
        seconds: CPU time of the process and its children.
    """

    code: int
    out: str
    errors: str
    seconds: float


class Site(NamedTuple):
    """The folders of a site."""

    top: Path

    @property
    def work(self) -> Path:
        """The working folder."""
        return self.top / "work"

    @property
    def raw(self) -> Path:
        """RAW."""
        return self.work / "raw"

    @property
    def clean(self) -> Path:
        """CLEAN."""
        return self.work / "clean"

    @property
    def project(self) -> Path:
        """CLEAN's project folder."""
        return self.clean / ".clean-news"

    @property
    def outside(self) -> Path:
        """A folder that no command is given."""
        return self.top / "outside"

    @property
    def log(self) -> Path:
        """The log of the article in the middle."""
        return self.clean / f"{VICTIM}{LOG}"

    def environment(self) -> dict[str, str]:
        """The environment variables in which commands differ from this process; they share one cache folder."""
        return {"HOME": str(self.top / "home"), "TMPDIR": str(self.top / "tmp"), "TERM": "xterm"}

    def snapshot(self) -> dict[Path, Any]:
        """Everything outside CLEAN and the other outputs: each path with its kind and content."""
        found: dict[Path, Any] = {self.top / "cache": {path.name for path in cache_folder().iterdir()}}
        for folder, folders, files in os.walk(self.top):
            outputs = {*OUTPUTS} if Path(folder) == self.work else set()
            folders[:] = [name for name in folders if name not in outputs | {"__pycache__"}]
            for path in (Path(folder, name) for name in (*folders, *files) if name not in outputs):
                status = path.lstat()
                found[path] = (stat.S_IFMT(status.st_mode), _content(path, status))
        return found


def cache_folder() -> Path:
    """The folder of all programs' caches, which sites share."""
    return Path(os.environ["XDG_CACHE_HOME"])


def _content(path: Path, status: os.stat_result) -> Any:
    """The content of a file or link; None for what has none."""
    if stat.S_ISLNK(status.st_mode):
        return path.readlink()
    if not stat.S_ISREG(status.st_mode):
        return None
    return path.read_bytes() if status.st_size <= LARGEST_COMPARED else (status.st_size, status.st_mtime_ns)


def whole_site(top: Path) -> Site:
    """Make a site in which nothing is planted yet."""
    site = Site(top)
    for folder in ("home", "tmp", "outside/s", "work/raw/s", "work/planted"):
        (top / folder).mkdir(parents=True)
    for name in ARTICLES:
        (site.raw / name).write_bytes(RAW)
    for name in ("__init__.py", "stage.py"):
        (site.work / "planted" / name).write_text(PLANTED, encoding="utf-8")
    (site.work / "planted" / "no_stage.py").write_text(PLANTED.replace("RULES", "RULE"), encoding="utf-8")
    (site.outside / "mine.txt").write_text("mine\n", encoding="utf-8")
    (site.outside / "secret").write_text(f"{SECRET}\n", encoding="utf-8")
    (site.work / "clean-news.toml").write_text(SETTINGS, encoding="utf-8")
    (cache_folder() / "clean-news").mkdir(parents=True, exist_ok=True)
    with chdir(site.work):
        assert run(Path("raw"), Path("clean"), RunOptions(load(None, Path.cwd(), {}))).failures == []
    return site


def copied(whole: Site, top: Path) -> Site:
    """Copy a site."""
    shutil.copytree(whole.top, top, symlinks=True)
    return Site(top)


def run_process(site: Site, *words: str, fresh: bool = False) -> Done:
    """Run the command line as a process of its own, with the working folder on the module path.

    Args:
        site: the site.
        words: the arguments.
        fresh: start a new interpreter, not a copy of this one.
    """
    with (site.top.parent / "out").open("w+b") as out, (site.top.parent / "errors").open("w+b") as errors:
        with Path(os.devnull).open("rb") as nothing:
            start = _start if fresh or words[0] == "cluster" else _fork
            pid = start(site, words, nothing.fileno(), out.fileno(), errors.fileno())
        code, seconds = _wait(pid)
        out.seek(0)
        errors.seek(0)
        return Done(code, out.read().decode("utf-8", "replace"), errors.read().decode("utf-8", "replace"), seconds)


def review_process(site: Site) -> Done:
    """Run a review in a terminal: accept the edit at the cursor, and one in the next article, and quit."""
    master, slave = pty.openpty()
    pid = _fork(site, ("review", "clean", "--by", "ada"), slave, slave, slave)
    os.close(slave)
    received, keys, end = b"", iter(b"a]a"), time.monotonic() + TIMEOUT
    while time.monotonic() < end:
        if select.select([master], [], [], 0.3)[0]:
            try:
                received += os.read(master, 1 << 16)
            except OSError:  # the process has ended
                break
        elif b"quit" in received:  # the screen is drawn, and nothing more comes
            os.write(master, bytes([next(keys, ord("q"))]))
    code, seconds = _wait(pid)
    os.close(master)
    return Done(code, received.decode("utf-8", "replace"), "", seconds)


def _start(site: Site, words: tuple[str, ...], *streams: int) -> int:
    """Start the command line in a new interpreter; return its process id."""
    stdin, stdout, stderr = streams
    began = subprocess.Popen(
        [sys.executable, "-m", "clean_news", *words],
        cwd=site.work,
        env={**os.environ, **site.environment()},
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
    )
    began.returncode = 0  # for Popen; it is waited for by _wait
    return began.pid


def _fork(site: Site, words: tuple[str, ...], *streams: int) -> int:
    """Start the command line in a copy of this process, which has imported it; return its process id.

    That saves most of the time. A command that starts processes itself needs a new interpreter, whose exit ends them.
    """
    pid = os.fork()
    if pid:
        return pid
    code: Any = 1
    try:
        os.setsid()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        sys.stdin = sys.__stdin__ = os.fdopen(0, encoding="utf-8", closefd=False)
        sys.stdout = sys.__stdout__ = os.fdopen(1, "w", encoding="utf-8", closefd=False)
        sys.stderr = sys.__stderr__ = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)
        os.chdir(site.work)
        os.environ.update(site.environment())
        sys.path.insert(0, "")
        sys.argv = ["clean-news", *words]
        tempfile.tempdir = None
        main()
        code = 0
    except SystemExit as stopped:
        code = stopped.code or 0
    except BaseException:  # noqa: BLE001  # as the interpreter
        traceback.print_exc()
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
        os._exit(code)


def _wait(pid: int) -> tuple[int, float]:
    """Wait for a process, at most as long as a command may take; return its exit code and its CPU time."""
    end = time.monotonic() + TIMEOUT
    while not (ended := os.wait4(pid, os.WNOHANG))[0]:
        if time.monotonic() > end:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)
    return os.waitstatus_to_exitcode(ended[1]), ended[2].ru_utime + ended[2].ru_stime


class Printed(io.TextIOWrapper):
    """What a command in this process prints; it may be taken for a terminal."""

    def __init__(self, *, terminal: bool) -> None:
        """Begin with nothing."""
        super().__init__(io.BytesIO(), encoding="utf-8", errors="backslashreplace")
        self.terminal = terminal

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self.terminal

    def text(self) -> str:
        """All that was printed."""
        self.flush()
        return self.buffer.getvalue().decode()  # type: ignore[attr-defined]


def run_here(site: Site, *words: str) -> Done:
    """Run the command line in this process, a review without drawing."""
    out, errors = Printed(terminal=words[0] == "review"), Printed(terminal=False)
    before = set(sys.modules)
    with pytest.MonkeyPatch.context() as patch, chdir(site.work), redirect_stdout(out), redirect_stderr(errors):
        for name, value in site.environment().items():
            patch.setenv(name, value)
        patch.syspath_prepend(site.work)
        patch.setattr("sys.argv", ["clean-news", *words])
        if words[0] == "review":
            _review_without_drawing(patch)
        began = time.process_time()
        try:
            main()
            code: Any = 0
        except SystemExit as stopped:
            code = stopped.code
    seconds = time.process_time() - began
    for name in {*sys.modules} - before:
        if name.partition(".")[0] == "planted":
            del sys.modules[name]
    return Done(code or 0, out.text(), errors.text(), seconds)


def _review_without_drawing(patch: pytest.MonkeyPatch) -> None:
    """Let a review run without a terminal, and press the keys of :func:`review_process`."""
    from clean_news.review.terminal.screen import ReviewApp

    original = ReviewApp.run

    async def press(pilot: Any) -> None:
        await pilot.press("a", "]", "a", "q")

    patch.setattr("sys.stdin", Printed(terminal=True))
    patch.setattr(ReviewApp, "run", lambda self, **_: original(self, headless=True, auto_pilot=press))
