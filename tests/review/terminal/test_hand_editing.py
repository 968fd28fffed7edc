"""Any words can be changed in the terminal review: once, in the article, or everywhere after all places were shown."""

import pytest

from clean_news import Cleaner
from clean_news.decisions import HAND, Decisions, read
from clean_news.edits import apply
from clean_news.hand_edits import decision_at, edits_by_hand
from clean_news.review.terminal.articles import open_articles
from clean_news.review.terminal.session import ActionError

pytest.importorskip("textual", reason="the terminal review needs textual: pip install 'clean-news[review]'")


def decided(clean):
    path = clean / ".clean-news" / "decisions.jsonl"
    found = read(path) if path.exists() else []
    return [(one.rule, one.action, one.scope, one.before, one.after) for one in found]


def texts_with(clean):
    """The clean texts with the edits by hand that are decided."""
    decisions = Decisions(read(clean / ".clean-news" / "decisions.jsonl"))
    found = {}
    for path in sorted(clean.glob("*.txt")):
        text = path.read_text("utf-8")
        made = edits_by_hand(text, path.name, decisions)
        found[path.name] = apply(text, made.edits) if made else text
    return found


def test_words_are_changed_once_next_to_the_current_edit(clean, start):
    session = start(clean)
    before = (clean / "one.txt").read_text("utf-8")
    while session.item.first.edit.before != "mentioned" or session.item.first.edit.start < before.index("said."):
        session.next()
    session.edit_by_hand(session.find_words("said"), "told us", "once")
    assert texts_with(clean)["one.txt"] == "told us".join(before.rsplit("said", 1))
    session.undo()
    assert decided(clean) == []


@pytest.mark.parametrize(
    ("scope", "changed"), [("article", ["one.txt"]), ("everywhere", ["one.txt", "three.txt", "two.txt"])]
)
def test_words_are_changed_wherever_they_stand(clean, start, scope, changed):
    session = start(clean)
    found = session.find_words("said")
    assert (len(found.here), len(found.everywhere)) == (2, 4)
    session.edit_by_hand(found, "told", scope)
    before = {path.name: path.read_text("utf-8") for path in clean.glob("*.txt")}
    for name, text in texts_with(clean).items():
        assert text == (before[name].replace("said", "told") if name in changed else before[name])


def test_what_cannot_be_changed_is_refused(clean, start):
    session = start(clean)
    for words in ("absent", ""):
        with pytest.raises(ActionError, match="does not stand in this article"):
            session.find_words(words)
    with pytest.raises(ActionError, match="Nothing was changed"):
        session.edit_by_hand(session.find_words("said"), "said", "once")
    with pytest.raises(ActionError, match="not whole words"):
        session.edit_by_hand(session.find_words("aid"), "x", "everywhere")


def test_a_review_of_an_edit_by_hand(tmp_path, start):
    raw = "The ferry left. Nobody was hurt.\n"
    (tmp_path / "clean" / ".clean-news").mkdir(parents=True)
    everywhere = decision_at(raw, 4, 9, "boat", "a.txt", scope="everywhere", by="Bob", at="2026")
    result = Cleaner(decisions=Decisions([everywhere])).clean(raw, "a.txt")
    (tmp_path / "clean" / "a.txt").write_text(result.text, "utf-8")
    from clean_news.change_log import write

    (tmp_path / "clean" / "a.txt.changes.json").write_bytes(write(result.log))
    session = start(tmp_path / "clean")
    with pytest.raises(ActionError, match="e changes words everywhere"):
        session.decide("accept", "everywhere")
    session.decide("reject")
    assert decided(tmp_path / "clean") == [(HAND, "reject", "once", "ferry", "boat")]
    decisions = Decisions([everywhere, *read(tmp_path / "clean" / ".clean-news" / "decisions.jsonl")])
    assert Cleaner(decisions=decisions).clean(raw, "a.txt").text == raw
    assert open_articles(tmp_path / "clean", pytest.fail)


def test_everywhere_only_after_all_places_were_shown(clean, start, drive):
    words = (*"said", "enter")
    lines, _ = drive(start(clean), "e", *words, *["backspace"] * 4, *"told", "enter", "e")
    screen = "\n".join(lines)
    assert decided(clean) == []
    assert screen.count("[-said-]{+told+}") == 4
    assert all(name in screen for name in ("one.txt", "two.txt", "three.txt"))
    assert "y change all 4" in screen
    drive(start(clean), "e", *words, *["backspace"] * 4, *"told", "enter", "e", "escape", "escape")
    assert decided(clean) == []
    drive(start(clean), "e", *words, *["backspace"] * 4, *"told", "enter", "e", "y")
    assert decided(clean) == [(HAND, "accept", "everywhere", "said", "told")]


def test_once_and_in_the_article_by_key(clean, start, drive):
    for key, scope in (("o", "once"), ("i", "article")):
        drive(start(clean), "e", *"left", "enter", *"X", "enter", key)
        assert decided(clean)[-1] == (HAND, "accept", scope, "left", "leftX")


def test_words_that_are_not_there_are_refused_in_the_prompt(clean, start, drive):
    lines, _ = drive(start(clean), "e", *"zzz", "enter")
    assert "'zzz' does not stand in this article" in "\n".join(lines)
