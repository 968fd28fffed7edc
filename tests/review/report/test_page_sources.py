"""The page of sources: what the articles of a host or folder have in common."""

import pytest

from clean_news.change_log import Publication
from clean_news.charsets.decoding import Decoding

SPUN = {"spun": 0.99, "family": {"a": 0.9, "g": 0.1}}


@pytest.fixture
def page(article, opened):
    """A host with spun articles of two months, a folder with scans in an old charset, and one without a folder."""
    footer = [("boilerplate", [{"before": " Subscribe now", "after": "", "rule": "BOIL005"}])]
    changes = [("spin", [{"before": "yr", "after": "year"}])]

    def published(day):
        return {"source": f"https://harbour.example/{day}", "publication": Publication(published=f"{day}T10:00:00")}

    return opened(
        [
            article("A yr ago.", changes, "crawl/1", SPUN, **published("2026-09-03")),
            article("Another yr.", changes, "crawl/2", {**SPUN, "family": {"g": 1.0}}, **published("2026-10-04")),
            article("Nothing new.", name="crawl/3", document={"spun": 0.01}, **published("2026-10-05")),
            article("Old print. Subscribe now", footer, "old/4.txt", {"scanned": 0.9}, decoding=Decoding("cp1252")),
            article("Plain.", name="5.txt"),
        ],
        place="#/sources",
    )


def row(page, source):
    cells = f"[...document.querySelectorAll('tr[data-source=\"{source}\"] :is(th, td)')]"
    return page.run(f"return {cells}.map((each) => each.textContent.trim())")


def test_each_source_is_a_row(page):
    assert row(page, "harbour.example")[:-1] == [
        "harbour.example",
        "3",
        "2",
        "67 % (2); spinner a 1, g 1",
        "–",
        "utf-8 3",
        "–",
    ]
    assert row(page, "old")[1:] == ["1", "1", "not judged", "100 % (1)", "windows-1252 1", "58 %", "no dates"]
    assert row(page, ".")[:3] == ["(no folder)", "1", "0"]


def test_the_months_are_drawn_and_said(page):
    said = page.one(".months-chart").get_attribute("aria-label")
    assert said == "2026-09: 1 articles, 1 spun, 0 scanned; 2026-10: 2 articles, 1 spun, 0 scanned"


def test_the_table_is_sorted_by_each_column(page):
    names = "#sources tbody th"
    assert page.texts(names)[0] == "harbour.example"  # the most articles
    for column, first in (
        ("source", "(no folder)"),
        ("scanned", "old"),
        ("boilerplate", "old"),
        ("spun", "harbour.example"),
    ):
        heads = "[...document.querySelectorAll('#sources thead button')]"
        page.run(f"{heads}.find((each) => each.textContent === arguments[0]).click()", column)
        assert page.texts(names)[0] == first
    assert page.run("return document.activeElement.textContent") == "spun"


def test_a_source_leads_to_its_articles(page):
    page.click('tr[data-source="harbour.example"] a')
    page.wait("document.body.dataset.view === 'articles'")
    assert page.texts("#list .name") == ["crawl/1", "crawl/2", "crawl/3"]
    assert page.text("#only-source") == "Only harbour.example ✕"
    page.click("#only-source")
    assert len(page.texts("#list .name")) == 5
    page.browser.back()
    page.browser.back()
    page.wait("document.body.dataset.view === 'sources'")
