"""The compiled lexicon in the user's cache: read if whole, compiled again if damaged, in proportion to its sources."""

import sys
import time
from pathlib import Path
from unittest.mock import patch

import pytest
from small_lexicons import dictionary

from clean_news.language.tokens import key_of
from clean_news.stages.spin import lexicon, lexicon_building, lexicon_sources, user_dictionary

pytestmark = pytest.mark.usefixtures("small_dictionaries")
LINE = "sell-off\tnoun\tmarket plunge | sell - off | Sell-Off\n"


@pytest.fixture
def user_file(tmp_path):
    path = tmp_path / "words.tsv"
    path.write_text(LINE, encoding="utf-8")
    return path


def compiled(path: Path) -> lexicon.Lexicon:
    return lexicon_building.standard.__wrapped__(user_dictionary.files([str(path)]))


def test_a_damaged_cache_is_compiled_again_and_an_unwritable_one_does_no_harm(user_file, cache):
    first = compiled(user_file).originals(key_of("market plunge"))
    assert [each.text for each in first] == ["sell-off"]
    (path,) = cache.iterdir()
    whole = path.read_bytes()
    for damaged in (b"", whole[:1000] + bytes([whole[1000] ^ 1]) + whole[1001:]):
        path.write_bytes(damaged)
        assert compiled(user_file).originals(key_of("market plunge")) == first
        assert path.read_bytes() == whole
    path.unlink()
    cache.rmdir()
    cache.write_bytes(b"a file where the folder should be")
    assert compiled(user_file).originals(key_of("market plunge")) == first


def test_an_unchanged_dictionary_is_read_from_the_cache(user_file, monkeypatch):
    compiled(user_file)
    monkeypatch.setattr(lexicon_building, "compile_columns", None)
    assert compiled(user_file).originals(key_of("market plunge"))


def test_inflections_are_those_it_was_compiled_with_and_read_for_the_first_text(user_file, small_dictionaries):
    user_file.write_text("outgo\tverb\tdepart\n", encoding="utf-8")
    irregular = small_dictionaries / "inflections.tsv"
    irregular.write_text("outgo\tverb\toutgoes\toutwent\t-\toutgoing\n", encoding="utf-8")
    compiled(user_file)
    cached = compiled(user_file)
    irregular.write_text("", encoding="utf-8")
    with patch.object(lexicon.inflection, "parse", wraps=lexicon.inflection.parse) as parse:
        assert "departed" in cached.inverse
        assert cached.readiness.get("outwent") is not None
        assert not parse.called
        assert [each.text for each in cached.originals("departed")] == ["outwent"]
        assert [each.text for each in cached.originals("departing")] == ["outgoing"]
        assert parse.call_count == 1


@pytest.mark.parametrize("user", [False, True])
def test_compiling_removes_the_lexicons_of_its_kind_and_of_other_versions(user_file, cache, user):
    cache.mkdir(parents=True)
    path = lexicon_sources.lexicon_path()
    own = lexicon_sources.lexicon_path(user_dictionary.files([str(user_file)]))
    names = ("lexicon-0123456789abcdef", "own-lexicon-0123456789abcdef", "lexicon-9-0123456789abcdef")
    older = [name + suffix for name in names for suffix in (".lexicon", ".msgpack")]
    same_kind = [(own if user else path).name[:-12] + "0000.lexicon"]
    other_kind = (path if user else own).name
    for name in (*older, *same_kind, other_kind, "notes.txt"):
        (cache / name).write_bytes(b"what an older version wrote")
    lexicon_building.standard.__wrapped__(user_dictionary.files([str(user_file)]) if user else ())
    assert {found.name for found in cache.iterdir()} == {path.name, own.name, "notes.txt"}


def test_time_and_objects_grow_in_proportion(tmp_path, user_file):
    """Process time for four times the lines, and the Python objects that remain, which do not grow at all."""
    compiled(user_file)  # loads what remains loaded
    seconds, blocks, lexicons = [], [], []
    for lines in (4000, 16_000):
        path = tmp_path / f"{lines}.tsv"
        path.write_text(dictionary(lines), encoding="utf-8")
        before, began = sys.getallocatedblocks(), time.process_time()
        lexicons.append(compiled(path))
        seconds.append(time.process_time() - began)
        blocks.append(sys.getallocatedblocks() - before)
        assert len(lexicons[-1].texts) > lines
    assert seconds[1] < 6 * seconds[0]
    assert abs(blocks[1] - blocks[0]) < 5000
