"""Sources on the command line: sources find and update, the main job, streams, score, explain; messages and codes."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[1]
SPUN = SAMPLES / "raw" / "02-spun-foreign-ministry.txt"
ORIGINAL = SAMPLES / "clean" / "02-spun-foreign-ministry.txt"
GENUINE = SAMPLES / "clean" / "09-hard-wrapped-bridges.txt"
COMMAND = [sys.executable, "-m", "clean_news"]
INDEX = ("--sources-index", "index")


@pytest.fixture
def here(tmp_path):
    """A folder with a spun article, and an archive of its original, another article and one without a text."""
    shutil.copy(SPUN, tmp_path / "spun.txt")
    (tmp_path / "archive").mkdir()
    rows = [{"id": f"https://news.example/{number}", "text": path.read_text(encoding="utf-8")}
            for number, path in enumerate((ORIGINAL, GENUINE))]  # fmt: skip
    (tmp_path / "archive" / "news.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return tmp_path


@pytest.fixture
def clean_news(here):
    def start(*words, **options):
        return subprocess.run(
            [*COMMAND, *words], cwd=here, capture_output=True, text=True, timeout=60, check=False, **options
        )

    return start


def test_find_lists_the_nearest_first(clean_news):
    found = clean_news("sources", "find", "spun.txt", "--sources", "archive", *INDEX)
    assert (found.returncode, found.stderr) == (0, "")
    first, *others = found.stdout.splitlines()
    score, place = first.split()
    assert place == "https://news.example/0"
    assert 0 < float(score) <= 1
    assert all(float(line.split()[0]) <= float(score) for line in others)
    one = clean_news("sources", "find", "spun.txt", *INDEX, "-n", "1", "--json")
    assert json.loads(one.stdout)["id"] == "news.jsonl#https://news.example/0", "the index alone is enough"


def test_find_takes_an_article_of_many_and_marks_the_same_text(clean_news):
    found = clean_news("sources", "find", "archive/news.jsonl:https://news.example/1", "--sources", "archive", *INDEX)
    assert found.stdout.splitlines()[0] == "1.000  https://news.example/1  (the same text)"
    assert found.returncode == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["find", "spun.txt"], "no sources are given; name a folder or file with --sources PATH, or their index"),
        (["find", "gone.txt", "--sources", "archive"], "gone.txt: there is no such file; name a file with an article"),
        (["find", "archive", "--sources", "archive"], "archive: is not a file; name a file with an article"),
        (["find", "table.xlsx", "--sources", "archive"], "table.xlsx: "),
        (["find", "archive/news.jsonl", "--sources", "archive"], "has more than one article; name one"),
        (["find", "archive/news.jsonl:5", "--sources", "archive"], "has no article '5'; name another"),
        (["find", "spun.txt", "--sources", "gone"], "gone: there is no such file or folder; name a folder or a file"),
        (["find", "spun.txt", "--sources-index", "gone"], "gone: there is no complete index of sources"),
        (["update"], "no sources are given"),
        (["update", "--sources", "archive", "--sources-index", "."], "is not an index of sources, and nothing else"),
        (["update", "--sources", "archive", "--sources-index", "spun.txt"], "spun.txt: is not an index of sources"),
    ],
)
def test_messages_name_the_remedy(clean_news, here, words, message):
    (here / "table.xlsx").write_text("a,b\n", encoding="utf-8")
    before = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    done = clean_news("sources", *words, *(() if "--sources-index" in words or "--sources" not in words else INDEX))
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert {path: path.read_bytes() for path in before} == before


def test_update_tells_the_number_and_what_could_not_be_read(clean_news, here):
    (here / "archive" / "binary.txt").write_bytes(bytes(range(256)) * 40)
    done = clean_news("sources", "update", "--sources", "archive", *INDEX)
    assert done.returncode == 2, "something was wrong, everything else was done"
    assert "archive/binary.txt: " in done.stderr
    assert f"2 articles in {here / 'index'}" in done.stderr
    (here / "archive" / "binary.txt").unlink()
    done = clean_news("sources", "update", "--sources", "archive", *INDEX, "-q")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_main_job_with_its_own_raw_and_an_archive(clean_news, here):
    (here / "raw").mkdir()
    shutil.copy(SPUN, here / "raw")
    done = clean_news("raw", "clean", "--sources", "raw", "--sources", "archive", *INDEX)
    assert (done.returncode, "1 with a source" in done.stderr) == (0, True)
    assert "foreign ministry said" in (here / "clean" / SPUN.name).read_text(encoding="utf-8")
    assert clean_news("raw", "--check", *INDEX).returncode == 1
    refused = clean_news("raw", "clean", "--sources", "archive", "--sources-index", "raw/index")
    assert refused.returncode == 2
    assert "raw/index: the index of the sources is inside RAW (raw), which is never written to" in refused.stderr
    assert [path.name for path in (here / "raw").iterdir()] == [SPUN.name]


def test_a_settings_file_names_sources_relative_to_it(clean_news, here):
    (here / "clean-news.toml").write_text('sources = ["archive"]\nsources-index = "index"\n', encoding="utf-8")
    done = clean_news("spun.txt", "clean.txt")
    assert done.returncode == 0
    log = json.loads((here / "clean.txt.changes.json").read_bytes())
    assert log["document"]["source"]["origin"] == "https://news.example/0"
    assert (here / "index" / "index.json").exists()


def test_a_stream_takes_words_from_sources(clean_news, here):
    (here / "archive" / "binary.txt").write_bytes(bytes(range(256)) * 40)
    line = json.dumps({"text": SPUN.read_text(encoding="utf-8")})
    done = clean_news("-", "-", "--sources", "archive", *INDEX, input=f"{line}\n")
    assert done.returncode == 0
    assert "archive/binary.txt: " in done.stderr
    assert json.loads(done.stdout)["changes"]["document"]["source"]["id"] == "news.jsonl#https://news.example/0"


def test_score_and_verify_and_explain_take_sources(clean_news):
    for words in (
        ["score", str(SAMPLES / "tests" / "gold" / "spin.txt")],
        ["explain", "spun.txt:"],
    ):
        done = clean_news(*words, "--sources", "archive", *INDEX)
        assert (done.returncode, done.stderr) == (0, "")
    assert clean_news("spun.txt", "clean.txt", "--sources", "archive", *INDEX).returncode == 0
    done = clean_news("verify", "clean.txt", "--raw", "spun.txt", *INDEX)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("code", ["SRC001", "SRC002", "source"])
def test_the_rules_are_explained(clean_news, code):
    done = clean_news("explain", code)
    assert done.returncode == 0
    assert "SRC00" in done.stdout


def test_progress_on_a_terminal_and_none_in_a_pipe(here, on_terminal):
    text = ORIGINAL.read_text(encoding="utf-8")
    with (here / "archive" / "many.jsonl").open("w", encoding="utf-8") as file:
        for number in range(1200):
            file.write(json.dumps({"id": number, "text": f"{text} Bulletin {number}."}) + "\n")
    words = ["sources", "update", "--sources", "archive", *INDEX]
    shown = on_terminal([*COMMAND, *words], here, streams=("stderr",))
    assert b"reading sources" in shown
    assert b"articles" in shown
    shutil.rmtree(here / "index")
    done = subprocess.run([*COMMAND, *words], cwd=here, capture_output=True, text=True, check=True)
    assert done.stderr == f"1,202 articles in {here / 'index'}\n"
