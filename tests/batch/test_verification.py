"""``clean-news verify``: every kind of damage is found, none in a sound CLEAN, and --repair makes it good."""

import gzip
import json
import os
import shutil

import pytest
from typer.testing import CliRunner

from clean_news.batch import installation_checks
from clean_news.batch.atomic_writing import DUE, TEMPORARY, short_name
from clean_news.batch.findings import KINDS
from clean_news.batch.repairing import repair
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.batch.verification import verify
from clean_news.cli.app import app
from clean_news.files.discovery import InputError
from clean_news.settings import Settings
from clean_news.stages.spin import lexicon_sources

TEXT = "The overseas ministry mentioned on Monday that the bridge over the river would be repaired before the winter.\n"
LINES = "".join(json.dumps({"id": str(number), "text": TEXT, "paper": "Post"}) + "\n" for number in range(4)).encode()
PAGE = f"<html><head><title>Bridge</title></head><body><article>{f'<p>{TEXT}</p>' * 6}</article></body></html>".encode()
ENDED = 2**22 + 1  # above the largest process id of Linux
LOG = ".changes.json"
LEFTOVER = f".clean-news-{ENDED}-7.{TEMPORARY}"


def record(number):
    return (
        "WARC/1.0\r\nWARC-Type: conversion\r\n"
        f"WARC-Target-URI: http://news.example/{number}\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-00000000000{number}>\r\n"
        f"Content-Type: text/plain\r\nContent-Length: {len(TEXT)}\r\n\r\n{TEXT}\r\n\r\n"
    ).encode()


def write_raw(raw):
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    pytest.importorskip("fastwarc")
    zstd = pytest.importorskip("zstandard")
    (raw / "sub").mkdir(parents=True)
    (raw / "a.txt").write_text(TEXT)
    (raw / "sub" / "b.txt").write_bytes("Caf\u00e9 overseas.\r\n".encode("windows-1252"))
    (raw / "c.txt").write_text("Nothing new.\n")
    (raw / "page.html").write_bytes(PAGE)
    (raw / "news.jsonl").write_bytes(LINES + b"not JSON\n\n")
    (raw / "news.ndjson.gz").write_bytes(gzip.compress(LINES))
    (raw / "news.jsonl.zst").write_bytes(zstd.ZstdCompressor().compress(LINES))
    parquet.write_table(pyarrow.table({"text": [TEXT, None, TEXT], "number": [1, 2, 3]}), raw / "news.parquet")
    (raw / "crawl.wet").write_bytes(b"".join(map(record, range(3))))


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """As ``foreign``, for a whole module."""
    folder = tmp_path_factory.mktemp("stages") / "stage_of_verification"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "stage.py").write_text(
        "from clean_news.edits import replace\n"
        "from clean_news.stages import Proposal, Rule\n"
        "RULES = (Rule('TEST001', 'does something', 'a', 'b', ()),)\n"
        "def propose(article, settings):\n"
        "    at = article.text.find('overseas')\n"
        "    return Proposal([replace(article.text, at, at + 8, 'foreign', 'TEST001', 0.9)] if at >= 0 else [])\n"
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(folder.parent)
        yield "stage_of_verification.stage"


@pytest.fixture(scope="module")
def sound(stage, tmp_path_factory):
    """RAW in every format, and CLEAN, which tests must not change."""
    folder = tmp_path_factory.mktemp("sound")
    write_raw(folder / "raw")
    own = folder / "clean" / ".clean-news"
    own.mkdir(parents=True)
    (own / "protected.txt").write_text("Harbour Board\n")
    (own / "dictionary.tsv").write_text("price target\tnoun\tworth goal\n")
    (own / "decisions.jsonl").write_text("")
    summary = run(folder / "raw", folder / "clean", RunOptions(Settings(stages=(stage,))))
    assert [failure.file for failure in summary.failures] == [f"{folder / 'raw' / 'news.jsonl'}"]  # the line not JSON
    return folder


@pytest.fixture
def folders(sound, tmp_path):
    """A copy of RAW and CLEAN to damage."""
    for name in ("raw", "clean"):
        shutil.copytree(sound / name, tmp_path / name)
    return tmp_path / "clean", tmp_path / "raw"


def kinds(clean, raw=None):
    return verify(clean, raw, Settings()).by_kind


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rewrite(path, old, new, count=1):
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, count))


