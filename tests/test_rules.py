"""Every rule of every stage: its code, summary and examples."""

import re
from collections import Counter

import pytest

from clean_news.pipeline import load_stage
from clean_news.settings import STAGES

RULES = [(name, rule) for name in STAGES for rule in load_stage(name).RULES]
every_rule = pytest.mark.parametrize(("stage", "rule"), RULES, ids=[rule.code for _, rule in RULES])


def test_codes_are_unique():
    assert [code for code, times in Counter(rule.code for _, rule in RULES).items() if times > 1] == []


def test_the_prefix_of_a_code_belongs_to_one_stage():
    stages_by_prefix = {}
    for stage, rule in RULES:
        stages_by_prefix.setdefault(rule.code[:-3], set()).add(stage)
    assert {prefix: stages for prefix, stages in stages_by_prefix.items() if len(stages) > 1} == {}


@every_rule
def test_form_of_code_and_summary(stage, rule):
    assert re.fullmatch(r"[A-Z]{3,4}\d{3}", rule.code)
    assert rule.code.startswith(stage[:3].upper()), "the prefix of a code is that of its stage"
    assert rule.summary == " ".join(rule.summary.split()) != "", "a summary is one line"
    assert rule.keeps, "a rule has examples of text that it must not change"


@every_rule
def test_examples_hold(check_rule, stage, rule):
    check_rule(load_stage(stage), rule)
