"""JSON lines: only the article's literal changes, and the raw file is restored byte for byte."""

import gzip
import io
import json
import random
import re
import tracemalloc
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from clean_news import change_log
from clean_news.batch.row_cleaning import Origin, clean_rows
from clean_news.change_log import LogError
from clean_news.cleaner import Cleaner
from clean_news.formats import CleanRow, UnreadableError, format_of, json_lines
from clean_news.formats.compression import compressing, open_decompressed
from clean_news.formats.row_logs import was_kept
from clean_news.settings import Settings

NAMES = ["a.jsonl", "a.ndjson", "a.jsonl.gz", "a.NDJSON.GZ", "a.jsonl.zst", "a.ndjson.zst"]
MOJIBAKE = "The ministerâ€™s office closed the road."
REPAIRED = "The minister’s office closed the road."


@pytest.fixture(scope="module")
def quick():
    return Cleaner(Settings(stages=("encoding", "characters", "layout")))


@pytest.fixture
def cleaned(tmp_path, quick):
    """Cleans the content of a file; returns the clean content and the rows, after checking that it can be restored."""

    def clean(content, name="a.jsonl", cleaner=quick):
        if name.lower().endswith(".zst"):
            pytest.importorskip("zstandard")
        (tmp_path / "clean").mkdir(exist_ok=True)
        raw, clean, logs = tmp_path / name, tmp_path / "clean" / name, tmp_path / "clean" / f"{name}.changes.jsonl"
        with raw.open("wb") as file, compressing(file, name) as archive:
            archive.write(content)
        rows = []
        with clean.open("wb") as clean_file, logs.open("wb") as log_file:
            found = clean_rows(json_lines.read(raw, cleaner.settings), cleaner, Origin(name, name))
            json_lines.write(remembered((row for row, _ in found), rows), raw, clean_file, log_file)
        again = tmp_path / f"again-{name}"
        with again.open("wb") as file:
            json_lines.restore(clean, logs, file)
        assert decompressed(again) == content
        return decompressed(clean), rows

    return clean


def remembered(rows, kept):
    for row in rows:
        kept.append(row)
        yield row


def decompressed(path):
    with open_decompressed(path, guarded=False) as file:
        return file.read()


def record(text, **others):
    return json.dumps({**others, "text": text}, ensure_ascii=False)


@pytest.mark.parametrize("name", NAMES)
def test_the_text_is_cleaned_and_everything_else_is_preserved(cleaned, name):
    before = '{"id" : 1e2,"x":{"text":"â€™"},  "text" :'
    rest = ', "n":12345678901234567890, "f": 1.10, "empty": [ ] } \r\n'
    content, _ = cleaned(f"{before} {json.dumps(MOJIBAKE, ensure_ascii=False)}{rest}".encode(), name)
    assert content.decode() == f'{before} "{REPAIRED}"{rest}'


def test_file_extensions():
    assert all(format_of(Path(name)) is json_lines for name in NAMES)
    assert format_of(Path("a.jsonl.changes.jsonl")) is None
    assert format_of(Path("a.json")) is not json_lines


def test_every_line_is_a_row(cleaned):
    lines = ["\ufeff" + record("A\u2028B\u2029 C."), "", "  ", "not JSON\r", record("A line without an end.")]
    content, rows = cleaned("\n".join(lines).encode())
    assert content.decode().count("\n") == 4
    assert [row.row.name for row in rows] == ["1", "2", "3", "4", "5"]
    assert [row.row.article for row in rows] == ["A\u2028B\u2029 C.", None, None, None, "A line without an end."]
    assert [bool(row.row.fault) for row in rows] == [False, False, False, True, False]
    assert content.decode().split("\n")[1:] == lines[1:]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (MOJIBAKE, REPAIRED),
        ("Nul\0 here.", "Nul here."),
        ("One.\r\nTwo.\r\n", "One.\nTwo.\n"),
        ("\ufeffA mark.", "A mark."),
        ("Nothing wrong / here.", "Nothing wrong / here."),
        ("", ""),
    ],
)
@pytest.mark.parametrize("as_ascii", [True, False])
def test_the_clean_literal_has_the_style_of_the_raw_one(cleaned, text, clean, as_ascii):
    content, _ = cleaned(json.dumps({"text": text}, ensure_ascii=as_ascii).encode())
    # An ASCII literal does not show the style, so it counts as one with escapes.
    assert content.decode() == json.dumps({"text": clean}, ensure_ascii=as_ascii or text.isascii())


