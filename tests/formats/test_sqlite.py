"""SQLite: the texts of a column are cleaned in a copy, with a table of the changes, and the raw bytes come back."""

import hashlib
import io
import json
import os
import random
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from clean_news.batch.reversion import restore
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.change_log import LogError, TextChangedError
from clean_news.cli.app import app
from clean_news.formats import NoTextError, UnreadableError, format_of
from clean_news.formats.sqlite import sqlite_files
from clean_news.formats.sqlite.blocks import BLOCK_BYTES, applied, difference
from clean_news.formats.sqlite.database import CHANGES_TABLE
from clean_news.settings import Settings

MOJIBAKE = "The ministerâ€™s office closed the road."
REPAIRED = "The minister’s office closed the road."
SCHEMA = "CREATE TABLE articles (id TEXT, body TEXT, seen REAL, picture BLOB)"
ROWS = [("a1", MOJIBAKE, 1.5, b"\0\1"), ("a2", "Fine.", None, None), (None, MOJIBAKE, 2, None)]


def database(path, *statements, rows=ROWS, before=()):
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        for statement in (*before, SCHEMA):
            connection.execute(statement)
        connection.executemany("INSERT INTO articles VALUES (?, ?, ?, ?)", rows)
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return path.read_bytes()


@pytest.fixture
def made(tmp_path, round_trip):
    """A function that makes a database, cleans it and restores it."""

    def make(*statements, name="a.db", rows=ROWS, before=(), **settings):
        content = database(tmp_path / "made.db", *statements, rows=rows, before=before)
        return round_trip(content, name, **settings)

    return make


def contents(path, query):
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return connection.execute(query).fetchall()


@pytest.mark.parametrize("name", ["a.db", "a.sqlite", "a.SQLITE3"])
def test_only_the_texts_change_and_a_table_says_how(made, name):
    trip = made(
        "CREATE INDEX by_body ON articles (body)",
        "CREATE TABLE other (x)",
        "INSERT INTO other VALUES ('â€™')",
        name=name,
    )
    assert trip.texts == [REPAIRED, "Fine.", REPAIRED]
    assert [log.id for log in trip.logs] == [f"{name}#a1", f"{name}#a2", f"{name}#3", name]
    assert contents(trip.path, "SELECT * FROM articles") == [
        (row[0], row[1].replace(MOJIBAKE, REPAIRED), *row[2:]) for row in ROWS
    ]
    assert contents(trip.path, "SELECT x FROM other") == [("â€™",)]
    assert contents(trip.path, "SELECT rowid FROM articles WHERE body = 'Fine.'") == [(2,)]
    changes = contents(
        trip.path, f'SELECT "table", "column", row, rule, state, start, "end", before, after FROM {CHANGES_TABLE}'
    )
    assert [change[2] for change in changes] == [1, 3]
    (edit,) = (edit for stage in trip.logs[0].stages for edit in stage.edits)
    assert changes[0] == ("articles", "body", 1, edit.rule, "applied", *edit.span, edit.before, edit.after)


def test_a_database_without_anything_to_repair_stays_as_it_is(made):
    trip = made(rows=[("a", "Fine.", 1, None)])
    assert trip.clean == trip.path.read_bytes()
    assert contents(trip.path, "SELECT name FROM sqlite_master") == [("articles",)]


@pytest.mark.parametrize(
    "before",
    [
        ("PRAGMA page_size=512",),
        ("PRAGMA page_size=65536",),
        ("PRAGMA auto_vacuum=FULL",),
        ("PRAGMA encoding='UTF-16le'",),
        ("PRAGMA encoding='UTF-16be'",),
        ("PRAGMA journal_mode=WAL",),
        ("PRAGMA secure_delete=ON",),
    ],
)
def test_kinds_of_files(made, before):
    rows = [
        (str(number), f"{MOJIBAKE} {'x ' * (number * 160 % 900)}", number, b"p" * (number % 7)) for number in range(50)
    ]
    trip = made(
        "CREATE INDEX by_body ON articles (body)", "DELETE FROM articles WHERE id = '7'", rows=rows, before=before
    )
    assert len(trip.texts) == 49
    assert all(text.startswith(REPAIRED) for text in trip.texts)
    assert contents(trip.path, "SELECT count(*) FROM articles WHERE body LIKE '%’s%'") == [(49,)]
    assert sorted(path.name for path in trip.path.parent.iterdir()) == ["a.db", "a.db.changes.jsonl"]