def drop_line(path, number):
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:number] + lines[number + 1 :]))


def changed_log(path, **fields):
    """Change fields of the first log in a file."""
    first, *others = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(json.dumps({**json.loads(first), **fields}).encode() + b"\n" + b"".join(others))


def log_of(path):
    return json.loads(path.read_bytes().splitlines()[0])


def damaged_edit(path, **fields):
    """Change fields of the first edit in the first log of a file."""
    stages = log_of(path)["stages"]
    stages[0]["edits"][0].update(fields)
    changed_log(path, stages=stages)


def flip_bit(path, at):
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def replaced_by_folder(path):
    path.unlink()
    path.mkdir()


def replaced_by_pipe(path):
    path.unlink()
    os.mkfifo(path)


def replaced_by_link(path, target):
    path.unlink()
    path.symlink_to(target)


def decoding(path, **fields):
    changed_log(path, decoding={**log_of(path)["decoding"], **fields})


def due_pair(clean):
    """As a run that was killed between the two renames leaves it."""
    (clean / "a.txt").rename(clean / f".clean-news-{ENDED}-0.{DUE}-{short_name('a.txt')}")


def swap(clean, one, other):
    for suffix in ("", LOG):
        (clean / (one + suffix)).rename(clean / "kept")
        (clean / (other + suffix)).rename(clean / (one + suffix))
        (clean / "kept").rename(clean / (other + suffix))


def other_column(path):
    import pyarrow
    from pyarrow import parquet

    table = parquet.read_table(path)
    parquet.write_table(table.set_column(1, "number", pyarrow.array([1, 2, 4])), path)


