"""The command ``clean-news report``: what it writes, what it leaves out, and its messages."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clean_news.cli.app import app

TOP = Path(__file__).parents[3]


@pytest.fixture
def clean(tmp_path):
    return Path(shutil.copytree(TOP / "clean", tmp_path / "clean"))


def report(*words):
    return CliRunner().invoke(app, ["report", *map(str, words)])


def test_a_folder_yields_one_file(clean, tmp_path):
    done = report(clean, "-o", tmp_path / "sub" / "report.html")
    assert done.exit_code == 0
    assert "edits in 9 articles" in done.output
    assert [path.name for path in (tmp_path / "sub").iterdir()] == ["report.html"]


def test_the_report_knows_from_which_confidence_edits_are_applied(clean, tmp_path):
    settings = tmp_path / "settings.toml"
    settings.write_text("apply-from = 0.75\n", encoding="utf-8")
    assert report(clean, "-o", tmp_path / "report.html", "--config", settings).exit_code == 0
    assert '"apply_from":7500,' in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_one_clean_file_yields_a_report(clean, tmp_path):
    done = report(clean / "03-spun-markets.txt", "-o", tmp_path / "report.html")
    assert done.exit_code == 0
    assert "in 1 article\n" in done.output


def test_changed_files_are_reported_and_left_out_only_if_they_must(clean, tmp_path, monkeypatch):
    monkeypatch.chdir(TOP)  # the logs name the raw files
    (clean / "03-spun-markets.txt").write_text("Changed by hand.", encoding="utf-8")
    (clean / "05-mojibake-cafe.txt.changes.json").unlink()
    done = report(clean, "-o", tmp_path / "report.html")
    assert done.exit_code == 2
    assert "03-spun-markets.txt: was changed by hand, " in done.output
    assert "05-mojibake-cafe.txt: has no change log" in done.output
    assert "in 8 articles, 1 file left out" in done.output


@pytest.mark.parametrize("there", [True, False])
def test_without_articles_there_is_no_report(tmp_path, there):
    if there:
        (tmp_path / "clean").mkdir()
    done = report(tmp_path / "clean", "-o", tmp_path / "report.html")
    assert done.exit_code == 2
    assert "name a folder of clean" in done.output
    assert not (tmp_path / "report.html").exists()


def test_an_unwritable_path_is_reported(clean, tmp_path):
    (tmp_path / "file").touch()
    done = report(clean, "-o", tmp_path / "file" / "report.html")
    assert done.exit_code == 2
    assert "report.html" in done.output
