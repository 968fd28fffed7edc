"""CSV and TSV: only the cell of the text changes, and the raw file is restored byte for byte."""

import csv
import io
import itertools
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from clean_news.change_log import LogError, TextChangedError
from clean_news.cleaner import Cleaner
from clean_news.formats import UnreadableError, delimited, format_of
from clean_news.formats.delimited_records import DIALECTS, _Scanner, cells_of, read_records
from clean_news.settings import Settings

MOJIBAKE = "The ministerâ€™s office closed the road."
REPAIRED = "The minister’s office closed the road."
TEXTS = [
    MOJIBAKE,
    "Nothing is wrong here.",
    'He said: "The cafÃ© is closed", and left.',
    "One line.\n\nAnother line of the ministerâ€™s.",
    "semicolons; pipes | tabs\tand the ministerâ€™s, too",
    "",
    '"Quoted" at the start, the ministerâ€™s.',
    "A back\\slash of the ministerâ€™s.",
]
UNTOUCHED = Cleaner(Settings(stages=()))


class Semicolons(csv.excel):
    delimiter = ";"


class Pipes(csv.unix_dialect):
    delimiter = "|"


class Backslashes(csv.excel):
    doublequote = False
    escapechar = "\\"


WRITERS = [csv.excel, csv.excel_tab, csv.unix_dialect, Semicolons, Pipes, Backslashes]
QUOTINGS = [csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]


def table(rows, header=("id", "title", "text", "seen"), dialect=csv.excel, **options):
    file = io.StringIO()
    writer = csv.writer(file, dialect, **options)
    writer.writerow(header)
    writer.writerows(rows)
    return file.getvalue()


def rows_of(texts=TEXTS):
    return [(number, f"A title, no. {number}", text, 1.10) for number, text in enumerate(texts)]


def read_back(content, dialect=csv.excel):
    return list(csv.reader(io.StringIO(content.decode(), newline=""), dialect))


@pytest.mark.parametrize("dialect", WRITERS)
@pytest.mark.parametrize("quoting", QUOTINGS)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["no mark", "mark"])
@pytest.mark.parametrize("name", ["news.csv", "news.tsv"])
def test_files_by_the_csv_module(round_trip, dialect, quoting, mark, name):
    if name == "news.tsv" and dialect is not csv.excel_tab:
        name = "news.csv"
    raw = mark + table(rows_of(), dialect=dialect, quoting=quoting).encode()
    trip = round_trip(raw, name)
    assert len(trip.articles) == len(TEXTS)
    assert trip.faults == []
    before, after = read_back(raw, dialect), read_back(trip.clean, dialect)
    assert [row[:2] + row[3:] for row in after] == [row[:2] + row[3:] for row in before]
    assert [row[2] for row in after[1:]] == trip.texts
    assert trip.texts[0] == REPAIRED
    assert trip.texts[1:3] == [TEXTS[1], 'He said: "The café is closed", and left.']


def test_every_other_byte_is_kept(round_trip):
    raw = '\ufeffid;"text"; x\r\n01 ;"The ministerâ€™s ""road"".";"a;b""c"\r\n\r\n2; The ministerâ€™s. ; é\n3;"";'
    trip = round_trip(raw, "news.csv")
    assert trip.clean.decode() == (
        '\ufeffid;"text"; x\r\n01 ;"The minister’s ""road"".";"a;b""c"\r\n\r\n2;The minister’s.; é\n3;"";'
    )
    assert [row.row.name for row in trip.rows] == ["1", "01", "3", "2", "3"]


def test_other_columns_in_another_charset_are_kept(round_trip):
    trip = round_trip(b"id,text,x\n1," + MOJIBAKE.encode() + b",caf\xe9\n2,caf\xe9,x\n", "news.csv")
    assert trip.clean == b"id,text,x\n1," + REPAIRED.encode() + b",caf\xe9\n2,caf\xe9,x\n"
    assert trip.faults == ["line 3: is not UTF-8 (byte 0xe9 at 4 in the text); convert the file to UTF-8"]


