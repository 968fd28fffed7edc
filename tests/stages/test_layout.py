"""The layout stage: the cases of tests/cases/layout, its rules' own examples, and its word test."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean_news.article import Article
from clean_news.edits import Edit, apply, invert
from clean_news.settings import Settings
from clean_news.stages import layout
from clean_news.stages.dehyphenation import WordTest, joint

FOLDER = Path(__file__).parents[1] / "cases" / "layout"
CASES = [
    pytest.param(case["raw"], case["clean"], id=f"{path.stem}: {case['why']}")
    for path in sorted(FOLDER.glob("*.json"))
    for case in json.loads(path.read_text(encoding="utf-8"))
]


def edits_of(text: str, **settings: object) -> list[Edit]:
    return layout.propose(Article(text), Settings(**settings)).edits


@pytest.mark.parametrize(("raw", "clean"), CASES)
def test_case(raw, clean):
    edits = edits_of(raw)
    assert apply(raw, edits) == clean
    assert apply(clean, invert(edits)) == raw
    assert edits_of(clean) == [], "cleaning twice must change nothing more"


@pytest.mark.parametrize("rule", layout.RULES, ids=lambda rule: rule.code)
def test_rule_does_what_its_example_says(rule):
    edits = edits_of(rule.before)
    assert apply(rule.before, edits) == rule.after
    assert rule.code in {edit.rule for edit in edits}
    for text in rule.keeps:
        assert edits_of(text) == []


@pytest.mark.parametrize("rule", layout.RULES, ids=lambda rule: rule.code)
def test_rule_can_be_switched_off(rule):
    assert rule.code not in {edit.rule for edit in edits_of(rule.before, rules_off=(rule.code,))}


def test_edits_are_as_small_as_can_be():
    text = "The govern-\nment is a well-\nknown one.\n\n\n\nIt fell."
    assert [(edit.before, edit.after) for edit in edits_of(text)] == [("-\n", ""), ("\n", ""), ("\n\n", "")]


VOCABULARY = {
    "foot",
    "football",
    "ball",
    "state",
    "owned",
    "government",
    "under",
    "stand",
    "understand",
    "late",
    "night",
}


@pytest.mark.parametrize(
    ("line", "following", "between"),
    [
        ("the foot-", "ball club", ""),
        ("the under-", "stand", ""),
        ("a state-", "owned mill", "-"),
        ("a late-", "night train", "-"),
        ("the Zelk-", "hova works", ""),
        ("a well-", "known man", "-"),
        ("Reading-", "Oxford trains", "-"),
        ("he stopped-", "Then he ran", None),
        ("no hyphen", "here", None),
    ],
)
def test_vocabulary_decides_about_hyphens(line, following, between):
    assert joint(line, following, WordTest(VOCABULARY.__contains__, frozenset())) == between


def test_the_articles_own_spelling_outweighs_the_vocabulary():
    assert joint("the foot-", "ball club", WordTest(VOCABULARY.__contains__, frozenset({"foot-ball"}))) == "-"


@given(st.text(alphabet="aTb .,-¬\n\n\t—1“”", max_size=200))
def test_any_text_comes_back(raw):
    edits = edits_of(raw)
    clean = apply(raw, edits)
    assert apply(clean, invert(edits)) == raw
    # Only white space and break marks may go where no page number is removed.
    if all(edit.rule != "LAY004" for edit in edits):
        bare = str.maketrans("", "", " \n\t-¬")
        assert raw.translate(bare) == clean.translate(bare)
