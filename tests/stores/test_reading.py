"""Commands that read a CLEAN in a store, and revert into one: they copy what they need, and show URLs."""

import json

import pytest
from typer.testing import CliRunner

from clean_news.cli.app import app

RAW, CLEAN = "digests://crawl/raw", "digests://crawl/clean"
TEXTS = {"a/one.txt": "The caf\u00c3\u00a9 stayed open.\n", "b.txt": "It cost 2&nbsp;pounds at the caf\u00c3\u00a9.\n"}


def ran(*words, code=0):
    done = CliRunner().invoke(app, words)
    assert done.exit_code == code, done.output
    return done.output


@pytest.fixture
def cleaned(digests):
    for name, text in TEXTS.items():
        digests.pipe_file(f"/crawl/raw/{name}", text.encode())
    assert "2 articles" in ran(RAW, CLEAN)
    digests.requests.clear()
    return digests


def test_check_finds_what_is_to_repair(cleaned):
    assert sorted(ran(RAW, "--check", "-q", code=1).splitlines()) == ["a/one.txt: 1 edit", "b.txt: 3 edits"]
    assert "PUT" not in cleaned.requests


def test_revert_into_a_folder(cleaned, tmp_path):
    assert "2 restored" in ran("revert", CLEAN, str(tmp_path / "raw"))
    for name, text in TEXTS.items():
        assert (tmp_path / "raw" / name).read_bytes() == text.encode()
    assert "PUT" not in cleaned.requests


def test_revert_into_a_store_replaces_nothing(cleaned):
    cleaned.pipe_file("/crawl/back/b.txt", b"Another one.\n")
    output = ran("revert", CLEAN, "digests://crawl/back", code=2)
    assert "digests://crawl/back/b.txt: exists and differs" in output
    assert "1 restored, 1 failed" in output
    assert cleaned.cat_file("/crawl/back/b.txt") == b"Another one.\n"
    assert cleaned.cat_file("/crawl/back/a/one.txt") == TEXTS["a/one.txt"].encode()
    cleaned.rm_file("/crawl/back/b.txt")
    assert "1 restored, 1 already there" in ran("revert", CLEAN, "digests://crawl/back")


def test_revert_of_one_object(cleaned, tmp_path):
    ran("revert", f"{CLEAN}/b.txt", str(tmp_path / "b.txt"))
    assert (tmp_path / "b.txt").read_bytes() == TEXTS["b.txt"].encode()
    assert cleaned.requests.count("GET") == 2


def test_verify(cleaned):
    assert "2 files, 2 articles: sound" in ran("verify", CLEAN, "--raw", RAW)
    cleaned.pipe_file("/crawl/clean/b.txt", b"By hand.\n")
    output = ran("verify", CLEAN, code=1)
    assert output.startswith(f"changed-text: {CLEAN}/b.txt: ")
    assert "needs a folder of this machine" in ran("verify", CLEAN, "--repair", code=2)


@pytest.mark.parametrize("wanted", ["b.txt", f"{CLEAN}/b.txt", "b*"])
def test_diff_copies_only_what_is_named(cleaned, wanted):
    (line,) = ran("diff", CLEAN, wanted, "--format", "json").splitlines()
    assert json.loads(line)["clean"] == f"{CLEAN}/b.txt"
    assert cleaned.requests.count("GET") == 3  # the pair, and the summary


def test_report(cleaned, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "4 edits in 2 articles" in ran("report", CLEAN)
    assert "clean-news-store" not in (tmp_path / "report.html").read_text()
    assert "PUT" not in cleaned.requests


@pytest.mark.parametrize("command", ["diff", "report", "revert", "verify"])
@pytest.mark.parametrize(
    ("place", "message"),
    [("digests://crawl/nothing", "there is no object below this name"), ("digests://a:secret@b/c", "credentials")],
)
def test_wrong_places(digests, command, place, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    output = ran(command, place, *(["dest"] if command == "revert" else []), code=2)
    assert message in output
    assert "secret" not in output
    assert digests.store == {}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([RAW, CLEAN, "--watch"], "--watch needs folders"),
        ([RAW, "--check", "--format", "json"], "need files of this machine"),
        ([RAW, CLEAN, "--furniture"], "furniture reads all articles"),
        ([RAW], "CLEAN is missing"),
        ([RAW, f"{RAW}2", CLEAN], "one RAW and one CLEAN"),
    ],
)
def test_what_stores_do_not_have(digests, words, message):
    assert message in ran(*words, code=2)
    assert digests.store == {}


@pytest.mark.parametrize("words", [["review", CLEAN], ["adopt", CLEAN]])
def test_commands_that_need_folders_say_so(words):
    output = ran(*words, code=2)
    assert f"{words[1]}: this command needs a folder of this machine" in output
