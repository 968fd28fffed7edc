"""Runs with ``--furniture``: lines that recur over the articles of one source are removed."""

import json

import pytest

from clean_news.batch.reversion import restore
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.settings import Settings
from clean_news.stages.boilerplate.furniture import LineCounter, lines_to_count
from clean_news.stages.text_lines import lines_of

MOTTO = "Harbour Echo, the paper of the quays since the great flood"
SETTINGS = Settings(stages=("layout", "boilerplate"), furniture=True)


def article(number, motto=MOTTO):
    """An article of its own words, with the motto after its first paragraph."""
    first = f"The harbour board met for the {number}th time this year and sold {number * 3} ferries to the museum."
    last = f"Captain number {number} called it a loss of {number * 7} jobs, and left the room before the vote was over."
    return f"{first}\n\n{motto}\n\n{last}\n"


@pytest.fixture
def places(tmp_path):
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    raw.mkdir()
    return raw, clean


def put(folder, articles):
    folder.mkdir(exist_ok=True)
    for number, text in enumerate(articles, 1):
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")


def edits_of(log):
    return [edit for stage in json.loads(log.read_text(encoding="utf-8"))["stages"] for edit in stage["edits"]]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_line_of_five_articles_of_a_folder_goes(places, jobs):
    raw, clean = places
    put(raw / "echo", [article(number) for number in range(1, 6)])
    put(raw / "other", [article(number) for number in range(11, 15)])
    run(raw, clean, RunOptions(Settings(stages=SETTINGS.stages, furniture=True, jobs=jobs, log_detail="full")))
    assert all(MOTTO not in path.read_text(encoding="utf-8") for path in (clean / "echo").glob("*.txt"))
    assert all(MOTTO in path.read_text(encoding="utf-8") for path in (clean / "other").glob("*.txt"))
    (edit,) = edits_of(clean / "echo" / "1.txt.changes.json")
    assert edit["rule"] == "BOIL016"
    assert edit["evidence"] == {"kept": {"furniture": MOTTO}, "source": "echo", "articles": 5, "of": 5}


def test_without_the_setting_nothing_is_learned(places):
    raw, clean = places
    put(raw / "echo", [article(number) for number in range(1, 8)])
    run(raw, clean, RunOptions(Settings(stages=SETTINGS.stages)))
    assert all(MOTTO in path.read_text(encoding="utf-8") for path in (clean / "echo").glob("*.txt"))


def test_rows_of_one_file_are_a_source_and_addresses_are_hosts(places):
    raw, clean = places
    rows = [{"id": f"https://echo.example/{number}", "text": article(number)} for number in range(1, 6)]
    rows += [{"id": f"https://other.example/{number}", "text": article(number)} for number in range(6, 9)]
    (raw / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    run(raw, clean, RunOptions(SETTINGS))
    cleaned = [json.loads(line) for line in (clean / "rows.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [MOTTO in row["text"] for row in cleaned] == [False] * 5 + [True] * 3


def test_a_second_run_skips_what_is_up_to_date_and_an_article_more_does_not_matter(places):
    raw, clean = places
    put(raw / "echo", [article(number) for number in range(1, 6)])
    run(raw, clean, RunOptions(SETTINGS))
    assert run(raw, clean, RunOptions(SETTINGS)).cleaned == 0
    put(raw / "echo", [article(number) for number in range(1, 7)])
    assert run(raw, clean, RunOptions(SETTINGS)).cleaned == 1


def test_the_raw_text_comes_back(places, tmp_path):
    raw, clean = places
    put(raw / "echo", [article(number) for number in range(1, 6)])
    run(raw, clean, RunOptions(SETTINGS))
    restore(clean, tmp_path / "back")
    for path in (raw / "echo").glob("*.txt"):
        assert (tmp_path / "back" / "echo" / path.name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    ("why", "texts"),
    [
        ("copies of one article are counted once", [article(1)] * 9),
        ("four articles are too few", [article(number) for number in range(4)]),
        (
            "part of a sentence",
            [
                f"The board of harbour number {n} said that\n\nthe ferry would leave,\n\nwhatever it cost."
                for n in range(9)
            ],
        ),
        ("speakers recur within an article", [f"ANN DOE\n\nHello {n}.\n\nANN DOE\n\nBye {n}." for n in range(9)]),
        (
            "who is quoted",
            [f"“The ferry of dock {n} is late, and that is a scandal.”\n\nJane Doe, the Echo" for n in range(9)],
        ),
        ("no words", [f"The ferry left dock {n}.\n\n* * *\n\n1901\n\nIt sank." for n in range(9)][:9]),
    ],
)
def test_what_is_no_furniture(why, texts):
    counter = LineCounter()
    for number, text in enumerate(texts):
        counter.add(lines_to_count(f"echo/{number}.txt", text, lines_of(text)))
    assert [learned.line for learned in counter.furniture() if learned.line != "It sank."] == [], why


def test_a_short_heading_must_recur_in_more_articles():
    counter = LineCounter()
    for number in range(200):
        heading = "What happens next?" if number < 9 else f"Why dock {number} is shut"
        text = f"The ferry left dock {number}.\n\n{heading}\n\nIt sank in year {number}."
        counter.add(lines_to_count(f"echo/{number}.txt", text, lines_of(text)))
    assert counter.furniture() == ()


def test_other_versions_of_an_article_stay_whole(places):
    raw, clean = places
    put(raw / "echo", [article(1) + f"\nThe story was told again on day {number}." for number in range(1, 9)])
    run(raw, clean, RunOptions(SETTINGS))
    assert all(MOTTO in path.read_text(encoding="utf-8") for path in (clean / "echo").glob("*.txt"))
