"""The diff as text: words marked in the lines of the clean text, and each edit listed below."""

import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean_news.batch.clean_articles import CleanArticle
from clean_news.change_log import ChangeLog, StageLog, sha256
from clean_news.change_log.edit_places import trace_edits
from clean_news.charsets.decoding import Decoding
from clean_news.edits import apply, replace
from clean_news.review.diff.text import article_lines, coloured, plain, shown_lines
from clean_news.review.diff.word_diff import diff_pieces
from clean_news.review.edit_filter import EditFilter

ALL = EditFilter()
CODES = re.compile(r"\x1b\[[\d;]*m")


def lines(article, choice=ALL, context=1, paint=plain):
    _, clean, log = article
    shown = article_lines(
        CleanArticle(Path("clean", log.id), clean, log), trace_edits(clean, log), choice, context, paint
    )
    return "".join(shown).splitlines()


def marked(article, choice=ALL):
    """The displayed lines of text without their line numbers."""
    return [line.partition("│ ")[2] for line in lines(article, choice) if re.match(r" *\d+ │", line)]


@given(st.data())
def test_the_pieces_are_the_article_whatever_is_selected(articles, data):
    _, clean, log = data.draw(articles())
    choice = EditFilter(
        stages=data.draw(st.sampled_from([(), ("one",), ("two",), ("one", "three")])),
        states=data.draw(st.sampled_from([(), ("applied",), ("suggested",)])),
    )
    trace = trace_edits(clean, log)
    pieces = diff_pieces(trace, choice)
    stays = {"kept": "after", "applied": "after", "suggested": "before", "rejected": "before"}
    assert "".join(getattr(piece, stays[piece.kind]) for piece in pieces) == clean
    if not choice.stages and "suggested" not in choice.states:
        assert "".join(piece.before for piece in pieces) == trace.raw
    named = [each for piece in pieces for each in piece.edits]
    assert {id(each) for each in trace.edits if choice.matches(each)} <= {id(each) for each in named}
    assert len({id(each) for each in named}) == len(named)


@given(st.data())
def test_every_line_has_its_number_and_every_edit_its_line(articles, data):
    _, clean, log = data.draw(articles())
    pieces = diff_pieces(trace_edits(clean, log), ALL)
    shown = list(shown_lines(pieces))
    assert [line.number for line in shown] == sorted({line.number for line in shown})
    assert sum(len(line.edits) for line in shown) == sum(len(piece.edits) for piece in pieces)
    for line in shown:
        for piece in line.pieces:
            assert piece.kind != "kept" or piece.after in clean.split("\n")[line.number - 1]


def test_applied_suggested_and_rejected_edits_are_marked_differently(by_stages):
    article = by_stages(
        "The overseas trip will surely begin.",
        spin=[("overseas", "foreign"), ("will", "would", "suggested"), ("surely", "probably", "rejected")],
    )
    assert lines(article)[:-1] == [
        "clean/a/one.txt  1 applied, 1 suggested, 1 rejected",
        "1 │ The [-overseas-]{+foreign+} trip {?will→would?} {!surely→probably!} begin.",
        "  │   SPIN001  0.90 applied    “overseas” → “foreign”  raw 1:5",
        "  │   SPIN001  0.90 suggested  “will” → “would”  raw 1:19",
        "  │   SPIN001  0.90 rejected   “surely” → “probably”  raw 1:24",
    ]


@pytest.mark.parametrize(
    ("raw", "edits", "shown"),
    [
        ("the cafÃ©s closed", [("Ã©", "é")], "the [-cafÃ©s-]{+cafés+} closed"),
        ("the mini\u200bstry", [("\u200b", "")], r"the [-mini\u200bstry-]{+ministry+}"),
        ("tbc rnodcm ship", [("rn", "m"), ("cm", "ern")], "tbc [-rnodcm-]{+modern+} ship"),
        ("an exam-\nple here", [("-\n", "")], "an [-exam-⏎ple-]{+example+} here"),
        ("it ended\nhere", [("\n", " ")], "it ended[-⏎-]{+ +}here"),
        ("wait , please", [(" ,", ",")], "wait[- ,-]{+,+} please"),
        ("one two", [(" ", "\n")], ["one[- -]{+⏎+}", "two"]),
        ("a\nRead more\nb", [("Read more\n", "")], ["a", "[-Read more⏎-]b"]),
    ],
)
def test_changes_are_shown_by_words(by_stages, raw, edits, shown):
    assert marked(by_stages(raw, one=edits)) == ([shown] if isinstance(shown, str) else shown)


def test_edits_that_are_not_selected_are_applied_without_marks(by_stages):
    article = by_stages("Tbe overseas trip", ocr=[("Tbe", "The")], spin=[("overseas", "foreign")])
    assert marked(article, EditFilter(rules=("SP",))) == ["The [-overseas-]{+foreign+} trip"]
    assert lines(article, EditFilter(stages=("layout",))) == []


def test_lines_far_from_an_edit_are_left_out(by_stages):
    article = by_stages(
        "".join(f"line {number}.\n" for number in range(1, 13)), one=[("line 2", "row 2"), ("line 10", "row 10")]
    )
    assert [line[:4].strip(" │") for line in lines(article) if "row" not in line or "[-" in line][1:-1] == [
        *"123",
        "⋮",
        "9",
        "10",
        "11",
    ]
    assert len(marked(article, ALL)) == 6


def test_control_characters_do_not_reach_the_terminal(by_stages):
    article = by_stages("\x1b[31mred\x07 \u202eoverseas trip", one=[("overseas", "\x1b]0;x\x07")])
    _, clean, log = article
    article = (None, clean, msgspec.structs.replace(log, id="a/\x1b.txt"))
    assert not set("".join(lines(article))) & set("\x1b\x07\u202e")


def test_colours_identify_stages_and_do_not_change_the_text(by_stages):
    article = by_stages(
        "Tbe overseas trip will begin",
        ocr=[("Tbe", "The")],
        spin=[("overseas", "foreign"), ("will", "would", "suggested")],
    )
    colour = lines(article, paint=coloured)
    assert CODES.sub("", colour[1]) == "1 │ TbeThe overseasforeign trip {?will→would?} begin"
    assert "\x1b[1;4;31mThe\x1b[0m" in colour[1]
    assert "\x1b[1;4;32mforeign\x1b[0m" in colour[1]
    assert [CODES.sub("", line) for line in colour[2:]] == lines(article)[2:]


def test_the_example_in_the_docs_is_current():
    docs = (Path(__file__).parents[3] / "docs" / "reviewing.md").read_text(encoding="utf-8")
    example = docs.partition("## Seeing the changes")[2].partition("```text\n")[2].partition("```")[0]
    raw = "The vessel left on Monday, the firm mentioned.\n"
    found = []
    for before, after, confidence, state in (
        ("vessel", "ferry", 0.97, "applied"),
        ("left", "departed", 0.41, "suggested"),
        ("firm", "company", 0.88, "applied"),
        ("mentioned", "said", 0.93, "rejected"),
    ):
        edit = replace(raw, raw.index(before), raw.index(before) + len(before), after, "SPIN001", confidence)
        found.append(msgspec.structs.replace(edit, state=state))
    clean = apply(raw, found)
    log = ChangeLog(
        id="02-spun-ferry.txt",
        source="",
        raw_sha256="",
        clean_sha256=sha256(clean),
        version="",
        settings_sha256="",
        dictionaries={},
        decoding=Decoding("utf-8"),
        document={},
        metadata={},
        stages=(StageLog("spin", tuple(found)),),
    )
    assert lines((raw, clean, log)) == [*example.splitlines(), ""]
