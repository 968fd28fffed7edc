"""Changing any words of an article in the report file: decisions of the rule HAND, as clean-news itself makes them."""

from urllib.parse import quote

import msgspec
import pytest

from clean_news import decisions
from clean_news.hand_edits import decision_at, edits_by_hand

TEXT = "It left at noon.\u00a0\U0001f600 It came back after noon. The afternoon ferry left at noon."


@pytest.fixture
def page(article, opened):
    """Articles in which the same words stand."""
    changes = [{"before": "yr", "after": "year"}]
    return opened(
        [
            article(f"A yr ago. {TEXT}", [("spin", changes)], "one.txt"),
            article("At noon it left.", name="two.txt"),
        ],
        place="#/article/one.txt",
    )


def select(page, words, nth=0, box="text"):
    """Select words in the text, as with the mouse."""
    page.run(
        """
        const [words, nth, box] = arguments;
        const walker = document.createTreeWalker(document.getElementById(box), NodeFilter.SHOW_TEXT);
        let left = nth;
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          for (let at = node.data.indexOf(words); at >= 0; at = node.data.indexOf(words, at + 1)) {
            if (left-- > 0) continue;
            getSelection().setBaseAndExtent(node, at, node, at + words.length);
            return;
          }
        }
        """,
        words,
        nth,
        box,
    )


def change(page, after, scope="once"):
    page.click("#hand-after")
    page.run("document.getElementById('hand-after').select()")
    page.press(after)
    page.click(f"#hand-{scope}")


def made(page):
    """The decision that the page kept, once it has made it."""
    page.wait("!document.getElementById('hand').open")
    (line,) = page.kept()
    return msgspec.convert(line, decisions.Decision)


@pytest.mark.parametrize("nth", [0, 2, 3])
def test_selected_words_are_changed_where_they_stand(page, nth):
    select(page, "noon", nth)
    page.press("w")
    assert page.one("#hand-words").get_attribute("value") == "noon"
    change(page, "12.15")
    page.click("#hand-ok")
    clean = f"A year ago. {TEXT}"
    start = -1
    for _ in range(nth + 1):
        start = clean.index("noon", start + 1)
    decision = made(page)
    assert decision == decision_at(clean, start, start + 4, "12.15", "one.txt", at=decision.at)
    (edit,) = edits_by_hand(clean, "one.txt", decisions.Decisions([decision])).edits
    assert edit.span == (start, start + 4)
    assert page.texts("#own-words li") == ["noon → 12.15 once Remove"]


def test_the_button_beside_the_selection_opens_the_dialog(page):
    assert page.texts("#hand-here") == []
    select(page, "ferry")
    page.wait("!document.getElementById('hand-here').hidden")
    page.click("#hand-here")
    assert page.one("#hand-words").get_attribute("value") == "ferry"
    page.press("\ue00c")
    page.run("getSelection().removeAllRanges()")
    page.wait("document.getElementById('hand-here').hidden")


def test_words_are_typed_and_the_place_is_chosen(page):
    page.press("w", "noon")
    places = page.one("#hand-place")
    assert page.run("return arguments[0].options.length", places) == 4
    page.run("arguments[0].selectedIndex = 3; arguments[0].dispatchEvent(new Event('change'))", places)
    change(page, "one")
    page.type_into("#hand-note", "the ferry company says so")
    page.click("#hand-ok")
    decision = made(page)
    assert (decision.ordinal, decision.suffix, decision.note) == (0, ".", "the ferry company says so")


def test_words_that_do_not_stand_there_are_not_changed(page):
    page.press("w", "midnight")
    change(page, "noon")
    assert page.text("#hand-found") == "These words do not stand in the clean text of this article."
    assert not page.one("#hand-ok").is_enabled()


