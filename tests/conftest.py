"""Shared fixtures: run the command line, create stages, check the properties that every repair must have.

Tests marked ``full`` are slow; they run only if ``CLEAN_NEWS_FULL`` is set in the environment (``.ci/full``).
"""

import itertools
import os
import pty
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from clean_news.article import Article, Repair
from clean_news.edits import apply, invert
from clean_news.pipeline import judge
from clean_news.settings import Settings

TOP = Path(__file__).parents[1]
NUMBERS = itertools.count()
WORD = re.compile(r"\w+(?:['’-]\w+)*")
# Settings under which no stage skips a text.
NEVER_SKIP = {"document": "spun", "min_words": 0}

# Slurm on one machine.
SLURM_TOOLS = {
    # Runs the jobs of an array one after the other, so that dependent jobs come later anyway.
    "sbatch": """#!/bin/bash
for word in "$@"; do case $word in --export=*) export "${word#--export=ALL,}";; --*) ;; *) script=$word;; esac; done
echo "$@" >> "$SHIM_LOG"
option() { sed -n "s/^#SBATCH --$1=//p" "$script"; }
array=$(option array); array=${array%%%*}
cd "$(option chdir)"
for task in $(seq ${array%-*} ${array#*-}); do
  SLURM_ARRAY_TASK_ID=$task SLURM_JOB_ID=7 SLURM_NODELIST=here bash "$script" > "$(option output)$task" 2>&1
done
echo Submitted batch job 7
""",
    "srun": """#!/bin/bash
[ "$1 $2 $3" = "-l -n 1" ] || exit 9
shift 3; exec "$@"
""",
    "scontrol": "#!/bin/bash\necho here\n",
}


def pytest_configure(config):
    # How long an example takes depends on what else the machine does.
    hypothesis_settings.register_profile("busy machine", deadline=None)
    hypothesis_settings.load_profile("busy machine")
    config.addinivalue_line("markers", "full: slow, runs only with CLEAN_NEWS_FULL set")


def pytest_collection_modifyitems(config, items):
    if not os.environ.get("CLEAN_NEWS_FULL"):
        slow = [item for item in items if item.get_closest_marker("full")]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]


@pytest.fixture(scope="session", autouse=True)
def isolated_cache(tmp_path_factory):
    """Use a temporary cache, so that the tests do not depend on the user's cache or change it."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def cleaned_in():
    """A function that runs the command line in a folder, by default as in the README, and requires success."""

    def run(folder, *arguments):
        command = [sys.executable, "-m", "clean_news", *(arguments or ("raw", "clean"))]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    return run


@pytest.fixture(scope="session")
def on_terminal():
    """A function that runs a command on a terminal of its own and returns what it showed there.

    Args, of that function:
        command: the command and its arguments.
        folder: where it runs.
        streams: which of stdin, stdout and stderr the terminal is; the others are the tests' own.
        codes: the exit codes that are right.
        variables: environment variables.
    """

    def run(command, folder, streams=("stdin", "stdout", "stderr"), codes=(0,), **variables):
        master, slave = pty.openpty()
        environment = {**os.environ, "TERM": "xterm", **variables}
        process = subprocess.Popen(command, cwd=folder, env=environment, **dict.fromkeys(streams, slave))
        os.close(slave)
        shown = b""
        while True:
            try:
                shown += os.read(master, 1 << 16)
            except OSError:  # the other end was closed
                break
        os.close(master)
        assert process.wait(60) in codes
        return shown

    return run


@pytest.fixture(scope="session")
def tracked():
    """The files under version control, as paths relative to the top level; skips the test outside a git checkout."""
    if not (TOP / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, capture_output=True, text=True, check=True).stdout
    return [Path(name) for name in listed.split("\0") if name]


def edits_of(stage, text, **settings):
    """The stage's edits in their states by the settings; every word of the text is marked as an earlier repair."""
    repairs = tuple(Repair(*word.span(), "0123456789ab", "SPIN001") for word in WORD.finditer(text))
    chosen = Settings(**settings)
    judged = [judge(edit, chosen) for edit in stage.propose(Article(text, repairs=repairs), chosen).edits]
    return [edit for edit in judged if edit is not None]


@pytest.fixture(scope="session")
def check():
    """Check that a stage turns ``raw`` into ``clean``, that its edits can be inverted, and that it is idempotent."""

    def check(stage, raw, clean, **settings):
        edits = edits_of(stage, raw, **settings)
        for edit in edits:
            assert raw[edit.start : edit.end] == edit.before != edit.after
            assert 0 < edit.confidence <= 1
        assert apply(raw, edits) == clean
        assert apply(clean, invert(edits)) == raw
        assert [edit for edit in edits_of(stage, clean, **settings) if edit.state == "applied"] == []

    return check


@pytest.fixture(scope="session")
def check_rule(check):
    """Check that a rule repairs its example, does not change its ``keeps``, and can be switched off.

    The last arguments are settings that the rule's examples need.
    """

    def check_rule(stage, rule, **needed):
        settings = {**NEVER_SKIP, **needed}
        check(stage, rule.before, rule.after, **settings)
        assert {edit.rule for edit in edits_of(stage, rule.before, **settings)} == {rule.code}
        for text in rule.keeps:
            assert edits_of(stage, text) == []
            assert apply(text, edits_of(stage, text, **settings)) == text
        off = edits_of(stage, rule.before, **settings, rules_off=(rule.code,))
        assert [edit for edit in off if edit.state == "applied"] == []

    return check_rule


@pytest.fixture
def make_stage(tmp_path_factory, monkeypatch):
    """A function that creates a stage from the body of ``propose(article, settings)`` and returns its name.

    The stage is a module on disk, so that worker processes find it too.
    """
    folder = tmp_path_factory.mktemp("stages")
    monkeypatch.syspath_prepend(folder)

    def make(body: str, codes: str = "TEST001") -> str:
        name = f"stages_of_a_test_{next(NUMBERS)}"
        package = folder / name
        package.mkdir()
        (package / "__init__.py").touch()
        (package / "stage.py").write_text(
            "import os, signal, time\n"
            "from clean_news.edits import Edit, replace\n"
            "from clean_news.stages import Proposal, Rule\n"
            f"RULES = tuple(Rule(code, 'does something', 'a', 'b', ()) for code in {codes.split()!r})\n"
            "def propose(article, settings):\n"
            "    text = article.text\n" + textwrap.indent(textwrap.dedent(body), "    "),
            encoding="utf-8",
        )
        return f"{name}.stage"

    return make


@pytest.fixture
def foreign(make_stage):
    """A stage that replaces "overseas" by "foreign"."""
    return make_stage(
        """
        places = [at for at in range(len(text)) if text.startswith("overseas", at)]
        return Proposal([replace(text, at, at + 8, "foreign", "TEST001", 0.9, why="a test") for at in places])
        """
    )


@pytest.fixture
def slurm_tools(monkeypatch):
    """A function that makes a folder the place of a one-machine Slurm, made of shell scripts."""

    def make(folder):
        for name, script in SLURM_TOOLS.items():
            path = folder / "bin" / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(script)
            path.chmod(0o755)
        tools = Path(sys.executable).parent
        monkeypatch.setenv("PATH", f"{folder / 'bin'}:{tools}:{os.environ['PATH']}")
        monkeypatch.setenv("SHIM_LOG", str(folder / "submitted"))

    return make
