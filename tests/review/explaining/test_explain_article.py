"""``clean-news explain ARTICLE:WORD``: why the words of a raw or clean article were kept or changed."""

import json
import os
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clean_news.cli.app import app

RAW = Path(__file__).parents[3] / "raw"
SPUN = (RAW / "02-spun-foreign-ministry.txt").read_text(encoding="utf-8")
GENUINE = (RAW / "01-genuine-lighthouse.txt").read_text(encoding="utf-8")
BLOCK = re.compile(r"^(\d+):(\d+) (.+?)(?: \((?:quotation|capital)\))?: (kept|changed)", re.MULTILINE)
COUNTRIES = [{"id": "a", "text": GENUINE}, {"id": "a:b", "text": SPUN}, {"id": 3}]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder with raw/, and clean/ made from it."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "raw").mkdir()
    # The first line is removed by an earlier stage, and mojibake repaired, so that positions shift.
    (folder / "raw" / "spun.txt").write_text(SPUN.replace("’", "â€™"), encoding="utf-8")
    (folder / "raw" / "genuine.txt").write_text(GENUINE, encoding="utf-8")
    (folder / "raw" / "empty.txt").write_bytes(b"\xef\xbb\xbf")
    (folder / "raw" / "many.jsonl").write_text("".join(json.dumps(row) + "\n" for row in COUNTRIES), encoding="utf-8")
    assert CliRunner().invoke(app, [str(folder / "raw"), str(folder / "clean")]).exit_code == 2  # a row has no text
    os.mkfifo(folder / "raw" / "pipe.txt")
    return folder


@pytest.fixture(autouse=True)
def here(site, monkeypatch):
    monkeypatch.chdir(site)


def explain(argument, *options, code=0):
    done = CliRunner().invoke(app, ["explain", argument, *options], prog_name="clean-news")
    assert done.exit_code == code, done.output
    return done.stdout if code == 0 else done.stderr


@pytest.mark.parametrize("folder", ["raw", "clean"])
def test_every_word_of_interest_is_explained_where_it_is(folder):
    shown = explain(f"{folder}/spun.txt:")
    lines = Path(folder, "spun.txt").read_text(encoding="utf-8").split("\n")
    blocks = BLOCK.findall(shown)
    assert {fate for *_, fate in blocks} == {"kept", "changed"}
    for line, column, word, fate in blocks:
        if folder == "raw" or fate == "kept":
            assert lines[int(line) - 1].startswith(word, int(column) - 1)
    assert "  judged spun, with probability 1.000\n" in shown
    assert "  family of spinners: a " in shown
    assert "  edits are applied from confidence 0.69, suggested from 0.2\n" in shown
    assert blocks == sorted(blocks, key=lambda block: (int(block[0]), int(block[1])))


def test_a_kept_word_has_its_candidates_with_figures_and_reasons():
    shown = explain("raw/spun.txt:embassy")
    ((line, column, word, fate),) = BLOCK.findall(shown)
    assert (word, fate) == ("embassy", "kept")
    figures = r"  embassy → \w+: probability 0\.0\d+(, confidence 0\.\d+)?: (under 0\.2|too improbable)"
    assert re.search(figures, shown)
    assert explain(f"raw/spun.txt:{line}:{column}") == shown


@pytest.mark.parametrize("word", ["overseas ministry mentioned", "foreign ministry", "OVERSEAS"])
def test_a_changed_word_is_found_by_what_it_was_and_by_what_it_is(word):
    shown = explain(f"clean/spun.txt:{word}")
    assert re.search(r"^\d+:\d+ overseas: changed to foreign, confidence 0\.9\d*$", shown, re.MULTILINE)
    assert re.search(r"^  overseas → foreign: 0\.9\d*$", shown, re.MULTILINE)


@pytest.mark.parametrize("detail", ["full", "standard"])
def test_the_candidate_that_was_chosen_and_the_next_are_shown_at_every_detail(tmp_path, detail):
    cleaned = CliRunner().invoke(app, ["raw/spun.txt", f"{tmp_path}/clean/", "--log-detail", detail])
    assert cleaned.exit_code == 0, cleaned.output
    shown = explain(f"{tmp_path}/clean/spun.txt:our bodies")
    assert "its log is of another version" not in shown
    assert re.search(r"entities, .*\n  our bodies → entities: 0\.8\d+\n  our bodies → bodies: 0\.3\d+\n", shown)


def test_a_word_without_originals_and_a_protected_one_say_so(tmp_path):
    (tmp_path / "names.txt").write_text("overseas\n", encoding="utf-8")
    assert "no original for it" in explain("raw/spun.txt:Solheim")
    assert "protected by a setting" in explain("raw/spun.txt:overseas", "--protect", str(tmp_path / "names.txt"))


def test_a_threshold_of_the_settings_is_named():
    assert (
        re.search("overseas → foreign.*: under 1, so it is only", explain("raw/spun.txt:overseas", "--level", "safe"))
        is None
    )
    shown = explain("raw/spun.txt:", "--level", "safe")
    assert len(re.findall(": changed to ", shown)) < len(re.findall(": changed to ", explain("raw/spun.txt:")))
    assert re.search(r"confidence 0\.\d+: under 0\.\d+, so it is only suggested", shown)


