"""Makes the files that can be downloaded from the page."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from clean_news.decisions import write
from clean_news.review.diff.rendering import Rendering, as_csv, as_docx
from clean_news.review.edit_filter import EditFilter
from clean_news.review.serve.review import Review
from clean_news.review.traced_articles import TracedArticle

WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NOT_IN_FILE_NAMES = re.compile(r"[^a-zA-Z0-9_-]+", re.ASCII)
MAX_NAME_CHARS = 60


class Export(NamedTuple):
    """A file to download: its name, its content in parts, and its type."""

    name: str
    content: Iterator[bytes]
    media_type: str


def all_articles(review: Review) -> Iterator[TracedArticle]:
    """Yield all articles, in the order of their files; those that cannot be read are left out."""
    with review.lock:
        files = list(dict.fromkeys(row.file for _, row in review.index.articles))
    for file in files:
        yield from review.files.traced(file)


def changes_csv(articles: Iterable[TracedArticle], review: Review) -> Iterator[bytes]:
    """Yield the changes of articles as CSV."""
    return _rendered(articles, as_csv(EditFilter(), review.source.summaries))


def changes_docx(articles: Iterable[TracedArticle], _: Review) -> Iterator[bytes]:
    """Yield the changes of articles as a Word document."""
    return _rendered(articles, as_docx(EditFilter()))


def decisions_jsonl(_: Iterable[TracedArticle], review: Review) -> Iterator[bytes]:
    """Yield all decisions, whatever articles are wanted."""
    with review.lock:
        return iter([write(review.log.decisions)])


def clean_text(articles: Iterable[TracedArticle], _: Review) -> Iterator[bytes]:
    """Yield the clean texts of articles."""
    return (each.article.text.encode("utf-8", "backslashreplace") for each in articles)


EXPORTS: dict[str, tuple[Callable[[Iterable[TracedArticle], Review], Iterator[bytes]], str]] = {
    "changes.csv": (changes_csv, "text/csv; charset=utf-8"),
    "changes.docx": (changes_docx, WORD_TYPE),
    "decisions.jsonl": (decisions_jsonl, "application/jsonl"),
    "text": (clean_text, "text/plain; charset=utf-8"),
}


def export(kind: str, article: TracedArticle | None, review: Review) -> Export | None:
    """Return a file to download; None if there is no such kind.

    Args:
        kind: a key of :data:`EXPORTS`.
        article: the only article that is wanted; None for all.
        review: the review.
    """
    if kind not in EXPORTS or (kind == "text" and article is None):
        return None
    make, media_type = EXPORTS[kind]
    articles = all_articles(review) if article is None else iter([article])
    about = NOT_IN_FILE_NAMES.sub("-", "" if article is None else article.log.id)[-MAX_NAME_CHARS:].strip("-")
    name = kind if kind != "text" else "clean.txt"
    return Export(f"{about}-{name}" if about else name, make(articles, review), media_type)


def _rendered(articles: Iterable[TracedArticle], rendering: Rendering) -> Iterator[bytes]:
    """Yield the parts of a rendering of articles."""
    yield rendering.opening
    for each in articles:
        yield from rendering.article(each.article, each.trace)
    yield rendering.closing()
