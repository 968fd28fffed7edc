"""What several test files use: the command line, stages made on the spot, what holds for every repair.

Tests marked ``full`` are long; they run only where the environment has ``CLEAN_NEWS_FULL`` (``.ci/full``).
"""

import itertools
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from clean_news.article import Article, Repair
from clean_news.edits import apply, invert
from clean_news.pipeline import verdict
from clean_news.settings import Settings

TOP = Path(__file__).parents[1]
NUMBERS = itertools.count()
WORD = re.compile(r"\w+(?:['’-]\w+)*")
# Whatever a stage may ask for before it touches a text is granted.
GRANTED = {"document": "spun", "min_words": 0}


def pytest_configure(config):
    config.addinivalue_line("markers", "full: long, runs only with CLEAN_NEWS_FULL set")


def pytest_collection_modifyitems(config, items):
    if not os.environ.get("CLEAN_NEWS_FULL"):
        long = [item for item in items if item.get_closest_marker("full")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory):
    """A cache of the tests' own, so that they neither need nor change the user's."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def cleaned_in():
    """Runs the command line in a folder, on its own arguments, by default those of the README; it must succeed."""

    def run(folder, *words):
        command = [sys.executable, "-m", "clean_news", *(words or ("raw", "clean"))]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    return run


@pytest.fixture(scope="session")
def tracked():
    """The files that git keeps, as paths relative to the top; the test is skipped where there is no git."""
    if not (TOP / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, capture_output=True, text=True, check=True).stdout
    return [Path(name) for name in listed.split("\0") if name]


def edits_of(stage, text, **settings):
    """What the pipeline makes of the stage's proposal; every word counts as put in by an earlier repair."""
    repairs = tuple(Repair(*word.span(), "0123456789ab", "SPIN001") for word in WORD.finditer(text))
    judge = Settings(**settings)
    judged = [verdict(edit, judge) for edit in stage.propose(Article(text, repairs=repairs), judge).edits]
    return [edit for edit in judged if edit is not None]


@pytest.fixture(scope="session")
def check():
    """The stage makes raw clean; its edits lead back and leave a second run nothing to do."""

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
    """The rule repairs its own example, keeps what it says it keeps, and can be switched off."""

    def check_rule(stage, rule):
        check(stage, rule.before, rule.after, **GRANTED)
        assert {edit.rule for edit in edits_of(stage, rule.before, **GRANTED)} == {rule.code}
        for text in rule.keeps:
            assert edits_of(stage, text) == []
            assert apply(text, edits_of(stage, text, **GRANTED)) == text
        off = edits_of(stage, rule.before, **GRANTED, rules_off=(rule.code,))
        assert [edit for edit in off if edit.state == "applied"] == []

    return check_rule


@pytest.fixture
def make_stage(tmp_path_factory, monkeypatch):
    """Makes a stage of the body of its ``propose(article, settings)``; returns the name for the settings.

    It is a module on disk, so that worker processes find it too.
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
    """A stage that puts "foreign" where "overseas" stands."""
    return make_stage(
        """
        places = [at for at in range(len(text)) if text.startswith("overseas", at)]
        return Proposal([replace(text, at, at + 8, "foreign", "TEST001", 0.9, why="a test") for at in places])
        """
    )