# The damage, and the kind under which it is found without and with RAW.
DAMAGE = {
    "a clean file without log": (lambda c: (c / f"a.txt{LOG}").unlink(), "no-log"),
    "JSON lines without log": (lambda c: (c / "news.jsonl.changes.jsonl").unlink(), "no-log"),
    "a log without clean file": (lambda c: (c / "a.txt").unlink(), "no-clean-file"),
    "a log in a subfolder without clean file": (lambda c: (c / "sub" / "b.txt").unlink(), "no-clean-file"),
    "a log with another suffix": (lambda c: (c / f"a.txt{LOG}").rename(c / "a.txt.changes.jsonl"), "no-clean-file"),
    "a log of nothing": (lambda c: (c / f"x{LOG}").write_text("{}"), "no-clean-file"),
    "an empty log": (lambda c: (c / f"a.txt{LOG}").write_bytes(b""), "bad-log"),
    "a truncated log": (lambda c: (c / f"a.txt{LOG}").write_bytes((c / f"a.txt{LOG}").read_bytes()[:99]), "bad-log"),
    "a log of zeros": (lambda c: (c / f"a.txt{LOG}").write_bytes(b"\0" * 500), "bad-log"),
    "a log that is not UTF-8": (lambda c: rewrite(c / f"a.txt{LOG}", b"overseas", b"over\xff\xfeas"), "bad-log"),
    "a log of another schema": (lambda c: changed_log(c / f"a.txt{LOG}", schema="clean-news/changes/9"), "bad-log"),
    "a log without a field": (lambda c: rewrite(c / f"a.txt{LOG}", b'"raw_sha256"', b'"raw_sha257"'), "bad-log"),
    "a log nested 5,000 deep": (lambda c: (c / f"a.txt{LOG}").write_text('{"x":' * 5000 + "1" + "}" * 5000), "bad-log"),
    "a bad line in the logs": (lambda c: rewrite(c / f"news.jsonl{LOG}l", b'"raw_sha256"', b'"raw"'), "bad-log"),
    "a log too few": (lambda c: drop_line(c / "news.jsonl.changes.jsonl", 5), "bad-log"),
    "an article too few": (lambda c: drop_line(c / "news.jsonl", 5), "bad-log"),
    "an article too few in the middle": (lambda c: drop_line(c / "news.jsonl", 1), None),
    "an edited text": (lambda c: rewrite(c / "a.txt", b"Monday", b"Sunday"), "changed-text"),
    "an emptied text": (lambda c: (c / "a.txt").write_bytes(b""), "changed-text"),
    "a text that is not UTF-8": (lambda c: rewrite(c / "a.txt", b"Monday", b"M\xffnday"), "changed-text"),
    "an edited page": (lambda c: rewrite(c / "page.html", b"Monday", b"Sunday"), "changed-text"),
    "a page of another program": (lambda c: (c / "page.html").write_text("<p>Hello"), "changed-text"),
    "an edited line": (lambda c: rewrite(c / "news.jsonl", b"Monday", b"Sunday"), "changed-text"),
    "an edited field beside the text": (lambda c: rewrite(c / "news.jsonl", b"Post", b"Tide"), "changed-text"),
    "an edited head of a page": (lambda c: rewrite(c / "page.html", b"<style>", b"<style >"), "changed-text"),
    "a malformed digest": (lambda c: changed_log(c / f"a.txt{LOG}", settings_sha256="0"), "bad-log"),
    "a truncated archive": (
        lambda c: (c / "news.ndjson.gz").write_bytes((c / "news.ndjson.gz").read_bytes()[:-20]), "bad-log",
    ),
    "a flipped bit in an archive": (lambda c: flip_bit(c / "news.jsonl.zst", 40), "bad-log"),
    "a table of zeros": (lambda c: (c / "news.parquet").write_bytes(b"\0" * 999), "changed-text"),
    "an edited web archive": (lambda c: rewrite(c / "crawl.wet", b"Monday", b"Sunday"), "changed-text"),
    "another digest of the raw bytes": (lambda c: changed_log(c / f"a.txt{LOG}", raw_sha256="0" * 64), "irreversible"),
    "another digest of the text": (lambda c: changed_log(c / f"a.txt{LOG}", clean_sha256="0" * 64), "changed-text"),
    "an edit of another text": (lambda c: damaged_edit(c / f"a.txt{LOG}", before="abroad!!"), "irreversible"),
    "an edit out of range": (lambda c: damaged_edit(c / f"a.txt{LOG}", span=[9000, 9008]), "irreversible"),
    "an edit taken out": (lambda c: changed_log(c / f"a.txt{LOG}", stages=[]), "irreversible"),
    "an unknown codec": (lambda c: decoding(c / "sub" / f"b.txt{LOG}", codec="klingon"), "irreversible"),
    "the codec rot13": (lambda c: decoding(c / "sub" / f"b.txt{LOG}", codec="rot13"), "irreversible"),
    "another field": (lambda c: changed_log(c / f"news.jsonl{LOG}l", carrier={"field": "body"}), None),
    "a folder in place of a log": (lambda c: replaced_by_folder(c / f"a.txt{LOG}"), "not-a-file"),
    "a pipe in place of a log": (lambda c: replaced_by_pipe(c / f"a.txt{LOG}"), "not-a-file"),
    "a pipe in place of a clean file": (lambda c: replaced_by_pipe(c / "a.txt"), "not-a-file"),
    "a link in place of a clean file": (lambda c: replaced_by_link(c / "a.txt", c / "page.html"), "not-a-file"),
    "a link that leads nowhere": (lambda c: replaced_by_link(c / "a.txt", c / "nowhere"), "not-a-file"),
    "a link in place of a folder": (lambda c: (c / "more").symlink_to(c / "sub"), "not-a-file"),
    "a half-landed pair": (due_pair, "half-landed"),
    "a leftover": (lambda c: (c / "sub" / LEFTOVER).write_text("x"), "leftover"),
    "a resumable leftover": (lambda c: (c / f"{LEFTOVER}-{short_name('news.jsonl')}").write_text("x"), "leftover"),
    "a leftover of the summary": (lambda c: (c / ".clean-news" / LEFTOVER).write_text("x"), "leftover"),
    "decisions that are not JSON": (lambda c: (c / ".clean-news/decisions.jsonl").write_text("yes\n"), "bad-decisions"),
    "decisions that are a folder": (lambda c: replaced_by_folder(c / ".clean-news/decisions.jsonl"), "bad-decisions"),
    "protected terms not in UTF-8": (lambda c: (c / ".clean-news/protected.txt").write_bytes(b"\xff"), "bad-protected"),
    "protected terms that are a pipe": (lambda c: replaced_by_pipe(c / ".clean-news/protected.txt"), "bad-protected"),
    "a dictionary of one column": (lambda c: (c / ".clean-news/dictionary.tsv").write_text("word\n"), "bad-dictionary"),
    "a truncated summary": (lambda c: (c / ".clean-news/summary.json").write_text('{"articles":'), "bad-summary"),
    "a link in place of the project folder": (
        lambda c: ((c / ".clean-news").rename(c.parent / "own"), (c / ".clean-news").symlink_to(c.parent / "own")),
        "not-a-file",
    ),
}  # fmt: skip

