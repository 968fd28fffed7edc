"""The main job over a folder: what it writes, what a rerun skips, and what it refuses to overwrite."""

import json
import os
import subprocess
import time
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from clean_news import change_log, provenance
from clean_news.batch import run_options, up_to_date
from clean_news.batch.summary import one_line
from clean_news.files.discovery import InputError
from clean_news.printable_text import visible
from clean_news.settings import SettingsError

TEXT = "The overseas ministry mentioned it.\n"
CLEANED = "The foreign ministry mentioned it.\n"
SUMMARY = {".clean-news/summary.md", ".clean-news/summary.json"}


def names(folder):
    """The files in a folder, and in the folders in it."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def messages(summary):
    return [str(failure) for failure in summary.failures]


# What it writes


def test_each_article_gets_a_clean_file_and_a_log(job, clean):
    summary = job()
    assert names(clean) == {"one.txt", "one.txt.changes.json", "a/two.txt", "a/two.txt.changes.json", *SUMMARY}
    assert (clean / "a" / "two.txt").read_text(encoding="utf-8") == CLEANED
    log = change_log.read((clean / "a" / "two.txt.changes.json").read_bytes(), "log")
    assert log.id == "a/two.txt"
    assert log.source.endswith("raw/a/two.txt")
    assert change_log.revert(CLEANED, log) == TEXT.encode()
    assert (summary.articles, summary.cleaned, summary.failures) == (2, 2, [])
    assert summary.total("applied") == 2


def test_a_single_file_is_written_to_a_file_or_into_a_folder(job, raw, clean, tmp_path):
    job(raw / "one.txt", tmp_path / "other.txt")
    assert (tmp_path / "other.txt").read_text(encoding="utf-8") == CLEANED
    assert (tmp_path / "other.txt.changes.json").exists()
    clean.mkdir()
    job(raw / "one.txt")
    assert names(clean) == {"one.txt", "one.txt.changes.json"}, "for one file there is no summary"


def test_without_clean_nothing_is_written(job, tmp_path):
    summary = job(target=None)
    assert summary.total("applied") == 2
    assert [path.name for path in tmp_path.iterdir()] == ["raw"]


def test_file_names_with_spaces_and_unusual_letters(job, raw, clean):
    (raw / "März – später").mkdir()
    (raw / "März – später" / "ein Ärgernis №1 😀.TXT").write_text(TEXT, encoding="utf-8")
    assert job().failures == []
    assert (clean / "März – später" / "ein Ärgernis №1 😀.TXT").read_text(encoding="utf-8") == CLEANED


def test_a_file_name_that_is_not_utf8_is_escaped(job, raw, clean):
    name = b"caf\xe9.txt"
    try:
        Path(os.fsdecode(bytes(raw) + b"/" + name)).write_text(TEXT, encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes no such name")
    assert job().failures == []
    log = change_log.read(Path(os.fsdecode(bytes(clean) + b"/" + name + b".changes.json")).read_bytes(), "log")
    assert log.id == "caf\\xe9.txt"


def test_hidden_files_are_skipped_and_unknown_types_reported(job, raw, clean):
    (raw / ".git").mkdir()
    (raw / ".git" / "hidden.txt").touch()
    (raw / ".hidden.txt").touch()
    (raw / "a" / "picture.png").touch()
    summary = job()
    assert summary.passed_over == ["a/picture.png"]
    assert summary.articles == 2
    assert "- `a/picture.png`" in (clean / ".clean-news" / "summary.md").read_text(encoding="utf-8")


HOSTILE = (
    "<img src=x onerror=alert(1)>.txt",
    "[a](javascript:x) *b* _c_ ~~d~~ &lt; www.example.com a@b.c.txt",
    "`<script>` ``x``.txt",
    "\x1b]0;title\x07\x9b31m\u202e\n## Heading\n- item.txt",
    "a | b \\| c.txt",
    " # 1. `.txt",
)


def test_the_markdown_summary_shows_file_names_whatever_they_contain(job, raw, clean, make_stage):
    judge = make_stage('return Proposal([], {"spun": 0.9}, held_off="<b>judged</b> `" + text.strip())', "TEST001")
    for name in HOSTILE:
        (raw / name).write_text("# <i>x</i>\n", encoding="utf-8")
        (raw / f"empty {name}").touch()
        (raw / f"{name}.xyz").touch()
    assert len(job(stages=(judge,)).failures) == len(HOSTILE)
    page = (clean / ".clean-news" / "summary.md").read_text(encoding="utf-8")
    assert page.replace("\n", "").isprintable()
    parsed = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(page)
    assert [part.tag for part in parsed if part.type == "heading_open"] == ["h1", *["h2"] * 4]
    texts = []
    for part in parsed:
        kinds = {child.type for child in part.children or ()}
        assert kinds <= {"text", "text_special", "code_inline", "softbreak"}
        texts.append("".join(child.content for child in part.children or ()))
    for name in HOSTILE:
        shown = visible(name)
        assert f"{raw}/empty {shown}: is empty (0 bytes); fetch the article again, or remove the file" in texts
        assert {shown, f"{shown}.xyz"} <= set(texts)
    assert any("<b>judged</b> `#" in text for text in texts)


def test_the_markdown_summary(job, raw, clean, make_stage):
    judge = make_stage(
        """
        spun = 0.99 if "overseas" in text else 0.25
        if spun < 0.5:
            why = f"judged genuine by 3 of 1,000.5 signs (probability {spun})"
            return Proposal([], {"spun": spun, "scanned": 0.75, "verdict": "genuine"}, held_off=why)
        facts = {"spun": spun, "verdict": "spun", "family": {"a": 0.75, "g": 0.25}}
        return Proposal([replace(text, 0, 3, "A", "TEST001"), replace(text, 4, 5, "x", "TEST002", 0.3)], facts)
        """,
        "TEST001 TEST002",
    )
    (raw / "genuine.txt").write_text("Nothing.", encoding="utf-8")
    (raw / "empty.txt").write_bytes(b"\xef\xbb\xbf")
    (raw / "binary.txt").write_bytes(bytes(100))
    summary = job(stages=(judge,))
    assert summary.spun == ["a/two.txt", "one.txt"]
    assert summary.scanned == ["genuine.txt"]
    assert summary.held_off == {judge: {"judged genuine by N of N signs": 1}}
    assert summary.edits == {judge: {"TEST001": {"applied": 2}, "TEST002": {"suggested": 2}}}
    page = (clean / ".clean-news" / "summary.md").read_text(encoding="utf-8")
    for part in (
        "4 articles, 2 edits applied, 2 suggested, 2 spun, 1 scanned, 1 failure in ",
        f"| `{judge}` | TEST001 | 2 | 0 | 0 | does something |",
        f"| `{judge}` | TEST002 | 0 | 2 | 0 | does something |",
        "## Verdicts of the stage spin\n\n| verdict | family of spinners | articles |\n|---|---|---|\n"
        "| genuine |  | 1 |\n| spun | `a` | 2 |\n| not judged |  | 1 |\n",
        "## Articles judged spun\n\n- `a/two.txt`\n- `one.txt`\n",
        f"- `{judge}`: 1 article: judged genuine by N of N signs\n",
        "## Note: the article is empty\n\n- `empty.txt`\n",
        "binary.txt: 100 of 100 bytes are control characters",
    ):
        assert part in page
    figures = json.loads((clean / ".clean-news" / "summary.json").read_bytes())
    assert (figures["articles"], figures["failed"], figures["finished"]) == (4, 1, True)
    again = job(stages=(judge,))
    assert (again.unchanged, again.edits, again.spun) == (4, summary.edits, summary.spun), "it covers all articles"


# A rerun


def test_a_rerun_tells_what_it_applied_from_what_was_there(job, raw):
    (raw / "many.jsonl").write_text(f'{{"text": {json.dumps(TEXT)}}}\n' * 3, encoding="utf-8")
    assert ", 5 edits applied, 0 suggested" in one_line(job())
    for _ in range(2):
        assert ", 0 edits applied, 5 already there, 0 suggested" in one_line(job())
    (raw / "many.jsonl").write_text(f'{{"text": {json.dumps(TEXT)}}}\n' * 5, encoding="utf-8")
    (raw / "one.txt").write_text(f"{TEXT}{TEXT}", encoding="utf-8")
    again = job()
    assert ", 4 edits applied, 4 already there, 0 suggested" in one_line(again)
    assert again.total("applied") == 8, "the figures are those of all articles"
    assert ", 8 edits applied, 0 suggested" in one_line(job(force=True))


def test_a_rerun_hashes_each_clean_text_once(job, clean, monkeypatch):
    job()
    hashed = []

    def spied(data):
        hashed.append(data)
        return sha256(data)

    sha256 = change_log.sha256
    for module in (change_log, up_to_date):
        monkeypatch.setattr(module, "sha256", spied)
    assert job(jobs=1).unchanged == 2
    assert hashed.count(CLEANED) == 2
    (clean / "one.txt").write_text(f"{CLEANED}By hand.\n", encoding="utf-8")
    assert [str(failure) for failure in job(jobs=1).failures if "was changed by hand" in str(failure)]


def test_a_rerun_cleans_only_what_changed(job, raw, clean):
    job()
    stamp = (clean / "one.txt").stat().st_mtime_ns
    (raw / "a" / "two.txt").write_text(TEXT * 2, encoding="utf-8")
    summary = job()
    assert (summary.cleaned, summary.unchanged) == (1, 1)
    assert (clean / "one.txt").stat().st_mtime_ns == stamp
    assert (clean / "a" / "two.txt").read_text(encoding="utf-8") == CLEANED * 2


@pytest.mark.parametrize("change", ["settings", "version", "dictionaries", "force"])
def test_a_rerun_after_a_change_of_settings_or_version_cleans_everything(job, monkeypatch, change):
    job()
    if change == "version":
        monkeypatch.setattr(provenance, "version", lambda: "99")
    if change == "dictionaries":
        monkeypatch.setattr(provenance, "dictionary_digests", lambda _: {"spin": "0" * 64})
    summary = job(force=change == "force", **({"min_words": 1} if change == "settings" else {}))
    assert (summary.cleaned, summary.unchanged, summary.failures) == (2, 0, [])


def test_a_library_missing_at_cleaning_time_is_named(job, monkeypatch):
    def without_it(*_):
        raise SettingsError("the stage ocr cannot be imported: no module rapidfuzz; install what is missing")

    monkeypatch.setattr(run_options, "Cleaner", without_it)
    summary = job()
    assert (summary.failed, summary.cleaned) == (2, 0)
    assert all(each.endswith("no module rapidfuzz; install what is missing") for each in messages(summary))


def test_a_manually_edited_clean_file_is_not_overwritten(job, raw, clean):
    job()
    (clean / "one.txt").write_text("My own version.\n", encoding="utf-8")
    for _ in range(2):
        summary = job()
        assert (summary.unchanged, summary.failed) == (1, 1)
        assert "one.txt: was changed by hand, 3 places; keep them with clean-news adopt" in messages(summary)[0]
        assert "--force" in messages(summary)[0]
        assert (clean / "one.txt").read_text(encoding="utf-8") == "My own version.\n"
    (raw / "one.txt").write_text(TEXT * 2, encoding="utf-8")
    assert job().failed == 1
    assert job(force=True).failures == []
    assert (clean / "one.txt").read_text(encoding="utf-8") == CLEANED * 2


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("single", [False, True])
def test_a_file_without_a_log_is_never_overwritten(job, raw, clean, single, force):
    clean.mkdir()
    (clean / "one.txt").write_text("Somebody else's.\n", encoding="utf-8")
    places = {"source": raw / "one.txt", "target": clean / "one.txt"} if single else {}
    summary = job(force=force, **places)
    assert summary.failed == 1
    assert "one.txt is there already and has no log (one.txt.changes.json)" in messages(summary)[0]
    assert (clean / "one.txt").read_text(encoding="utf-8") == "Somebody else's.\n"
    assert not (clean / "one.txt.changes.json").exists()


@pytest.mark.parametrize("log", [None, b"", b"{}", b'{"schema":"clean-news/changes/1"}'])
def test_a_missing_or_damaged_log_is_rewritten(job, clean, log):
    job()
    path = clean / "one.txt.changes.json"
    before = path.read_bytes()
    path.unlink()
    if log is not None:
        path.write_bytes(log)
    summary = job()
    assert (summary.cleaned, summary.damaged_logs) == (1, int(log is not None))
    assert path.read_bytes() == before
    if log is not None:
        (message,) = messages(summary)
        assert message.endswith("one.txt: its change log was damaged (not a valid log); it was cleaned again")
        assert "1 damaged log replaced in" in one_line(summary)
        page = (clean / ".clean-news" / "summary.md").read_text(encoding="utf-8")
        assert "| damaged change logs replaced | 1 |" in page
        assert json.loads((clean / ".clean-news" / "summary.json").read_bytes())["damaged_logs"] == 1
    summary = job()
    assert (summary.cleaned, summary.failures, summary.damaged_logs) == (0, [], 0)
    assert "damaged change logs" not in (clean / ".clean-news" / "summary.md").read_text(encoding="utf-8")


def test_a_log_of_another_version_is_rewritten_without_a_failure(job, clean):
    job()
    path = clean / "one.txt.changes.json"
    before = path.read_bytes()
    path.write_bytes(before.replace(b'"clean-news/changes/1"', b'"clean-news/changes/2"'))
    summary = job()
    assert (summary.cleaned, summary.failures, summary.damaged_logs) == (1, [], 0)
    assert path.read_bytes() == before


def test_a_damaged_log_is_named_under_other_settings_too(job, clean):
    job()
    path = clean / "one.txt.changes.json"
    path.write_bytes(path.read_bytes().replace(b'"raw_sha256":"', b'"raw_sha256":"0'))
    summary = job(stages=("encoding",))
    assert summary.cleaned > 1
    (message,) = messages(summary)
    assert "one.txt: its change log was damaged (cannot restore the raw bytes)" in message


def test_leftovers_of_a_killed_run_are_removed(job, clean):
    (clean / "a").mkdir(parents=True)
    ended = subprocess.Popen(["true"])
    ended.wait()
    (clean / "a" / f".clean-news-{ended.pid}-0.tmp").touch()
    (clean / "a" / f".clean-news-{os.getppid()}-0.tmp").touch()
    job()
    assert {name for name in names(clean) if name.endswith(".tmp")} == {f"a/.clean-news-{os.getppid()}-0.tmp"}


def test_leftovers_of_a_zombie_process_are_removed(job, clean):
    clean.mkdir()
    ended = subprocess.Popen(["true"])  # not waited for: in a container a killed run's workers stay like this
    until = time.monotonic() + 10
    while Path(f"/proc/{ended.pid}/stat").exists() and time.monotonic() < until:
        if " Z " in Path(f"/proc/{ended.pid}/stat").read_text():
            break
        time.sleep(0.01)
    (clean / f".clean-news-{ended.pid}-0.tmp").touch()
    job()
    assert not list(clean.glob("*.tmp"))
    ended.wait()


# RAW and CLEAN that cannot be used


@pytest.mark.parametrize(
    ("source", "target", "why"),
    [
        ("gone", "clean", "gone: there is no such file or folder; name what to clean"),
        ("raw", "raw", "RAW and CLEAN are the same; name another folder"),
        ("raw", "raw/../raw", "RAW and CLEAN are the same"),
        ("raw", "link", "RAW and CLEAN are the same"),
        ("raw", "raw/clean", "CLEAN is inside RAW"),
        ("raw", "link/not/there/yet", "CLEAN is inside RAW"),
        ("raw/a", "raw", "RAW is inside CLEAN"),
        ("raw/one.txt", "raw", "RAW is inside CLEAN"),
        ("raw/one.txt", "raw/one.txt", "RAW and CLEAN are the same"),
        ("raw", "raw/one.txt/x", "CLEAN is inside RAW"),
        ("raw", "file", "file: is a file; name a folder for CLEAN"),
        ("circle", "clean", "circle: Too many levels of symbolic links; its symbolic links form a loop"),
        ("raw", "circle/x", "Too many levels of symbolic links"),
        ("nowhere", "clean", "nowhere: this symbolic link points to gone, which does not exist"),
        ("other.rtf", "clean", "other.rtf: file type not supported (supported: .txt, "),
    ],
)
def test_unusable_raw_or_clean(job, tmp_path, source, target, why):
    (tmp_path / "link").symlink_to("raw")
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "nowhere").symlink_to("gone")
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    (tmp_path / "other.rtf").touch()
    with pytest.raises(InputError) as error:
        job(tmp_path / source, tmp_path / target)
    assert why in str(error.value)
    assert not (tmp_path / "clean").exists()
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_a_clean_folder_that_links_into_raw_is_not_written_to(job, raw, clean):
    clean.mkdir()
    (clean / "a").symlink_to(raw / "a")
    summary = job()
    assert "clean/a is a symbolic link, and links in CLEAN are not followed" in messages(summary)[0]
    assert summary.articles == 1
