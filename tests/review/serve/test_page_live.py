"""The page that a server serves, in a browser: decisions take effect at once, and nothing that was decided is lost."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from report_page import Page

TOP = Path(__file__).parents[3]
SPUN = "02-spun-foreign-ministry.txt"


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The raw sample articles, and what a run makes of them; not to be changed."""
    folder = tmp_path_factory.mktemp("sample")
    shutil.copytree(TOP / "raw", folder / "raw")
    run(folder / "raw", folder / "clean")
    return folder


def run(*words):
    subprocess.run([sys.executable, "-m", "clean_news", *map(str, words), "--quiet"], check=True, capture_output=True)


class Serving:
    """A server process, and its page in the browser."""

    def __init__(self, browser, clean, downloads):
        self.browser, self.clean, self.downloads = browser, clean, downloads
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = None
        self.start()

    def start(self):
        """Start the server, on the same port as before; its secret is another one."""
        words = ["serve", self.clean, "--port", self.port, "--no-browser", "--by", "Ada"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "clean_news", *map(str, words)], stdout=subprocess.PIPE, text=True
        )
        line = next(line for line in self.process.stdout if line.startswith("Review: "))
        self.address = line.split()[1]

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(20)
        self.process.stdout.close()

    def page(self, place="#/articles", reset=True):
        return Page(self.browser, self.address, place, self.downloads, reset)

    def lines(self):
        """The decisions on disk."""
        file = self.clean / ".clean-news" / "decisions.jsonl"
        return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []

    def text(self, name=SPUN):
        return (self.clean / name).read_text(encoding="utf-8")

    def post(self, path, data):
        """Ask the server as another page does."""
        token = self.address.split("token=")[1]
        headers = {"X-Clean-News-Token": token, "Content-Type": "application/json"}
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", json.dumps(data).encode(), headers)
        with urllib.request.urlopen(asked, timeout=20) as answer:
            return json.load(answer)

    def decided_by(self, name, line, **said):
        """Decide as somebody else about what a line is about."""
        about = {field: line[field] for field in ("id", "article", "rule", "before", "after", "scope")}
        step = f"{time.monotonic_ns():032x}"
        return self.post("/api/decisions", {"step": step, "by": name, "decisions": [{**about, **said}]})


@pytest.fixture
def serving(browser, sample, tmp_path):
    shutil.copytree(sample / "clean", tmp_path / "clean")
    downloads = tmp_path / "downloads"
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(downloads)})
    made = Serving(browser, tmp_path / "clean", downloads)
    yield made
    browser.get("about:blank")
    made.stop(signal.SIGKILL if made.process.poll() is None else signal.SIGTERM)


def eventually(condition, seconds=30):
    """Wait until a condition holds, and return its value."""
    until = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)
    return value


def open_edit(page, before):
    """Open the spun article at the change of some words."""
    page.open_article(SPUN)
    find = "[...document.querySelectorAll('#text .change')].find((each) => each.textContent.startsWith(arguments[0]))"
    page.run(f"{find}.click()", before)
    page.wait("document.querySelector('#details .change-line')?.textContent.startsWith(arguments[0])", before)


def test_a_decision_is_written_at_once_and_the_article_is_cleaned_again(serving):
    page = serving.page()
    open_edit(page, "overseas")
    assert "Norland’s foreign ministry" in serving.text()
    page.press("n", "the ministry's own name", "\ue007")
    page.press("r")
    (line,) = eventually(serving.lines)
    assert (line["action"], line["by"], line["note"]) == ("reject", "Ada", "the ministry's own name")
    eventually(lambda: "Norland’s overseas ministry" in serving.text())
    page.wait("[...document.querySelectorAll('#text .mark.rejected')].some((each) => each.textContent === 'overseas')")
    page.press("u")
    page.wait("![...document.querySelectorAll('#text .mark')].some((each) => each.textContent === 'overseas')")
    eventually(lambda: serving.lines() == [])
    assert "Norland’s foreign ministry" in serving.text()
    assert page.texts("#text .current ins") == ["foreign"]  # its edit is shown again