def test_a_genuine_article_has_its_verdict_and_no_list_of_words():
    shown = explain("raw/genuine.txt:")
    assert "  judged genuine" in shown
    assert re.search(r"  first look: 0\.\d+; articles of this length are decoded from 0\.\d+\n", shown)
    assert not BLOCK.search(shown)
    one_word = explain("raw/genuine.txt:lamp")
    assert one_word.startswith(shown)
    assert "no word of an article that was not spun is changed" in one_word
    assert "declared genuine" in explain("raw/spun.txt:", "--document", "genuine")


@pytest.mark.parametrize("folder", ["raw", "clean"])
def test_an_article_among_many_is_named_by_its_id(folder):
    assert explain(f"{folder}/many.jsonl:a:b:overseas").startswith(f"{folder}/many.jsonl:a:b\n  judged spun")
    assert explain(f"{folder}/many.jsonl:a:lamp").startswith(f"{folder}/many.jsonl:a\n  judged genuine")
    assert explain(f"{folder}/many.jsonl:a").startswith(f"{folder}/many.jsonl:a\n  judged genuine")


def test_a_web_page_is_explained_by_the_lines_of_its_text(tmp_path):
    paragraphs = "".join(f"<p>{line}</p>\n" for line in SPUN.split("\n\n"))
    (tmp_path / "page.html").write_text(f"<html><body><article>{paragraphs}</article></body></html>", encoding="utf-8")
    assert re.search(r"^1:\d+ subsequent: changed to next", explain(f"{tmp_path}/page.html:subsequent"), re.MULTILINE)


def test_a_log_of_other_settings_is_noted():
    assert "its log is of another version" not in explain("clean/spun.txt:embassy")
    assert "its log is of another version" in explain("clean/spun.txt:embassy", "--level", "safe")


def test_a_rejected_edit_is_named_as_the_reviewer_s(tmp_path):
    logged = json.loads(Path("clean/spun.txt.changes.json").read_bytes())["stages"]
    first = next(edit for stage in logged for edit in stage.get("edits", ()) if edit["before"] == "overseas")
    decision = {"action": "reject", "scope": "everywhere", "article": "spun.txt"}
    decision |= {name: first[name] for name in ("id", "rule", "before", "after")}
    (tmp_path / "no.jsonl").write_text(json.dumps(decision) + "\n", encoding="utf-8")
    words = ["raw/spun.txt", f"{tmp_path}/clean/", "--decisions", str(tmp_path / "no.jsonl")]
    assert CliRunner().invoke(app, words).exit_code == 0
    shown = explain(f"{tmp_path}/clean/spun.txt:overseas")
    assert re.search(r"overseas → foreign: probability 0\.9.*: rejected by a reviewer", shown)


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("raw/spum.txt:word", "raw/spum.txt: there is no such file; did you mean raw/spun.txt?"),
        ("raw/gen:word", "raw/gen: there is no such file; did you mean raw/genuine.txt?"),
        ("gone/x.txt:word", "gone/x.txt: there is no such file; check its path"),
        (f"raw/{'x' * 400}:word", "xxx: there is no such file; check its path"),
        ("raw/pipe.txt:word", "raw/pipe.txt: is a named pipe, not a regular file"),
        ("raw:word", "raw: is a folder; name an article in it"),
        ("clean/spun.txt.changes.json:word", "clean/spun.txt.changes.json: file type not supported"),
        ("raw/spun.txt:minstry", "raw/spun.txt: minstry does not occur in it; did you mean ministry?"),
        ("raw/spun.txt:xylophonist", "does not occur in it; name one that does, or LINE:COLUMN"),
        ("raw/spun.txt:...", "...: is not a word"),
        ("raw/spun.txt:999:1", "there is no word at 999:1"),
        ("raw/empty.txt:word", "raw/empty.txt: the article is empty"),
        ("raw/many.jsonl:", "contains many articles; name one by its id: raw/many.jsonl:a:WORD"),
        ("raw/many.jsonl:ab:word", "contains no article ab; did you mean a:b?"),
        ("raw/many.jsonl:3:word", "raw/many.jsonl:3: "),
        ("SPIN01", "SPIN01: there is no such rule or stage; did you mean SPIN001"),
    ],
)
def test_a_wrong_name_is_answered_with_the_right_one(argument, message):
    assert message in explain(argument, code=2)


def test_an_article_without_the_stage_says_so():
    assert "the stage spin did not run on it" in explain("raw/spun.txt:", "--skip", "spin", code=2)


def test_a_changed_clean_text_is_refused(tmp_path):
    for name in ("spun.txt", "spun.txt.changes.json"):
        (tmp_path / name).write_bytes(Path("clean", name).read_bytes())
    (tmp_path / "spun.txt").write_text("Changed.\n", encoding="utf-8")
    assert "was changed after clean-news wrote it" in explain(f"{tmp_path}/spun.txt:", code=2)
