"""Symbolic links: those in CLEAN are not followed when writing, those in RAW do not lead out of it."""

import os
from pathlib import Path

import pytest

from clean_news.batch.atomic_writing import find_unfinished, replacing
from clean_news.batch.reversion import restore
from clean_news.batch.watch import rounds
from clean_news.failures import LinkError
from clean_news.files.discovery import InputError, discover
from clean_news.review.terminal.lines_file import LinesFile
from clean_news.settings import from_mapping

TEXT = "The overseas ministry mentioned it.\n"
CLEANED = "The foreign ministry mentioned it.\n"


def messages(summary):
    return [str(failure) for failure in summary.failures]


def articles(found):
    """The paths and bytes of a CLEAN folder without those of .clean-news."""
    return {path: content for path, content in found.items() if ".clean-news" not in path.parts}


@pytest.fixture
def outside(tmp_path):
    """A folder that is neither RAW nor CLEAN, with a file in it."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine\n", encoding="utf-8")
    return folder


TARGETS = {"outside": "../outside", "raw": "../raw", "nowhere": "../gone", "itself": "link", "sibling": "b"}


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("place", [".clean-news", "a", "a/inner"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_folder_of_clean_that_is_a_link_is_not_written_to(job, raw, clean, outside, contents, place, target, jobs):
    (raw / "a" / "inner").mkdir()
    (raw / "a" / "inner" / "three.txt").write_text(TEXT, encoding="utf-8")
    (clean / "b").mkdir(parents=True)
    link = clean / place
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(Path(*[".."] * (len(link.relative_to(clean).parts) - 1), target))
    before, beside = contents(outside), set(clean.parent.iterdir())
    summary = job(jobs=jobs)
    [message] = messages(summary)
    assert f"{link} is a symbolic link" in message
    assert "remove th" in message
    assert link.is_symlink()
    assert contents(outside) == before
    assert contents(clean / "b") == {}
    assert set(clean.parent.iterdir()) == beside
    assert (clean / "one.txt").read_text(encoding="utf-8") == CLEANED
    # Under a/inner, only the article in it is left out; .clean-news has no articles.
    assert summary.articles == {".clean-news": 3, "a": 1, "a/inner": 2}[place]
    link.unlink()
    assert job(jobs=jobs).failures == []


@pytest.mark.parametrize("target", ["../outside/mine.txt", "../raw/one.txt", "../gone.txt", "one.txt"])
@pytest.mark.parametrize("name", ["one.txt", "one.txt.changes.json"])
def test_a_file_of_clean_that_is_a_link_is_replaced(job, clean, outside, contents, name, target):
    assert job().failures == []
    after, before = contents(clean), contents(outside)
    (clean / name).unlink()
    (clean / name).symlink_to(target)
    assert messages(job()) == []
    assert not (clean / name).is_symlink()
    assert articles(contents(clean)) == articles(after)
    assert contents(outside) == before
    assert not (clean.parent / "gone.txt").exists()


def test_clean_itself_may_be_a_link(job, clean, outside):
    clean.symlink_to(outside)
    assert job().failures == []
    assert (outside / "one.txt").read_text(encoding="utf-8") == CLEANED
    assert (outside / ".clean-news" / "summary.json").exists()


def test_a_link_that_comes_while_a_file_is_written_is_not_followed(clean, outside, contents):
    before = contents(outside)

    def write():
        with replacing(clean / "a" / "one.txt", within=clean) as (file,):
            file.write(b"x")
            (clean / "a").rename(clean / "moved")
            (clean / "a").symlink_to(outside)

    with pytest.raises(LinkError):
        write()
    assert contents(outside) == before


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_a_leftover_that_is_no_file_is_not_resumed(clean, outside, kind):
    clean.mkdir()
    planted = clean / f".clean-news-{2**22 + 1}-0.tmp-news.jsonl"  # above the largest process id
    if kind == "link":
        planted.symlink_to(outside / "mine.txt")
    else:
        os.mkfifo(planted)
    assert find_unfinished(clean / "news.jsonl") is None


@pytest.mark.parametrize("link", [".clean-news", ".clean-news/decisions.jsonl"])
@pytest.mark.parametrize("target", ["outside", "outside/mine.txt", "gone"])
def test_a_review_does_not_write_through_a_link(tmp_path, clean, outside, contents, link, target):
    (clean / link).parent.mkdir(parents=True)
    (clean / link).symlink_to(tmp_path / target)
    before = contents(outside)
    with pytest.raises(LinkError, match="remove the link"):
        LinesFile(clean / ".clean-news" / "decisions.jsonl").append(b"{}\n")
    assert contents(outside) == before
    assert not (tmp_path / "gone").exists()


def test_reverting_does_not_follow_links_in_dest(job, tmp_path, clean, outside, contents):
    assert job().failures == []
    dest = tmp_path / "dest"
    dest.mkdir()
    (dest / "a").symlink_to(outside)
    before = contents(outside)
    restored = restore(clean, dest)
    [failure] = restored.failures
    assert "dest/a is a symbolic link" in str(failure)
    assert restored.written == 1
    assert (dest / "one.txt").read_text(encoding="utf-8") == TEXT
    assert contents(outside) == before


@pytest.mark.parametrize("follow", [False, True])
@pytest.mark.parametrize("link", ["link.txt", "a/link.txt", "folder"])
@pytest.mark.parametrize("is_check", [False, True])
def test_a_link_out_of_raw_is_read_only_if_asked(job, raw, clean, outside, link, follow, is_check):
    target = outside / "mine.txt" if link.endswith(".txt") else outside
    (raw / link).symlink_to(target)
    summary = job(target=None if is_check else clean, follow_links=follow)
    assert summary.articles == 2 + follow
    if follow:
        assert messages(summary) == []
    else:
        [message] = messages(summary)
        assert message.startswith(f"{raw / link}: this symbolic link leads out of RAW")
        assert "--follow-links" in message
        assert not (clean / link).exists()


def test_a_link_out_by_way_of_links_within_is_not_read(job, raw, outside):
    (raw / "here").symlink_to("there")
    (raw / "there").symlink_to(outside)
    summary = job()
    assert summary.articles == 2
    assert [str(message).split(":")[0] for message in messages(summary)] == [str(raw / "here"), str(raw / "there")]


def test_links_within_raw_are_read(job, raw, clean):
    (raw / "again").symlink_to("a")
    (raw / "three.txt").symlink_to(raw / "a" / "two.txt")
    summary = job()
    assert messages(summary) == []
    assert summary.articles == 4
    assert (clean / "again" / "two.txt").read_text(encoding="utf-8") == CLEANED


def test_what_the_user_names_may_be_a_link(job, tmp_path, raw, outside):
    (tmp_path / "named").symlink_to(raw)
    assert job(tmp_path / "named").articles == 2
    (tmp_path / "named.txt").symlink_to(outside / "mine.txt")
    assert job(tmp_path / "named.txt", tmp_path / "one").failures == []
    assert (tmp_path / "one").read_text(encoding="utf-8") == "mine\n"


def test_watching_ignores_links_out_of_raw(raw, outside):
    (raw / "link.txt").symlink_to(outside / "mine.txt")
    seen = []

    def clean(ready):
        seen.append({task.id for task in discover(raw, None, True).tasks if ready(task)})
        return seen

    for follow in (False, True):
        next(rounds(raw, clean, lambda _: None, follow))
    assert seen == [{"one.txt", "a/two.txt"}, {"one.txt", "a/two.txt", "link.txt"}]


def test_the_setting_is_a_boolean():
    assert from_mapping({"follow-links": True}).follow_links
    with pytest.raises(ValueError, match="allowed: true or false"):
        from_mapping({"follow-links": "outside"})


def test_a_file_link_into_clean_is_not_read_even_if_links_are_followed(job, raw, clean):
    clean.mkdir()
    (clean / "old.txt").write_text("old\n", encoding="utf-8")
    (raw / "old.txt").symlink_to(clean / "old.txt")
    summary = job(follow_links=True)
    assert "points into CLEAN" in messages(summary)[0]
    assert (clean / "old.txt").read_text(encoding="utf-8") == "old\n"
    with pytest.raises(InputError, match="RAW is inside CLEAN"):
        job(raw / "old.txt", clean)
