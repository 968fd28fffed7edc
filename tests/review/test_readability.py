"""``clean-news readability``: how readable articles are before and after their words were repaired."""

import json
import shutil
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clean_news.cli.app import app

TOP = Path(__file__).parents[2]
SPUN, SCANNED = "02-spun-foreign-ministry.txt", "04-scanned-harbour.txt"
needs_textacy = pytest.mark.skipif(sys.version_info >= (3, 13), reason="textacy cannot be installed")


def readability(*arguments, code=0):
    done = CliRunner().invoke(app, ["readability", *map(str, arguments)], prog_name="clean-news")
    assert done.exit_code == code, done.output
    return done.stdout if code == 0 else done.stderr


@needs_textacy
def test_a_spun_article_is_easier_to_read_when_it_is_repaired():
    lines = [json.loads(line) for line in readability(TOP / "clean", "--json").splitlines()]
    found = {Path(each["article"]).name: each for each in lines}
    assert {name: each["group"] for name, each in found.items()} == {
        SPUN: "spun",
        "03-spun-markets.txt": "spun",
        SCANNED: "others",
    }
    before, after = found[SPUN]["before"], found[SPUN]["after"]
    assert 50 < before["ease"] < after["ease"] < 70
    assert before["diversity"] > after["diversity"] > 100


@needs_textacy
def test_the_table_has_the_medians_of_each_group():
    heading, spun, others = readability(TOP / "clean").splitlines()
    assert heading.split() == ["articles", "reading", "ease", "diversity"]
    assert (spun.split()[:2], others.split()[:2]) == (["spun", "2"], ["others", "1"])


@needs_textacy
def test_articles_without_a_word_and_without_changes_are_left_out(tmp_path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "marks.txt").write_text("... !!! ???\n", encoding="utf-8")
    shutil.copy(TOP / "raw" / "01-genuine-lighthouse.txt", tmp_path / "raw")
    assert CliRunner().invoke(app, [str(tmp_path / "raw"), str(tmp_path / "clean")]).exit_code == 0
    assert readability(tmp_path / "clean") == "no article's words were changed\n"


@needs_textacy
def test_a_text_without_a_word_has_no_figures_and_the_longest_has_some():
    from clean_news.review.readability import textacy_measure

    measure = textacy_measure()
    assert measure("") is measure("… — !") is None
    assert measure("ferry") is not None
    assert measure("The ferry left the harbour at noon. " * 30_000)  # more characters than spaCy takes by default


@needs_textacy
def test_an_article_whose_log_is_damaged_is_named_and_the_others_are_measured(tmp_path):
    for name in (SPUN, SCANNED):
        shutil.copy(TOP / "clean" / name, tmp_path)
        shutil.copy(TOP / "clean" / f"{name}.changes.json", tmp_path)
    (tmp_path / f"{SPUN}.changes.json").write_text("{}", encoding="utf-8")
    done = CliRunner().invoke(app, ["readability", str(tmp_path)])
    assert done.exit_code == 2
    assert SPUN in done.stderr
    assert "others" in done.stdout


def test_without_textacy_it_says_which_python_to_use(monkeypatch):
    monkeypatch.setitem(sys.modules, "textacy.text_stats", None)
    assert "install clean-news with Python 3.11 or 3.12" in readability(TOP / "clean", code=2)
