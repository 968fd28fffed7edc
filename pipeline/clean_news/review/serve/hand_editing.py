"""Turns words that somebody selects in an article and writes otherwise into a decision of the rule ``HAND``."""

from typing import NamedTuple

from clean_news import edits as splicing
from clean_news.decisions import Decision, Scope
from clean_news.hand_edits import STAGE, decision_at, text_before, whole_words
from clean_news.review.traced_articles import TracedArticle


class ChangedMeanwhileError(ValueError):
    """The words do not stand where the page says; it must load the article again."""


class Selection(NamedTuple):
    """Words in the text that the edits by hand of an article are made in.

    Attributes:
        text: the text before the edits by hand.
        start: offset of the words in it.
        end: exclusive end offset.
        left: text that an earlier edit by hand wrote on the left of what was selected, and that is to stay.
        right: such text on the right.
    """

    text: str
    start: int
    end: int
    left: str = ""
    right: str = ""

    @property
    def words(self) -> str:
        """The words."""
        return self.text[self.start : self.end]

    @property
    def is_whole(self) -> bool:
        """Whether these are whole words, which can be changed wherever they stand."""
        return not (self.left or self.right) and self.start in whole_words(self.text, self.words)


def selection(article: TracedArticle, start: int, end: int, words: str | None = None) -> Selection:
    """Find what was selected in the clean text of an article in the text before its edits by hand.

    If the selection touches words that were written by hand, all of these are taken, so that the new edit stands for
    the earlier one.

    Args:
        article: the article.
        start: offset of the first code point in the clean text.
        end: exclusive end offset.
        words: the words that are expected there; None for any.

    Raises:
        ChangedMeanwhileError: if other words stand there, or the text is shorter.
    """
    clean, stages = article.article.text, article.log.stages
    if not start <= end <= len(clean) or (words is not None and clean[start:end] != words):
        raise ChangedMeanwhileError("the article has changed; look at it again")
    by_hand = stages[-1].edits if stages and stages[-1].name == STAGE else ()
    written = splicing.spans_after(by_hand)
    touched = [(left, right) for left, right in written if max(start, left) < min(end, right) or start < left < end]
    touched += [(left, right) for left, right in written if left < start == end < right]
    first = min((left for left, _ in touched), default=start)
    last = max((right for _, right in touched), default=end)
    first, last = min(first, start), max(last, end)
    received_first, received_last = first, last
    for edit, (left, right) in zip(splicing.applied_in_order(by_hand), written, strict=True):
        longer = len(edit.before) - len(edit.after)
        received_first += longer if right <= first else 0
        # What was deleted where the selection ends is not part of it.
        received_last += longer if right <= last and not left == right == last else 0
    received = text_before(clean, stages)
    return Selection(received, received_first, max(received_first, received_last), clean[first:start], clean[end:last])


def decision_of(article: TracedArticle, found: Selection, after: str, scope: Scope, note: str) -> Decision:
    """Return the decision that writes other words in place of the selected ones.

    Args:
        article: the article.
        found: what was selected.
        after: what is to stand there.
        scope: where.
        note: reason, for people.

    Raises:
        ValueError: if nothing would change, or the scope needs whole words and these are none.
    """
    if scope != "once" and not found.is_whole:
        raise ValueError("these are not whole words: they can be changed once only")
    whole = f"{found.left}{after}{found.right}"
    if whole == found.words:
        raise ValueError("nothing would change")
    return decision_at(found.text, found.start, found.end, whole, article.log.id, note=note, scope=scope)
