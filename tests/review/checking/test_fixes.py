"""The fixes of a check: made in the raw file, all of them give the clean texts, and nothing else changes."""

import csv
import io
import itertools
import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from clean_news.batch.file_cleaning import clean_file
from clean_news.batch.run_options import RunOptions
from clean_news.cli.app import app
from clean_news.files.discovery import Task
from clean_news.settings import Settings

TOP = Path(__file__).parents[3]
PIECES = st.sampled_from(
    [
        "overseas",
        " the ",
        "\n",
        "\n\n",
        " \n",
        "over\xadseas",
        "â€™s",
        "caf\u00c3\u00a9",
        "😀",
        'a "word"',
        "\\",
        ",",
        "  ",
        ".",
    ]
)
TEXTS = st.lists(PIECES, min_size=1, max_size=12).map("".join)
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
STAGES = ("encoding", "characters", "layout")


def lines_of(content):
    """The lines as git counts them; each with its line end, and an empty one after the last."""
    return [*re.findall(r"[^\n]*\n|[^\n]+\Z", content), ""]


def with_fixes(content, repairs):
    """A file after all fixes of its repairs."""
    lines = lines_of(content)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines))]

    def offset(line, column):
        assert 1 <= line <= len(lines)
        assert 1 <= column <= len(lines[line - 1]) + 1
        return starts[line - 1] + column - 1

    fixes = sorted(
        (offset(*each.fix.region[:2]), offset(*each.fix.region[2:]), each.fix.text) for each in repairs if each.fix
    )
    assert all(one[1] <= other[0] and one[:2] != other[:2] for one, other in itertools.pairwise(fixes))
    for start, end, text in reversed(fixes):
        content = content[:start] + text + content[end:]
    return content


@pytest.fixture
def checked(tmp_path, foreign):
    """A function that returns the repairs of a file with some bytes, and the bytes of its clean file."""

    def checked_file(name, raw, **given):
        path, clean = tmp_path / name, tmp_path / "clean" / name
        path.write_bytes(raw)
        clean.parent.mkdir(exist_ok=True)
        given = {"stages": (*STAGES, foreign), **given}
        report = clean_file(Task(path, None, name, len(raw)), RunOptions(Settings(**given), lists_needed=True))
        clean_file(Task(path, clean, name, len(raw), within=tmp_path), RunOptions(Settings(**given), force=True))
        assert report.failures == ()
        return report.needed, clean.read_bytes()

    return checked_file


@QUICK
@given(
    text=TEXTS,
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    codec=st.sampled_from(["utf-8", "utf-8-sig"]),
    suffix=st.sampled_from([".txt", ".md"]),
)
def test_fixes_in_text_files(checked, text, line_end, codec, suffix):
    if suffix == ".md":
        text = text.replace("\\", "").replace("  ", " ")
    text = f"It is prose. {text} overseas now.\n".replace("\n", line_end)
    repairs, clean = checked("a" + suffix, text.encode(codec))
    assert any(each.fix for each in repairs)
    fixed = with_fixes(text, repairs)
    assert fixed.replace(line_end, "\n") == clean.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


@QUICK
@given(texts=st.lists(TEXTS, min_size=1, max_size=3), is_ascii=st.booleans(), line_end=st.sampled_from(["\n", "\r\n"]))
def test_fixes_in_json_lines(checked, texts, is_ascii, line_end):
    raw = "".join(json.dumps({"é": 1, "text": each}, ensure_ascii=is_ascii) + line_end for each in ("It.", *texts))
    repairs, clean = checked("a.jsonl", raw.encode())
    fixed = with_fixes(raw, repairs)
    assert [json.loads(line) for line in fixed.splitlines()] == [json.loads(line) for line in clean.splitlines()]
    assert fixed == clean.decode() or not is_ascii


@QUICK
@given(texts=st.lists(TEXTS, min_size=1, max_size=3), is_ascii=st.booleans(), indent=st.sampled_from([None, 2]))
def test_fixes_in_json_documents(checked, texts, is_ascii, indent):
    raw = json.dumps([{"é": 1, "text": each} for each in texts], ensure_ascii=is_ascii, indent=indent)
    repairs, clean = checked("a.json", raw.encode(), text_field="[].text")
    assert json.loads(with_fixes(raw, repairs)) == json.loads(clean)


