"""Only regular files of bounded size are read: pipes, devices, sockets and folders are refused at once."""

import os
import shutil
import socket
import subprocess
import sys

import pytest

from clean_news import decisions, settings_file, user_files
from clean_news.decisions import DecisionsError
from clean_news.regular_files import UnsuitableFileError, open_regular, read_regular
from clean_news.settings import SettingsError

LIMIT = 1000
SECONDS = 60  # a command that reads a pipe would wait for ever


def pipe(path):
    os.mkfifo(path)


def link_to_a_device(path):
    path.symlink_to("/dev/zero")


def link_to_a_terminal(path):
    path.symlink_to("/dev/ptmx")


def listening_socket(path):
    here = os.open(".", os.O_RDONLY)
    try:
        os.chdir(path.parent)  # the path of a socket must be short
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.fchdir(here)
        os.close(here)


def folder(path):
    path.mkdir()


KINDS = {
    pipe: "is a named pipe, not a regular file",
    link_to_a_device: "is a device, not a regular file",
    link_to_a_terminal: "is a device, not a regular file",
    listening_socket: "is a socket, not a regular file",
    folder: "is a folder, not a regular file",
}


@pytest.fixture(params=KINDS, ids=lambda make: make.__name__)
def special(request, tmp_path):
    """A file that is not a regular one, and what a message says about it."""
    request.param(tmp_path / "special.txt")
    return tmp_path / "special.txt", KINDS[request.param]


def test_a_special_file_is_refused_at_once(special):
    path, why = special
    with pytest.raises(UnsuitableFileError) as error:
        read_regular(path, LIMIT)
    assert error.value.strerror == why


def test_word_lists_decisions_and_settings_refuse_it(special):
    path, why = special
    for read in (user_files.read_lines, lambda path: user_files.file_versions([str(path)])):
        with pytest.raises(SettingsError, match=f"special.txt: cannot be read .{why}"):
            read(path)
    with pytest.raises(DecisionsError, match=f"special.txt: cannot be read .{why}"):
        decisions.read(path)
    with pytest.raises(SettingsError, match=f"special.txt: cannot be read .{why}"):
        settings_file.load(path, path.parent, {})


def test_a_file_above_the_limit_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "sparse"
    path.touch()
    os.truncate(path, LIMIT)
    assert read_regular(path, LIMIT) == bytes(LIMIT)
    os.truncate(path, 1 << 40)
    with pytest.raises(UnsuitableFileError, match="is larger than"):
        read_regular(path, LIMIT)
    with open_regular(path) as file:
        assert file.read(2) == b"\0\0", "what is not read as a whole may have any size"


def test_a_name_with_nul_is_a_message():
    with pytest.raises(SettingsError, match="cannot be read"):
        user_files.file_versions(["a\0b"])
    with pytest.raises(UnsuitableFileError, match="is not a file name"):
        read_regular("a\0b", LIMIT)


def command(*arguments, cwd):
    return subprocess.run(
        [sys.executable, "-m", "clean_news", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.parametrize("arguments", [["a.txt", "out"], ["a.txt", "--check"], ["a.jsonl", "out"]])
def test_a_pipe_as_the_raw_file(tmp_path, arguments):
    os.mkfifo(tmp_path / arguments[0])
    ran = command(*arguments, cwd=tmp_path)
    assert ran.returncode == 2
    assert "is a named pipe, not a regular file" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_special_files_in_a_raw_folder_are_named_and_the_others_are_done(tmp_path):
    folder = tmp_path / "raw" / "sub"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("It was a te\u200bxt.\n", encoding="utf-8")
    names = {"1.txt": pipe, "2.jsonl": pipe, "3.sock": listening_socket, "4.txt": link_to_a_device}
    for name, make in names.items():
        make(folder / name)
    for arguments in (["raw", "clean"], ["--check", "raw"]):
        ran = command(*arguments, "--follow-links", "--only", "characters", cwd=tmp_path)
        assert ran.returncode == 2
        wanted = [
            f"raw/sub/{name}: {KINDS[make]}; put a regular file there, or remove it" for name, make in names.items()
        ]
        assert [line for line in ran.stderr.splitlines() if line.startswith("raw/sub/")] == wanted
    assert (tmp_path / "clean" / "sub" / "a.txt").read_text(encoding="utf-8") == "It was a text.\n"


@pytest.mark.parametrize("replaced", ["a.txt", "a.txt.changes.json"])
def test_a_pipe_in_clean(job, raw, clean, replaced):
    shutil.rmtree(raw)
    raw.mkdir()
    for name in ("a.txt", "b.txt"):
        (raw / name).write_text("It was a text.\n", encoding="utf-8")
    assert job().failures == []
    (clean / replaced).unlink()
    os.mkfifo(clean / replaced)
    for arguments in (["diff", "clean"], ["revert", "clean", "back"], ["raw", "clean"]):
        ran = command(*arguments, cwd=raw.parent)
        assert ran.returncode == 2 or arguments[0] == "raw", "only a run may replace it"
        assert "named pipe" in ran.stderr or ran.returncode == 0, ran.stderr
        assert "Traceback" not in ran.stderr
    assert (raw.parent / "back" / "b.txt").read_bytes() == (raw / "b.txt").read_bytes()


@pytest.mark.parametrize("key", ["dictionary", "protect-file"])
def test_a_pipe_that_settings_name(tmp_path, key):
    os.mkfifo(tmp_path / "words")
    (tmp_path / "a.txt").write_text("It was a text.\n", encoding="utf-8")
    (tmp_path / "clean-news.toml").write_text(f'{key} = ["words"]\n', encoding="utf-8")
    ran = command("a.txt", "--check", cwd=tmp_path)
    assert ran.returncode == 2
    assert "words: cannot be read (is a named pipe" in ran.stderr


def test_a_decision_that_is_nested_deeply_is_a_message(tmp_path):
    (tmp_path / "decisions.jsonl").write_text('{"note": ' + "[" * 5000 + "]" * 5000 + "}\n", encoding="utf-8")
    with pytest.raises(DecisionsError, match="line 1: is "):
        decisions.read(tmp_path / "decisions.jsonl")
