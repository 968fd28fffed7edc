"""Fixtures of the report: articles with generated logs, and a report of them in a browser."""

import json
import sys
from pathlib import Path

import msgspec
import pytest

from clean_news.change_log import StageLog
from clean_news.edits import apply, identify, replace
from clean_news.review.edit_places import trace_edits
from clean_news.review.report.report_file import write

sys.path.insert(0, str(Path(__file__).parent))
from headless_chromium import chromium, missing
from log_making import log_of


@pytest.fixture(scope="session")
def article():
    """Makes an article and its log from raw text and the changes of each stage."""

    def make(raw, stages=(), name="one.txt", document=None, metadata=None, **said):
        text, logs = raw, []
        for stage, changes in stages:
            edits = tuple(identify(text, [edit_of(text, **change) for change in changes]))
            text = apply(text, edits)
            logs.append(StageLog(stage, edits))
        log = log_of(raw, text, logs, name, document=document or {}, metadata=metadata or {}, **said)
        return trace_edits(text, log), log

    return make


def edit_of(text, before, after, rule="SPIN001", sure=0.9, state="applied", nth=0, **evidence):
    """The edit that puts ``after`` at the nth occurrence of ``before``."""
    at = -1
    for _ in range(nth + 1):
        at = text.index(before, at + 1)
    return msgspec.structs.replace(replace(text, at, at + len(before), after, rule, sure, **evidence), state=state)


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """One chromium for all tests."""
    pytest.importorskip("selenium", reason="selenium is not installed: pip install -e '.[test]'")
    if missing():
        pytest.skip(missing())
    with chromium(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture
def opened(browser, tmp_path):
    """Opens a report of articles in the browser, with empty local storage."""
    downloads = tmp_path / "downloads"
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(downloads)})

    def open_report(articles, summaries=None, name="clean", place="#/articles"):
        report = tmp_path / "report.html"
        with report.open("wb") as file:
            write(articles, file, name, summaries or {})
        return Page(browser, report.as_uri(), place, downloads)

    yield open_report
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    browser.get("about:blank")


class Page:
    """A report in the browser, as far as the tests use it."""

    def __init__(self, browser, address, place, downloads):
        self.browser, self.address, self.place, self.downloads = browser, address, place, downloads
        for kind in ("browser", "performance"):
            browser.get_log(kind)  # discard the log of earlier pages
        browser.get(address)
        self.run("localStorage.clear()")
        self.load()

    def load(self, place=None):
        """Open the report, again, at a place: a fragment of its address."""
        self.browser.get("about:blank")  # another fragment alone would not load it
        self.browser.get(self.address + (self.place if place is None else place))
        self.wait("document.body?.dataset.ready === ''")

    def go(self, place):
        """Go to a place of the open report, as a link does."""
        self.run("location.hash = arguments[0]", place)

    def open_article(self, name):
        """Open an article from the list."""
        at = "[...document.querySelectorAll('#list button')].find((each) => each.textContent.includes(arguments[0]))"
        self.run(f"{at}.click()", name)
        self.wait("document.getElementById('article-title').textContent === arguments[0]", name)

    def wait(self, condition, *given):
        """Wait until an expression of the page is true, and return its value."""
        from selenium.webdriver.support.ui import WebDriverWait

        def holds(driver):
            return driver.execute_script(f"return {condition}", *given)

        said = f"never: {condition} {given}; {self.browser.get_log('browser')}"
        return WebDriverWait(self.browser, 20, 0.02).until(holds, said)

    def run(self, script, *given):
        return self.browser.execute_script(script, *given)

    def one(self, selector):
        return self.browser.find_element("css selector", selector)

    def texts(self, selector):
        """The texts of the visible elements."""
        shown = "(each) => each.checkVisibility()"
        each = f"[...document.querySelectorAll(arguments[0])].filter({shown}).map((each) => each.textContent.trim())"
        return self.run(f"return {each}", selector)

    def text(self, selector):
        (said,) = self.texts(selector)
        return said

    def click(self, selector):
        self.one(selector).click()

    def press(self, *keys):
        """Type where the focus is."""
        for key in keys:
            self.browser.switch_to.active_element.send_keys(key)

    def seek(self, words, field="search"):
        """Type into a field and wait until the page has filtered."""
        self.run(
            "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))",
            self.one(f"#{field}"),
            words,
        )
        self.browser.execute_async_script("setTimeout(arguments[0], 200)")

    def choose(self, facet, value):
        self.run("arguments[0].click()", self.one(f'input[data-facet="{facet}"][data-value="{value}"]'))

    def kept(self):
        """The decisions in local storage."""
        (said,) = self.run("return Object.values(localStorage)") or ['{"lines": ""}']
        return [json.loads(line) for line in json.loads(said)["lines"].splitlines()]

    def requests(self):
        """The URLs requested since the page was opened."""
        entries = [json.loads(entry["message"])["message"] for entry in self.browser.get_log("performance")]
        return [each["params"]["request"]["url"] for each in entries if each["method"] == "Network.requestWillBeSent"]
