"""Search through texts: hits in context that lead to their place, while the page stays usable."""

import pytest

LONG = "The ferry left the harbour. " * 400


@pytest.fixture
def page(article, opened):
    """A change, and words that only stand in texts."""
    return opened(
        [
            article(
                "A yr ago the climate\nsummit met. No Climate\u00a0summit did.",
                [("spin", [{"before": "yr", "after": "year"}])],
                "one.txt",
            ),
            article(f"{LONG}\U0001f600 İstanbul has a climate.", name="sub/two.txt"),
            article("Nothing here (a.b) was changed.", name="three.txt"),
        ],
        place="",
    )


def search(page, words):
    page.press("/", words, "\ue007")
    page.wait("document.body.dataset.view === 'found'")
    page.wait("/ is in .* places?$/.test(document.getElementById('hits-count').textContent)")


def found(page):
    return [line.rsplit(" ", 2)[0] for line in page.texts(".hit .name")]


def test_words_of_texts_are_found_and_shown_in_context(page):
    search(page, "climate")
    assert page.text("#hits-count") == "“climate” is in 2 articles, 3 places"
    assert found(page) == ["one.txt", "sub/two.txt"]
    assert page.texts(".hit mark") == ["climate", "Climate", "climate"]
    assert page.texts(".hit a")[0] == "A year ago the climate summit met. No Climatenbspsummit did."
    assert page.texts("#tab-found-count") == ["3"]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("CLIMATE summit", ["one.txt"]),  # any white space between words, any case
        ("a year ago", ["one.txt"]),  # the clean text
        ("(a.b)", ["three.txt"]),  # no pattern
        ("a.b was", []),
        ("İSTANBUL has", ["sub/two.txt"]),
        ("no such words", []),
    ],
)
def test_search_finds(page, words, names):
    search(page, words)
    assert found(page) == names


def test_names_and_words_changed_are_found_too(page):
    search(page, "year")
    assert page.texts(".elsewhere") == ["In words changed (1): yr → year"]
    page.click(".elsewhere a")
    page.wait("document.body.dataset.view === 'pairs'")
    assert page.texts("#pair-rows .before") == ["yr"]
    search(page, "sub/tw")
    assert page.texts(".elsewhere") == ["In names (1): sub/two.txt"]
    page.click(".elsewhere a")
    page.wait("document.getElementById('article-title').textContent === 'sub/two.txt'")


def test_articles_with_the_words_are_listed(page):
    search(page, "climate")
    page.click("#tab-articles")
    assert page.texts("#list .name") == ["one.txt", "sub/two.txt"]
    assert page.text("#found") == "2 articles, 0 changes"


def test_a_hit_leads_to_its_place_and_the_address_keeps_it(page):
    search(page, "climate")
    page.run("document.querySelectorAll('.hit a')[2].click()")
    page.wait("document.getElementById('article-title').textContent === 'sub/two.txt'")
    in_view = """
    const [range] = CSS.highlights.get('found-here'), place = range.getBoundingClientRect();
    const box = document.getElementById('text').getBoundingClientRect();
    return [range.toString(), place.top > box.top && place.bottom < box.bottom];
    """
    assert page.run(in_view) == ["climate", True]
    page.load(page.run("return location.hash"))
    page.wait("CSS.highlights.has('found-here')")
    assert page.run(in_view) == ["climate", True]
    page.browser.back()


def test_the_address_of_a_search_brings_its_hits(page):
    page.load("#/found?q=harbour")
    page.wait("document.querySelectorAll('.hit').length === 1")
    assert page.text("#hits-count") == "“harbour” is in 1 article, 400 places"
    assert len(page.texts(".hit a")) == 3  # the first ones


def test_the_page_stays_usable_while_many_texts_are_searched(article, opened):
    page = opened([article(f"word {number} " * 12_000, name=f"{number}.txt") for number in range(60)], place="")
    longest = """
    const done = arguments[0];
    let last = performance.now(), worst = 0, isOver = false;
    const beat = () => {
      const now = performance.now();
      worst = Math.max(worst, now - last);
      last = now;
      if (/60 articles, /.test(document.getElementById('hits-count').textContent)) done(worst);
      else setTimeout(beat);
    };
    location.hash = '#/found?q=word 5';
    beat();
    """
    page.browser.set_script_timeout(60)
    assert page.browser.execute_async_script(longest.replace("60 articles", "11 articles")) < 1000