def test_a_clean_value_that_needs_quotes_gets_them(round_trip):
    trip = round_trip("id,text\n1,The road&#44; the ferry &quot;Ida&quot; and others\n2,plain\n", "news.csv")
    assert trip.clean.decode() == 'id,text\n1,"The road, the ferry ""Ida"" and others"\n2,plain\n'


def test_a_text_that_becomes_empty_is_still_a_row(round_trip):
    trip = round_trip("text\n\u200b\u200b\nThe ministerâ€™s.\n", "news.csv")
    assert trip.texts == ["", "The minister’s."]
    assert trip.clean.decode() == 'text\n""\nThe minister’s.\n'


def test_line_ends_within_a_cell_are_kept(round_trip):
    trip = round_trip('text,x\r\n"One ministerâ€™s.\r\nTwo.",1\r\n"A.\r\nB.",2\r\n"C.\nD.\r\nE.",3\r\n', "news.csv")
    assert trip.clean == 'text,x\r\n"One minister’s.\r\nTwo.",1\r\n"A.\r\nB.",2\r\n"C.\nD.\nE.",3\r\n'.encode()
    assert trip.texts == ["One minister’s.\nTwo.", "A.\nB.", "C.\nD.\nE."]


@pytest.mark.parametrize(
    ("header", "settings", "field"),
    [
        ("id,text,body", {}, "text"),
        ("id,Body,x", {}, "Body"),
        ("url,title,maintext", {}, "maintext"),
        ("url,content,story", {}, "content"),
        ("id,lead,body", {"text_field": "lead"}, "lead"),
        (" id , text ,x", {}, "text"),
    ],
)
def test_the_column_of_the_text(round_trip, header, settings, field):
    column = [name.strip() for name in header.split(",")].index(field)
    cells = ["7", "seven", "eight"]
    cells[column] = MOJIBAKE
    trip = round_trip(f"{header}\n{','.join(cells)}\n", "news.csv", **settings)
    cells[column] = REPAIRED
    assert trip.clean.decode() == f"{header}\n{','.join(cells)}\n"
    assert {log.carrier["field"] for log in trip.logs} == {field}
    assert trip.articles[0].row.name == "7"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a,b\n1,2\n", r"no column 'text' in its first line \(columns: a, b\); name the column .* --text-field"),
        (b"text,text\n1,2\n", "more than one column 'text'"),
        ("id,text\n1,Ä\n".encode("utf-16"), "UTF-16"),
        (b"id,text\r1,one\r", "carriage return"),
        (b"PK\3\4\0\0\0\n", "binary"),
        (b"\n\n", "columns: "),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path, content, message):
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(UnreadableError, match=message):
        list(delimited.read(tmp_path / "a.csv", Settings()))


def test_file_extensions():
    names = ["a.csv", "a.tsv", "a.CSV.GZ", "a.tsv.gz", "a.csv.zst", "a.tsv.zst"]
    assert all(format_of(Path(name)) is delimited for name in names)
    assert format_of(Path("a.csv.changes.jsonl")) is None


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('2,"The "road" closed",x', "line 3: has text after a closing quotation mark (in column 2); double"),
        ("2,The road, closed,x", "line 3: has 4 columns, but the first line 3; quote"),
        ("2", "line 3: has 1 column, but the first line 3; quote"),
        ("," * 20_000, "line 3: has more than 10,000 columns; quote"),
    ],
)
def test_a_row_that_cannot_be_cleaned_is_kept_and_explained(round_trip, line, message):
    raw = f'id,text,x\n1,"{MOJIBAKE}",x\n{line}\n3,{MOJIBAKE},x\n'
    trip = round_trip(raw, "news.csv")
    assert trip.clean.decode() == raw.replace(MOJIBAKE, REPAIRED)
    assert len(trip.faults) == 1
    assert trip.faults[0].startswith(message)


def test_a_quotation_mark_that_is_never_closed_costs_the_rows_after_it(round_trip):
    rest = f'2,"The road\n3,{MOJIBAKE},x\n'
    trip = round_trip("id,text,x\n" + f'1,"{MOJIBAKE}",x\n' * 3 + rest, "news.csv")
    assert trip.clean.decode().endswith(rest)
    assert trip.faults[-1].startswith("line 5: has a quotation mark that is never closed")


