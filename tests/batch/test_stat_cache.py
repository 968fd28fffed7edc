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
    """The test files are new but count as old; each test has its own cache folder."""
    monkeypatch.setattr(stat_cache, "RACY_MARGIN_NS", -(10**18))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        (tmp_path / "raw" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "raw" / name).write_text(f"{TEXT}{name}\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def cleaned_files(folder, monkeypatch):
    """Runs the job; returns the files that were cleaned or compared, and the summary. Reports must come in order."""
    monkeypatch.chdir(folder)
    clean_file = runs.clean_file

    def again(force=False, ready=lambda _: True, **settings):
        looked, reported = [], []

        def spy(task, *others):
            looked.append(task.id)
            return clean_file(task, *others)

        monkeypatch.setattr(runs, "clean_file", spy)
        options = RunOptions(Settings(**{"stages": ("characters",), **settings}), force)
        summary = run(Path("raw"), Path("clean"), options, watch=lambda report: reported.append(report.id), ready=ready)
        assert reported == sorted(reported, key=lambda name: name.split("/"))
        return looked, summary

    return again


def figures(summary):
    return {name: getattr(summary, name) for name in ("articles", "edits", "held_off", "notes", "spun", "failures")}


def index(folder):
    (found,) = (folder / "cache" / "clean-news" / "untouched").glob("*.stat-cache")
    return found


def test_untouched_files_are_not_read_and_counted_as_before(cleaned_files):
    looked, first = cleaned_files()
    assert looked == IN_ORDER
    assert (first.cleaned, first.total("applied")) == (5, 5)
    for _ in range(2):
        looked, again = cleaned_files()
        assert looked == []
        assert (again.cleaned, again.unchanged) == (0, 5)
        assert figures(again) == figures(first)


def keeping_its_times(path, change):
    """Change a file but keep its size and its times, as far as a program can."""
    before = path.stat()
    change(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def overwrite(path):
    path.write_bytes(path.read_bytes().swapcase())


def replace_with_a_copy(path):
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    other.replace(path)


@pytest.mark.parametrize("name", ["a.txt", "b/d.txt", "e.txt"])
@pytest.mark.parametrize("change", [overwrite, replace_with_a_copy])
def test_a_raw_file_changed_with_the_same_size_and_mtime_is_read(cleaned_files, folder, name, change):
    cleaned_files()
    keeping_its_times(folder / "raw" / name, change)
    assert cleaned_files()[0] == [name]
    assert cleaned_files()[0] == []
    wanted = TEXT.replace("\u200b", "") + f"{name}\n"
    text = (folder / "clean" / name).read_text(encoding="utf-8")
    assert text == (wanted.swapcase() if change is overwrite else wanted)


@pytest.mark.parametrize("suffix", ["", ".changes.json"])
def test_a_touched_clean_file_or_log_is_checked(cleaned_files, folder, suffix):
    cleaned_files()
    path = folder / "clean" / f"b.txt{suffix}"
    was = path.read_bytes()
    path.write_bytes(was[:-1])
    looked, summary = cleaned_files()
    assert looked == ["b.txt"]
    assert len(summary.failures) == (suffix == ""), "somebody's own version is not overwritten"
    path.unlink(missing_ok=True)
    assert cleaned_files()[0] == ["b.txt"]
    assert path.read_bytes() == was
    assert cleaned_files()[0] == []


def test_added_and_removed_files(cleaned_files, folder):
    cleaned_files()
    (folder / "raw" / "b" / "c.txt").unlink()
    for name in ("0.txt", "b/cc.txt", "f/g.txt"):
        (folder / "raw" / name).parent.mkdir(exist_ok=True)
        (folder / "raw" / name).write_text(TEXT, encoding="utf-8")
    looked, summary = cleaned_files()
    assert looked == ["0.txt", "b/cc.txt", "f/g.txt"]
    assert (summary.articles, summary.unchanged) == (7, 4)
    assert cleaned_files()[0] == []


def test_changed_settings_dictionaries_or_decisions_invalidate_the_cache(cleaned_files, folder):
    cleaned_files()
    assert cleaned_files(stages=("characters", "encoding"))[0] == IN_ORDER
    assert cleaned_files(stages=("characters", "encoding"))[0] == []
    assert cleaned_files(max_megabytes=7)[0] == IN_ORDER
    (folder / "own.tsv").write_text("ferry\tnoun\tvessel\n", encoding="utf-8")
    cleaned_files()
    assert cleaned_files(dictionary=("own.tsv",))[0] == IN_ORDER
    (folder / "own.tsv").write_text("ferry\tnoun\tboat\n", encoding="utf-8")
    assert cleaned_files(dictionary=("own.tsv",))[0] == IN_ORDER
    cleaned_files()
    ours = folder / "clean" / ".clean-news"
    decision = (
        '{"action":"reject","scope":"everywhere","id":"0","article":"a.txt","rule":"LAY002","before":"x","after":"y",'
        '"by":"Ada","at":"2026-11-22T19:00:00+00:00"}\n'
    )
    (ours / "decisions.jsonl").write_text(decision, encoding="utf-8")
    looked, summary = cleaned_files()
    assert looked == IN_ORDER
    assert len(summary.unmet) == 1
    looked, summary = cleaned_files()
    assert looked == []
    assert len(summary.unmet) == 1


def test_force_cleans_all_files_and_writes_the_cache(cleaned_files):
    cleaned_files()
    assert cleaned_files(force=True)[0] == IN_ORDER
    assert cleaned_files()[0] == []


def test_a_file_changed_just_now_is_not_cached(cleaned_files, monkeypatch):
    monkeypatch.setattr(stat_cache, "RACY_MARGIN_NS", SHIPPED_MARGIN_NS)
    cleaned_files()
    assert cleaned_files()[0] == IN_ORDER


def test_failed_files_are_not_cached(cleaned_files, folder):
    (folder / "raw" / "a.txt").write_bytes(b"%PDF-1.4\0\1\2")
    for _ in range(2):
        looked, summary = cleaned_files()
        assert len(summary.failures) == 1
    assert looked == ["a.txt"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content[:-65],
        lambda content: content[:-1],
        lambda content: content + b"\n",
        lambda content: content.replace(b'"b/d.txt"', b'"b/e.txt"'),
        lambda content: content.replace(b'"applied":1', b'"applied":7', 1),
        lambda content: content.replace(b"\n", b"\n\xff\n", 1),
        lambda content: b"nonsense\n" + content[content.index(b"\n") + 1 :],
        lambda _: b"",
    ],
)
def test_a_damaged_cache_is_discarded_and_made_again(cleaned_files, folder, damage):
    _, first = cleaned_files()
    whole = index(folder).read_bytes()
    damaged = damage(whole)
    assert damaged != whole
    index(folder).write_bytes(damaged)
    looked, summary = cleaned_files()
    assert (looked, summary.unchanged, figures(summary)) == (IN_ORDER, 5, figures(first))
    assert cleaned_files()[0] == []


def test_no_flipped_bit_goes_unnoticed(cleaned_files, folder):
    cleaned_files()
    place = index(folder)
    content = bytearray(place.read_bytes())
    assert list(stat_cache.whole_lines(place))
    for at in range(len(content)):
        content[at] ^= 1
        place.write_bytes(content)
        with pytest.raises(stat_cache.DamagedCacheError):
            next(stat_cache.whole_lines(place))
        content[at] ^= 1


def test_an_unwritable_cache_is_not_an_error(cleaned_files, folder):
    (folder / "cache").mkdir()
    (folder / "cache" / "clean-news").write_text("a file where the folder should be", encoding="utf-8")
    for _ in range(2):
        looked, summary = cleaned_files()
        assert (looked, summary.failures) == (IN_ORDER, [])


def test_a_full_disk_is_not_an_error(cleaned_files, folder, monkeypatch):
    cleaned_files()
    before, begin = index(folder).read_bytes(), stat_cache.CacheWriter.__init__

    class Full(io.BytesIO):
        name = str(folder / "full")

        def write(self, _):
            raise OSError(errno.ENOSPC, "No space left on device")

    def begin_on_full_disk(self, *given):
        begin(self, *given)
        self.close()
        self.file = Full()

    monkeypatch.setattr(stat_cache.CacheWriter, "__init__", begin_on_full_disk)
    looked, summary = cleaned_files()
    assert (looked, summary.failures) == ([], [])
    assert index(folder).read_bytes() == before


def test_an_interrupted_run_keeps_the_previous_cache(cleaned_files, folder, make_stage):
    cleaned_files()
    stage = make_stage("if 'stop' in text: raise KeyboardInterrupt\nreturn Proposal([])")
    before = index(folder).read_bytes()
    assert cleaned_files(stages=("characters", stage))[0] == IN_ORDER
    between = index(folder).read_bytes()
    assert between != before
    keeping_its_times(folder / "raw" / "b.txt", lambda path: path.write_text("stop".ljust(len(path.read_bytes()))))
    summary = cleaned_files(stages=("characters", stage))[1]
    assert not summary.finished
    assert index(folder).read_bytes() == between
    assert [path.name for path in index(folder).parent.iterdir()] == [index(folder).name]


def test_only_ready_files_are_cached(cleaned_files):
    cleaned_files(ready=lambda task: task.id != "b.txt")
    assert cleaned_files()[0] == ["b.txt"]


def test_workers_clean_the_uncached_files(folder):
    options = RunOptions(Settings(stages=("characters",), jobs=2))
    assert run(Path("raw"), Path("clean"), options).cleaned == 5
    for name in ("a.txt", "b/d.txt"):
        (folder / "raw" / name).write_text("Another\u200b article.\n", encoding="utf-8")
    summary = run(Path("raw"), Path("clean"), options)
    assert (summary.cleaned, summary.unchanged) == (2, 3)
    assert (folder / "clean" / "b" / "d.txt").read_text(encoding="utf-8") == "Another article.\n"


def test_only_the_most_recent_caches_are_kept(folder, monkeypatch):
    monkeypatch.setattr(stat_cache, "MAX_CACHES", 3)
    for number in range(5):
        run(Path("raw"), Path(f"clean{number}"), RunOptions(Settings(stages=("characters",))))
    kept = list((folder / "cache" / "clean-news" / "untouched").glob("*.stat-cache"))
    assert len(kept) == 3
    assert stat_cache.cache_path([Path("raw")], Path("clean4")).resolve() in kept
