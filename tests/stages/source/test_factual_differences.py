"""Numbers, names and negations are never taken; they are pointed out."""

import msgspec
import pytest

from clean_news import edits

SOURCE = "The mayor of Aller said that two of the 40 ships could sail before the storm."


@pytest.mark.parametrize(
    ("before", "after", "possible", "fact"),
    [
        ("40 ships", "45 ships", {}, "number"),
        ("two of", "three of", {}, "number"),
        ("two of", "some of", {}, "number"),
        ("two of", "couple of", {"couple": ["two"]}, "number"),
        ("Aller", "Barrow", {}, "name"),
        ("could sail", "couldn’t sail", {}, "negation"),
        ("could sail", "cannot sail", {"cannot": ["could"]}, "negation"),
        ("two of", "none of", {"none": ["two"]}, "number"),
    ],
)
def test_facts_are_pointed_out(propose, taken, before, after, possible, fact):
    text = SOURCE.replace(before, after)
    (edit,) = propose(text, SOURCE, possible)
    assert (edit.rule, edit.state, edit.evidence["differs"]) == ("SRC002", "suggested", fact)
    assert taken(text, SOURCE, possible) == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("The mayor of Aller did not sail before the storm.", "The mayor of Aller did sail before the storm."),
        ("The mayor of Aller will sail before the storm.", "The mayor of Aller will never sail before the storm."),
    ],
)
def test_a_negation_that_only_one_has_is_pointed_out(propose, taken, source, text):
    (edit,) = propose(text, source)
    assert (edit.rule, edit.state, edit.evidence["differs"]) == ("SRC002", "suggested", "negation")
    assert edits.apply(text, [msgspec.structs.replace(edit, state="applied")]) == source
    assert taken(text, source) == text


@pytest.mark.parametrize(
    ("before", "after", "possible"),
    [
        ("last year", "last 12 months", {"12 months": ["year"]}),
        ("recently", "not too long ago", {"not too long ago": ["recently"]}),
        ("whether", "whether or not", {"whether or not": ["whether"]}),
        ("never", "by no means", {"by no means": ["never"]}),
        ("without", "with out", {"with out": ["without"]}),
        ("two ships", "2 ships", {"2": ["two"]}),
        ("1000 sailors", "thousand sailors", {"thousand": ["1000"]}),
        ("fair", "honest", {"honest": ["fair"]}),
    ],
)
def test_phrases_that_only_look_like_facts_are_taken(taken, before, after, possible):
    source = f"The mayor of Aller wrote in her letter {before} for all who came on board."
    assert taken(source.replace(before, after), source, possible) == source


@pytest.mark.parametrize(("before", "after"), [("fair", "unfair"), ("honest", "dishonest"), ("possible", "impossible")])
def test_a_prefix_negates(propose, before, after):
    source = f"The mayor of Aller called the new plan {before} and left for the harbour."
    assert [edit.rule for edit in propose(source.replace(before, after), source)] == ["SRC002"]
