"""The page without a mouse and without eyes: axe-core in every view and theme, the keyboard, names and roles."""

from pathlib import Path

import pytest

from clean_news.review.traced_articles import traced_articles

TOP = Path(__file__).parents[3]
OPEN = "article/02-spun-foreign-ministry.txt"
PLACES = ("inbox", "articles", OPEN, f"{OPEN}?as=beside", "changes", "sources", "charts", "found?q=the")


@pytest.fixture(scope="module")
def sample():
    """The sample articles of the repository."""
    return [(each.trace, each.log) for each in traced_articles(TOP / "clean", (), print)]


@pytest.fixture
def page(article, opened):
    """Spun, scanned and plain articles, with decisions of two people."""
    evidence = {"candidates": {"year": 0.9, "years": 0.1}, "context": "A yr ago"}
    changes = [
        {"before": "yr", "after": "year", **evidence},
        {"before": "big", "after": "large", "state": "suggested", "sure": 0.3},
        {"before": "left", "after": "sailed", "state": "rejected"},
    ]
    made = [
        article("A yr ago a big ferry left.", [("ocr", []), ("spin", changes)], "one.txt", {"spun": 0.99}),
        article("Another yr.", [("spin", [{"before": "yr", "after": "year"}])], "two.txt"),
        article("No ferry.", name="three.txt"),
    ]
    return opened(made, {"SPIN001": "a synonym"}, place="")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in(axe, sample, opened, scheme):
    page = opened(sample, place="")
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    page.go(f"#/{OPEN}")
    page.wait("document.getElementById('panel').checkVisibility()")
    page.press("a", "r")
    for place in PLACES:
        page.go(f"#/{place}")
        page.wait("location.hash.startsWith(arguments[0])", f"#/{place.split('?')[0]}")
        if place.startswith("found"):
            page.wait("document.querySelectorAll('.hit').length > 0")
        rules = ("color-contrast",) if scheme == "dark" else ()  # nothing else depends on it
        assert page.faults(axe, *rules) == [], place


def test_axe_finds_nothing_serious_in_dialogs_and_menus(axe, page):
    page.go("#/article/one.txt")
    page.wait("document.getElementById('panel').checkVisibility()")
    for opener in ("#help-open", "#edit", "#hand-open", "#decisions summary", ".article-head summary"):
        page.run("document.querySelector(arguments[0]).click()", opener)
        assert page.faults(axe) == [], opener
        page.run("document.querySelector('dialog[open]')?.close()")


def focused(page):
    return page.run("const on = document.activeElement; return on.id || on.className || on.tagName")


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ("inbox", "inbox-title"),
        ("articles", "list"),
        ("article/two.txt", "change applied current"),
        ("sources", "sources-title"),
    ],
)
def test_the_first_tab_stop_skips_to_the_content(page, place, wanted):
    page.go(f"#/{place}")
    page.wait("location.hash.startsWith(arguments[0])", f"#/{place}")
    page.run("document.activeElement.blur(); getSelection().removeAllRanges()")
    page.run("document.getElementById('skip').focus()")
    assert page.run("return document.querySelector('button, a, input, summary') === document.activeElement")
    assert page.one("#skip").is_displayed()
    page.press("\ue007")
    assert focused(page) == wanted


def test_everything_can_be_reached_and_left_with_tab(page):
    """No keyboard trap: from the first to the last control and round again."""
    page.go("#/article/one.txt")
    page.wait("document.getElementById('panel').checkVisibility()")
    page.run("document.getElementById('skip').focus()")
    seen = []
    for _ in range(120):
        page.press("\ue004")
        now = page.run("return document.activeElement.id || document.activeElement.outerHTML.slice(0, 80)")
        if now in {"skip", ""} or now.startswith("<body"):
            break
        seen.append(now)
    for wanted in ("tab-inbox", "search", "list", "copy", "text", "accept", "note", "next"):
        assert wanted in seen
    assert seen.index("list") < 40  # and two keys with the skip link, see above


def test_a_dialog_returns_the_focus(page):
    page.go("#/article/one.txt")
    page.wait("document.getElementById('panel').checkVisibility()")
    page.run("document.getElementById('help-open').focus()")
    page.press("\ue007")
    page.wait("document.getElementById('help').open")
    page.press("\ue00c")
    page.wait("!document.getElementById('help').open")
    assert focused(page) == "help-open"


def test_changes_have_names_and_roles(page):
    page.go("#/article/one.txt")
    page.wait("document.getElementById('panel').checkVisibility()")
    label = "yr to year, substituted synonym, 90 %, applied"
    assert page.one("#text .change").get_attribute("aria-label") == label
    page.press("n", "as in the style book")
    page.press("\ue007")
    page.run("document.querySelector('#text .change').focus()")
    page.press("a")
    assert "accepted once" in page.one("#text .change").get_attribute("aria-label")
    (decision,) = page.kept()
    assert decision["note"] == "as in the style book"
