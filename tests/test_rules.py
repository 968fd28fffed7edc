"""Every rule of every stage: its code, summary and examples."""

import re
from collections import Counter
from pathlib import Path

import pytest

from clean_news.pipeline import load_stage
from clean_news.settings import STAGES, LearnedLine
from clean_news.sources import SourceArticle, update_from_articles

RULES = [(name, rule) for name in STAGES for rule in load_stage(name).RULES]
CASES = Path(__file__).parent / "cases"
PREFIXES = {"source": "SRC"}  # of stages whose codes do not begin with the first letters of their names
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
    assert rule.code.startswith(PREFIXES.get(stage, stage[:3].upper())), "the prefix of a code is that of its stage"
    assert rule.summary == " ".join(rule.summary.split()) != "", "a summary is one line"
    assert rule.keeps, "a rule has examples of text that it must not change"


@pytest.fixture(scope="module")
def sources_index(tmp_path_factory):
    """An index of the texts that the examples of the stage ``source`` were spun from."""
    place = tmp_path_factory.mktemp("sources") / "index"
    texts = sorted((CASES / "source").glob("*.txt"))
    update_from_articles(place, (SourceArticle(each.stem, each.read_text("utf-8"), each.name) for each in texts))
    return str(place)


@every_rule
def test_examples_hold(check_rule, sources_index, stage, rule):
    needed = {}
    if stage == "source":
        needed = {"sources_index": sources_index, "sources_for": "all"}
    if rule.code == "OCR006":  # a second pass, at this level only
        needed = {"level": "bold"}
    if rule.code == "BOIL016":  # removes what was learned from several articles
        needed = {"learned_lines": (LearnedLine(".", "Harbour Echo is printed on the quay.", 5, 6),)}
    if rule.code == "SRC002":  # only suggests, and points out what differs beside words that are taken
        needed |= {"rules_only": (rule.code,), "apply_from_rules": ((rule.code, 0.0),)}
    check_rule(load_stage(stage), rule, **needed)
