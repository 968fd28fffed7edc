"""Edits: applying, inverting, mapping spans, and ids, with property-based tests over random texts and edits."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean_news import edits
from clean_news.edits import Edit, Mismatch, Overlap, apply, identify, invert, map_spans, replace, spans_after

TEXTS = st.text(st.sampled_from("ab é\n’\U0001f600"), max_size=30)


@st.composite
def texts_with_edits(draw):
    """A text and non-overlapping edits of it, including insertions and suggestions."""
    text = draw(TEXTS)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=12)))
    spans = {}
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        spans[start, end] = draw(TEXTS)
    proposed = [
        msgspec.structs.replace(
            replace(text, start, end, after, "TEST001"), state=draw(st.sampled_from(["applied", "suggested"]))
        )
        for (start, end), after in spans.items()
    ]
    return text, draw(st.permutations(proposed))


@given(texts_with_edits())
def test_inverted_edits_restore_the_text(case):
    text, proposed = case
    new = apply(text, proposed)
    assert apply(new, invert(proposed)) == text
    assert apply(text, invert(invert(proposed))) == new


@given(texts_with_edits())
def test_spans_after_locate_the_replacements(case):
    text, proposed = case
    new = apply(text, proposed)
    spans = spans_after(proposed)
    applied = edits.applied_in_order(proposed)
    assert [new[start:end] for start, end in spans] == [edit.after for edit in applied]


@given(texts_with_edits(), st.data())
def test_a_span_that_no_edit_touches_keeps_its_text(case, data):
    text, proposed = case
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    [(new_start, new_end)] = map_spans([(start, end)], proposed)
    new = apply(text, proposed)
    assert 0 <= new_start <= new_end <= len(new)
    inside = [edit for edit in edits.applied_in_order(proposed) if edit.start < end and edit.end > start]
    if start < end and not inside:
        assert new[new_start:new_end] == text[start:end]
    for edit, span in zip(edits.applied_in_order(proposed), spans_after(proposed), strict=True):
        if start < edit.end and edit.start < end:
            assert new_start <= span[0] or start > edit.start
            assert new_end >= span[1] or end < edit.end


@given(texts_with_edits(), st.data())
def test_spans_keep_their_order(case, data):
    text, proposed = case
    places = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=4, max_size=4)))
    first, second = map_spans([(places[0], places[1]), (places[2], places[3])], proposed)
    assert first[0] <= second[0]
    assert first[1] <= second[1]


@pytest.mark.parametrize(
    ("span", "edit", "expected"),
    [
        ((6, 8), (2, 2, " now"), (10, 12)),  # an insertion before it shifts it
        ((6, 8), (6, 6, "only "), (11, 13)),  # an insertion at its start stays outside
        ((6, 8), (8, 8, "y"), (6, 8)),  # and so does one at its end
        ((6, 8), (7, 7, "x"), (6, 9)),  # an insertion inside widens it
        ((6, 8), (3, 7, "was"), (3, 7)),  # it grows to cover an edit that overlaps it
        ((6, 8), (0, 15, "gone"), (0, 4)),
        ((6, 8), (6, 8, "a"), (6, 7)),
        ((6, 6), (6, 6, "x"), (6, 6)),  # an empty span stays before an insertion at its position
        ((6, 6), (0, 6, ""), (0, 0)),
    ],
)
def test_map_spans(span, edit, expected):
    assert map_spans([span], [replace("It is an energy", *edit, "TEST001")]) == [expected]


def test_overlapping_edits_are_refused():
    with pytest.raises(Overlap, match="overlaps"):
        apply("abcdef", [replace("abcdef", 0, 3, "x", "TEST001"), replace("abcdef", 2, 4, "y", "TEST001")])
    with pytest.raises(Overlap):
        apply("abc", [replace("abc", 1, 1, "x", "TEST001"), replace("abc", 1, 1, "y", "TEST001")])


def test_an_edit_of_another_text_is_refused():
    with pytest.raises(Mismatch, match="expects 'bc'"):
        apply("axc", [replace("abc", 1, 3, "", "TEST001")])


def test_without_overlaps_keeps_the_first_and_longest():
    text = "abcdef"
    longer, shorter = replace(text, 0, 4, "x", "TEST001"), replace(text, 0, 2, "y", "TEST001")
    adjacent = replace(text, 4, 6, "z", "TEST001")
    assert edits.without_overlaps([shorter, adjacent, longer]) == [longer, adjacent]


def test_ids_survive_other_line_breaks_and_tell_repetitions_apart():
    first = identify("the overseas ministry said", [replace("the overseas ministry said", 4, 12, "foreign", "A001")])
    wrapped = "the\n overseas ministry\nsaid"
    assert identify(wrapped, [replace(wrapped, 5, 13, "foreign", "A001")])[0].id == first[0].id
    text = "overseas " * 40
    places = [replace(text, at, at + 8, "foreign", "A001") for at in range(0, len(text), 9)]
    assert len({edit.id for edit in identify(text, places)}) == 40


def test_an_edit_is_logged_with_its_confidence_and_state():
    logged = msgspec.to_builtins(Edit("SPIN001", (4, 12), "overseas", "foreign"))
    assert logged == {
        "rule": "SPIN001", "span": (4, 12), "before": "overseas", "after": "foreign",
        "confidence": 1.0, "state": "applied",
    }  # fmt: skip
