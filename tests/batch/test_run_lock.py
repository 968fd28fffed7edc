"""The lock between runs into CLEAN and what cleans articles again beside them."""

import os
import subprocess
import sys

import pytest

from clean_news.batch.run_lock import LOCK_SUFFIX, beside_other_runs, without_runs
from clean_news.files.folder_lock import locked, locked_file


@pytest.fixture
def clean(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "clean"
    folder.mkdir()
    return folder


def test_runs_share_it_and_who_wants_it_alone_does_not_get_it(clean):
    with beside_other_runs(clean), beside_other_runs(clean), without_runs(clean) as is_held:
        assert not is_held
    with without_runs(clean) as is_held:
        assert is_held


def test_a_run_waits_for_who_has_it_alone(clean):
    program = (
        "import sys; from pathlib import Path; from clean_news.batch.run_lock import beside_other_runs\n"
        "with beside_other_runs(Path(sys.argv[1])): print('in', flush=True)"
    )
    with without_runs(clean) as is_held:
        assert is_held
        run = subprocess.Popen([sys.executable, "-c", program, str(clean)], stdout=subprocess.PIPE, text=True)
        with pytest.raises(subprocess.TimeoutExpired):
            run.wait(timeout=1)
    assert run.communicate(timeout=60)[0] == "in\n"


def test_it_is_the_same_by_whatever_name_the_folder_is_called(clean, tmp_path):
    (tmp_path / "link").symlink_to(clean)
    with beside_other_runs(tmp_path / "link"), without_runs(clean / ".." / "clean") as is_held:
        assert not is_held
    with beside_other_runs(clean / "one.txt"), without_runs(clean) as is_held:
        assert not is_held


def test_nothing_of_it_is_in_clean_and_decisions_are_not_locked(clean):
    with beside_other_runs(clean), locked(clean):
        assert list(clean.iterdir()) == []


def test_without_a_cache_folder_there_is_no_lock(clean, tmp_path):
    (tmp_path / "cache").write_text("in the way")
    with beside_other_runs(clean), without_runs(clean) as is_held:
        assert is_held
    with beside_other_runs(None):
        pass


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_links_and_pipes_in_its_place_are_not_opened(clean, tmp_path):
    with without_runs(clean):
        (place,) = (tmp_path / "cache" / "clean-news" / "locks").glob(f"*{LOCK_SUFFIX}")
    place.unlink()
    place.symlink_to(tmp_path / "elsewhere")
    with without_runs(clean) as is_held:
        assert is_held
    assert not (tmp_path / "elsewhere").exists()
    place.unlink()
    os.mkfifo(place)
    with locked_file(place, shared=False, wait=False) as is_held:  # does not wait for its writer
        assert is_held
