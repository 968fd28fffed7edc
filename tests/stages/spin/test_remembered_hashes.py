import numpy as np
import pytest

from clean_news.stages.spin import phrase_hashes
from clean_news.stages.spin.phrase_hashes import HashTable, hashes_of_keys

KEYS = ["workfellow", "moneylender", "took after"]


@pytest.mark.parametrize("values", [None, np.array([7.0, 8.0, 9.0])])
def test_many_look_ups_at_once_find_the_same(values: np.ndarray | None) -> None:
    order = np.argsort(hashes_of_keys(KEYS))
    table, other = (HashTable(hashes_of_keys(KEYS)[order], values) for _ in range(2))
    asked = [*KEYS, "colleague", "took"]
    table.remember(asked)
    assert [table.find(key) for key in asked] == [other.find(key) for key in asked]
    assert [key in table for key in asked] == [True, True, True, False, False]


def test_an_empty_table_remembers_nothing() -> None:
    table = HashTable(np.zeros(0, np.uint64))
    table.remember(KEYS)
    assert table.find(KEYS[0]) is None


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phrase_hashes, "MAX_REMEMBERED", 4)
    table = HashTable(np.sort(hashes_of_keys(KEYS)))
    for number in range(9):
        table.remember([f"word{number}", f"other{number}"])
        assert len(table._remembered) <= 4
