"""The language model and the compiled lexicon carry checksums: one flipped bit is found before it changes an output."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from clean_news import dictionaries
from clean_news.language import language_model, model_building, model_checksum
from clean_news.stages.spin import lexicon, lexicon_building

SPUN = Path(__file__).parents[2] / "raw" / "02-spun-foreign-ministry.txt"


def flip_bit(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 4
    path.write_bytes(content)


@pytest.fixture
def installed(tmp_path):
    """A function that runs the command with dictionaries and a cache of its own, which a test may damage."""
    shutil.copytree(dictionaries.folder(), tmp_path / "site" / "dictionaries")
    (tmp_path / "site" / "pipeline").mkdir()
    package = tmp_path / "site" / "pipeline" / "clean_news"
    shutil.copytree(Path(dictionaries.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(SPUN.parent, tmp_path / "raw")

    def run(*arguments):
        paths = {"PYTHONPATH": str(package.parent), "XDG_CACHE_HOME": str(tmp_path / "cache")}
        command = [sys.executable, "-m", "clean_news", *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env={**os.environ, **paths}, capture_output=True, text=True, check=False
        )

    return run


def test_the_shipped_checksum_is_that_of_the_shipped_model():
    model = dictionaries.folder() / dictionaries.LANGUAGE_MODEL
    recorded = model_checksum.checksum_file(model).read_text(encoding="ascii")
    assert recorded == f"{hashlib.sha256(model.read_bytes()).hexdigest()}  news.lm\n"  # as sha256sum writes it


def test_building_a_model_records_its_checksum(tmp_path):
    corpus, model = tmp_path / "corpus.jsonl", tmp_path / "tiny.lm"
    corpus.write_text(json.dumps({"text": "The crew said the sea was calm. The ferry left."}) + "\n", encoding="utf-8")
    model_building.build([corpus], model, lambda _: None)
    assert (tmp_path / "tiny.lm.sha256").read_text() == f"{hashlib.sha256(model.read_bytes()).hexdigest()}  tiny.lm\n"
    model_checksum.check(model)


# In the header, in a table of n-grams, and in the last array.
@pytest.mark.parametrize(("at", "jobs"), [(40, "1"), (20_000_001, "2"), (-1, "1")])
def test_a_damaged_model_is_a_clear_error(installed, tmp_path, at, jobs):
    model = tmp_path / "site" / "dictionaries" / "news.lm"
    flip_bit(model, at)
    ran = installed("raw", "clean", "--jobs", jobs)
    assert ran.returncode == 2
    assert str(model) in ran.stderr
    assert "is damaged" in ran.stderr
    assert "clean-news model build" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert list((tmp_path / "clean").glob("*.txt")) == []


def test_a_missing_model_is_a_clear_error(installed, tmp_path):
    (tmp_path / "site" / "dictionaries" / "news.lm").unlink()
    ran = installed("raw", "clean")
    assert ran.returncode == 2
    assert "news.lm: the language model cannot be read" in ran.stderr


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"0" * 64 + b"  news.lm\n"])
def test_a_damaged_checksum_is_reported_too(tmp_path, content):
    model = tmp_path / "news.lm"
    model.write_bytes(b"a model")
    (tmp_path / "news.lm.sha256").write_bytes(content)
    with pytest.raises(model_checksum.ModelError, match="is damaged"):
        model_checksum.check(model)


def test_a_model_without_a_checksum_passes(tmp_path):
    (tmp_path / "news.lm").write_bytes(b"a model")
    model_checksum.check(tmp_path / "news.lm")


def test_loading_the_standard_model_checks_it(tmp_path, monkeypatch):
    shutil.copy(dictionaries.folder() / "news.lm", tmp_path)
    shutil.copy(dictionaries.folder() / "news.lm.sha256", tmp_path)
    flip_bit(tmp_path / "news.lm", 5_000_000)
    monkeypatch.setattr(language_model, "folder", lambda: tmp_path)
    with pytest.raises(model_checksum.ModelError, match="is damaged"):
        language_model.standard.__wrapped__()


def test_a_damaged_lexicon_cache_is_compiled_again_silently(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    costs = lexicon_building.standard.__wrapped__().rows.cost.copy()
    (cached,) = (tmp_path / "clean-news").glob("lexicon-*.lexicon")
    written = cached.read_bytes()
    assert (lexicon_building.standard.__wrapped__().rows.cost == costs).all()
    flip_bit(cached, len(written) // 2)  # in a cost: the file can still be mapped
    assert (lexicon_building.standard.__wrapped__().rows.cost == costs).all()
    assert cached.read_bytes() == written
    for damaged in (b"", written[:-1], written[len(lexicon.MAGIC) :], written[:10], b"\0" * len(written)):
        cached.write_bytes(damaged)
        with pytest.raises(lexicon.DamagedCacheError):
            lexicon.check(cached)
