"""Spans of the edits of all stages in the raw and in the clean text."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean_news.change_log import LogError, TextChangedError
from clean_news.change_log.edit_places import trace_edits
from clean_news.charsets.decoding import decode


def within(inner, outer):
    return outer[0] <= inner[0] <= inner[1] <= outer[1]


@given(st.data())
def test_the_segments_are_the_article(articles, data):
    raw, clean, log = data.draw(articles())
    trace = trace_edits(clean, log)
    assert trace.raw == decode(raw)[0]
    assert "".join(each.before for each in trace.segments) == trace.raw
    assert "".join(each.after for each in trace.segments) == trace.clean == clean
    raw_at = clean_at = 0
    for each in trace.segments:
        assert each.raw_span[0] == raw_at
        assert each.clean_span[0] == clean_at
        raw_at, clean_at = each.raw_span[1], each.clean_span[1]
        assert trace.raw[slice(*each.raw_span)] == each.before
        assert clean[slice(*each.clean_span)] == each.after
        assert not each.kept or each.before == each.after != ""


@given(st.data())
def test_every_applied_edit_is_in_one_segment_and_the_others_in_none(articles, data):
    _, clean, log = data.draw(articles())
    trace = trace_edits(clean, log)
    logged = [(stage.name, edit) for stage in log.stages for edit in stage.edits]
    assert [(each.stage, each.edit) for each in trace.edits] == logged
    in_segments = [each for segment in trace.segments for each in segment.edits]
    assert len(in_segments) + len(trace.marks) == len(trace.edits)
    assert sorted(map(trace.edits.index, in_segments)) == sorted(
        trace.edits.index(each) for each in trace.edits if each.edit.state == "applied"
    )


@given(st.data())
def test_the_spans_of_an_edit_are_inside_its_segment(articles, data):
    _, clean, log = data.draw(articles())
    for segment in trace_edits(clean, log).segments:
        for each in segment.edits:
            assert within(each.raw_span, segment.raw_span)
            assert within(each.clean_span, segment.clean_span)


@given(st.data())
def test_an_edit_alone_in_its_segment_is_that_segment(articles, data):
    _, clean, log = data.draw(articles())
    for segment in trace_edits(clean, log).segments:
        if len(segment.edits) == 1:
            (only,) = segment.edits
            assert (segment.before, segment.after) == (only.edit.before, only.edit.after)
            assert (segment.raw_span, segment.clean_span) == (only.raw_span, only.clean_span)


@given(st.data())
def test_the_span_of_an_unapplied_edit_in_kept_text_is_what_it_would_replace(articles, data):
    _, clean, log = data.draw(articles())
    trace = trace_edits(clean, log)
    for each in trace.marks:
        for segment in trace.segments:
            both_in = within(each.raw_span, segment.raw_span) and within(each.clean_span, segment.clean_span)
            if segment.kept and each.clean_span[0] < each.clean_span[1] and both_in:
                assert trace.raw[slice(*each.raw_span)] == clean[slice(*each.clean_span)] == each.edit.before


def test_overlapping_edits_of_several_stages_are_one_change(by_stages):
    _, clean, log = by_stages(
        "Tbe overseas mini\u200bstry.",
        one=[("\u200b", ""), ("Tbe", "The")],
        two=[("overseas ministry", "foreign office")],
    )
    trace = trace_edits(clean, log)
    changes = [
        (each.before, each.after, [edit.stage for edit in each.edits]) for each in trace.segments if not each.kept
    ]
    assert changes == [("Tbe", "The", ["one"]), ("overseas mini\u200bstry", "foreign office", ["one", "two"])]


def test_adjacent_edits_stay_separate(by_stages):
    _, clean, log = by_stages("an overseas trip", one=[("overseas", "foreign")], two=[("an", "a"), (" ", "\u00a0")])
    changes = [each.before for each in trace_edits(clean, log).segments if not each.kept]
    assert changes == ["an", " ", "overseas"]


def test_an_insertion_in_place_of_a_deletion_is_one_change(by_stages):
    _, clean, log = by_stages("<br>One. Two.", one=[("<br>", "")], two=[("", "* ")])
    first = trace_edits(clean, log).segments[0]
    assert (first.before, first.after, [each.stage for each in first.edits]) == ("<br>", "* ", ["one", "two"])


def test_a_changed_text_and_a_changed_log_are_rejected(by_stages):
    _, clean, log = by_stages("an overseas trip", one=[("overseas", "foreign")])
    with pytest.raises(TextChangedError):
        trace_edits(clean + "!", log)
    edit = msgspec.structs.replace(log.stages[0].edits[0], after="farther")
    stages = (msgspec.structs.replace(log.stages[0], edits=(edit,)),)
    with pytest.raises(LogError):
        trace_edits(clean, msgspec.structs.replace(log, stages=stages))
