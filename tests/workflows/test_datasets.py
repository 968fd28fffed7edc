"""Hugging Face datasets: ``map`` with the real library, in one process and several, cached and streamed."""

import json

import pytest

from clean_news import Cleaner, log_of, revert, revert_batch

pytestmark = pytest.mark.full
datasets = pytest.importorskip("datasets")

RAW, CLEAN = "The ministry didnâ€™t reply.", "The ministry didn’t reply."
ROWS = [{"id": f"a{number}", "text": RAW, "site": number % 3} for number in range(40)]
ROWS[7]["text"] = None
SETTINGS = {"stages": ["encoding", "characters"]}


@pytest.fixture(autouse=True)
def offline(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "raw.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    return path


@pytest.mark.parametrize("processes", [None, 2])
def test_map_and_back(processes):
    raw = datasets.Dataset.from_list(ROWS)
    clean = raw.map(Cleaner(SETTINGS).clean_batch, batched=True, batch_size=16, num_proc=processes)
    assert clean.column_names == ["id", "text", "site", "changes"]
    assert [clean[number]["text"] for number in (0, 7, 39)] == [CLEAN, None, CLEAN]
    assert revert(clean[39]["text"], log_of(clean[39]["changes"])).decode() == RAW
    assert log_of(clean[39]["changes"]).id == "a39"
    back = clean.map(revert_batch, batched=True, remove_columns=["changes"])
    assert list(back) == ROWS


def test_a_second_map_comes_from_the_cache(file):
    """The cleaner's pickle says what it does: equal settings are known again, others are not."""

    def mapped(**more):
        raw = datasets.load_dataset("json", data_files=str(file), split="train")
        return raw.map(Cleaner({**SETTINGS, **more}).clean_batch, batched=True)

    first, again, other = mapped(), mapped(), mapped(level="safe")
    assert first._fingerprint == again._fingerprint != other._fingerprint
    assert first.cache_files == again.cache_files != other.cache_files


def test_streamed_rows(file):
    raw = datasets.load_dataset("json", data_files=str(file), split="train", streaming=True)
    rows = list(raw.map(Cleaner(SETTINGS).clean_batch, batched=True, batch_size=16))
    assert [row["text"] for row in rows] == [CLEAN if row["text"] else None for row in ROWS]
    assert json.loads(rows[0]["changes"])["id"] == "a0"


def test_another_column_and_a_parquet_file(tmp_path):
    raw = datasets.Dataset.from_list(ROWS).rename_column("text", "article")
    cleaner = Cleaner(SETTINGS)
    named = {"text_field": "article", "changes_field": "log"}
    raw.map(cleaner.clean_batch, batched=True, fn_kwargs=named).to_parquet(tmp_path / "clean.parquet")
    stored = datasets.Dataset.from_parquet(str(tmp_path / "clean.parquet"), cache_dir=str(tmp_path / "cache"))
    given = {"text_field": "article", "changes_field": "log"}
    back = stored.map(revert_batch, batched=True, remove_columns=["log"], fn_kwargs=given)
    assert list(back) == list(raw)


def test_without_logs():
    clean = datasets.Dataset.from_list(ROWS).map(
        Cleaner(SETTINGS).clean_batch, batched=True, fn_kwargs={"changes_field": None}
    )
    assert clean.column_names == ["id", "text", "site"]
