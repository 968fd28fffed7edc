"""A log that is hostile or damaged costs only its own article, in every command that reads logs.

One CLEAN has an article for each log of ``hostile_logs``, between two that are sound; each command runs over it once.
Here is what the commands say about them; ``test_hostile_matrix`` runs each command over each log alone.
"""

import json
import re
import shutil
import signal
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from hostile_logs import MISLEADING, RAW, UNSOUND
from typer.testing import CliRunner

from clean_news import change_log, decisions
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.cli.app import app
from clean_news.review.edit_filter import EditFilter
from clean_news.review.terminal.articles import open_articles
from clean_news.review.terminal.descriptions import full_description
from clean_news.review.terminal.filtering import ReviewFilter
from clean_news.review.terminal.lines_file import LinesFile
from clean_news.review.terminal.session import Reviewer, Session
from clean_news.settings import Settings

SETTINGS = Settings(stages=("encoding", "characters"))
ALL = {**UNSOUND, **MISLEADING}
FILES = {case: f"{number:03}.txt" for number, case in enumerate(ALL)}
CONTROL = "\x1b\x07\x00\r"
SOUND = ("a-sound.txt", "z-sound.txt")
OWN_TEXT = "An editor's own text.\n"
MOST_SECONDS = 10  # for one log; here for all of them
HEADLINES = {"text": "{}", "patch": "--- a/{}", "json": '"id":"{}"', "sarif": "{}"}


class Done(NamedTuple):
    """What a command did: its exit code and its output."""

    code: int
    out: str
    errors: str

    def messages(self, case: str) -> list[str]:
        """The messages that name the article of a case."""
        return [line for line in self.errors.splitlines() if f"/{FILES[case]}" in line]


