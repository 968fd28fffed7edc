"""What the README shows is so: its two commands, its before and after, its examples."""

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from clean_news.settings import from_mapping

TOP = Path(__file__).parents[1]
README = (TOP / "README.md").read_text(encoding="utf-8")
SAMPLE = re.compile(r"<!-- (before|after): (\S+) -->\n+```text\n(.*?)\n```", re.DOTALL)
NOT_IN_A_CHECKOUT = shutil.ignore_patterns(".git", ".venv", ".*_cache", ".hypothesis", "__pycache__", "build", "dist")


def blocks(language):
    """The fenced blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)\n```", README, re.DOTALL)


def command_for_ci(which):
    script = [sys.executable, TOP / ".ci" / "readme_command.py", which]
    return subprocess.check_output(script, text=True).rstrip("\n")


def test_there_are_two_commands_and_ci_runs_the_second():
    use, tests = blocks("sh")
    assert (command_for_ci("use"), command_for_ci("tests")) == (use, tests)
    assert use.endswith("clean-news raw clean")
    assert tests.endswith("pytest")
    assert "readme_command.py tests" in (TOP / ".ci" / "run").read_text(encoding="utf-8")


def test_the_last_part_of_the_first_command_cleans_raw(cleaned_in, tmp_path):
    shutil.copytree(TOP / "raw", tmp_path / "raw")
    program, *words = shlex.split(blocks("sh")[0].rpartition("&&")[2])
    assert program == ".venv/bin/clean-news"
    cleaned_in(tmp_path, *words)
    assert texts_in(tmp_path / "clean") == texts_in(TOP / "clean")


@pytest.mark.full
def test_the_first_command_runs_as_it_is_printed(tmp_path):
    checkout = shutil.copytree(TOP, tmp_path / "checkout", ignore=NOT_IN_A_CHECKOUT)
    shutil.rmtree(checkout / "clean")
    subprocess.run(["bash", "-euo", "pipefail", "-c", command_for_ci("use")], cwd=checkout, check=True)
    assert texts_in(checkout / "clean") == texts_in(TOP / "clean")


def texts_in(folder):
    return {path.name: path.read_bytes().decode() for path in sorted(folder.glob("*.txt"))}


def test_before_and_after_are_real():
    shown = SAMPLE.findall(README)
    assert [which for which, _, _ in shown] == ["before", "after"] * (len(shown) // 2)
    assert shown
    for which, name, text in shown:
        assert Path(name).parent.name == {"before": "raw", "after": "clean"}[which]
        file = (TOP / name).read_bytes().decode()
        assert [line for line in text.splitlines() if line not in file] == [], f"not in {name}"


def test_before_and_after_show_the_same_file():
    names = [Path(name).name for _, name, _ in SAMPLE.findall(README)]
    assert names[::2] == names[1::2]


@pytest.mark.parametrize("code", blocks("python"))
def test_a_python_example_runs(code):
    exec(compile(code, "README.md", "exec"), {})  # its assertions are the test


@pytest.mark.parametrize("settings", blocks("toml"))
def test_a_settings_example_is_allowed(settings):
    from_mapping(tomllib.loads(settings), "README.md")