def test_values_that_are_no_text(made):
    rows = [
        ("a", None, 1, None),
        ("b", b"\xff\xfe", 1, None),
        ("c", 7, 1, None),
        ("d", "", 1, None),
        ("e", MOJIBAKE, 1, None),
    ]
    trip = made("CREATE TABLE raw_affinity (x)", rows=rows)
    assert [text for text in trip.texts if text] == ["7", REPAIRED]
    assert trip.faults == ["row 2: has a BLOB in articles.body, not a text; store it as TEXT"]


def test_numbers_in_a_column_without_type(made):
    trip = made("DROP TABLE articles", "CREATE TABLE news (body)", "INSERT INTO news VALUES (7), (1.5), ('Fine.')")
    assert ["a value of type integer" in trip.faults[0], "a value of type real" in trip.faults[1]] == [True, True]
    assert trip.texts == ["Fine."]


def test_text_of_another_charset(made):
    trip = made("INSERT INTO articles (body) VALUES (CAST(x'546865206361666520c3a92069732063616692e9' AS TEXT))")
    assert "caf" in trip.texts[-1]
    assert "\ufffd" not in trip.texts[-1]


def test_a_text_that_is_too_large(made):
    trip = made(rows=[("a", "a" * (3 << 20), 1, None), ("x" * (5 << 20), MOJIBAKE, 1, None)], max_megabytes=1)
    assert trip.faults == ["row 1: " + trip.faults[0].partition(": ")[2]]
    assert "larger than 1 MB" in trip.faults[0]
    assert trip.texts == [REPAIRED]
    assert trip.logs[1].id == "a.db#2"


@pytest.mark.parametrize(
    ("text_field", "seen"),
    [
        ("text", REPAIRED),
        ("articles.body", REPAIRED),
        ("BODY", REPAIRED),
        ("Articles.Body", REPAIRED),
        ("id", "a1"),
        ("other.text", "Else."),
    ],
)
def test_the_column_of_the_text(made, text_field, seen):
    statements = () if text_field == "text" else ("CREATE TABLE other (text)", "INSERT INTO other VALUES ('Else.')")
    assert made(*statements, text_field=text_field).texts[0] == seen


def test_odd_names(made):
    names = ('"a.b ""c"', '"rowid x"')
    trip = made(f"CREATE TABLE {names[0]} (rowid, {names[1]} TEXT)", f"INSERT INTO {names[0]} VALUES (9, '{MOJIBAKE}')",
                text_field='a.b "c.rowid x')  # fmt: skip
    assert trip.texts == [REPAIRED]
    assert trip.logs[0].carrier["place"]["row_number"] == "_rowid_"


def test_a_constraint_that_refuses_the_clean_text(made):
    trip = made("CREATE UNIQUE INDEX one ON articles (body)", rows=[("a", MOJIBAKE, 1, None), ("b", REPAIRED, 1, None)])
    assert "refuses the clean text (UNIQUE" in trip.logs[0].note
    assert contents(trip.path, "SELECT body FROM articles") == [(MOJIBAKE,), (REPAIRED,)]


@pytest.mark.parametrize(
    ("statements", "text_field", "message"),
    [
        (
            ("CREATE TRIGGER t AFTER UPDATE ON articles BEGIN DELETE FROM articles; END",),
            "text",
            "has triggers that run",
        ),
        (("CREATE VIEW v AS SELECT * FROM articles",), "v.body", "cannot be changed"),
        (("CREATE VIEW v AS SELECT * FROM nothing",), "v.body", "has no column 'v.body'"),
        (("CREATE TABLE w (k TEXT PRIMARY KEY, body TEXT) WITHOUT ROWID",), "w.body", "cannot be changed"),
        (("CREATE TABLE g (a TEXT, body TEXT AS (a || 'x'))",), "g.body", "has no column|cannot be changed"),
        (("CREATE TABLE h (rowid, _rowid_, oid, body)",), "h.body", "rename one of them"),
        (("CREATE VIRTUAL TABLE f USING fts5 (body)",), "f.body", "virtual table f.body"),
        (("CREATE TABLE second (text TEXT)",), "text", r"several tables \(articles.body, second.text\)"),
        (("DROP TABLE articles",), "text", r"has no column 'text' \(tables: none\)"),
        ((), "articles.title", "has no column 'articles.title'"),
        ((f"CREATE TABLE {CHANGES_TABLE} (x)",), "text", "so it is a clean file"),
    ],
)
def test_what_cannot_be_changed(tmp_path, statements, text_field, message):
    try:
        database(tmp_path / "a.db", *statements)
    except sqlite3.OperationalError:
        pytest.skip("this SQLite does not have it")
    with pytest.raises(UnreadableError, match=message):
        list(sqlite_files.read(tmp_path / "a.db", Settings(text_field=text_field)))


def test_triggers_on_other_events_do_not_matter(made):
    trip = made("CREATE TRIGGER t AFTER INSERT ON articles BEGIN UPDATE articles SET seen = 9; END")
    assert trip.texts[0] == REPAIRED


