"""The pieces of an article cover its text, and each edit belongs to one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean_news.review.report.article_body import body_of, placed_pieces


def pieces(made):
    return [each.piece for each in placed_pieces(made[0])]


def test_a_change_is_between_kept_pieces(article):
    made = article("The overseas ferry left.", [("spin", [{"before": "overseas", "after": "foreign"}])])
    assert pieces(made) == ["The ", ("overseas", "foreign", 1), " ferry left."]


def test_a_suggestion_is_a_piece_of_kept_text(article):
    made = article("The big ferry left.", [("spin", [{"before": "big", "after": "large", "state": "suggested"}])])
    assert pieces(made) == ["The ", ("big", 1), " ferry left."]


def test_overlapping_edits_of_two_stages_share_a_piece(article):
    made = article(
        "Tbe overse\u00adas ferry.",
        [
            ("characters", [{"before": "\u00ad", "after": "", "rule": "CHAR003"}]),
            ("spin", [{"before": "overseas", "after": "foreign"}]),
        ],
    )
    assert pieces(made) == ["Tbe ", ("overse\u00adas", "foreign", 2), " ferry."]


def test_overlapping_suggestions_share_a_piece_and_those_inside_a_change_belong_to_it(article):
    made = article(
        "A yr ago it left late.",
        [
            ("ocr", [{"before": "left late", "after": "felt hate", "state": "suggested", "rule": "OCR001"}]),
            ("spin", [{"before": "yr", "after": "year"}, {"before": "late", "after": "tardy", "state": "rejected"}]),
            ("agreement", [{"before": "year", "after": "Year", "state": "suggested", "rule": "AGR002"}]),
        ],
    )
    assert pieces(made) == ["A ", ("yr", "year", 2), " ago it ", ("left late", 2), "."]


def test_a_suggestion_at_the_end_and_an_empty_article(article):
    made = article("It left", [("layout", [{"before": "", "after": ".", "state": "suggested", "nth": 7}])])
    assert pieces(made) == ["It left", ("", 1)]
    assert pieces(article("")) == []


@pytest.mark.parametrize("key", ["context", "near"])  # near: spin edits in logs before 0.2.0
def test_the_body_has_the_reviewers_text(article, key):
    made = article("A yr ago.", [("spin", [{"before": "yr", "after": "twelvemonth", "proposed": "year", key: "A yr"}])])
    body = body_of(placed_pieces(made[0]), made[1])
    assert body.own == {"0": "twelvemonth"}
    assert body.evidence == ({"proposed": "year", key: "A yr"},)


@given(st.data())
def test_the_pieces_are_the_article_and_have_every_edit_once(article, data):
    raw = data.draw(st.text(st.sampled_from("ab \n<é\U0001f600"), min_size=1, max_size=30))
    made = article(raw, [(name, changes(data, raw) if name == "ocr" else []) for name in ("ocr", "spin")])
    laid = placed_pieces(made[0])
    assert "".join(before(each.piece) for each in laid) == made[0].raw
    assert "".join(after(each.piece) for each in laid) == made[0].clean
    ids = [each.edit.id for piece in laid for each in piece.edits]
    assert sorted(ids) == sorted(each.edit.id for each in made[0].edits)
    assert [piece.piece[-1] for piece in laid if piece.edits] == [len(piece.edits) for piece in laid if piece.edits]


def changes(data, raw):
    """A change, or a suggestion, of each letter that occurs once."""
    states = st.sampled_from(["applied", "suggested", "rejected"])
    after = st.text(st.sampled_from("ab<"), max_size=3)
    return [
        {"before": letter, "after": data.draw(after), "state": data.draw(states)}
        for letter in dict.fromkeys(raw)
        if raw.count(letter) == 1
    ]


def before(piece):
    return piece if isinstance(piece, str) else piece[0]


def after(piece):
    return piece if isinstance(piece, str) else piece[-2]
