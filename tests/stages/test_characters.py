"""Test the characters stage with the cases of tests/cases/characters, and its dictionary."""

import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean_news.article import Article
from clean_news.edits import apply, invert
from clean_news.settings import Settings
from clean_news.stages.characters import homoglyphs, invisible, stage


def edits_of(text):
    return stage.propose(Article(text), Settings()).edits


def test_case(case, check):
    check(stage, case["raw"], case["clean"])


def test_a_lost_character_is_reported_and_not_guessed():
    (edit,) = edits_of("The caf\ufffd reopened.")
    assert (edit.state, edit.before, edit.after) == ("suggested", "\ufffd", "")
    assert edit.confidence < 0.5
    assert edit.evidence == {"words": ["caf\ufffd"]}


def test_edits_are_minimal():
    edits = edits_of("It rained.  The cafe\u0301 \u200bclosed. \n")
    assert [(edit.before, edit.after) for edit in edits] == [
        (" ", ""),
        ("e\u0301", "é"),
        ("\u200b", ""),
        (" ", ""),
    ]


def test_evidence_names_invisible_characters():
    (edit,) = edits_of("a\u200bb")
    assert edit.evidence == {"characters": ["U+200B ZERO WIDTH SPACE"]}


def test_a_word_of_look_alikes_needs_other_tampering():
    assert edits_of("He took \u0430 walk.") == []
    assert edits_of("He took \u0430 w\u0430lk.") != []


def test_every_look_alike_is_a_single_letter_of_its_script():
    assert len(homoglyphs.look_alikes()) > 40


def test_error_names_an_invalid_line_of_the_table(tmp_path, monkeypatch):
    (tmp_path / "characters").mkdir()
    (tmp_path / "characters" / "homoglyphs.tsv").write_text("# heading\nq\tq\n", encoding="utf-8")
    monkeypatch.setattr(homoglyphs, "folder", lambda: tmp_path)
    with pytest.raises(ValueError, match=r"homoglyphs.tsv, line 2: .* expected"):
        homoglyphs.look_alikes.__wrapped__()


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="textacy cannot be installed")
def test_the_normaliser_is_that_of_textacy_without_the_rest_of_it():
    code = (
        "import sys; from clean_news.stages.characters.stage import nfc; "
        "print(nfc('e\u0301') == '\xe9', 'clean_news_textacy' in sys.modules, 'spacy' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["True", "True", "False"]


@given(st.text())
def test_the_normaliser_does_the_same_as_the_standard_library(text):
    assert stage.nfc(text) == unicodedata.normalize("NFC", text)


FAULTY = st.text(
    st.sampled_from("ab é1\u0301\t\n\r\f\v\xa0\xad\u200b\u200d\u200e\u2028\u202f\u3000\ufe0f\ufeff\x00\x1b[m😀ש")
)


@given(FAULTY)
def test_every_run_can_be_reverted(text):
    edits = edits_of(text)
    assert apply(apply(text, edits), invert(edits)) == text


@given(st.text())
def test_every_edit_can_be_reverted(text):
    edits = edits_of(text)
    assert apply(apply(text, edits), invert(edits)) == text


@given(st.text(st.sampled_from("ab \n\t\r\xa0\u200b\xad\x07é"), max_size=12))
def test_the_fastest_pattern_misses_no_fault(text):
    pattern = invisible._fault_pattern(text)
    found = [] if pattern is None else [fault.span() for fault in pattern.finditer(text)]
    assert found == [fault.span() for fault in invisible.FAULT.finditer(text)]
