"""What people do: decide, name files, mistype; as a user sees it.

Each test is a fault that somebody found from outside; all of them failed before it was mended.
"""

import json
import signal
import subprocess
import time

import pytest
from black_box import CLEANED, COMMAND, FAST, PYTHON, TEXT, clean_news, contents, environment_with, write

full = pytest.mark.full
DECISION = {
    "schema": "clean-news/decisions/1", "action": "reject", "scope": "everywhere", "id": "0", "article": "a.txt",
    "rule": "ENC001", "before": "â€™", "after": "’", "by": "Ada", "at": "2026-01-01T10:00:00+00:00",
}  # fmt: skip


@pytest.fixture
def here(tmp_path):
    """A folder with a RAW and three articles beside it."""
    write(tmp_path, {"raw/a.txt": TEXT, "a.txt": TEXT, "b.txt": TEXT, "c.txt": TEXT})
    return tmp_path


# Decisions


@pytest.fixture
def decided(here):
    """The same, cleaned with a decision that rejects the only edit; the file that held it is gone."""
    write(here, {"mine.jsonl": json.dumps(DECISION) + "\n"})
    done = clean_news(here, "raw", "clean", *FAST, "--decisions", "mine.jsonl")
    assert done.code == 0
    assert (here / "clean" / "a.txt").read_text() == TEXT
    (here / "mine.jsonl").unlink()
    return here


def test_a_decision_that_was_given_once_stays(decided):
    done = clean_news(decided, "raw", "clean", *FAST)
    assert done.code == 0
    assert (decided / "clean" / "a.txt").read_text() == TEXT
    assert "1 decision in effect" in done.errors


@full
def test_decisions_are_added_the_later_wins_and_conflicts_are_listed(decided):
    later = DECISION | {"action": "accept", "by": "Bob", "at": "2026-01-02T10:00:00+00:00"}
    write(decided, {"later.jsonl": json.dumps(later) + "\n"})
    done = clean_news(decided, "raw", "clean", *FAST, "--decisions", "later.jsonl")
    assert (decided / "clean" / "a.txt").read_text() == CLEANED
    assert "accept (Bob) overrides reject (Ada)" in done.errors
    kept = (decided / "clean" / ".clean-news" / "decisions.jsonl").read_text().splitlines()
    assert [json.loads(line)["by"] for line in kept] == ["Ada", "Bob"]


