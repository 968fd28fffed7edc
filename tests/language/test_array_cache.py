"""Arrays in the user's cache: read back as they were, computed again if the cache is damaged or cannot be written."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from platformdirs import user_cache_path

from clean_news.language import array_cache
from clean_news.stages.ocr import word_table


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty cache; returns the folder of the arrays."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return user_cache_path("clean-news") / array_cache.FOLDER


@dataclasses.dataclass
class Computation:
    """Counts how often arrays are computed."""

    times: int = 0

    def __call__(self) -> array_cache.Arrays:
        """Compute the arrays."""
        self.times += 1
        return {"numbers": np.arange(1000), "flags": np.array([True, False])}


def test_arrays_are_computed_once_and_read_back(cache: Path) -> None:
    compute = Computation()
    for _ in range(3):
        found = array_cache.cached("numbers", "a" * 64, compute)
        assert found["numbers"].tolist() == list(range(1000))
        assert found["flags"].dtype == np.bool_
    assert compute.times == 1
    assert [path.name for path in cache.iterdir()] == [f"numbers-{'a' * 16}.npz"]


def test_another_digest_replaces_the_arrays(cache: Path) -> None:
    compute = Computation()
    array_cache.cached("numbers", "a" * 64, compute)
    array_cache.cached("other", "a" * 64, compute)
    array_cache.cached("numbers", "b" * 64, compute)
    assert compute.times == 3
    assert sorted(path.name for path in cache.iterdir()) == [f"numbers-{'b' * 16}.npz", f"other-{'a' * 16}.npz"]


@pytest.mark.parametrize("part", [0.0, 0.01, 0.3, 0.5, 0.99])
def test_a_damaged_cache_is_computed_again(cache: Path, part: float) -> None:
    compute = Computation()
    array_cache.cached("numbers", "a" * 64, compute)
    (path,) = cache.iterdir()
    whole = path.read_bytes()
    at = int(part * len(whole))
    for damaged in (whole[:at], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]):
        path.write_bytes(damaged)
        assert array_cache.cached("numbers", "a" * 64, compute)["numbers"].tolist() == list(range(1000))


def test_a_cache_that_cannot_be_written_costs_only_time(cache: Path) -> None:
    cache.parent.mkdir(parents=True)
    cache.write_text("a file where the folder should be")
    compute = Computation()
    for _ in range(2):
        assert array_cache.cached("numbers", "a" * 64, compute)["numbers"].tolist() == list(range(1000))
    assert compute.times == 2


def test_the_word_table_is_the_same_from_the_cache(cache: Path) -> None:
    word_table.standard.cache_clear()
    built = word_table.standard()
    assert len(list(cache.iterdir())) == 1
    word_table.standard.cache_clear()
    read = word_table.standard()
    assert read is not built
    assert read.words == built.words
    assert read.starts == built.starts
    for name in set(built._fields) - {"words", "texts", "starts"}:
        np.testing.assert_array_equal(getattr(read, name), getattr(built, name), strict=True)
    for ours, theirs in zip(read.texts, built.texts, strict=True):
        np.testing.assert_array_equal(ours, theirs, strict=True)
