"""The figures of many logs: they add up whatever way they are merged, and their lists are bounded."""

from hypothesis import given, settings
from hypothesis import strategies as st

from clean_news.batch import tally
from clean_news.batch.tally import Tally
from clean_news.change_log import ChangeLog, StageLog
from clean_news.charsets.decoding import Decoding
from clean_news.edits import Edit

STATES = ("applied", "suggested", "rejected")


@st.composite
def logs(draw):
    """A log with some edits, judgements, a note, a stage that held off."""
    edits = [
        Edit(draw(st.sampled_from(["SPIN001", "OCR001"])), (0, 1), "a", "b", 0.5, state=draw(st.sampled_from(STATES)))
        for _ in range(draw(st.integers(0, 4)))
    ]
    held_off = draw(st.sampled_from([None, "it has 3 words (of 60)", "it has 4 words (of 60)", "not English"]))
    return made(
        draw(st.text(max_size=3)),
        StageLog("spin", tuple(edits), held_off),
        document=draw(st.sampled_from([{}, {"spun": 0.9}, {"spun": 0.1, "scanned": 1}, {"spun": "no number"}])),
        note=draw(st.sampled_from(["", "the article is empty"])),
    )


def made(name, *stages, document=None, note=""):
    """The log of an article."""
    return ChangeLog(
        id=name,
        source="",
        raw_sha256="",
        clean_sha256="",
        version="",
        settings_sha256="",
        dictionaries={},
        decoding=Decoding("utf-8"),
        document=document or {},
        metadata={},
        stages=stages,
        note=note,
    )


def of(found):
    whole = Tally()
    for log in found:
        whole.add_log(log)
    return whole


@settings(deadline=None)
@given(st.lists(logs(), max_size=8), st.integers(0, 8))
def test_parts_merge_to_the_whole(found, place):
    merged = of(found[:place])
    merged.merge(of(found[place:]))
    assert merged == of(found)
    assert sum(merged.total(state) for state in STATES) == sum(len(log.stages[0].edits) for log in found)


@settings(deadline=None)
@given(st.lists(logs(), max_size=8), st.integers(0, 8))
def test_lists_hold_so_many_names_and_count_the_others(found, place):
    before, tally.MAX_NAMES = tally.MAX_NAMES, 2
    try:
        bounded = of(found[:place])
        bounded.merge(of(found[place:]))
    finally:
        tally.MAX_NAMES = before
    unbounded = of(found)
    assert len(bounded.spun) <= 2
    assert bounded.spun == unbounded.spun[:2]
    assert bounded.number("spun", bounded.spun) == len(unbounded.spun)


def test_what_is_no_number_is_no_probability():
    assert [tally.probability(fact) for fact in (0.25, 1, "0.9", None)] == [0.25, 1.0, None, None]


def test_reasons_are_counted_whatever_their_figures():
    reasons = ("it has 3 words (of 60)", "it has 41 words (of 60)")
    held_off = of([made("a", StageLog("spin", held_off=reason)) for reason in reasons]).held_off
    assert held_off == {"spin": {"it has N words": 2}}
