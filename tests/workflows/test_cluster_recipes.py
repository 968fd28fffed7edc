"""The recipes of docs/cluster.md run as printed."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from clean_news import change_log
from clean_news.change_log import revert

PAGE = (Path(__file__).parents[2] / "docs" / "cluster.md").read_text(encoding="utf-8")
TEXTS = {"a": "The mayor said it was the cityâ€™s last chance.", "b": "The old mill stands by the river.", "c": ""}


def recipe(heading):
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    (code,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    assert heading == "In your own datatrove pipeline" or len(code.strip().splitlines()) <= 20
    return code


def run(code, folder):
    (folder / "recipe.py").write_text(code, encoding="utf-8")
    done = subprocess.run([sys.executable, "recipe.py"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]


def check(rows):
    assert [row["id"] for row in rows] == list(TEXTS)
    assert rows[0]["text"] == "The mayor said it was the city’s last chance."
    for row in rows:
        log = change_log.read((row["changes"]).encode(), row["id"])
        assert revert(row["text"], log).decode() == TEXTS[row["id"]]


@pytest.fixture
def folder(tmp_path):
    lines = (json.dumps({"id": name, "text": text}) + "\n" for name, text in TEXTS.items())
    (tmp_path / "news.jsonl").write_text("".join(lines))
    return tmp_path


def json_rows(folder):
    files = sorted(path for path in folder.iterdir() if path.name.endswith((".json", ".jsonl")))
    return [json.loads(line) for path in files for line in path.read_text().splitlines()]


def test_dask(folder):
    pytest.importorskip("dask.bag")
    run(recipe("Dask"), folder)
    check(json_rows(folder / "clean"))


def test_datatrove(folder):
    pytest.importorskip("datatrove")
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    (folder / "news").mkdir()
    rows = [{"id": name, "text": text} for name, text in TEXTS.items() if text]
    parquet.write_table(pyarrow.Table.from_pylist(rows), folder / "news" / "1.parquet")
    run(recipe("In your own datatrove pipeline"), folder)
    (out,) = (folder / "clean").rglob("*.parquet")
    found = parquet.read_table(out).to_pylist()
    assert [row["id"] for row in found] == ["a", "b"]
    assert found[0]["text"] == "The mayor said it was the city’s last chance."
    assert json.loads(found[0]["metadata"]["changes"])["id"] == "a"


@pytest.mark.full
def test_ray_data(folder):
    pytest.importorskip("ray.data")
    run(recipe("Ray Data"), folder)
    check(sorted(json_rows(folder / "clean"), key=lambda row: row["id"]))
