"""Sources outside the main job: clusters, datatrove, Scrapy and other processes, which only open the index."""

import asyncio
import pickle
import shutil
from pathlib import Path

import pytest

from clean_news import Cleaner, change_log, revert_record
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.batch.verification import verify
from clean_news.settings import Settings, SettingsError
from clean_news.workflows.cleaning_processes import CleaningProcesses

SAMPLES = Path(__file__).parents[2]
SPUN = (SAMPLES / "raw" / "02-spun-foreign-ministry.txt").read_text(encoding="utf-8")
ORIGINAL = (SAMPLES / "clean" / "02-spun-foreign-ministry.txt").read_text(encoding="utf-8")
GENUINE = (SAMPLES / "clean" / "09-hard-wrapped-bridges.txt").read_text(encoding="utf-8")


@pytest.fixture
def archive(tmp_path):
    folder = tmp_path / "archive"
    folder.mkdir()
    (folder / "a.txt").write_text(ORIGINAL, encoding="utf-8")
    return folder


@pytest.fixture
def settings(archive, tmp_path):
    return Settings(sources=(str(archive),), sources_index=str(tmp_path / "index"))


@pytest.fixture
def expected(settings):
    """The clean text that the source gives."""
    found = Cleaner(settings).clean(SPUN)
    assert found.log.document["source"]["id"] == "a.txt"
    return found.text


def test_a_cleaner_takes_paths_and_makes_the_index(archive, tmp_path):
    cleaner = Cleaner(sources=[archive], sources_index=tmp_path / "index", level="safe")
    assert cleaner.settings == Settings(sources_index=str(tmp_path / "index"), level="safe")
    assert Cleaner(sources=[archive]).clean(SPUN).log.document["source"]["id"] == "a.txt", "in the cache"


def test_a_pickled_cleaner_opens_the_index_in_the_other_process(settings, archive, expected):
    cleaner = Cleaner(settings)
    shutil.rmtree(archive)
    assert pickle.loads(pickle.dumps(cleaner)).clean(SPUN).text == expected
    processes = CleaningProcesses(cleaner, 2)
    try:
        values = [processes.submit(SPUN, f"a{number}") for number in range(4)]
        assert {value.result(60).text for value in values} == {expected}
    finally:
        processes.close()


def test_records_and_batches(settings, expected):
    (record,) = Cleaner(settings).clean_records([{"text": SPUN}])
    assert record["text"] == expected
    assert revert_record(record) == {"text": SPUN}
    assert Cleaner(settings).clean_batch({"text": [SPUN, GENUINE]})["text"] == [expected, GENUINE]


def test_a_broken_source_is_a_warning(settings, archive):
    (archive / "binary.txt").write_bytes(bytes(range(256)) * 40)
    with pytest.warns(UserWarning, match=r"archive/binary\.txt: "):
        cleaner = Cleaner(settings)
    assert cleaner.clean(SPUN).log.document["source"]["id"] == "a.txt"


def test_a_source_that_does_not_exist():
    with pytest.raises(SettingsError, match="gone: there is no such file or folder"):
        Cleaner(sources=["gone"])


def test_datatrove_documents(settings, archive, expected):
    pytest.importorskip("datatrove")
    from datatrove.data import Document

    from clean_news.workflows.datatrove_steps import CleanNews

    step = CleanNews(settings)
    shutil.rmtree(archive)
    (document,) = pickle.loads(pickle.dumps(step))([Document(SPUN, "spun")])
    assert document.text == expected
    with pytest.raises(SettingsError, match="there is no such file or folder"):
        CleanNews(settings)


def test_a_cluster_run_writes_what_the_main_job_writes(settings, archive, tmp_path):
    pytest.importorskip("datatrove")
    from clean_news.workflows.cluster import prepare, run_locally
    from clean_news.workflows.shards import cluster_folder

    raw, clean, other = tmp_path / "raw", tmp_path / "clean", tmp_path / "other"
    raw.mkdir()
    for number, text in enumerate((SPUN, GENUINE, SPUN, ORIGINAL)):
        (raw / f"{number}.txt").write_text(text, encoding="utf-8")
    run(raw, other, RunOptions(settings))
    options = RunOptions(Settings(sources=settings.sources))
    job = prepare(raw, clean, options, tasks=3, workers=2)
    assert Path(job.run_options.settings.sources_index) == clean / ".clean-news" / "sources"
    summary = run_locally(job)
    assert (summary.failures, summary.sources, summary.looked_up, summary.with_source) == ([], 1, 2, 2)
    assert tree(clean) == tree(other)
    assert verify(clean, raw, settings, print).findings == []

    plan = (cluster_folder(clean) / "plan.json").read_bytes()
    assert prepare(raw, clean, options, tasks=3).plan == job.plan, "with the same sources it is the same run"
    (archive / "b.txt").write_text(GENUINE, encoding="utf-8")
    again = prepare(raw, clean, options, tasks=3, workers=2)
    assert again.plan != job.plan
    assert (cluster_folder(clean) / "plan.json").read_bytes() != plan
    summary = run_locally(again)
    assert (summary.cleaned, summary.unchanged, summary.sources) == (2, 2, 2), "only what was looked up"


def tree(folder):
    return {
        path.relative_to(folder): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_relative_to(folder / ".clean-news")
    }


def test_a_broken_source_of_a_cluster_run_is_in_the_summary(archive, tmp_path):
    pytest.importorskip("datatrove")
    from clean_news.workflows.cluster import prepare, run_locally

    (archive / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text(SPUN, encoding="utf-8")
    options = RunOptions(Settings(sources=(str(archive),)))
    summary = run_locally(prepare(tmp_path / "raw", tmp_path / "clean", options, tasks=1, workers=1))
    assert [Path(failure.file).name for failure in summary.failures] == ["binary.txt"]
    assert summary.with_source == 1


def test_scrapy_items(archive, expected, tmp_path, monkeypatch):
    pytest.importorskip("scrapy")
    from scrapy.utils.test import get_crawler

    from clean_news.workflows.scrapy import CleanNewsPipeline

    monkeypatch.chdir(tmp_path)
    given = {"sources": [archive.name], "sources-index": "index"}
    pipeline = CleanNewsPipeline.from_crawler(get_crawler(settings_dict={"CLEAN_NEWS_SETTINGS": given}))
    try:
        item = asyncio.run(pipeline.process_item({"url": "u", "text": SPUN}))
    finally:
        pipeline.close_spider()
    assert item["text"] == expected
    assert item["changes"]["document"]["source"]["id"] == "a.txt"


def test_a_log_with_sources_can_be_reverted(settings):
    text, log = Cleaner(settings).clean(SPUN)
    assert change_log.revert(text, change_log.read(change_log.write(log), "log")).decode() == SPUN