def read(path):
    return list(sqlite_files.read(path, Settings()))


def test_a_database_in_use(tmp_path):
    path = tmp_path / "a.db"
    database(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(UnreadableError, match="locked by another program"):
            read(path)
        other.execute("ROLLBACK")
    assert len(read(path)) == 4
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("UPDATE articles SET seen = 3")
        other.commit()
        with pytest.raises(UnreadableError, match=r"has changes in a\.db-wal"):
            read(path)
    assert len(read(path)) == 4
    (tmp_path / "a.db-journal").write_bytes(b"x")
    with pytest.raises(UnreadableError, match=r"has changes in a\.db-journal"):
        read(path)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.db", "a.db-journal"]


def test_raw_is_not_locked_while_it_is_cleaned(tmp_path):
    path = tmp_path / "a.db"
    database(path)
    rows = sqlite_files.read(path, Settings())
    next(rows)
    with closing(sqlite3.connect(path, timeout=0)) as other:
        other.execute("UPDATE articles SET seen = 3")
        other.commit()
    assert len(list(rows)) == 3


def test_damage(tmp_path, repairing, cleaned_file):
    rng = random.Random(19)
    rows = [(str(number), f"{MOJIBAKE} {'x ' * 99}", number, None) for number in range(90)]
    content = database(tmp_path / "a.db", "CREATE INDEX by_body ON articles (body)", rows=rows)
    (tmp_path / "a.db").write_bytes(content[:-5000])
    with pytest.raises(UnreadableError, match=r"is damaged|cannot be read as an SQLite"):
        read(tmp_path / "a.db")
    for _ in range(100 if os.environ.get("CLEAN_NEWS_FULL") else 6):
        damaged = bytearray(content)
        for _ in range(rng.randint(1, 30)):
            damaged[rng.randrange(100, len(damaged))] = rng.randrange(256)
        (tmp_path / "a.db").write_bytes(damaged)
        try:
            cleaned_file(tmp_path / "a.db", tmp_path / "clean", repairing)
        except UnreadableError as error:
            assert str(error)  # noqa: PT017  # either will do


def test_other_files_called_db(tmp_path):
    (tmp_path / "thumbs.db").write_bytes(b"\xd0\xcf\x11\xe0 not SQLite")
    (tmp_path / "a.sqlite").write_bytes(b"text")
    assert format_of(tmp_path / "thumbs.db") is None
    with pytest.raises(UnreadableError, match="is not an SQLite database"):
        read(tmp_path / "a.sqlite")


def test_a_large_database_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("clean_news.formats.sqlite.database.MAX_DATABASE_BYTES", 100)
    database(tmp_path / "a.db")
    with pytest.raises(UnreadableError, match="its log could not restore it"):
        read(tmp_path / "a.db")


def test_other_tables_beside_the_articles_are_skipped(tmp_path):
    (tmp_path / "raw").mkdir()
    database(tmp_path / "raw" / "a.db", "DROP TABLE articles", "CREATE TABLE settings (name, value)")
    (tmp_path / "raw" / "b.txt").write_text(MOJIBAKE, encoding="utf-8")
    summary = run(tmp_path / "raw", tmp_path / "clean", RunOptions(Settings(stages=("encoding",))))
    assert (summary.failures, list(summary.without_text)) == ([], ["a.db"])
    with pytest.raises(NoTextError):
        read(tmp_path / "raw" / "a.db")


def test_a_whole_run(tmp_path):
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    raw.mkdir()
    database(raw / "a.db")
    options = RunOptions(Settings(stages=("encoding",), text_field="articles.body"))
    assert run(raw, clean, options).articles == 3
    before = (clean / "a.db").read_bytes()
    assert run(raw, clean, options).unchanged == 1
    assert run(raw, clean, options._replace(force=True)).cleaned == 1
    assert (clean / "a.db").read_bytes() == before
    for command in (
        ["diff", "--format", "json"],
        ["report", "-o", str(tmp_path / "a.html")],
        ["verify", "--raw", str(raw)],
    ):
        done = CliRunner().invoke(app, [command[0], str(clean), *command[1:]])
        assert done.exit_code == 0, done.output
    with closing(sqlite3.connect(clean / "a.db")) as other:
        other.execute("UPDATE articles SET body = 'By hand.' WHERE id = 'a2'")
        other.commit()
    done = CliRunner().invoke(app, ["adopt", str(clean)])
    assert done.exit_code == 0, done.output
    assert run(raw, clean, options._replace(force=True)).failures == []
    assert contents(clean / "a.db", "SELECT body FROM articles") == [(REPAIRED,), ("By hand.",), (REPAIRED,)]
    assert restore(clean, tmp_path / "back").failures == []
    assert (tmp_path / "back" / "a.db").read_bytes() == (raw / "a.db").read_bytes()
    with closing(sqlite3.connect(raw / "a.db")) as other:
        other.execute("UPDATE articles SET seen = 77")
        other.commit()
    assert run(raw, clean, options).cleaned == 1
    assert contents(clean / "a.db", "SELECT DISTINCT seen FROM articles") == [(77,)]


def test_a_clean_database_that_was_changed_elsewhere(made):
    rows = [(str(number), "Fine." + " Fine." * 99, number, None) for number in range(90)]
    trip = made(rows=[*rows, ("x", MOJIBAKE, 1, None)])
    with closing(sqlite3.connect(trip.path)) as connection:
        connection.execute("UPDATE articles SET seen = -1")
        connection.commit()
    with pytest.raises(TextChangedError, match="more than its texts"):
        sqlite_files.restore(trip.path, trip.log_path, io.BytesIO())


def test_a_clean_file_or_a_log_that_was_changed(made):
    trip = made()
    clean, logs = trip.path.read_bytes(), trip.log_path.read_bytes()

    def restored():
        sqlite_files.restore(trip.path, trip.log_path, io.BytesIO())

    for statement, count in (
        ("UPDATE articles SET body = 'By hand.' WHERE id = 'a1'", 0),
        ("DELETE FROM articles WHERE id = 'a1'", 1),
        ("ALTER TABLE articles RENAME COLUMN body TO other", 3),
        ("DROP TABLE articles", 3),
        ("UPDATE articles SET body = 7.5 || x'ff' WHERE id = 'a1'", 0),
        ("UPDATE articles SET body = NULL WHERE id = 'a1'", 1),
    ):
        trip.path.write_bytes(clean)
        with closing(sqlite3.connect(trip.path)) as connection:
            connection.execute(statement)
            connection.commit()
        found = list(sqlite_files.read_clean(trip.path, trip.log_path))
        assert [isinstance(log, LogError) for _, log in found].count(True) == count, statement
        with pytest.raises(TextChangedError):
            restored()
    trip.path.write_bytes(b"text")
    with pytest.raises(TextChangedError, match="not an SQLite database"):
        restored()
    trip.path.write_bytes(clean)
    lines = logs.splitlines(keepends=True)
    for changed in (
        logs.replace(b'"place"', b'"other"', 1),
        logs.replace(b'"row_number":"rowid"', b'"row_number":"1; DROP"', 1),
        logs.replace(b'"table":"articles"', b'"table":"x\\" y"', 1),
        logs.replace(b'"row":1', b'"row":99999999999999999999', 1),
        logs.replace(b'"row":1', b'"row":-4', 1),
        logs.replace(b'"written"', b'"other"', 1),
        logs.replace(b'"blocks":[[', b'"blocks":[[-1,"x"],[', 1),
        logs.replace(b'"blocks":[[', b'"blocks":[7,[', 1),
        logs.replace(b'"size":', b'"size":9', 1),
        logs.replace(b'"size":', b'"size":-9', 1),
        b"".join(lines[:-1]),
        b"".join(lines[:1] * 2),
        b"",
    ):
        assert changed != logs
        trip.log_path.write_bytes(changed)
        with pytest.raises(LogError):
            restored()
    trip.log_path.write_bytes(logs)
    restored()


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 3), max_size=9), st.lists(st.integers(0, 3), max_size=9), st.integers(0, 9))
def test_blocks_restore_any_content(old_blocks, new_blocks, rest):
    old, new = (b"".join(bytes([each]) * BLOCK_BYTES for each in blocks) for blocks in (old_blocks, new_blocks))
    old += b"r" * rest
    stored = json.loads(json.dumps(difference(io.BytesIO(old), io.BytesIO(new))))
    assert b"".join(applied(io.BytesIO(new), stored)) == old


@hypothesis_settings(max_examples=60 if os.environ.get("CLEAN_NEWS_FULL") else 12, deadline=None)
@given(
    st.lists(
        st.one_of(st.none(), st.binary(max_size=9), st.integers(-9, 9), st.text("aâ€™ \n\0é", max_size=3000)),
        max_size=30,
    )
)
def test_any_values_are_restored(repairing, cleaned_file, values):
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder, "a.db")
        database(raw, rows=[(None, value, None, None) for value in values])
        trip = cleaned_file(raw, Path(folder, "clean"), repairing)
        assert contents(trip.path, "SELECT count(*) FROM articles") == [(len(values),)]
        assert hashlib.sha256(raw.read_bytes()).hexdigest() == trip.logs[-1].carrier["sha256"]
