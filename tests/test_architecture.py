"""The house: imports go down without circles (contracts in pyproject.toml), the root is small, files are short."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]
PACKAGE = TOP / "pipeline" / "clean_news"
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")
MAX_ROOT_MODULES = 27
MAX_LINES = 450


def lint_imports(folder):
    """The exit code and output of import-linter over a copy of the package, or over the package itself."""
    done = subprocess.run(
        [LINT_IMPORTS, "--no-cache", "--no-logo"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "pipeline")},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_imports_go_down_without_circles():
    code, output = lint_imports(TOP)
    assert code == 0, output
    assert "2 kept, 0 broken" in output


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("article.py", "from clean_news.stages import Rule"),
        ("stages/ocr/confusion.py", "from clean_news.stages.ocr.costs import Costs"),
        ("batch/run.py", "def late():\n    from clean_news.cli.exits import stop"),
    ],
    ids=["upward", "a circle inside a stage", "upward, inside a function"],
)
def test_a_wrong_import_is_found(tmp_path, module, imported):
    shutil.copytree(PACKAGE, tmp_path / "pipeline" / "clean_news", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(TOP / "pyproject.toml", tmp_path)
    path = tmp_path / "pipeline" / "clean_news" / module
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{imported}\n", encoding="utf-8")
    code, output = lint_imports(tmp_path)
    assert code == 1, output
    assert "1 broken" in output or "2 broken" in output


def test_the_root_package_is_small():
    modules = sorted(path.name for path in PACKAGE.glob("*.py"))
    assert len(modules) <= MAX_ROOT_MODULES, modules


def test_no_file_is_long():
    lines = {
        str(path.relative_to(TOP)): path.read_text(encoding="utf-8").count("\n")
        for folder in (PACKAGE, TOP / "tests", TOP / "benchmarks")
        for path in folder.rglob("*")
        if path.suffix in {".py", ".js", ".css"}
    }
    assert {name: count for name, count in lines.items() if count > MAX_LINES} == {}


GOLD = TOP / "tests" / "gold"  # written in the manner of news sites
HOMELY = re.compile(r"\b(?i:behind|small letters?|dear(er|est)|anew)\b|(?<!there )\bis none\b")


def test_code_and_docs_use_the_field_s_terms():
    """``after``, ``lower case``, ``costly``: one word for one thing, and the one that the field uses."""
    pages = [TOP / "README.md", TOP / "CONTRIBUTING.md", TOP / "CHANGELOG.md", *(TOP / "docs").glob("*.md")]
    code = [
        path
        for folder in (PACKAGE, TOP / "tests", TOP / "benchmarks")
        for path in folder.rglob("*")
        if path.suffix in {".py", ".js", ".html"} and path != Path(__file__) and GOLD not in path.parents
    ]
    found = [
        f"{path.relative_to(TOP)}:{number}: {line.strip()}"
        for path in (*pages, *code)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if HOMELY.search(line)
    ]
    assert found == []
