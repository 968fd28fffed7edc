"""Several files and folders as RAW: where their articles go, which path is CLEAN, and what is refused."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from clean_news.cli.app import app

TEXT = "The over\u00adseas ministry.\n"  # one edit
REPAIRED = "The overseas ministry.\n"


pytestmark = pytest.mark.usefixtures("here")


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with two raw folders and two raw files, which is the working folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("one/a.txt", "one/sub/b.txt", "two/c.txt", "two/sub/d.txt", "x.txt", "y.txt", "z.txt"):
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TEXT, encoding="utf-8")


def clean_news(*words):
    return CliRunner().invoke(app, [*words, "--only", "characters"])


def contents(*names):
    """The bytes of every file below some paths."""
    files = (path for name in names for path in (Path(name), *Path(name).rglob("*")) if path.is_file())
    return {path.as_posix(): path.read_bytes() for path in files}


def texts(folder):
    """The clean texts, without logs and the project folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in Path(folder).rglob("*.txt")
        if ".clean-news" not in path.parts
    }


RAW = ("one", "two", "x.txt", "y.txt", "z.txt")


def test_several_folders_and_files_are_cleaned_into_one_folder():
    before = contents(*RAW)
    for _ in range(2):
        done = clean_news("one", "two", "x.txt", "clean")
        assert done.exit_code == 0, done.output
    assert "5 articles (5 up to date)" in done.stderr
    assert texts("clean") == dict.fromkeys(("a.txt", "sub/b.txt", "c.txt", "sub/d.txt", "x.txt"), REPAIRED)
    assert "one, two, x.txt" in Path("clean/.clean-news/summary.md").read_text(encoding="utf-8")
    assert contents(*RAW) == before
    alone = clean_news("two", "clean")
    assert "2 articles (2 up to date)" in alone.stderr, "the ids are those of a run over one of them"


@pytest.mark.parametrize("flags", [(), ("--force",), ("--check",), ("--dry-run",)])
@pytest.mark.parametrize(
    "words", [("x.txt", "y.txt"), ("x.txt", "y.txt", "z.txt"), ("one", "x.txt"), ("one/a.txt", "x.txt")]
)
def test_a_raw_file_is_never_taken_for_clean(words, flags):
    before = contents(*RAW)
    done = clean_news(*words, *flags)
    nothing_written = bool({"--check", "--dry-run"} & set(flags))
    assert done.exit_code == ({"--check": 1, "--dry-run": 0}.get(flags[0], 2) if flags else 2)
    assert contents(".") == before
    if nothing_written:
        assert done.stdout.count("1 edit\n") == len(words) + ("one" in words)
    else:
        assert f"{words[-1]}: is a file" in done.stderr or f"{words[-1]} is there already" in done.stderr


@pytest.mark.parametrize("number", [1, 2, 5])
def test_check_takes_any_number_of_files(number):
    words = ("x.txt", "y.txt", "z.txt", "one", "two")[:number]
    done = clean_news("--check", *words)
    assert done.exit_code == 1
    shown = ["one/a.txt", "one/sub/b.txt", "two/c.txt", "two/sub/d.txt", "x.txt", "y.txt", "z.txt"]
    shown = [name for name in shown if number == 5 or name in words]
    assert done.stdout == "".join(f"{name}: 1 edit\n" for name in shown)


@pytest.mark.parametrize("clean", ["clean", "later", "later/", "empty"])
def test_check_still_understands_raw_and_clean(clean):
    clean_news("one", "clean")
    Path("empty").mkdir()
    done = clean_news("one", clean, "--check")
    assert (done.exit_code, done.stdout) == (1, "a.txt: 1 edit\nsub/b.txt: 1 edit\n")
    assert not Path("later").exists()


def test_check_names_a_file_that_is_missing():
    done = clean_news("--check", "x.txt", "gone.txt")
    assert done.exit_code == 2
    assert "gone.txt: there is no such file or folder" in done.stderr
    assert done.stdout == "x.txt: 1 edit\n", "the others are checked"


def test_a_slash_makes_a_folder():
    assert clean_news("x.txt", "new/folder/").exit_code == 0
    assert texts("new/folder") == {"x.txt": REPAIRED}
    assert clean_news("y.txt", "new/folder").exit_code == 0
    assert clean_news("z.txt", "clean.txt").exit_code == 0
    assert Path("clean.txt").is_file()


def test_one_raw_that_cannot_be_used_costs_only_itself():
    Path("table.csv").write_text("a,b\n", encoding="utf-8")
    done = clean_news("x.txt", "gone", "table.csv", "clean")
    assert done.exit_code == 2
    assert texts("clean") == {"x.txt": REPAIRED}
    for part in ("gone: there is no such file or folder", "table.csv: "):
        assert done.stderr.count(part) == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("one", "two", "clean"), "one/sub/b.txt and two/sub/b.txt would both become clean/sub/b.txt"),
        (("one/a.txt", "two/a.txt", "clean"), "one/a.txt and two/a.txt would both become clean/a.txt"),
        (("one", "x.txt", "one"), "RAW and CLEAN are the same"),
        (("x.txt", "one", "one/clean"), "CLEAN is inside RAW"),
        (("one", "clean/sub", "clean"), "RAW is inside CLEAN"),
        (("x.txt", "y.txt", "typo.txt"), "typo.txt: there is no such file or folder; the last of several names"),
        (("x.txt", "y.txt/"), "y.txt: is a file; name a folder for CLEAN"),
        (("one", "two", "clean", "--watch"), "--watch needs a folder RAW, one only"),
        (("-", "-", "clean"), "- means JSON lines on both stdin and stdout"),
        (("one", "-"), "- means JSON lines on both stdin and stdout"),
    ],
)
def test_what_would_lose_something_is_refused_before_anything_is_written(words, message):
    for name in ("two/a.txt",) if "two/a.txt" in words else ("two/sub/b.txt",):
        Path(name).write_text("Another.\n", encoding="utf-8")
    if "clean/sub" in words:
        Path("clean/sub").mkdir(parents=True)
    before = contents(".")
    done = clean_news(*words)
    assert done.exit_code == 2
    assert message in done.stderr
    assert contents(".") == before
    assert not Path("one/clean").exists()


def test_a_file_named_twice_is_cleaned_once():
    done = clean_news("x.txt", "./x.txt", "one", str(Path("one").resolve()), "clean")
    assert done.exit_code == 0
    assert "3 articles," in done.stderr


def test_the_decisions_of_a_clean_folder_are_used_with_check():
    clean_news("one", "clean")
    Path("clean/.clean-news/decisions.jsonl").write_text(
        '{"action":"reject","scope":"everywhere","id":"0","article":"","rule":"CHAR002","before":"\u00ad","after":""}\n',
        encoding="utf-8",
    )
    done = clean_news("one", "two", "clean", "--check")
    assert "1 decision in effect" in done.stderr
