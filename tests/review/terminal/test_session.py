"""What each action of a review does to the decisions, to the cursor, and to the files."""

import errno

import pytest

from clean_news.decisions import Decisions, read
from clean_news.review.terminal.session import ActionError


def here(session):
    """The article and the words of the current item."""
    entry = session.item.first
    return session.articles[entry.key[0]].log.id, entry.edit.before


def decided(clean):
    """The decisions on disk, abbreviated."""
    return [(one.action, one.scope, one.before, one.text) for one in read(clean / ".clean-news" / "decisions.jsonl")]


def go_to(session, before):
    while here(session)[1] != before:
        assert session.next()


def walk(session):
    """All items from the current one to the end."""
    seen = [here(session)]
    while session.next():
        seen.append(here(session))
    return seen


def test_uncertain_edits_come_first_by_position_and_certain_layout_edits_last_and_folded(clean, start):
    session = start(clean)
    assert walk(session) == [
        ("one.txt", "vessel"),
        ("one.txt", "firm"),
        ("one.txt", "mentioned"),
        ("one.txt", "firm"),
        ("one.txt", "buy"),
        ("one.txt", "mentioned"),
        ("three.txt", "mentioned"),
        ("three.txt", "firm"),
        ("two.txt", "firm"),
        ("two.txt", "mentioned"),
        ("two.txt", "vessel"),
        ("one.txt", "\nharbour"),
        ("three.txt", "\nor"),
    ]


def test_edits_of_low_confidence_come_first_if_requested(clean, start):
    session = start(clean, order="doubt")
    assert [before for article, before in walk(session) if article == "one.txt"][:4] == [
        "buy",
        "firm",
        "firm",
        "vessel",
    ]


def test_folded_edits_are_decided_and_undone_together(clean, start):
    session = start(clean, "layout")
    assert len(session.item.edits) == 2
    session.decide("accept")
    assert decided(clean) == [("accept", "once", "\nharbour", ""), ("accept", "once", "\nnoon", "")]
    session.undo()
    assert not (clean / ".clean-news" / "decisions.jsonl").exists()


def test_folded_edits_can_be_unfolded(clean, start):
    session = start(clean, "layout")
    session.unfold()
    assert walk(session) == [("one.txt", "\nharbour"), ("one.txt", "\nnoon"), ("three.txt", "\nor")]
    with pytest.raises(ActionError, match="nothing to unfold"):
        session.unfold()


def test_folded_edits_cannot_be_replaced(clean, start):
    session = start(clean, "layout")
    with pytest.raises(ActionError, match="unfold"):
        session.decide("replace", text="\n")


def test_accept_reject_and_replace_are_on_disk_at_once_with_name_and_time(clean, start):
    session = start(clean)
    session.decide("accept")
    session.decide("reject")
    session.decide("replace", text="told")
    assert decided(clean) == [
        ("accept", "once", "vessel", ""),
        ("reject", "once", "firm", ""),
        ("replace", "once", "mentioned", "told"),
    ]
    last = read(clean / ".clean-news" / "decisions.jsonl")[-1]
    assert (last.by, last.at[:10], last.article, last.rule) == ("ada", "2026-11-22", "one.txt", "SPIN001")
    assert here(session) == ("one.txt", "firm")


@pytest.mark.parametrize(("text", "action"), [("ferry", "accept"), ("vessel", "reject")])
def test_a_replacement_equal_to_the_original_or_the_proposal_is_a_reject_or_accept(clean, start, text, action):
    start(clean).decide("replace", text=text)
    assert decided(clean) == [(action, "once", "vessel", "")]


@pytest.mark.parametrize(("scope", "left"), [("article", 3), ("everywhere", 5)])
def test_all_similar_edits_are_decided(clean, start, scope, left):
    session = start(clean, "spin")
    go_to(session, "firm")
    before = session.left
    session.decide("reject", scope)
    assert decided(clean) == [("reject", scope, "firm", "")]
    assert before - session.left == {3: 2, 5: 4}[left]


def test_a_wider_decision_overrides_an_earlier_narrower_one_for_the_current_edit(clean, start):
    session = start(clean)
    session.decide("accept")
    session.previous()
    assert here(session) == ("one.txt", "vessel")
    session.decide("reject", "everywhere")
    assert decided(clean)[1:] == [("reject", "everywhere", "vessel", ""), ("reject", "once", "vessel", "")]
    session.undo()
    assert decided(clean) == [("accept", "once", "vessel", "")]


