import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean_news.sources import merging
from clean_news.sources.manifest import SegmentEntry
from clean_news.sources.merging import merge, runs_to_merge
from clean_news.sources.segment import Stored, open_segment, write_segment


@given(st.lists(st.integers(1, 500), max_size=30))
def test_after_merging_each_segment_has_as_many_as_all_that_follow(sizes):
    sizes = list(sizes)
    while runs := runs_to_merge(sizes, sizes):
        for first, end in reversed(runs):
            assert end - first > 1
            sizes[first:end] = [sum(sizes[first:end])]
    assert all(size >= sum(sizes[place + 1 :]) for place, size in enumerate(sizes))


def test_full_segments_are_not_merged(monkeypatch):
    monkeypatch.setattr(merging, "MAX_ARTICLES", 100)
    assert runs_to_merge([90, 90, 90], [90, 90, 90]) == []
    assert runs_to_merge([40, 40, 40, 40], [40, 40, 40, 40]) == []
    assert runs_to_merge([30, 30, 30, 30, 30], [30, 30, 30, 30, 30]) == [(0, 3)]
    assert runs_to_merge([90, 1, 1, 1], [90, 1, 1, 1]) == [(1, 4)]


def test_a_segment_of_mostly_removed_articles_is_written_again():
    assert runs_to_merge([100, 100], [30, 100]) == [(0, 2)]
    assert runs_to_merge([100, 10], [100, 4]) == [(1, 2)]
    assert runs_to_merge([100], [0]) == [(0, 1)]


@pytest.mark.parametrize("block", [1, 3, 1 << 20])
def test_merged_segments_have_the_articles_that_were_not_removed(tmp_path, monkeypatch, block):
    monkeypatch.setattr("clean_news.sources.weights.BLOCK", block)
    monkeypatch.setattr(merging, "COPY_BYTES", 5)
    rng = np.random.default_rng(3)
    segments, live, expected = [], [], []
    for part in range(3):
        articles = [
            Stored(
                b"record %d of %d" % (number, part),
                bytes([part, number] * 8),
                np.unique(rng.integers(0, 40, 12)).astype(np.uint32),
                number % 3,
            )
            for number in range(20)
        ]
        entry = write_segment(tmp_path / f"part{part}", articles)
        assert isinstance(entry, SegmentEntry)
        segments.append(open_segment(tmp_path, entry))
        live.append(rng.random(20) < 0.6)
        expected += [article for article, alive in zip(articles, live[-1], strict=True) if alive]
    merged = open_segment(tmp_path, merge(tmp_path / "merged", segments, live))
    again = open_segment(tmp_path, write_segment(tmp_path / "again", expected))
    for one, other in zip(merged.postings, again.postings, strict=True):
        assert one.tolist() == other.tolist()
    assert merged.digests.tolist() == again.digests.tolist()
    assert merged.files.tolist() == again.files.tolist()
    assert [merged.record(n) for n in range(merged.size)] == [article.record for article in expected]


def test_merging_removed_articles_only_writes_nothing(tmp_path):
    entry = write_segment(tmp_path / "part", [Stored(b"x", bytes(16), np.zeros(0, np.uint32), 0)])
    segment = open_segment(tmp_path, entry)
    assert merge(tmp_path / "merged", [segment], [np.zeros(1, bool)]) is None
    assert not (tmp_path / "merged").exists()
    kept = open_segment(tmp_path, merge(tmp_path / "merged", [segment], [np.ones(1, bool)]))
    assert (kept.size, len(kept.postings.articles)) == (1, 0)
