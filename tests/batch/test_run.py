"""The main job over a folder: what it writes, what it leaves alone, and what bad input costs (only itself)."""

import errno
import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from clean_news import change_log, provenance
from clean_news.batch import row_cleaning, run_options
from clean_news.batch.discovery import InputError
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.settings import Settings, SettingsError

TEXT = "The overseas ministry mentioned it.\n"
CLEANED = "The foreign ministry mentioned it.\n"
SUMMARY = {".clean-news/summary.md", ".clean-news/summary.json"}


@pytest.fixture
def raw(tmp_path):
    folder = tmp_path / "raw"
    (folder / "a").mkdir(parents=True)
    (folder / "one.txt").write_bytes(TEXT.encode())
    (folder / "a" / "two.txt").write_bytes(TEXT.encode())
    return folder


@pytest.fixture
def clean(tmp_path):
    return tmp_path / "clean"


@pytest.fixture
def job(raw, clean, foreign):
    """Runs the main job, by default with a stage that puts "foreign" for "overseas"; RAW must stay as it is."""

    def start(source=raw, target=clean, force=False, **settings):
        before = contents(raw)
        options = RunOptions(Settings(**{"stages": (foreign,), **settings}), force)
        summary = run(source, target, options)
        assert contents(raw) == before, "RAW was written to"
        return summary

    return start


def contents(folder):
    """Every path in a folder, with the bytes of files."""
    return {
        path: path.read_bytes() if path.is_file() else None
        for place, folders, names in os.walk(folder)
        for path in (Path(place, name) for name in (*folders, *names))
    }


