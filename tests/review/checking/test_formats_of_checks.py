"""``--check --format``: what is written, for each format, and the exit codes."""

import importlib.util
import json
import os
import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from clean_news.batch.needed_repairs import NeededRepair
from clean_news.cli.app import app
from clean_news.review.checking.file_names import FileNames
from clean_news.review.checking.rendering import rendering_of
from clean_news.settings import Settings

SUBSET = Path(__file__).parents[1] / "diff" / "sarif_subset.py"
COMMAND = re.compile(r"::(warning|error) ([^:]*)::(.*)")
pytestmark = pytest.mark.usefixtures("here")


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The working folder: two files with one edit each, the second on its second line; one with nothing to repair."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    Path("news/a b").mkdir(parents=True)
    Path("news/one.txt").write_text("It was over\u00adseas.\n", encoding="utf-8")
    Path("news/a b/é.txt").write_bytes("It left.\r\n\tThe 😀 over\u00adseas.\r\n".encode())
    Path("fine.txt").write_text("It was late.\n", encoding="utf-8")


def check(*words, form="text"):
    done = CliRunner().invoke(app, ["--check", "--format", form, *words, "--only", "characters"])
    assert not isinstance(done.exception, Exception), done.exception
    return done


def subset():
    spec = importlib.util.spec_from_file_location("sarif_subset", SUBSET)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_text_has_a_line_for_each_repair():
    done = check("news/one.txt", "news/a b")
    assert done.stdout == (
        "news/one.txt:1:12: CHAR003 “\\xad” to be removed\nnews/a b/é.txt:2:12: CHAR003 “\\xad” to be removed\n"
    )
    assert done.exit_code == 1


def test_the_exit_codes_are_those_of_ruff():
    assert [check(*words).exit_code for words in (["fine.txt"], ["news", "fine.txt"], ["gone.txt"])] == [0, 1, 2]
    Path("empty.txt").touch()
    both = check("news/one.txt", "empty.txt")
    assert both.exit_code == 2
    assert both.stdout.startswith("news/one.txt:1:12: "), "the other file is still checked"
    for form in ("json", "sarif"):
        assert check("gone.txt", form=form).stdout == ""


@pytest.mark.parametrize("form", ["text", "github", "sarif", "json"])
def test_nothing_is_written_but_the_output(form):
    before = sorted(Path().rglob("*"))
    check("news", "fine.txt", form=form)
    assert sorted(Path().rglob("*")) == before


def test_a_file_that_is_named_twice_is_listed_once():
    assert check("news/one.txt", "news/one.txt", "news").stdout.count("one.txt") == 1


def test_json_is_one_list():
    first, second = json.loads(check("news/one.txt", "news/a b", form="json").stdout)
    assert first == {
        "file": "news/one.txt",
        "article": None,
        "line": 1,
        "column": 12,
        "end_line": 1,
        "end_column": 13,
        "stage": "characters",
        "rule": "CHAR003",
        "confidence": first["confidence"],
        "before": "\xad",
        "after": "",
        "fingerprint": first["fingerprint"],
    }
    assert (second["file"], second["line"], second["column"]) == ("news/a b/é.txt", 2, 12)
    assert json.loads(check("fine.txt", form="json").stdout) == []


def test_annotations():
    lines = check("news/one.txt", "news/a b", form="github").stdout.splitlines()
    assert [COMMAND.fullmatch(line)[2].partition(",title=")[0] for line in lines] == [
        "file=news/one.txt,line=1,endLine=1,col=12,endColumn=13",
        "file=news/a b/é.txt,line=2,endLine=2,col=12,endColumn=13",
    ]
    assert "title=CHAR003%3A " in lines[0]
    Path("empty.txt").touch()
    assert check("empty.txt", form="github").stdout.startswith("::error title=clean-news::empty.txt: is empty")


