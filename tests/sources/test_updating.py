"""Incremental updates: whatever the history of an index, it answers like one that was built at once."""

import os
import random
from pathlib import Path

import pytest

from clean_news.batch.workers import Workers
from clean_news.files.discovery import InputError
from clean_news.settings import Settings
from clean_news.sources import open_index, reading, update, update_from_articles, updating
from clean_news.sources.manifest import read_manifest


@pytest.fixture(autouse=True)
def small_segments(monkeypatch):
    monkeypatch.setattr(updating, "SEGMENT_ARTICLES", 10)


@pytest.fixture
def settled(monkeypatch):
    """Stamps count from the moment on that a file was written."""
    monkeypatch.setattr(updating, "RACY_MARGIN_NS", -10_000_000_000)


@pytest.fixture
def read_files(monkeypatch):
    """The names of the files that updates read."""
    names = []
    read = reading.articles_of

    def recording(file, settings):
        names.append(file.path.name)
        return read(file, settings)

    monkeypatch.setattr(updating, "articles_of", recording)
    return names


def answers(index, articles):
    return [[hit[:3] for hit in index.nearest(article.text, 4)] for article in articles]


def assert_like_built_at_once(place, expected, tmp_path, queries):
    fresh = tmp_path / "fresh"
    update_from_articles(fresh, expected)
    one, other = open_index(place), open_index(fresh)
    assert len(one) == len(other) == len(expected)
    assert one.digest == other.digest
    assert answers(one, queries) == answers(other, queries)


def test_articles_are_added_replaced_and_removed(tmp_path, articles):
    place = tmp_path / "index"
    every = articles(*range(40))
    assert update_from_articles(place, every[:25])[:3] == (25, 0, 0)
    first = open_index(place).digest
    changed = [article._replace(text=article.text + " Mr Abara paid 31 crowns.") for article in every[20:25]]
    now = every[5:20] + changed + every[25:]
    assert update_from_articles(place, now)[:3] == (20, 10, 15)
    assert open_index(place).digest != first
    assert_like_built_at_once(place, now, tmp_path, every + changed)


@pytest.mark.parametrize("seed", range(4))
def test_any_history_gives_the_same_index(tmp_path, articles, seed):
    rng = random.Random(seed)
    every = articles(*range(60))
    now = []
    for _ in range(6):
        now = rng.sample(every, rng.randrange(60))
        update_from_articles(tmp_path / "index", now)
    assert_like_built_at_once(tmp_path / "index", now, tmp_path, every)


def test_nothing_is_written_when_nothing_changed(tmp_path, articles):
    update_from_articles(tmp_path, articles(*range(30)))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert update_from_articles(tmp_path, articles(*range(30)))[:3] == (0, 0, 30)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_segments_are_merged(tmp_path, articles):
    for end in range(1, 41):
        update_from_articles(tmp_path / "index", articles(*range(end)))
    sizes = [entry.articles for entry in read_manifest(tmp_path / "index").segments]
    assert all(size >= sum(sizes[place + 1 :]) for place, size in enumerate(sizes))
    assert_like_built_at_once(tmp_path / "index", articles(*range(40)), tmp_path, articles(*range(40)))
    folders = [path for path in (tmp_path / "index").iterdir() if path.is_dir()]
    assert len(folders) == len(sizes)


def test_removed_articles_leave_the_files(tmp_path, articles):
    update_from_articles(tmp_path, articles(*range(40)))
    update_from_articles(tmp_path, articles(*range(3)))
    assert [entry.articles for entry in read_manifest(tmp_path).segments] == [3]
    update_from_articles(tmp_path, [])
    assert read_manifest(tmp_path).segments == ()
    assert open_index(tmp_path).nearest(articles(1)[0].text) == []


@pytest.mark.usefixtures("settled")
def test_only_files_that_changed_are_read(tmp_path, articles, read_files):
    folder, place = tmp_path / "news", tmp_path / "index"
    folder.mkdir()
    for article in articles(*range(6)):
        (folder / f"{article.id}.txt").write_text(article.text, encoding="utf-8")
    assert update(place, [folder])[:3] == (6, 0, 0)
    assert sorted(read_files) == [f"a{number}.txt" for number in range(6)]
    read_files.clear()
    assert update(place, [folder])[:3] == (0, 0, 6)
    assert read_files == []
    (folder / "a1.txt").unlink()
    (folder / "a2.txt").write_text(articles(77)[0].text, encoding="utf-8")
    (folder / "a9.txt").write_text(articles(9)[0].text, encoding="utf-8")
    assert update(place, [folder])[:3] == (2, 2, 4)
    assert sorted(read_files) == ["a2.txt", "a9.txt"]
    index = open_index(place)
    assert len(index) == 6
    assert [index.nearest(article.text, 1)[0].id for article in articles(77, 9, 0)] == ["a2.txt", "a9.txt", "a0.txt"]
    assert index.nearest(articles(1)[0].text, 1)[0].score < 0.99


def test_a_file_written_a_moment_ago_is_read_again(tmp_path, articles, read_files):
    (tmp_path / "a.txt").write_text(articles(1)[0].text, encoding="utf-8")
    for _ in range(2):
        update(tmp_path / "index", [tmp_path / "a.txt"])
    assert read_files == ["a.txt", "a.txt"]


