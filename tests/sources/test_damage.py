"""A damaged index, another version's, and processes that are killed: a clear error or a new index, no wrong answer."""

import itertools
import os
import shutil
import signal
import sys
import zlib

import numpy as np
import pytest

from clean_news.sources import IndexDamaged, generation, manifest, open_index, segment, update_from_articles, updating


@pytest.fixture
def whole(tmp_path, articles, monkeypatch):
    """An index of two segments."""
    monkeypatch.setattr(updating, "SEGMENT_ARTICLES", 30)
    update_from_articles(tmp_path / "whole", articles(*range(40)))
    assert len(manifest.read_manifest(tmp_path / "whole").segments) == 2
    return tmp_path / "whole"


def files_of(place):
    return sorted(path.relative_to(place) for path in place.rglob("*") if path.is_file())


def flip(path, place):
    content = bytearray(path.read_bytes())
    content[place] ^= 0x10
    path.write_bytes(content)


def all_answers(place, articles):
    """What a user of the index gets, the texts included."""
    index = open_index(place)
    return [(hit[:3], index.text(hit)) for article in articles for hit in index.nearest(article.text, 4)]


@pytest.mark.parametrize("kind", ["flipped", "truncated", "emptied", "removed"])
def test_damage_to_any_file_is_an_error_and_an_update_builds_it_again(whole, tmp_path, articles, kind):
    every = articles(*range(40))
    asked = every[::5]
    expected = all_answers(whole, asked)
    for number, name in enumerate(files_of(whole)):
        place = tmp_path / str(number)
        shutil.copytree(whole, place)
        path = place / name
        size = path.stat().st_size
        if kind == "flipped":
            flip(path, size // 2)
        elif kind == "removed":
            path.unlink()
        else:
            os.truncate(path, size - 1 if kind == "truncated" else 0)
        with pytest.raises(IndexDamaged, match=r"build it again|the command that builds it") as caught:
            all_answers(place, every)
        assert str(place) in str(caught.value)
        update_from_articles(place, every)
        assert all_answers(place, asked) == expected


def test_every_damaged_record_is_noticed_when_it_is_read(whole, articles):
    for path in whole.rglob("records.bin"):
        for place in range(0, path.stat().st_size, 97):
            flip(path, place)
    index = open_index(whole)
    for article in articles(*range(40)):
        with pytest.raises(IndexDamaged, match=r"records.bin: the index of sources is damaged; build it again: delete"):
            index.nearest(article.text)


@pytest.mark.parametrize("form", [0, 2, 99])
def test_the_index_of_another_version_is_named_and_built_again(whole, articles, form):
    body = (whole / "index.json").read_bytes().partition(b"\n")[2].removesuffix(b"\n")
    body = body.replace(b'"format":1', b'"format":%d, "new":[]' % form)
    (whole / "index.json").write_bytes(b"%08x\n%s\n" % (zlib.crc32(body), body))
    with pytest.raises(IndexDamaged, match=f"has format {form}, this version of clean-news reads 1; build it again"):
        open_index(whole)
    assert update_from_articles(whole, articles(1, 2))[:3] == (2, 0, 0)
    assert len(open_index(whole)) == 2


def test_other_features_build_it_again(whole, articles, monkeypatch):
    monkeypatch.setattr(updating, "FEATURES_VERSION", 999)
    assert update_from_articles(whole, articles(*range(40)))[:3] == (40, 0, 0)


@pytest.mark.parametrize("content", [b"", b"{}", b"00000000\n\n", b"\xff" * 99, b"00000000\n{}\n"])
def test_a_manifest_of_anything(whole, articles, content):
    (whole / "index.json").write_bytes(content)
    with pytest.raises(IndexDamaged, match="the index of sources is damaged; build it again"):
        open_index(whole)
    update_from_articles(whole, articles(1))
    assert len(open_index(whole)) == 1


@pytest.mark.parametrize("step", range(9))
def test_an_error_at_any_step_leaves_the_earlier_index(whole, articles, monkeypatch, step):
    """The steps that write files fail one after the other, as on a full disk."""
    expected = all_answers(whole, articles(*range(40)))
    steps = itertools.count()

    def failing(function):
        def fail(*arguments, **named):
            if next(steps) == step:
                raise OSError(28, "No space left on device")
            return function(*arguments, **named)

        return fail

    for module, name in [(updating, "write_segment"), (updating, "merge"), (updating, "write_generation")]:
        monkeypatch.setattr(module, name, failing(getattr(module, name)))
    for module, name in [(generation.np, "save"), (generation, "write_manifest")]:
        monkeypatch.setattr(module, name, failing(getattr(module, name)))
    with pytest.raises(OSError, match="No space left"):
        update_from_articles(whole, articles(*range(5, 90)))
    monkeypatch.undo()
    assert all_answers(whole, articles(*range(40))) == expected
    update_from_articles(whole, articles(*range(40)))
    assert all_answers(whole, articles(*range(40))) == expected
    assert_no_debris(whole)


STRIDE = 1 if os.environ.get("CLEAN_NEWS_FULL") else 7  # of the steps at which an update is killed
WRITING = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir"}  # events of Python's audit hooks


def update_killed_at(step, place, articles):
    """Update an index in a process that is killed just before its n-th step on files of the index; whether it was."""
    child = os.fork()
    if not child:
        steps = itertools.count()

        def kill(event, arguments):
            if event in WRITING and str(place) in str(arguments[0]) and next(steps) == step:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(kill)
        update_from_articles(place, articles)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert status in {0, signal.SIGKILL}
    return status == signal.SIGKILL


def test_an_update_that_is_killed_leaves_the_earlier_index_or_the_new_one(whole, tmp_path, articles):
    before, after = articles(*range(40)), articles(*range(20, 90))
    update_from_articles(tmp_path / "after", after)
    asked = before[::8]
    answers = {open_index(each).digest: all_answers(each, asked) for each in (whole, tmp_path / "after")}
    seen = []
    for step in itertools.count(0, STRIDE):
        place = tmp_path / f"killed-{step}"
        shutil.copytree(whole, place)
        killed = update_killed_at(step, place, after)
        digest = open_index(place).digest
        seen.append(digest)
        assert all_answers(place, asked) == answers[digest]
        if not killed:
            break
        update_from_articles(place, after)
        assert all_answers(place, asked) == answers[open_index(tmp_path / "after").digest]
        assert_no_debris(place)
    assert step > 20
    assert set(seen) == set(answers)


def test_a_first_build_that_is_killed_leaves_none(tmp_path, articles):
    for step in itertools.count(0, STRIDE):
        place = tmp_path / f"killed-{step}"
        if not update_killed_at(step, place, articles(*range(20))):
            break
        if (place / "index.json").exists():
            assert len(open_index(place)) == 20
        else:
            with pytest.raises(IndexDamaged, match="there is no complete index of sources"):
                open_index(place)
        update_from_articles(place, articles(*range(20)))
        assert len(open_index(place)) == 20
        assert_no_debris(place)
    assert step > 10


def assert_no_debris(place):
    named = {path for path, _ in manifest.files_of(place, manifest.read_manifest(place))}
    assert {path for path in place.rglob("*") if path.is_file()} == {*named, place / "index.json"}


def test_a_damaged_head_of_an_array_is_an_error_that_is_handled(tmp_path):
    path = tmp_path / "begins.npy"
    np.save(path, np.arange(9))
    whole = path.read_bytes()
    errors = 0
    for at in range(len(whole) - 9 * 8):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 2]) + whole[at + 1 :])
        try:
            segment.mapped(path)
        except (OSError, ValueError):
            errors += 1
    assert errors > 50
