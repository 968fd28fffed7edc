"""Runs with sources: the index is made once and shared, reruns clean what the sources changed, the summary counts."""

import json
import os
import shutil
from pathlib import Path

import pytest

from clean_news import change_log
from clean_news.batch.repairing import repair
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.batch.summary import one_line
from clean_news.batch.verification import verify
from clean_news.batch.watch import rounds
from clean_news.settings import Settings, SettingsError
from clean_news.sources import index_path, update, updating
from clean_news.stages.source import prepared_index

SAMPLES = Path(__file__).parents[2]
SPUN = SAMPLES / "raw" / "02-spun-foreign-ministry.txt"
ORIGINAL = SAMPLES / "clean" / "02-spun-foreign-ministry.txt"
GENUINE = SAMPLES / "clean" / "09-hard-wrapped-bridges.txt"
OTHER = SAMPLES / "raw" / "03-spun-markets.txt"
TAKEN = "SRC001"


@pytest.fixture
def raw(tmp_path):
    """A crawl: a spun article, its original, a genuine article, and another spun one without its original."""
    folder = tmp_path / "raw"
    folder.mkdir()
    for name, path in (("spun.txt", SPUN), ("original.txt", ORIGINAL), ("genuine.txt", GENUINE), ("other.txt", OTHER)):
        shutil.copy(path, folder / name)
    return folder


@pytest.fixture
def archive(tmp_path):
    folder = tmp_path / "archive"
    folder.mkdir()
    text = ORIGINAL.read_text(encoding="utf-8")
    (folder / "news.jsonl").write_text(json.dumps({"id": "n1", "text": text}) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def job(raw, clean, tmp_path):
    def start(*sources, force=False, target=clean, watch=lambda _: None, **settings):
        given = {"sources": tuple(map(str, sources)), "sources_index": str(tmp_path / "index"), **settings}
        return run(raw, target, RunOptions(Settings(**given), force), watch=watch)

    return start


def log_of(clean, name):
    return change_log.read((clean / f"{name}.changes.json").read_bytes(), name)


def taken(clean, name="spun.txt"):
    """The edits that took a word from a source, by stage."""
    stages = {stage.name: stage.edits for stage in log_of(clean, name).stages}
    return [edit for edit in stages.get("source", ()) if edit.state == "applied" and edit.rule == TAKEN]


def test_a_source_gives_the_words_back_and_the_log_names_it(job, clean, archive):
    summary = job(archive)
    edits = taken(clean)
    assert {("overseas", "foreign"), ("final", "last")} <= {(edit.before, edit.after) for edit in edits}
    log = log_of(clean, "spun.txt")
    assert log.document["source"]["id"] == "news.jsonl#n1"
    assert log.document["source"]["origin"].endswith("news.jsonl")
    assert 0.45 < log.document["source"]["similarity"] <= 1
    assert log.document["sources"] == prepared_index.opened(str(prepared_index.index_place(settings_of(clean)))).digest
    assert (summary.sources, summary.with_source, summary.failures) == (1, 1, [])
    raw_text = change_log.revert((clean / "spun.txt").read_text(encoding="utf-8"), log)
    assert raw_text == SPUN.read_bytes()


def settings_of(clean):
    return Settings(sources_index=str(clean.parent / "index"))


def test_genuine_articles_of_the_crawl_serve_its_spun_ones(job, clean, raw):
    shutil.copy(SPUN, raw / "spun-again.txt")
    summary = job(raw)
    for name in ("spun.txt", "spun-again.txt"):
        assert log_of(clean, name).document["source"]["id"] == "original.txt", "never a spun one"
    assert "source" not in log_of(clean, "other.txt").document
    for name, before in (("genuine.txt", GENUINE), ("original.txt", ORIGINAL)):
        assert (clean / name).read_bytes() == before.read_bytes()
        assert "sources" not in log_of(clean, name).document, "of a genuine article they are not even looked through"
    assert summary.with_source == 2


def test_spun_articles_do_not_serve_one_another(job, clean, raw):
    (raw / "original.txt").unlink()
    shutil.copy(SPUN, raw / "spun-again.txt")
    assert job(raw).with_source == 0
    assert taken(clean) == []


def test_all_articles_may_be_looked_up(job, clean, raw):
    summary = job(raw, sources_for="all")
    assert summary.looked_up == 4
    assert (clean / "genuine.txt").read_bytes() == GENUINE.read_bytes()
    assert (clean / "original.txt").read_bytes() == ORIGINAL.read_bytes()


def test_several_workers_write_the_same(job, clean, archive, contents):
    job(archive)
    one = {path.relative_to(clean): content for path, content in contents(clean).items()}
    shutil.rmtree(clean)
    job(archive, jobs=2)
    two = {path.relative_to(clean): content for path, content in contents(clean).items()}
    assert {name: one[name] for name in one if name.parts[0] != ".clean-news"} == {
        name: two[name] for name in two if name.parts[0] != ".clean-news"
    }


def test_the_index_is_made_once_and_workers_only_open_it(job, clean, archive, tmp_path):
    job(archive)
    shutil.rmtree(archive)
    shutil.rmtree(clean)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "index").rglob("*")}
    assert job(jobs=2).with_source == 1, "the index alone is enough"
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "index").rglob("*")} == before


