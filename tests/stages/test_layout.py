"""Test the layout stage with the cases of tests/cases/layout, and its dehyphenation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean_news.article import Article
from clean_news.dictionaries import folder
from clean_news.edits import Edit, apply, invert
from clean_news.settings import Settings
from clean_news.stages.layout import stage
from clean_news.stages.layout.dehyphenation import WordTest, hyphen_replacement


def edits_of(text: str) -> list[Edit]:
    return stage.propose(Article(text), Settings()).edits


def test_case(check, case):
    check(stage, case["raw"], case["clean"])


def test_edits_are_minimal():
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
    "graft",
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
        ("the then-", "President", "-"),
        ("by e-", "mail", "-"),
        ("anti-", "graft laws", "-"),
        ("he stopped-", "Then he ran", None),
        ("no hyphen", "here", None),
    ],
)
def test_hyphens_with_a_vocabulary(line, following, between):
    assert hyphen_replacement(line, following, WordTest(VOCABULARY.__contains__, frozenset())) == between


def test_the_spelling_of_the_article_takes_precedence_over_the_vocabulary():
    test = WordTest(VOCABULARY.__contains__, frozenset({"foot-ball"}))
    assert hyphen_replacement("the foot-", "ball club", test) == "-"


def test_compounds_are_sorted_and_have_one_hyphen():
    lines = (folder() / "layout" / "compounds.txt").read_text(encoding="utf-8").splitlines()
    words = [line for line in lines if not line.startswith("#")]
    assert words == sorted(set(words))
    assert all(word.count("-") == 1 and word.islower() for word in words)


@given(st.text(alphabet="aTb .,-¬\n\n\t—1“”", max_size=200))
def test_every_edit_can_be_reverted(raw):
    edits = edits_of(raw)
    clean = apply(raw, edits)
    assert apply(clean, invert(edits)) == raw
    # Only white space and break marks may be removed if there is no page furniture.
    if all(edit.rule != "LAY004" for edit in edits):
        bare = str.maketrans("", "", " \n\t-¬")
        assert raw.translate(bare) == clean.translate(bare)
