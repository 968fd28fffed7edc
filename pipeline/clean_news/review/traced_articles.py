"""Read the articles of CLEAN with their logs, for ``diff``, ``report`` and the terminal review."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

from clean_news import change_log
from clean_news.batch import hand_changed
from clean_news.batch.clean_articles import CleanArticle, clean_articles
from clean_news.batch.hand_changed import RawRows
from clean_news.change_log import ChangeLog, LogError, TextChangedError
from clean_news.change_log.edit_places import Trace, trace_edits
from clean_news.failures import Failure


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


def traced_articles(
    clean: Path,
    wanted: Sequence[str],
    failed: Callable[[Failure], None],
    noted: Callable[[Failure], None] | None = None,
) -> Iterator[TracedArticle]:
    """Yield the articles of CLEAN one by one.

    Args:
        clean: a folder of clean files, or one clean file.
        wanted: which articles; all if empty. See :func:`clean_news.batch.clean_articles.clean_articles`.
        failed: called for each file or article that is left out; the others are still read.
        noted: called for each article that was changed by hand, if it is known where: its log then has the changes, as
            if they had been adopted. If None, these articles are left out.

    Raises:
        InputError: if there is no clean file, or no article matches an item of ``wanted``.
    """
    rows: RawRows | None = None
    for article in clean_articles(clean, wanted, failed):
        try:
            traced = TracedArticle(article)
        except TextChangedError:
            rows = rows if rows and rows.clean == article.path else RawRows(article.path)
            changed = _with_changes(article, rows, failed, noted)
            if changed is not None:
                yield changed
        except LogError as error:
            failed(Failure("", str(error)))
        else:
            yield traced


def _with_changes(
    article: CleanArticle, rows: RawRows, failed: Callable[[Failure], None], noted: Callable[[Failure], None] | None
) -> TracedArticle | None:
    """Return an article that was changed by hand, with the changes in its log; None if it is left out."""
    if noted is None:
        failed(Failure("", str(rows.described(article.text, article.log, article.place))))
        return None
    try:
        changed = rows.hand_changed(article.text, article.log, article.place)
        traced = TracedArticle(article._replace(log=changed.as_logged()))
    except LogError as error:
        failed(Failure("", str(error)))
        return None
    noted(Failure("", hand_changed.noted(changed.places, article.place)))
    return traced
