"""The address of the page: it holds what is shown, changes with it, and brings it back."""

from urllib.parse import quote

import pytest

NAME = "a folder/ärger & co?#1.txt"


@pytest.fixture
def page(article, opened):
    """Two articles; one has a difficult name."""
    changes = [
        {"before": "yr", "after": "year"},
        {"before": "big", "after": "large", "state": "suggested", "sure": 0.3},
    ]
    return opened(
        [
            article("A yr ago a big ferry left.", [("spin", changes)], NAME, source="https://harbour.example/1"),
            article("Another yr.", [("spin", [{"before": "yr", "after": "year"}])], "two.txt"),
        ],
        place="",
    )


def place(page):
    return page.run("return location.hash")


def current(page):
    return page.texts("#details .change-line")


def test_the_page_opens_on_the_inbox_and_its_address_says_so(page):
    assert place(page) == "#/inbox"
    assert page.texts("[aria-current=page]") == ["Inbox 3"]


def test_the_address_names_the_article_and_the_edit_and_a_reload_keeps_them(page):
    page.click("#tab-articles")
    page.press("j", "j")
    assert current(page) == ["big → large"]
    before = place(page)
    assert before.startswith(f"#/article/{quote(NAME, safe='')}?edit=")
    page.browser.refresh()
    page.wait("document.body?.dataset.ready === '' && document.getElementById('details').textContent !== ''")
    assert current(page) == ["big → large"]
    assert page.text("#article-title") == NAME
    assert place(page) == before
    assert page.run("return document.title") == f"{NAME} – clean – clean-news report"


def test_back_and_forward_go_through_the_places(page):
    page.click("#tab-articles")
    page.open_article("two.txt")
    page.choose("state", "suggested")
    page.click("#tab-pairs")
    assert place(page) == "#/changes?state=suggested"
    page.browser.back()
    page.wait("document.getElementById('article-title').checkVisibility()")
    assert page.text("#article-title") == "two.txt"
    assert page.one("input[data-value=suggested]").is_selected()
    page.browser.back()
    page.wait("!document.querySelector('input[data-value=suggested]').checked")
    page.browser.back()
    page.wait("!document.getElementById('article').checkVisibility()")
    assert len(page.texts("#list .name")) == 2
    page.browser.forward()
    page.wait("document.getElementById('article').checkVisibility()")
    assert page.text("#article-title") == "two.txt"


def test_going_through_the_changes_of_an_article_is_one_step_back(page):
    page.click("#tab-articles")
    page.open_article(NAME)
    page.press("j")
    assert current(page) == ["big → large"]
    page.browser.back()
    page.wait("!document.getElementById('article').checkVisibility()")
    assert place(page) == "#/articles"


@pytest.mark.parametrize(
    ("filtered", "number"),
    [
        ("state=suggested", 1),
        ("rule=SPIN001&confidence=0.3", 1),
        ("name=two", 1),
        ("q=year", 2),
        ("source=harbour.example", 2),
        ("articles=unchanged", 0),
        ("decision=accept", 0),
        ("pair=" + quote('["SPIN001","yr","year"]'), 2),
    ],
)
def test_a_filter_is_taken_from_the_address(page, filtered, number):
    page.go(f"#/changes?{filtered}")
    page.wait("document.body.dataset.view === 'pairs'")
    assert page.text("#found").endswith(f", {number} change{'s' * (number != 1)}")
    kept = page.run("return [...new URLSearchParams(location.hash.split('?')[1])].map((each) => each[0])")
    assert kept == page.run("return [...new URLSearchParams(arguments[0])].map((each) => each[0])", filtered)
    page.click("#tab-articles")
    assert filtered.split("=")[0] in place(page)


@pytest.mark.parametrize(
    "wrong",
    [
        "#/article/nothing.txt",
        "#/article/%E0%A4%A",
        "#/article/two.txt?edit=none",
        "#/nowhere",
        "#<img src=x>",
        "#/articles?source=none&order=none&pair=[",
        "#/articles?articles=constructor&order=__proto__&rule=toString",
    ],
)
def test_what_the_address_names_and_is_not_there_is_left_out(page, wrong):
    page.load(wrong)
    assert page.run("return document.querySelectorAll('main > section:not([hidden])').length") == 1
    assert page.text("#found") == "2 articles, 3 changes"
    assert [entry for entry in page.browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def test_the_links_of_the_page_lead_to_places_of_the_page_only(page):
    for view in ("inbox", "articles", "sources", "found?q=ferry"):
        page.go(f"#/{view}")
        page.wait("document.body.dataset.view === arguments[0]", view.split("?")[0])
        elsewhere = "[...document.querySelectorAll('[href]')].filter((a) => !a.getAttribute('href').startsWith('#/'))"
        assert page.run(f"return {elsewhere}.length") == 0
