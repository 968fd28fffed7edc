"""Folders that fail during a run; other failures are tested in tests/batch/test_bad_input.py.

The command line is driven from outside, so these tests say nothing about how a run is organised.
"""

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import news_texts
import pytest

FULL = bool(os.environ.get("CLEAN_NEWS_FULL"))
TEXT = "The harbour board didnâ€™t reply.\n"
CLEANED = "The harbour board didn’t reply.\n"
# Allowed growth of memory per file in kB, between the first few files and all of them.
MOST_BY_FILE = 8


def command(*words: object) -> list[str]:
    """The command line with arguments."""
    return [sys.executable, "-m", "clean_news", *map(str, words)]


def run(*words: object, **options) -> subprocess.CompletedProcess:
    """Run the command line; there must be no traceback."""
    done = subprocess.run(command(*words), capture_output=True, check=False, **options)
    done.out, done.err = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
    assert "Traceback" not in done.err, done.err
    return done


@pytest.fixture
def raw(tmp_path):
    folder = tmp_path / "raw"
    folder.mkdir()
    (folder / "one.txt").write_text(TEXT, encoding="utf-8")
    (folder / "two.txt").write_text(TEXT, encoding="utf-8")
    return folder


def check_pairs(clean: Path, raw: Path) -> int:
    """Check that all clean files with a final name are complete and can be reverted; return their number."""
    pairs = [path for path in clean.rglob("*.txt") if ".clean-news" not in path.parts]
    for path in pairs:
        with (path.parent / f"{path.name}.changes.json").open("rb") as log:
            from clean_news.change_log import read, revert

            back = revert(path.read_text(encoding="utf-8"), read(log.read(), str(path)))
        assert back == (raw / path.relative_to(clean)).read_bytes()
    return len(pairs)


