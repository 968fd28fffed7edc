"""Selecting rules by codes and prefixes of codes: switched off, exclusive, promoted, demoted."""

import pytest

from clean_news.article import Article
from clean_news.pipeline import Pipeline, judge
from clean_news.rule_selection import is_off
from clean_news.settings import Settings, SettingsError, from_mapping
from clean_news.stages.characters import stage


@pytest.mark.parametrize(
    ("off", "only", "stay"),
    [
        ((), (), "OCR001 OCR002 SPIN001"),
        (("OCR",), (), "SPIN001"),
        (("OCR002", "SPIN001"), (), "OCR001"),
        ((), ("OCR",), "OCR001 OCR002"),
        (("OCR",), ("OCR001", "SPIN"), "OCR001 SPIN001"),
        (("OCR001",), ("OCR",), "OCR002"),
        (("OCR",), ("OCR",), ""),
    ],
)
def test_the_longest_prefix_decides_which_rules_are_on(off, only, stay):
    chosen = Settings(rules_off=off, rules_only=only)
    codes = ("OCR001", "OCR002", "SPIN001")
    assert [code for code in codes if not is_off(code, chosen)] == stay.split()


@pytest.fixture
def graded(make_stage):
    """A stage of two rules with edits of several confidences, one of which it only suggests."""
    return make_stage(
        """
        return Proposal([
            replace(text, 0, 1, "A", "TEST001", 0.3), replace(text, 1, 2, "B", "TEST001", 0.7),
            replace(text, 2, 3, "C", "TEST002", 0.7), Edit("TEST002", (3, 4), "d", "D", 0.3, "suggested"),
            replace(text, 4, 5, "E", "TEST001", 0.1),
        ])
        """,
        "TEST001 TEST002",
    )


@pytest.mark.parametrize(
    ("chosen", "text"),
    [
        ({}, "aBCde"),
        ({"apply-from-rules": {"TEST": 0.9}}, "abcde"),
        ({"apply-from-rules": {"TEST": 0.9, "TEST002": 0.7}}, "abCde"),
        ({"apply-from-rules": {"TEST001": 0}}, "ABCde"),
        ({"apply-from-rules": {"T": 0.3}}, "ABCDe"),
        ({"suggest-rules": ["TEST002"]}, "aBcde"),
        ({"suggest-rules": ["TEST"], "apply-from-rules": {"TEST002": 0}}, "abCDe"),
        ({"suggest-rules": ["TEST"], "apply-from-rules": {"TEST": 0}}, "abcde"),
        ({"rules-off": ["TEST002"]}, "aBcde"),
        ({"rules_only": ["TEST002"]}, "abCde"),
    ],
)
def test_thresholds_of_rules(graded, chosen, text):
    outcome = Pipeline(from_mapping({"stages": [graded], **chosen})).run(Article("abcde"))
    assert outcome.text == text
    if "suggest-rules" in chosen or "apply-from-rules" in chosen:
        assert len(outcome.stages[0].edits) == 4, "edits that are not applied are suggested, except below suggest-from"


def test_an_edit_that_depends_on_a_demoted_one_is_not_applied(make_stage):
    basis = make_stage("return Proposal([replace(text, 4, 12, 'odd', 'TEST001', 0.9)])")
    dependent = make_stage(
        """
        basis = article.repairs[0].id if article.repairs else "000000000000"
        return Proposal([Edit("TEST002", (0, 3), "The", "An", 0.99, depends_on=basis)])
        """,
        "TEST002",
    )
    article = Article("The overseas power.")
    assert Pipeline(Settings(stages=(basis, dependent))).run(article).text == "An odd power."
    demoted = Pipeline(Settings(stages=(basis, dependent), suggest_rules=("TEST001",))).run(article)
    assert demoted.text == article.text
    assert [edit.state for stage in demoted.stages for edit in stage.edits] == ["suggested", "suggested"]


def test_stages_respect_which_rules_are_off():
    text = "The ferry\u200b left,\u00a0 he said\ufffd."
    assert stage.propose(Article(text), Settings(rules_off=("CHAR",))).edits == []
    found = stage.propose(Article(text), Settings(rules_only=("CHAR007",))).edits
    assert {edit.rule for edit in found} == {"CHAR007"}
    assert judge(found[0], Settings(apply_from_rules=(("CHAR007", 0.0),))).state == "applied"


@pytest.mark.parametrize(
    ("key", "value", "hint"),
    [
        ("rules-off", ["LAX006"], "did you mean LAY006?"),
        ("rules-only", ["spin"], "did you mean SPIN?"),
        ("apply-from-rules", {"OCRR": 0.5}, "did you mean OCR?"),
        ("suggest-rules", ["layout"], "did you mean LAY?"),
        ("rules-off", [""], "clean-news explain"),
    ],
)
def test_an_unknown_code_is_refused_with_a_suggestion(key, value, hint):
    with pytest.raises(SettingsError) as error:
        Pipeline(from_mapping({key: value}))
    code = next(iter(value))
    assert str(error.value).startswith(f"settings: {key} = {code!r} is not allowed; allowed: ")
    assert hint in str(error.value)
