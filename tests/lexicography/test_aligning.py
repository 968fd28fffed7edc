"""Aligning spun sentences with their originals."""

import pytest

from clean_news.lexicography.aligning import align

KNOWN = {
    ("according to", "in line with"),
    ("at", "on"),
    ("bank", "financial institution"),
    ("at least", "at the least"),
}


def is_known(original, form):
    return (original, form) in KNOWN


@pytest.mark.parametrize(
    ("original", "spun", "swaps"),
    [
        ("The ferry left.", "The ferry left.", []),
        ("The ferry left.", "The boat departed.", [("ferry", "boat"), ("left", "departed")]),
        ("The bank closed.", "The financial institution closed.", [("bank", "financial institution")]),
        ("It rose, according to the bank.", "It rose, in line with the bank.", [("according to", "in line with")]),
        ("It cost at least $5.", "It cost at the least $5.", [("at least", "at the least")]),
        ("Wall Street fell.", "Wall Road fell.", [("Street", "Road")]),
        ("A sell-off began.", "A promote-off began.", [("sell", "promote")]),
        ("He didn’t stay.", "He didn't remain.", [("stay", "remain")]),
        ("An egg broke.", "A egg broke.", []),
        ("It rained; he left.", "It rained, he left!", []),
    ],
)
def test_swaps(original, spun, swaps):
    assert [tuple(swap) for swap in align(original, spun, is_known).swaps] == swaps


def test_kept_tokens_are_returned():
    assert align("The ferry left at noon.", "The boat left at noon.", is_known).kept == [
        "the", "left", "at", "noon", ".",
    ]  # fmt: skip


def test_a_rewritten_passage_yields_no_swaps():
    original = "He waited. " + "The tide was low. " * 15 + "He left."
    spun = "He waited. " + "Nobody could see any ships there. " * 15 + "He left."
    assert align(original, spun, is_known).swaps == []
