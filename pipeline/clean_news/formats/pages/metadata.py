"""Reads what a page says about its article: in JSON-LD (schema.org), in ``meta``, or as trafilatura finds it."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from clean_news.formats import load_library
from clean_news.formats.pages.measure import Element

OF_TRAFILATURA = ("title", "author", "date", "url", "language", "sitename")
ARTICLE_TYPES = frozenset(
    """AdvertiserContentArticle AnalysisNewsArticle Article AskPublicNewsArticle BackgroundNewsArticle BlogPosting
    LiveBlogPosting NewsArticle OpinionNewsArticle ReportageNewsArticle Report ReviewNewsArticle""".split()  # noqa: SIM905 - it reads best so
)
MAX_JSON_CHARS = 4_000_000  # of one script; more is not the description of an article
MAX_OBJECTS = 10_000  # of one page's JSON-LD
PUBLISHED = (
    "article:published_time",
    "datePublished",
    "pubdate",
    "dc.date.issued",
    "parsely-pub-date",
    "sailthru.date",
)
UPDATED = ("article:modified_time", "og:updated_time", "dateModified", "lastmod", "dc.date.modified")
AUTHORS = ("author", "article:author", "parsely-author", "dc.creator", "sailthru.author")
# A date, with or without a time: ISO 8601, with the liberties that sites take.
DATE_TIME = re.compile(
    r"(\d{4})[-/](\d{2})[-/](\d{2})(?:[T ]+(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,]\d{1,9})?)?\s*(Z|[+-]\d{2}:?\d{2})?)?"
)
MAX_AUTHORS = 20
MAX_NAME_CHARS = 80
TAG = re.compile(r"<[^<>]*>")


def metadata_of(tree: Element, url: str) -> dict[str, Any]:
    """Return what a page says about its article, as far as it is known.

    Args:
        tree: the page as it was parsed; it is not changed.
        url: the page's address; empty if unknown.

    Returns:
        ``title``, ``author``, ``date``, ``url``, ``language`` and ``sitename`` as trafilatura finds them; ``authors``,
        a list of names; ``published`` and ``updated``, in ISO 8601.
    """
    found = load_library("trafilatura", "html").extract_metadata(tree, default_url=url or None)
    said = {name: getattr(found, name, None) for name in OF_TRAFILATURA}
    known: dict[str, Any] = {name: well_formed(str(value)) for name, value in said.items() if value}
    articles = list(_articles(tree))
    metas = _meta_values(tree)
    authors = _authors(articles) or _names(metas.get(name, "") for name in AUTHORS) or _names([known.get("author", "")])
    if authors:
        known["authors"] = authors
    for name, key, names in (("published", "datePublished", PUBLISHED), ("updated", "dateModified", UPDATED)):
        values = [*(article.get(key) for article in articles), *(metas.get(each) for each in names)]
        date = next(filter(None, map(iso_date, values)), "")
        if date:
            known[name] = date
    if "published" not in known and (date := iso_date(known.get("date"))):
        known["published"] = date
    return known


def article_body(tree: Element) -> str:
    """Return the text of the article in the page's JSON-LD, one paragraph a line; empty if there is none."""
    bodies = (article.get("articleBody") for article in _articles(tree))
    body = max((body for body in bodies if isinstance(body, str)), key=len, default="")
    lines = (" ".join(line.split()) for line in TAG.sub("\n", body).splitlines())
    return well_formed("\n".join(filter(None, lines)))


def _articles(tree: Element) -> Iterator[dict[str, Any]]:
    """Yield the objects in the page's JSON-LD that describe an article."""
    pending: list[Any] = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text and len(script.text) <= MAX_JSON_CHARS:
            try:
                pending.append(json.loads(script.text, strict=False))
            except (ValueError, RecursionError):
                continue
    seen = 0
    while pending and seen < MAX_OBJECTS:
        value = pending.pop(0)
        seen += 1
        if isinstance(value, list):
            pending += value
        elif isinstance(value, dict):
            kinds = value.get("@type")
            if ARTICLE_TYPES.intersection(each for each in _listed(kinds) if isinstance(each, str)):
                yield value
            pending += [value[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in value]


def _listed(value: Any) -> list[Any]:  # noqa: ANN401  # any JSON
    """Return a value as a list."""
    return value if isinstance(value, list) else [value]


def _authors(articles: Iterable[dict[str, Any]]) -> list[str]:
    """Return the names of the first article that has authors."""
    for article in articles:
        people = _listed(article.get("author"))
        if names := _names(person.get("name") if isinstance(person, dict) else person for person in people):
            return names
    return []


def _names(values: Iterable[Any]) -> list[str]:
    """Return the different names among values, without addresses and "By"; "A and B" and "A; B" are two names."""
    found: dict[str, None] = {}
    for value in values:
        for part in re.split(r"\s+and\s+|[;|]", value) if isinstance(value, str) else ():
            name = " ".join(well_formed(part).split())
            name = name[3:] if name[:3].lower() == "by " else name
            if name and "://" not in name and "@" not in name and len(name) <= MAX_NAME_CHARS:
                found[name] = None
    return list(found)[:MAX_AUTHORS]


def _meta_values(tree: Element) -> dict[str, str]:
    """Return the content of the page's ``meta`` elements by name; of several with one name, the first."""
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        if name and meta.get("content"):
            found.setdefault(name if name in PUBLISHED + UPDATED else name.lower(), meta.get("content"))
    return found


def iso_date(value: Any) -> str:  # noqa: ANN401  # any JSON
    """Return a date, with its time if it has one, in ISO 8601; empty if there is none.

    >>> iso_date("2025/03/03 09:14:22 +0100"), iso_date("2025-03-03"), iso_date("yesterday")
    ('2025-03-03T09:14:22+01:00', '2025-03-03', '')
    """
    found = DATE_TIME.match(value.strip()) if isinstance(value, str) else None
    if not found:
        return ""
    year, month, day, hour, minute, second, zone = found.groups()
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31) or (hour and (int(hour) > 23 or int(minute) > 59)):
        return ""
    time = f"T{hour}:{minute}:{second or '00'}" if hour else ""
    if zone and zone != "Z":
        zone = f"{zone[:3]}:{zone[-2:]}"
    return f"{year}-{month}-{day}{time}{zone or ''}"


def well_formed(text: str) -> str:
    """Replace lone surrogates in a text."""
    # lxml returns them for references such as &#xD800;, and UTF-8 cannot encode them.
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
