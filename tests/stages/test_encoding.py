"""The encoding stage: the cases of tests/cases/encoding."""

from hypothesis import given
from hypothesis import strategies as st

from clean_news.article import Article
from clean_news.edits import apply
from clean_news.settings import Settings
from clean_news.stages import encoding


def edits_of(text):
    return encoding.propose(Article(text), Settings()).edits


def test_case(case, check):
    check(encoding, case["raw"], case["clean"])


def test_a_garbled_run_is_one_edit():
    edits = edits_of("The cafÃ©â€™s owner didnâ€™t pay Â£5.")
    assert [(edit.before, edit.after) for edit in edits] == [("Ã©â€™", "é’"), ("â€™", "’"), ("Â£", "£")]


def test_evidence_names_the_codecs():
    (edit,) = edits_of("a cafÃ©")
    assert edit.evidence == {"steps": ["encode latin-1", "decode utf-8"]}


def test_evidence_names_the_damage_and_is_less_sure():
    (edit,) = edits_of("“We won,â€ she said.")
    assert "third byte" in edit.evidence["damage"][0]
    assert edit.confidence == 0.9


def test_mojibake_and_entities_in_one_line_are_told_apart():
    edits = edits_of("The cafÃ© &amp; the bar&mdash;both")
    assert [(edit.rule, edit.before) for edit in edits] == [
        ("ENC001", "Ã©"),
        ("ENC002", "&amp;"),
        ("ENC002", "&mdash;"),
    ]


NEWS = st.text(st.sampled_from("abc de.,!? “”‘’–—…•é£€½°üñ\n"), max_size=60)


@given(NEWS, st.sampled_from(["latin-1", "cp1252", "mac-roman"]))
def test_whatever_it_proposes_can_be_applied(text, codec):
    raw = text.encode("utf-8").decode(codec, "replace")
    for article in (text, raw):
        apply(article, edits_of(article))