DAMAGE_BESIDE_RAW = {
    "a raw file that was changed": (lambda _, r: (r / "a.txt").write_text("Other.\n"), "raw-differs"),
    "a raw line that was changed": (lambda _, r: rewrite(r / "news.jsonl", b"Post", b"Tide"), "raw-differs"),
    "a raw page that was changed": (lambda _, r: rewrite(r / "page.html", b"Monday", b"Sunday"), "raw-differs"),
    "a raw table that is damaged": (lambda _, r: (r / "news.parquet").write_bytes(b"PAR1"), "raw-differs"),
    "a raw file that is gone": (lambda _, r: (r / "a.txt").unlink(), "no-raw"),
    "a raw file without clean file": (lambda _, r: (r / "new.txt").write_text("New.\n"), "not-cleaned"),
    "a header of a web archive": (
        lambda c, _: rewrite(c / "crawl.wet", b"news.example", b"news.exemple"),
        "raw-differs",
    ),
    "a column beside the text": (lambda c, _: other_column(c / "news.parquet"), "raw-differs"),
    "two pairs that were swapped": (lambda c, _: swap(c, "a.txt", "c.txt"), "raw-differs"),
}


def test_a_sound_folder_is_sound_in_every_format(folders):
    clean, raw = folders
    before = contents(clean.parent)
    for verified in (verify(clean, None, Settings()), verify(clean, raw, Settings())):
        assert list(map(str, verified.findings)) == []
        assert (verified.files, verified.articles) == (9, 4 + 6 + 4 + 4 + 3 + 3)
    assert contents(clean.parent) == before, "it changes nothing"


@pytest.mark.parametrize("name", DAMAGE)
@pytest.mark.parametrize("with_raw", [False, True])
def test_damage_is_found(name, with_raw, folders):
    clean, raw = folders
    damage, kind = DAMAGE[name]
    damage(clean)
    verified = verify(clean, raw if with_raw else None, Settings())
    found = verified.by_kind
    assert found
    assert kind is None or kind in found
    assert found.keys() <= KINDS.keys()
    assert len(found) <= 2, "only the damage is found"
    assert "unreadable" not in found, list(map(str, verified.findings))
    for finding in verified.findings:
        assert str(clean) in finding.message
        assert ";" in finding.message, "it names a remedy"


