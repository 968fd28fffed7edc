"""The places of repairs: lines and columns that are in the file, and have the text that is repaired."""

import csv
import io
import json
import re
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clean_news.batch.file_cleaning import clean_file
from clean_news.batch.needed_repairs import NeededRepair
from clean_news.batch.run_options import RunOptions
from clean_news.files.discovery import Task
from clean_news.settings import Settings

TOP = Path(__file__).parents[3]
WORD = "overseas"
PIECES = st.sampled_from(
    [WORD, " the ", "\t", "\n", "\n\n", "“é”", "😀", "𝒜", 'a "quoted" word', "\\", ",", "a & b", "."]
)
TEXTS = st.lists(PIECES, min_size=1, max_size=12).map("".join)
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def lines_of(content: str) -> list[str]:
    """The lines as git counts them; each with its line end."""
    return re.findall(r"[^\n]*\n|[^\n]+", content)


def found_at(content: str, repair: NeededRepair) -> str:
    """The text at the place of a repair; the place must exist."""
    lines = lines_of(content)
    line, column, end_line, end_column = repair.region
    assert 1 <= line <= end_line <= len(lines)
    assert 1 <= column <= len(lines[line - 1]) + 1
    assert 1 <= end_column <= len(lines[end_line - 1]) + 1
    assert (line, column) <= (end_line, end_column)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines))]
    return content[starts[line - 1] + column - 1 : starts[end_line - 1] + end_column - 1]


@pytest.fixture
def needed(tmp_path, foreign):
    """A function that returns what a file with some bytes needs, by default from a stage that replaces a word."""

    def needed_in(name: str, raw: bytes, **given) -> tuple[NeededRepair, ...]:
        path = tmp_path / name
        path.write_bytes(raw)
        options = RunOptions(Settings(**{"stages": (foreign,), **given}), lists_needed=True)
        report = clean_file(Task(path, None, name, len(raw)), options)
        assert report.failures == ()
        return report.needed

    return needed_in


@QUICK
@given(
    text=TEXTS,
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    suffix=st.sampled_from([".txt", ".md"]),
)
def test_places_in_text_files(needed, text, line_end, codec, suffix):
    text = f"It is prose. {text}".replace("\n", line_end)
    if suffix == ".md":
        text = text.replace("\\", "").replace("\t", " ")  # code, which is not repaired
    repairs = needed("a" + suffix, text.encode(codec))
    assert [found_at(text, each) for each in repairs] == [WORD] * text.count(WORD)
    assert all(each.region[0] == 1 for each in repairs) or "\n" in text


@QUICK
@given(
    texts=st.lists(TEXTS, min_size=1, max_size=3),
    is_ascii=st.booleans(),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
def test_places_in_json_lines(needed, texts, is_ascii, line_end):
    raw = "".join(json.dumps({"é": 1, "text": each}, ensure_ascii=is_ascii) + line_end for each in ("", *texts))
    repairs = needed("a.jsonl", raw.encode())
    assert [found_at(raw, each) for each in repairs] == [WORD] * raw.count(WORD)


@QUICK
@given(texts=st.lists(TEXTS, min_size=1, max_size=3), is_ascii=st.booleans(), indent=st.sampled_from([None, 2]))
def test_places_in_json_documents(needed, texts, is_ascii, indent):
    raw = json.dumps([{"é": 1, "text": each} for each in texts], ensure_ascii=is_ascii, indent=indent)
    repairs = needed("a.json", raw.encode(), text_field="[].text")
    assert [found_at(raw, each) for each in repairs] == [WORD] * raw.count(WORD)


@QUICK
@given(texts=st.lists(TEXTS, min_size=1, max_size=3), line_end=st.sampled_from(["\n", "\r\n"]), mark=st.booleans())
def test_places_in_tables(needed, texts, line_end, mark):
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator=line_end)
    writer.writerow(["é", "text", "note"])
    writer.writerows(["1, 2", each.replace("\n", line_end), "c"] for each in texts)
    raw = table.getvalue()
    repairs = needed("a.csv", (b"\xef\xbb\xbf" if mark else b"") + raw.encode())
    assert [found_at(raw, each) for each in repairs] == [WORD] * raw.count(WORD)


