"""The diff as JSON lines and as SARIF: positions of edits, and conformance to the formats."""

import importlib.util
import json
import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean_news.batch.clean_articles import CleanArticle
from clean_news.change_log.edit_places import trace_edits
from clean_news.charsets.decoding import decode
from clean_news.edits import apply, replace
from clean_news.pipeline import rules_by_stage
from clean_news.review.diff.json_lines import json_line
from clean_news.review.diff.rendering import as_sarif
from clean_news.review.edit_filter import EditFilter
from clean_news.settings import Settings

ALL = EditFilter()


def as_json(article, choice=ALL):
    _, clean, log = article
    line = json_line(CleanArticle(Path("clean", log.id), clean, log), trace_edits(clean, log), choice)
    return json.loads(line) if line else None


def sarif(*articles, choice=ALL):
    form = as_sarif(choice, Settings())
    parts = [form.opening]
    for _, clean, log in articles:
        parts += form.article(CleanArticle(Path("clean", log.id), clean, log), trace_edits(clean, log))
    return b"".join([*parts, form.closing()])


def results(*articles, choice=ALL):
    return json.loads(sarif(*articles, choice=choice))["runs"][0]["results"]


def offset(text, line, column):
    """The offset of a line and column in a text whose lines end in a newline."""
    return sum(len(each) + 1 for each in text.split("\n")[: line - 1]) + column - 1


@pytest.fixture
def article(by_stages):
    return by_stages(
        "Tbe ferry\n\nis overseas and will stay\n",
        ocr=[("Tbe", "The")],
        layout=[("\n\nis", " is")],
        spin=[("overseas", "foreign"), ("will", "would", "suggested"), ("and", "but", "rejected")],
    )


# JSON


def test_an_article_is_one_object(article):
    found = as_json(article)
    assert {key: found[key] for key in found if key != "edits"} == {
        "schema": "clean-news/diff/1",
        "id": "a/one.txt",
        "clean": str(Path("clean", "a", "one.txt")),
    }
    assert [(edit["stage"], edit["before"], edit["state"]) for edit in found["edits"]] == [
        ("ocr", "Tbe", "applied"),
        ("layout", "\n\nis", "applied"),
        ("spin", "overseas", "applied"),
        ("spin", "and", "rejected"),
        ("spin", "will", "suggested"),
    ]
    edit = found["edits"][2]
    assert edit == {
        "id": edit["id"],
        "stage": "spin",
        "rule": "SPIN001",
        "state": "applied",
        "confidence": 0.9,
        "before": "overseas",
        "after": "foreign",
        "raw": {"start": 14, "end": 22, "line": 3, "column": 4, "end_line": 3, "end_column": 12},
        "clean": {"start": 13, "end": 20, "line": 1, "column": 14, "end_line": 1, "end_column": 21},
        "depends_on": None,
        "evidence": {},
    }


@given(st.data())
def test_lines_and_columns_say_the_same_as_offsets(articles, data):
    raw, clean, log = data.draw(articles(line_ends=("\n", "\r\n", "\r")))
    found = as_json((raw, clean, log))
    assert (found is None) == (not any(stage.edits for stage in log.stages))
    for edit in found["edits"] if found else ():
        for text, where in ((decode(raw)[0], edit["raw"]), (clean, edit["clean"])):
            assert offset(text, where["line"], where["column"]) == where["start"]
            assert offset(text, where["end_line"], where["end_column"]) == where["end"]


def test_only_selected_edits_are_included(article):
    assert as_json(article, EditFilter(stages=("boilerplate",))) is None
    assert [
        edit["after"] for edit in as_json(article, EditFilter(rules=("SPIN", "OCR001"), states=("applied",)))["edits"]
    ] == [
        "The",
        "foreign",
    ]


# SARIF


def test_it_is_sarif(article, by_stages):
    second = by_stages("caf\u00c3\u00a9\r\nopen\r\n", encoding=[("\u00c3\u00a9", "\u00e9")])
    log = msgspec.structs.replace(second[2], id="b/it's 100% caf\u00e9?.txt")
    content = sarif(article, (*second[:2], log))
    decoded = msgspec.json.decode(content, type=subset().Log)
    assert len(decoded.runs[0].results) == 6
    assert (
        decoded.runs[0].results[-1].locations[0].physical_location.artifact_location.uri
        == "b/it%27s%20100%25%20caf%C3%A9%3F.txt"
    )
    assert msgspec.json.decode(sarif(), type=subset().Log).runs[0].results == []
    official = os.environ.get("CLEAN_NEWS_SARIF_SCHEMA")
    if official:
        jsonschema = pytest.importorskip("jsonschema")
        jsonschema.validate(json.loads(content), json.loads(Path(official).read_text(encoding="utf-8")))


def subset():
    """The module in this folder."""
    spec = importlib.util.spec_from_file_location("sarif_subset", Path(__file__).with_name("sarif_subset.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_rule_is_described():
    rules = json.loads(sarif())["runs"][0]["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [
        rule.code for each in rules_by_stage(Settings()).values() for rule in each
    ]
    assert all(rule["id"] in rule["help"]["text"] and rule["shortDescription"]["text"] for rule in rules)


def test_the_level_reflects_the_state(article):
    levels = {each["properties"]["state"]: (each["level"], "suppressions" in each) for each in results(article)}
    assert levels == {"applied": ("warning", False), "suggested": ("note", False), "rejected": ("none", True)}


@given(st.data())
def test_all_fixes_of_applied_edits_make_the_clean_text(articles, data):
    article = data.draw(articles(line_ends=("\n", "\r\n")))
    raw = decode(article[0])[0]
    fixes = []
    for each in results(article, choice=EditFilter(states=("applied",))):
        for fix in each.get("fixes", ()):
            ((change,), text) = fix["artifactChanges"][0]["replacements"], raw
            region = change["deletedRegion"]
            start = offset(text, region["startLine"], region["startColumn"])
            end = offset(text, region["endLine"], region["endColumn"])
            fixes.append(replace(raw, start, end, change["insertedContent"]["text"], "FIX001"))
    assert apply(raw, fixes) == article[1]
