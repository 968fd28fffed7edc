"""What bad input costs the main job: only itself, and a message that says what to do."""

import errno
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clean_news import change_log
from clean_news.batch import row_cleaning
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.cli.app import app
from clean_news.settings import Settings

TEXT = "The overseas ministry mentioned it.\n"
CLEANED = "The foreign ministry mentioned it.\n"


def names(folder):
    """The files in a folder, and in the folders in it."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def messages(summary):
    return [str(failure) for failure in summary.failures]


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
    check_that_only_one_fails(job(), clean, "raw/binary.txt: ", "give it the extension .pdf")


@pytest.mark.parametrize("name", ["empty.txt", "empty.jsonl", "empty.jsonl.gz", "empty.html"])
def test_an_empty_file_is_a_failure(job, raw, clean, name):
    (raw / name).touch()
    check_that_only_one_fails(job(), clean, f"raw/{name}: is empty (0 bytes); ", "fetch the article again")
    assert not (clean / name).exists()
    (raw / name).unlink()
    assert job().failures == []


@pytest.mark.parametrize("number", [1, 10, 11, 2000])
def test_a_folder_of_which_nothing_can_be_read(raw, clean, number):
    shutil.rmtree(raw)
    (raw / "sub").mkdir(parents=True)
    names = [f"sub/{each}{('.ods', '.rtf')[each % 2]}" for each in range(number)]
    for name in names:
        (raw / name).write_bytes(b"%PDF")
    for words in ((str(raw), str(clean)), ("--check", str(raw)), ("cluster", str(raw), str(clean / "c"))):
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 2
        lines = [line for line in done.stderr.splitlines() if "not supported" in line]
        if number > 10:
            assert len(lines) == 2, "one of each type"
            assert f"{number - number // 2:,} files (sub/0.ods, " in lines[0]
        else:
            assert [line.partition(": ")[0] for line in lines] == sorted(str(raw / name) for name in names)
        assert "convert it to JSON lines" in lines[0]
        assert number == 1 or "save its text as .txt" in lines[-1]


def test_ten_failures_of_a_kind_are_named_and_the_others_counted(raw, clean):
    for number in range(14):
        (raw / f"e{number:02}.txt").touch()
        (raw / f"p{number:02}.txt").write_bytes(b"%PDF-1.7\n\0\xff")
        (raw / f"r{number:02}.txt").write_bytes(bytes(range(40 + number)))
    (raw / "other.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    done = CliRunner().invoke(app, [str(raw), str(clean), "--only", "characters"])
    assert done.exit_code == 2
    lines = [line.replace(f"{raw}/", "") for line in done.stderr.splitlines()]
    for kind, what in (
        ("e", "is empty (0 bytes); fetch the article again"),
        ("p", "the bytes are a PDF; give it the extension .pdf"),
        ("r", "N of N bytes are control characters (N of them NUL), so this is not text; leave the file out"),
    ):
        named = [line for line in lines if line.startswith(kind) and line[1:3].isdigit()]
        assert [line[:7] for line in named] == [f"{kind}{number:02}.txt" for number in range(10)]
        [more] = [line for line in lines if line.startswith(f"4 more ({kind}10.txt, {kind}11.txt, {kind}12.txt, …): ")]
        assert what in more
    assert sum("PNG" in line for line in lines) == 1, "a failure that is different is seen"
    assert "43 failures" in lines[-2]
    page = (clean / ".clean-news" / "summary.md").read_text(encoding="utf-8")
    assert page.count("is empty") == 11
    assert (clean / ".clean-news" / "summary.json").read_text(encoding="utf-8").count("is empty") == 14


def test_a_folder_without_files_is_no_failure(job, raw):
    shutil.rmtree(raw)
    raw.mkdir()
    assert job().failures == []


def test_files_of_unknown_type_beside_articles_are_no_failures(job, raw):
    (raw / "table.xlsx").touch()
    summary = job()
    assert (summary.failures, summary.passed_over) == ([], ["table.xlsx"])


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
    (raw / "unread.txt").write_text(TEXT, encoding="utf-8")
    system_open = os.open

    def refuse(path, *mode, **options):
        if path == str(raw / "unread.txt"):
            raise OSError(number, os.strerror(number), path)
        return system_open(path, *mode, **options)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)
        summary = run(raw, clean, RunOptions(Settings(stages=())))
    assert summary.articles == 2
    assert messages(summary)[0].startswith(f"{raw}/unread.txt: ")
    assert remedy in messages(summary)[0]


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_unreadable_files_and_folders(job, raw):
    (raw / "a" / "two.txt").chmod(0)
    (raw / "b").mkdir(mode=0)
    summary = job()
    assert summary.articles == 1
    assert all("chmod" in message for message in messages(summary))
    assert len(messages(summary)) == 2


def test_circular_links(job, raw, clean):
    (raw / "a" / "up").symlink_to("..")
    check_that_only_one_fails(job(), clean, "raw/a/up: this symbolic link points to a folder that contains it")
    (raw / "a" / "up").unlink()
    (raw / "circle.txt").symlink_to("circle.txt")
    check_that_only_one_fails(job(), clean, "raw/circle.txt: Too many levels of symbolic links")


def test_dangling_links_and_links_into_clean(job, raw, clean):
    (raw / "nowhere.txt").symlink_to("gone.txt")
    check_that_only_one_fails(job(), clean, "raw/nowhere.txt: this symbolic link points to gone.txt")
    (raw / "nowhere.txt").unlink()
    (raw / "into").symlink_to(clean / "a")
    check_that_only_one_fails(job(), clean, "raw/into: this symbolic link points into CLEAN")


def test_links_to_other_folders_are_followed_if_asked(job, raw, clean, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "three.txt").write_text(TEXT, encoding="utf-8")
    (raw / "link").symlink_to(tmp_path / "elsewhere")
    check_that_only_one_fails(job(), clean, "raw/link: this symbolic link leads out of RAW", "--follow-links")
    assert job(follow_links=True).failures == []
    assert (clean / "link" / "three.txt").read_text(encoding="utf-8") == CLEANED


def test_a_file_name_too_long_for_the_log(job, raw, clean):
    (raw / ("x" * 250 + ".txt")).write_text(TEXT, encoding="utf-8")
    check_that_only_one_fails(job(), clean, "File name too long", "shorten the name of the raw file")


def test_a_folder_where_the_clean_file_should_be(job, raw, clean):
    (clean / "in_the_way.txt").mkdir(parents=True)
    (raw / "in_the_way.txt").write_text(TEXT, encoding="utf-8")
    check_that_only_one_fails(job(force=True), clean, "Is a directory", "rename the folder")


def test_a_stage_failure_is_reported_and_the_article_is_cleaned(job, clean, foreign, make_stage):
    broken = make_stage("raise ValueError(text[:3])")
    summary = job(stages=(broken, foreign))
    assert (summary.cleaned, summary.failed, len(summary.failures)) == (2, 0, 2)
    assert f"the stage {broken} failed on it (ValueError: The)" in messages(summary)[0]
    assert (clean / "one.txt").read_text(encoding="utf-8") == CLEANED
    assert job(stages=(broken, foreign)).unchanged == 0, "it is tried again"


@pytest.mark.parametrize("fault", ["RuntimeError('fault')", "MemoryError()"])
def test_an_internal_error(job, raw, clean, monkeypatch, fault):
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
def test_a_disk_full_for_one_article(job, raw, clean, monkeypatch):
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


def test_a_disk_that_becomes_full(job, raw, tmp_path):
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


# Several processes


def test_the_output_is_the_same_with_several_processes(job, raw, clean, tmp_path, contents):
    for number in range(12):
        (raw / f"{number}.txt").write_text(TEXT * (number + 1), encoding="utf-8")
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


def test_a_process_that_dies_loses_only_its_article(job, raw, clean, make_stage):
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