@pytest.mark.parametrize("name", DAMAGE_BESIDE_RAW)
def test_damage_beside_raw_is_found(name, folders):
    clean, raw = folders
    damage, kind = DAMAGE_BESIDE_RAW[name]
    damage(clean, raw)
    assert list(kinds(clean, raw)) == [kind]
    assert kinds(clean) == {}


def test_one_bad_file_does_not_hide_another(folders):
    clean, raw = folders
    (clean / f"a.txt{LOG}").write_text("no log")
    rewrite(clean / "sub" / "b.txt", b"foreign", b"foreigh")
    (clean / "page.html").unlink()
    assert kinds(clean, raw) == {"no-clean-file": 1, "bad-log": 1, "changed-text": 1}


@pytest.mark.parametrize("name", DAMAGE)
def test_repair_makes_good_what_can_be_made_again(name, folders, sound, stage):
    clean, raw = folders[0], sound / "raw"  # logs name the raw file
    DAMAGE[name][0](clean)
    options = RunOptions(Settings(stages=(stage,)))
    own = {"bad-decisions", "bad-protected", "bad-dictionary", "bad-summary"}
    found = verify(clean, raw, options.settings)
    if own & found.by_kind.keys() or name in {"a log of nothing", "a link in place of a folder"}:
        pytest.skip("cannot be made again")
    if name == "a link in place of the project folder":
        pytest.skip("its files are only the user's")
    repair(clean, raw, options, found.findings)
    assert {kind for kind in kinds(clean, raw) if name != "a log with another suffix"} == set()
    whole = contents(sound / "clean")
    assert {key: value for key, value in contents(clean).items() if key in whole and "summary" not in key} == {
        key: value for key, value in whole.items() if "summary" not in key
    }


def test_repair_keeps_a_text_that_was_edited_by_hand(folders, stage):
    clean, raw = folders
    for number in ("first", "second"):
        (clean / "sub" / "b.txt").write_text(f"By hand, {number}.\n")
        options = RunOptions(Settings(stages=(stage,)))
        repair(clean, raw, options, verify(clean, raw, options.settings).findings)
        assert kinds(clean, raw) == {}
    kept = clean / ".clean-news" / "damaged"
    assert (kept / "sub" / "b.txt").read_text() == "By hand, first.\n"
    assert (kept / "1" / "sub" / "b.txt").read_text() == "By hand, second.\n"


def test_repair_without_raw_makes_nothing_again(folders, stage):
    clean, _ = folders
    (clean / f"a.txt{LOG}").unlink()
    (clean / LEFTOVER).touch()
    repair(clean, None, RunOptions(Settings(stages=(stage,))), verify(clean, None, Settings()).findings)
    assert kinds(clean) == {"no-log": 1}


def test_a_changed_raw_file_is_left_to_the_user(folders, stage):
    clean, raw = folders
    (raw / "a.txt").write_text("Other.\n")
    before = contents(clean)
    repair(clean, raw, RunOptions(Settings(stages=(stage,))), verify(clean, raw, Settings()).findings)
    assert contents(clean) == before


def test_a_temporary_file_of_a_running_process_is_no_leftover(folders):
    clean, _ = folders
    (clean / f".clean-news-{os.getppid()}-7.{TEMPORARY}").touch()
    assert kinds(clean) == {}


def test_one_clean_file(folders):
    clean, raw = folders
    assert kinds(clean / "a.txt", raw / "a.txt") == {}
    assert list(kinds(clean / "a.txt", raw / "c.txt")) == ["raw-differs"]
    (clean / "a.txt").write_text("By hand.\n")
    assert list(kinds(clean / "a.txt")) == ["changed-text"]


