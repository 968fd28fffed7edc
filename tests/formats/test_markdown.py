"""Markdown: prose is cleaned; code, links, HTML, front matter and marks stay, and the raw file is restored."""

import io
import random
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from clean_news.change_log import LogError, TextChangedError
from clean_news.cleaner import Cleaner
from clean_news.formats import UnreadableError, format_of, markdown
from clean_news.formats.markdown_spans import fixed_spans, structure
from clean_news.settings import Settings

MOJIBAKE = "The ministerâ€™s office closed the road."
REPAIRED = "The minister’s office closed the road."
BAD = "â€™"


def test_file_extensions():
    assert format_of(Path("a.md")) is format_of(Path("A.MARKDOWN")) is markdown


KEPT = {
    "a fence": f"```sh\n{BAD}\n```",
    "a fence of tildes": f"~~~\n{BAD}\n\n{BAD}\n~~~",
    "an unclosed fence in a list": f"- ```\n  {BAD}",
    "indented code": f"    {BAD}\n\n    {BAD}",
    "inline code": f"`{BAD}`",
    "inline code with backquotes": f"`` a ` {BAD} ``",
    "a link": f'[road](http://a.example/{BAD} "{BAD}")',
    "a link in brackets": f"[road](<{BAD} x>)",
    "a link with parentheses": f"[road](a(b){BAD})",
    "a picture": f"![road](a{BAD}.png)",
    "a reference": f"[road][{BAD}]",
    "a shortcut": f"[a {BAD}]\n\n[a {BAD}]: http://a.example",
    "a definition": f"[a]: http://a.example/{BAD} '{BAD}'",
    "a footnote": f"Text.[^{BAD}]",
    "an address": f"<http://a.example/{BAD}> and https://a.example/{BAD}",
    "inline HTML": f'Text <b title="{BAD}">in bold</b>.',
    "a block of HTML": f"<div>\n{BAD}\n</div>",
    "a comment": f"<!-- {BAD}\n\n{BAD} -->",
    "a reference of an entity": "A &amp; b &lt;b&gt; &nbsp;&#8203; c.",
    "escapes": r"One \*star\* and \[brackets\] and \\.",
    "hard line breaks": "One  \ntwo\\\nthree.",
    "a list": "- One\n- two\n  - three\n\n1. four\n2) five",
    "a quotation": "> One\n> two\n>> three",
    "a table": "| a | b |\n|---|:-:|\n| c | `d` |",
    "headings": "# One #\n\nTwo\n===\n\n###### Three",
    "a break": "***\n\n- - -",
    "marks": "One *two* **three** __four__ ~~five~~.",
    "brackets within a link": f"[a [b] c](d{BAD}) and ![e](f) [g][a {BAD}] h]",
    "nothing": "",
}


@pytest.mark.parametrize("name", KEPT)
@pytest.mark.parametrize("line", ["\n", "\r\n"])
def test_what_is_not_prose_is_kept(round_trip, name, line):
    raw = f"{MOJIBAKE}\n\n{KEPT[name]}\n\n{MOJIBAKE}\n\n# {MOJIBAKE}\n\n> - {MOJIBAKE}\n".replace("\n", line)
    trip = round_trip(raw, "news.md")
    assert trip.clean.decode() == raw.replace(MOJIBAKE, REPAIRED)


@pytest.mark.parametrize("fence", ["---", "+++"])
def test_front_matter_is_kept(round_trip, fence):
    raw = f"{fence}\ntitle: {BAD}\n# {BAD}\n{fence}\n{MOJIBAKE}\n"
    assert round_trip(raw, "news.md").clean.decode() == raw.replace(MOJIBAKE, REPAIRED)
    raw = f"{fence}\n\n{MOJIBAKE}\n"
    assert round_trip(raw, "news.md").clean.decode() == raw.replace(MOJIBAKE, REPAIRED)


def test_prose_in_marks_is_cleaned(round_trip):
    raw = f"| {BAD} a | cafÃ© |\n|---|---|\n| *{BAD} b* | [{BAD} c](d) |\n\n1. **{BAD} e** `{BAD}` {BAD} f\n"
    clean = round_trip(raw, "news.md").clean.decode()
    assert clean == "| ’ a | café |\n|---|---|\n| *’ b* | [’ c](d) |\n\n1. **’ e** `â€™` ’ f\n"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("line", [b"\n", b"\r\n"])
def test_line_ends_and_mark_are_kept(round_trip, mark, line):
    raw = mark + line.join([b"# One", b"", MOJIBAKE.encode(), b"", b"Two."]) + line
    assert round_trip(raw, "news.md").clean == raw.replace(MOJIBAKE.encode(), REPAIRED.encode())


def test_other_charsets_become_utf_8(round_trip):
    text = "# The café’s owner\n\nThe café’s owner said `“code”` in the café’s “kitchen”.\n"
    trip = round_trip(text.encode("cp1252"), "news.md")
    assert trip.clean.decode() == text
    trip = round_trip("One\r\ntwo\nthree.\n", "news.md")
    assert trip.clean == b"One\ntwo\nthree.\n"


