"""Test the changes between two versions of a line: exact, minimal in ordinary lines, in pieces in long ones."""

import sys
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean_news.stages import line_differences
from clean_news.stages.line_differences import changes


def garbled(text):
    return text.encode().decode("cp1252", "replace")


def accented_news(seed, words):
    """A line of made-up words, of which every tenth has an accent."""
    random = Random(seed)
    line = ["".join(random.choices("etaoinsrhldcu", k=random.randint(1, 9))) for _ in range(words)]
    return " ".join(word.replace("e", "é") if random.random() < 0.2 else word for word in line)


def is_garbled(character):
    return not character.isascii()


def spliced(before, found):
    pieces, at = [], 0
    for change in found:
        pieces += ["".join(before[at : change.start]), change.after]
        at = change.end
    return "".join([*pieces, *before[at:]])


def check_changes(before, after):
    found = list(changes(before, after, is_garbled))
    assert spliced(before, found) == after
    assert all(one.end < other.start for one, other in pairwise(found)), "they overlap or touch"
    return found


@pytest.fixture
def small_pieces(monkeypatch):
    monkeypatch.setattr(line_differences, "MAX_ALIGNED_TOKENS", 40)
    monkeypatch.setattr(line_differences, "PIECE_TOKENS", 16)
    monkeypatch.setattr(line_differences, "ANCHOR_TOKENS", 4)


def test_a_long_line_has_the_changes_of_a_whole_alignment(monkeypatch):
    after = accented_news(1, 5000)
    before = garbled(after)
    assert len(before) > 1.5 * line_differences.MAX_ALIGNED_TOKENS
    found = check_changes(before, after)
    assert len(found) > 200
    monkeypatch.setattr(line_differences, "MAX_ALIGNED_TOKENS", sys.maxsize)
    assert found == list(changes(before, after, is_garbled))


def test_a_change_after_a_long_run_without_an_anchor_stays_small():
    run, news = "Ã©" * 20_000, accented_news(2, 2000)
    before, after = run + garbled(news) + run, "é" * 20_000 + news + "é" * 20_000
    found = check_changes(before, after)
    inside = [each for each in found if each.start >= len(run) and each.end <= len(before) - len(run)]
    assert len(inside) > 60
    assert max(each.end - each.start for each in inside) < 10


@pytest.mark.usefixtures("small_pieces")
@given(
    st.lists(st.tuples(st.sampled_from(("ab", "é", "Ã©", "news", "a ")), st.integers(1, 30)), max_size=12),
    st.lists(st.tuples(st.sampled_from(("ab", "é", "Ã©", "news", "a ")), st.integers(1, 30)), max_size=12),
)
def test_any_two_versions(before, after):
    old, new = ("".join(fragment * times for fragment, times in version) for version in (before, after))
    check_changes(old, new)
    check_changes(old.split(" "), new)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Ã©" * 50_000, "é" * 50_000),
        ("a" + "\u0301\u0316" * 50_000, "á" + "\u0316\u0301" * 49_999),
        (garbled(accented_news(3, 10_000)), accented_news(3, 10_000)),
        ("ab" * 50_000, ""),
        ("", "ab" * 50_000),
        ("ab" * 20_000, "c" * 90_000),
    ],
    ids=("run", "marks", "news", "deleted", "inserted", "replaced"),
)
def test_no_piece_is_large(before, after):
    cuts = list(line_differences._cuts(before, after))
    sizes = [
        (end[0] - start[0], end[1] - start[1])
        for start, end in pairwise(cuts)
        if before[start[0] : end[0]] != after[start[1] : end[1]]
    ]
    most = line_differences.PIECE_TOKENS
    assert len(cuts) > 10
    assert max(old for old, _ in sizes) <= most
    assert max(new for _, new in sizes) <= 2 * most
    assert all(start <= end for one, other in pairwise(cuts) for start, end in zip(one, other, strict=True))
