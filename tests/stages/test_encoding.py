"""Test the encoding stage with the cases of tests/cases/encoding."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean_news.article import Article
from clean_news.edits import apply
from clean_news.settings import Settings
from clean_news.stages.encoding import stage
from clean_news.stages.encoding.evidence import garbled


def edits_of(text):
    return stage.propose(Article(text), Settings()).edits


def test_case(case, check):
    check(stage, case["raw"], case["clean"])


def test_a_garbled_run_is_one_edit():
    edits = edits_of("The cafÃ©â€™s owner didnâ€™t pay Â£5.")
    assert [(edit.before, edit.after) for edit in edits] == [("Ã©â€™", "é’"), ("â€™", "’"), ("Â£", "£")]


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("a cafÃ©", {"bytes": "c3 a9", "written_in": "utf-8", "read_in": "cp1252"}),
        ("a caf√©", {"bytes": "c3 a9", "written_in": "utf-8", "read_in": "mac-roman"}),
        ("a cafÃƒÂ©", {"bytes": "c3 a9", "written_in": "utf-8", "read_in": "cp1252", "times": 2}),
        ("It\x92s", {"bytes": "92", "written_in": "cp1252", "read_in": "iso8859-1"}),
        ("donÂ’t", {"bytes": "92", "written_in": "cp1252", "read_in": ["iso8859-1", "utf-8", "cp1252"]}),
        ("Ã©”", {"bytes": "c3 a9", "written_in": "utf-8", "read_in": "cp1252"}),
        ("R&amp;D", {"entity": "&amp;", "stands_for": "U+0026"}),
        (r"It\u2019s", {"escape": r"\u2019", "stands_for": "U+2019"}),
        ("They don?t", {"damage": ["bytes of an apostrophe are lost; nothing else occurs before this ending"]}),
    ],
)
def test_evidence_names_bytes_and_codecs(text, evidence):
    (edit,) = edits_of(text)
    assert edit.evidence == evidence


def check_evidence(edit):
    """Check that the bytes of the evidence, garbled as it says, are the original text."""
    evidence = edit.evidence
    text = bytes.fromhex(evidence["bytes"]).decode(evidence["written_in"])
    assert text in (edit.after or "\ufeff")  # a byte order mark is removed
    codecs = evidence["read_in"]
    for codec in codecs if isinstance(codecs, list) else [codecs] * evidence.get("times", 1):
        text = garbled(text, codec)
    assert text in evidence.get("completed", edit.before)


def test_the_evidence_of_every_case_is_correct(case):
    for edit in edits_of(case["raw"]):
        assert edit.evidence
        assert all(edit.evidence.values())
        if edit.evidence.get("written_in") == "utf-8":
            check_evidence(edit)


def test_evidence_names_the_damage_and_confidence_is_lower():
    (edit,) = edits_of("“We won,â€ she said.")
    assert "third byte" in edit.evidence["damage"][0]
    assert edit.confidence == 0.9


def test_mojibake_and_entities_in_one_line_are_separate_edits():
    edits = edits_of("The cafÃ© &amp; the bar&mdash;both")
    assert [(edit.rule, edit.before) for edit in edits] == [
        ("ENC001", "Ã©"),
        ("ENC002", "&amp;"),
        ("ENC002", "&mdash;"),
    ]


def test_a_long_line_takes_linear_time():
    began = time.process_time()
    edits = edits_of("The cafÃ©â€™s owner saw FranÃ§ois, donâ€™t ask. " * 1000)
    assert len(edits) == 3000
    assert time.process_time() - began < 5


def test_a_repair_may_insert_text():
    changed = stage._mojibake_edit([], "é", 7)
    assert apply("The caf", [changed]) == "The café"


NEWS = st.text(st.sampled_from("abc de.,!? “”‘’–—…•é£€½°üñ\n"), max_size=60)


@given(NEWS, st.sampled_from(["latin-1", "cp1252", "mac-roman"]))
def test_all_proposed_edits_can_be_applied(text, codec):
    raw = text.encode("utf-8").decode(codec, "replace")
    for article in (text, raw):
        apply(article, edits_of(article))
