"""A baseline: only what is new is found, also after text has moved."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from clean_news.batch.needed_repairs import NeededRepair
from clean_news.cli.app import app
from clean_news.review.checking.baseline import Known, known_in, read, write
from clean_news.review.checking.file_names import FileNames

NEWS = Path("news/one.txt")
LINES = [
    "The over\u00adseas ministry paid.\n",
    "It was late\u00ad, they said.\n",
    "Nobody knew of the over\u00adseas ship.\n",
]
pytestmark = pytest.mark.usefixtures("here")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    NEWS.parent.mkdir()
    NEWS.write_text("".join(LINES), encoding="utf-8")
    Path("two.txt").write_text(LINES[0], encoding="utf-8")


def check(*words, paths=("news", "two.txt")):
    done = CliRunner().invoke(app, ["--check", *paths, "--baseline", "known.json", "--only", "characters", *words])
    assert not isinstance(done.exception, Exception), done.exception
    return done


def test_what_is_known_is_not_found():
    missing = check()
    assert missing.exit_code == 2
    assert "known.json: there is no such baseline; write it with --write-baseline" in missing.stderr
    written = check("--write-baseline")
    assert (written.exit_code, written.stdout) == (0, "")
    assert "Baseline: known.json, 4 repairs" in written.stderr
    assert "overseas" not in Path("known.json").read_text(encoding="utf-8"), "digests: it can be committed"
    done = check()
    assert (done.exit_code, done.stdout) == (0, "")
    before = Path("known.json").read_bytes()
    check("--write-baseline")
    assert Path("known.json").read_bytes() == before


def test_lines_may_move_and_only_what_is_new_is_found():
    check("--write-baseline")
    moved = ["A new line.\n\n", LINES[2], "\n", LINES[0].replace(" ministry", "\nministry"), LINES[1]]
    NEWS.write_text("".join(moved), encoding="utf-8")
    assert check().exit_code == 0
    NEWS.write_text("".join(["An over\u00adseas visit.\n", *moved]), encoding="utf-8")
    done = check()
    assert done.exit_code == 1
    assert done.stdout == "news/one.txt:1:8: CHAR003 “\\xad” to be removed\n", "the others have the same texts"


def test_other_words_around_it_do_not_make_it_new():
    check("--write-baseline")
    NEWS.write_text("".join(LINES).replace("ministry", "office").replace("The", "An"), encoding="utf-8")
    assert check().exit_code == 0
    NEWS.rename("news/other.txt")
    assert check().stdout.count("news/other.txt") == 3


def test_it_serves_from_any_working_folder(monkeypatch):
    check("--write-baseline")
    monkeypatch.chdir("news")
    done = CliRunner().invoke(app, ["--check", "one.txt", "--baseline", "../known.json", "--only", "characters"])
    assert (done.exit_code, done.stdout) == (0, "")


def test_what_cannot_be_checked_stays_known():
    check("--write-baseline")
    known = json.loads(Path("known.json").read_bytes())["needed"]
    Path("two.txt").write_bytes(bytes(50))
    NEWS.write_text(LINES[0], encoding="utf-8")
    assert check("--write-baseline").exit_code == 2
    after = json.loads(Path("known.json").read_bytes())["needed"]
    assert after["two.txt"] == known["two.txt"]
    assert len(after["news/one.txt"]) == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"# Read me\n", b"[]", b'{"needed": 1}', b'{"needed": {}, "schema": "x/1"}', b"[" * 100_000, b"\xff"],
)
def test_another_file_is_neither_used_nor_overwritten(content):
    Path("known.json").write_bytes(content)
    for words in ((), ("--write-baseline",)):
        done = check(*words)
        assert done.exit_code == 2
        assert "known.json: is not a baseline" in done.stderr
        assert "Traceback" not in done.stderr
    assert Path("known.json").read_bytes() == content


def test_a_baseline_that_cannot_be_written():
    Path("known.json").mkdir()
    done = check("--write-baseline")
    assert done.exit_code == 2
    assert "known.json" in done.stderr


CHANGES = st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.sampled_from("xyz"))


@given(st.lists(CHANGES, max_size=8), st.lists(CHANGES, max_size=3), st.randoms())
def test_as_many_are_new_as_were_added(old, added, order):
    def needed(changes):
        return [NeededRepair("a.txt", "", "spin", "R", 1.0, "", "", None, *each) for each in changes]

    path = Path("known.json")
    path.unlink(missing_ok=True)
    write(path, needed(old), [])
    mixed = [*old, *added]
    random.Random(order.random()).shuffle(mixed)
    new = known_in(path).new_repairs(needed(mixed))
    assert sorted(each.change for each in new) == sorted(change for change, *_ in added)
    assert known_in(path).new_repairs(needed(old)) == []
    assert Known({}, FileNames(Path())).new_repairs(needed(mixed)) == needed(mixed)
    assert sum(map(len, read(path).needed.values())) == len(old)
