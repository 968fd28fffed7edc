"""The texts of an article: side by side, clean, copied, printed, and its changes as CSV."""

import base64
import csv
import io
import time

import pytest

WORDS = "The ferry left the harbour at noon, and came back at one. " * 8


@pytest.fixture
def page(article, opened):
    """A long article with changes at its beginning, in its middle and at its end."""
    raw = f"Tbe first.\n\n{WORDS}\n\nA yr ago.\n\n{WORDS}\n\n{WORDS}\n\nThe last word, a big one."
    changes = [
        {"before": "yr", "after": "year"},
        {"before": "big", "after": "large", "state": "suggested", "sure": 0.3},
    ]
    ocr = [{"before": "Tbe", "after": "The", "rule": "OCR001"}]
    return opened([article(raw, [("ocr", ocr), ("spin", changes)], "one.txt")], place="#/article/one.txt")


def test_side_by_side_shows_raw_and_clean(page):
    page.click("input[name=reading][value=beside]")
    assert page.text("#raw-side").startswith("Tbe first.")
    assert page.text("#clean-side").startswith("The first.")
    assert "A yr ago." in page.text("#raw-side")
    assert "A year ago." in page.text("#clean-side")
    assert page.run("return location.hash").endswith("as=beside")


def test_the_two_texts_are_scrolled_together(page):
    page.browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 1000, "height": 500, "deviceScaleFactor": 1, "mobile": False}
    )
    page.click("input[name=reading][value=beside]")
    for one, other in (("raw-side", "clean-side"), ("clean-side", "raw-side")):
        page.run("document.getElementById(arguments[0]).scrollTop = 1e6", one)
        page.wait("document.getElementById(arguments[0]).scrollTop > 100", other)
        top = "document.querySelectorAll(`#${arguments[0]} .change`)[1].getBoundingClientRect().top"
        page.run("document.getElementById(arguments[0]).scrollTop /= 2", one)
        page.wait(f"Math.abs({top} - {top.replace('0]', '1]')}) < 60", one, other)
        page.run("document.getElementById(arguments[0]).scrollTop = 0", one)
        page.wait("document.getElementById(arguments[0]).scrollTop < 30", other)


def test_a_change_is_chosen_in_either_text(page):
    page.click("input[name=reading][value=beside]")
    page.run("document.querySelectorAll('#raw-side .change')[1].click()")
    page.wait("document.querySelector('#details .change-line').textContent === 'yr → year'")
    assert page.texts("#raw-side .current") == ["yr"]
    assert page.texts("#clean-side .current") == ["year"]


def test_the_clean_text_is_shown_without_marks_and_copied(page):
    page.press("v", "v")
    assert page.run("return document.getElementById('text').innerText").startswith("The first.")
    assert page.texts("#text del") == []
    page.browser.execute_cdp_cmd(
        "Browser.setPermission",
        {"permission": {"name": "clipboard-read"}, "setting": "granted"},
    )
    page.click("#copy")
    page.wait("document.getElementById('message').textContent.startsWith('Copied')")
    text = page.browser.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
    assert text.startswith("The first.\n\nThe ferry left")
    assert text.endswith("A year ago.\n\n" + WORDS + "\n\n" + WORDS + "\n\nThe last word, a big one.")


def test_the_whole_article_is_printed_with_its_changes_as_footnotes(page):
    pypdf = pytest.importorskip("pypdf")
    page.press("j", "3", "r")
    made = page.browser.execute_cdp_cmd("Page.printToPDF", {"paperHeight": 4, "paperWidth": 5})
    pages = pypdf.PdfReader(io.BytesIO(base64.b64decode(made["data"]))).pages
    said = " ".join(" ".join(each.extract_text() for each in pages).split())
    assert len(pages) > 2  # not only what was on the screen
    for part in ("The last word, a big", "Tbe → The misread word (OCR001), 90 %, applied", "yr → year", "big → large"):
        assert part in said
    assert "rejected everywhere" in said
    assert "Inbox" not in said
    assert page.texts("#footnotes li") == []  # afterwards the page is as before


def test_the_changes_that_match_are_saved_as_csv(article, opened):
    nasty = '=1+1,"a"\n\u2028b'
    changes = [{"before": "yr", "after": nasty}, {"before": "big", "after": "large", "state": "suggested"}]
    page = opened([article("A yr ago a big one.", [("spin", changes)], "böse.txt")], place="#/changes")
    page.click('#pair-rows [aria-label^="reject big"]')
    page.click("#save-csv")
    target = page.downloads / "changes.csv"
    until = time.monotonic() + 20
    while not (target.exists() and target.stat().st_size):
        assert time.monotonic() < until, "nothing was downloaded"
        time.sleep(0.02)
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8-sig"), newline="")))
    assert [row["after"] for row in rows] == [f"'{nasty}", "large"]  # no formula
    assert (rows[1]["article"], rows[1]["what"], rows[1]["decision"]) == ("böse.txt", "substituted synonym", "reject")
