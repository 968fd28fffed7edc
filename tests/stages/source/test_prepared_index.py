"""The index of a run: made once, opened once in each process, and never where it would overwrite something."""

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from clean_news.files.discovery import InputError
from clean_news.settings import Settings, SettingsError
from clean_news.sources import IndexDamaged
from clean_news.stages.source import prepared_index
from clean_news.stages.source.prepared_index import check_apart, index_place, opened, prepare, sources_digest

FERRY = "The ferry from Ostrand to Kellby was late on Tuesday because of fog, the operator Norrlinje said.\n"
BRIDGE = "The council of Kellby voted on Friday to repair the old bridge, the mayor Ulla Brandt said.\n"


@pytest.fixture
def archive(tmp_path):
    folder = tmp_path / "archive"
    folder.mkdir()
    (folder / "ferry.txt").write_text(FERRY, encoding="utf-8")
    return folder


@pytest.fixture
def settings(archive, tmp_path):
    return Settings(sources=(str(archive),), sources_index=str(tmp_path / "index"))


def test_without_sources_nothing_is_made(tmp_path):
    for given in (Settings(), Settings(sources=(str(tmp_path / "none"),), stages=("spin",))):
        prepared = prepare(given)
        assert (prepared.settings.sources, prepared.settings.sources_index) == ((), "")
        assert (prepared.articles, prepared.failures, sources_digest(prepared.settings)) == (0, (), "")