@contextmanager
def bounded():
    """End what takes longer than it may."""

    def end(*_):
        raise TimeoutError(f"takes more than {MOST_SECONDS} s")

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(MOST_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def invoke(*words) -> Done:
    """Run a command; an exception other than an exit is raised."""
    with bounded():
        done = CliRunner().invoke(app, [str(word) for word in words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Done(done.exit_code, done.stdout, done.stderr)


def outputs(folder: Path) -> dict[str, bytes]:
    """The clean files and logs; the logs without the sources, which contain the folder."""
    found = (path for path in (folder / "clean").iterdir() if path.is_file())
    return {path.name: re.sub(rb'"source":"[^"]*"', b"", path.read_bytes()) for path in found}


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A RAW of equal articles, and its CLEAN."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "raw").mkdir()
    for name in (*SOUND, *FILES.values()):
        (folder / "raw" / name).write_bytes(RAW)
    assert run(folder / "raw", folder / "clean", RunOptions(SETTINGS)).failures == []
    return folder


@pytest.fixture(scope="module")
def planted(good, tmp_path_factory):
    """A copy, in which every article but the sound ones has the log of its case."""
    folder = tmp_path_factory.mktemp("planted") / "copy"
    shutil.copytree(good, folder)
    for case, name in FILES.items():
        path = folder / "clean" / f"{name}.changes.json"
        made = ALL[case](json.loads(path.read_bytes()))
        path.write_bytes(made if isinstance(made, bytes) else json.dumps(made).encode())
    return folder


@pytest.fixture(scope="module")
def copied(planted, tmp_path_factory):
    """A copy of that, which may be changed."""
    folder = tmp_path_factory.mktemp("copied") / "copy"
    shutil.copytree(planted, folder)
    return folder


@pytest.fixture(scope="module")
def decided(good, tmp_path_factory):
    """A file with a decision about an edit of the last sound article."""
    log = change_log.read((good / "clean" / f"{SOUND[1]}.changes.json").read_bytes(), "")
    made = decisions.decision_on(log.stages[1].edits[0], SOUND[1], "reject", "once")
    path = tmp_path_factory.mktemp("decided") / "decisions.jsonl"
    path.write_bytes(decisions.write([made]))
    return path


COMMANDS = ("revert", "diff text", "diff patch", "diff json", "diff sarif", "report", "decisions check")


@pytest.fixture(scope="module", params=COMMANDS)
def command(request, planted, decided):
    """A command that was run over CLEAN: its name and what it did."""
    clean = planted / "clean"
    name, _, form = request.param.partition(" ")
    match name:
        case "revert":
            shutil.rmtree(planted / "back", ignore_errors=True)
            done = invoke("revert", clean, planted / "back")
        case "diff":
            done = invoke("diff", clean, "-f", form, "--color", "never")
        case "report":
            done = invoke("report", clean, "-o", planted / "report.html")
        case "decisions":
            done = invoke("decisions", "check", clean, decided)
    return request.param, done


def test_a_command_goes_on_and_ends_with_2(command, planted):
    name, done = command
    assert done.code == 2
    for output in (done.out, done.errors):
        assert "Traceback" not in output
        assert "clean-news itself failed" not in output
        assert not set(CONTROL) & set(output), "a control character is not shown as an escape"
    assert not any(f"/{sound}" in done.errors for sound in SOUND)
    assert max(map(len, done.errors.splitlines())) < 1_000
    sound = {*SOUND, *(FILES[case] for case in MISLEADING)}
    if name == "revert":
        assert {path.name: path.read_bytes() for path in (planted / "back").iterdir()} == dict.fromkeys(sound, RAW)
    elif name.startswith("diff"):
        form = name.removeprefix("diff ")
        assert all(HEADLINES[form].format(each) in done.out for each in SOUND)
        for line in {"json": done.out.splitlines(), "sarif": [done.out]}.get(form, []):
            json.loads(line)
    elif name == "report":
        assert f"in {len(sound)} articles, {len(UNSOUND)} files left out" in done.errors
        assert not set(b"\x1b\x07") & set((planted / "report.html").read_bytes())
    else:
        assert (done.out, "1 decision, 0 without a matching edit" in done.errors) == ("", True)


@pytest.mark.parametrize("case", UNSOUND)
def test_a_command_names_an_article_whose_log_is_not_sound(command, case):
    (message,) = command[1].messages(case)
    assert re.search("log|was changed", message)
    assert re.search("--force|restore|version that wrote it", message), "no remedy"


@pytest.mark.parametrize("case", MISLEADING)
def test_a_command_reads_a_log_that_is_only_misleading(command, case):
    assert command[1].messages(case) == []


@pytest.fixture(scope="module")
def reviewed(planted):
    """The failures and the session of a review."""
    failures = []
    with bounded():
        articles = open_articles(planted / "clean", failures.append)
        session = Session(
            articles, [], [], LinesFile(planted / "d"), LinesFile(planted / "p"), Reviewer("ada", str),
            ReviewFilter(EditFilter(), False), "doubt",
        )  # fmt: skip
    return Done(2, "", "\n".join(map(str, failures))), session


@pytest.mark.parametrize("case", UNSOUND)
def test_a_review_leaves_out_and_names_the_unsound(reviewed, case):
    assert len(reviewed[0].messages(case)) == 1


def test_a_review_shows_every_edit_of_the_others(reviewed):
    session = reviewed[1]
    assert len(session.articles) == len(SOUND) + len(MISLEADING)
    with bounded():
        shown = ["\n".join(line.plain for line in full_description(session, session.item, {}))]
        while session.next():
            shown.append("\n".join(line.plain for line in full_description(session, session.item, {})))
    assert len(shown) >= len(session.articles)
    assert not set(CONTROL) & set("".join(shown))


@pytest.fixture(scope="module")
def rerun(copied):
    """The summary of a rerun, and what is in CLEAN after it."""
    with bounded():
        return run(copied / "raw", copied / "clean", RunOptions(SETTINGS)), outputs(copied)


# Another version wrote it.
NAMED = UNSOUND.keys() - {"another schema"}


def test_a_rerun_makes_unsound_articles_again(rerun):
    summary, _ = rerun
    assert summary.articles == len(FILES) + len(SOUND)
    assert (summary.failed, summary.damaged_logs, len(summary.failures)) == (0, len(NAMED), len(NAMED))
    assert summary.cleaned >= len(UNSOUND)
    assert summary.unchanged >= len(SOUND)


@pytest.mark.parametrize("case", ALL)
def test_a_rerun_names_an_article_only_if_its_log_was_damaged(rerun, case):
    told = Done(2, "", "\n".join(map(str, rerun[0].failures))).messages(case)
    assert len(told) == (case in NAMED)
    assert all("its change log was damaged (" in line and "cleaned again" in line for line in told)


@pytest.mark.usefixtures("rerun")
def test_the_next_rerun_finds_all_well(copied):
    with bounded():
        summary = run(copied / "raw", copied / "clean", RunOptions(SETTINGS))
    assert (summary.cleaned, summary.failures, summary.damaged_logs) == (0, [], 0)


def test_a_rerun_over_a_damaged_log_ends_with_2(good, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(good, folder)
    log = folder / "clean" / f"{SOUND[0]}.changes.json"
    log.write_bytes(b"{")
    words = (folder / "raw", folder / "clean", *(word for stage in SETTINGS.stages for word in ("--only", stage)))
    done = invoke(*words)
    assert done.code == 2
    assert f"{SOUND[0]}: its change log was damaged (not a valid log); it was cleaned again\n" in done.errors
    assert "1 damaged log replaced in" in done.errors
    assert invoke(*words).code == 0


@pytest.mark.parametrize("case", UNSOUND)
def test_after_a_rerun_text_and_log_are_as_before(rerun, good, case):
    before = outputs(good)
    for name in (FILES[case], f"{FILES[case]}.changes.json"):
        assert rerun[1][name] == before[name]


@pytest.mark.parametrize("case", MISLEADING)
def test_after_a_rerun_the_text_is_as_before(rerun, good, case):
    assert rerun[1][FILES[case]] == outputs(good)[FILES[case]]


def test_a_rerun_never_overwrites_a_text_that_the_log_does_not_name(planted, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(planted, folder)
    for name in FILES.values():
        (folder / "clean" / name).write_text(OWN_TEXT, encoding="utf-8")
    before = outputs(folder)
    with bounded():
        summary = run(folder / "raw", folder / "clean", RunOptions(SETTINGS))
    assert outputs(folder) == before
    told = Done(2, "", "\n".join(map(str, summary.failures)))
    for case in ALL:
        (message,) = told.messages(case)
        assert re.search("was changed (after clean-news wrote it|by hand)", message)
