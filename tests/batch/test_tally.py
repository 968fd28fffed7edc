"""Tallies of change logs: merging in any order gives the same counts, and lists are bounded."""

from hypothesis import given, settings
from hypothesis import strategies as st

from clean_news.batch import tally
from clean_news.batch.tally import Tally
from clean_news.change_log import ChangeLog, StageLog
from clean_news.charsets.decoding import Decoding
from clean_news.edits import Edit

DOCUMENTS = (
    {},
    {"spun": 0.9},
    {"spun": 0.1, "scanned": 1},
    {"spun": "no number", "verdict": ["no verdict"]},
    {"verdict": "spun", "family": {"g": 0.2, "a": 0.7}},
    {"verdict": "genuine", "family": {"a": 0.7}},
    {"verdict": "spun", "family": {"a": "no number"}},
)
STATES = ("applied", "suggested", "rejected")


@st.composite
def logs(draw):
    """A change log with edits, judgements, a note, and perhaps a skipped stage."""
    edits = [
        Edit(draw(st.sampled_from(["SPIN001", "OCR001"])), (0, 1), "a", "b", 0.5, state=draw(st.sampled_from(STATES)))
        for _ in range(draw(st.integers(0, 4)))
    ]
    held_off = draw(st.sampled_from([None, "it has 3 words (of 60)", "it has 4 words (of 60)", "not English"]))
    return log_with(
        draw(st.text(max_size=3)),
        StageLog("spin", tuple(edits), held_off),
        document=draw(st.sampled_from(DOCUMENTS)),
        note=draw(st.sampled_from(["", "the article is empty"])),
    )


def log_with(name, *stages, document=None, note=""):
    """The change log of an article."""
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


def tally_of(found):
    total = Tally()
    for log in found:
        total.add_log(log)
    return total


@settings(deadline=None)
@given(st.lists(logs(), max_size=8), st.integers(0, 8))
def test_merged_tallies_equal_the_total(found, place):
    merged = tally_of(found[:place])
    merged.merge(tally_of(found[place:]))
    assert merged == tally_of(found)
    assert sum(merged.total(state) for state in STATES) == sum(len(log.stages[0].edits) for log in found)


@settings(deadline=None)
@given(st.lists(logs(), max_size=8), st.integers(0, 8))
def test_lists_are_bounded_and_count_the_rest(found, place):
    before, tally.MAX_NAMES = tally.MAX_NAMES, 2
    try:
        bounded = tally_of(found[:place])
        bounded.merge(tally_of(found[place:]))
    finally:
        tally.MAX_NAMES = before
    unbounded = tally_of(found)
    assert len(bounded.spun) <= 2
    assert bounded.spun == unbounded.spun[:2]
    assert bounded.number("spun", bounded.spun) == len(unbounded.spun)


def test_only_numbers_are_probabilities():
    assert [tally.probability(fact) for fact in (0.25, 1, "0.9", None)] == [0.25, 1.0, None, None]


def test_reasons_are_counted_without_their_numbers():
    reasons = ("it has 3 words (of 60)", "it has 41 words (of 60)")
    held_off = tally_of([log_with("a", StageLog("spin", held_off=reason)) for reason in reasons]).held_off
    assert held_off == {"spin": {"it has N words": 2}}


def test_verdicts_and_families_are_counted():
    total = tally_of(log_with(str(number), document=document) for number, document in enumerate(DOCUMENTS))
    assert total.verdicts == {"spun": 2, "genuine": 1}
    assert total.families == {"a": 1, "unnamed": 1}