@pytest.mark.usefixtures("archive")
def test_the_settings_then_name_the_index_only(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    prepared = prepare(Settings(sources=("archive",), sources_index="index"))
    assert prepared.settings == Settings(sources_index=str(tmp_path / "index"))
    assert prepared.articles == 1
    assert prepare(prepared.settings) == prepared, "of a prepared run nothing changes"


def test_the_default_place_is_in_the_cache(archive):
    place = index_place(Settings(sources=(str(archive),)))
    assert place.is_relative_to(Path(os.environ["XDG_CACHE_HOME"]))
    assert place == index_place(Settings(sources=(str(archive / ".." / archive.name),)))


def test_the_digest_changes_with_an_article(settings, archive):
    first = sources_digest(prepare(settings).settings)
    assert first == sources_digest(prepare(settings).settings)
    (archive / "bridge.txt").write_text(BRIDGE, encoding="utf-8")
    assert sources_digest(Settings(sources_index=settings.sources_index)) == first, "it is not looked at again"
    assert prepare(settings).articles == 2
    assert sources_digest(Settings(sources_index=settings.sources_index)) != first


def test_sources_that_are_not_prepared_have_no_digest(settings):
    assert sources_digest(settings) == ""


def test_the_index_is_opened_once_and_again_after_it_was_replaced(settings, archive):
    prepare(settings)
    index = opened(settings.sources_index)
    assert opened(settings.sources_index) is index
    (archive / "bridge.txt").write_text(BRIDGE, encoding="utf-8")
    prepare(settings)
    assert len(opened(settings.sources_index)) == 2
    assert (len(index), index.nearest(FERRY)[0].id) == (1, "ferry.txt"), "who has the earlier one open keeps it"


def test_a_broken_file_is_named_and_the_others_are_used(settings, archive):
    (archive / "broken.jsonl.gz").write_bytes(b"\x1f\x8b\x08\0\0")
    (archive / "binary.txt").write_bytes(bytes(range(256)) * 40)
    prepared = prepare(settings)
    assert prepared.articles == 1
    assert {Path(failure.file).name for failure in prepared.failures} == {"broken.jsonl.gz", "binary.txt"}
    assert all(len(failure.message) > 20 for failure in prepared.failures)


@pytest.mark.parametrize("name", ["gone", "a\0b"])
def test_a_source_that_does_not_exist(settings, name):
    with pytest.raises(SettingsError, match="there is no such file or folder; name a folder or a file of articles"):
        prepare(Settings(sources=(name,), sources_index=settings.sources_index))
    assert not Path(settings.sources_index).exists()


def test_a_source_of_unknown_type(settings, tmp_path):
    (tmp_path / "table.xlsx").write_text("a,b\n")
    with pytest.raises(SettingsError, match=r"table\.xlsx: "):
        prepare(Settings(sources=(str(tmp_path / "table.xlsx"),), sources_index=settings.sources_index))


def test_no_index_and_no_sources(tmp_path):
    with pytest.raises(SettingsError, match="there is no complete index"):
        prepare(Settings(sources_index=str(tmp_path / "none")))


@pytest.mark.parametrize("content", ["a file", {"mine.txt": "x"}, {"index.json": "{}"}, {"index.json": "{}", "b": ""}])
def test_what_is_not_an_index_is_not_overwritten(settings, content):
    place = Path(settings.sources_index)
    if isinstance(content, str):
        place.write_text(content)
    else:
        place.mkdir()
        for name, text in content.items():
            (place / name).write_text(text)
    before = {path: path.read_bytes() for path in (place, *place.rglob("*")) if path.is_file()}
    with pytest.raises(SettingsError, match="is not an index of sources, and nothing else is overwritten"):
        prepare(settings)
    assert {path: path.read_bytes() for path in (place, *place.rglob("*")) if path.is_file()} == before


def files_in(place):
    return sorted(path for path in Path(place).rglob("*") if path.is_file() and path.stat().st_size)


def test_a_damaged_index_is_made_again_from_its_sources_or_an_error(settings):
    digest = sources_digest(prepare(settings).settings)
    names = len(files_in(settings.sources_index))
    assert names > 4
    for number in range(names):
        shutil.rmtree(settings.sources_index)
        prepare(settings)
        path = files_in(settings.sources_index)[number]
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2] + b"!" + content[len(content) // 2 + 1 :])
        for make in (lambda: None, lambda: prepare(settings)):
            prepared_index._opened.cache_clear()
            try:
                make()
                index = opened(settings.sources_index)
                found = (index.digest, index.text(index.nearest(FERRY)[0]))
            except (SettingsError, IndexDamaged) as error:
                assert settings.sources_index in str(error)  # noqa: PT017  # both are right, another text is not
                assert "build it again" in str(error)  # noqa: PT017
            else:
                assert found == (digest, FERRY)


def test_an_index_that_cannot_be_written(settings, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device", settings.sources_index)

    monkeypatch.setattr("clean_news.sources.update", full)
    with pytest.raises(SettingsError, match=r"index: .*cannot be written \(No space.*; name a folder that"):
        prepare(settings)


def test_a_place_that_cannot_be_a_folder(settings, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"cannot be written .*--sources-index"):
        prepare(Settings(sources=settings.sources, sources_index=str(tmp_path / "file" / "index")))


def test_an_index_is_neither_in_raw_nor_among_the_clean_files(tmp_path, archive):
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    raw.mkdir()
    (tmp_path / "link").symlink_to(raw)
    for place in ("raw/index", "raw", "link/a/b"):
        with pytest.raises(InputError, match=r"inside RAW .*never written to.*--sources-index"):
            check_apart(Settings(sources_index=str(tmp_path / place)), [archive, raw], clean)
    for place in ("clean", "clean/index"):
        with pytest.raises(InputError, match=r"among the clean files .*--sources-index"):
            check_apart(Settings(sources_index=str(tmp_path / place)), [raw], clean)
    for place in ("clean/.clean-news/sources", "index"):
        check_apart(Settings(sources_index=str(tmp_path / place)), [raw], clean)
    check_apart(Settings(), [raw], clean)


BUILD = """
import sys
from clean_news.settings import Settings
from clean_news.stages.source.prepared_index import prepare, sources_digest
print(sources_digest(prepare(Settings(sources=(sys.argv[1],), sources_index=sys.argv[2])).settings))
"""


def test_runs_that_make_the_same_index_at_once(settings, archive):
    for number in range(60):
        (archive / f"{number}.txt").write_text(f"{FERRY} Vessel {number}, Captain Ek{number}.", encoding="utf-8")
    command = [sys.executable, "-c", BUILD, settings.sources[0], settings.sources_index]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    digests = {run.communicate()[0] for run in runs}
    assert [run.returncode for run in runs] == [0, 0, 0]
    assert digests == {f"{opened(settings.sources_index).digest}\n"}
    assert len(opened(settings.sources_index)) == 61
