"""Parquet: the text column is cleaned, everything else is preserved, and the raw table is restored."""

import contextlib
import io
import os
import random
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clean_news.batch.row_cleaning import Origin, clean_rows
from clean_news.change_log import LogError, TextChangedError
from clean_news.cleaner import Cleaner
from clean_news.formats import UnreadableError, parquet
from clean_news.settings import Settings

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

SETTINGS = Settings(stages=("encoding", "characters", "layout"))
TEXTS = ["The cafÃ© on the quay closed.", None, "", "  Two boats\u200b left.\n", "All is well."]
CLEAN = ["The café on the quay closed.", None, "", "Two boats left.\n", "All is well."]


def cleaned(table, folder, cleaner=None, **options):
    raw, clean, logs = folder / "raw.parquet", folder / "clean.parquet", folder / "clean.parquet.changes.jsonl"
    if table is not None:
        pq.write_table(table, raw, **options)
    cleaner = cleaner or Cleaner(SETTINGS)
    rows = (row for row, _ in clean_rows(parquet.read(raw, cleaner.settings), cleaner, Origin("raw.parquet", str(raw))))
    with clean.open("wb") as target, logs.open("wb") as log_target:
        parquet.write(rows, raw, target, log_target)
    return raw, clean, logs


def restored(clean, logs):
    target = io.BytesIO()
    parquet.restore(clean, logs, target)
    return pq.read_table(pa.BufferReader(target.getvalue()))


def table_of(kind, texts=TEXTS):
    values = pa.array(texts, pa.string())
    values = values.dictionary_encode().cast(kind) if pa.types.is_dictionary(kind) else values.cast(kind)
    count = len(texts)
    nested = [{"tags": ["a", None], "n": {"deep": number % 7}} for number in range(count)]
    fields = [
        pa.field("before", pa.int64(), metadata={"unit": "boats"}),
        pa.field("text", kind, metadata={"language": "en"}),
        pa.field("more", pa.struct({"tags": pa.list_(pa.string()), "n": pa.struct({"deep": pa.int8()})})),
        pa.field("at", pa.timestamp("us", "UTC")),
    ]
    schema = pa.schema(fields, metadata={"huggingface": '{"info": {}}', "pandas": "{}"})
    return pa.table(
        [pa.array(range(count)), values, pa.array(nested, fields[2].type), pa.array(range(count), fields[3].type)],
        schema,
    )


@pytest.mark.parametrize(
    "kind",
    [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())],
    ids=str,
)
def test_the_texts_are_cleaned_and_everything_else_is_preserved(tmp_path, kind):
    table = table_of(kind)
    raw, clean, logs = cleaned(table, tmp_path, row_group_size=2, compression={"before": "zstd", "text": "gzip"})
    before, after = pq.ParquetFile(raw), pq.ParquetFile(clean)
    assert after.read()["text"].to_pylist() == CLEAN
    assert after.schema_arrow.equals(before.schema_arrow, check_metadata=True)
    assert after.read().drop_columns("text").equals(before.read().drop_columns("text"), check_metadata=True)
    for group in range(3):
        one, other = before.metadata.row_group(group), after.metadata.row_group(group)
        assert one.num_rows == other.num_rows
        assert [one.column(at).compression for at in range(4)] == [other.column(at).compression for at in range(4)]
    back = restored(clean, logs)
    assert back.schema.equals(before.schema_arrow, check_metadata=True)
    assert back.to_pylist() == table.to_pylist()


def test_clean_texts_and_logs_are_read_back(tmp_path):
    _, clean, logs = cleaned(table_of(pa.string()), tmp_path)
    texts, found = zip(*parquet.read_clean(clean, logs), strict=True)
    assert list(texts) == [text or "" for text in CLEAN]
    assert [log.id for log in found] == [f"raw.parquet#{number}" for number in range(1, 6)]
    assert [bool(log.carrier.get("kept")) for log in found] == [False, True, False, False, False]
    assert found[1].note == ""


def test_all_stages(tmp_path):
    _, clean, logs = cleaned(table_of(pa.string()), tmp_path, Cleaner())
    assert pq.read_table(clean)["text"].to_pylist() == CLEAN
    assert restored(clean, logs)["text"].to_pylist() == TEXTS


def test_names_are_ids_or_row_numbers(tmp_path):
    table = pa.table({"text": ["a", "b", "c"], "id": pa.array(["x/1", None, ""])})
    pq.write_table(table, tmp_path / "a.parquet")
    assert [row.name for row in parquet.read(tmp_path / "a.parquet", SETTINGS)] == ["x/1", "2", "3"]
    pq.write_table(pa.table({"text": ["a"], "id": [7]}), tmp_path / "a.parquet")
    assert [row.name for row in parquet.read(tmp_path / "a.parquet", SETTINGS)] == ["7"]


