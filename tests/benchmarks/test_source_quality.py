"""How the quality of the stage ``source`` is measured."""

import random
import sys
from pathlib import Path

import pytest

from clean_news.edits import replace
from clean_news.scoring.gold import GoldRow, GoldSpan

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
import source_quality

SPUN = "The corporate mentioned that an outdated ferry had left."
ROW = GoldRow(
    "ferry",
    SPUN,
    [
        GoldSpan(4, 23, "corporate mentioned", ["company said"]),
        GoldSpan(29, 40, "an outdated", ["an old"]),
    ],
)


def taken(before, after):
    at = SPUN.index(before)
    return replace(SPUN, at, at + len(before), after, "SRC001")


@pytest.mark.parametrize(
    ("edits", "wrong", "incomplete"),
    [
        ([("corporate", "company"), ("mentioned", "said")], [], []),
        ([("outdated", "old")], [], []),
        ([("outdated", "aged")], ["aged"], []),
        ([("corporate", "company"), ("mentioned", "added")], ["added"], ["company"]),
        ([("corporate", "company")], [], ["company"]),
        ([("left", "gone")], ["gone"], []),
        ([], [], []),
    ],
)
def test_edits_are_judged_together_with_those_of_the_same_span(edits, wrong, incomplete):
    found = source_quality.judged_edits(ROW, [taken(*edit) for edit in edits])
    assert [[edit.after for edit in each] for each in found] == [wrong, incomplete]


def test_the_source_is_made_up_from_what_is_accepted():
    assert source_quality.made_up_source(ROW) == "The company said that an old ferry had left."


def test_an_editor_leaves_out_and_reorders():
    text = " ".join(f"Ship number {number}, with all its crew, left the harbour at noon." for number in range(60))
    edited = source_quality.as_edited(text, random.Random(1))
    sentences = source_quality.SENTENCE_BREAK.split(edited)
    assert 30 < len(sentences) < 55
    assert any("with all" not in sentence for sentence in sentences)
    assert sentences != sorted(sentences, key=text.find)


def test_reports_of_one_event_are_of_two_publishers_and_successive_days():
    names = "They met Anna Weiss and Tom Harker of Port Aller in 1921 and 1933."
    reports = [
        source_quality.Report(f"At first {names}", "Aller Post", "20210301"),
        source_quality.Report(f"Later on {names}", "Barrow News", "20210302"),
        source_quality.Report(f"Again, {names}", "Aller Post", "20210301"),
        source_quality.Report(f"Much later {names}", "Barrow News", "20210601"),
        source_quality.Report("They met Otto Kern of Vell in 1845.", "Vell Times", "20210301"),
        source_quality.Report("They met Otto Kern of Vell in 1845.", "Other Times", "no day"),
    ]
    pairs = source_quality.event_pairs(reports, 0)
    assert {frozenset((one.day, other.day)) for _, one, other in pairs} == {frozenset({"20210301", "20210302"})}
    assert len(pairs) == 2


def test_pairs_of_one_event_are_in_one_half():
    reports = [source_quality.Report(f"Report {number}.", "Aller Post", "20210301") for number in range(60)]
    pairs = [(0.9, reports[at], reports[at + 1]) for at in range(59) if at % 3 != 2]
    found = source_quality.halves(pairs)
    assert all(found[at] == found[at + 1] for at in range(0, len(found) - 1, 2))
    assert set(found) == {0, 1}
