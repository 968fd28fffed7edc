import numpy as np
import pytest

from clean_news.language import binary_fuse_filter


@pytest.mark.parametrize("guarded", [False, True])
@pytest.mark.parametrize("count", [1, 1000, 60_000])
def test_every_key_returns_its_value(count: int, guarded: bool) -> None:
    keys = np.unique(np.random.default_rng(count).integers(0, 2**63, count, dtype=np.uint64))
    values = (keys % np.uint64(64)).astype(np.uint8)
    slots, guard, seed = binary_fuse_filter.build(keys, values, guarded)
    assert (binary_fuse_filter.look_up(slots, guard, seed, keys) == values).all()


@pytest.mark.parametrize(("guarded", "max_rate"), [(False, 0.002), (True, 0.0001)])
def test_the_false_positive_rate_is_low(guarded: bool, max_rate: float) -> None:
    random = np.random.default_rng(0)
    keys = np.unique(random.integers(0, 2**62, 50_000, dtype=np.uint64))
    slots, guard, seed = binary_fuse_filter.build(keys, np.zeros(len(keys), np.uint8), guarded)
    others = random.integers(2**62, 2**63, 50_000, dtype=np.uint64)
    assert (binary_fuse_filter.look_up(slots, guard, seed, others) >= 0).mean() <= max_rate


def test_duplicate_keys_are_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binary_fuse_filter, "MAX_SEEDS", 2)
    with pytest.raises(binary_fuse_filter.PeelingFailed, match="distinct"):
        binary_fuse_filter.build(np.array([7, 7, 7, 7], np.uint64), np.zeros(4, np.uint8))
