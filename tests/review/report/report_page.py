"""A report, or a page that a server serves, in a browser: what the tests do with it."""

import json
from contextlib import suppress
from functools import partial

import pytest
from selenium.common.exceptions import ElementNotInteractableException, StaleElementReferenceException

MAX_REDRAWN = 20  # times that an element may be drawn again before a click or a key fails
REDRAWN = StaleElementReferenceException, ElementNotInteractableException
SERIOUS = ("serious", "critical")
AXE = """
const [rules, done] = arguments, chosen = rules.length ? {runOnly: rules} : {};
const said = (node) => `${node.html.slice(0, 150)} ${node.failureSummary}`;
const summary = ({id, impact, nodes}) => [id, impact, nodes.slice(0, 3).map(said)];
axe.run(document, {resultTypes: ['violations'], ...chosen}).then((found) => done(found.violations.map(summary)));
"""


def repeated_while_redrawn(act, what):
    """Do something with an element, which may be drawn again before it is done; WebDriver then raises first."""
    for _ in range(MAX_REDRAWN):
        with suppress(*REDRAWN):
            act()
            return
    pytest.fail(f"{what} is drawn again all the time")


class Page:
    """A report in the browser, as far as the tests use it."""

    def __init__(self, browser, address, place, downloads, reset=True):
        self.browser, self.address, self.place, self.downloads = browser, address, place, downloads
        for kind in ("browser", "performance"):
            browser.get_log(kind)  # discard the log of earlier pages
        if reset:
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
        """Click an element, which may be drawn again between the moment it is found and the click."""
        repeated_while_redrawn(lambda: self.one(selector).click(), selector)

    def type_into(self, selector, text):
        """Put text at the end of a field, which may be drawn again, and lose the focus, while this is done."""
        has_text = "return document.querySelector(arguments[0])?.value.endsWith(arguments[1])"
        for _ in range(MAX_REDRAWN):
            self.click(selector)
            self.insert(text)
            if self.run(has_text, selector, text):
                return
        pytest.fail(f"{selector} is drawn again all the time")

    def insert(self, text):
        """Put text where the focus is, at once, whether or not the element is drawn again."""
        self.browser.execute_cdp_cmd("Input.insertText", {"text": text})

    def press(self, *keys):
        """Type where the focus is."""
        for key in keys:
            repeated_while_redrawn(partial(self._send, key), "what has the focus")

    def _send(self, key):
        self.browser.switch_to.active_element.send_keys(key)

    def seek(self, words, field="search"):
        """Type into a field and wait until the page has filtered."""
        self.run(
            "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))",
            self.one(f"#{field}"),
            words,
        )
        fields = "new URLSearchParams(location.hash.split('?')[1])"  # the address has what was filtered by
        self.wait(f"{fields}.get(arguments[0]) === arguments[1]", {"search": "q"}.get(field, "name"), words)

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

    def faults(self, axe, *rules):
        """What axe-core, of which this is the source, finds that is serious: by all of its rules, or by some."""
        self.run(f"if (!window.axe) {{ {axe} }}")
        return [each for each in self.browser.execute_async_script(AXE, rules) if each[1] in SERIOUS]
