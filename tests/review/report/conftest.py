"""Fixtures of the report: articles with generated logs, and a report of them in a browser."""

import sys
from pathlib import Path

import msgspec
import pytest

from clean_news.change_log import StageLog
from clean_news.change_log.edit_places import trace_edits
from clean_news.edits import apply, identify, replace
from clean_news.review.report.report_file import write

sys.path.insert(0, str(Path(__file__).parent))
from log_making import log_of
from report_page import Page


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