def test_a_rerun_cleans_again_only_what_the_sources_may_change(job, archive):
    assert job(archive).cleaned == 4
    assert job(archive).cleaned == 0
    cleaned = []
    (archive / "more.txt").write_bytes(GENUINE.read_bytes())
    summary = job(archive, watch=lambda report: cleaned.extend([report.id] * (report.outcome == "cleaned")))
    assert sorted(cleaned) == ["other.txt", "spun.txt"], "genuine articles are never looked up"
    assert summary.unchanged == 2
    assert job(archive).cleaned == 0


def test_sources_that_come_and_go_clean_again(job, clean, archive):
    assert job(sources_index="").cleaned == 4
    assert taken(clean) == []
    assert job(archive).cleaned == 4
    assert len(taken(clean)) > 5
    assert job(sources_index="").cleaned == 4
    assert taken(clean) == []


def test_a_source_that_was_corrected_is_used(job, clean, archive):
    job(archive)
    text = ORIGINAL.read_text(encoding="utf-8").replace("shut", "close")
    (archive / "news.jsonl").write_text(json.dumps({"id": "n1", "text": text}) + "\n", encoding="utf-8")
    first = log_of(clean, "spun.txt").document["sources"]
    assert job(archive).cleaned == 2
    assert log_of(clean, "spun.txt").document["sources"] != first


def test_a_dry_run_looks_up_too_and_writes_nothing(job, clean, archive):
    summary = job(archive, target=None)
    assert summary.with_source == 1
    assert not clean.exists()


def test_the_summary_says_how_many_had_a_source(job, clean, archive):
    summary = job(archive)
    assert "2 spun, 1 with a source" in one_line(summary)
    page = (clean / ".clean-news" / "summary.md").read_text(encoding="utf-8")
    assert "| articles among the sources | 1 |" in page
    assert "| articles looked up among them | 2 |" in page
    assert "| articles whose source was found | 1 |" in page
    stored = json.loads((clean / ".clean-news" / "summary.json").read_bytes())
    assert (stored["sources"], stored["looked_up"], stored["with_source"]) == (1, 2, 1)
    assert job(archive).with_source == 1, "of articles that are up to date, too"
    assert "source" not in one_line(job(stages=("spin",)))


def test_a_broken_source_is_named_and_the_run_goes_on(job, archive):
    (archive / "broken.jsonl.gz").write_bytes(b"\x1f\x8b\x08\0\0")
    os.mkfifo(archive / "pipe.txt")
    seen = []
    summary = job(archive, watch=seen.append)
    assert {Path(failure.file).name for failure in summary.failures} == {"broken.jsonl.gz", "pipe.txt"}
    assert [failure for report in seen for failure in report.failures] == summary.failures
    assert (summary.cleaned, summary.failed, summary.with_source) == (4, 0, 1)


def test_a_broken_source_is_named_by_every_run_until_it_is_mended(archive, tmp_path, monkeypatch):
    rows = ["{}\n"] * 150
    (archive / "rows.jsonl").write_text("".join(rows), encoding="utf-8")
    (archive / "binary.txt").write_bytes(bytes(range(256)) * 40)
    settings = Settings(sources=(str(archive),), sources_index=str(tmp_path / "index"))
    monkeypatch.setattr(updating, "RACY_MARGIN_NS", -(1 << 62))  # unchanged files are not read again
    told = prepared_index.prepare(settings).failures
    assert len(told) == 1 + 101
    assert told[-1].message == "50 more rows are no articles, too"
    assert prepared_index.prepare(settings).failures == told
    (archive / "binary.txt").unlink()
    assert prepared_index.prepare(settings).failures == told[1:]