def test_a_lone_surrogate_is_not_a_character(cleaned):
    content, _ = cleaned(rb'{"text": "The \ud800 road \udc00closed.", "x": "\ud800"}')
    assert "\ud800" not in json.loads(content)["text"]
    assert json.loads(content)["x"] == "\ud800"


def test_an_unchanged_text_keeps_its_unusual_literal(cleaned):
    line = rb'{"text": "The \u0072oad \/ rail/bridge \u00E9 \u00e8 closed."}'
    assert cleaned(line)[0] == line


def test_the_last_of_several_text_fields_is_used(cleaned):
    content, rows = cleaned(f'{{"text": "{MOJIBAKE}", "text": "{MOJIBAKE}"}}'.encode())
    assert content.decode() == f'{{"text": "{MOJIBAKE}", "text": "{REPAIRED}"}}'
    assert len(rows) == 1


def test_field_names_can_be_set(cleaned):
    cleaner = Cleaner(Settings(stages=("encoding",), text_field="body.main", id_field="key"))
    line = {"text": MOJIBAKE, "body": {"main": "x"}, "body.main": MOJIBAKE, "key": "k-7"}
    content, rows = cleaned(json.dumps(line).encode(), cleaner=cleaner)
    assert json.loads(content) == {**line, "body.main": REPAIRED}
    assert rows[0].row.name == "k-7"


@pytest.mark.parametrize(
    ("literal", "name"),
    [
        ('"../../etc/passwd"', "../../etc/passwd"),
        (r'"a\u0000b\nc\u001b[31m\ud800"', r"a\x00b\nc\x1b[31m\ud800"),
        ("12345678901234567890", "12345678901234567890"),
        ("-1.50", "-1.50"),
        ("9" * 5000, "9" * 199 + "…"),
        (f'"{"x" * 100_000}"', "x" * 199 + "…"),
        (f'"{"x" * 200}"', "x" * 200),
        ('""', "1"),
        ("true", "1"),
        ("null", "1"),
        ("NaN", "1"),
        ("[1]", "1"),
    ],
)
def test_ids_are_made_printable(cleaned, literal, name):
    _, rows = cleaned(f'{{"text": "The road closed.", "id": {literal}}}\n'.encode())
    assert rows[0].row.name == name
    assert json.loads(rows[0].log)["id"] == f"a.jsonl#{name}"


def test_ids_may_be_the_same(cleaned):
    _, rows = cleaned(f"{record('One.', id=1)}\n{record('Two.', id=1)}".encode())
    assert [row.row.name for row in rows] == ["1", "1"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"The road closed.", "is not JSON"),
        (b'{"text": "The road clo', "is not JSON"),
        (b'["text"]', "is JSON, but not an object"),
        (b'{"body": "x", "title\\n": "y"}', r"has no field 'text' \(fields: body, title\\n\); .*text-field"),
        (b"{}", "fields: none"),
        (b'{"text": null}', "not a string but null"),
        (b'{"text": 7}', "not a string but 7"),
        (b'{"text": ["a"]}', "not a string but"),
        (b'{"text": "caf\xe9"}', "is not UTF-8 .*0xe9 at 14.*convert"),
        (b'{"text": "a", "x": ' + b"[" * 200_000, "nested deeper"),
    ],
)
def test_an_invalid_line_is_kept_and_reported(cleaned, line, why):
    good = record(MOJIBAKE).encode()
    content, rows = cleaned(b"\n".join((good, line, good)))
    assert content == b"\n".join((record(REPAIRED).encode(), line, record(REPAIRED).encode()))
    assert rows[1].row.article is None
    assert re.search(rf"^line 2: .*{why}", rows[1].row.fault)


