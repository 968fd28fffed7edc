"""What tests of stages share: the case files, and what holds for every case.

A test with the parameter ``case`` runs for every entry of ``tests/cases/STAGE/*.json``, where STAGE is the
test module's name without ``test_``.
"""

import json
from pathlib import Path

import pytest

from clean_news.article import Article
from clean_news.edits import apply, invert
from clean_news.settings import Settings

FOLDER = Path(__file__).parents[1] / "cases"


def pytest_generate_tests(metafunc):
    if "case" in metafunc.fixturenames:
        folder = FOLDER / Path(metafunc.module.__file__).stem.removeprefix("test_")
        metafunc.parametrize(
            "case",
            [
                pytest.param(case, id=f"{path.stem}: {case['why']} ({number})")
                for path in sorted(folder.glob("*.json"))
                for number, case in enumerate(json.loads(path.read_text(encoding="utf-8")), 1)
            ],
        )


def edits_of(stage, text, **settings):
    return stage.propose(Article(text), Settings(**settings)).edits


@pytest.fixture(scope="session")
def check():
    """The stage makes raw clean; its edits lead back and leave a second run nothing to do."""

    def check(stage, raw, clean):
        edits = edits_of(stage, raw)
        for edit in edits:
            assert raw[edit.start : edit.end] == edit.before != edit.after
            assert 0 < edit.confidence <= 1
        assert apply(raw, edits) == clean
        assert apply(clean, invert(edits)) == raw
        assert [edit for edit in edits_of(stage, clean) if edit.state == "applied"] == []

    return check


@pytest.fixture(scope="session")
def check_rule(check):
    """The rule repairs its own example, keeps what it says it keeps, and can be switched off."""

    def check_rule(stage, rule):
        check(stage, rule.before, rule.after)
        assert {edit.rule for edit in edits_of(stage, rule.before)} == {rule.code}
        for text in rule.keeps:
            assert edits_of(stage, text) == []
        assert edits_of(stage, rule.before, rules_off=(rule.code,)) == []

    return check_rule