def test_a_broken_file_of_the_crawl_is_named_once(job, raw):
    (raw / "broken.jsonl.gz").write_bytes(b"\x1f\x8b\x08\0\0")
    os.mkfifo(raw / "pipe.txt")
    summary = job(raw)
    assert sorted(Path(failure.file).name for failure in summary.failures) == ["broken.jsonl.gz", "pipe.txt"]


def test_a_source_that_does_not_exist_stops_the_run_before_it_begins(job, clean):
    with pytest.raises(SettingsError, match="gone: there is no such file or folder"):
        job("gone")
    assert not clean.exists()


def test_a_damaged_index_without_sources_stops_the_run(job, clean, archive, tmp_path):
    job(archive)
    shutil.rmtree(clean)
    (tmp_path / "index" / "index.json").write_bytes(b"{}")
    with pytest.raises(SettingsError, match=r"index.*build it again"):
        job()
    assert not clean.exists()
    assert job(archive).with_source == 1, "with the sources it is made again"


def test_a_text_of_the_index_that_is_damaged_is_named_and_costs_no_article(job, clean, archive, tmp_path):
    job(archive)
    shutil.rmtree(clean)
    (records,) = (tmp_path / "index").rglob("records.bin")
    records.write_bytes(records.read_bytes()[:-1] + b"!")
    prepared_index._opened.cache_clear()  # as in a new process
    summary = job()
    assert (summary.cleaned, summary.with_source) == (4, 0)
    failures = {Path(failure.file).name: failure.message for failure in summary.failures}
    assert "spun.txt" in failures
    for message in failures.values():
        assert message.startswith("the stage source changed nothing in it, the other stages ran normally: ")
        assert f"{records}: the index of sources is damaged; build it again: delete that folder" in message
    shutil.rmtree(tmp_path / "index")
    assert (job(archive).cleaned, job(archive).cleaned) == (len(failures), 0), "only where a stage failed"
    assert taken(clean)


def test_a_watched_folder_gets_the_sources_that_came(raw, clean):
    (raw / "original.txt").unlink()
    found = []

    def once(ready):
        summary = run(raw, clean, RunOptions(Settings(sources=(str(raw),))), ready=ready)
        found.append(summary.with_source)
        shutil.copy(ORIGINAL, raw / "original.txt")
        return summary

    watched = rounds(raw, once, sleep=lambda _: None)
    next(watched)
    next(watched)
    assert found == [0, 1]
    assert taken(clean)


def test_sources_and_a_stage_that_does_not_run(job, clean):
    assert job("gone", stages=("encoding",)).cleaned == 4
    assert "source" not in {stage.name for stage in log_of(clean, "spun.txt").stages}


def test_a_damaged_index_in_clean_is_found(clean, raw, tmp_path):
    run(raw, clean, RunOptions(Settings()))
    source = tmp_path / "source.txt"
    source.write_text("The ferry was late.", encoding="utf-8")
    update(clean / "sources", [source])
    assert verify(clean, raw, Settings()).findings == []
    (records,) = (clean / "sources").rglob("records.bin")
    records.write_bytes(records.read_bytes()[:-1] + b"!")
    (found,) = verify(clean, raw, Settings()).findings
    assert found.kind == "damaged-index"
    assert str(records) in found.message


def test_damaged_indexes_in_the_cache_are_found_and_removed(clean, raw, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    run(raw, clean, RunOptions(Settings()))
    indexes = []
    for number in range(4):
        source = tmp_path / f"{number}.txt"
        source.write_text(f"The ferry {number} was late.", encoding="utf-8")
        indexes.append(index_path([source]))
        update(indexes[-1], [source])
    (indexes[0] / "index.json").write_bytes(b"{}")
    (records,) = indexes[1].rglob("records.bin")
    records.write_bytes(records.read_bytes()[:-1] + b"!")
    (indexes[2] / "index.json").unlink()  # as after a kill: the next run completes it
    found = verify(clean, raw, Settings()).findings
    assert [finding.kind for finding in found] == ["damaged-cache"] * 2
    assert {str(path) for path in indexes[:2]} == {finding.message.partition(":")[0] for finding in found}
    repair(clean, None, RunOptions(Settings()), found)
    assert [index.exists() for index in indexes] == [False, False, True, True]


def test_a_repair_uses_the_sources(job, clean, raw, archive, tmp_path):
    job(archive)
    before = (clean / "spun.txt").read_bytes()
    (clean / "spun.txt").unlink()
    settings = Settings(sources=(str(archive),), sources_index=str(tmp_path / "index"))
    repair(clean, raw, RunOptions(settings), verify(clean, raw, settings).findings)
    assert (clean / "spun.txt").read_bytes() == before
    assert taken(clean)
