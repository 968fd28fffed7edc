"""The settings of sources: their paths, their trust, and what they mean for the digest and the stages."""

import msgspec
import pytest

from clean_news.provenance import settings_sha256
from clean_news.settings import STAGES, Settings, SettingsError, from_mapping, has_sources, stages_in_effect
from clean_news.settings_file import load


@pytest.mark.parametrize(
    ("key", "value"),
    [("sources", "archive"), ("sources", [1]), ("sources-index", ["index"]), ("sources-for", "some")],
)
def test_a_wrong_value_is_refused(key, value):
    with pytest.raises(SettingsError, match=f"{key} = .* is not allowed"):
        from_mapping({key: value})


def test_paths_may_be_path_objects(tmp_path):
    loaded = from_mapping({"sources": [tmp_path / "a"], "sources_index": tmp_path / "b"})
    assert (loaded.sources, loaded.sources_index) == ((str(tmp_path / "a"),), str(tmp_path / "b"))


def test_paths_of_a_file_are_relative_to_it_and_those_given_are_added(tmp_path):
    (tmp_path / "clean-news.toml").write_text('sources = ["archive"]\nsources-index = "index"\n', encoding="utf-8")
    loaded = load(None, tmp_path, {"sources": ["raw"]})
    assert loaded.sources == (str(tmp_path / "archive"), "raw")
    assert loaded.sources_index == str(tmp_path / "index")
    assert load(None, tmp_path, {"sources-index": "other"}).sources_index == "other"


@pytest.mark.parametrize(
    "line",
    [
        'sources = ["../archive"]',
        'sources = ["raw", "/"]',
        'sources = ["link"]',
        'sources-index = "../index"',
        'sources_index = "link/index"',
    ],
)
def test_found_settings_name_no_place_outside_their_folder(tmp_path, line):
    folder = tmp_path / "below"
    folder.mkdir()
    (folder / "raw").mkdir()
    (folder / "link").symlink_to(tmp_path)
    file = folder / "clean-news.toml"
    file.write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        load(None, folder, {})
    key = "sources-index" if "index" in line else "sources"
    assert str(error.value).startswith(f"{file}: {key} names a place outside the folder of this file")
    assert f"--config {file}" in str(error.value)
    assert has_sources(load(file, folder, {})), "named, not found"


def test_found_settings_name_places_in_their_folder(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.clean-news]\nsources = ["."]\nsources-index = "i"\n')
    assert load(None, tmp_path, {}).sources == (str(tmp_path),)


def test_the_stage_runs_only_with_sources():
    assert "source" not in stages_in_effect(Settings())
    assert stages_in_effect(Settings(sources=("a",))) == STAGES
    assert stages_in_effect(Settings(sources_index="i")) == STAGES
    assert not has_sources(Settings(sources=("a",), stages=("spin",)))


def test_the_digest_tells_whether_there_are_sources_not_where():
    plain = settings_sha256(Settings())
    given = settings_sha256(Settings(sources=("a",)))
    assert plain != given
    assert given == settings_sha256(Settings(sources=("b", "c")))
    assert given == settings_sha256(Settings(sources_index="i"))
    assert given != settings_sha256(Settings(sources=("a",), sources_for="all"))
    assert plain == settings_sha256(Settings(sources_for="all")), "it matters only with sources"


def test_the_digest_without_sources_is_that_of_versions_before_them():
    before = msgspec.to_builtins(Settings(stages=tuple(name for name in STAGES if name != "source")))
    assert {key for key in before if key.startswith("sources")} == {"sources", "sources-index", "sources-for"}
    assert settings_sha256(Settings()) == settings_sha256(from_mapping(before))