@QUICK
@given(texts=st.lists(TEXTS, min_size=1, max_size=3), line_end=st.sampled_from(["\n", "\r\n"]), quoting=st.booleans())
def test_fixes_in_tables(checked, texts, line_end, quoting):
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator=line_end, quoting=csv.QUOTE_ALL if quoting else csv.QUOTE_MINIMAL)
    writer.writerow(["é", "text", "note"])
    writer.writerows(["1, 2", each.replace("\n", line_end), "c"] for each in texts)
    repairs, clean = checked("a.csv", table.getvalue().encode())
    fixed, wanted = (
        list(csv.reader(io.StringIO(content, newline="")))
        for content in (with_fixes(table.getvalue(), repairs), clean.decode())
    )
    if quoting:
        assert fixed == wanted
    else:  # a cell that would have to be quoted has not all its fixes
        assert [(*each[:1], *each[2:]) for each in fixed] == [(*each[:1], *each[2:]) for each in wanted]


def test_fixes_of_the_samples(checked):
    for path in sorted((TOP / "raw").glob("0[2579]-*.txt")):
        raw = path.read_bytes()
        try:
            content = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            repairs, _ = checked(path.name, raw, stages=Settings().stages)
            assert not any(each.fix for each in repairs), "what is not UTF-8 cannot be fixed in a part"
            continue
        repairs, clean = checked(path.name, raw, stages=Settings().stages)
        if repairs:
            assert with_fixes(content, repairs).replace("\r\n", "\n").rstrip("\n") == clean.decode().rstrip("\n")


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("a.rss", b"<rss><channel><item><description>overseas</description></item></channel></rss>"),
        ("a.txt", "It is pr\u00e9s overseas.".encode("cp1252")),
        ("a.txt", "It is overseas.".encode("utf-16")),
    ],
)
def test_where_no_replacement_alone_makes_the_repair_there_is_no_fix(checked, name, raw):
    repairs, _ = checked(name, raw)
    assert [each.fix for each in repairs if each.before == "overseas"] == [None]


def test_edits_of_several_stages_in_one_word_are_one_fix(checked):
    repairs, clean = checked("a.csv", b"id,text\n1,over\xc2\xadseas\n")
    assert ([each.stage for each in repairs if each.fix], clean) == ([repairs[0].stage], b"id,text\n1,foreign\n")
    assert (len(repairs), with_fixes("id,text\n1,over\xadseas\n", repairs).encode()) == (2, clean)


def test_a_cell_that_would_need_quotes_has_no_fix(make_stage, checked):
    stage = make_stage('return Proposal([replace(text, 0, 2, "a, b", "TEST001", 0.9, why="a test")])')
    assert checked("a.csv", b"id,text\n1,It left\n", stages=(stage,))[0][0].fix is None
    assert checked("a.csv", b'id,text\n1,"It left"\n', stages=(stage,))[0][0].fix.text == "a, b"


def test_insertions_of_two_stages_at_one_place_are_one_fix(checked, make_stage):
    stages = tuple(
        make_stage(f'return Proposal([replace(text, 2, 2, "{text}", "TEST001", 0.9, why="a test")])') for text in "xy"
    )
    repairs, clean = checked("a.txt", b"It left.\n", stages=stages)
    assert with_fixes("It left.\n", repairs).encode() == clean
    assert sum(each.fix is not None for each in repairs) == 1


def test_sarif_has_the_fixes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    Path("a b.txt").write_text("It was over\xadseas â€œnowâ€.\n", encoding="utf-8")
    Path("b.jsonl").write_text('{"text": "\\u201cIt\\u00adleft\\u201d"}\n', encoding="utf-8")
    done = CliRunner().invoke(app, ["--check", "--format", "sarif", "a b.txt", "b.jsonl"])
    results = json.loads(done.stdout)["runs"][0]["results"]
    assert results
    for each in results:
        (fix,), location = each["fixes"], each["locations"][0]["physicalLocation"]
        (change,) = fix["artifactChanges"]
        assert change["artifactLocation"] == location["artifactLocation"]
        (replacement,) = change["replacements"]
        assert replacement["deletedRegion"] == location["region"]
    texts = [each["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"] for each in results]
    assert "" in texts
