"""Every rule of every stage: its code, its summary, its own examples."""

import re
from collections import Counter

import pytest

from clean_news.pipeline import load_stage
from clean_news.settings import STAGES

RULES = [(name, rule) for name in STAGES for rule in load_stage(name).RULES]
every_rule = pytest.mark.parametrize(("stage", "rule"), RULES, ids=[rule.code for _, rule in RULES])


def test_a_code_names_one_rule():
    assert [code for code, times in Counter(rule.code for _, rule in RULES).items() if times > 1] == []


def test_letters_name_one_stage():
    stages_by_letters = {}
    for stage, rule in RULES:
        stages_by_letters.setdefault(rule.code[:-3], set()).add(stage)
    assert {letters: stages for letters, stages in stages_by_letters.items() if len(stages) > 1} == {}


@every_rule
def test_code_and_summary_have_their_form(stage, rule):
    assert re.fullmatch(r"[A-Z]{3,4}\d{3}", rule.code)
    assert rule.code.startswith(stage[:3].upper()), "a rule's letters are those of its stage"
    assert rule.summary == " ".join(rule.summary.split()) != "", "a summary is one line"
    assert rule.keeps, "a rule says what it must not touch"


@every_rule
def test_examples_hold(check_rule, stage, rule):
    check_rule(load_stage(stage), rule)
