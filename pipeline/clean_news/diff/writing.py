"""Writing the diff of CLEAN, article by article, so that a large folder needs no more memory than a small one."""

from collections.abc import Sequence
from pathlib import Path

from clean_news.batch.clean_articles import clean_articles
from clean_news.batch.discovery import InputError
from clean_news.batch.failures import Failure
from clean_news.change_log import LogError
from clean_news.diff.paging import Write
from clean_news.diff.rendering import Rendering, Told
from clean_news.tracing import traced


def write_all(clean: Path, wanted: Sequence[str], form: Rendering, write: Write, told: Told) -> None:
    """Write the diff of the articles.

    Args:
        clean: a folder of clean files, or one.
        wanted: which articles; see :func:`clean_news.batch.clean_articles.clean_articles`.
        form: how it is written.
        write: takes it.
        told: gets what could not be written.
    """
    seen = shown = 0
    write(form.opening)
    try:
        for article in clean_articles(clean, wanted, told.failures.append):
            try:
                parts = list(form.article(article, traced(article.text, article.log)))
            except LogError as error:
                told.failures.append(Failure("", str(error)))
                continue
            write(b"".join(parts))
            seen, shown = seen + 1, shown + bool(parts)
    except InputError as error:
        told.failures.append(Failure("clean-news", str(error)))
    write(form.closing)
    if seen and not shown and not told.failures:
        told.notes.append(Failure("", "nothing to show: the logs have no such edit"))
