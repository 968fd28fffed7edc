"""Reading the report in a browser: what an article shows, filtering, searching, sorting, the charts, small screens."""

import pytest

PHONE = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}


@pytest.fixture
def page(article, opened):
    """A spun, a scanned and another article."""
    spun = [
        {
            "before": "overseas",
            "after": "foreign",
            "sure": 0.99,
            "candidates": {"foreign": 0.99, "alien": 0.01},
            "context": "The overseas office",
        },
        {"before": "yr", "after": "year", "sure": 0.97},
        {"before": "big", "after": "large", "sure": 0.31, "state": "suggested"},
    ]
    again = [{"before": "yr", "after": "year", "sure": 0.88}, {"before": "yr", "after": "year", "nth": 1, "sure": 0.86}]
    return opened(
        [
            article(
                "The overseas office closed a yr ago; a big one.",
                [("ocr", []), ("spin", spun)],
                "spun.txt",
                {"spun": 0.99},
            ),
            article(
                "Tbe old yr and the new yr.",
                [("ocr", [{"before": "Tbe", "after": "The", "rule": "OCR001", "sure": 0.7}]), ("spin", again)],
                "sub/scanned.txt",
                {"scanned": 0.9, "spun": 0.2},
            ),
            article("Nothing here was changed.", [("ocr", []), ("spin", [])], "plain.txt"),
        ],
        {"SPIN001": "a synonym", "OCR001": "a misreading"},
    )


def names(page):
    return page.texts("#list .name")


def test_the_list_has_every_article_with_its_kind(page):
    assert names(page) == ["sub/scanned.txt", "spun.txt", "plain.txt"]  # the one most in doubt first
    assert page.texts("#list .about") == ["3 changesscanned", "3 changesspun", "unchanged"]
    assert page.text("#totals").startswith("3 articles, 6 changes")


def test_an_article_shows_deletions_insertions_and_suggestions(page):
    page.open_article("spun.txt")
    assert page.text("#text") == "The overseasforeign office closed a yryear ago; a big one."
    assert page.texts("#text del") == ["overseas", "yr"]
    assert page.texts("#text ins") == ["foreign", "year"]
    assert page.texts("#text .mark.suggested") == ["big"]


def test_the_panel_shows_rule_confidence_candidates_and_evidence(page):
    page.open_article("spun.txt")
    said = page.text("#details")
    for part in (
        "overseas → foreign",
        "applied",
        "99 % confidence",
        "substituted synonym SPIN001 (spin)",
        "a synonym",
        "alien",
        "context",
        "The overseas office",
    ):
        assert part in said
    page.click("#text .mark")
    assert "big → large" in page.text("#details")
    assert "suggested" in page.text("#details")


def test_a_word_of_a_source_is_shown_with_both_sentences(article, opened):
    taken = {"original": "said", "around": ["The board ", " on Monday so."], "by": "lexicon", "source": "a.txt"}
    stages = [("source", [{"before": "mentioned", "after": "said", "rule": "SRC001", **taken}])]
    used = {"source": {"id": "a.txt", "origin": "archive/a.txt", "similarity": 0.9}}
    page = opened([article("The board mentioned on Monday that.", stages, "spun.txt", used), article("No change.")])
    page.click("#list button")
    assert page.texts("#details .beside th") == ["Article", "Source"]
    assert page.texts("#details .beside td") == ["The board mentioned on Monday that.", "The board said on Monday so."]
    assert page.texts("#details .beside ins") == ["said"]
    assert "Source: archive/a.txt (a.txt), similarity 0.90" in page.text("#details")


@pytest.mark.full
def test_hovering_over_a_change_shows_its_card(page):
    from selenium.webdriver import ActionChains

    page.open_article("spun.txt")
    ActionChains(page.browser).move_to_element(page.one("#text .mark")).perform()
    assert "big → large" in page.text("#card")
    ActionChains(page.browser).move_to_element(page.one("#title")).perform()
    assert page.texts("#card") == []


@pytest.mark.full
@pytest.mark.parametrize(
    ("facet", "value", "left", "total"),
    [
        ("stage", "ocr", ["sub/scanned.txt"], 1),
        ("rule", "SPIN001", ["sub/scanned.txt", "spun.txt"], 5),
        ("state", "suggested", ["spun.txt"], 1),
        ("confidence", "0.8 – 0.9", ["sub/scanned.txt"], 2),
        ("kind", "spun", ["spun.txt"], 3),
        ("kind", "other", ["plain.txt"], 0),
        ("decision", "undecided", ["sub/scanned.txt", "spun.txt"], 6),
    ],
)
def test_a_facet_filters_by_its_value(page, facet, value, left, total):
    if total == 0:  # a value without changes is hidden
        assert page.run("return document.querySelector('[data-value=other]').closest('label').hidden")
    page.choose(facet, value)
    assert names(page) == left
    assert page.text("#found") == f"{len(left)} article{'s' * (len(left) != 1)}, {total} change{'s' * (total != 1)}"
    page.click("#reset")
    assert len(names(page)) == 3


def test_facets_combine_and_count_what_selecting_a_value_would_match(page):
    page.choose("rule", "SPIN001")
    page.choose("kind", "scanned")
    assert names(page) == ["sub/scanned.txt"]
    counts = dict(
        zip(page.texts("[data-facet=stage] + .value"), page.texts("[data-facet=stage] ~ .count"), strict=True)
    )
    assert counts == {"spin": "2"}
    assert page.texts("[data-facet=kind] ~ .count") == ["3", "2"]
    page.press("j")
    assert page.texts("#text .aside") == ["TbeThe"]  # present, but not matching


