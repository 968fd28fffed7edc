"""Words that are selected in the clean text are found in the text before the edits by hand."""

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean_news import hand_edits
from clean_news.change_log import ChangeLog, StageLog
from clean_news.decisions import Decision, Decisions
from clean_news.edits import Edit, apply
from clean_news.review.serve.hand_editing import ChangedMeanwhileError, decision_of, selection


class OneArticle(NamedTuple):
    text: str


class Opened(NamedTuple):
    """As much of a TracedArticle as is needed."""

    article: OneArticle
    log: ChangeLog


def article_of(received, by_hand, log_of):
    clean = apply(received, by_hand)
    stages = (StageLog(hand_edits.STAGE, tuple(by_hand)),) if by_hand else ()
    return Opened(OneArticle(clean), log_of(received, clean, stages))


@pytest.fixture(scope="session")
def log_of():
    from log_making import log_of

    return log_of


@st.composite
def edited(draw):
    """A text, edits by hand that do not touch, and a selection in the text that they make."""
    received = draw(st.text("ab c\n", min_size=1, max_size=30))
    cuts = sorted(draw(st.lists(st.integers(0, len(received)), unique=True, max_size=8)))
    by_hand = [
        Edit(
            hand_edits.STAGE.upper(), (start, end), received[start:end], draw(st.text("xyz", max_size=3)), id=str(start)
        )
        for start, end in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    clean = apply(received, by_hand)
    start, end = sorted((draw(st.integers(0, len(clean))), draw(st.integers(0, len(clean)))))
    return received, by_hand, start, end


@given(edited(), st.text("NEW", max_size=4))
def test_the_new_words_stand_where_the_selected_ones_stood(log_of, made, after):
    """The edit of the selection, with the earlier edits that it does not touch, makes the text that is wanted."""
    received, by_hand, start, end = made
    article = article_of(received, by_hand, log_of)
    clean = article.article.text
    found = selection(article, start, end)
    assert found.text == received
    assert 0 <= found.start <= found.end <= len(received)
    others = [edit for edit in by_hand if edit.end <= found.start or edit.start >= found.end]
    new = Edit("HAND", (found.start, found.end), found.words, f"{found.left}{after}{found.right}", id="new")
    inserts_at_edge = found.start == found.end and any(found.start in edit.span for edit in by_hand)
    if not inserts_at_edge:  # two edits at one place: which comes first is open
        assert (
            apply(received, sorted([*others, new], key=lambda edit: edit.span)) == clean[:start] + after + clean[end:]
        )


def test_the_decision_makes_the_text_and_stands_for_the_earlier_one(log_of):
    received = "The mayor left at noon. The council stayed.\n"
    first = hand_edits.decision_at(received, 4, 9, "major", "one.txt", at="2026-01-01T00:00:00+00:00")
    log = hand_edits.edits_by_hand(received, "one.txt", Decisions([first]))
    article = article_of(received, list(log.edits), log_of)
    assert article.article.text.startswith("The major left")
    made = decision_of(article, selection(article, 4, 9, "major"), "Mayor", "once", "a title")
    later = Decision(**{**{name: getattr(made, name) for name in made.__struct_fields__}, "at": "2026-01-02"})
    assert (later.id, later.note) == (first.id, "a title")
    both = hand_edits.edits_by_hand(received, "one.txt", Decisions([first, later]))
    assert apply(received, both.edits).startswith("The Mayor left")


@pytest.mark.parametrize(("start", "end", "words"), [(0, 3, "the"), (5, 4, None), (0, 99, None)])
def test_other_words_are_refused(log_of, start, end, words):
    with pytest.raises(ChangedMeanwhileError):
        selection(article_of("The mayor.\n", [], log_of), start, end, words)


def test_half_words_and_no_change_are_refused(log_of):
    article = article_of("The mayor said so.\n", [], log_of)
    found = selection(article, 4, 7)
    assert not found.is_whole
    with pytest.raises(ValueError, match="once only"):
        decision_of(article, found, "x", "everywhere", "")
    with pytest.raises(ValueError, match="nothing would change"):
        decision_of(article, found, "may", "once", "")
    assert selection(article, 4, 9).is_whole