def test_words_are_changed_by_hand_and_the_clean_file_has_them(serving):
    page = serving.page()
    page.open_article(SPUN)
    page.press("w", "embassy in Vessia")
    page.click("#hand-after")
    page.run("document.getElementById('hand-after').select()")
    page.press("mission to Vessia")
    page.click("#hand-ok")
    eventually(lambda: "shut its mission to Vessia" in serving.text())
    page.wait(
        "[...document.querySelectorAll('#text .change')].some((each) => each.textContent.includes('mission to Vessia'))"
    )
    (line,) = serving.lines()
    assert (line["rule"], line["before"], line["scope"]) == ("HAND", "embassy in Vessia", "once")
    page.press("u")
    eventually(lambda: "shut its embassy in Vessia" in serving.text())


def test_everywhere_shows_all_places_first(serving):
    page = serving.page()
    page.open_article(SPUN)
    page.press("w", "Tuesday")
    page.click("#hand-everywhere")
    page.click("#hand-after")
    page.run("document.getElementById('hand-after').select()")
    page.press("Wednesday")
    page.click("#hand-ok")
    page.wait("document.querySelectorAll('#hand-places li').length > 0")
    assert serving.lines() == []
    places = len(page.texts("#hand-places li"))
    assert page.text("#hand-ok") == f"Change in {places} place{'s' * (places != 1)}"
    page.click("#hand-ok")
    (line,) = eventually(serving.lines)
    assert (line["scope"], line["before"], line["after"]) == ("everywhere", "Tuesday", "Wednesday")
    eventually(lambda: "on Wednesday that it will shut" in serving.text())


def test_two_people_disagree_and_a_verdict_settles_it(serving):
    page = serving.page()
    open_edit(page, "overseas")
    page.press("n", "a foreign ministry", "\ue007")
    page.press("a")
    (mine,) = eventually(serving.lines)
    serving.decided_by("Bob", mine, action="reject", note="it is what they wrote")
    page.wait("!document.getElementById('tab-people').hidden")
    page.click("#tab-people")
    assert page.text("#disagreements-count") == "1 disagreement; until a verdict, the later decision is in effect."
    assert page.texts(".opinions li") == ["Ada: accept – a foreign ministry", "Bob: reject – it is what they wrote"]
    colour = "(each) => getComputedStyle(each).borderLeftColor"
    colours = page.run(f"return [...document.querySelectorAll('.opinions .person')].map({colour})")
    assert colours[0] != colours[1]
    page.type_into(".disagreement input", "the style book")
    page.click(".disagreement .actions button")
    page.wait("document.getElementById('disagreements-count').textContent === 'Nobody disagrees.'")
    verdict = eventually(lambda: serving.lines()[2:])[0]
    assert (verdict["action"], verdict["verdict"], verdict["note"]) == ("accept", True, "the style book")
    page.click("#tab-charts")
    page.wait("document.querySelectorAll('#people-charts table').length === 2")
    assert [name.strip() for name in page.texts(".people tbody th .person")[:2]] == ["Ada", "Bob"]
    assert "0 %" in page.texts(".people tbody td")  # of one edit that both decided, none alike


def test_a_reason_that_somebody_writes_outlasts_what_others_decide(serving):
    page = serving.page()
    open_edit(page, "overseas")
    page.press("a")
    (mine,) = eventually(serving.lines)
    serving.decided_by("Bob", mine, action="reject")
    page.wait("!document.getElementById('tab-people').hidden")
    page.click("#tab-people")
    page.click(".disagreement input")
    page.insert("the style")
    serving.decided_by("Cy", mine, action="reject")
    page.wait("document.querySelectorAll('.opinions li').length === 3")
    page.insert(" book")
    assert page.run("return document.querySelector('.disagreement input').value") == "the style book"


def test_a_reject_with_a_note_is_no_note_on_the_accept_before_it(serving):
    page = serving.page()
    open_edit(page, "overseas")
    page.press("a")
    (mine,) = eventually(serving.lines)
    open_edit(page, "overseas")
    page.click("#note")
    page.insert("a quotation, which is to stay as the agency has written it, whatever a spinner may have made of it")
    page.click("#reject")
    lines = eventually(lambda: serving.lines()[1:] and serving.lines())
    assert [(line["action"], bool(line.get("note"))) for line in lines] == [("accept", False), ("reject", True)]
    open_edit(page, "overseas")
    serving.decided_by("Bob", mine, action="accept", note="what they wrote")
    page.wait("document.querySelector('.decided')?.textContent.includes('Bob')")
    assert page.run("return document.getElementById('note').value") == "", "a note of somebody else"


