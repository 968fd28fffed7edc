"""``clean-news explain ARTICLE:WORD`` names the source of a word, and the facts in which a source differs."""

import shutil
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clean_news.cli.app import app

sys.path.insert(0, str(Path(__file__).parents[1]))
from test_beside_source import HOSTILE, INVISIBLE, made

from clean_news.change_log import write
from clean_news.review.explaining.words_from_source import words_from_source

SAMPLES = Path(__file__).parents[3]
NAME = "02-spun-foreign-ministry.txt"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder with a spun article in raw/, its original in archive/, and clean/ made with it; the archive is gone."""
    folder = tmp_path_factory.mktemp("site")
    for part, text in (("raw", SAMPLES / "raw" / NAME), ("archive", SAMPLES / "clean" / NAME)):
        (folder / part).mkdir()
        shutil.copy(text, folder / part / NAME)
    text = (folder / "archive" / NAME).read_text(encoding="utf-8")
    (folder / "archive" / NAME).write_text(text.replace("40 individuals", "45 individuals"), encoding="utf-8")
    given = ["--sources", str(folder / "archive"), "--sources-index", str(folder / "index")]
    assert CliRunner().invoke(app, [str(folder / "raw"), str(folder / "clean"), *given]).exit_code == 0
    shutil.rmtree(folder / "archive")
    shutil.rmtree(folder / "index")
    return folder


def explain(path, word):
    done = CliRunner().invoke(app, ["explain", f"{path}:{word}"], prog_name="clean-news")
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()


@pytest.mark.parametrize("word", ["overseas", "foreign", "overseas ministry", "1:12"])
def test_a_word_names_its_source(site, word):
    shown = explain(site / "clean" / NAME, word)
    (source,) = [line for line in shown if line.startswith("  source: ")]
    assert source.endswith(f"archive/{NAME} ({NAME}), similarity 1.00") or ", similarity 0.9" in source
    at = shown.index("1:11 overseas: changed to foreign, from its source, confidence 0.99")
    assert ">>overseas<< ministry mentioned" in shown[at + 1]
    assert ">>foreign<< ministry said" in shown[at + 2]
    assert shown[at + 3] == "  the dictionaries call it a possible original"
    assert not any("foreign: kept" in line for line in shown)


def test_a_fact_that_differs_is_named(site):
    shown = explain(site / "clean" / NAME, "40")
    assert any(line.endswith(" 40: kept; its source has 45") for line in shown)
    assert "  the number differs: facts are never taken from a source by themselves" in shown


def test_all_words_of_interest_include_those_of_the_source(site):
    shown = explain(site / "clean" / NAME, "")
    assert sum(", from its source, " in line for line in shown) > 20


def test_a_word_that_neither_text_has_is_still_unknown(site):
    done = CliRunner().invoke(app, ["explain", f"{site / 'clean' / NAME}:xyzzy"], prog_name="clean-news")
    assert done.exit_code == 2
    assert "xyzzy does not occur in it" in done.stderr


def test_an_article_without_a_source_is_explained_as_before(site):
    shown = explain(site / "raw" / NAME, "overseas")
    assert not any("source" in line for line in shown)


def test_edits_after_the_stage_move_the_words():
    clean, log = made()
    source = words_from_source(clean, log, len(log.stages))
    assert [clean[slice(*each.span)] for each in source.edits] == ["said", "old", "40"]
    assert words_from_source(clean, log, 1).edits == [], "only stages before the explained one"


def test_hostile_sources_do_not_reach_the_terminal(site):
    path = site / "hostile.txt"
    used = {"id": HOSTILE, "origin": HOSTILE, "similarity": 0.5}
    clean, log = made({"source": used}, around=[HOSTILE, HOSTILE], original=HOSTILE, by=HOSTILE)
    from msgspec.structs import replace

    from clean_news.change_log import StageLog

    log = replace(log, stages=(*log.stages, StageLog("spin", ())))
    path.write_text(clean, encoding="utf-8")
    path.with_name("hostile.txt.changes.json").write_bytes(write(log))
    shown = "\n".join(explain(path, "said"))
    assert not INVISIBLE & set(shown)
    assert r"\x1b[2J\u202e\x07" in shown
