"""What several test files use: stages made on the spot."""

import itertools
import textwrap

import pytest

NUMBERS = itertools.count()


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