def names(folder):
    """The files in a folder, and in the folders in it."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def messages(summary):
    return [str(failure) for failure in summary.failures]


# What it writes


def test_each_article_gets_a_clean_file_and_a_log(job, clean):
    summary = job()
    assert names(clean) == {"one.txt", "one.txt.changes.json", "a/two.txt", "a/two.txt.changes.json", *SUMMARY}
    assert (clean / "a" / "two.txt").read_text(encoding="utf-8") == CLEANED
    log = change_log.read((clean / "a" / "two.txt.changes.json").read_bytes(), "log")
    assert log.id == "a/two.txt"
    assert log.source.endswith("raw/a/two.txt")
    assert change_log.revert(CLEANED, log) == TEXT.encode()
    assert (summary.articles, summary.cleaned, summary.failures) == (2, 2, [])
    assert summary.total("applied") == 2


def test_one_file_goes_to_a_file_or_into_a_folder(job, raw, clean, tmp_path):
    job(raw / "one.txt", tmp_path / "other.txt")
    assert (tmp_path / "other.txt").read_text(encoding="utf-8") == CLEANED
    assert (tmp_path / "other.txt.changes.json").exists()
    clean.mkdir()
    job(raw / "one.txt")
    assert names(clean) == {"one.txt", "one.txt.changes.json"}, "for one file there is no summary"


def test_without_clean_nothing_is_written(job, tmp_path):
    summary = job(target=None)
    assert summary.total("applied") == 2
    assert [path.name for path in tmp_path.iterdir()] == ["raw"]


def test_names_may_have_spaces_and_any_letters(job, raw, clean):
    (raw / "März – später").mkdir()
    (raw / "März – später" / "ein Ärgernis №1 😀.TXT").write_text(TEXT, encoding="utf-8")
    assert job().failures == []
    assert (clean / "März – später" / "ein Ärgernis №1 😀.TXT").read_text(encoding="utf-8") == CLEANED


def test_a_name_that_is_not_utf8_is_written_out(job, raw, clean):
    name = b"caf\xe9.txt"
    try:
        Path(os.fsdecode(bytes(raw) + b"/" + name)).write_text(TEXT, encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes no such name")
    assert job().failures == []
    log = change_log.read(Path(os.fsdecode(bytes(clean) + b"/" + name + b".changes.json")).read_bytes(), "log")
    assert log.id == "caf\\xe9.txt"


def test_hidden_files_are_skipped_and_unknown_kinds_reported(job, raw, clean):
    (raw / ".git").mkdir()
    (raw / ".git" / "hidden.txt").touch()
    (raw / ".hidden.txt").touch()
    (raw / "a" / "picture.png").touch()
    os.mkfifo(raw / "pipe.txt")
    summary = job()
    assert summary.passed_over == ["a/picture.png", "pipe.txt"]
    assert summary.articles == 2
    assert "- `a/picture.png`" in (clean / ".clean-news" / "summary.md").read_text(encoding="utf-8")


def test_the_summary_is_for_people(job, raw, clean, make_stage):
    judge = make_stage(
        """
        spun = 0.99 if "overseas" in text else 0.25
        if spun < 0.5:
            why = f"judged genuine by 3 of 1,000.5 signs (probability {spun})"
            return Proposal([], {"spun": spun, "scanned": 0.75}, held_off=why)
        return Proposal([replace(text, 0, 3, "A", "TEST001"), replace(text, 4, 5, "x", "TEST002", 0.3)], {"spun": spun})
        """,
        "TEST001 TEST002",
    )
    (raw / "genuine.txt").write_text("Nothing.", encoding="utf-8")
    (raw / "empty.txt").touch()
    (raw / "binary.txt").write_bytes(bytes(100))
    summary = job(stages=(judge,))
    assert summary.spun == ["a/two.txt", "one.txt"]
    assert summary.scanned == ["genuine.txt"]
    assert summary.held_off == {judge: {"judged genuine by N of N signs": 1}}
    assert summary.edits == {judge: {"TEST001": {"applied": 2}, "TEST002": {"suggested": 2}}}
    page = (clean / ".clean-news" / "summary.md").read_text(encoding="utf-8")
    for part in (
        "4 articles, 2 edits applied, 2 suggested, 2 spun, 1 scanned, 1 failure in ",
        f"| `{judge}` | TEST001 | 2 | 0 | 0 | does something |",
        f"| `{judge}` | TEST002 | 0 | 2 | 0 | does something |",
        "## Articles judged spun\n\n- `a/two.txt`\n- `one.txt`\n",
        f"- `{judge}`: 1 article: judged genuine by N of N signs\n",
        "## Note: the article is empty\n\n- `empty.txt`\n",
        "binary.txt: 100 of 100 bytes are control characters",
    ):
        assert part in page
    figures = json.loads((clean / ".clean-news" / "summary.json").read_bytes())
    assert (figures["articles"], figures["failed"], figures["finished"]) == (4, 1, True)
    again = job(stages=(judge,))
    assert (again.unchanged, again.edits, again.spun) == (4, summary.edits, summary.spun), "it covers all articles"


# A rerun


def test_a_rerun_does_only_what_changed(job, raw, clean):
    job()
    stamp = (clean / "one.txt").stat().st_mtime_ns
    (raw / "a" / "two.txt").write_text(TEXT * 2, encoding="utf-8")
    summary = job()
    assert (summary.cleaned, summary.unchanged) == (1, 1)
    assert (clean / "one.txt").stat().st_mtime_ns == stamp
    assert (clean / "a" / "two.txt").read_text(encoding="utf-8") == CLEANED * 2


@pytest.mark.parametrize("change", ["settings", "version", "dictionaries", "force"])
def test_a_rerun_redoes_what_may_come_out_otherwise(job, monkeypatch, change):
    job()
    if change == "version":
        monkeypatch.setattr(provenance, "version", lambda: "99")
    if change == "dictionaries":
        monkeypatch.setattr(provenance, "dictionary_digests", lambda _: {"spin": "0" * 64})
    summary = job(force=change == "force", **({"min_words": 1} if change == "settings" else {}))
    assert (summary.cleaned, summary.unchanged) == (2, 0)


def test_what_is_missing_when_articles_are_cleaned_is_named(job, monkeypatch):
    def without_it(*_):
        raise SettingsError("the stage ocr cannot be imported: no module rapidfuzz; install what is missing")

    monkeypatch.setattr(run_options, "Cleaner", without_it)
    summary = job()
    assert (summary.failed, summary.cleaned) == (2, 0)
    assert all(each.endswith("no module rapidfuzz; install what is missing") for each in messages(summary))


def test_a_clean_file_that_was_changed_by_hand_is_not_overwritten(job, raw, clean):
    job()
    (clean / "one.txt").write_text("My own version.\n", encoding="utf-8")
    for _ in range(2):
        summary = job()
        assert (summary.unchanged, summary.failed) == (1, 1)
        assert "one.txt was changed after clean-news wrote it; " in messages(summary)[0]
        assert "--force" in messages(summary)[0]
        assert (clean / "one.txt").read_text(encoding="utf-8") == "My own version.\n"
    (raw / "one.txt").write_text(TEXT * 2, encoding="utf-8")
    assert job().failed == 1
    assert job(force=True).failures == []
    assert (clean / "one.txt").read_text(encoding="utf-8") == CLEANED * 2


def test_a_file_of_somebody_else_is_not_overwritten(job, clean):
    clean.mkdir()
    (clean / "one.txt").write_text("Somebody else's.\n", encoding="utf-8")
    assert job().failed == 1
    assert (clean / "one.txt").read_text(encoding="utf-8") == "Somebody else's.\n"


@pytest.mark.parametrize("log", [None, b"", b"{}", b'{"schema":"clean-news/changes/1"}'])
def test_a_lost_or_broken_log_is_made_again(job, clean, log):
    job()
    path = clean / "one.txt.changes.json"
    before = path.read_bytes()
    path.unlink()
    if log is not None:
        path.write_bytes(log)
    summary = job()
    assert (summary.cleaned, summary.failures) == (1, [])
    assert path.read_bytes() == before


def test_leftovers_of_a_killed_run_are_removed(job, clean):
    (clean / "a").mkdir(parents=True)
    ended = subprocess.Popen(["true"])
    ended.wait()
    (clean / "a" / f".clean-news-{ended.pid}-0.tmp").touch()
    (clean / "a" / f".clean-news-{os.getppid()}-0.tmp").touch()
    job()
    assert {name for name in names(clean) if name.endswith(".tmp")} == {f"a/.clean-news-{os.getppid()}-0.tmp"}


def test_a_leftover_of_a_process_that_nobody_reaped_is_removed(job, clean):
    clean.mkdir()
    ended = subprocess.Popen(["true"])  # not waited for: in a container a killed run's workers stay like this
    until = time.monotonic() + 10
    while Path(f"/proc/{ended.pid}/stat").exists() and time.monotonic() < until:
        if " Z " in Path(f"/proc/{ended.pid}/stat").read_text():
            break
        time.sleep(0.01)
    (clean / f".clean-news-{ended.pid}-0.tmp").touch()
    job()
    assert not list(clean.glob("*.tmp"))
    ended.wait()


# RAW and CLEAN that cannot be used


@pytest.mark.parametrize(
    ("source", "target", "why"),
    [
        ("gone", "clean", "gone: there is no such file or folder; name what to clean"),
        ("raw", "raw", "RAW and CLEAN are the same; name another folder"),
        ("raw", "raw/../raw", "RAW and CLEAN are the same"),
        ("raw", "link", "RAW and CLEAN are the same"),
        ("raw", "raw/clean", "CLEAN is inside RAW"),
        ("raw", "link/not/there/yet", "CLEAN is inside RAW"),
        ("raw/a", "raw", "RAW is inside CLEAN"),
        ("raw/one.txt", "raw", "RAW is inside CLEAN"),
        ("raw/one.txt", "raw/one.txt", "RAW and CLEAN are the same"),
        ("raw", "raw/one.txt/x", "CLEAN is inside RAW"),
        ("raw", "file", "file: is a file; name a folder for CLEAN"),
        ("circle", "clean", "circle: Too many levels of symbolic links; its symbolic links form a loop"),
        ("raw", "circle/x", "Too many levels of symbolic links"),
        ("nowhere", "clean", "nowhere: this symbolic link points to gone, which does not exist"),
        ("other.pdf", "clean", "other.pdf: file type not supported (supported: .txt, "),
    ],
)
def test_raw_or_clean_that_cannot_be_used(job, tmp_path, source, target, why):
    (tmp_path / "link").symlink_to("raw")
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "nowhere").symlink_to("gone")
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    (tmp_path / "other.pdf").touch()
    with pytest.raises(InputError) as error:
        job(tmp_path / source, tmp_path / target)
    assert why in str(error.value)
    assert not (tmp_path / "clean").exists()
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_a_clean_folder_that_links_into_raw_is_not_written_to(job, raw, clean):
    clean.mkdir()
    (clean / "a").symlink_to(raw / "a")
    summary = job()
    assert "is a symbolic link into RAW; remove that link" in messages(summary)[0]
    assert summary.articles == 1


# Articles that cannot be cleaned cost nobody else's


def check_that_only_one_fails(summary, clean, *parts):
    assert summary.articles == 2
    assert summary.failed == 1
    [message] = messages(summary)
    for part in parts:
        assert part in message
    assert (clean / "one.txt").read_text(encoding="utf-8") == CLEANED
    assert not [name for name in names(clean) if name.endswith(".tmp")]


def test_a_binary_file(job, raw, clean):
    (raw / "binary.txt").write_bytes(b"%PDF-1.7\n" + bytes(range(256)))
    check_that_only_one_fails(job(), clean, "raw/binary.txt: ", "pdftotext")


def test_an_empty_file_gets_an_empty_clean_file(job, raw, clean):
    (raw / "empty.txt").touch()
    assert job().failures == []
    assert (clean / "empty.txt").read_bytes() == b""
    log = change_log.read((clean / "empty.txt.changes.json").read_bytes(), "log")
    assert log.note == "the article is empty"


def test_invalid_utf8_is_cleaned(job, raw, clean):
    bytes_ = TEXT.encode() + b"\xff \xc3\x28 \xe2\x82\n"
    (raw / "invalid.txt").write_bytes(bytes_)
    assert job().failures == []
    text = (clean / "invalid.txt").read_text(encoding="utf-8")
    log = change_log.read((clean / "invalid.txt.changes.json").read_bytes(), "log")
    assert change_log.revert(text, log) == bytes_


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.EACCES, "Permission denied; give yourself access (chmod u+rw"),
        (errno.ENOENT, "No such file or directory; put it back"),
        (errno.EIO, "the disk reports an error"),
        (errno.ENXIO, "fix that"),
    ],
)
def test_a_file_that_cannot_be_read(raw, clean, monkeypatch, number, remedy):
    (raw / "unread.txt").touch()
    path_open = Path.open

    def refuse(path, *mode, **options):
        if path == raw / "unread.txt":
            raise OSError(number, os.strerror(number), str(path))
        return path_open(path, *mode, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        summary = run(raw, clean, RunOptions(Settings(stages=())))
    assert summary.articles == 2
    assert messages(summary)[0].startswith(f"{raw}/unread.txt: ")
    assert remedy in messages(summary)[0]


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_a_file_and_a_folder_without_the_right_to_read(job, raw):
    (raw / "a" / "two.txt").chmod(0)
    (raw / "b").mkdir(mode=0)
    summary = job()
    assert summary.articles == 1
    assert all("chmod" in message for message in messages(summary))
    assert len(messages(summary)) == 2


def test_links_that_lead_round_in_a_circle(job, raw, clean):
    (raw / "a" / "up").symlink_to("..")
    check_that_only_one_fails(job(), clean, "raw/a/up: this symbolic link points to a folder that contains it")
    (raw / "a" / "up").unlink()
    (raw / "circle.txt").symlink_to("circle.txt")
    check_that_only_one_fails(job(), clean, "raw/circle.txt: Too many levels of symbolic links")


def test_links_that_lead_nowhere_or_into_clean(job, raw, clean):
    (raw / "nowhere.txt").symlink_to("gone.txt")
    check_that_only_one_fails(job(), clean, "raw/nowhere.txt: this symbolic link points to gone.txt")
    (raw / "nowhere.txt").unlink()
    (raw / "into").symlink_to(clean / "a")
    check_that_only_one_fails(job(), clean, "raw/into: this symbolic link points into CLEAN")


def test_links_to_other_folders_are_followed(job, raw, clean, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "three.txt").write_text(TEXT, encoding="utf-8")
    (raw / "link").symlink_to(tmp_path / "elsewhere")
    assert job().failures == []
    assert (clean / "link" / "three.txt").read_text(encoding="utf-8") == CLEANED


def test_a_name_that_leaves_no_room_for_the_log(job, raw, clean):
    (raw / ("x" * 250 + ".txt")).write_text(TEXT, encoding="utf-8")
    check_that_only_one_fails(job(), clean, "File name too long", "shorten the name of the raw file")


def test_a_folder_where_the_clean_file_should_be(job, raw, clean):
    (clean / "in_the_way.txt").mkdir(parents=True)
    (raw / "in_the_way.txt").write_text(TEXT, encoding="utf-8")
    check_that_only_one_fails(job(force=True), clean, "Is a directory", "rename the folder")


def test_a_stage_that_fails_is_told_but_the_article_is_cleaned(job, clean, foreign, make_stage):
    broken = make_stage("raise ValueError(text[:3])")
    summary = job(stages=(broken, foreign))
    assert (summary.cleaned, summary.failed, len(summary.failures)) == (2, 0, 2)
    assert f"the stage {broken} failed on it (ValueError: The)" in messages(summary)[0]
    assert (clean / "one.txt").read_text(encoding="utf-8") == CLEANED
    assert job(stages=(broken, foreign)).unchanged == 0, "it is tried again"


@pytest.mark.parametrize("fault", ["RuntimeError('fault')", "MemoryError()"])
def test_a_fault_of_our_own(job, raw, clean, monkeypatch, fault):
    (raw / "fault.txt").write_text("fault", encoding="utf-8")
    decoded = row_cleaning.Cleaner.clean

    def refuse(cleaner, article, *rest):
        if article == b"fault":
            raise eval(fault)
        return decoded(cleaner, article, *rest)

    monkeypatch.setattr(row_cleaning.Cleaner, "clean", refuse)
    check_that_only_one_fails(job(), clean, "raw/fault.txt: ", "please report" if "Run" in fault else "memory")


# A full disk


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_disk_that_is_full_for_one_article(job, raw, clean, monkeypatch):
    (raw / "full").mkdir()
    (raw / "full" / "three.txt").write_text(TEXT, encoding="utf-8")
    path_open = Path.open

    def open_full(path, mode="r", *rest, **options):
        if path.parent.name == "full" and mode == "xb":
            path_open(path, mode).close()
            return Path("/dev/full").open("wb")
        return path_open(path, mode, *rest, **options)

    monkeypatch.setattr(Path, "open", open_full)
    check_that_only_one_fails(job(), clean, "raw/full/three.txt: No space left on device", "free some space")
    assert not list((clean / "full").iterdir())


def test_a_disk_that_runs_full(job, raw, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root can mount a small disk")
    try:
        (raw / "big.txt").write_text(TEXT * 5000, encoding="utf-8")
        clean = disk / "clean"
        check_that_only_one_fails(job(target=clean), clean, "raw/big.txt: No space left on device", "free some")
        assert not (clean / "big.txt").exists()
        (disk / "rest").write_bytes(bytes(60_000))
        job(target=clean, min_words=1)  # whatever fits: nothing may be half there
        for path in clean.rglob("*.changes.json"):
            log = change_log.read(path.read_bytes(), str(path))
            change_log.verify(path.with_name(path.name.removesuffix(".changes.json")).read_text(), log)
    finally:
        subprocess.run(["umount", disk], check=True)


# Side by side


def test_the_outcome_is_the_same_in_processes(job, raw, clean, tmp_path):
    for number in range(12):
        (raw / f"{number}.txt").write_text(TEXT * number, encoding="utf-8")
    job()
    summary = job(target=tmp_path / "other", jobs=2)
    assert (summary.articles, summary.failures) == (14, [])
    one, other = contents(clean), contents(tmp_path / "other")
    assert {
        path.relative_to(clean): bytes_ for path, bytes_ in one.items() if "summary" not in path.name
    } == {
        path.relative_to(tmp_path / "other"): bytes_ for path, bytes_ in other.items() if "summary" not in path.name
    }  # fmt: skip


def test_reports_come_in_order(raw, clean, make_stage):
    slow = make_stage("time.sleep(0.2 if 'slow' in text else 0)\nreturn Proposal([])")
    for number in range(30):
        (raw / f"{number:02}.txt").write_text("slow" if number % 7 == 0 else TEXT, encoding="utf-8")
    seen = []
    run(raw, clean, RunOptions(Settings(stages=(slow,), jobs=2)), watch=lambda report: seen.append(report.id))
    assert seen == sorted(seen)
    assert len(seen) == 32


def test_a_process_that_dies_costs_its_article_only(job, raw, clean, make_stage):
    deadly = make_stage("if 'deadly' in text: os.kill(os.getpid(), signal.SIGKILL)\nreturn Proposal([])")
    for number in range(8):
        (raw / f"{number}.txt").write_text("deadly" if number in {0, 5} else TEXT, encoding="utf-8")
    summary = job(stages=(deadly,), jobs=2)
    assert (summary.articles, summary.failed) == (8, 2)
    assert {name.name for name in clean.glob("*.txt")} == {f"{number}.txt" for number in (1, 2, 3, 4, 6, 7)} | {
        "one.txt"
    }
    assert all("the process that cleaned it died" in message for message in messages(summary))


# Large


def test_a_line_of_50_mb(job, raw, clean):
    line = "The overseas ministry mentioned it on Monday, and the ferry left late. " * 704_226
    (raw / "long.txt").write_text(line, encoding="ascii")
    began = time.process_time()
    summary = job(stages=("layout",))
    assert summary.failures == []
    assert (clean / "long.txt").read_text(encoding="utf-8") == line.rstrip()
    assert time.process_time() - began < 60
