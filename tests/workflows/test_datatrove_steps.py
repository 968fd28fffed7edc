"""The datatrove step, in pipelines with datatrove's readers and writers."""

import json
import os
import pickle
import subprocess
import sys
from types import MappingProxyType

import pytest

pytest.importorskip("datatrove")

from datatrove.data import Document
from datatrove.executor.local import LocalPipelineExecutor
from datatrove.pipeline.writers import JsonlWriter, ParquetWriter

from clean_news import change_log
from clean_news.change_log import revert
from clean_news.cleaner import clean
from clean_news.workflows.datatrove_steps import CleanNews

DAMAGED = "The mayor of Ashford said it was the cityâ€™s last chance to save the old mill.\n"
GENUINE = "The mill, which was built in 1811, has stood empty since the fire.\n"
TEXTS = MappingProxyType({"a": DAMAGED, "b": GENUINE, "c": "", "d": DAMAGED * 3})


def documents():
    return [Document(text, name, metadata={"url": f"news/{name}"}) for name, text in TEXTS.items()]


def test_documents_keep_their_order_and_can_be_reverted():
    step = pickle.loads(pickle.dumps(CleanNews()))
    found = list(step(documents()))
    assert [document.id for document in found] == list(TEXTS)
    for document in found:
        log = change_log.read(document.metadata["changes"].encode(), document.id)
        assert document.text == clean(TEXTS[document.id], document.id, f"news/{document.id}").text
        assert (log.id, log.source) == (document.id, f"news/{document.id}")
        assert revert(document.text, log).decode() == TEXTS[document.id]
    assert "city’s" in found[0].text
    figures = step.stats.to_dict()["stats"]
    assert figures["articles"] == 4
    assert figures["edits/encoding"]["total"] == 4
    assert "failed" not in figures


def test_a_document_that_fails_is_passed_on_unchanged_and_counted():
    step = CleanNews()
    odd = Document(None, "odd")
    found = list(step([odd, *documents()]))
    assert [document.id for document in found] == ["odd", *TEXTS]
    assert found[0].text is None
    assert found[0].metadata["changes"] == ""
    assert step.stats.to_dict()["stats"]["failed"] == 1
    assert found[1].text != DAMAGED


def test_documents_are_processed_one_at_a_time():
    taken = []

    def endless():
        for number in range(10**9):
            taken.append(number)
            yield Document(GENUINE, str(number))

    stream = CleanNews()(endless())
    assert [next(stream).id for _ in range(3)] == ["0", "1", "2"]
    assert len(taken) == 3


@pytest.mark.parametrize("writer", [JsonlWriter, ParquetWriter])
def test_writers_preserve_the_log(tmp_path, writer):
    pytest.importorskip("orjson" if writer is JsonlWriter else "pyarrow")
    settings = {"compression": None} if writer is JsonlWriter else {}
    steps = [documents(), CleanNews(), writer(str(tmp_path / "out"), **settings)]
    LocalPipelineExecutor(steps, tasks=1, workers=1, logging_dir=str(tmp_path / "logs")).run()
    (out,) = (path for path in (tmp_path / "out").rglob("*") if path.is_file())
    if writer is JsonlWriter:
        rows = [json.loads(line) for line in out.read_text().splitlines()]
    else:
        rows = pytest.importorskip("pyarrow.parquet").read_table(out).to_pylist()
    assert [row["id"] for row in rows] == list(TEXTS)
    for row in rows:  # writers omit an empty text
        log = change_log.read(row["metadata"]["changes"].encode(), row["id"])
        assert revert(row.get("text") or "", log).decode() == TEXTS[row["id"]]


def test_a_missing_datatrove_is_reported_in_one_line(tmp_path):
    (tmp_path / "datatrove.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'datatrove'\", name='datatrove')\n"
    )
    (tmp_path / "raw").mkdir()
    paths = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-m", "clean_news", "cluster", "raw", "clean"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "pip install 'clean-news[cluster]'" in done.stderr
