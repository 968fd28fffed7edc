"""Groups the articles by where they come from: what people who run scrapers look at every morning."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Literal

from clean_news.batch.summary import STATES
from clean_news.batch.tally import MIN_JUDGED_PROBABILITY
from clean_news.review.report.columns import SCALE
from clean_news.review.serve.article_index import ArticleIndex, Row

Grouping = Literal["host", "folder"]
MONTH_CHARS = 7  # of an ISO date
JUDGED = round(MIN_JUDGED_PROBABILITY * SCALE)


def sources(index: ArticleIndex, by: Grouping) -> dict[str, Any]:
    """Return the groups as ``GET /api/sources`` answers, the largest first.

    Args:
        index: the articles.
        by: ``host`` of the article's address, or its folder if it has none; or always ``folder``.
    """
    names = index.shared("source")
    groups: dict[str, list[Row]] = {}
    for _, row in index.articles:
        name = names[row.facts["source"]] if by == "host" else folder_of(row.name)
        groups.setdefault(name, []).append(row)
    listed = [{"name": name, **_facts_of(rows, index)} for name, rows in sorted(groups.items())]
    return {"by": by, "groups": sorted(listed, key=lambda group: -group["articles"])}


def folder_of(name: str) -> str:
    """Return the folder of an article, or for one of many in a file that file.

    >>> folder_of("echo/2024/a.txt"), folder_of("a.txt"), folder_of("echo/crawl.warc#https://echo.example/a/b")
    ('echo/2024', '.', 'echo/crawl.warc')
    """
    file, among_many, _ = name.partition("#")
    return file if among_many else file.rpartition("/")[0] or "."


def _facts_of(rows: list[Row], index: ArticleIndex) -> dict[str, Any]:
    """Return what the articles of a group have in common."""
    families, charsets, decodings = (index.shared(name) for name in ("family", "charset", "decoded"))
    states: Counter[str] = Counter()
    months: dict[str, list[Row]] = {}
    for row in rows:
        states.update(STATES[state] for state in row.edits.get("state", ()))
        if row.facts["date"]:
            months.setdefault(row.facts["date"][:MONTH_CHARS], []).append(row)
    return {
        **_shares(rows),
        "families": _counted(families[row.facts["family"]] for row in rows if _is(row, "spun")),
        "charsets": _counted(charsets[row.facts["charset"]] for row in rows),
        "decoded": sum(1 for row in rows if decodings[row.facts["decoded"]]),
        "edits": {state: states[state] for state in STATES},
        "months": [{"month": month, **_shares(some)} for month, some in sorted(months.items())],
    }


def _shares(rows: list[Row]) -> dict[str, Any]:
    """Return the counts of some articles, and the share of their text that boilerplate was."""
    removed = sum(row.facts["removed"] for row in rows)
    there = sum(row.facts["chars"] for row in rows) + removed
    return {
        "articles": len(rows),
        "judged": sum(1 for row in rows if row.facts["spun"] >= 0),
        "spun": sum(1 for row in rows if _is(row, "spun")),
        "scanned": sum(1 for row in rows if _is(row, "scanned")),
        "boilerplate": round(removed / there, 4) if there else 0.0,
    }


def _is(row: Row, kind: str) -> bool:
    """Whether an article counts as spun or scanned."""
    probability: int = row.facts[kind]
    return probability >= JUDGED


def _counted(values: Iterable[str]) -> dict[str, int]:
    """Return how often each value occurs, the most frequent first."""
    return dict(sorted(Counter(values).items(), key=lambda item: (-item[1], item[0])))
