"""Clean files changed by hand: every command says in how many places, shows what it can, and loses nothing."""

import re

import pytest
from typer.testing import CliRunner

from clean_news.cli.app import app

RAW = b"It didn\xe2\x80\x99t leave.\r\nThe ferry stayed.\r\n"
ROWS = '{"text": "It didnâ€™t leave the harbour."}\n{"text": "Nobody was hurt."}\n'
TWO = (
    "clean/a.txt: was changed by hand, 2 places; keep them with clean-news adopt CLEAN, or overwrite them with --force"
)
ROW = "clean/news.jsonl#2: was changed by hand, 1 place; keep them"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_bytes(RAW)
    (tmp_path / "raw" / "news.jsonl").write_text(ROWS, "utf-8")
    command(tmp_path, "raw", "clean", "--jobs", "1", code=0)
    edit(tmp_path / "clean" / "a.txt", "leave", "go away")
    edit(tmp_path / "clean" / "a.txt", "ferry", "boat")
    edit(tmp_path / "clean" / "news.jsonl", "hurt", "injured")
    return tmp_path


def edit(path, before, after):
    text = path.read_bytes().decode()
    assert before in text
    path.write_bytes(text.replace(before, after).encode())


def command(folder, *arguments, code):
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(folder)
        patched.setenv("COLUMNS", "300")
        done = CliRunner().invoke(app, arguments)
    assert done.exit_code == code, done.output
    return done.output


def contents(folder):
    return {path: path.read_bytes() for path in (folder / "clean").iterdir() if path.is_file()}


def test_diff_shows_the_changes(folder):
    before = contents(folder)
    shown = command(folder, "diff", "clean", "--no-pager", code=0)
    assert TWO in shown
    assert ROW in shown
    assert "[-leave-]{+go away+}" in shown
    assert re.search("HAND +1.00 applied +“hurt” → “injured”", shown)
    assert contents(folder) == before


def test_report_has_the_changes(folder):
    assert TWO in command(folder, "report", "clean", code=0)
    assert "go away" in (folder / "report.html").read_text("utf-8")


def test_revert_restores_the_raw_files(folder):
    told = command(folder, "revert", "clean", "back", code=0)
    assert TWO in told
    assert "clean/news.jsonl: was changed by hand, 1 place" in told
    assert (folder / "back" / "a.txt").read_bytes() == RAW
    assert (folder / "back" / "news.jsonl").read_text("utf-8") == ROWS
    command(folder, "revert", "clean", "back", code=0)


def test_verify_finds_them(folder):
    told = command(folder, "verify", "clean", code=1)
    assert TWO in told
    assert ROW in told


def test_a_rerun_leaves_them_and_force_overwrites_them(folder):
    before = contents(folder)
    told = command(folder, "raw", "clean", "--jobs", "1", code=2)
    assert "its clean file clean/a.txt: was changed by hand, 2 places; keep them with clean-news adopt" in told
    assert contents(folder) == before
    command(folder, "raw", "clean", "--jobs", "1", "--force", code=0)
    assert "The ferry" in (folder / "clean" / "a.txt").read_text("utf-8")


def test_review_and_decisions_check_leave_them_out(folder):
    (folder / "clean" / ".clean-news" / "decisions.jsonl").write_bytes(b"")
    assert TWO in command(folder, "decisions", "check", "clean", code=2)


def test_adopted_nothing_is_said_any_more(folder):
    told = command(folder, "adopt", "clean", "--by", "Ada", "--note", "by phone", code=0)
    assert "3 places in 2 articles adopted" in told
    assert "'leave' → 'go away'" in told
    assert "by hand" not in command(folder, "raw", "clean", "--jobs", "1", code=0)
    assert "by hand" not in command(folder, "verify", "clean", "--raw", "raw", code=0)
    assert "nothing" not in command(folder, "decisions", "check", "clean", code=0)


@pytest.mark.parametrize(
    "arguments", [["diff", "clean", "--no-pager"], ["report", "clean"], ["revert", "clean", "back"]]
)
def test_without_the_raw_file_they_say_what_to_do(folder, arguments):
    (folder / "raw" / "a.txt").rename(folder / "elsewhere.txt")
    edit(folder / "raw" / "news.jsonl", "Nobody", "Somebody")
    before = contents(folder)
    told = command(folder, *arguments, code=2)
    assert "clean/a.txt: was changed by hand after clean-news wrote it, and its raw file raw/a.txt is not there" in told
    assert "its raw file raw/news.jsonl was changed too" in told
    assert "keep a copy of the text" in told
    assert contents(folder) == before


def test_a_raw_file_that_was_changed_too_is_not_cleaned_over_the_changes(folder):
    edit(folder / "raw" / "a.txt", "stayed", "sank")
    before = contents(folder)
    told = command(folder, "raw", "clean", "--jobs", "1", code=2)
    assert "its raw file raw/a.txt was changed too" in told
    assert contents(folder) == before


def test_adopt_of_some_files_and_dry_run(folder):
    before = contents(folder)
    assert "would be adopted" in command(folder, "adopt", "clean", "--dry-run", code=0)
    assert contents(folder) == before
    assert not (folder / "clean" / ".clean-news" / "decisions.jsonl").exists()
    assert "2 places in 1 article adopted" in command(folder, "adopt", "clean", "a.txt", code=0)
    assert "1 place in 1 article adopted" in command(folder, "adopt", "clean", "--raw", "raw", code=0)
    assert "no such file" in command(folder, "adopt", "clean", "b.txt", code=2)


def test_adopt_of_one_clean_file(folder):
    assert "2 places in 1 article adopted" in command(folder, "adopt", "clean/a.txt", "--raw", "raw/a.txt", code=0)
    assert "1 up to date" in command(folder, "raw/a.txt", "clean/a.txt", code=0)
