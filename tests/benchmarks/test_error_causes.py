"""Test the table of OCR errors by cause."""

import importlib
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def causes(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    yield importlib.import_module("error_causes")
    sys.modules.pop("error_causes", None)


@pytest.mark.parametrize(
    ("left", "right", "cause"),
    [
        ("time", "time.", "punctuation"),
        ("In", "in", "case"),
        ("1801", "1863", "digits"),
        ("com mittce", "committee", "words split, joined, lost or added"),
        ("tlie liouse", "the house", "several words in a row"),
        ("tlie", "the", "lower-case word"),
        ("Sydnoy", "Sydney", "capitalised word"),
    ],
)
def test_cause(causes, left, right, cause):
    assert causes.cause_of(left.split(), right.split()) == cause


def test_the_table_counts_places_and_characters(causes):
    lines = list(causes.rows(["a tlie b", "x time y"], ["a the b", "x time. y"]))
    assert lines[1:] == ["| lower-case word | 1 | 2 | 66.7% |", "| punctuation | 1 | 1 | 33.3% |"]
