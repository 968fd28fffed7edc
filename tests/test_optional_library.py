"""Optional libraries: one that is missing or broken is named, with the command that installs it."""

import sys

import pytest

from clean_news.optional_library import MissingLibraryError, load_optional


def test_a_library_is_loaded():
    assert load_optional("json.decoder", "formats").JSONDecoder


def test_a_missing_library_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingLibraryError) as error:
        load_optional("pyarrow", "parquet")
    assert str(error.value) == "pyarrow is not installed; install it with: pip install 'clean-news[parquet]'"


def test_a_broken_library_is_named(monkeypatch, tmp_path):
    (tmp_path / "broken_library.py").write_text("import a_module_that_is_not_there\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(MissingLibraryError, match=r"broken_library cannot be imported .*a_module_that_is_not_there"):
        load_optional("broken_library", "formats")
