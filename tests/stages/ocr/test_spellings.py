"""Dialect and early modern English are left alone, and scans are not taken for them."""

import json
from pathlib import Path

import pytest

from clean_news.article import Article
from clean_news.language import vocabulary
from clean_news.settings import Settings
from clean_news.stages.ocr import scan_gate, spellings, stage

OWN = json.loads((Path(__file__).parents[2] / "cases" / "ocr" / "own-spelling.json").read_text(encoding="utf-8"))
NARRATION = (
    "The road to the harbour runs along the cliff for a mile, and then turns inland between two farms. Nobody had used "
    "it since the storm, and the grass had grown over the wheel tracks. The keeper walked ahead with the lamp, and "
    "waited at every gate until the others had caught up with him. "
)
SCAN = (
    "Tho steamer was to leavo for Sydney at noon yesterday, and was detained at tbe wharf by a firc in thc hold. Tlie "
    "captain said that ho had seen smoke coming from tho hatch shortly boforo ten o'clock, aud that tho crew wero at "
    "once put to tho pumps."
)


def proposed(text: str) -> stage.Proposal:
    return stage.propose(Article(text), Settings(min_words=1))


@pytest.mark.parametrize("own", OWN, ids=[own["why"] for own in OWN])
@pytest.mark.parametrize("times", [0, 3], ids=["alone", "within a story"])
def test_a_text_in_its_own_spelling_is_left_alone(own: dict[str, str], times: int) -> None:
    found = proposed(NARRATION * times + own["raw"])
    assert found.edits == []
    spelling = "early modern English" if "early" in own["why"] else "dialect"
    assert found.held_off == f"judged {spelling}, whose words look misread"
    assert found.document["spelling"] == spelling


def test_a_scan_is_not_taken_for_dialect() -> None:
    found = proposed(SCAN)
    assert found.held_off is None
    assert found.edits
    assert "spelling" not in found.document


def test_a_few_words_of_dialect_in_a_scan_do_not_hide_it() -> None:
    assert proposed(f"{SCAN} The pilot said he wad bide a wee and gang hame the morn.").edits


def test_one_foreign_word_makes_no_scan() -> None:
    quoted = "“Zip, nada, nyet, nul,” the chairman said of what the other side had offered. "
    found = proposed(quoted + NARRATION)
    assert found.edits == []
    assert found.document["clear_misreadings"] == 1


def test_lines_in_another_language_make_no_scan_and_stay_in_one() -> None:
    swedish = "Båten till ön går inte på måndag och ingen vet när det blir bättre väder för resan."
    assert proposed(f"{NARRATION}\n\n{swedish}\n\n{NARRATION}").edits == []
    found = proposed(f"{SCAN}\n\n{swedish}\n\n{SCAN}")
    assert found.edits
    line = range(len(SCAN) + 2, len(SCAN) + 2 + len(swedish))
    assert not [edit for edit in found.edits if edit.start in line]


@pytest.mark.parametrize("word", ["vpon", "vnto", "witnesse", "countrie", "olde"])
def test_early_spellings(word: str) -> None:
    assert spellings.is_early(word)


@pytest.mark.parametrize("word", ["tbe", "aud", "vcry", "firc", "ve", "boforo", "lcavc", "tlio", "wliile"])
def test_misread_words_are_no_early_spellings(word: str) -> None:
    assert not spellings.is_early(word)


def test_the_list_has_only_words_that_no_other_list_has() -> None:
    listed = spellings.dialect_words()
    assert len(listed) > 2000
    assert listed.isdisjoint(vocabulary.standard().words)


def test_words_are_counted_once() -> None:
    unknown = scan_gate.unknown("He saw the thegither thegither thegither sign.").words
    assert unknown == {"thegither"}
    assert spellings.own_spelling(unknown) == ""
