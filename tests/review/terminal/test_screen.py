"""The review's screen, driven key by key through Textual's pilot, at 80×24."""

import os
import re
from pathlib import Path

import pytest

from clean_news.decisions import read

pytest.importorskip("textual", reason="the terminal review needs textual: pip install 'clean-news[review]'")


TOP = Path(__file__).parents[3]
PICTURE = Path("docs", "pictures", "review.svg")
FONTS = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)  # loaded from the network: removed


def decided(clean):
    path = clean / ".clean-news" / "decisions.jsonl"
    return [(one.action, one.scope, one.before, one.text) for one in read(path)] if path.exists() else []


def test_the_screen_shows_article_context_evidence_and_keys(clean, start, drive):
    lines, _ = drive(start(clean))
    screen = "\n".join(lines)
    assert len(lines) == 24
    assert "one.txt 1/6, part 1/5" in lines[0]
    assert lines[0].rstrip().endswith("14 undecided")
    assert "The >>[-vessel-]{+ferry+}<< left the" in screen
    assert "SPIN001 (spin), confidence 0.97, applied. Decided: not yet" in screen
    assert "Candidates: ferry 0.97" in screen
    assert "a accept  r reject  t type own" in lines[22]
    assert "q quit" in lines[23]


def test_accept_and_reject(clean, start, drive):
    lines, _ = drive(start(clean), "a", "r")
    assert decided(clean) == [("accept", "once", "vessel", ""), ("reject", "once", "firm", "")]
    assert any("reject: SPIN001 firm → company" in line for line in lines)


def test_replace(clean, start, drive):
    drive(start(clean), "t", *["backspace"] * 5, *"boat", "enter")
    assert decided(clean) == [("replace", "once", "vessel", "boat")]


def test_a_prompt_can_be_cancelled(clean, start, drive):
    lines, _ = drive(start(clean), "t", "x", "escape", "A", "escape", "n", "escape", "f", "escape")
    assert decided(clean) == []
    assert ">>[-vessel-]{+ferry+}<<" in "\n".join(lines)


@pytest.mark.parametrize(("key", "scope"), [("i", "article"), ("e", "everywhere")])
def test_all_similar(clean, start, drive, key, scope):
    drive(start(clean), "s", "R", key)
    assert decided(clean) == [("reject", scope, "firm", "")]


def test_replace_all_similar(clean, start, drive):
    drive(start(clean), "s", "T", "e", *["backspace"] * 7, *"shop", "enter")
    assert decided(clean) == [("replace", "everywhere", "firm", "shop")]


def test_never_again(clean, start, drive):
    lines, _ = drive(start(clean), "n", "enter")
    assert (clean / ".clean-news" / "protected.txt").read_text(encoding="utf-8") == "vessel\n"
    assert "12 undecided" in lines[0]


def test_undo(clean, start, drive):
    lines, _ = drive(start(clean), "a", "n", "enter", "u", "u", "u")
    assert decided(clean) == []
    assert not list((clean / ".clean-news").iterdir())
    assert any("Nothing to undo" in line for line in lines)
    assert "14 undecided" in lines[0]


def test_quit_and_resume(clean, start, drive):
    _, app = drive(start(clean), "a", "r", "q")
    assert not app.is_running
    lines, _ = drive(start(clean))
    assert "one.txt 3/6" in lines[0]
    assert ">>[-mentioned-]{+said+}<<" in "\n".join(lines)


def test_navigation(clean, start, drive):
    session = start(clean)
    lines, _ = drive(session, "right_square_bracket")
    assert "three.txt 1/2, part 2/5" in lines[0]
    lines, _ = drive(session, "left_square_bracket", "down", "right", "j", "left")
    assert "one.txt 3/6" in lines[0]
    lines, _ = drive(session, "left_square_bracket", "k", "k", "k")
    assert "This is the first edit" in "\n".join(lines)


def test_only_undecided_and_filter(clean, start, drive):
    session = start(clean)
    lines, _ = drive(session, "a", "o", "left")
    assert "[undecided]" in lines[0]
    assert "one.txt 2/6" in lines[0]
    lines, _ = drive(session, "o", "f", *"suggested", "enter")
    assert "one.txt 1/1, part 1/1" in lines[0]
    assert ">>{?buy→purchase?}<<" in "\n".join(lines)
    lines, _ = drive(session, "f", *["backspace"] * 9, *"rejected", "enter", "a", "r", "t", "n", "x", "s", "d")
    assert "No edit passes the filter" in "\n".join(lines)
    lines, _ = drive(session, "f", *["backspace"] * 8, *"nonsense", "enter")
    assert "'nonsense' is not a filter" in "\n".join(lines)


def test_folded_edits(clean, start, drive):
    session = start(clean, "layout")
    lines, _ = drive(session, "t")
    assert "2 certain edits of LAY002" in "\n".join(lines)
    assert "unfold them with x" in lines[21]
    lines, _ = drive(session, "x", "r")
    assert decided(clean) == [("reject", "once", "\nharbour", "")]


def test_details_help_and_plain_text(clean, start, drive):
    session = start(clean)
    assert any("Edit" in line and "received" in line for line in drive(session, "d")[0])
    assert any("never again" in line for line in drive(session, "question_mark")[0])
    assert ">>[-vessel-]{+ferry+}<<" in "\n".join(drive(session, "question_mark", "down", "up", "escape")[0])
    assert "the company said." in " ".join(line.strip() for line in drive(session, "c")[0])


def test_a_write_error_is_reported_and_the_review_continues(clean, start, drive):
    session = start(clean)
    (clean / ".clean-news").write_text("in the way", encoding="utf-8")
    lines, _ = drive(session, "a")
    assert "Not written" in lines[21]
    (clean / ".clean-news").unlink()
    drive(session, "a")
    assert decided(clean) == [("accept", "once", "vessel", "")]


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (200, 60)])
def test_any_terminal_size_works(clean, start, drive, size):
    lines, _ = drive(start(clean), "s", "d", "escape", "A", "escape", size=size)
    assert len(lines) == size[1]


@pytest.mark.full
def test_the_picture_in_the_docs_is_current(start, drive, cleaned_in, tmp_path):
    """If CLEAN_NEWS_PICTURES names a folder, the picture is written there."""
    cleaned_in(tmp_path, str(TOP / "raw"), "clean")
    pictures = []
    keep = lambda app: pictures.append(FONTS.sub("", app.export_screenshot(title="clean-news review clean")))  # noqa: E731
    drive(start(tmp_path / "clean"), "s", "s", "a", "r", look=keep)
    if "CLEAN_NEWS_PICTURES" in os.environ:
        target = Path(os.environ["CLEAN_NEWS_PICTURES"], PICTURE.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(pictures[0], encoding="utf-8")
    assert "url(http" not in pictures[0]
    seen = re.findall(r"<text[^>]*>([^<]*)</text>", (TOP / PICTURE).read_text(encoding="utf-8"))
    assert seen == re.findall(r"<text[^>]*>([^<]*)</text>", pictures[0]), "make it again; docs/reviewing.md says how"
