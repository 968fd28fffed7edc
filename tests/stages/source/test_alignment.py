"""Sentences are found wherever they are in the source, words wherever they are in the sentence."""

from clean_news.stages.source.phrase_pairs import Block, segmented
from clean_news.stages.source.tokenised import tokenise, units


def kinds(ours, theirs, possible):
    known = {form: frozenset(originals) for form, originals in possible.items()}
    ours, theirs = ours.split(), theirs.split()
    found = segmented(Block(ours, ours, theirs, lambda form: known.get(form, frozenset())))
    return [
        (" ".join(ours[slice(*segment.spun)]), " ".join(theirs[slice(*segment.original)]), segment.kind)
        for segment in found
    ]


def test_two_known_pairs_are_not_one_phrase():
    possible = {"corporate": ["company"], "mentioned": ["said"], "corporate mentioned": ["company said"]}
    assert kinds("corporate mentioned", "company said", possible) == [
        ("corporate", "company", "known"),
        ("mentioned", "said", "known"),
    ]


def test_a_phrase_may_have_a_word_of_the_original():
    possible = {"in the past": ["ago"], "every week": ["a week"]}
    assert kinds("every week in the past", "a week ago", possible) == [
        ("every week", "a week", "known"),
        ("in the past", "ago", "known"),
    ]


def test_a_mark_is_aligned_with_an_equal_one_only():
    assert kinds("left , smiling", "left smiling", {}) == [
        ("left", "left", "equal"),
        (",", "", "gap"),
        ("smiling", "smiling", "equal"),
    ]


def test_sentences_in_another_order_and_without_a_clause(taken):
    source = (
        "The council agreed to buy the land.\n\nThe ferry left at noon.\n\n"
        "The mayor said on Sunday that the pier was old."
    )
    text = (
        "The mayor mentioned on Sunday, in a long speech at the town hall, that the pier was old."
        " The ferry left at noon."
    )
    assert taken(text, source, {"mentioned": ["said"]}) == text.replace("mentioned", "said")


def test_lines_of_the_source_may_be_wrapped(taken):
    source = "The mayor of Aller said on\nSunday that the pier was old and\nthat nobody would buy the land."
    text = " ".join(source.split()).replace("said", "mentioned").replace("nobody", "no one")
    assert taken(text, source, {"mentioned": ["said"], "no one": ["nobody"]}) == " ".join(source.split())


def test_a_short_sentence_without_an_end_is_a_unit_of_its_own():
    tokens = tokenise("Pier closes\n\nThe pier was closed.")
    assert units(tokens) == [(0, 2), (2, 7), (0, 7)]


def test_tables_without_a_full_stop_are_skipped(taken):
    table = " ".join(f"{number} ships mentioned" for number in range(400))
    assert taken(table, table.replace("mentioned", "said"), {"mentioned": ["said"]}) == table
