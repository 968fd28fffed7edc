"""Test the boilerplate stage with the cases of tests/cases/boilerplate, and its dictionaries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean_news.article import Article
from clean_news.dictionaries import folder
from clean_news.edits import apply, invert
from clean_news.settings import Settings
from clean_news.stages import Proposal
from clean_news.stages.boilerplate import phrase_lists, stage


def proposal_for(text: str) -> Proposal:
    return stage.propose(Article(text), Settings())


def test_case(check, case):
    check(stage, case["raw"], case["clean"])
    assert proposal_for(case["raw"]).metadata == case["metadata"]


def test_values_of_one_kind_are_separated_by_line_feeds():
    found = proposal_for("Image: AP\n\nThe ferry left.\n\nImage: Reuters\n\nIt sank.\n\nImage: AP")
    assert found.metadata == {"image": "AP\nReuters"}


def test_no_breaks_are_left_at_the_end_of_a_text():
    kept, rest = "The ferry left, he said.", " © 2017 Harbour Media, Inc.\n\nAdvertisement\n\n<!-- x -->\n\n//-->"
    text = kept + rest
    edits = proposal_for(text).edits
    assert len(edits) > 2
    assert apply(text, edits) == kept
    assert apply(apply(text, edits), invert(edits)) == text


def test_adjacent_lines_are_removed_by_their_own_rules():
    text = "The ferry left.\n\nImage: AP\n\nADVERTISEMENT"
    found = proposal_for(text)
    assert {edit.rule for edit in found.edits} == {"BOIL002", "BOIL003"}
    assert found.metadata == {"image": "AP", "ad": "ADVERTISEMENT"}
    assert apply(apply(text, found.edits), invert(found.edits)) == text


@pytest.mark.parametrize(
    "name",
    [
        "agencies",
        "bars",
        "bylines",
        "clauses",
        "inline",
        "labels",
        "lines",
        "page-labels",
        "shortcodes",
        "statements",
        "tags",
    ],
)
def test_dictionary_is_sorted_and_without_duplicates(name):
    lines = (folder() / "boilerplate" / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    entries = [line for line in lines if not line.startswith("#")]
    assert lines[0].startswith("#"), "a header says what the file is"
    keys = [(kind, words.casefold(), words) for kind, words in (entry.split("\t") for entry in entries)]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize("phrase", ["(a|b) c", "… newsletter", "<caption> hide"])
def test_phrase_must_begin_with_a_word(phrase):
    with pytest.raises(phrase_lists.InvalidEntryError, match="must begin with a word"):
        phrase_lists.pattern_of(phrase)


def test_error_names_an_invalid_dictionary_line(tmp_path, monkeypatch):
    (tmp_path / "boilerplate").mkdir()
    (tmp_path / "boilerplate" / "odd.tsv").write_text("# heading\nno tab here\n", encoding="utf-8")
    monkeypatch.setattr(phrase_lists, "folder", lambda: tmp_path)
    with pytest.raises(phrase_lists.InvalidEntryError, match=r"odd\.tsv:2: 'no tab here'"):
        phrase_lists.entries("odd.tsv")


PIECES = [
    "ADVERTISEMENT",
    "Image: AP",
    "[ad_1]",
    "<br>",
    "</p> <p>",
    "{a|b}",
    "{cd}",
    "\n",
    "\n\n",
    " ",
    "A word.",
    "and so",
    "<!--",
    "-->",
]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_every_edit_can_be_reverted(raw):
    edits = proposal_for(raw).edits
    assert apply(apply(raw, edits), invert(edits)) == raw