def only_small_files():
    """Limit files of this process to 50 kB, as on a disk with a quota."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))


@pytest.mark.parametrize("jobs", [1, 2])
def test_files_that_may_not_grow_cost_only_the_large_article(raw, tmp_path, jobs):
    (raw / "large.txt").write_text(TEXT * 3_000, encoding="utf-8")
    done = run(raw, tmp_path / "clean", "--jobs", jobs, preexec_fn=only_small_files)
    assert done.returncode == 2
    assert "large.txt" in done.err
    assert "File too large" in done.err
    assert check_pairs(tmp_path / "clean", raw) == 2
    assert not list((tmp_path / "clean").rglob("*.tmp"))
    assert run(raw, tmp_path / "clean", "--jobs", jobs).returncode == 0
    assert check_pairs(tmp_path / "clean", raw) == 3


@pytest.fixture
def read_only(tmp_path):
    """A folder on a read-only file system, where even root cannot write."""
    folder = tmp_path / "read-only"
    folder.mkdir()
    (folder / "one.txt").write_text("not ours\n", encoding="utf-8")
    steps = (["mount", "--bind", folder, folder], ["mount", "-o", "remount,bind,ro", folder])
    if any(subprocess.run(step, capture_output=True, check=False).returncode for step in steps):
        subprocess.run(["umount", folder], capture_output=True, check=False)
        pytest.skip("only root can mount a folder read-only")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("inside", ["", "new/deeper"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_clean_folder_that_is_read_only(raw, read_only, inside, jobs):
    done = run(raw, read_only / inside, "--jobs", jobs)
    assert done.returncode == 2
    assert "Read-only file system" in done.err
    assert {path.name for path in read_only.iterdir()} == {"one.txt"}


def test_a_raw_folder_that_is_read_only_is_no_hindrance(read_only, tmp_path):
    assert run(read_only, tmp_path / "clean").returncode == 0
    assert check_pairs(tmp_path / "clean", read_only) == 1


@pytest.mark.parametrize("jobs", [1, 2])
def test_files_that_vanish_under_a_run_are_told_and_the_others_cleaned(tmp_path, jobs):
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    for name, bytes_ in news_texts.batch(5, 60):
        (raw / name).parent.mkdir(parents=True, exist_ok=True)
        (raw / name).write_bytes(bytes_)
    begun = subprocess.Popen(command(raw, clean, "--jobs", jobs), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while not list(clean.rglob("*.changes.json")) and time.monotonic() < until:
        time.sleep(0.01)
    last = sorted(path for path in raw.rglob("*.txt"))[-3:]
    for path in last:
        path.unlink()
    told = begun.communicate(timeout=120)[1].decode("utf-8", "replace")
    assert begun.returncode == 2
    assert "Traceback" not in told
    figures = json.loads((clean / ".clean-news" / "summary.json").read_bytes())
    gone = [path for path in last if path.name in told]
    assert gone, "the run was over before the files were"
    assert figures["failed"] == len(gone) + 2, "and the binary and the empty one"
    assert figures["articles"] == 58 - len(gone)


NAMES = [
    b"two\nlines.txt", b"-rf.txt", b"--force.txt", b"a'b\"c`d$e.txt", b"\xff\xfe.txt", b"caf\xe9 \xf0\x9f.txt",
    b"tab\there.txt", b"\x1b[31mred.txt", b"#.txt", b"%s%n.txt", b"{}.txt", b"CON.txt", b"x.txt.txt",
    b"y.changes.json.txt", b"z.TXT", "\u202etxt.exe.txt".encode(), "ﬁ.txt".encode(), "e\u0301.txt".encode(),
    "\u00e9.txt".encode(), b"x" * 230 + b".txt",
]  # fmt: skip


@pytest.mark.parametrize("jobs", [1, 2])
def test_names_of_all_kinds(tmp_path, jobs):
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    raw.mkdir()
    for name in NAMES:
        Path(os.fsdecode(bytes(raw) + b"/" + name)).write_text(TEXT, encoding="utf-8")
    done = run(raw, clean, "--jobs", jobs)
    assert done.returncode == 0, done.err
    assert b"\x1b[31mred" not in done.stdout + done.stderr, "a name must not colour the terminal"
    for name in NAMES:
        path = Path(os.fsdecode(bytes(clean) + b"/" + name))
        assert path.read_text(encoding="utf-8") == CLEANED
    assert run(raw, clean, "--jobs", jobs).returncode == 0
    assert json.loads((clean / ".clean-news" / "summary.json").read_bytes())["unchanged"] == len(NAMES)
    back = tmp_path / "back"
    assert run("revert", clean, back).returncode == 0
    assert sorted(os.fsencode(path.name) for path in back.iterdir()) == sorted(NAMES)


def test_folders_in_folders_up_to_the_longest_path(tmp_path):
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    deep = raw.joinpath(*["d" * 100] * 30)
    deep.mkdir(parents=True)
    (deep / "one.txt").write_text(TEXT, encoding="utf-8")
    (raw / "two.txt").write_text(TEXT, encoding="utf-8")
    done = run(raw, clean)
    assert done.returncode == 0, done.err
    assert (clean / deep.relative_to(raw) / "one.txt").read_text(encoding="utf-8") == CLEANED


def test_many_small_files(tmp_path):
    number = 100_000 if FULL else 2_000
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    for at in range(number):
        path = raw / f"{at // 1_000:03d}" / f"{at:06d}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"The harbour board didnâ€™t reply on day {at}.\n", encoding="utf-8")
    (tmp_path / "few").mkdir()
    for path in sorted((raw / "000").iterdir())[:20]:
        (tmp_path / "few" / path.name).write_bytes(path.read_bytes())
    few, _ = measured(tmp_path / "few", tmp_path / "clean-few")
    most, seconds = measured(raw, clean)
    again_most, again = measured(raw, clean)
    print(  # noqa: T201  # the measurements, with pytest -s
        f"{number} files: {seconds / number * 1e3:.2f} ms and {(most - few) / number:.2f} kB each; "
        f"peak {most / 1e3:.0f} MB; again {again / number * 1e3:.2f} ms, peak {again_most / 1e3:.0f} MB"
    )
    figures = json.loads((clean / ".clean-news" / "summary.json").read_bytes())
    assert (figures["articles"], figures["unchanged"], figures["failed"]) == (number, number, 0)
    assert sum(1 for _ in clean.rglob("*.changes.json")) == number
    assert (most - few) / number < MOST_BY_FILE
    assert (clean / "000" / "000007.txt").read_text(encoding="utf-8") == "The harbour board didn’t reply on day 7.\n"


def measured(raw: Path, clean: Path) -> tuple[int, float]:
    """Run; return the peak memory in kB and the seconds."""
    began = time.monotonic()
    begun = subprocess.Popen(command(raw, clean, "--quiet"), stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(begun.pid, 0)
    begun.returncode = os.waitstatus_to_exitcode(status)
    assert begun.returncode == 0
    return used.ru_maxrss, time.monotonic() - began
