"""Test the ocr stage on sentences of our own with typical OCR errors."""

import re
from pathlib import Path

import msgspec
import pytest

from clean_news.article import Article
from clean_news.edits import apply, invert
from clean_news.settings import Settings
from clean_news.stages import Proposal
from clean_news.stages.ocr import stage

SHORT = Settings(min_words=1)  # the cases are single sentences
RAW = Path(__file__).parents[2] / "raw"
SCAN = (
    "Tho steamer Warrigal, which was to leavo for Sydney at noon yesterday, was detained at tbe wharf by a firc in "
    "thc hold. Tlie captain said that ho had seen smoke coming from tho hatch shortly boforo ten o'clock, aud that "
    "tho crew wero at once put to tho pumps. No lives wero lost, but tho damage to tho cargo is said to bo heavy. "
    "The vessel is insured iu London for tho sum of six thousand pounds."
)


NAME = re.compile(r"[A-Z]\w+")


def proposed(text: str, settings: Settings = SHORT) -> Proposal:
    return stage.propose(Article(text), settings)


def applied(text: str, settings: Settings = SHORT) -> list:
    edits = proposed(text, settings).edits
    return [edit for edit in edits if edit.state == "applied" and edit.confidence >= settings.apply_from]


def repaired(text: str, settings: Settings = SHORT) -> str:
    return apply(text, applied(text, settings))


def test_case(case: dict[str, str]) -> None:
    edits = applied(case["raw"])
    assert apply(case["raw"], edits) == case["clean"]
    assert apply(case["clean"], invert(edits)) == case["raw"]
    assert repaired(case["clean"]) == case["clean"]


@pytest.mark.parametrize("rule", stage.RULES, ids=lambda rule: rule.code)
def test_rule(rule: stage.Rule) -> None:
    settings = Settings(min_words=1)
    assert repaired(rule.before, settings) == rule.after
    assert {edit.rule for edit in applied(rule.before, settings)} == {rule.code}
    assert all(repaired(text, settings) == text for text in rule.keeps)
    off = Settings(min_words=1, rules_off=(rule.code,))
    assert rule.code not in {edit.rule for edit in proposed(rule.before, off).edits}


def test_a_scanned_article() -> None:
    proposal = proposed(SCAN, Settings())
    assert proposal.held_off is None
    assert proposal.document["scanned"] > 0.99
    assert repaired(SCAN, Settings()) == (
        "The steamer Warrigal, which was to leave for Sydney at noon yesterday, was detained at the wharf by a fire in "
        "the hold. The captain said that he had seen smoke coming from the hatch shortly before ten o'clock, and that "
        "the crew were at once put to the pumps. No lives were lost, but the damage to the cargo is said to be heavy. "
        "The vessel is insured in London for the sum of six thousand pounds."
    )


def test_every_edit_has_evidence() -> None:
    for edit in proposed(SCAN).edits:
        assert 0 < edit.confidence <= 1
        assert SCAN[edit.start : edit.end] == edit.before != edit.after
        assert edit.evidence["candidates"][edit.after] == pytest.approx(edit.evidence["posterior"], abs=1e-4)
        assert edit.before in edit.evidence["context"]
        assert msgspec.json.decode(msgspec.json.encode(edit))["before"] == edit.before


@pytest.mark.parametrize("path", sorted(RAW.glob("*genuine*.txt")), ids=lambda path: path.name)
def test_an_article_that_was_never_scanned_is_skipped_with_a_reason(path: Path) -> None:
    proposal = proposed(path.read_text(encoding="utf-8"), Settings())
    assert proposal.edits == []
    assert proposal.document["scanned"] < 0.1
    assert "never scanned" in (proposal.held_off or "")


def test_ten_words_are_too_few() -> None:
    proposal = proposed("Tho steamer left tho wharf nt noon, aud was lost.", Settings())
    assert proposal.edits == []
    assert proposal.held_off == "only 10 words; too few to tell, fewer than min-words = 60"


@pytest.mark.parametrize(
    "text",
    [
        "El vapor salió del muelle al mediodía y se perdió en la niebla, según dijo el capitán del puerto. " * 8,
        "Der Dampfer verließ die Werft am Mittag und ging im Nebel verloren, wie der Kapitän mitteilte. " * 8,
        "Le vapeur a quitté le quai à midi et s'est perdu dans la brume, a dit le capitaine du port. " * 8,
        "Пароход вышел от пристани в полдень и пропал в тумане, сообщил капитан порта в тот же вечер. " * 8,
    ],
)
def test_other_languages_are_skipped(text: str) -> None:
    proposal = proposed(text, Settings())
    assert proposal.edits == []
    assert "not English" in (proposal.held_off or "")


def test_protected_words_and_phrases_are_kept() -> None:
    cleaned = repaired(SCAN, Settings(protect=("Tlie captain", "firc")))
    assert "Tlie captain said that he" in cleaned
    assert "a firc in the hold" in cleaned


def test_unusual_texts() -> None:
    for text in ("", " \n", "»«", "tho " * 70, SCAN.upper(), "\n".join(SCAN), SCAN.replace(" ", "\n"), "\u200b" + SCAN):
        edits = applied(text)
        assert apply(apply(text, edits), invert(edits)) == text


@pytest.mark.parametrize(
    ("gap", "word"),
    [
        ("di ff cult", "difficult"),
        ("su ffi cient", "sufficient"),
        ("o ffi cial", "official"),
        ("e ff ective", "effective"),
        ("con fl icting", "conflicting"),
    ],
)
def test_gaps_around_ligatures_are_closed(gap: str, word: str) -> None:
    text = "The council found tho plan {} and put it off until the next meeting."
    assert repaired(text.format(gap)) == text.format(word).replace("tho ", "the ")


@pytest.mark.parametrize("level", ["normal", "bold"])
@pytest.mark.parametrize(
    "text",
    [
        "The bill was moved by Senator leiuitin of Ohio, and the vote was put off.",
        "A man of the name of ruong, who keeps a store, said that he was robbed.",
        "The paiillae plant will be shut on Friday, and the Buickley plant on Monday.",
        "A column drove north from eoul to the river, and met Mr. Bussell there.",
        "Mrs. Truang of Eowley spoke of the Feinstone bill and of the mill at Cadillas.",
        "The men did not recog - nize the captain.",
    ],
)
def test_names_are_not_invented_in_a_scan(text: str, level: str) -> None:
    found = repaired(f"{SCAN} {text}", Settings(level=level))
    if level == "normal":
        assert found.endswith(text)
    else:  # a bold reading may take an ordinary word for what stands there, but no name
        assert NAME.findall(found[-len(text) :]) == NAME.findall(text)