def test_a_table_without_quoting(round_trip):
    raw = f'id\ttext\tx\n1\t"No," said the ministerâ€™s aide.\t"\n2\t{MOJIBAKE}\ty\n'
    trip = round_trip(raw, "news.tsv")
    assert trip.clean.decode() == f'id\ttext\tx\n1\t"No," said the minister’s aide.\t"\n2\t{REPAIRED}\ty\n'
    assert trip.logs[0].carrier["table"]["dialect"] == "tab none"


def test_what_a_table_without_quoting_cannot_contain_is_kept(round_trip):
    entity = "The ferry &#9; left &amp; the road closed."
    trip = round_trip(f'id\ttext\n1\t"No," he said.\n2\t{entity}\n', "news.tsv")
    assert trip.clean.decode().splitlines()[2] in {f"2\t{entity}", "2\tThe ferry left & the road closed."}


def test_a_row_that_is_too_large_is_copied(round_trip):
    long = "x" * (1 << 20) + '""\n\n'
    raw = f'id,text\n1,{MOJIBAKE}\n2,"{long}"\n3,{MOJIBAKE}\n'
    trip = round_trip(raw, "news.csv", max_megabytes=1)
    assert trip.clean.decode() == raw.replace(MOJIBAKE, REPAIRED)
    assert [fault.partition(",")[0] for fault in trip.faults] == ["line 3: is larger than 1 MB"]


def test_a_compressed_table(round_trip):
    gzip = pytest.importorskip("gzip")
    raw = f"id,text\n1,{MOJIBAKE}\n".encode()
    trip = round_trip(gzip.compress(raw), "news.csv.gz")
    assert gzip.decompress(trip.clean).decode() == f"id,text\n1,{REPAIRED}\n"


PIECES = ['"', ",", ";", "\n", "\r\n", "\\", "a", "ä", "â€™", " ", "\u200b", "&#44;", "&quot;"]
CELL = st.lists(st.sampled_from(PIECES)).map("".join)
ROWS = st.lists(st.tuples(CELL, CELL, CELL), max_size=4)


@hypothesis_settings(max_examples=60, deadline=None)
@given(rows=ROWS, dialect=st.sampled_from(WRITERS), quoting=st.sampled_from(QUOTINGS))
def test_any_table_is_restored(repairing, cleaned_file, rows, dialect, quoting):
    rows = [("x", 'A "row" that shows the dialect', "y"), *rows]
    content = table(rows, ("a", "text", "b"), dialect, quoting=quoting).encode()
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder, "news.csv")
        raw.write_bytes(content)
        trip = cleaned_file(raw, Path(folder, "clean"), repairing)
    before, after = read_back(content, dialect), read_back(trip.clean, dialect)
    assert [(row[0], row[2]) for row in after if len(row) == 3] == [(row[0], row[2]) for row in before if len(row) == 3]


@hypothesis_settings(max_examples=80, deadline=None)
@given(
    st.lists(st.sampled_from([b'"', b",", b"\n", b"\r\n", b"\\", b"a", b"\xc3\xa4", b"\xff", b";", b"\t", b" "])),
    st.sampled_from(["", ".tsv"]),
)
def test_any_bytes_are_restored(repairing, cleaned_file, pieces, kind):
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder, f"news{kind or '.csv'}")
        raw.write_bytes(b"id\ttext\tx\n" + b"".join(pieces) if kind else b"id,text,x\n" + b"".join(pieces))
        cleaned_file(raw, Path(folder, "clean"), repairing)


@hypothesis_settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([b'"', b'""', b",", b"\n", b"\\", b"a"])), st.sampled_from(sorted(DIALECTS)))
def test_records_do_not_depend_on_how_they_arrive(pieces, name):
    content = b"".join(pieces)
    whole = list(read_records(io.BytesIO(content), DIALECTS[name], 1 << 20))
    assert b"".join(record.content for record in whole) == content
    scanner, ends = _Scanner(DIALECTS[name]), []
    for at in range(len(content)):
        scanner.feed(content[at : at + 1])
        if content[at : at + 1] == b"\n" and scanner.ends_line():
            ends.append(at + 1)
    assert ends == list(itertools.accumulate(record.size for record in whole))[: len(ends)]
    assert len(whole) - len(ends) <= 1, "what the last line end does not end"
    small = list(read_records(io.BytesIO(content), DIALECTS[name], 3))
    assert [record[2:] for record in small] == [record[2:] for record in whole]


