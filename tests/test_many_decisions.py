"""Decisions too many to keep in memory: the same as the others, in less time and memory."""

import pickle
import random
import time
import tracemalloc

import pytest

from clean_news.batch.keeping_decisions import add_decisions
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.batch.summary import MAX_UNMET
from clean_news.decisions import Decision, Decisions, DecisionsError, in_effect, key_of, lines, read, read_all, write
from clean_news.edits import Edit
from clean_news.settings import Settings


def decisions(count: int, seed: int = 3) -> list[Decision]:
    """Decisions of all scopes and actions, of which some concern the same edits at other times by other people."""
    rng = random.Random(seed)
    return [
        Decision(
            action=rng.choice(("accept", "reject", "replace")),
            scope=rng.choice(("once", "article", "everywhere")),
            id=f"{rng.randrange(count):x}",
            article=f"{rng.randrange(9)}.txt",
            rule="SPIN001",
            before=f"before\u2028{rng.randrange(count)}",
            after=f"after{rng.randrange(3)}",
            text="x" * rng.choice((1, 2000)) if rng.random() < 0.05 else "é",
            by=rng.choice(("Ada", "Ben")),
            at=f"2026-11-{rng.randrange(10, 30)}",
        )
        for _ in range(count)
    ]


@pytest.fixture
def both(tmp_path, monkeypatch):
    """Decisions in two files, read into memory and left where they are."""
    made = decisions(3000)
    (tmp_path / "a.jsonl").write_bytes(b"\xef\xbb\xbf" + write(made[:1200]) + b"\n  \n" + write(made[1200:2000]))
    (tmp_path / "b.jsonl").write_bytes(write(made[2000:]).removesuffix(b"\n"))
    paths = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    in_memory = read_all(paths)
    monkeypatch.setattr(in_effect, "MAX_IN_MEMORY", 100)
    monkeypatch.setattr(lines, "BLOCK_BYTES", 5000)
    stored = read_all(paths)
    assert isinstance(in_memory.by_key, dict)
    assert not isinstance(stored.by_key, dict)
    return in_memory, stored


def test_they_are_the_same_as_those_in_memory(both):
    in_memory, stored = both
    assert dict(stored.by_key.items()) == in_memory.by_key
    assert len(stored.by_key) == len(in_memory.by_key)
    assert {key_of(each) for each in stored.by_key.values()} == {*in_memory.by_key}
    assert stored.conflicts == in_memory.conflicts != []
    some = random.Random(5).sample(sorted(in_memory.by_key), 200)
    assert sorted(map(key_of, stored.unmatched(some))) == sorted(map(key_of, in_memory.unmatched(some)))
    for made in decisions(3000)[:300]:
        edit = Edit(made.rule, (0, 1), made.before, made.after, id=made.id)
        assert stored.decision_for(edit, made.article) == in_memory.decision_for(edit, made.article)
        assert stored.digest([edit], made.article) == in_memory.digest([edit], made.article) != ""
    assert stored.by_key.get(("once", "no such id")) is None
    assert pickle.loads(pickle.dumps(stored)).by_key == in_memory.by_key


def test_they_stay_what_they_were_when_their_file_is_replaced(both, tmp_path):
    in_memory, stored = both
    (tmp_path / "new").write_bytes(b"")
    (tmp_path / "new").replace(tmp_path / "a.jsonl")
    assert dict(stored.by_key.items()) == in_memory.by_key


def test_the_digest_of_all_depends_on_the_decisions(tmp_path, monkeypatch):
    path = tmp_path / "a.jsonl"
    digests = set()
    for limit in (10, 1000):
        monkeypatch.setattr(in_effect, "MAX_IN_MEMORY", limit)
        for seed in (1, 2):
            path.write_bytes(write(decisions(50, seed)))
            digests.add(read_all([path]).digest_of_all())
            assert read_all([path]).digest_of_all() in digests
    assert len(digests) == 4


@pytest.mark.parametrize(
    ("line", "fault"),
    [(b"{}", "line 701: is not a decision"), (b"\xff", "not UTF-8 at byte"), (b"[" * 5000, "line 701: is ")],
)
def test_a_fault_far_down_is_named(tmp_path, monkeypatch, line, fault):
    monkeypatch.setattr(in_effect, "MAX_IN_MEMORY", 100)
    path = tmp_path / "a.jsonl"
    good = write(decisions(700))
    path.write_bytes(good + line + b"\n" + good)
    with pytest.raises(DecisionsError, match=fault) as caught:
        read_all([path])
    if b"\xff" in line:
        assert f"byte {len(good)};" in str(caught.value).replace(")", ";")


def test_a_summary_lists_some_that_match_no_edit_and_counts_the_others(tmp_path):
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    raw.mkdir()
    (raw / "a.txt").write_text("A short text.\n", encoding="utf-8")
    made = decisions(6000)
    (tmp_path / "many.jsonl").write_bytes(write(made))
    summary = run(raw, clean, RunOptions(Settings(stages=("characters",)), decisions=(tmp_path / "many.jsonl",)))
    distinct = len(Decisions(made).by_key)
    assert (len(summary.unmet), summary.number("unmet", summary.unmet)) == (MAX_UNMET, distinct)
    page = (clean / ".clean-news" / "summary.md").read_text(encoding="utf-8")
    assert f"and {distinct - MAX_UNMET:,} more" in page
    assert read(clean / ".clean-news" / "decisions.jsonl") == list(dict.fromkeys(made))


def test_memory_stays_small_and_time_grows_in_proportion(tmp_path):
    """Bytes of Python objects for each decision when reading and when adding to a file; process time for four times."""
    seconds, size = [], 0
    for count in (10_000, 40_000):
        path = tmp_path / f"{count}.jsonl"
        path.write_bytes(write(decisions(count)))
        began = time.process_time()
        assert len(read_all([path]).by_key) > count / 2
        seconds.append(time.process_time() - began)
    assert seconds[1] < 8 * seconds[0]
    made = path.stat().st_size
    tracemalloc.start()
    try:
        found = read_all([path])
        _, size = tracemalloc.get_traced_memory()
        assert len(found.by_key) > count / 2
    finally:
        tracemalloc.stop()
    assert size < made, "less than the file, of which every decision as an object takes several times"
    add_decisions(tmp_path / "own.jsonl", lines.iterate(path))
    assert len(read_all([tmp_path / "own.jsonl"]).by_key) == len(found.by_key)
