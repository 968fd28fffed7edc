"""The page at every width: nothing is wider than the screen, and no text is cut."""

import pytest

from clean_news.charsets.decoding import Decoding

WIDTHS = (320, 768, 1024, 1440, 2560)
PLACES = (
    "inbox",
    "articles",
    "article/one.txt",
    "article/one.txt?as=beside",
    "changes",
    "sources",
    "charts",
    "found?q=harbour",
)
LONG = "internationalisation-of-the-harbour-authority-and-its-neighbours"

# Elements with text of their own that is cut: it is wider or higher than its box, which hides the rest.
CUT = """
const hides = (style) => [style.overflowX, style.overflowY].some((each) => ['hidden', 'clip'].includes(each));
const says = (each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
const scrolls = (each) => ['auto', 'scroll'].includes(getComputedStyle(each).overflowY);
const isCut = (each) => {
  if (each.closest('.visually-hidden, #skip, #card, option, svg, thead')) return false;
  const style = getComputedStyle(each), box = each.getBoundingClientRect();
  const isLarger = each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1;
  if (hides(style) && isLarger) return true;
  if (style.textOverflow === 'ellipsis') return true;
  for (let up = each.parentElement; up; up = up.parentElement) {
    const outer = up.getBoundingClientRect();
    if (box.left < outer.left - 2 || box.right > outer.right + 2) return true; // sideways, out of any box
    if (scrolls(up)) break;
  }
  return box.right > innerWidth + 1;
};
return [...document.querySelectorAll('body *:not(script, style)')]
  .filter((each) => each.checkVisibility() && says(each) && isCut(each))
  .map((each) => `${each.tagName} ${each.className} ${each.textContent.slice(0, 60)}`);
"""
WIDE = """
return [...document.querySelectorAll('html, body, main, section, .list, .reading-text, #panel, .scroll, dialog[open]')]
  .filter((each) => each.checkVisibility() && each.scrollWidth > each.clientWidth + 1)
  .map((each) => each.id || each.tagName);
"""


@pytest.fixture(scope="module")
def made(article):
    """Articles with long names, words and rules."""
    changes = [
        {"before": LONG, "after": LONG.upper(), "context": LONG * 3},
        {"before": "yr", "after": "year", "sure": 0.41, "state": "suggested", "candidates": {LONG: 0.5, "year": 0.41}},
    ]
    layout = [{"before": "\n", "after": " ", "rule": "LAY003", "sure": 0.5}]
    raw = f"The harbour\nof {LONG} closed a yr ago. " + "It is quiet there now. " * 30
    return [
        article(raw, [("layout", layout), ("spin", changes)], "one.txt", {"spun": 0.99, "scanned": 0.7}),
        article("At the harbour.", name=f"{LONG}/{LONG}.txt", decoding=Decoding("cp1252", line_ends="crlf")),
        article(f"Harbour {LONG}", name="three.txt", source=f"https://{LONG[:60]}.example/"),
    ]


@pytest.mark.parametrize("width", WIDTHS)
def test_no_text_is_cut_at(made, opened, width):
    page = opened(made, {"SPIN001": "a synonym that a spinner substituted"}, place="")
    screen = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600}
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    for place in PLACES:
        page.go(f"#/{place}")
        page.wait("location.hash.startsWith(arguments[0])", f"#/{place.split('?')[0]}")
        if place.startswith("article/"):
            page.wait("document.getElementById('article').checkVisibility()")
        if place.startswith("found"):
            page.wait("document.querySelectorAll('.hit').length === 3")
        assert page.run(CUT) == [], place
        assert page.run(WIDE) == [], place


@pytest.mark.parametrize("width", [320, 1024])
def test_the_words_of_a_change_are_visible_in_the_table_at(made, opened, width):
    page = opened(made, place="")
    screen = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600}
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    page.go("#/changes")
    page.wait("document.body.dataset.view === 'pairs'")
    for side in ("before", "after"):
        widths = page.run(
            f"return [...document.querySelectorAll('#pair-rows .{side}')].map((each) => each.offsetWidth)"
        )
        assert all(each >= 8 for each in widths)
    assert {LONG, "yr"} < set(page.texts("#pair-rows .before"))
    assert {LONG.upper(), "year"} < set(page.texts("#pair-rows .after"))


def test_dialogs_fit_a_phone(made, opened):
    page = opened(made, place="#/article/one.txt")
    page.browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 320, "height": 640, "deviceScaleFactor": 2, "mobile": True}
    )
    page.wait("document.getElementById('panel').checkVisibility()")
    for opener in ("#hand-open", "#edit"):
        page.run("document.querySelector(arguments[0]).click()", opener)
        page.wait("document.querySelector('dialog[open]') !== null")
        assert page.run(WIDE) == []
        assert page.run(CUT) == []
        page.press("\ue00c")


def test_a_text_that_is_cut_is_noticed(made, opened):
    """The check above can fail."""
    page = opened(made, place="#/articles")
    assert page.run(CUT) == []
    for style in ("overflow: hidden; white-space: nowrap; width: 3em", "width: 200vw; position: absolute"):
        page.run("document.querySelector('#list .name').style.cssText = `display: block; ${arguments[0]}`", style)
        assert len(page.run(CUT)) == 1
