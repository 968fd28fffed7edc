"""The patch: git and GNU patch turn the raw file into the clean text with it, in the raw file's encoding."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from clean_news.batch.clean_articles import CleanArticle
from clean_news.change_log.edit_places import trace_edits
from clean_news.charsets.decoding import LINE_BREAKS
from clean_news.review.diff.patch import patch
from clean_news.review.diff.raw_changes import NotPatchable
from clean_news.review.edit_filter import EditFilter

TOOLS = [
    pytest.param(["git", "apply", "--unidiff-zero", "--whitespace=nowarn"], id="git"),
    pytest.param(
        ["patch", "-p1", "--quiet", "--no-backup-if-mismatch", "--fuzz=0"],
        id="patch",
        marks=pytest.mark.skipif(not shutil.which("patch"), reason="patch is not installed"),
    ),
]
MARK = b"\xef\xbb\xbf"
ALL = EditFilter()


def patched(tool, raw, content, name="a/one.txt"):
    """The raw file after a tool applied a patch; every hunk must apply without offset."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(raw)
        done = subprocess.run(tool, cwd=folder, input=content, capture_output=True, check=False)
        assert done.returncode == 0, (done.stderr, done.stdout, content)
        assert b"offset" not in done.stdout + done.stderr
        return file.read_bytes() if file.exists() else b""  # patch removes a file that it empties


def made(clean, log, choice=ALL, context=3):
    path = Path("clean", *log.id.split("/"))
    return patch(CleanArticle(path, clean, log), trace_edits(clean, log), choice, context)


def in_raw_bytes(raw, clean, log):
    mark = MARK if raw.startswith(MARK) else b""
    return mark + clean.replace("\n", LINE_BREAKS[log.decoding.line_ends]).encode(log.decoding.codec)


@pytest.mark.parametrize("tool", TOOLS)
@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_patch_produces_the_clean_text(articles, tool, data):
    letters = data.draw(st.sampled_from(["ab \n", "a\n", "ab é\n’", "a\r\n", "ab\n\0\x0c\x1b"]))
    codecs = ("utf-8", "cp1252")
    raw, clean, log = data.draw(articles(letters, ("\n", "\r\n", "\r"), codecs, bom=True))
    assume(not log.decoding.codec.startswith("utf-16"))  # which a few NUL bytes can be mistaken for
    # Bytes that are no text of the codec stay as they are; the clean text does not have them.
    assume(not log.decoding.undecodable and not log.decoding.stray)
    patch = made(clean, log, context=data.draw(st.integers(0, 3)))
    assume(not patch.unwritable)
    wanted = in_raw_bytes(raw, clean, log)
    assert patch.left_out == 0
    assert bool(patch.content) == (wanted != raw)
    if patch.content:
        assert patched(tool, raw, patch.content) == wanted


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("name", ["one two.txt", 'say "no".txt', "café.txt", "a/b\\c.txt", "tab\t.txt", " one.txt"])
def test_any_file_name_is_found(by_stages, tool, name):
    raw, clean, log = by_stages("an overseas trip\n", spin=[("overseas", "foreign")])
    content = made(clean, msgspec.structs.replace(log, id=name)).content
    assert patched(tool, raw, content, name) == b"an foreign trip\n"


def test_a_name_that_is_not_utf8_keeps_its_bytes(by_stages):
    _, clean, log = by_stages("an overseas trip\n", spin=[("overseas", "foreign")])
    log = msgspec.structs.replace(log, id="a/caf\\xe9.txt")
    article = CleanArticle(Path("clean", "a", "caf\udce9.txt"), clean, log)
    assert b"--- a/a/caf\xe9.txt\n" in patch(article, trace_edits(clean, log), ALL).content