def test_two_windows_with_two_names(serving):
    """Bob types his name and decides in a window of his own; Ada, who looks at her own, sees it at once."""
    ada = serving.page()
    open_edit(ada, "overseas")
    ada.press("a")
    eventually(serving.lines)
    first = serving.browser.current_window_handle
    serving.browser.switch_to.new_window("tab")
    try:
        bob = serving.page(reset=False)
        bob.run("document.getElementById('decisions').open = true")
        bob.click("#reviewer")
        bob.press("\ue009a\ue000Bob\ue004")  # all of it is replaced; Tab ends
        bob.run("document.getElementById('decisions').open = false; document.activeElement.blur()")
        open_edit(bob, "overseas")
        assert bob.text(".decided") == "Decided: accepted once by Ada."
        bob.press("n", "a quotation", "\ue007")
        bob.run("document.querySelector('#text .current').focus()")
        bob.press("r")
        lines = eventually(lambda: serving.lines()[1:] and serving.lines())
        assert [(each["by"], each["action"], each.get("note", "")) for each in lines] == [
            ("Ada", "accept", ""),  # to write a note is not to decide
            ("Bob", "reject", "a quotation"),
        ]
    finally:
        serving.browser.close()
        serving.browser.switch_to.window(first)
    ada.wait("document.getElementById('tab-people-count').textContent === '1'")
    ada.click("#tab-people")
    assert ada.texts(".opinions li") == ["Ada: accept", "Bob: reject – a quotation"]


def test_what_was_decided_offline_can_be_undone_offline(serving):
    page = serving.page()
    open_edit(page, "overseas")
    serving.stop()
    page.press("r", "a", "u")
    page.wait("document.getElementById('decision-count').textContent === '1'")
    serving.start()
    page = serving.page(reset=False)
    page.wait(
        "document.getElementById('connection').hidden && document.getElementById('decision-count').textContent === '1'"
    )
    assert [line["action"] for line in serving.lines()] == ["reject"]


def test_axe_finds_nothing_serious_where_people_are_shown(serving, axe):
    page = serving.page()
    open_edit(page, "overseas")
    page.press("a")
    (mine,) = eventually(serving.lines)
    serving.decided_by("Bob", mine, action="reject", note="it is what they wrote")
    page.wait("!document.getElementById('tab-people').hidden")
    for scheme in ("light", "dark"):
        media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        for tab, there in (("people", ".opinions"), ("charts", "#people-charts table"), ("articles", "#panel")):
            page.click(f"#tab-{tab}")
            page.wait(f"document.querySelector('{there}')?.checkVisibility()")
            assert page.faults(axe) == []
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_what_is_read_stays_where_it_is_while_others_decide(serving):
    page = serving.page()
    page.browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 1100, "height": 500, "deviceScaleFactor": 1, "mobile": False}
    )
    open_edit(page, "overseas")
    page.press("a")
    (line,) = eventually(serving.lines)
    page.run("document.getElementById('text').scrollTop = 300")
    seen = """
    const top = document.getElementById('text').getBoundingClientRect().top;
    const below = (each) => each.getBoundingClientRect().top - top;
    const span = [...document.querySelectorAll('#text .change')].find((each) => below(each) > 40);
    return [span.textContent, Math.round(below(span))];
    """
    before, current = page.run(seen), page.text("#details .change-line")
    serving.decided_by("Bob", line, action="reject")
    page.wait("[...document.querySelectorAll('#text .mark.rejected')].some((each) => each.textContent === 'overseas')")
    (words, top) = page.run(seen)
    assert words == before[0]
    assert abs(top - before[1]) <= 2
    assert page.text("#details .change-line") == current
    page.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_the_main_job_beside_it_is_noticed(serving, sample, tmp_path):
    page = serving.page()
    raw = shutil.copytree(sample / "raw", tmp_path / "raw")
    (raw / "new.txt").write_text("A new  article of Port Ellis.\n", encoding="utf-8")
    run(raw, serving.clean)
    page.wait("[...document.querySelectorAll('#list .name')].some((each) => each.textContent === 'new.txt')")
    page.open_article("new.txt")
    assert "Port Ellis" in page.text("#text")


