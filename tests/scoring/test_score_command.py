"""``clean-news score``: text and JSON output, settings, errors."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clean_news.cli.app import app

GOLD = """
## one
The {overseas|foreign} {ministry|office} left.

## two
The overseas firm left.
"""


@pytest.fixture
def score(tmp_path, monkeypatch, foreign):
    """Runs ``clean-news score`` on that gold, with a stage that replaces "overseas" by "foreign"."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gold.txt").write_text(GOLD, encoding="utf-8")
    (tmp_path / "clean-news.toml").write_text(f'stages = ["{foreign}"]\n', encoding="utf-8")

    def run(*words):
        return CliRunner().invoke(app, ["score", *words, "--config", "clean-news.toml"])

    return run


def test_text_output(score):
    done = score("gold.txt")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        f"{'one':44} repaired    1 of    2   wrong edits 0",
        f"{'two':44} repaired    0 of    0   wrong edits 1",
        "",
        "missed: left unchanged (left) or changed to something else (else)",
        "    1  left  ministry → office",
        "",
        "wrong edits",
        "    1  overseas → foreign",
        "",
        "precision 0.500   recall 0.500   F0.5 0.500   wrong edits per 10,000 words 1250.0   (2 articles, 8 words)",
    ]


def test_the_lists_can_be_omitted(score):
    assert "→" not in score("gold.txt", "--misses", "0").stdout


def test_json(score):
    found = json.loads(score("gold.txt", "--json").stdout)
    assert found == {
        "documents": 2,
        "words": 8,
        "precision": 0.5,
        "recall": 0.5,
        "f0.5": 0.5,
        "wrong_edits_per_10k_words": 1250.0,
        "articles": [
            {"id": "one", "repaired": 1, "required": 2, "wrong": 0},
            {"id": "two", "repaired": 0, "required": 0, "wrong": 1},
        ],
        "missed": [{"count": 1, "spun": "ministry", "original": "office", "left": True}],
        "wrong": [{"count": 1, "before": "overseas", "after": "foreign"}],
    }


def test_settings_are_applied(score, foreign):
    assert json.loads(score("gold.txt", "--json", "--skip", foreign).stdout)["recall"] == 0
    # The stage has a confidence of .9.
    with Path("clean-news.toml").open("a", encoding="utf-8") as settings:
        settings.write("apply-from = 0.95\n")
    assert json.loads(score("gold.txt", "--json").stdout)["recall"] == 0


@pytest.mark.parametrize("text", ["", "The overseas ministry left.\n", "The {firm|company} left.\n"])
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_text_without_marks_is_an_error_that_shows_how_to_mark(score, text, form):
    Path("unmarked.txt").write_text(text, encoding="utf-8")
    done = score("unmarked.txt", *form)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "unmarked.txt: has no marks" in done.stderr
    example = re.search(r"\{[^{}?]*\}", done.stderr)[0]
    Path("marked.txt").write_text(f"## its name\nThe {example} left.\n", encoding="utf-8")
    assert score("marked.txt", *form).exit_code == 0


def test_a_genuine_article_needs_no_marks(score):
    Path("genuine.txt").write_text("## one\nThe overseas firm left.\n", encoding="utf-8")
    done = score("genuine.txt")
    assert (done.exit_code, "wrong edits 1" in done.stdout) == (0, True)


def test_rows_without_an_article_are_an_error(score):
    Path("empty.jsonl").write_text("\n", encoding="utf-8")
    done = score("empty.jsonl")
    assert done.exit_code == 2
    assert 'empty.jsonl: has no articles; expected: {"id", "spun", "edits"' in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [(["gone.txt"], "gone.txt: cannot be read"), (["gold.txt", "--skip", "nothing"], "there is no such stage")],
)
def test_errors(score, words, message):
    done = score(*words)
    assert done.exit_code == 2
    assert message in done.stderr
