"""What shows the changes of an article takes linear time in the number of its edits, also if all are in one line."""

import gc
import os
import time
from pathlib import Path

import pytest
from coming_back import cleaner
from growing_texts import HOSTILE, hostile

from clean_news.batch.clean_articles import CleanArticle
from clean_news.change_log import revert
from clean_news.change_log.edit_places import trace_edits
from clean_news.review.diff import json_lines, patch, sarif, text
from clean_news.review.edit_filter import EditFilter
from clean_news.review.report.article_body import body_of, placed_pieces
from clean_news.settings import Settings

FULL = bool(os.environ.get("CLEAN_NEWS_FULL"))
KINDS = HOSTILE if FULL else ("soft hyphens between letters",)
SIZES = (24_000, 96_000) if FULL else (6_000, 24_000)
BOLD = Settings(document="spun", level="bold", min_words=0)
ALL, LAST_STAGES = EditFilter(), EditFilter(stages=("ocr", "spin"))
MOST_GROWTH = 5.0  # for four times the length
TOO_SHORT_TO_TELL = 0.1
TRIES = 3

VIEWS = {
    "trace": lambda article, _: trace_edits(article.text, article.log),
    "text": lambda article, trace: list(text.article_lines(article, trace, ALL, 1, text.plain)),
    "text of some stages": lambda article, trace: list(text.article_lines(article, trace, LAST_STAGES, 1, text.plain)),
    "patch": lambda article, trace: patch.patch(article, trace, ALL),
    "JSON": lambda article, trace: json_lines.json_line(article, trace, ALL),
    "SARIF": lambda article, trace: list(sarif.results(article, trace, ALL)),
    "report": lambda article, trace: body_of(placed_pieces(trace), article.log),
    "revert": lambda article, _: revert(article.text, article.log),
}


@pytest.fixture(autouse=True)
def without_garbage_collection():
    """Keeps the garbage collector from running during measurements: it goes from no full collection to several."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("name", KINDS)
def test_the_time_of_a_view_grows_with_the_number_of_edits(name):
    short, long = (article_of(hostile(name, "spun", size)) for size in SIZES)
    took = {}
    for view, show in VIEWS.items():
        before = least_seconds(show, short, 0)
        most = max(MOST_GROWTH * before, TOO_SHORT_TO_TELL)
        after = least_seconds(show, long, most)
        if after >= most:
            took[view] = (before, after)
    assert not took


def article_of(raw):
    """The article that a raw text becomes, with its trace."""
    cleaned = cleaner(BOLD).clean(raw, "a/b.txt", "raw/a/b.txt")
    return CleanArticle(Path("clean", "a", "b.txt"), cleaned.text, cleaned.log), trace_edits(cleaned.text, cleaned.log)


def least_seconds(show, article, enough):
    """The CPU time of a view, the least of several tries, or the first that is less than ``enough``."""
    found = []
    while len(found) < TRIES:
        began = time.process_time()
        show(*article)
        found.append(time.process_time() - began)
        if found[-1] < enough:
            break
    return min(found)