@full
def test_watching_heeds_them(decided):
    write(decided, {"raw/new.txt": TEXT})
    process = subprocess.Popen(
        [*COMMAND, "raw", "clean", "--watch", "-q", *FAST],
        cwd=decided, env=environment_with(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    until = time.monotonic() + 30
    while not (decided / "clean" / "new.txt").exists() and time.monotonic() < until:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    process.wait(20)
    assert (decided / "clean" / "new.txt").read_text() == TEXT
    assert (decided / "clean" / "a.txt").read_text() == TEXT


@full
def test_a_cluster_heeds_and_keeps_them(here):
    write(here, {"mine.jsonl": json.dumps(DECISION) + "\n"})
    words = ("cluster", "raw", "clean", "--tasks", "1", "--workers", "1", *FAST)
    assert clean_news(here, *words, "--decisions", "mine.jsonl", timeout=120).code == 0
    assert (here / "clean" / "a.txt").read_text() == TEXT
    for again in (words, ("raw", "clean", *FAST)):
        assert clean_news(here, *again, timeout=120).code == 0
        assert (here / "clean" / "a.txt").read_text() == TEXT


@full
def test_a_stream_and_python_heed_the_same_file(decided):
    """The file that the run has kept."""
    kept = "clean/.clean-news/decisions.jsonl"
    row = json.dumps({"text": TEXT}).encode() + b"\n"
    done = clean_news(decided, "-", "-", *FAST, "--decisions", kept, input=row)
    assert json.loads(done.out)["text"] == TEXT
    code = (
        "from pathlib import Path; from clean_news.cleaner import Cleaner; "
        "from clean_news.decisions import decisions_of; "
        f"print(Cleaner(decisions=decisions_of(Path('clean'))).clean({TEXT!r}.encode(), 'a.txt').text)"
    )
    assert subprocess.check_output([PYTHON, "-c", code], cwd=decided, text=True) == TEXT + "\n"


# Files as people name them


@pytest.mark.parametrize("words", ["a.txt b.txt --check", "--check a.txt b.txt c.txt"])
def test_check_takes_any_number_of_files(here, words):
    done = clean_news(here, *words.split(), *FAST)
    assert done.code == 1
    for name in {*words.split()} - {"--check"}:
        assert name in done.out


def test_a_file_that_is_not_ours_is_never_overwritten(here):
    before = contents(here)
    done = clean_news(here, "a.txt", "b.txt", "--force", *FAST)
    assert contents(here) == before
    assert done.code == 2
    assert "b.txt" in done.errors


def test_several_raws_and_the_last_is_clean(here):
    done = clean_news(here, "raw", "b.txt", "c.txt", "clean", *FAST)
    assert done.code == 0, done.errors
    assert [(here / "clean" / f"{name}.txt").read_text() for name in "abc"] == [CLEANED] * 3


def test_a_slash_makes_a_folder(here):
    assert clean_news(here, "a.txt", "new/", *FAST).code == 0
    assert (here / "new" / "a.txt").read_text() == CLEANED


@pytest.mark.parametrize("number", [1, pytest.param(10, marks=full), 12])
def test_a_folder_of_which_nothing_can_be_read(here, number):
    names = [f"x{each:02}.xlsx" for each in range(number)] + ["one.rtf"]
    write(here, {f"tables/{name}": "a,b\n" for name in names})
    done = clean_news(here, "tables", "clean", *FAST)
    assert done.code == 2
    if number < 10:
        assert [done.errors.count(name) for name in names] == [1] * len(names)
    else:
        assert sum(done.errors.count(name) for name in names) < 10, "they are grouped"
    assert "save its text as .txt" in done.errors
    assert "JSON lines" in done.errors


@full
def test_an_empty_file_is_named_once(here):
    write(here, {"raw/bad.txt": ""})
    done = clean_news(here, "raw", "clean", *FAST)
    assert done.code == 2
    assert done.errors.count("bad.txt") == 1
    assert (here / "clean" / "a.txt").read_text() == CLEANED
    assert not (here / "clean" / "bad.txt").exists()


@full
@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("dif clean", "did you mean diff"),
        ("diff clean --rule SPN", "did you mean SPIN"),
        ("raw clean --only spinn", "did you mean spin"),
    ],
)
def test_what_is_mistyped_is_guessed(here, words, message):
    clean_news(here, "raw", "clean", *FAST)
    done = clean_news(here, *words.split())
    assert done.code == 2
    assert message in done.errors


@full
def test_explain_takes_a_stage(here):
    done = clean_news(here, "explain", "spin")
    assert done.code == 0
    assert "SPIN001" in done.out


@full
@pytest.mark.parametrize("words", ["--help", "raw clean --chek"])
def test_the_usage_line_shows_raw_and_clean(here, words):
    done = clean_news(here, *words.split())
    usage = next(line for line in (done.out + done.errors).splitlines() if line.startswith("Usage"))
    assert "main-job" not in usage
    assert "RAW... CLEAN" in usage


SPIDER = """\
import scrapy
from scrapy.crawler import CrawlerProcess
class Articles(scrapy.Spider):
    name, start_urls = "articles", ["data:text/plain,x"]
    def parse(self, response):
        for number in range(3):
            yield {"headline": "one", "body_of_it": "two"}
if __name__ == "__main__":
    process = CrawlerProcess({
        "TELNETCONSOLE_ENABLED": False, "LOG_LEVEL": "WARNING",
        "ADDONS": {"clean_news.workflows.scrapy.CleanNewsAddon": 500},
    })
    process.crawl(Articles)
    process.start()
"""


@full
def test_scrapy_warns_once_of_items_without_the_text_field(here):
    write(here, {"crawl.py": SPIDER})
    done = subprocess.run(
        [PYTHON, "crawl.py"], cwd=here, capture_output=True, text=True, timeout=120, check=True, env=environment_with()
    )
    warnings = [line for line in done.stderr.splitlines() if "body_of_it" in line]
    assert len(warnings) == 1, done.stderr[-2000:]
    assert "headline" in warnings[0]