@hypothesis_settings(max_examples=100, deadline=None)
@given(st.lists(CELL, min_size=1, max_size=5))
def test_cells_are_those_of_the_csv_module(values):
    content = table([values], values).encode().split(b"\r\n", 1)[0] if "\r\n" not in "".join(values) else b"a,b"
    dialect = DIALECTS["comma doubled"]
    [expected] = list(csv.reader(io.StringIO(content.decode(), newline=""))) or [[""]]
    cells = [dialect.value_of(content[cell.start : cell.end].decode()) for cell in cells_of(content, dialect)]
    if "\n" not in "".join(values):
        assert cells == expected


def test_hostile_tables_take_linear_time(tmp_path, cleaned_file, seconds_of):
    for attack in ('"', '"",', '",', '"\\', '"""', ",", ",\n", '"\n', '"\n,'):
        raw = tmp_path / "news.csv"
        seconds = []
        for times in (200, 800):
            raw.write_text(f"id,text\n{attack * times}\n", newline="")
            seconds.append(seconds_of(lambda raw=raw: cleaned_file(raw, tmp_path / "clean", UNTOUCHED)))
        assert seconds[1] < 8 * seconds[0] + 0.05, attack


def changed_clean(trip, before, after):
    trip.path.write_bytes(trip.path.read_bytes().replace(before.encode(), after.encode()))
    return list(delimited.read_clean(trip.path, trip.log_path))


def test_a_clean_file_that_was_changed(round_trip):
    raw = f"id,text\n1,{MOJIBAKE}\n2,{MOJIBAKE}\n"
    trip = round_trip(raw, "news.csv")
    found = changed_clean(trip, f"1,{REPAIRED}", '1,"By hand, of course."')
    assert found[1][0] == "By hand, of course."
    with pytest.raises(TextChangedError, match="line 2: was changed"):
        delimited.restore(trip.path, trip.log_path, io.BytesIO())
    found = changed_clean(trip, '1,"By', '1,"By" "')
    assert isinstance(found[1][1], TextChangedError)
    assert found[2][0] == REPAIRED
    with pytest.raises(LogError, match="do not belong together"):
        changed_clean(trip, f"2,{REPAIRED}\n", "")


@pytest.mark.parametrize(
    "carrier",
    [
        {"table": {"dialect": "comma doubled", "column": 7, "columns": 2}},
        {"table": {"dialect": "sparkling", "column": 1, "columns": 2}},
        {"table": 7},
        {"literal": 7},
        {"literal": {"zlib": "!"}},
        {"field": None},
    ],
)
def test_a_log_that_was_changed(round_trip, carrier):
    import msgspec

    trip = round_trip(f"id,text\n1,{MOJIBAKE}\n2,{MOJIBAKE}\n", "news.csv")
    lines = trip.log_path.read_bytes().splitlines(keepends=True)
    log = msgspec.json.decode(lines[1])
    log["carrier"].update(carrier)
    trip.log_path.write_bytes(lines[0] + msgspec.json.encode(log) + b"\n" + lines[2])
    with pytest.raises(LogError):
        delimited.restore(trip.path, trip.log_path, io.BytesIO())
    assert [text for text, _ in delimited.read_clean(trip.path, trip.log_path)][2] == REPAIRED


def test_random_tables_round_trip(tmp_path, repairing, cleaned_file):
    rng = random.Random(19)
    for number in range(40):
        texts = ["".join(rng.choices([*TEXTS, "\n", " ", '"', ","], k=rng.randint(0, 4))) for _ in range(5)]
        content = table(rows_of(texts), dialect=rng.choice(WRITERS), quoting=rng.choice(QUOTINGS))
        raw = tmp_path / f"{number}.csv"
        raw.write_bytes(content.encode())
        trip = cleaned_file(raw, tmp_path / "clean", repairing)
        assert (len(trip.articles), trip.faults) == (5, [])
