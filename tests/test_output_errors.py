"""Output that cannot be written: a message of one line and exit code 2, never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

RAW = "It didnâ€™t reply.\n" * 40
COMMAND = [os.environ.get("CLEAN_NEWS_PYTHON", sys.executable), "-m", "clean_news"]
FULL_DEVICE = Path("/dev/full")
PRINTING = {
    "diff": ("diff", "clean"),
    "patch": ("diff", "clean", "-f", "patch"),
    "json": ("diff", "clean", "-f", "json"),
    "sarif": ("diff", "clean", "-f", "sarif"),
    "decisions": ("decisions", "check", "clean", "decisions.jsonl"),
    "version": ("--version",),
    "help": ("--help",),
    "explain": ("explain", "ENC001"),
    "check": ("raw", "--check"),
}
UNMET = (
    '{"schema":"clean-news/decisions/1","id":"000000000000","article":"a.txt","rule":"ENC001","before":"x",'
    '"after":"y","action":"reject","scope":"once","by":"","at":""}\n'
)

pytestmark = pytest.mark.skipif(not FULL_DEVICE.exists(), reason="there is no /dev/full")


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A folder with a RAW and its CLEAN, and a decision that matches nothing."""
    folder = tmp_path_factory.mktemp("output")
    (folder / "raw").mkdir()
    for number in range(60):  # more than a pipe's buffer holds
        (folder / "raw" / f"{number}.txt").write_text(RAW, encoding="utf-8")
    (folder / "clean-news.toml").write_text('stages = ["encoding"]\n', encoding="utf-8")
    (folder / "decisions.jsonl").write_text(UNMET, encoding="utf-8")
    subprocess.run([*COMMAND, "raw", "clean", "-q"], cwd=folder, check=True)
    return folder


def run(here, words, stdout, stderr=subprocess.PIPE):
    """Run a command with a stdout."""
    return subprocess.run(
        [*COMMAND, *words], cwd=here, stdout=stdout, stderr=stderr, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("words", PRINTING.values(), ids=PRINTING)
def test_a_full_disk(here, words):
    with FULL_DEVICE.open("wb") as full:
        done = run(here, words, full)
    assert done.returncode == 2
    *_, last = done.stderr.splitlines()
    assert last.startswith("clean-news: the output cannot be written (No space left on device); ")
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.parametrize("words", [PRINTING[name] for name in ("diff", "json", "decisions", "help")])
def test_a_pipe_that_its_reader_closed(here, words):
    reader, writer = os.pipe()
    os.close(reader)
    done = run(here, words, writer)
    os.close(writer)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert "cannot be written" not in done.stderr


def test_errors_that_cannot_be_written_either(here):
    with FULL_DEVICE.open("wb") as full:
        assert run(here, ("diff", "clean"), full, full).returncode == 2
        assert run(here, ("diff", "nowhere"), full, full).returncode == 2


@pytest.mark.parametrize("words", [("report", "clean", "-o"), ("decisions", "merge", "decisions.jsonl", "-o")])
@pytest.mark.parametrize("kind", ["device", "fifo", "folder"])
def test_an_output_that_is_not_a_file(here, tmp_path, words, kind):
    output = tmp_path / "out"
    match kind:
        case "device":
            output.symlink_to(FULL_DEVICE)
        case "fifo":
            os.mkfifo(output)
        case "folder":
            output.mkdir()
    before = output.lstat().st_mode
    done = run(here, (*words, str(output)), subprocess.PIPE)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert str(output) in done.stderr
    assert output.lstat().st_mode == before
    assert FULL_DEVICE.is_char_device()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
