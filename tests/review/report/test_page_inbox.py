"""The inbox: undecided changes by pair, in the order of what a decision settles, with its effect; and the progress."""

import pytest

from clean_news.charsets.decoding import Decoding


@pytest.fixture
def page(article, opened):
    """Pairs that stand three times, twice and once, of which some are in doubt; and two unchanged articles."""
    often = {"before": "yr", "after": "year", "sure": 0.7}
    near, far = {"before": "big", "after": "large", "sure": 0.61}, {"before": "sad", "after": "bad", "sure": 0.9}
    sure = {"before": "tbe", "after": "the", "rule": "OCR001", "sure": 1.0}
    maybe = {"before": "yr", "after": "year", "nth": 1, "sure": 0.4, "state": "suggested"}
    return opened(
        [
            article(
                "One tbe yr and tbe yr, tbe big sad.",
                [("ocr", [sure, {**sure, "nth": 1}, {**sure, "nth": 2}]), ("spin", [often, maybe, near, far])],
                "b/one.txt",
            ),
            article("Two yr.", [("spin", [often])], "a/two.txt"),
            article("Latin.", name="latin.txt", decoding=Decoding("cp1252")),
            article("Plain.", name="plain.txt"),
        ],
        place="",
    )


def lines(page):
    return page.texts("#groups .change-line")


def test_what_is_only_suggested_is_said(page):
    assert "1 only suggested" in page.texts("#groups .facts")[0]
    page.click("#groups button[aria-expanded]")
    page.wait("document.querySelectorAll('.place').length === 3")
    suggested = [text.endswith("(only suggested)") for text in page.texts(".place")]
    assert sorted(suggested) == [False, False, True]
    assert len(page.texts(".place .suggestion")) == 1


def test_the_groups_are_in_the_order_of_what_a_decision_settles(page):
    # three places; one place near the threshold of .6, one far from it; then what is certain, though it stands thrice
    assert lines(page) == ["yr → year", "big → large", "sad → bad", "tbe → the"]
    assert page.texts("#groups .effect") == [
        "3 edits in 2 articles",
        "1 edit in 1 article",
        "1 edit in 1 article",
        "3 edits in 1 article",
    ]
    assert page.text("#groups-count") == "4 groups, 3 in doubt"


def test_the_effect_is_shown_before_a_decision(page):
    assert page.texts("#groups .facts")[1] == "Accepting applies the 1 suggested; rejecting takes back the 2 applied."
    assert page.texts("#groups .facts")[3] == "Accepting keeps it; rejecting takes it back."
    assert page.texts("#groups .facts")[-1] == "Accepting keeps all of them; rejecting takes back all of them."


def test_a_group_is_decided_everywhere_and_the_progress_shows_it(page):
    assert page.text("#progress-text") == "0 of 8 changes decided; 8 left in 2 articles, 5 of them in doubt."
    page.click("#groups .actions button")
    assert lines(page) == ["big → large", "sad → bad", "tbe → the"]
    assert [(each["action"], each["scope"], each["before"]) for each in page.kept()] == [("accept", "everywhere", "yr")]
    assert page.text("#progress-text") == "3 of 8 changes decided; 5 left in 1 article, 2 of them in doubt."
    assert page.run("return document.getElementById('progress-bar').value") == 3
    assert page.text("#message") == "Accepted: 3 edits in 2 articles. u undoes this."
    page.press("u")
    assert lines(page)[0] == "yr → year"


def test_the_keys_go_through_the_groups_and_decide_them(page):
    page.press("j", "j")
    assert page.browser.switch_to.active_element.get_attribute("data-pair") is not None
    page.press("r", "a")  # the second one, then the one in its place
    assert [(each["action"], each["before"]) for each in page.kept()] == [("reject", "big"), ("accept", "sad")]
    assert lines(page) == ["yr → year", "tbe → the"]
    page.press("k", "o")
    page.wait("document.querySelectorAll('.place').length === 3")


def test_the_places_of_a_group_are_shown_and_lead_there(page):
    page.click("#groups [aria-expanded]")
    page.wait("document.querySelectorAll('.place').length === 3")
    assert page.texts(".place")[0] == "b/one.txt … One the yr year and the yr, the large bad. …"
    page.click(".place:last-child a")
    page.wait("document.getElementById('article-title').textContent === 'a/two.txt'")
    assert page.text("#details .change-line") == "yr → year"
    page.browser.back()
    page.wait("document.body.dataset.view === 'inbox'")


def test_when_everything_is_decided_the_inbox_says_so(page):
    page.click("#tab-pairs")
    page.click("#pick-all")
    page.click("#accept-picked")
    page.click("#tab-inbox")
    assert lines(page) == []
    assert page.text("#groups-count") == "Everything is decided."
    assert page.text("#progress-text") == "8 of 8 changes decided."
    assert page.texts("#tab-inbox-count") in ([], [""])


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("doubt", ["b/one.txt", "a/two.txt", "latin.txt", "plain.txt"]),
        ("damage", ["b/one.txt", "a/two.txt", "latin.txt", "plain.txt"]),
        ("name", ["a/two.txt", "b/one.txt", "latin.txt", "plain.txt"]),
        ("source", ["latin.txt", "plain.txt", "a/two.txt", "b/one.txt"]),
        ("changes", ["b/one.txt", "a/two.txt", "latin.txt", "plain.txt"]),
    ],
)
def test_articles_are_listed_by(page, order, names):
    page.go(f"#/articles?order={order}")
    page.wait("document.body.dataset.view === 'articles'")
    assert page.one("#order").get_attribute("value") == order
    assert page.texts("#list .name") == names


def test_unchanged_articles_are_found_and_decoded_ones_say_so(page):
    page.click("#tab-articles")
    page.click("input[name=changed][value=unchanged]")
    assert page.texts("#list .name") == ["latin.txt", "plain.txt"]
    assert page.texts("#list .about") == ["decoded from windows-1252", "unchanged"]
    page.open_article("latin.txt")
    assert page.text("#article-facts") == "neither spun nor scanned, decoded from windows-1252"


def test_a_decision_keeps_the_place_in_the_list(page):
    page.click("#tab-articles")
    page.press("j", "3", "r", "r", "r")
    assert page.texts("#list .name") == ["b/one.txt", "a/two.txt", "latin.txt", "plain.txt"]
