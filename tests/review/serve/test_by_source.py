"""Articles by source, with hosts, families, dates and boilerplate that are known."""

import sys
from pathlib import Path

import pytest

from clean_news.change_log import Publication, StageLog
from clean_news.change_log.edit_places import trace_edits
from clean_news.charsets.decoding import Decoding
from clean_news.edits import apply, identify, replace
from clean_news.review.report.article_body import placed_pieces
from clean_news.review.report.columns import Columns
from clean_news.review.serve.article_files import ReadArticle
from clean_news.review.serve.article_index import ArticleIndex
from clean_news.review.serve.by_source import sources

sys.path.insert(0, str(Path(__file__).parents[1]))
from log_making import log_of

RAW = "Share this page\nThe pier is open."
EXTRA = len("Share this page\n")


def article(name, source, published="", codec="utf-8", **document):
    """An article from whose text boilerplate was removed, as it is listed."""
    edit = identify(RAW, [replace(RAW, 0, EXTRA, "", "BOIL005")])
    clean = apply(RAW, edit)
    log = log_of(
        RAW,
        clean,
        [StageLog("boilerplate", tuple(edit))],
        name,
        Decoding(codec),
        source=source,
        document=document,
        publication=Publication(published=published) if published else None,
    )
    columns = Columns({}, 0.69)
    columns.add(log, [each for piece in placed_pieces(trace_edits(clean, log)) for each in piece.edits], len(clean))
    return ReadArticle(log.id, columns.as_json(), columns.ids, name, has_decisions=False)


@pytest.fixture
def index():
    index = ArticleIndex({}, 0.69, 1)
    spun = {"spun": 0.97, "verdict": "spun", "family": {"a": 0.9, "b": 0.1}}
    articles = {
        "one/a.txt": article("one/a.txt", "https://Echo.example/a", "2026-10-02", **spun),
        "one/b.txt": article("one/b.txt", "https://echo.example/b", "2026-10-30T09:00:00+01:00", "cp1252", spun=0.2),
        "two/c.txt": article("two/c.txt", "https://echo.example/c", "2026-11-01", **spun, scanned=0.8),
        "two/d.txt": article("two/d.txt", "raw/two/d.txt", scanned=0.1),
    }
    index.replace_files({name: [each] for name, each in articles.items()})
    return index


def test_by_host(index):
    echo, other = sources(index, "host")["groups"]
    assert (echo["name"], other["name"]) == ("echo.example", "two")
    assert (echo["articles"], echo["judged"], echo["spun"], echo["scanned"], echo["decoded"]) == (3, 3, 2, 1, 1)
    assert (echo["families"], list(echo["charsets"].values())) == ({"a": 2}, [2, 1])
    assert echo["boilerplate"] == other["boilerplate"] == round(EXTRA / len(RAW), 4)
    assert echo["edits"] == {"applied": 3, "suggested": 0, "rejected": 0}
    assert [(month["month"], month["articles"], month["spun"], month["scanned"]) for month in echo["months"]] == [
        ("2026-10", 2, 1, 0),
        ("2026-11", 1, 1, 1),
    ]
    assert other["months"] == []


def test_by_folder(index):
    groups = sources(index, "folder")["groups"]
    assert [(group["name"], group["articles"], group["spun"]) for group in groups] == [("one", 2, 1), ("two", 2, 1)]


def test_what_is_gone_is_not_counted(index):
    index.replace_files({"two/c.txt": [], "two/d.txt": []})
    assert [group["name"] for group in sources(index, "folder")["groups"]] == ["one"]