def test_rows_that_cannot_be_cleaned_are_kept(cleaned):
    class Faulty(Cleaner):
        def clean(self, article, *others):
            if "now" in article:
                raise MemoryError
            return super().clean(article, *others)

    lines = [record("The road closed now."), record(MOJIBAKE)]
    content, rows = cleaned("\n".join(lines).encode(), cleaner=Faulty(Settings(stages=("encoding",))))
    assert content.decode() == f"{lines[0]}\n{record(REPAIRED)}"
    assert [was_kept(row) for row in rows] == [True, False]


def test_a_text_that_becomes_empty_is_not_a_kept_row(cleaned, make_stage):
    stage = make_stage("return Proposal([replace(text, 0, len(text), '', 'TEST001')])")
    content, rows = cleaned(record("All of it.").encode(), cleaner=Cleaner(Settings(stages=(stage,))))
    assert json.loads(content) == {"text": ""}
    assert not was_kept(rows[0])


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n", b"\xef\xbb\xbf\r\n\r\n"])
def test_empty_files_and_blank_lines_are_not_faults(cleaned, content):
    found, rows = cleaned(content)
    assert found == content
    assert [row.row.fault for row in rows] == [""] * len(rows)


def test_memory_use_is_bounded(tmp_path, quick):
    raw, clean, logs = tmp_path / "a.jsonl", tmp_path / "c.jsonl", tmp_path / "log"
    line = record("The road closed. " * 600).encode() + b"\n"
    raw.write_bytes(line * 3_000)
    text, log = quick.clean("The road closed. " * 600)
    given_log = change_log.write(msgspec.structs.replace(log, carrier={"field": "text", "literal": "ascii"}))
    tracemalloc.start()
    with clean.open("wb") as file, logs.open("wb") as log_file:
        rows = json_lines.read(raw, quick.settings)
        json_lines.write((CleanRow(row, text, given_log) for row in rows), raw, file, log_file)
    with (tmp_path / "again").open("wb") as file:
        json_lines.restore(clean, logs, file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 << 20  # of 30 MB
    assert (tmp_path / "again").read_bytes() == raw.read_bytes()


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.jsonl.zst"])
def test_a_line_above_the_limit_is_copied(cleaned, name):
    small = Cleaner(Settings(stages=("encoding",), max_megabytes=1))
    limit = 1 << 20
    exact = record("x" * (limit - len(record("")))).encode()
    assert len(exact) == limit
    lines = [record(MOJIBAKE).encode(), exact, exact[:-2] + b'x"}', record("y" * 5 * limit).encode()]
    content, rows = cleaned(b"\n".join((*lines, lines[0])), name, small)
    assert content == b"\n".join((record(REPAIRED).encode(), *lines[1:], record(REPAIRED).encode()))
    assert ["larger than 1 MB" in row.row.fault for row in rows] == [False, False, True, True, False]
    assert rows[3].row.fault.startswith("line 4: ")


def test_rows_before_a_truncation_are_yielded(tmp_path, quick):
    chance = random.Random(7)
    lines = "".join(record(f"Day {chance.random()}.") + "\n" for _ in range(20_000)).encode()
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines, mtime=0)[:-5000])
    rows = []
    with pytest.raises(UnreadableError, match="is truncated"):
        exhaust(remembered(json_lines.read(tmp_path / "a.jsonl.gz", quick.settings), rows))
    assert len(rows) > 15_000


def exhaust(rows):
    for _ in rows:
        pass


def stored(tmp_path, quick, texts):
    """A clean file and its change logs."""
    raw, clean, logs = tmp_path / "a.jsonl", tmp_path / "c.jsonl", tmp_path / "c.jsonl.changes.jsonl"
    raw.write_text("\n".join(texts), encoding="utf-8")
    with clean.open("wb") as file, logs.open("wb") as log_file:
        rows = clean_rows(json_lines.read(raw, quick.settings), quick, Origin("a", "a"))
        json_lines.write((row for row, _ in rows), raw, file, log_file)
    return clean, logs


