"""Decisions on the page: keys, scopes, undo, the table, storage, and the file that clean-news reads."""

import time
from datetime import datetime, timedelta

import pytest

from clean_news import decisions


@pytest.fixture
def page(article, opened):
    """Two articles with the same change."""
    changes = [
        {"before": "overseas", "after": "foreign"},
        {"before": "yr", "after": "year"},
        {"before": "big", "after": "large", "state": "suggested"},
    ]
    return opened(
        [
            article("The overseas office closed a yr ago; a big one.", [("spin", changes)], "one.txt"),
            article("Another yr.", [("spin", [{"before": "yr", "after": "year"}])], "two.txt"),
        ]
    )


def said(page):
    return [(each["action"], each["scope"], each["before"], each["after"]) for each in page.kept()]


def current(page):
    return page.text("#details .change-line")


def downloaded(page):
    """The file, once the browser has written it."""
    target = page.downloads / "decisions.jsonl"
    until = time.monotonic() + 60
    while not (target.exists() and target.stat().st_size):
        assert time.monotonic() < until, "nothing was downloaded"
        time.sleep(0.02)
    return target


def test_the_keys_go_through_the_changes_and_into_the_next_article(page):
    seen = []
    for key in ("j", "\ue014", "\ue015", "j"):  # j, right, down
        page.press(key)
        seen.append(current(page))
    assert seen == ["overseas → foreign", "yr → year", "big → large", "yr → year"]
    assert page.text("#article-title") == "two.txt"
    page.press("j")
    assert page.text("#message") == "This is the last change."
    page.press("k", "\ue012", "\ue013")  # k, left, up
    assert current(page) == "overseas → foreign"
    assert page.browser.switch_to.active_element.get_attribute("class").split()[-1] == "current"


def test_accept_reject_and_undo(page):
    page.press("j", "a", "r", "a")
    assert said(page) == [
        ("accept", "once", "overseas", "foreign"),
        ("reject", "once", "yr", "year"),
        ("accept", "once", "big", "large"),
    ]
    assert current(page) == "yr → year"  # in the second article
    page.press("u", "u")
    assert said(page) == [("accept", "once", "overseas", "foreign")]
    assert page.text("#article-title") == "one.txt"
    assert current(page) == "yr → year"
    assert page.text("#decision-count") == "1"


@pytest.mark.full
@pytest.mark.parametrize(("key", "scope", "decided"), [("1", "once", 1), ("2", "article", 1), ("3", "everywhere", 2)])
def test_a_decision_applies_in_the_selected_scope(page, key, scope, decided):
    page.press("j", "j", key, "r")
    assert [each["scope"] for each in page.kept()] == [scope]
    page.choose("decision", "rejected")
    assert page.text("#found").endswith(f"{decided} change{'s' * (decided != 1)}")


@pytest.mark.full
def test_the_narrower_scope_takes_precedence(page):
    page.press("j", "j", "3", "r", "1", "k", "a")  # rejected everywhere, accepted here
    page.choose("decision", "rejected")
    assert page.texts("#list .name") == ["two.txt"]


@pytest.mark.full
def test_replace(page):
    page.press("j", "3", "e")
    assert page.one("#own-text").get_attribute("value") == "foreign"
    page.press("external")
    page.type_into("#own-note", "house style")
    page.click("#own-ok")
    (decision,) = page.kept()
    assert (decision["action"], decision["text"], decision["note"]) == ("replace", "external", "house style")
    page.press("k")
    assert "replaced by “external” everywhere – house style" in page.text(".decided")


@pytest.mark.full
def test_keys_in_a_field_are_typed(page):
    page.press("/", "j", "a", "r")
    assert page.one("#search").get_attribute("value") == "jar"
    assert said(page) == []