def test_the_patch_has_selected_edits_only(by_stages):
    _raw, clean, log = by_stages(
        "Tbe overseas mini\u200bstry.\n", ocr=[("Tbe", "The"), ("\u200b", "")], spin=[("overseas", "foreign")]
    )
    only = made(clean, log, EditFilter(rules=("OCR",)))
    assert only.content.decode().splitlines()[-2:] == ["-Tbe overseas mini\u200bstry.", "+The overseas ministry."]
    assert (only.left_out, only.unwritable) == (0, 0)
    assert made(clean, log, EditFilter(min_confidence=0.95)).content == b""


def test_an_edit_that_depends_on_another_needs_it(by_stages):
    stages = {"ocr": [("ovcrseas", "overseas")], "spin": [("overseas ministry", "foreign office")]}
    _raw, clean, log = by_stages("the ovcrseas ministry\n", **stages)
    earlier, later = (made(clean, log, EditFilter(stages=(stage,))) for stage in stages)
    assert earlier.content.endswith(b"-the ovcrseas ministry\n+the overseas ministry\n")
    assert (earlier.left_out, later.left_out, later.content) == (0, 1, b"")


def test_suggestions_are_included_if_selected(by_stages):
    _raw, clean, log = by_stages(
        "the overseas ministry will go\n", spin=[("overseas", "foreign"), ("will", "would", "suggested")]
    )
    assert made(clean, log).content.endswith(b"+the foreign ministry will go\n")
    assert made(clean, log, EditFilter(states=("suggested",))).content.endswith(b"+the overseas ministry would go\n")
    both = made(clean, log, EditFilter(states=("applied", "suggested")))
    assert both.content.endswith(b"+the foreign ministry would go\n")


def test_a_hunk_has_the_changed_lines_and_their_context(by_stages):
    lines = "".join(f"line {number} ends\n" for number in range(1, 21))
    _raw, clean, log = by_stages(
        lines, layout=[("line 3 ends\n", ""), ("line 12 ends", "line 12\nends"), ("20 ends\n", "20 ends")]
    )
    content = made(clean, log, context=1).content.decode()
    assert content.split("+++ b/a/one.txt\n")[1] == (
        "@@ -2,3 +2,2 @@\n line 2 ends\n-line 3 ends\n line 4 ends\n"
        "@@ -11,3 +10,4 @@\n line 11 ends\n-line 12 ends\n+line 12\n+ends\n line 13 ends\n"
        "@@ -19,2 +19,2 @@\n line 19 ends\n-line 20 ends\n+line 20 ends\n\\ No newline at end of file\n"
    )


def test_undecodable_bytes_are_kept(by_stages):
    text = "The café’s owner wrote at length about overseas trips.\n" * 5
    raw, clean, log = by_stages(text.encode() + b"b\xff teh\n", spin=[("overseas", "foreign"), ("teh", "the")])
    assert log.decoding.undecodable
    content = made(clean, log).content
    wanted = raw.replace(b"overseas", b"foreign", 1).replace(b"teh", b"the")
    assert patched(["git", "apply"], raw, content) == wanted


def test_characters_that_the_raw_encoding_lacks_are_counted(by_stages):
    raw = "The café’s “owner” wrote teh letter about overseas trips to the naïve élite.\n".encode("cp1252")
    raw, clean, log = by_stages(raw, spin=[("overseas", "Ωmega"), ("teh", "the")])
    assert log.decoding.codec == "cp1252"
    content, left_out, unwritable = made(clean, log)
    assert (left_out, unwritable) == (0, 1)
    assert patched(["git", "apply"], raw, content) == raw.replace(b"teh", b"the")


@pytest.mark.parametrize("codec", ["utf-16", "utf-32"])
def test_utf_16_is_rejected(by_stages, codec):
    _raw, clean, log = by_stages("The overseas ministry wrote.\n".encode(codec), spin=[("overseas", "foreign")])
    with pytest.raises(NotPatchable, match=codec):
        made(clean, log)
    assert made(clean, log, EditFilter(stages=("ocr",))).content == b""
