"""Fixtures of the terminal review: a folder of clean articles, and sessions over it."""

import asyncio
import itertools
import re

import msgspec
import pytest
from log_making import log_of

from clean_news.change_log import StageLog, write
from clean_news.charsets.decoding import decode
from clean_news.decisions import read
from clean_news.edits import apply, identify, replace
from clean_news.review.edit_filter import EditFilter
from clean_news.review.terminal.articles import open_articles
from clean_news.review.terminal.filtering import ReviewFilter
from clean_news.review.terminal.lines_file import LinesFile
from clean_news.review.terminal.session import Reviewer, Session
from clean_news.settings import Settings
from clean_news.user_files import read_lines

ONE = "The vessel left the\nharbour at\nnoon, the firm mentioned. A firm would buy it, they mentioned.\n"
TWO = "Every firm mentioned the vessel.\n"
THREE = "Nobody mentioned a firm\nor its boats.\n"
CODES = {"layout": "LAY002", "spin": "SPIN001", "encoding": "ENC001"}
SPIN = {
    "vessel": ("ferry", 0.97),
    "firm": ("company", 0.7),
    "mentioned": ("said", 0.99),
    "buy": ("purchase", 0.4, "suggested"),
}


def stage_log(name, text, changes):
    """The log of a stage that changes every occurrence of some words: ``{before: (after, confidence[, state])}``."""
    found = [
        msgspec.structs.replace(
            replace(text, *match.span(), after, CODES[name], confidence, candidates={after: confidence}),
            state=state[0] if state else "applied",
        )
        for before, (after, confidence, *state) in changes.items()
        for match in re.finditer(re.escape(before), text)
    ]
    return StageLog(name, tuple(identify(text, sorted(found, key=lambda edit: edit.span))))


def put(folder, name, raw, **stages):
    """Write an article and its log into a folder of clean articles."""
    text, decoding = decode(raw.encode())
    logs = []
    for stage, changes in stages.items():
        logs.append(stage_log(stage, text, changes))
        text = apply(text, logs[-1].edits)
    log = log_of(raw, text, logs, name, decoding, document={"spun": 0.99})
    (folder / name).write_text(text, encoding="utf-8")
    (folder / f"{name}.changes.json").write_bytes(write(log))


@pytest.fixture(scope="session")
def put_article():
    return put


@pytest.fixture
def clean(tmp_path):
    """Three spun articles; two have joined line ends, which are routine edits."""
    folder = tmp_path / "clean"
    folder.mkdir()
    joined = {"\nharbour": (" harbour", 1.0), "\nnoon": (" noon", 1.0), "\nor": (" or", 1.0)}
    for name, raw in {"one.txt": ONE, "two.txt": TWO, "three.txt": THREE}.items():
        put(folder, name, raw, layout=joined, spin=SPIN)
    return folder


@pytest.fixture
def start():
    """Begins a session over a folder, as the command does."""
    ticks = itertools.count()

    def begin(folder, words="", order="place", undecided=False, by="ada"):
        ours = folder / ".clean-news"
        decided, protected = ours / "decisions.jsonl", ours / "protected.txt"
        return Session(
            open_articles(folder, lambda failure: pytest.fail(str(failure))),
            read(decided) if decided.exists() else [],
            [term for _, term in read_lines(protected)] if protected.exists() else [],
            LinesFile(decided),
            LinesFile(protected),
            Reviewer(by, lambda: f"2026-11-22T19:{next(ticks) // 60 % 60:02}:00+00:00"),
            ReviewFilter(EditFilter(stages=tuple(words.split())), undecided),
            order,
        )

    return begin


@pytest.fixture(scope="session")
def rules():
    from clean_news.pipeline import rules_by_stage

    return {rule.code: rule.summary for rules in rules_by_stage(Settings()).values() for rule in rules}


@pytest.fixture
def drive(rules):
    """Presses keys in a review of a session; returns the lines of the screen and the app."""
    from clean_news.review.terminal.screen import ReviewApp  # needs textual

    def run(session, *keys, look=lambda _: None, size=(80, 24)):
        async def press():
            app = ReviewApp(session, rules)
            async with app.run_test(size=size) as pilot:
                await pilot.pause()
                for key in keys:
                    await pilot.press(key)
                    await pilot.pause()
                look(app)
                return [text_of(strip) for strip in app.screen._compositor.render_strips()], app

        return asyncio.run(press())

    return run


def text_of(strip):
    return "".join(segment.text for segment in strip)
