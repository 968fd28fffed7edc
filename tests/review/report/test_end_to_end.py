"""End to end: clean raw/, reject an edit everywhere in the report, clean again: only that edit is gone."""

import time
from pathlib import Path

from typer.testing import CliRunner

from clean_news import decisions as deciding
from clean_news.change_log import read
from clean_news.cli.app import app

RAW = Path(__file__).parents[3] / "raw"


def clean_news(*arguments):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.stderr


def applied(clean):
    logs = {path.name: read(path.read_bytes(), path.name) for path in clean.glob("*.changes.json")}
    return {
        (name, edit.id): edit
        for name, log in logs.items()
        for stage in log.stages
        for edit in stage.edits
        if edit.state == "applied"
    }


def press(browser, key):
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(browser).send_keys(key).perform()


def test_an_edit_rejected_everywhere_in_the_report_is_gone_and_nothing_else_changed(browser, tmp_path):
    clean, page = tmp_path / "clean", tmp_path / "report.html"
    clean_news(RAW, clean, "--quiet")
    before = applied(clean)
    clean_news("report", clean, "-o", page)
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    browser.get(page.as_uri())
    browser.get_log("browser")  # discard the log of earlier tests
    for key in ("j", "j", "j", "r"):  # the third group of the inbox
        press(browser, key)
    assert browser.find_element("id", "decision-count").text == "1"
    press(browser, "d")
    download = tmp_path / "decisions.jsonl"
    until = time.monotonic() + 60
    while not (download.exists() and download.stat().st_size) and time.monotonic() < until:
        time.sleep(0.1)
    (decision,) = deciding.read(download)
    assert (decision.action, decision.scope) == ("reject", "everywhere")
    clean_news(RAW, clean, "--quiet", "--decisions", download)
    after = applied(clean)
    gone = [edit for key, edit in before.items() if key not in after]
    assert gone
    assert {(edit.rule, edit.before, edit.after) for edit in gone} == {(decision.rule, decision.before, decision.after)}
    assert after.keys() <= before.keys()
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []
