"""The benchmark of the sources' index: its replicas, its cut queries, and our index's part of a run."""

import importlib
import json
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

TEXT = "Ms Karlssen sold 47 boats to Oduya in 1998. On Monday Ms Karlssen left; the boats (47) stay. It fell."


@pytest.fixture
def sources(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("sources")


def test_replicas_have_other_names_and_numbers_throughout(sources):
    replicas = sources.Replicas([TEXT, "Mr Novak lives in Harwick and Ostrava."])
    assert replicas.text(0) == TEXT
    first, second = replicas.text(2), replicas.text(4)
    assert len({TEXT, first, second}) == 3
    for text in (first, second):
        words, original = text.split(), TEXT.split()
        assert len(words) == len(original)
        swapped = {}
        for word, before in zip(words, original, strict=True):
            core, was = (each.strip("().;,") for each in (word, before))
            assert swapped.setdefault(was, core) == core
        assert {"47", "1998"} <= {was for was, now in swapped.items() if was != now}
        assert {was for was, now in swapped.items() if was == now} >= {
            "sold",
            "boats",
            "in",
            "On",
            "left",
            "It",
            "fell",
        }


def test_cut_queries_lack_sentences(sources):
    text = " ".join(f"Sentence number {number} ends." for number in range(50))
    kept = sources.cut(text, 1).split(". ")
    assert 25 < len(kept) < 45
    assert sources.cut(text, 1) == sources.cut(text, 1) != sources.cut(text, 2)


def test_an_archive_of_shards_is_built_and_queried(tmp_path, sources):
    texts = [f"{TEXT} {number + 300} cranes of Harwick." for number in range(6)]
    archive = sources.write_archive(tmp_path, 6, 2, sources.Replicas(texts))
    assert [path.name for path in archive] == ["archive-0-2.jsonl", "archive-2-4.jsonl", "archive-4-6.jsonl"]
    queries = tmp_path / "queries.json"
    queries.write_text(json.dumps({"spun": texts}), encoding="utf-8")
    found = sources.one("index", archive, queries, tmp_path, 1)
    assert found["spun"]["rank 1"] == "6/6"
    assert found["disk"] > 0