def test_clean_texts_and_logs_are_read_back(tmp_path, quick):
    clean, logs = stored(tmp_path, quick, [record(MOJIBAKE, id=4), "no article", "", record("")])
    pairs = list(json_lines.read_clean(clean, logs))
    assert [text for text, _ in pairs] == [REPAIRED, "", "", ""]
    assert [log.id for _, log in pairs] == ["a#4", "a#2", "a#3", "a#4"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda clean, logs: (clean[:1], logs), "does not belong to its change log"),
        (lambda clean, logs: (clean, logs[:1]), "does not belong to its change log"),
        (lambda _, logs: ([], logs), "does not belong to its change log"),
        (lambda clean, _: (clean, []), "does not belong to its change log"),
        (lambda clean, logs: ([b"spoilt", *clean[1:]], logs), "line 1: was changed after"),
        (lambda clean, logs: ([clean[0].replace(b"road", b"rail"), *clean[1:]], logs), "line 1: was changed after"),
        (lambda clean, logs: (clean, [b"spoilt", *logs[1:]]), "line 1: is not a valid change log"),
        (lambda clean, logs: (clean, [logs[0].replace(b'"field"', b'"f"'), *logs[1:]]), "not that of a JSON line"),
        (
            lambda clean, logs: (clean, [logs[0].replace(b'"literal":"utf-8"', b'"literal":"x y"'), *logs[1:]]),
            "unknown style",
        ),
    ],
)
def test_edited_files_are_not_restored(tmp_path, quick, change, why):
    clean, logs = stored(tmp_path, quick, [record(MOJIBAKE), record("Another road closed.")])
    for path, lines in zip(
        (clean, logs),
        change(clean.read_bytes().splitlines(), logs.read_bytes().splitlines()),
        strict=True,
    ):
        path.write_bytes(b"\n".join(lines))
    with pytest.raises(LogError, match=why):
        json_lines.restore(clean, logs, io.BytesIO())


def test_a_damaged_compressed_clean_file_is_reported(tmp_path, quick):
    _, logs = stored(tmp_path, quick, [record(MOJIBAKE)])
    (tmp_path / "c.jsonl.gz").write_bytes(b"not gzip")
    with pytest.raises(LogError, match=r"c\.jsonl\.gz: cannot be decompressed.*--force"):
        list(json_lines.read_clean(tmp_path / "c.jsonl.gz", logs))


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=30),
            st.builds(
                lambda text, as_ascii: json.dumps({"text": text}, ensure_ascii=as_ascii).encode("utf-8", "replace"),
                st.text(
                    st.characters(blacklist_categories=()) | st.sampled_from("â€™\r\n\0\ufeff\ud800/ "), max_size=40
                ),
                st.booleans(),
            ),
        ),
        max_size=5,
    ),
    st.sampled_from([b"\n", b"\r\n", b"\n\n"]),
)
@hypothesis_settings(deadline=None)
def test_any_file_round_trips(tmp_path_factory, quick, lines, line_end):
    folder = tmp_path_factory.mktemp("any")
    content = line_end.join(lines)
    (folder / "a.jsonl").write_bytes(content)
    with (folder / "c.jsonl").open("wb") as file, (folder / "log").open("wb") as logs:
        rows = clean_rows(json_lines.read(folder / "a.jsonl", quick.settings), quick, Origin("a", "a"))
        json_lines.write((row for row, _ in rows), folder / "a.jsonl", file, logs)
    again = io.BytesIO()
    json_lines.restore(folder / "c.jsonl", folder / "log", again)
    assert again.getvalue() == content


def test_all_stages_together(cleaned):
    sentence = (
        "The minister said on Monday that the old harbour would be closed to visitors until the end of the year. "
    )
    text = sentence * 4 + "\n\n" + MOJIBAKE
    content, _ = cleaned(f"{record(text, id='a')}\n".encode(), "a.jsonl.gz", Cleaner(Settings()))
    assert json.loads(content)["text"].endswith(REPAIRED)
