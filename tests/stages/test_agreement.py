import pytest

from clean_news import edits
from clean_news.article import Article, Repair
from clean_news.settings import Settings
from clean_news.stages import agreement


def after_agreement(text: str, repaired: str) -> str:
    """Return the text after the stage, where ``repaired`` is the result of an earlier repair."""
    start = text.index(repaired)
    repair = Repair(start, start + len(repaired), "0123456789ab", "SPIN001")
    proposal = agreement.propose(Article(text, repairs=(repair,)), Settings())
    assert all(edit.depends_on == "0123456789ab" for edit in proposal.edits)
    return edits.apply(text, proposal.edits)


@pytest.mark.parametrize(
    ("text", "repaired", "wanted"),
    [
        ("It was a obvious mistake.", "obvious", "It was an obvious mistake."),
        ("It is an foreign power.", "foreign", "It is a foreign power."),
        ("It was a enormous loss.", "enormous", "It was an enormous loss."),
        ("He got an one-time payment.", "one-time", "He got a one-time payment."),
        ("An university opened.", "university", "A university opened."),
        ("He waited a “honest” hour.", "honest", "He waited an “honest” hour."),
        ("She is a MP.", "MP", "She is an MP."),
        ("It rained. shares fell.", "shares", "It rained. Shares fell."),
        ("It rained.\n\nshares fell.", "shares", "It rained.\n\nShares fell."),
        ("It rained at 3 p.m. on Monday.", "on", "It rained at 3 p.m. on Monday."),
        ("She took an hour.", "hour", "She took an hour."),
        ("Plan A other side.", "other", "Plan A other side."),
    ],
)
def test_agreement_next_to_a_repair(text: str, repaired: str, wanted: str) -> None:
    assert after_agreement(text, repaired) == wanted


def test_a_word_that_two_stages_repaired_is_edited_once() -> None:
    text = "It rained. shares fell in a obvious way."
    repairs = [
        Repair(start, start + length, id_, rule)
        for start, length in ((11, 6), (28, 7))
        for id_, rule in (("0" * 12, "OCR001"), ("1" * 12, "SPIN001"))
    ]
    proposal = agreement.propose(Article(text, repairs=tuple(repairs)), Settings())
    assert edits.apply(text, proposal.edits) == "It rained. Shares fell in an obvious way."
    assert {edit.depends_on for edit in proposal.edits} == {"1" * 12}


def test_nothing_changes_without_a_repair() -> None:
    text = "It was a obvious mistake. shares fell."
    assert agreement.propose(Article(text), Settings()).edits == []
    far = Repair(0, 2, "0123456789ab", "SPIN001")
    assert agreement.propose(Article(text, repairs=(far,)), Settings()).edits == []


@pytest.mark.parametrize(
    ("word", "article"),
    [("hour", "an"), ("house", "a"), ("European", "a"), ("umbrella", "an"), ("unit", "a"), ("unimportant", "an"),
     ("one-off", "a"), ("onerous", "an"), ("NATO", "a"), ("FBI", "an"), ("UN", "a"), ("heir", "an"), ("herb", "an"),
     ("herbalist", "a"), ("Ukrainian", "a"), ("uninformed", "an"), ("uniform", "a"), ("X-ray", "an")],
)  # fmt: skip
def test_indefinite_article(word: str, article: str) -> None:
    assert agreement.indefinite_article(word) == article
