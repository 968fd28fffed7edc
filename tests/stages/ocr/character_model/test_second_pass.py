"""The second pass over a damaged page of our own."""

from itertools import pairwise

import pytest
from msgspec import structs
from rapidfuzz.distance import Levenshtein

from clean_news.article import Article
from clean_news.edits import Edit, apply, replace
from clean_news.language.language_model import standard
from clean_news.settings import Settings
from clean_news.stages.ocr import stage
from clean_news.stages.ocr.character_model import confidence, second_pass
from clean_news.stages.ocr.character_model.decoding import Correction
from clean_news.stages.ocr.names import page_of

PRINTED = (
    "The members of the council met at the hall on Tuesday evening to hear the report of the committee on the new "
    "bridge. The chairman said that the work had been delayed by the rain, and that 1,400 feet of timber were still "
    "lying at the wharf. It was resolved that the engineer should be asked to attend the next meeting, and to bring "
    "with him the plans of the approaches. A letter was read from the secretary of the farmers’ union, who complained "
    "of the state of the road between the station and the mill, and offered to supply gravel for the purpose."
)
DAMAGE = {
    "The members": "Tlie mcmbcrs", "evening": "cvcning", "report of the": "report ofthc",
    "committee on": "com mittce on", "had been": "hadbcen",
    "rain, and": "ram. aud", "1,400": "l,4O0", "resolved": "rcsolvcd", "engineer": "enginccr",
    "meeting, and": "mecting. aud", "with him": "witli bim", "secretary": "sccrctaiy", "complained": "coniplaincd",
    "station and": "stationand", "purpose": "pur posc",
}  # fmt: skip
SCAN = PRINTED
for printed, read in DAMAGE.items():
    SCAN = SCAN.replace(printed, read)


def proposed(text: str, **settings: object) -> list[Edit]:
    return stage.propose(Article(text), Settings(min_words=0, **settings)).edits


def repaired(edits: list[Edit]) -> str:
    return apply(SCAN, [edit for edit in edits if edit.confidence >= Settings().apply_from])


@pytest.fixture(scope="module")
def both() -> list[Edit]:
    return proposed(SCAN)


def test_it_repairs_what_the_first_pass_leaves(both: list[Edit]) -> None:
    first = proposed(SCAN, rules_off=("OCR006",))
    assert {edit.rule for edit in both} > {edit.rule for edit in first}
    assert Levenshtein.distance(repaired(both), PRINTED) < Levenshtein.distance(repaired(first), PRINTED)


def test_the_edits_of_both_passes_do_not_overlap(both: list[Edit]) -> None:
    assert [edit.span for edit in both] == sorted(edit.span for edit in both)
    assert all(one.end <= other.start for one, other in pairwise(both))
    assert all(SCAN[edit.start : edit.end] == edit.before != edit.after for edit in both)


def test_its_edits_have_their_readings_as_evidence(both: list[Edit]) -> None:
    for edit in both:
        if edit.rule == "OCR006":
            assert edit.evidence["candidates"]
            assert edit.before in edit.evidence["context"]


def test_protected_words_stay() -> None:
    spans = [(SCAN.index(word), SCAN.index(word) + len(word)) for word in ("sccrctaiy", "mittce", "bim")]
    found = proposed(SCAN, protect=("sccrctaiy", "mittce", "bim"))
    assert not any(edit.start < end and start < edit.end for edit in found for start, end in spans)


def test_digits_are_at_most_suggested(both: list[Edit]) -> None:
    for edit in both:
        if edit.rule == "OCR006" and confidence.digits(edit.after) != confidence.digits(edit.before):
            assert edit.confidence < Settings().apply_from or not confidence.digits(edit.after)


def test_a_printed_text_is_not_changed() -> None:
    assert [edit for edit in proposed(PRINTED) if edit.rule == "OCR006"] == []


@pytest.mark.parametrize(
    ("readings", "supportable", "state"),
    [
        ({"Tajlor": 0.6, "Taylor": 0.4}, True, "applied"),
        ({"Tajlor": 0.6, "Taylor": 0.4}, False, "suggested"),
        ({"Tajlor": 0.99, "Taylor": 0.01}, True, "suggested"),
        ({"Tallor": 0.9, "Tajlor": 0.1}, True, "suggested"),
    ],
)
def test_a_suggested_name_is_applied_if_the_model_reads_it_too(
    monkeypatch: pytest.MonkeyPatch, readings: dict[str, float], supportable: bool, state: str
) -> None:
    text = "The cup was given to Mr. Tajlor by the mayor."
    span = (25, 31)
    monkeypatch.setattr(second_pass, "corrections", lambda *_: [Correction(*span, readings)])
    suggested = structs.replace(replace(text, *span, "Taylor", "OCR001", 0.95), state="suggested")
    spans = {span} if supportable else set()
    found = second_pass.second_pass(page_of(text, 0.06, standard()), [suggested], [], (), Settings(), spans)
    assert [(edit.after, edit.state) for edit in found] == [("Taylor", state)]