def test_caches_and_model_are_verified(folders, tmp_path, monkeypatch):
    clean, _ = folders
    cache = tmp_path / "cache" / "clean-news"
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache.parent))
    (cache / "untouched").mkdir(parents=True)
    lexicon_sources.lexicon_path().write_bytes(b"damaged")
    (cache / "lexicon-0123456789abcdef.lexicon").write_bytes(b"of an older version")
    (cache / "untouched" / "0123456789abcdef.stat-cache").write_bytes(b'"digest"\n["a.txt"\n')
    monkeypatch.setattr(installation_checks, "folder", lambda: tmp_path)
    (tmp_path / "news.lm").write_bytes(b"no model")
    (tmp_path / "news.lm.sha256").write_text("0" * 64 + "  news.lm\n")
    assert kinds(clean) == {"damaged-cache": 2, "damaged-model": 2}, "print.lm is missing"
    repair(clean, None, RunOptions(Settings()), [])
    (tmp_path / "news.lm.sha256").unlink()
    assert kinds(clean) == {"damaged-model": 2}, "its checksum is missing"


@pytest.mark.parametrize("wrong", ["missing", "no clean files", "another type", "RAW missing", "RAW is a file"])
def test_what_cannot_be_verified(wrong, folders):
    clean, raw = folders
    (clean / "nothing").mkdir()
    (clean / "notes.rst").touch()
    arguments = {
        "missing": (clean / "x", None),
        "no clean files": (clean / "nothing", None),
        "another type": (clean / "notes.rst", None),
        "RAW missing": (clean, raw / "x"),
        "RAW is a file": (clean, raw / "a.txt"),
    }[wrong]
    with pytest.raises(InputError):
        verify(*arguments, Settings())
    ran = CliRunner().invoke(
        app, ["verify", str(arguments[0]), *(["--raw", str(arguments[1])] if arguments[1] else [])]
    )
    assert ran.exit_code == 2


def test_the_command(folders):
    clean, raw = folders
    command = ["verify", str(clean), "--raw", str(raw)]
    ran = CliRunner().invoke(app, command)
    assert (ran.exit_code, ran.stdout) == (0, "")
    assert ran.stderr == "9 files, 24 articles: sound\n"
    (clean / f"a.txt{LOG}").unlink()
    (clean / LEFTOVER).touch()
    ran = CliRunner().invoke(app, command)
    assert ran.exit_code == 1
    assert ran.stdout.splitlines()[0].startswith(f"leftover: {clean}")
    assert ran.stdout.splitlines()[1].startswith(f"no-log: {clean / 'a.txt'}: ")
    assert ran.stderr == "9 files, 23 articles: 2 findings (1 no-log, 1 leftover)\n"
    ran = CliRunner().invoke(app, [*command, "--repair", "--only", "characters"])
    assert ran.exit_code == 0
    assert ran.stderr.endswith("after the repair:\n9 files, 24 articles: sound\n")


def test_names_with_control_characters_are_made_visible(folders):
    clean, _ = folders
    (clean / "a\x1b]0;x\x07\n.txt").write_text("x")
    ran = CliRunner().invoke(app, ["verify", str(clean)])
    assert ran.exit_code == 1
    assert ran.stdout.startswith("no-log: ")
    assert ran.stdout.count("\n") == 1
    assert "\x1b" not in ran.stdout + ran.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_exit_2(folders):
    clean, _ = folders
    (clean / "a.txt").chmod(0)
    assert CliRunner().invoke(app, ["verify", str(clean)]).exit_code == 2


def test_a_missing_library_is_exit_2(folders, monkeypatch):
    clean, _ = folders
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    ran = CliRunner().invoke(app, ["verify", str(clean)])
    assert ran.exit_code == 2
    assert "clean-news[parquet]" in ran.stdout
    assert "(1 unreadable)" in ran.stderr


def test_every_kind_is_planted_by_these_tests():
    planted = {kind for _, kind in (*DAMAGE.values(), *DAMAGE_BESIDE_RAW.values()) if kind}
    assert set(KINDS) == planted | {"damaged-index", "damaged-cache", "damaged-model", "unreadable"}
    assert len(DAMAGE) + len(DAMAGE_BESIDE_RAW) >= 50