@QUICK
@given(texts=st.lists(TEXTS, min_size=1, max_size=3), line_end=st.sampled_from(["\n", "\r\n"]), twice=st.booleans())
def test_places_in_feeds(needed, texts, line_end, twice):
    def written(text):
        return escape(f"<p>é <b>{escape(text)}</b></p>" if twice else text)

    items = "".join(f"<item><title>é</title><description>{written(each)}</description></item>\n" for each in texts)
    raw = f'<?xml version="1.0"?>\n<rss version="2.0"><channel>\n{items}</channel></rss>\n'.replace("\n", line_end)
    repairs = needed("a.rss", raw.encode())
    assert [found_at(raw, each) for each in repairs] == [WORD] * raw.count(WORD)


@QUICK
@given(parts=st.lists(st.tuples(TEXTS, st.sampled_from(["\n", "\r\n", "\r", "\n\r"])), min_size=1, max_size=4))
def test_places_where_line_ends_are_mixed(needed, parts):
    raw = "It is prose." + "".join(text.replace("\n", line_end) + line_end for text, line_end in parts)
    repairs = needed("a.txt", raw.encode())
    assert [found_at(raw, each) for each in repairs] == [WORD] * raw.count(WORD)


@QUICK
@given(texts=st.lists(TEXTS, min_size=2, max_size=3), separator=st.sampled_from([";", "\t"]))
def test_places_in_tables_with_backslashes(needed, texts, separator):
    def quoted(text):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    lines = [
        separator.join([quoted("id"), quoted("text")]),
        *(separator.join([quoted('a \\ " b'), quoted(f'"{each}"')]) for each in texts),
    ]
    raw = "\n".join(lines) + "\n"
    repairs = needed("a.tsv" if separator == "\t" else "a.csv", raw.encode())
    assert [found_at(raw, each) for each in repairs] == [WORD] * raw.count(WORD)


def test_escapes_in_a_literal_count_as_they_are_written(needed):
    raw = '{"text": "\\ud83d\\ude00 \\u00e9 \\n\\u006fverseas\\u0020"}\n'
    (repair,) = needed("a.jsonl", raw.encode())
    assert found_at(raw, repair) == "\\u006fverseas"


def test_a_word_of_a_page_is_its_element(needed):
    raw = (
        '<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Layout><Page><PrintSpace><TextBlock><TextLine>\n'
        '<String ID="é" CONTENT="the"/><SP/>\n<String CONTENT="overseas"/></TextLine></TextBlock></PrintSpace></Page>'
        "</Layout></alto>\n"
    )
    (repair,) = needed("a.xml", raw.encode())
    assert found_at(raw, repair) == '<String CONTENT="overseas"/>'


def test_what_has_no_lines_has_no_place(needed):
    import gzip

    (repair,) = needed("a.jsonl.gz", gzip.compress(b'{"text": "overseas"}\n'))
    assert (repair.region, repair.article) == (None, "1")


@pytest.mark.parametrize(
    "raw", ["The ferry left. \n\n\n", "The ferry left.\r\n \r\n", "\n\nIt left.\n \n", "It left. "]
)
def test_white_space_at_the_end_is_in_lines_that_exist(needed, raw):
    repairs = needed("a.txt", raw.encode(), stages=("layout",))
    assert repairs
    for each in repairs:
        found_at(raw, each)


def test_places_of_the_samples_exist(needed):
    """All stages over the samples: what an edit replaces is at its place, unless an earlier stage has changed it."""
    of_first_stage = 0
    for path in sorted((TOP / "raw").glob("0[2579]-*.txt")):
        raw = path.read_bytes()
        repairs = needed(path.name, raw, stages=Settings().stages)
        content = raw.decode()
        for each in repairs:
            text = found_at(content, each)
            if each.stage == "encoding":
                of_first_stage += 1
                assert text == each.before
    assert of_first_stage
