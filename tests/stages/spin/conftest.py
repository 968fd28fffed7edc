"""Makes the modules in this folder importable by name; fixtures of small dictionaries and of a cache of their own."""

import shutil
import sys
from pathlib import Path

import pytest

from clean_news.dictionaries import folder
from clean_news.stages.spin import lexicon_building, lexicon_sources, spun_forms

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parents[1] / "language" / "neural"))  # for its tiny model


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """The folder that compiled lexicons are kept in."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "clean-news"


@pytest.fixture
def small_dictionaries(tmp_path, monkeypatch, cache):  # noqa: ARG001  # compiled lexicons go there
    """Shipped dictionaries of some thirty entries, and one family, whose first choices they are."""
    found = tmp_path / "dictionaries"
    (found / "spin" / "families").mkdir(parents=True)
    shutil.copy(HERE / "small_spin.tsv", found / "spin")
    shutil.copy(HERE / "small_spin.tsv", found / "spin" / "families" / "a.tsv")
    shutil.copy(folder() / "inflections.tsv", found)
    for module in (lexicon_building, lexicon_sources):
        monkeypatch.setattr(module, "folder", lambda: found)
    for kept in (lexicon_building.standard, spun_forms.table):
        kept.cache_clear()
    yield found
    for kept in (lexicon_building.standard, spun_forms.table):
        kept.cache_clear()
