"""The site is built strictly: every page is in the navigation, every link leads somewhere, every name is documented."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import clean_news
from clean_news.cli.app import app
from clean_news.pipeline import rules_by_stage
from clean_news.settings import ALLOWED, Settings

TOP = Path(__file__).parents[1]
# What a page would fetch from other sites.
FETCHED = re.compile(r"<(?:script|img|iframe)[^>]* src=\"?https?:|<link[^>]* rel=\"?stylesheet\"?[^>]* href=\"?https?:")

pytest.importorskip("mkdocs")
pytest.importorskip("material")
pytest.importorskip("mkdocstrings")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built from the working copy."""
    target = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(target)]
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return target


def text_of(page: Path) -> str:
    """The text of a page, without tags."""
    return re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8"))


def test_what_the_code_has_is_documented(site: Path) -> None:
    """In one test, as several processes would each build the site."""
    rules, settings, commands = (
        text_of(site / "reference" / name / "index.html") for name in ("rules", "settings", "commands")
    )
    assert [rule.code for each in rules_by_stage(Settings()).values() for rule in each if rule.code not in rules] == []
    assert [key for key in ALLOWED if key not in settings] == []
    names = [each.name or each.callback.__name__ for each in app.registered_commands if not each.hidden]
    assert [name for name in names if name != "main-job" and f"clean-news {name}" not in commands] == []
    schema = json.loads((site / "reference/change-log.schema.json").read_text(encoding="utf-8"))
    assert schema["$ref"].endswith("ChangeLog")
    assert {"Edit", "StageLog", "Decoding"} <= schema["$defs"].keys()
    public = [name for name in clean_news.__all__ if not name.startswith("_")]
    python = (site / "python/index.html").read_text(encoding="utf-8")
    assert [name for name in public if f'id="clean_news.{name}"' not in python] == []
    pages = {page: page.read_text(encoding="utf-8") for page in site.rglob("*.html")}
    assert [page for page, content in pages.items() if FETCHED.search(content)] == []
