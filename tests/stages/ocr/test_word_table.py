from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from clean_news.language import vocabulary
from clean_news.stages.ocr import word_table
from clean_news.stages.ocr.costs import texts_of
from clean_news.stages.ocr.word_table import NONE, bit_counts, common_words, letter_bits, letter_counts


def test_common_words_are_the_most_common() -> None:
    words = common_words(1_000)
    assert 1_000 <= len(words) <= 1_500
    for name in ("the", "government", "monday"):
        assert name in words
    assert "conchologist" in vocabulary.standard().words
    assert "conchologist" not in words


def test_the_table_is_sorted_by_length() -> None:
    table = word_table.standard()
    assert table.words == sorted(table.words, key=lambda word: (len(word), word))
    begin, end = table.between(3, 4)
    assert {len(word) for word in table.words[begin:end]} == {3, 4}
    assert table.between(200, 300) == (len(table.words), len(table.words))


@pytest.mark.parametrize(("word", "is_word", "is_name"), [("steamer", True, False), ("kuala", False, True)])
def test_words_and_names(word: str, is_word: bool, is_name: bool) -> None:
    table = word_table.standard()
    index = table.words.index(word)
    assert (table.word_id[index] != NONE, table.name_id[index] != NONE) == (is_word, is_name)
    assert "".join(map(chr, table.capitals[index, : len(word)])) == word.upper()


def bits_of(*words: str) -> NDArray[Any]:
    return letter_bits(letter_counts(texts_of(words).points), [2] * 26)


@pytest.mark.parametrize(
    ("one", "other", "differing"), [("the", "the", 0), ("the", "hte", 0), ("the", "tho", 2), ("to", "too", 1)]
)
def test_an_edit_changes_two_bits_at_most(one: str, other: str, differing: int) -> None:
    first, second = bits_of(one, other)
    assert bit_counts(np.array([first ^ second])).tolist() == [differing]


def test_bits_are_counted_without_numpy_2(monkeypatch: pytest.MonkeyPatch) -> None:
    bits = np.array([[0, 1, 2**64 - 1], [3, 2**63, 12345]], np.uint64)
    wanted = [[0, 1, 64], [2, 1, 6]]
    assert bit_counts(bits).tolist() == wanted
    monkeypatch.delattr(np, "bitwise_count", raising=False)
    assert bit_counts(bits).tolist() == wanted