def test_annotations_and_sarif_are_relative_to_the_checkout(monkeypatch, tmp_path):
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    monkeypatch.chdir("news")
    assert "file=news/one.txt," in check("one.txt", form="github").stdout
    assert '"uri":"news/one.txt"' in check("one.txt", form="sarif").stdout
    assert check("one.txt").stdout.startswith("one.txt:1:12"), "text is for people in the working folder"
    assert check(str(tmp_path / "news" / "one.txt")).stdout.startswith("one.txt:1:12")
    assert check("../news/one.txt").stdout.startswith("one.txt:1:12")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path) + "-2")
    assert "file=one.txt," in check("one.txt", form="github").stdout


def test_a_link_to_the_working_folder_does_not_matter(tmp_path):
    Path("link").symlink_to(tmp_path / "news")
    assert check(str(tmp_path / "link" / "one.txt"), form="sarif").exit_code == 1
    here = FileNames(tmp_path / "news")
    assert [here.uri(tmp_path / name) for name in ("link/one.txt", "link/a b/é.txt")] == ["one.txt", "a%20b/%C3%A9.txt"]
    assert here.uri(tmp_path / "fine.txt") == (tmp_path / "fine.txt").as_uri()


def test_it_is_sarif():
    Path("empty.txt").touch()
    Path("rows.jsonl.gz").write_bytes(b"no gzip")
    content = check("news/one.txt", "news/a b", "empty.txt", "rows.jsonl.gz", form="sarif").stdout
    (run,) = msgspec.json.decode(content, type=subset().Log).runs
    places = [each.locations[0].physical_location for each in run.results]
    assert [place.artifact_location.uri for place in places] == ["news/one.txt", "news/a%20b/%C3%A9.txt"]
    assert [(place.region.start_line, place.region.end_column) for place in places] == [(1, 13), (2, 13)]
    assert run.original_uri_base_ids.keys() == {each.artifact_location.uri_base_id for each in places}
    assert {each.rule_id for each in run.results} <= {each.id for each in run.tool.driver.rules}
    (invocation,) = run.invocations
    assert not invocation.execution_successful
    assert [each.message.text[:12] for each in invocation.tool_execution_notifications] == [
        "empty.txt: i",
        "rows.jsonl.g",
    ]
    nothing = msgspec.json.decode(check("fine.txt", form="sarif").stdout, type=subset().Log).runs[0]
    assert (nothing.results, nothing.invocations[0].execution_successful) == ([], True)
    official = os.environ.get("CLEAN_NEWS_SARIF_SCHEMA")
    if official:
        jsonschema = pytest.importorskip("jsonschema")
        jsonschema.validate(json.loads(content), json.loads(Path(official).read_text(encoding="utf-8")))


def test_the_official_schema_as_classes():
    model = pytest.importorskip("pydantic_sarif.model")  # generated from the schema
    log = model.StaticAnalysisResultsFormatSarifVersion210JsonSchema
    content = check("news", "fine.txt", form="sarif").stdout
    results = log(**json.loads(content)).runs[0].results
    assert [len(each.fixes) for each in results] == [1, 1]


NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=9)


@given(st.text(max_size=40), st.text(max_size=40), NAMES)
def test_what_a_file_holds_adds_no_annotation(before, after, name):
    needed = NeededRepair(f"a{name}.txt", "", "spin", "SPIN001", 1.0, before, after, None, "0", "0", "0")
    form = rendering_of("github", FileNames(Path("/")), {"SPIN001": "a, b: c"}, Settings())
    lines = form.repair(needed).split("\n")
    assert lines[1:] == [""]
    assert COMMAND.fullmatch(lines[0])
    assert lines[0].isprintable()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["news", "clean", "--format", "json"], "are for --check"),
        (["news", "--check", "--write-baseline"], "--write-baseline needs --baseline FILE"),
        (["news", "--dry-run", "--baseline", "b.json"], "are for --check"),
        (["news", "--check", "--format", "xml"], "--format"),
        (["-", "-", "--check", "--format", "json"], "--check applies to files"),
    ],
)
def test_what_makes_no_sense_is_refused(words, message):
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2
    assert message in done.stderr
