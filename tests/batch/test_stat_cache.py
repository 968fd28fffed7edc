"""Files that nobody touched since the last run are not read again, and all others are."""

import errno
import io
import os
from pathlib import Path

import pytest

from clean_news.batch import run as runs
from clean_news.batch import stat_cache
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.settings import Settings

SHIPPED_MARGIN_NS = stat_cache.RACY_MARGIN_NS
TEXT = "The over\u200bseas ministry mentioned it on Monday.\n"
NAMES = ("a.txt", "b/c.txt", "b/d.txt", "b.txt", "e.txt")
IN_ORDER = sorted(NAMES, key=lambda name: name.split("/"))


@pytest.fixture(autouse=True)
def settled(monkeypatch, tmp_path):
    """The files of the tests are new, and count as old; what is kept lies in a cache of the test's own."""
    monkeypatch.setattr(stat_cache, "RACY_MARGIN_NS", -(10**18))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        (tmp_path / "raw" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "raw" / name).write_text(f"{TEXT}{name}\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def looked_at(place, monkeypatch):
    """Runs, and gives the files that were looked at and the summary; whatever it does, the reports come in order."""
    monkeypatch.chdir(place)
    clean_file = runs.clean_file

    def again(force=False, ready=lambda _: True, **settings):
        looked, reported = [], []

        def spy(task, *others):
            looked.append(task.id)
            return clean_file(task, *others)

        monkeypatch.setattr(runs, "clean_file", spy)
        orders = RunOptions(Settings(**{"stages": ("characters",), **settings}), force)
        summary = run(Path("raw"), Path("clean"), orders, watch=lambda report: reported.append(report.id), ready=ready)
        assert reported == sorted(reported, key=lambda name: name.split("/"))
        return looked, summary

    return again


def figures(summary):
    return {name: getattr(summary, name) for name in ("articles", "edits", "held_off", "notes", "spun", "failures")}


def index(place):
    (found,) = (place / "cache" / "clean-news" / "untouched").glob("*.jsonl")
    return found


def test_what_nobody_touched_is_not_read_and_counts_as_before(looked_at):
    looked, first = looked_at()
    assert looked == IN_ORDER
    assert (first.cleaned, first.total("applied")) == (5, 5)
    for _ in range(2):
        looked, again = looked_at()
        assert looked == []
        assert (again.cleaned, again.unchanged) == (0, 5)
        assert figures(again) == figures(first)


def with_its_times(path, change):
    """Change a file and put its size and its dates back, as far as a program can."""
    before = path.stat()
    change(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def overwrite(path):
    path.write_bytes(path.read_bytes().swapcase())


def put_another_in_place(path):
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    other.replace(path)


@pytest.mark.parametrize("name", ["a.txt", "b/d.txt", "e.txt"])
@pytest.mark.parametrize("change", [overwrite, put_another_in_place])
def test_a_raw_file_that_changed_behind_its_date_is_read(looked_at, place, name, change):
    looked_at()
    with_its_times(place / "raw" / name, change)
    assert looked_at()[0] == [name]
    assert looked_at()[0] == []
    wanted = TEXT.replace("\u200b", "") + f"{name}\n"
    text = (place / "clean" / name).read_text(encoding="utf-8")
    assert text == (wanted.swapcase() if change is overwrite else wanted)


@pytest.mark.parametrize("suffix", ["", ".changes.json"])
def test_a_clean_file_or_log_that_was_touched_is_looked_at(looked_at, place, suffix):
    looked_at()
    path = place / "clean" / f"b.txt{suffix}"
    was = path.read_bytes()
    path.write_bytes(was[:-1])
    looked, summary = looked_at()
    assert looked == ["b.txt"]
    assert len(summary.failures) == (suffix == ""), "somebody's own version is not overwritten"
    path.unlink(missing_ok=True)
    assert looked_at()[0] == ["b.txt"]
    assert path.read_bytes() == was
    assert looked_at()[0] == []


def test_files_that_came_and_files_that_went(looked_at, place):
    looked_at()
    (place / "raw" / "b" / "c.txt").unlink()
    for name in ("0.txt", "b/cc.txt", "f/g.txt"):
        (place / "raw" / name).parent.mkdir(exist_ok=True)
        (place / "raw" / name).write_text(TEXT, encoding="utf-8")
    looked, summary = looked_at()
    assert looked == ["0.txt", "b/cc.txt", "f/g.txt"]
    assert (summary.articles, summary.unchanged) == (7, 4)
    assert looked_at()[0] == []


def test_other_settings_dictionaries_and_decisions_make_all_be_looked_at(looked_at, place):
    looked_at()
    assert looked_at(stages=("characters", "encoding"))[0] == IN_ORDER
    assert looked_at(stages=("characters", "encoding"))[0] == []
    assert looked_at(max_megabytes=7)[0] == IN_ORDER
    (place / "own.tsv").write_text("ferry\tnoun\tvessel\n", encoding="utf-8")
    looked_at()
    assert looked_at(dictionary=("own.tsv",))[0] == IN_ORDER
    (place / "own.tsv").write_text("ferry\tnoun\tboat\n", encoding="utf-8")
    assert looked_at(dictionary=("own.tsv",))[0] == IN_ORDER
    looked_at()
    ours = place / "clean" / ".clean-news"
    decision = (
        '{"action":"reject","scope":"everywhere","id":"0","article":"a.txt","rule":"LAY002","before":"x","after":"y",'
        '"by":"Ada","at":"2026-11-22T19:00:00+00:00"}\n'
    )
    (ours / "decisions.jsonl").write_text(decision, encoding="utf-8")
    looked, summary = looked_at()
    assert looked == IN_ORDER
    assert len(summary.unmet) == 1
    looked, summary = looked_at()
    assert looked == []
    assert len(summary.unmet) == 1


def test_force_looks_at_all_and_keeps_what_it_saw(looked_at):
    looked_at()
    assert looked_at(force=True)[0] == IN_ORDER
    assert looked_at()[0] == []


def test_a_file_that_has_just_changed_is_read_again(looked_at, monkeypatch):
    monkeypatch.setattr(stat_cache, "RACY_MARGIN_NS", SHIPPED_MARGIN_NS)
    looked_at()
    assert looked_at()[0] == IN_ORDER


def test_what_failed_is_looked_at_every_time(looked_at, place):
    (place / "raw" / "a.txt").write_bytes(b"%PDF-1.4\0\1\2")
    for _ in range(2):
        looked, summary = looked_at()
        assert len(summary.failures) == 1
    assert looked == ["a.txt"]


@pytest.mark.parametrize(
    ("spoil", "left"),
    [
        (lambda lines: lines[:3], IN_ORDER[2:]),
        (lambda lines: [*lines[:3], lines[3][:40]], IN_ORDER[2:]),
        (lambda lines: [*lines[:3], b"\xff\n", *lines[3:]], IN_ORDER[2:]),
        (lambda lines: [*lines[:3], b'["b/c.txt",[],[],[],[]]\n', *lines[3:]], IN_ORDER[2:]),
        (lambda lines: [b'"another version"\n', *lines[1:]], IN_ORDER),
        (lambda lines: [b"nonsense\n", *lines[1:]], IN_ORDER),
        (lambda _: [], IN_ORDER),
    ],
)
def test_what_is_spoilt_of_it_counts_as_not_kept(looked_at, place, spoil, left):
    looked_at()
    kept = index(place)
    kept.write_bytes(b"".join(spoil(kept.read_bytes().splitlines(keepends=True))))
    looked, summary = looked_at()
    assert (looked, summary.unchanged, summary.failures) == (left, 5, [])
    assert looked_at()[0] == []


def test_a_cache_that_cannot_be_written_costs_time_only(looked_at, place):
    (place / "cache").mkdir()
    (place / "cache" / "clean-news").write_text("a file where the folder should be", encoding="utf-8")
    for _ in range(2):
        looked, summary = looked_at()
        assert (looked, summary.failures) == (IN_ORDER, [])


def test_a_disk_that_fills_up_costs_time_only(looked_at, place, monkeypatch):
    looked_at()
    before, begin = index(place).read_bytes(), stat_cache.CacheWriter.__init__

    class Full(io.BytesIO):
        name = str(place / "full")

        def write(self, _):
            raise OSError(errno.ENOSPC, "No space left on device")

    def begin_on_full_disk(self, *given):
        begin(self, *given)
        self.close()
        self.file = Full()

    monkeypatch.setattr(stat_cache.CacheWriter, "__init__", begin_on_full_disk)
    looked, summary = looked_at()
    assert (looked, summary.failures) == ([], [])
    assert index(place).read_bytes() == before


def test_a_run_that_was_stopped_keeps_what_was_known_before(looked_at, place, make_stage):
    looked_at()
    stage = make_stage("if 'stop' in text: raise KeyboardInterrupt\nreturn Proposal([])")
    before = index(place).read_bytes()
    assert looked_at(stages=("characters", stage))[0] == IN_ORDER
    between = index(place).read_bytes()
    assert between != before
    with_its_times(place / "raw" / "b.txt", lambda path: path.write_text("stop".ljust(len(path.read_bytes()))))
    summary = looked_at(stages=("characters", stage))[1]
    assert not summary.finished
    assert index(place).read_bytes() == between
    assert [path.name for path in index(place).parent.iterdir()] == [index(place).name]


def test_only_the_files_that_are_ready_are_kept(looked_at):
    looked_at(ready=lambda task: task.id != "b.txt")
    assert looked_at()[0] == ["b.txt"]


def test_workers_look_at_the_others(place):
    orders = RunOptions(Settings(stages=("characters",), jobs=2))
    assert run(Path("raw"), Path("clean"), orders).cleaned == 5
    for name in ("a.txt", "b/d.txt"):
        (place / "raw" / name).write_text("Another\u200b article.\n", encoding="utf-8")
    summary = run(Path("raw"), Path("clean"), orders)
    assert (summary.cleaned, summary.unchanged) == (2, 3)
    assert (place / "clean" / "b" / "d.txt").read_text(encoding="utf-8") == "Another article.\n"


def test_of_many_runs_the_last_are_kept(place, monkeypatch):
    monkeypatch.setattr(stat_cache, "MAX_CACHES", 3)
    for number in range(5):
        run(Path("raw"), Path(f"clean{number}"), RunOptions(Settings(stages=("characters",))))
    kept = list((place / "cache" / "clean-news" / "untouched").glob("*.jsonl"))
    assert len(kept) == 3
    assert stat_cache.cache_path(Path("raw"), Path("clean4")).resolve() in kept
