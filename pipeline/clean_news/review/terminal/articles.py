"""The articles under review and their edits."""

from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from clean_news import change_log
from clean_news.change_log import ChangeLog
from clean_news.change_log.edit_places import Trace
from clean_news.edits import Edit
from clean_news.failures import Failure
from clean_news.review.beside_source import BesideSource, beside_source
from clean_news.review.traced_articles import TracedArticle, traced_articles

EditKey = tuple[int, int]  # index of an article, index of an edit in its log


class ReviewedEdit(NamedTuple):
    """An edit under review.

    Attributes:
        key: index of its article, and its index in that article's log.
        edit: the edit as logged.
        stage: name of the stage that proposed it.
    """

    key: EditKey
    edit: Edit
    stage: str


class ReviewedArticle:
    """An article under review.

    Attributes:
        edits: its edits, in log order.
    """

    def __init__(self, number: int, article: TracedArticle) -> None:
        """Index the edits of an article.

        Args:
            number: index of the article.
            article: the article.
        """
        self._article = article
        logged = ((edit, stage.name) for stage in article.log.stages for edit in stage.edits)
        self.edits = tuple(ReviewedEdit((number, at), edit, stage) for at, (edit, stage) in enumerate(logged))

    @property
    def log(self) -> ChangeLog:
        """The change log."""
        return self._article.log

    @property
    def text(self) -> str:
        """The clean text."""
        return self._article.article.text

    @property
    def trace(self) -> Trace:
        """The article with the spans of its edits."""
        return self._article.trace

    @cached_property
    def received(self) -> dict[str, str]:
        """The input text of each stage, by the stage's name."""
        texts = change_log.stage_texts(self._article.article.text, self.log)
        return {stage.name: text for stage, text in zip(self.log.stages, texts[:-1], strict=True)}

    @cached_property
    def beside_source(self) -> dict[str, BesideSource]:
        """The article beside its source, by the ids of the edits of the stage ``source``."""
        return beside_source(self._article.article.text, self.log)


def open_articles(clean: Path, failed: Callable[[Failure], None]) -> list[ReviewedArticle]:
    """Read the articles of a folder of clean files, or of one clean file.

    Args:
        clean: the folder or file.
        failed: called for each article that is left out.

    Raises:
        InputError: if there is no clean file.
    """
    return [ReviewedArticle(number, article) for number, article in enumerate(traced_articles(clean, (), failed))]


def common_raw_root(articles: Iterable[ReviewedArticle]) -> str | None:
    """Return the RAW folder named by the logs of all articles; None if they differ."""
    roots = {_raw_root(article.log) for article in articles}
    return roots.pop() if len(roots) == 1 else None


def _raw_root(log: ChangeLog) -> str | None:
    """Return the part of the log's source before the article's id."""
    if log.source.endswith(f"/{log.id}"):
        return log.source[: -len(log.id) - 1] or "/"
    return None