@pytest.mark.full
@pytest.mark.parametrize(
    ("words", "total"), [("YEAR", 3), ("overs", 1), ("ocr001", 1), ("sub/", 3), ("plain", 0), ("no such word", 0)]
)
def test_search_finds_texts_rules_and_articles(page, words, total):
    page.seek(words)
    assert page.text("#found").split(", ")[1] == f"{total} change{'s' * (total != 1)}"
    assert ("plain.txt" in names(page)) == (words == "plain")


@pytest.mark.full
def test_the_article_facet_matches_part_of_a_name(page):
    page.seek("scan", "article-name")
    assert names(page) == ["sub/scanned.txt"]


def test_the_table_counts_each_pair_and_sorts_by_every_column(page):
    page.click("#tab-pairs")
    assert page.texts("#pair-rows .before") == ["yr", "overseas", "big", "Tbe"]
    assert page.texts("#pair-rows .count") == ["3", "1", "1", "1"]
    assert page.texts("#pair-rows .articles") == ["2", "1", "1", "1"]
    page.click("[data-column=before] button")
    assert page.texts("#pair-rows .before") == ["big", "overseas", "Tbe", "yr"]
    page.click("[data-column=before] button")
    assert page.texts("#pair-rows .before") == ["yr", "Tbe", "overseas", "big"]
    assert page.one("[data-column=before]").get_attribute("aria-sort") == "descending"
    page.click("[data-column=confidence] button")
    assert page.texts("#pair-rows .confidence") == ["99 %", "90 %", "70 %", "31 %"]
    page.choose("state", "suggested")
    assert page.texts("#pair-rows .before") == ["big"]


@pytest.mark.full
def test_a_pair_links_to_its_changes(page):
    page.click("#tab-pairs")
    page.click("#pair-rows .before button")
    assert names(page) == ["sub/scanned.txt", "spun.txt"]
    assert page.text("#found") == "2 articles, 3 changes"
    assert "yr → year" in page.text("#only-pair")
    page.click("#only-pair")
    assert len(names(page)) == 3


@pytest.mark.full
def test_the_charts_are_labelled_and_follow_the_filter(page):
    page.click("#tab-charts")
    labels = [each.get_attribute("aria-label") for each in page.browser.find_elements("css selector", "svg")]
    assert labels[0] == "Changes by stage: ocr 1, spin 5"
    assert "0.9 – 1.0 2" in labels[1]
    assert labels[2].startswith("Documents by the probability that they were spun: not judged 1, 0.0 – 0.1 0, ")
    page.choose("rule", "OCR001")
    assert page.one("svg").get_attribute("aria-label") == "Changes by stage: ocr 1, spin 0"


def test_on_a_phone_nothing_is_wider_than_the_screen(page):
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    page.load()
    assert page.run(WIDE) == []
    page.open_article("spun.txt")
    assert page.run(WIDE) == []
    assert page.texts("#list .name") == []  # the article fills the screen
    for button in ("accept", "reject", "edit", "next"):
        assert page.one(f"#{button}").rect["height"] >= 44
    page.click("#text .mark")
    assert "big → large" in page.text("#details")
    assert page.one("#details .change-line").rect["height"] > 20
    page.click("#back")
    assert len(names(page)) == 3
    for tab in ("pairs", "charts"):
        page.click(f"#tab-{tab}")
        assert page.run(WIDE) == []


WIDE = """
const parts = document.querySelectorAll('html, main, #text, #list, #panel, #pair-rows, #charts');
return [...parts].filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.id || each.tagName);
"""
CONTRAST = """
const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
const light = (color) => {
  const [r, g, b] = color.match(/[\\d.]+/g).map((part) => linear(part / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ground = (each) => {
  const color = getComputedStyle(each).backgroundColor;
  return color.endsWith(', 0)') ? ground(each.parentElement) : color;
};
const says = (each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
return [...document.querySelectorAll('body *:not(script, style, :disabled, svg *, option)')]
  .filter((each) => each.checkVisibility() && says(each))
  .map((each) => [light(getComputedStyle(each).color), light(ground(each)), each.outerHTML.slice(0, 80)])
  .filter(([one, other]) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05) < 4.5);
"""


@pytest.mark.full
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(page, scheme):
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    paper = page.run("return getComputedStyle(document.body).backgroundColor")
    assert (paper == "rgb(255, 255, 255)") == (scheme == "light")
    page.press("j", "a", "r")
    for tab in ("articles", "pairs", "inbox", "sources", "charts"):
        page.click(f"#tab-{tab}")
        assert page.run(CONTRAST) == []


@pytest.mark.full
def test_only_rows_that_were_come_near_are_in_the_page(article, opened):
    page = opened(
        [
            article(f"A yr {number}.", [("spin", [{"before": "yr", "after": f"year {number}"}])], f"{number:04}.txt")
            for number in range(1000)
        ]
    )
    assert len(page.run("return document.querySelectorAll('#list .article-row')")) <= 60
    page.run("document.getElementById('list').scrollTop = 1e9")
    page.wait("document.querySelectorAll('#list .article-row').length > 60")  # it grows as it is scrolled
    page.go("#/article/0999.txt")
    page.wait("document.querySelector('#list [aria-current]')?.textContent.includes('0999.txt')")
    page.click("#tab-pairs")
    assert len(page.run("return document.querySelectorAll('#pair-rows .pair-row')")) <= 60


@pytest.mark.full
@pytest.mark.parametrize(
    "raw",
    ["é", "the same words again " * 9000, "".join(chr(0x4E00 + number * 7919 % 20000) for number in range(30000))],
    ids=["short", "repeated", "hardly deflated"],
)
def test_any_text_is_decompressed(article, opened, raw):
    page = opened([article(raw)])
    page.click("#list button")
    assert page.run("return document.getElementById('text').textContent") == raw