def test_bytes_that_are_not_utf8_round_trip(tmp_path):
    texts = pa.array([b"The caf\xe9 closed.", b"Fine."], pa.binary()).view(pa.string())
    raw, clean, logs = cleaned(pa.table({"text": texts}), tmp_path)
    assert pq.read_table(clean)["text"].to_pylist() == ["The café closed.", "Fine."]
    assert restored(clean, logs).equals(pq.read_table(raw))


def test_a_cell_over_the_limit_is_kept(tmp_path):
    table = pa.table({"text": ["A short one.", "x" * (1 << 20) + "y", "Â£5 was paid."]})
    cleaner = Cleaner(Settings(stages=SETTINGS.stages, max_megabytes=1))
    _, clean, logs = cleaned(table, tmp_path, cleaner)
    assert pq.read_table(clean)["text"].to_pylist() == [
        table["text"][0].as_py(),
        table["text"][1].as_py(),
        "£5 was paid.",
    ]
    assert "larger than 1 MB" in [log for _, log in parquet.read_clean(clean, logs)][1].note
    assert restored(clean, logs).equals(table)


@pytest.mark.parametrize("columns", [{"body": ["a"], "n": [1]}, {"text": [1]}, {}])
def test_a_missing_text_column_is_reported(tmp_path, columns):
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    with pytest.raises(UnreadableError, match="--text-field") as caught:
        list(parquet.read(tmp_path / "a.parquet", SETTINGS))
    assert all(name in str(caught.value) for name in ("body", "n") if "body" in columns)


def test_no_rows(tmp_path):
    raw, clean, logs = cleaned(pa.table({"text": pa.array([], pa.string())}), tmp_path)
    assert list(parquet.read_clean(clean, logs)) == []
    assert restored(clean, logs).equals(pq.read_table(raw))


def test_a_damaged_file_is_reported(tmp_path):
    raw, *_ = cleaned(table_of(pa.string(), ["The ferry left."] * 5000), tmp_path)
    whole = raw.read_bytes()
    for damaged in (b"", b"PAR1", whole[:-9], whole[: len(whole) // 2], b"hello" * 100):
        raw.write_bytes(damaged)
        with pytest.raises(UnreadableError, match="Parquet"):
            list(parquet.read(raw, SETTINGS))
    with pytest.raises(OSError, match="No such file"):
        list(parquet.read(tmp_path / "none.parquet", SETTINGS))


def test_an_edited_clean_file_is_rejected(tmp_path):
    _, clean, logs = cleaned(table_of(pa.string()), tmp_path)
    lines = logs.read_bytes().splitlines(keepends=True)
    logs.write_bytes(b"".join(lines[:-1]))
    with pytest.raises(LogError, match="is truncated"):
        restored(clean, logs)
    logs.write_bytes(b"".join(lines))
    table = pq.read_table(clean)
    pq.write_table(table.set_column(1, "text", pa.array(["Other."] * 5)), clean)
    with pytest.raises(TextChangedError):
        restored(clean, logs)
    clean.write_bytes(b"gone")
    with pytest.raises(TextChangedError):
        restored(clean, logs)


@given(st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"])), max_size=12), st.integers(1, 5))
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_table_round_trips(tmp_path, texts, group):
    raw, clean, logs = cleaned(pa.table({"text": pa.array(texts, pa.string())}), tmp_path, row_group_size=group)
    assert restored(clean, logs).equals(pq.read_table(raw))


MEASURED = """
import resource, sys
from pathlib import Path
from clean_news.formats import CleanRow, parquet
from clean_news.settings import Settings
raw = Path(sys.argv[1])
list(zip(range(3), parquet.read(raw, Settings())))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
rows = (CleanRow(row, row.article.lower(), b"{}\\n") for row in parquet.read(raw, Settings()))
with open(raw.with_suffix(".clean"), "wb") as clean, open(raw.with_suffix(".log"), "wb") as logs:
    parquet.write(rows, raw, clean, logs)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10)
"""


@pytest.mark.parametrize(
    "megabytes", [40, pytest.param(200, marks=pytest.mark.full), pytest.param(1000, marks=pytest.mark.full)]
)
def test_memory_use_is_bounded(tmp_path, megabytes):
    table = pa.schema({"text": pa.string(), "n": pa.int64()})
    with pq.ParquetWriter(tmp_path / "big.parquet", table) as writer:
        for number in range(megabytes // 8):
            texts = [os.urandom(1024).hex() for _ in range(4096)]
            writer.write_table(pa.table({"text": texts, "n": [number] * 4096}, table))
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, tmp_path / "big.parquet"], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 120, done.stdout


def test_flipped_bytes_never_abort_the_process(tmp_path):
    """pyarrow aborts if the metadata of a damaged column are accessed before they are checked."""
    raw, *_ = cleaned(table_of(pa.string(), ["The ferry left."] * 50), tmp_path, row_group_size=20)
    whole = raw.read_bytes()
    dice = random.Random(3)
    for _ in range(150):
        damaged = bytearray(whole)
        damaged[dice.randrange(len(whole) // 2, len(whole))] = dice.randrange(256)
        raw.write_bytes(damaged)
        with contextlib.suppress(UnreadableError):
            cleaned(None, tmp_path)
