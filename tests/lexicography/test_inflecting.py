"""Inflecting with lemminflect, and without it."""

import sys

import pytest

from clean_news.lexicography.inflecting import inflected, write_inflections
from clean_news.optional_library import MissingLibraryError


def test_inflecting_needs_a_library(monkeypatch):
    monkeypatch.setitem(sys.modules, "lemminflect", None)
    with pytest.raises(MissingLibraryError, match=r"lemminflect is not installed.*clean-news\[dictionary\]"):
        inflected("ferry", "noun", str.isalpha)


def test_an_existing_line_is_kept(tmp_path):
    (tmp_path / "spin").mkdir()
    (tmp_path / "spin" / "own.tsv").write_text("ship\tnoun\tboat\n", encoding="utf-8")
    path = tmp_path / "inflections.tsv"
    path.write_text("boat\tnoun\tboats\nship\tnoun\tships\n", encoding="utf-8")
    assert write_inflections(tmp_path) == 2
    assert path.read_text(encoding="utf-8").splitlines()[-2:] == ["boat\tnoun\tboats", "ship\tnoun\tships"]