def test_a_decision_is_never_older_than_those_it_overrides(clean, start):
    session = start(clean)
    session.decide("accept")
    path = clean / ".clean-news" / "decisions.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("2026-", "2031-"), encoding="utf-8")
    session = start(clean, by="bob")
    session.previous()
    session.go(session.queue.find(session.articles[0].edits[2].key))
    session.decide("reject")
    known = Decisions(read(path))
    assert [one.action for one in known.by_key.values()] == ["reject"]


def test_a_protected_term_decides_all_edits_that_change_it_and_is_appended(clean, start):
    ours = clean / ".clean-news"
    ours.mkdir()
    (ours / "protected.txt").write_bytes(b"# names\nWall Road")
    session = start(clean, "spin")
    go_to(session, "firm")
    session.protect("  firm ")
    assert (ours / "protected.txt").read_bytes() == b"# names\nWall Road\nfirm\n"
    assert not (ours / "decisions.jsonl").exists()
    assert session.left == 7
    session.undo()
    assert (ours / "protected.txt").read_bytes() == b"# names\nWall Road"
    assert (session.left, here(session)) == (11, ("one.txt", "firm"))


def test_a_longer_term_protects_only_where_it_occurs(clean, start):
    session = start(clean, "spin")
    go_to(session, "firm")
    session.protect("the firm")
    assert session.left == 10


def test_edits_of_an_already_protected_term_are_decided(clean, start):
    (clean / ".clean-news").mkdir()
    (clean / ".clean-news" / "protected.txt").write_text("Mentioned\n", encoding="utf-8")
    assert start(clean, "spin").left == 7


@pytest.mark.parametrize(
    ("stage", "term", "message"),
    [
        ("spin", "ferry", "would not prevent"),
        ("spin", "#vessel", "comment"),
        ("layout", "harbour", "reject it everywhere"),
    ],
)
def test_a_term_without_effect_is_rejected(clean, start, stage, term, message):
    session = start(clean, stage)
    with pytest.raises(ActionError, match=message):
        session.protect(term)
    assert not (clean / ".clean-news").exists()


def test_a_review_resumes_at_the_first_undecided_edit_and_undoes_no_earlier_session(clean, start):
    session = start(clean)
    session.decide("accept")
    session.next()
    session.decide("reject")
    again = start(clean)
    assert here(again) == ("one.txt", "firm")
    assert again.left == session.left
    with pytest.raises(ActionError, match="Nothing to undo"):
        again.undo()


def test_articles_with_something_undecided_come_first(clean, start):
    session = start(clean, "spin")
    while here(session)[0] == "one.txt":
        session.decide("accept")
    again = start(clean, "spin")
    assert here(again)[0] == "three.txt"
    assert walk(again)[-1][0] == "one.txt"


def test_only_undecided_edits_are_visited_if_requested(clean, start):
    session = start(clean, "spin", undecided=True)
    session.decide("accept", "everywhere")
    assert "vessel" not in [before for _, before in walk(session)]


def test_navigation_by_article(clean, start):
    session = start(clean, "spin")
    session.next()
    assert session.next_article()
    assert here(session) == ("three.txt", "mentioned")
    assert session.next_article()
    assert not session.next_article()
    assert session.previous_article()
    assert here(session) == ("three.txt", "mentioned")
    assert session.previous_article()
    assert here(session) == ("one.txt", "vessel")
    assert not session.previous_article()
    assert not session.previous()


def test_at_the_end_the_review_returns_to_skipped_edits(clean, start):
    session = start(clean, "spin")
    session.next()
    while session.left > 1:
        session.decide("accept")
    assert here(session) == ("one.txt", "vessel")
    session.decide("accept")
    assert session.left == 0
    assert here(session) == ("one.txt", "vessel")


class Full:
    """A full disk."""

    def append(self, _=None):
        raise OSError(errno.ENOSPC, "No space left on device")

    undo = append


def test_what_cannot_be_written_has_no_effect(clean, start):
    session = start(clean)
    session.decision_lines = session.term_lines = Full()
    before = session.left
    with pytest.raises(OSError, match="No space"):
        session.decide("accept", "everywhere")
    with pytest.raises(OSError, match="No space"):
        session.protect("vessel")
    assert (session.left, session.steps, here(session)) == (before, [], ("one.txt", "vessel"))


def test_an_edit_in_two_articles_with_the_same_text_is_decided_in_both(clean, start, put_article):
    put_article(clean, "zwei.txt", "Every firm mentioned the vessel.\n", spin={"firm": ("company", 0.7)})
    session = start(clean, "spin")
    before = session.left
    while here(session) != ("two.txt", "firm"):
        session.next()
    session.decide("reject")  # the same rule, words and context: the same id
    assert before - session.left == 2
