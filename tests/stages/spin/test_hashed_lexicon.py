"""The lexicon with user dictionaries: equal to the one compiled as strings, in much less time and memory."""

import random
import sys
import time
from pathlib import Path

import pytest

from clean_news.dictionaries import folder
from clean_news.language import language_model
from clean_news.language.tokens import key_of
from clean_news.stages.spin import hashed_lexicon, inflection, lexicon_building, user_dictionary
from clean_news.stages.spin.entries import read_entries
from clean_news.stages.spin.phrase_hashes import hash_of, hashes_of_keys

KINDS = ("verb", "noun", "noun", "adj", "-")
# What an inflected entry can stumble over: marks, capitals, other spellings of the same tokens, blanks, repetitions.
ODD = """\
sell-off	noun	market plunge | sell - off | Sell-Off
sell - off	noun	market plunge
stock	noun	inventory | inventory | shares
stock	-	inventory's | Inventory
don’t  know	verb	know not | don't know
Central Bank	noun	Bank of the Middle | central monetary institution
an end	-	a a a a | 1,500 ends | _
_x	adj	big
Kyiv	-	the Ukrainian capital | KYIV
"""
ODD_COUNTS = {"stock": {"=": 3.0, "inventory": 2.0}, "onlykept": {"=": 4.0}, "sell–off": {"market plunge": 1.0}}


def dictionary(lines: int, seed: int = 7) -> str:
    """Entries of words of the model and of words that it does not know."""
    rng = random.Random(seed)
    known = [word for word in language_model.standard().words if word.isalpha() and word.islower()][:20_000]

    def phrase(most: int) -> str:
        words = (
            rng.choice(known) if rng.random() < 0.9 else f"{rng.choice(known)}{rng.choice(known)}"
            for _ in range(rng.randint(1, most))
        )
        return " ".join(words)

    entries = (
        f"{phrase(3)}\t{rng.choice(KINDS)}\t{' | '.join(phrase(2) for _ in range(rng.randint(1, 5)))}\n"
        for _ in range(lines)
    )
    return "".join(entries)


def compiled(path: Path) -> hashed_lexicon.HashedLexicon:
    lexicon = lexicon_building.standard.__wrapped__(user_dictionary.files([str(path)]))
    assert isinstance(lexicon, hashed_lexicon.HashedLexicon)
    return lexicon


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "clean-news"


@pytest.mark.usefixtures("cache")
def test_it_answers_what_the_lexicon_of_strings_answers(tmp_path):
    path = tmp_path / "words.tsv"
    path.write_text(ODD + dictionary(800), encoding="utf-8")
    rows = [(original, form, count) for original, seen in ODD_COUNTS.items() for form, count in seen.items()]
    lines = "".join(f"{original}\t{form}\t{count}\n" for original, form, count in rows)
    path.with_name("words.tsv.weights").write_text(lines, encoding="utf-8")
    own = read_entries(path)
    expected, found = lexicon_building.compile_lexicon(folder(), own, ODD_COUNTS), compiled(path)
    assert len(found.inverse) == len(expected.inverse)
    of_own = {key for entry in own for form in entry.forms for key in (key_of(form), key_of(form).lower())}
    forms = list(expected.inverse)
    for form in (*of_own.intersection(forms), *random.Random(1).sample(forms, 1500)):
        ours, theirs = found.originals(form), expected.originals(form)
        assert sorted(ours) == sorted(theirs)
        assert [each.cost for each in ours] == [each.cost for each in theirs]
    assert {word: found.word_log_ratios.get(word) for word in expected.word_log_ratios} == expected.word_log_ratios
    assert len(found.word_log_ratios) == len(expected.word_log_ratios)
    assert {key: found.readiness.get(key) for key in expected.readiness} == expected.readiness
    assert len(found.readiness) == len(expected.readiness)
    several = {token: most for token, most in expected.longest.items() if most > 1}
    assert {token: found.longest.get(token) for token in several} == several
    assert all(prefix in found.prefixes for prefix in expected.prefixes)
    table = inflection.read(folder() / "inflections.tsv")
    of_user = {form for entry in own for form in inflection.inflect(entry.original, entry.kind, table)}
    assert sorted(found.texts) == expected.texts
    assert [text in of_user for text in found.texts] == found.from_user.tolist()


@pytest.mark.usefixtures("cache")
def test_what_is_not_in_the_dictionaries_is_not_found(tmp_path):
    (tmp_path / "words.tsv").write_text(ODD, encoding="utf-8")
    found = compiled(tmp_path / "words.tsv")
    assert found.originals("market plunge zzz") == []
    assert ("zzz" in found.inverse, found.longest.get("zzz", 1), found.word_log_ratios.get("zzz", 0.0)) == (False, 1, 0)
    with pytest.raises(KeyError):
        found.inverse["zzz"]


def test_single_phrases_are_hashed_as_many():
    keys = ["said", "don't know", "sell - off in Russia 's", "é – ü", "", "a  b"]
    assert list(map(hash_of, keys)) == hashes_of_keys(keys).tolist()
    assert len({*map(hash_of, ("a b", "b a", "ab", "a b c", "a", "b"))}) == 6


def test_a_damaged_cache_is_compiled_again_and_an_unwritable_one_does_no_harm(tmp_path, cache):
    (tmp_path / "words.tsv").write_text(ODD, encoding="utf-8")
    first = compiled(tmp_path / "words.tsv").originals(key_of("sell-off"))
    (path,) = cache.iterdir()
    whole = path.read_bytes()
    for damaged in (b"", whole[:1000] + bytes([whole[1000] ^ 1]) + whole[1001:]):
        path.write_bytes(damaged)
        assert compiled(tmp_path / "words.tsv").originals(key_of("sell-off")) == first
        assert path.read_bytes() == whole
    path.unlink()
    cache.rmdir()
    cache.write_bytes(b"a file where the folder should be")
    assert compiled(tmp_path / "words.tsv").originals(key_of("sell-off")) == first


@pytest.mark.usefixtures("cache")
def test_an_unchanged_dictionary_is_read_from_the_cache(tmp_path, monkeypatch):
    (tmp_path / "words.tsv").write_text(ODD, encoding="utf-8")
    compiled(tmp_path / "words.tsv")
    monkeypatch.setattr(lexicon_building, "compile_columns", None)
    assert compiled(tmp_path / "words.tsv").originals(key_of("sell-off"))


@pytest.mark.usefixtures("cache")
def test_time_and_objects_grow_in_proportion(tmp_path):
    """Process time for four times the lines, and the Python objects that remain, which do not grow at all."""
    (tmp_path / "small.tsv").write_text(ODD, encoding="utf-8")
    compiled(tmp_path / "small.tsv")  # loads what remains loaded
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