@pytest.mark.usefixtures("settled")
def test_a_file_of_many_that_grew_keeps_what_it_had(tmp_path, articles, write_lines):
    path, place = tmp_path / "news.jsonl", tmp_path / "index"
    write_lines(path, {article.id: article.text for article in articles(*range(30))})
    assert update(place, [path])[:3] == (30, 0, 0)
    write_lines(path, {article.id: article.text for article in articles(*range(2, 35))})
    assert update(place, [path])[:3] == (5, 2, 28)
    names = [open_index(place).nearest(article.text, 1)[0].id for article in articles(*range(2, 35))]
    assert names == [f"news.jsonl#a{number}" for number in range(2, 35)]


def test_a_row_that_is_there_twice_is_stored_once(tmp_path, articles):
    assert update_from_articles(tmp_path, articles(1, 2, 1))[:3] == (2, 0, 0)
    assert update_from_articles(tmp_path, articles(1, 1, 2, 2))[:3] == (0, 0, 2)


def test_a_file_that_two_sources_share_is_read_once(tmp_path, articles):
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_text(articles(1)[0].text, encoding="utf-8")
    (tmp_path / "link").symlink_to(folder)
    assert update(tmp_path / "index", [folder, folder / "a.txt", tmp_path / "link"]).added == 1


@pytest.mark.usefixtures("settled")
def test_other_settings_read_everything_again(tmp_path):
    path, place = tmp_path / "news.jsonl", tmp_path / "index"
    path.write_text('{"text": "Karlssen", "body": "Oduya"}\n', encoding="utf-8")
    update(place, [path])
    update(place, [path], Settings(text_field="body"))
    index = open_index(place)
    assert len(index) == 1
    assert index.text(index.nearest("Mr Oduya", 1)[0]) == "Oduya"
    assert index.nearest("Mr Karlssen") == []


def test_what_cannot_be_read_is_reported_and_the_rest_indexed(tmp_path, articles):
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "good.txt").write_text(articles(1)[0].text, encoding="utf-8")
    (folder / "binary.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9)
    (folder / "bad.jsonl").write_text('{"text": "Karlssen"}\n{"text": 7}\n', encoding="utf-8")
    (folder / "gone.txt").symlink_to(folder / "nowhere.txt")
    done = update(tmp_path / "index", [folder])
    assert done.added == 2
    assert sorted(Path(failure.file).name for failure in done.failures) == ["bad.jsonl", "binary.txt", "gone.txt"]
    assert "line 2" in str(done.failures[1:])


def test_a_source_that_does_not_exist(tmp_path):
    with pytest.raises(InputError, match="there is no such file or folder"):
        update(tmp_path / "index", [tmp_path / "none"])


def ahead(prepare, batches):
    """Reads all batches before it prepares any, as a pool of processes may do."""
    return [prepare(batch) for batch in list(batches)]


def in_processes(prepare, batches):
    workers = Workers(2)
    try:
        yield from workers.results(prepare, batches, lambda lost: prepare([lost])[0])
    finally:
        workers.close()


@pytest.mark.parametrize("spread", [ahead, in_processes])
def test_batches_can_be_prepared_elsewhere(tmp_path, articles, write_lines, spread):
    path = tmp_path / "news.jsonl"
    write_lines(path, {article.id: article.text for article in articles(*range(80))})
    update(tmp_path / "one", [path], spread=spread)
    update(tmp_path / "two", [path])
    one, two = open_index(tmp_path / "one"), open_index(tmp_path / "two")
    assert one.digest == two.digest
    assert answers(one, articles(*range(9))) == answers(two, articles(*range(9)))


def test_progress_is_told(tmp_path, articles, write_lines, monkeypatch):
    monkeypatch.setattr(updating, "PROGRESS_ARTICLES", 10)
    for name in "ab":
        write_lines(tmp_path / f"{name}.jsonl", {article.id: article.text for article in articles(*range(25))})
    told = []
    update(tmp_path / "index", [tmp_path / "a.jsonl", tmp_path / "b.jsonl"], progress=lambda *each: told.append(each))
    assert told == [(0, 2, 10), (0, 2, 20), (1, 2, 30), (1, 2, 40), (1, 2, 50)]


def test_files_of_others_are_left_alone(tmp_path, articles):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "segment-of-mine").write_text("debris", encoding="utf-8")
    for numbers in ((1, 2), (3,)):
        update_from_articles(tmp_path, articles(*numbers))
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_two_updates_at_a_time_wait_for_each_other(tmp_path, articles):
    """Both are complete, whichever is last."""
    children = []
    for start in (0, 100):
        child = os.fork()
        if not child:
            update_from_articles(tmp_path, articles(*range(start, start + 60)))
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    index = open_index(tmp_path)
    assert len(index) == 60
    first = index.nearest(articles(5)[0].text, 1)[0].score == pytest.approx(1)
    second = index.nearest(articles(105)[0].text, 1)[0].score == pytest.approx(1)
    assert first != second
