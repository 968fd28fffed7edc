import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from clean_news.stages.ocr.edit_distance import MAX_LETTERS, coded, edit_distances

TEXTS = st.lists(st.text("abcno'", max_size=20), min_size=1, max_size=6)


def distances(patterns: list[str], texts: list[str]) -> list[int]:
    ordered = sorted(texts, key=len, reverse=True)
    text, pattern = np.divmod(np.arange(len(texts) * len(patterns)), len(patterns))
    found = edit_distances(coded(patterns), coded(ordered), pattern, text).tolist()
    pairs = dict(zip(((one, other) for other in ordered for one in patterns), found, strict=True))
    return [pairs[one, other] for one in patterns for other in texts]


@given(TEXTS, TEXTS)
@settings(max_examples=200, deadline=None)
def test_same_distances_as_pair_by_pair(patterns: list[str], texts: list[str]) -> None:
    wanted = [Levenshtein.distance(one, other) for one in patterns for other in texts]
    assert distances(patterns, texts) == wanted


@pytest.mark.parametrize("length", [15, 16, 17, 32, 33, MAX_LETTERS])
def test_long_patterns(length: int) -> None:
    patterns = ["n" * length, "a" + "n" * (length - 1), "ab"]
    texts = ["n" * length, "an", ""]
    wanted = [Levenshtein.distance(one, other) for one in patterns for other in texts]
    assert distances(patterns, texts) == wanted


def test_no_pairs() -> None:
    none = np.zeros(0, np.int64)
    assert edit_distances(coded([]), coded([]), none, none).tolist() == []
    assert edit_distances(coded(["a"]), coded(["b"]), none, none).tolist() == []