def test_everywhere_only_after_all_places_were_shown(page):
    select(page, "noon", 0)
    page.press("w")
    change(page, "midday", "everywhere")
    assert page.text("#hand-ok") == "Show all places …"
    page.click("#hand-ok")
    page.wait("document.querySelectorAll('#hand-places li').length > 0")
    assert page.kept() == []
    assert [line.split(":")[0] for line in page.texts("#hand-places li")] == [
        "one.txt",
        "one.txt",
        "one.txt",
        "two.txt",
    ]
    assert page.text("#hand-ok") == "Change in 4 places"
    page.click("#hand-ok")
    assert made(page).scope == "everywhere"


def test_part_of_a_word_is_changed_once_only(page):
    select(page, "fer")
    page.press("w")
    assert page.one("#hand-once").is_enabled()
    assert not page.one("#hand-everywhere").is_enabled()


def test_a_selection_over_a_change_is_of_the_clean_text(page):
    page.run(
        """
        const text = document.getElementById('text');
        getSelection().setBaseAndExtent(text.firstChild, 0, text.lastChild, 5);
        """
    )
    page.press("w")
    words = page.one("#hand-words").get_attribute("value")
    assert words.startswith("A year ago. It left at noon.\u00a0\U0001f600 It")


def test_it_can_be_taken_back(page):
    select(page, "noon")
    page.press("w")
    change(page, "12.15")
    page.click("#hand-ok")
    made(page)
    page.press("u")
    assert page.kept() == []
    assert page.texts("#own-words li") == []


def test_an_article_that_was_changed_by_hand_before(article, opened):
    """The place is described in the text before the edits by hand."""
    hand = {"before": "noon", "after": "12.15", "rule": "HAND"}
    made_ = article(TEXT, [("hand", [hand])], "one.txt")
    page = opened([made_], place="#/article/one.txt")
    select(page, "ferry")
    page.press("w")
    change(page, "boat")
    page.click("#hand-ok")
    decision = made(page)
    start = TEXT.index("ferry")
    assert decision == decision_at(TEXT, start, start + 5, "boat", "one.txt", at=decision.at)
    select(page, "12.15")
    page.press("w")
    change(page, "13.15")
    page.click("#hand-ok")
    page.wait("document.getElementById('hand-effect').textContent !== ''")
    assert page.text("#hand-effect").startswith("Words were changed by hand here already")


def test_every_place_is_found_in_the_text_and_back(article, opened):
    """Offsets survive invisible characters, changed line ends, deletions and characters outside the BMP."""
    raw = "A yr\u00ad ago\u200b \U0001f600\U0001f600 the fer\u00adry\nleft\u00a0\u2028the  har\nbour"
    raw += " at noon.\r\n\tIt \u202ecame\u202c back."
    layout = [
        {"before": "ry\nleft", "after": "ry left", "rule": "LAY002"},
        {"before": "  ", "after": " ", "rule": "CHAR009"},
        {"before": "har\nbour", "after": "harbour", "rule": "LAY001", "state": "suggested"},
    ]
    made_ = article(raw, [("layout", layout), ("spin", [{"before": "yr", "after": "twelve\nmonths"}])], "one.txt")
    clean = made_[0].clean
    page = opened([made_], place="")
    for start in range(0, len(clean) - 4, 3):
        words = clean[start : start + 4].strip()
        at = clean.index(words, start)
        page.go(f"#/article/one.txt?find={quote(words)}&at={at}")
        page.wait(
            "new URLSearchParams(location.hash.split('?')[1]).get('at') === arguments[0] && CSS.highlights.size",
            str(at),
        )
        page.run(
            """
            const [range] = CSS.highlights.get('found-here');
            const {startContainer, startOffset, endContainer, endOffset} = range;
            getSelection().setBaseAndExtent(startContainer, startOffset, endContainer, endOffset);
            document.getElementById('hand-open').click();
            """
        )
        chosen = page.run(
            "return [document.getElementById('hand-words').value, document.getElementById('hand-place').value]"
        )
        page.run("document.getElementById('hand').close()")
        assert chosen == [words, str(len(clean[:at].encode("utf-16-le")) // 2)]
