"""What is taken from a source has the capitals, apostrophes and spaces of its place in the article."""

import pytest

SAID = {"mentioned": ["said"]}
HOUSE = {"home": ["house"]}
CONTRACTION = {"is": ["'s"], "it is": ["it's"], "can not": ["can't"], "cannot": ["can't"]}


@pytest.mark.parametrize(
    ("text", "source", "possible", "wanted"),
    [
        ("The mayor mentioned it would rain.", "The mayor said it would rain.", SAID, "said"),
        ("Final week the mayor left town.", "Last week the mayor left town.", {"final": ["last"]}, "Last week"),
        ('It said "final week he returned".', '"Last week he returned".', {"final": ["last"]}, '"last week'),
        (
            '"Final week he came to the hall."',
            'It said: "last week he came to the hall."',
            {"final": ["last"]},
            '"Last week',
        ),
        ("The speaker of the Home in London rose.", "The speaker of the House in London rose.", HOUSE, "the House in"),
        ("PRESIDENT OF THE COUNCIL MENTIONED NOTHING", "President of the council said nothing", SAID, "COUNCIL SAID"),
        ("Jap cars and trucks were sold.", "Japanese cars and trucks were sold.", {"jap": ["japanese"]}, "Japanese"),
        ("It is late, and we can not wait.", "It’s late, and we can’t wait.", CONTRACTION, "It's late, and we can't"),
        ("It is late, he said, and ’twas cold.", "It's late, he said, and 'twas cold.", CONTRACTION, "It’s late"),
        ("A rise of 30 p.c was seen in May.", "A rise of 30% was seen in May.", {"p . c": ["%"]}, "of 30% was"),
        ("A rise of 30% was seen in May.", "A rise of 30 percent was seen in May.", {"%": ["percent"]}, "30 percent"),
        (
            "An ill-fated journey in the final days.",
            "An ill-fated trip in the last days.",
            {"journey": ["trip"]},
            "trip",
        ),
        (
            "The corporate mentioned on Monday it rose.",
            "The company said on Monday it rose.",
            {"corporate": ["company"], **SAID},
            "The company said on",
        ),
        (
            "In line with the mayor, it rained.",
            "According to the mayor, it rained.",
            {"in line with": ["according to"]},
            "According to the mayor",
        ),
        (
            "They came as a result of it rained.",
            "They came because\n   it rained.",
            {"as a result of": ["because"]},
            "came because it",
        ),
    ],
)
def test_forms(taken, text, source, possible, wanted):
    assert wanted in taken(text, source, possible)


def test_edits_are_words_not_sentences(propose):
    text = "The corporate mentioned on Monday that it rose."
    found = propose(text, "The company said on Monday that it rose.", {"corporate": ["company"], **SAID})
    assert [(edit.before, edit.after) for edit in found] == [("corporate", "company"), ("mentioned", "said")]


def test_a_phrase_loses_the_words_that_both_have(propose):
    text = "We saw quite a lot of ships in the bay."
    found = propose(text, "We saw a great many of ships in the bay.", {"quite a lot of": ["a great many of"]})
    assert [(edit.before, edit.after) for edit in found] == [("quite a lot", "a great many")]


def test_the_evidence_names_source_place_and_similarity(propose):
    source = "It was dark.\n\nThe mayor said it would rain."
    (edit,) = propose("The mayor mentioned it would rain.", source, SAID)
    assert edit.rule == "SRC001"
    assert edit.evidence["source"] == "a"
    assert edit.evidence["by"] == "lexicon"
    assert source[slice(*edit.evidence["place"])] == edit.evidence["original"] == "said"
    assert edit.evidence["sentence_similarity"] == 1.0
    assert edit.before == "mentioned"


def test_a_word_that_the_lexicon_lacks_is_taken_between_equal_ones_with_less_confidence(propose):
    source = "The old ferry left the harbour at noon with ninety people on board."
    (known,) = propose(source.replace("noon", "midday"), source, {"midday": ["noon"]})
    (unknown,) = propose(source.replace("noon", "midday"), source)
    assert (unknown.evidence["by"], known.evidence["by"]) == ("alignment", "lexicon")
    assert 0.9 < unknown.confidence < known.confidence < 1


@pytest.mark.parametrize(
    "text",
    [
        "The old ferry left the harbour at midday carrying ninety people on board.",  # two at once
        "The old ferry left the harbours at noon with ninety people on board.",  # an inflection: an editor's
        "The old ferry left this harbour at noon with ninety people on board.",  # function words
        "The old ferry left the harbour at noon – with ninety people on board.",
        "The old ferry left the harbour with ninety people on board.",
        "The quick old ferry left the harbour at noon with ninety people on board.",
    ],
)
def test_other_differences_stay(taken, text):
    source = "The old ferry left the harbour at noon with ninety people on board."
    assert taken(text, source) == text