def test_repairs_that_would_be_marks_are_refused(tmp_path, cleaned_file, make_stage):
    marks = make_stage(
        'start = text.find("foreign")\nreturn Proposal([replace(text, start, start + 7, "`x`", "TEST001")])'
    )
    raw = tmp_path / "a.md"
    raw.write_text("The foreign ministry closed.\n")
    with pytest.raises(UnreadableError, match="would become other Markdown"):
        cleaned_file(raw, tmp_path / "clean", Cleaner(Settings(stages=(marks,))))


def test_a_paragraph_may_be_removed(tmp_path, cleaned_file):
    raw = tmp_path / "a.md"
    raw.write_text(f"# News\n\n{MOJIBAKE}\n\nShare this article\n\n- One.\n- Two.\n")
    cleaner = Cleaner(Settings(stages=("encoding", "layout", "boilerplate")))
    clean = cleaned_file(raw, tmp_path / "clean", cleaner).clean.decode()
    assert structure(clean) == structure(raw.read_text())
    assert REPAIRED in clean


def test_bounds(tmp_path):
    raw = tmp_path / "a.md"
    raw.write_bytes(b"a\n" * (1 << 20))
    with pytest.raises(UnreadableError, match="larger than 1 MB, too large for Markdown"):
        list(markdown.read(raw, Settings()))
    raw.write_bytes(b"\x00\x01\x02\xff" * 100)
    with pytest.raises(UnreadableError, match="not text"):
        list(markdown.read(raw, Settings()))


@pytest.mark.parametrize(
    "unit", ["[", "*a ", "`", "> ", "- ", "](a (", '](a "', "<a ", "| ", "a\n", "  - a\n", "``a`", "a\n-|-\n",
             "[a]: b\n", "\\", "&", "> a\n", "<div>\n", "[a](", "(", "!["]
)  # fmt: skip
def test_time_grows_with_the_length(seconds_of, unit):
    texts = [(unit * length)[:length] for length in (2_000, 8_000)]
    seconds = [seconds_of(lambda text=text: structure(text)) for text in texts]
    assert seconds[1] < 8 * seconds[0] + 0.05


PIECES = [*KEPT.values(), BAD, "`", "``", "*", "[", "](", ")", "\n", "\n\n", " ", "    ", "- ", "> ", "# ", "|", "---",
          "a word ", "&lt;", "<b>", "\u200b", "hy-\nphen", "\\", "\t", "\r\n"]  # fmt: skip


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=12))
def test_any_document_is_restored(repairing, cleaned_file, pieces):
    content = "".join(pieces)
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder, "a.md")
        raw.write_bytes(content.encode())
        try:
            clean = cleaned_file(raw, Path(folder, "clean"), repairing).clean.decode()
        except UnreadableError as error:
            assert "would become other Markdown" in str(error)  # noqa: PT017  # both are right
            return
    assert structure(clean.replace("\r\n", "\n")) == structure(content.replace("\r\n", "\n").replace("\r", "\n"))


@hypothesis_settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=10))
def test_code_as_the_parser_sees_it_is_fixed(pieces):
    """markdown-it-py parses the inline content itself here, which the format does not let it do."""
    text = "".join(pieces).replace("\r\n", "\n")
    fixed = "\n".join(text[start:end] for start, end in fixed_spans(text)).replace("\\|", "|")  # as in a cell
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        for child in token.children or ():
            if child.type == "code_inline":
                assert any(word in fixed for word in child.content.split()) or not child.content.split()
            if child.type == "html_inline":
                assert child.content in fixed


def test_documents_by_writers(tmp_path, repairing, cleaned_file):
    rng = random.Random(19)
    for number in range(36):
        blocks = [rng.choice([*KEPT.values(), MOJIBAKE, f"# {MOJIBAKE}", f"* {MOJIBAKE}"]) for _ in range(8)]
        content = "\n\n".join(blocks) + "\n"
        raw = tmp_path / f"{number}.md"
        raw.write_bytes(content.encode())
        clean = cleaned_file(raw, tmp_path / "clean", repairing).clean.decode()
        assert code_of(clean) == code_of(content)
        assert REPAIRED in clean or MOJIBAKE not in content


def code_of(content):
    return [
        token.content for token in MarkdownIt().parse(content) if token.type in {"fence", "code_block", "html_block"}
    ]


def test_a_clean_file_or_a_log_that_was_changed(round_trip):
    trip = round_trip(f"# One\r\n\r\n{MOJIBAKE}\r\n", "news.md")
    clean, log = trip.path.read_bytes(), trip.log_path.read_bytes()
    trip.path.write_bytes(clean + b"x")
    with pytest.raises(TextChangedError):
        markdown.restore(trip.path, trip.log_path, io.BytesIO())
    trip.path.write_bytes(clean)
    trip.log_path.write_bytes(re.sub(rb'"lines":"crlf"', b'"lines":"lf"', log))
    with pytest.raises(LogError):
        markdown.restore(trip.path, trip.log_path, io.BytesIO())
