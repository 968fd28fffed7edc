"""How a review displays an edit: context, marks, description; and the parsing of filters."""

import pytest

from clean_news.review.terminal import descriptions
from clean_news.review.terminal.context import context, window
from clean_news.review.terminal.filtering import FilterError, parse_filter

RULES = {"SPIN001": "a synonym", "LAY002": "a line end"}


def shown(session, before, plain=False):
    """The context of the first edit of some words."""
    article = session.articles[0]
    entry = next(entry for entry in article.edits if entry.edit.before == before)
    return context(article, entry, plain).plain


def test_the_current_edit_is_enclosed_in_arrows(clean, start):
    text = shown(start(clean), "vessel")
    assert text.startswith("The >>[-vessel-]{+ferry+}<< left the")
    assert "[-⏎harbour-]{+ harbour+} at" in text
    assert "the [-firm-]{+company+} [-mentioned-]{+said+}." in text


def test_a_suggestion_has_different_marks(clean, start):
    assert "would >>{?buy→purchase?}<< it" in shown(start(clean), "buy")


def test_other_edits_can_be_unmarked(clean, start):
    text = shown(start(clean), "vessel", plain=True)
    assert text.startswith(
        "The >>[-vessel-]{+ferry+}<< left the harbour at noon, the company said. A company would buy"
    )


def test_control_characters_do_not_reach_the_terminal(tmp_path, start, put_article):
    raw = "The \x1b[2Jvessel\u202e left \u200bthe [bold]firm[/] at\x07 noon.\n"
    put_article(
        tmp_path, "x.txt", raw, spin={"vessel": ("fer\x1bry", 0.9), "\u200b": ("", 0.9), "firm": ("[red]", 0.9)}
    )
    session = start(tmp_path)
    for entry in session.articles[0].edits:
        session.cursor = session.queue.find(entry.key)
        said = "".join(line.plain for line in descriptions.full_description(session, session.item, RULES))
        text = context(session.articles[0], entry).plain + said
        assert not {"\x1b", "\u202e", "\u200b", "\x07"} & set(text)
        assert "[-firm-]{+[red]+}" in text


def test_the_window_shows_the_edit_and_scrolls(tmp_path, start, put_article):
    raw = "".join(f"Sentence {number} is about boats.\n\n" for number in range(200)).replace("99 is", "99 was a vessel")
    put_article(tmp_path, "x.txt", raw, spin={"vessel": ("ferry", 0.9)})
    session = start(tmp_path)
    text = context(session.articles[0], session.articles[0].edits[0])
    lines = window(text, 40, 9)
    assert len(lines) == 9
    assert ">>[-vessel-]{+ferry+}<<" in "".join(line.plain for line in lines)
    assert all(line.cell_len <= 40 for line in lines)
    assert "ferry" not in "".join(line.plain for line in window(text, 40, 9, scrolled=9))


def test_an_edit_that_is_larger_than_the_window_is_shown_from_its_beginning(tmp_path, start, put_article):
    raw = "Before.\n\n" + "word " * 300 + "\n\nAfter.\n"
    put_article(tmp_path, "x.txt", raw, spin={"word " * 300: ("", 0.9)})
    session = start(tmp_path)
    text = context(session.articles[0], session.articles[0].edits[0])
    assert ">>[-word" in window(text, 40, 5)[0].plain


def test_rule_confidence_candidates_and_similar_edits_are_described(clean, start):
    session = start(clean, "spin")
    session.next()
    lines = [line.plain for line in descriptions.description_lines(session, session.item, RULES)]
    assert lines[0] == "firm → company"
    assert lines[1] == "SPIN001 (spin), confidence 0.7, applied. Decided: not yet"
    assert "Candidates: company 0.7" in lines
    assert "Similar edits: 2 in this article, 4 in all" in lines
    assert lines[-1] == "SPIN001: a synonym"
    assert len(lines) <= 6
    session.decide("reject", "everywhere")
    session.previous()
    assert "Decided: reject everywhere (ada, 2026-11-22 19:00)" in [
        line.plain for line in descriptions.description_lines(session, session.item, RULES)
    ][1].removeprefix("SPIN001 (spin), confidence 0.7, applied. ")


def test_folded_edits_are_shown_one_per_line(clean, start):
    session = start(clean, "layout")
    assert next(iter(descriptions.description_lines(session, session.item, RULES))).plain.startswith(
        "2 certain edits of LAY002"
    )
    lines = [line.plain for line in descriptions.examples(session, session.item)]
    assert [("[-⏎harbour-]" in line, "[-⏎noon-]" in line) for line in lines] == [(True, False), (False, True)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", ""),
        ("spin", "spin"),
        ("SPIN suggested", "SPIN suggested"),
        ("lay002 >=0.5 undecided applied", "LAY002 applied >=0.5 undecided"),
        (".25", ">=0.25"),
    ],
)
def test_a_filter_is_parsed(line, expected):
    assert str(parse_filter(line, ["layout", "spin"], RULES)) == expected


@pytest.mark.parametrize("line", ["spin foo", "XYZ001", ">=2"])
def test_an_unknown_filter_word_is_rejected_with_a_list_of_valid_ones(line):
    with pytest.raises(FilterError, match="layout, spin, applied"):
        parse_filter(line, ["layout", "spin"], RULES)
