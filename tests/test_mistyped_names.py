"""What the command line says to mistyped commands, stages and rules, and that it never shows its own main-job."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from clean_news.cli.app import app
from clean_news.pipeline import load_stage


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A folder with a raw/ and a clean/ without logs, which is the working folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("raw/one.txt", "clean/one.txt"):
        Path(name).parent.mkdir()
        Path(name).write_text("The overseas ministry.\n", encoding="utf-8")


def clean_news(*words):
    return CliRunner().invoke(app, words, prog_name="clean-news")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("dif clean", "dif: there is no such command, file or folder; did you mean diff?"),
        ("dif clean --rule SPIN", "dif: there is no such command, file or folder; did you mean diff?"),
        ("reprot", "did you mean report"),
        ("decisions chek", "Did you mean 'check'"),
        ("raw clean --only spinn", "--only spinn: there is no such stage; did you mean spin? there are: encoding, "),
        ("raw clean --skip foo", "--skip foo: there is no such stage; there are: encoding, "),
        ("raw clean --rules-off SPN", "did you mean SPIN?"),
        ("raw clean --chek", "No such option: --chek"),
        ("raw clean --jobs many", "Invalid value for '--jobs'"),
        ("diff clean --rule SPN", "--rule SPN: there is no such rule; did you mean SPIN?"),
        ("diff clean --stage foo", "--stage foo: there is no such stage; there are: agreement, "),
        ("diff clean --stage Spin", "--stage Spin: there is no such stage; did you mean spin?"),
        ("diff gone --stage foo", "gone: there is no such file or folder"),
        ("explain SPN", "SPN: there is no such rule or stage; did you mean spin or SPIN001?"),
        ("explain SPIN01", "SPIN01: there is no such rule or stage; did you mean SPIN001"),
        ("explain xyzzy", "xyzzy: there is no such rule or stage; clean-news explain lists them all"),
    ],
)
def test_what_is_meant_is_suggested(words, message):
    done = clean_news(*words.split())
    assert done.exit_code == 2
    assert message in done.stderr
    assert "main-job" not in done.output
    assert "Usage: " not in done.stderr or "Usage: clean-news" in done.stderr


@pytest.mark.parametrize("words", ["-h", "raw clean -h", "raw clean --chek", "", "raw clean --document maybe"])
def test_the_usage_line_shows_raw_and_clean(words):
    assert "Usage: clean-news RAW... CLEAN [OPTIONS]\n" in clean_news(*words.split()).output


def test_a_path_that_is_similar_to_a_command_is_a_path():
    Path("raw").rename("reports")
    assert clean_news("reports", "out", "--only", "encoding").exit_code == 0


def test_explain_takes_a_stage_or_the_beginning_of_codes():
    from_stage, from_code = clean_news("explain", "Encoding"), clean_news("explain", "enc")
    assert from_stage.exit_code == 0
    assert from_stage.stdout == from_code.stdout
    assert from_stage.stdout.count(" (stage encoding)\n") == len(load_stage("encoding").RULES)


def test_diff_takes_a_stage_that_is_only_in_the_logs(foreign):
    Path("mine.toml").write_text(f'stages = ["{foreign}"]\n', encoding="utf-8")
    assert clean_news("raw", "new", "--config", "mine.toml").exit_code == 0
    for words in (("--stage", foreign), ("--rule", "TEST")):
        done = clean_news("diff", "new", *words)
        assert done.exit_code == 0
        assert "foreign" in done.stdout
