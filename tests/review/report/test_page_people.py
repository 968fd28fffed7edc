"""Decisions of several people in the report file: names, reasons, disagreements and verdicts."""

import json
import random

import msgspec
import pytest

from clean_news import decisions
from clean_news.decisions import Decision, Decisions
from clean_news.decisions.disagreements import disagreements


@pytest.fixture
def made(article):
    changes = [
        {"before": "overseas", "after": "foreign"},
        {"before": "yr", "after": "year"},
        {"before": "big", "after": "large", "state": "suggested"},
    ]
    return article("The overseas office closed a yr ago; a big one.", [("spin", changes)], "one.txt")


@pytest.fixture
def page(made, opened):
    return opened([made])


@pytest.fixture
def load(page, tmp_path):
    """Loads decisions into the page."""

    def loaded(*lines):
        file = tmp_path / f"{lines[0].by}.jsonl"
        file.write_bytes(decisions.write(lines))
        page.one("#file").send_keys(str(file))
        page.wait("document.getElementById('message').textContent.includes('loaded')")
        page.run("document.getElementById('message').textContent = ''")

    return loaded


def line(made, at, action, by, minute, scope="once", **said):
    decided = decisions.decision_on(
        made[0].edits[at].edit, "one.txt", action, scope, by=by, at=f"2026-11-01T10:{minute:02}:00+00:00"
    )
    return msgspec.structs.replace(decided, **said)


def typed(page, field, words):
    change = "dispatchEvent(new Event('change'))"
    page.run(
        f"const field = document.getElementById(arguments[0]); field.value = arguments[1]; field.{change}", field, words
    )


def opinion(decision):
    """What a person decided, as the page says it."""
    what = f"“{decision.text}”" if decision.action == "replace" else decision.action
    return f"{decision.by or 'somebody'}: {what}"


def opinions(page):
    return page.texts(".opinions li")


def test_two_people_who_differ_are_shown_with_their_reasons(page, made, load):
    load(line(made, 0, "accept", "Ada", 1, note="a ministry"), line(made, 1, "accept", "Ada", 1))
    assert page.texts("#tab-people") == []
    load(line(made, 0, "reject", "Bob", 2, note="a quotation"), line(made, 1, "accept", "Bob", 2))
    page.click("#tab-people")
    assert opinions(page) == ["Ada: accept – a ministry", "Bob: reject – a quotation"]
    assert page.texts(".disagreement .change-line") == ["overseas → foreign"]
    page.click(".disagreement a")
    page.wait("document.getElementById('panel').checkVisibility()")
    assert page.text(".decided") == "Decided: rejected once by Bob – a quotation."  # the later one is in effect


def test_a_verdict_settles_it_and_is_in_effect_for_clean_news(page, made, load):
    load(line(made, 0, "replace", "Ada", 1, scope="everywhere", text="external"))
    load(line(made, 0, "reject", "Bob", 2, scope="everywhere"))
    page.go("#/people")
    page.wait("document.querySelectorAll('.opinions li').length === 2")
    assert opinions(page)[0] == "Ada: “external”"
    assert "everywhere: 1 edit in 1 article" in page.texts(".disagreement .facts")[0]
    assert (
        page.one(".disagreement a")
        .get_attribute("href")
        .endswith("#/changes?pair=%5B%22SPIN001%22%2C%22overseas%22%2C%22foreign%22%5D")
    )
    typed(page, "reviewer", "Eve")
    page.click(".disagreement button[data-key^=replace]")
    assert page.text("#disagreements-count") == "Nobody disagrees."
    lines = [msgspec.convert(each, Decision) for each in page.kept()]
    assert sorted(each.by for each in lines) == ["Ada", "Bob", "Eve"]
    in_effect = Decisions(lines).decision_for(made[0].edits[0].edit, "one.txt")
    assert (in_effect.by, in_effect.action, in_effect.text) == ("Eve", "replace", "external")
    page.load()
    page.go("#/people")
    page.wait("document.getElementById('disagreements-count').textContent === 'Nobody disagrees.'")
    page.press("u")


def test_undoing_a_verdict_opens_the_disagreement_again(page, made, load):
    load(line(made, 0, "accept", "Ada", 1))
    load(line(made, 0, "reject", "Bob", 2))
    page.go("#/people")
    page.wait("document.querySelectorAll('.disagreement').length === 1")
    page.click(".disagreement .actions button")
    page.wait("document.querySelectorAll('.disagreement').length === 0")
    page.press("u")
    assert opinions(page) == ["Ada: accept", "Bob: reject"]


def test_the_same_person_who_changes_their_mind_disagrees_with_nobody(page, made, load):
    load(line(made, 0, "accept", "Ada", 1))
    load(line(made, 0, "reject", "Ada", 2))
    assert page.texts("#tab-people") == []


def test_somebody_who_decides_after_a_verdict_disagrees_again(page, made, load):
    load(line(made, 0, "accept", "Ada", 1), line(made, 0, "accept", "Eve", 3, verdict=True))
    load(line(made, 0, "reject", "Bob", 4))
    page.go("#/people")
    page.wait("document.querySelectorAll('.disagreement').length === 1")
    assert opinions(page) == ["Eve: accept", "Bob: reject"]


def test_who_differs_in_another_scope_disagrees_too(page, made, load):
    load(line(made, 0, "reject", "Ada", 1, scope="everywhere"))
    load(line(made, 0, "accept", "Bob", 2))
    page.go("#/people")
    page.wait("document.querySelectorAll('.disagreement').length === 1")
    assert opinions(page) == ["Ada: reject (everywhere)", "Bob: accept"]


def test_disagreements_are_those_of_clean_news(page, made):
    """Random decisions of three people, in all scopes, with verdicts."""
    rng, seen = random.Random(4), 0
    columns = page.run("return document.querySelector('[data-name=columns]').textContent")
    key = f"clean-news/report/{json.loads(columns)['digest']}"
    for _ in range(25):
        lines = [
            line(
                made,
                rng.randrange(2),
                rng.choice(["accept", "reject", "replace"]),
                rng.choice(["Ada", "Bob", "Eve", ""]),
                minute,
                rng.choice(["once", "article", "everywhere"]),
                text=rng.choice(["one", "two"]),
                verdict=rng.random() < 0.1,
            )
            for minute in range(rng.randint(2, 7))
        ]
        wanted = [sorted(map(opinion, found.decisions)) for found in disagreements(lines)]
        seen += len(wanted)
        stored = {"lines": decisions.write(lines).decode(), "by": ""}
        page.run("localStorage.setItem(arguments[0], arguments[1])", key, json.dumps(stored))
        page.load("#/people")
        items = "[...each.querySelectorAll('.opinions li')].map((said) => said.textContent.split(' (')[0]).sort()"
        shown = page.run(f"return [...document.querySelectorAll('.disagreement')].map((each) => {items})")
        assert sorted(shown) == sorted(wanted)
    assert seen > 20


def test_a_note_can_be_added_and_changed_after_the_decision(page):
    page.press("j", "a", "k", "n", "as in the style book", "\ue007")
    (kept,) = page.kept()
    assert (kept["action"], kept["note"]) == ("accept", "as in the style book")
    assert "as in the style book" in page.text(".decided")
    typed(page, "note", "")
    assert "note" not in page.kept()[0]
