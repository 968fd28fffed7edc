"""Read the articles of CLEAN with their logs, for ``diff``, ``report`` and the terminal review."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

from clean_news import change_log
from clean_news.batch.clean_articles import CleanArticle, clean_articles
from clean_news.change_log import ChangeLog, LogError
from clean_news.failures import Failure
from clean_news.review.edit_places import Trace, trace_edits


class TracedArticle:
    """An article whose log was checked against its text.

    Attributes:
        article: the clean file, the clean text and the log.
    """

    def __init__(self, article: CleanArticle) -> None:
        """Check the log.

        Raises:
            LogError: if the text or the log was changed, so that the edits cannot be reverted.
        """
        self.article = article
        change_log.check(article.text, article.log, article.place)

    @property
    def log(self) -> ChangeLog:
        """The change log."""
        return self.article.log

    @cached_property
    def trace(self) -> Trace:
        """Every edit with its raw and clean spans; computed lazily, at 15 times the cost of the check."""
        return trace_edits(self.article.text, self.article.log)


def traced_articles(clean: Path, wanted: Sequence[str], failed: Callable[[Failure], None]) -> Iterator[TracedArticle]:
    """Yield the articles of CLEAN one by one.

    Args:
        clean: a folder of clean files, or one clean file.
        wanted: which articles; all if empty. See :func:`clean_news.batch.clean_articles.clean_articles`.
        failed: called for each file or article that is left out; the others are still read.

    Raises:
        InputError: if there is no clean file, or no article matches an item of ``wanted``.
    """
    for article in clean_articles(clean, wanted, failed):
        try:
            traced = TracedArticle(article)
        except LogError as error:
            failed(Failure("", str(error)))
        else:
            yield traced
