"""The articles of a folder of clean files, with all their changes."""

from collections.abc import Callable, Iterator
from pathlib import Path

from clean_news.batch.clean_articles import clean_articles
from clean_news.change_log import ChangeLog, LogError
from clean_news.failures import Failure
from clean_news.review.edit_places import Traced, traced
from clean_news.visible import printable


def gathered(clean: Path, failed: Callable[[Failure], None]) -> Iterator[tuple[Traced, ChangeLog]]:
    """Each article with its log, one by one.

    Args:
        clean: a folder of clean files, or one.
        failed: called for each article that is left out.

    Raises:
        InputError: if there is no clean file.
    """
    for article in clean_articles(clean, (), failed):
        try:
            trace = traced(article.text, article.log)
        except LogError as error:
            failed(Failure(printable(article.path.parent), str(error)))
        else:
            yield trace, article.log