@pytest.mark.full
def test_help_lists_the_keys(page):
    page.press("?")
    assert page.run("return document.getElementById('help').open")
    assert "undo the last decision" in page.text("#keys")
    page.press("\ue00c")
    assert not page.run("return document.getElementById('help').open")


@pytest.mark.full
def test_buttons_do_what_keys_do(page):
    page.press("j")
    page.click("#scope-everywhere")
    page.click("#reject")
    page.click("#next")
    page.click("#undo")
    assert said(page) == []
    assert current(page) == "overseas → foreign"


def test_pairs_are_decided_everywhere_at_once(page):
    page.click("#tab-pairs")
    page.click("#pick-all")
    page.click("#reject-picked")
    assert sorted(said(page)) == [
        ("reject", "everywhere", "big", "large"),
        ("reject", "everywhere", "overseas", "foreign"),
        ("reject", "everywhere", "yr", "year"),
    ]
    page.press("u")
    assert said(page) == []
    page.click('#pair-rows [aria-label="accept yr to year everywhere"]')
    assert said(page) == [("accept", "everywhere", "yr", "year")]


@pytest.mark.full
def test_a_selected_pair_that_the_filter_hides_is_not_decided(page):
    page.click("#tab-pairs")
    page.click("#pick-all")
    page.seek("yr")
    page.click("#accept-picked")
    assert said(page) == [("accept", "everywhere", "yr", "year")]


def test_the_downloaded_file_is_what_clean_news_reads(article, opened):
    nasty = 'a\u2028b\u0085c\x0b"\\'
    made = article(f"It {nasty} left.", [("spin", [{"before": nasty, "after": "<b>\u2029"}])], "böse.txt")
    page = opened([made])
    page.run("document.getElementById('decisions').open = true")
    page.one("#reviewer").send_keys("Ada")
    page.press("\ue004")  # tab: the name is taken
    page.run("document.activeElement.blur()")
    page.press("j", "2", "r", "d")
    (decision,) = decisions.read(downloaded(page))
    (edit,) = made[0].edits
    wanted = decisions.decision_on(edit.edit, "böse.txt", "reject", "article", by="Ada", at=decision.at)
    assert decision == wanted
    assert decisions.Decisions([decision]).decision_for(edit.edit, "böse.txt") == decision
    assert abs(datetime.fromisoformat(decision.at) - datetime.now().astimezone()) < timedelta(minutes=1)


def test_a_reload_keeps_the_decisions_and_another_report_does_not_have_them(page, article, opened):
    page.press("j", "a", "3", "r")
    before = page.kept()
    page.load()
    assert page.kept() == before
    assert page.text("#decision-count") == "2"
    page.choose("decision", "rejected")
    assert page.text("#found") == "2 articles, 2 changes"
    other = opened([article("A yr.", [("spin", [{"before": "yr", "after": "year"}])])])
    assert other.text("#decision-count") == "0"


@pytest.mark.full
def test_a_file_is_loaded_and_the_latest_decision_is_used(page, tmp_path):
    page.press("j", "3", "r")
    (made,) = page.kept()
    page.press("k", "u")
    later = {**made, "action": "accept", "at": "2999-01-01T00:00:00+00:00", "by": "Bob"}
    about_nothing = {**made, "before": "vanished"}
    file = tmp_path / "decisions.jsonl"
    file.write_bytes(decisions.write(decisions.Decision(**each) for each in (later, made, about_nothing)))
    page.one("#file").send_keys(str(file))
    page.wait("document.getElementById('message').textContent.includes('loaded')")
    assert page.text("#message") == "3 decisions loaded; 1 of all match nothing in this report, and are kept."
    assert sorted(said(page)) == [
        ("accept", "everywhere", "overseas", "foreign"),
        ("reject", "everywhere", "overseas", "foreign"),  # kept: somebody else decided otherwise
        ("reject", "everywhere", "vanished", "foreign"),
    ]
    page.choose("decision", "accepted")
    assert page.text("#found") == "1 article, 1 change"
