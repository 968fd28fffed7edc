"""The articles under review, and their edits."""

from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from clean_news import change_log
from clean_news.batch.clean_articles import clean_articles
from clean_news.change_log import ChangeLog, LogError
from clean_news.edits import Edit
from clean_news.failures import Failure
from clean_news.review.edit_places import Traced, traced
from clean_news.visible import printable

Place = tuple[int, int]  # number of an article, number of an edit in its log


class Entry(NamedTuple):
    """An edit under review.

    Attributes:
        place: where it is kept.
        edit: as it stands in the log.
        stage: name of the stage that proposed it.
    """

    place: Place
    edit: Edit
    stage: str


class Reviewed:
    """An article under review.

    Attributes:
        text: its clean text.
        log: its log.
        entries: its edits, in the log's order.
    """

    def __init__(self, number: int, text: str, log: ChangeLog) -> None:
        """Number the edits of an article; ``text`` must be the one that the log was written for."""
        self.text, self.log = text, log
        logged = ((edit, stage.name) for stage in log.stages for edit in stage.edits)
        self.entries = tuple(Entry((number, at), edit, stage) for at, (edit, stage) in enumerate(logged))

    @cached_property
    def traced(self) -> Traced:
        """The article with the places of its edits; found when it is first looked at, which is the slow part."""
        return traced(self.text, self.log)

    @cached_property
    def received(self) -> dict[str, str]:
        """The text that each stage received, by the stage's name."""
        texts = change_log.texts(self.text, self.log)
        return {stage.name: text for stage, text in zip(self.log.stages, texts[:-1], strict=True)}


def opened(clean: Path, failed: Callable[[Failure], None]) -> list[Reviewed]:
    """The articles of a folder of clean files, or of one clean file.

    Args:
        clean: the folder or file.
        failed: called for each that is left out because its log does not lead back.

    Raises:
        InputError: if there is no clean file.
    """
    articles: list[Reviewed] = []
    for path, text, log in clean_articles(clean, (), failed):
        try:
            change_log.verify(text, log, printable(path))
            change_log.texts(text, log, printable(path))
        except LogError as error:
            failed(Failure("", str(error)))
        else:
            articles.append(Reviewed(len(articles), text, log))
    return articles


def raw_of(articles: Iterable[Reviewed]) -> str | None:
    """The RAW that the articles were cleaned from, as their logs name it; None if they do not agree."""
    roots = {_root_of(article.log) for article in articles}
    return roots.pop() if len(roots) == 1 else None


def _root_of(log: ChangeLog) -> str | None:
    """What stands before the article's id in its source."""
    if log.source.endswith(f"/{log.id}"):
        return log.source[: -len(log.id) - 1] or "/"
    return None