def test_texts_are_searched_by_the_server(serving):
    page = serving.page()
    page.press("/", "fishing rights", "\ue007")
    page.wait("document.querySelectorAll('.hit').length === 1")
    page.click(".hit a")
    page.wait("CSS.highlights.has('found-here')")
    assert page.text("#article-title") == SPUN


def test_decisions_wait_while_the_server_is_away(serving):
    page = serving.page()
    open_edit(page, "overseas")
    serving.stop()
    page.press("r", "a")
    page.wait("document.getElementById('connection').textContent.includes('2 decisions wait here')")
    assert page.text("#decision-count") == "2"
    assert serving.lines() == []
    serving.start()
    page = serving.page(reset=False)
    lines = eventually(lambda: serving.lines()[1:] and serving.lines())
    assert [line["action"] for line in lines] == ["reject", "accept"]
    page.wait("document.getElementById('connection').hidden")


PRESS = """
const [presses, done] = arguments;
const count = () => Number(document.getElementById('decision-count').textContent);
const press = (left) => {
  if (left === 0) return done(count());
  const before = count();
  const again = () => {
    document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'a', bubbles: true, cancelable: true}));
    if (count() > before) press(left - 1);
    else setTimeout(again, 5);
  };
  setTimeout(again);
};
press(presses);
"""


def test_a_server_that_is_killed_in_the_middle_of_200_decisions_loses_and_doubles_none(serving):
    page = serving.page()
    page.browser.set_script_timeout(60)
    page.press("j")
    page.wait("document.getElementById('panel').checkVisibility()")
    assert page.browser.execute_async_script(PRESS, 30) == 30
    eventually(lambda: len(serving.lines()) > 5)
    serving.stop(signal.SIGKILL)  # while steps are on their way
    kept = len(serving.lines())
    assert page.browser.execute_async_script(PRESS, 30) == 60
    assert kept < 60
    serving.start()
    page = serving.page("#/articles?decision=undecided", reset=False)
    page.wait("document.getElementById('decision-count').textContent === '60'")
    page.press("j")
    page.wait("document.getElementById('panel').checkVisibility()")
    assert page.browser.execute_async_script(PRESS, 140) == 200
    eventually(lambda: len(serving.lines()) >= 200)
    page.wait("document.getElementById('connection').hidden")
    lines = serving.lines()
    assert len(lines) == 200
    assert len({line["id"] for line in lines}) == 200
    assert len({line["step"] for line in lines}) == 200


def test_the_word_file_and_the_decisions_are_saved(serving):
    page = serving.page()
    open_edit(page, "overseas")
    page.press("r")
    page.click("#save-word")
    made = serving.downloads / "changes.docx"
    eventually(lambda: made.exists() and made.read_bytes()[:2] == b"PK")
    page.press("d")
    saved = serving.downloads / "decisions.jsonl"
    (line,) = eventually(lambda: saved.exists() and saved.read_text(encoding="utf-8").splitlines())
    assert json.loads(line)["action"] == "reject"


def test_hostile_names_notes_and_words_run_nothing(serving):
    nasty = "<img src=x onerror='window.__hacked = 1'></script><script>window.__hacked = 1</script>"
    page = serving.page()
    open_edit(page, "overseas")
    page.press("n", nasty, "\ue007")
    page.press("a")
    (mine,) = eventually(serving.lines)
    serving.decided_by(nasty[:80], mine, action="replace", text=nasty, note=nasty)
    page.wait("!document.getElementById('tab-people').hidden")
    for tab in ("people", "charts", "inbox", "articles"):
        page.click(f"#tab-{tab}")
    page.wait("document.getElementById('text').textContent.includes('onerror')")
    page.load()
    page.go("#/people")
    page.wait("document.querySelectorAll('.opinions li').length === 2")
    assert nasty in page.texts(".opinions li")[1]
    assert page.run("return window.__hacked") is None
    assert page.run("return document.querySelectorAll('img, script[src]').length") == 0
    asked = [
        each
        for each in page.requests()
        if not each.startswith((f"http://127.0.0.1:{serving.port}/", "about:", "blob:"))
    ]
    assert asked == []
