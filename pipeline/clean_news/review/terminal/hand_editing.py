"""Write other words in place of any words of the articles under review: decisions of the rule ``HAND``."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.text import Text

from clean_news.change_log import StageLog
from clean_news.decisions import Decision, Scope
from clean_news.edits import spans_after
from clean_news.hand_edits import STAGE, decision_at, text_before, whole_words
from clean_news.printable_text import visible
from clean_news.review.terminal.articles import ReviewedArticle, ReviewedEdit
from clean_news.review.terminal.context import visible_change

SIDE_CHARS = 40  # code points shown on either side of a place


class HandPlace(NamedTuple):
    """Where some words stand.

    Attributes:
        article: id of the article.
        text: its text before the edits by hand.
        start: offset of the words in it.
    """

    article: str
    text: str
    start: int


class HandEdit(NamedTuple):
    """Words that somebody wants to change.

    Attributes:
        words: the words.
        once: the place next to the current edit.
        here: all places in its article where they stand as whole words.
        everywhere: all such places in all articles.
    """

    words: str
    once: HandPlace
    here: tuple[HandPlace, ...]
    everywhere: tuple[HandPlace, ...]

    def lines(self, after: str) -> Iterator[Text]:
        """Yield a line for each place in all articles, with the change marked."""
        for place in self.everywhere:
            yield shown(place, self.words, after)


def shown(place: HandPlace, words: str, after: str) -> Text:
    """Return a place with the words around it and the change marked."""
    end = place.start + len(words)
    left = place.text[max(0, place.start - SIDE_CHARS) : place.start]
    line = Text(f"{visible(place.article)}: {visible_change(left)}")
    line.append(f"[-{visible_change(words)}-]", "red strike")
    line.append(f"{{+{visible_change(after)}+}}", "green underline")
    line.append(visible_change(place.text[end : end + SIDE_CHARS]))
    return line


def find_words(articles: Sequence[ReviewedArticle], current: ReviewedEdit, words: str) -> HandEdit | None:
    """Find words in the articles; None if they do not stand in that of the current edit.

    Args:
        articles: the articles under review.
        current: the current edit.
        words: the words as they stand in the clean text.
    """
    number = current.key[0]
    text, near = _received(articles[number]), _offset_of(articles[number], current)
    starts = [at for at in range(len(text)) if text.startswith(words, at)] if words else []
    if not starts:
        return None
    name = articles[number].log.id
    once = HandPlace(name, text, min(starts, key=lambda at: abs(at - near)))
    everywhere = tuple(
        HandPlace(article.log.id, received, start)
        for article in articles
        for received in [_received(article)]
        for start in whole_words(received, words)
    )
    return HandEdit(words, once, tuple(place for place in everywhere if place.article == name), everywhere)


def decision_of(edit: HandEdit, after: str, scope: Scope, by: str, at: str) -> Decision:
    """Return the decision that writes ``after`` in place of the words.

    Args:
        edit: the words and where they stand.
        after: what is to stand there.
        scope: where.
        by: name of the reviewer.
        at: time of the decision.
    """
    place = edit.once
    end = place.start + len(edit.words)
    return decision_at(place.text, place.start, end, after, place.article, by, at, scope=scope)


def _by_hand(article: ReviewedArticle) -> StageLog | None:
    """Return the log of the edits by hand that an article has."""
    return next((stage for stage in article.log.stages if stage.name == STAGE), None)


def _received(article: ReviewedArticle) -> str:
    """Return the text of an article before the edits by hand that it has."""
    return text_before(article.text, article.log.stages)


def _offset_of(article: ReviewedArticle, current: ReviewedEdit) -> int:
    """Return the offset of the current edit in the text before the edits by hand."""
    at = article.trace.edits[current.key[1]].clean_span[0]
    by_hand = _by_hand(article)
    edits = by_hand.edits if by_hand else ()
    applied = sorted((edit for edit in edits if edit.state == "applied"), key=lambda edit: edit.span)
    ends = [end for _, end in spans_after(edits)]
    return at - sum(len(edit.after) - len(edit.before) for edit, end in zip(applied, ends, strict=True) if end <= at)
