"""Reversal of spinning, on articles written for these tests."""

from pathlib import Path

import msgspec
import pytest

from clean_news import edits
from clean_news.article import Article
from clean_news.settings import Settings, from_mapping
from clean_news.stages import Proposal
from clean_news.stages.spin import stage

RAW = Path(__file__).parents[2] / "raw"
SPUN = (RAW / "02-spun-foreign-ministry.txt").read_text(encoding="utf-8")
GENUINE = (RAW / "01-genuine-lighthouse.txt").read_text(encoding="utf-8")


def proposed(text: str, settings: Settings | None = None) -> Proposal:
    return stage.propose(Article(text), settings or Settings())


def repaired(text: str, settings: Settings | None = None) -> str:
    sure = [edit for edit in proposed(text, settings).edits if edit.confidence >= 0.5]
    return edits.apply(text, sure)


@pytest.mark.parametrize(
    ("spun", "original"),
    [
        ("overseas ministry mentioned", "foreign ministry said"),
        ("12 different our bodies", "12 other "),
        ("subsequent month", "next month"),
        ("final week additionally introduced", "last week also announced"),
        ("state-owned financial institution", "state-owned bank"),
        ("brand new commerce settlement", "new trade "),
        ("averted taking sides", "avoided taking sides"),
        ("vitality provide line underneath", "energy supply line under"),
        ("third yr", "third year"),
    ],
)
def test_swapped_words_are_restored(spun: str, original: str) -> None:
    assert spun in SPUN
    cleaned = repaired(SPUN)
    assert spun not in cleaned
    assert original in cleaned


def test_unspun_quotations_are_kept() -> None:
    assert "“We have waited long enough, and our patience is at an end,”" in repaired(SPUN)


def test_a_genuine_article_is_not_changed_and_the_log_has_the_reason() -> None:
    proposal = proposed(GENUINE)
    assert proposal.edits == []
    assert proposal.document["spun"] < 0.1
    assert "genuine" in (proposal.held_off or "")


def test_the_document_setting_overrides_the_estimate() -> None:
    assert proposed(SPUN, from_mapping({"document": "genuine"})).edits == []
    assert proposed(GENUINE, from_mapping({"document": "spun"})).document["spun"] == 1.0


def test_ten_words_are_too_few() -> None:
    proposal = proposed("Its overseas ministry mentioned 12 different our bodies final yr.")
    assert proposal.edits == []
    assert proposal.held_off


@pytest.mark.parametrize(
    "text",
    [
        "El ministerio de Asuntos Exteriores dijo el martes que cerrará su embajada el mes próximo. " * 8,
        "Das Außenministerium teilte am Dienstag mit, dass es seine Botschaft im nächsten Monat schließt. " * 8,
        "Министерство иностранных дел сообщило во вторник, что закроет посольство в следующем месяце. " * 8,
    ],
)
def test_other_languages_are_skipped(text: str) -> None:
    proposal = proposed(text)
    assert proposal.edits == []
    assert "English" in (proposal.held_off or "")


def test_protected_words_are_kept() -> None:
    cleaned = repaired(SPUN, from_mapping({"protect": ["overseas"]}))
    assert "overseas ministry said" in cleaned


def test_the_quotes_setting() -> None:
    spun_quotation = SPUN.replace("our patience is at an end", "our vitality provide is at an finish final yr")
    assert "vitality provide is at an finish final yr" in repaired(spun_quotation, from_mapping({"quotes": "keep"}))
    assert "energy supply" in repaired(spun_quotation, from_mapping({"quotes": "repair"}))


def test_every_edit_has_evidence() -> None:
    for edit in proposed(SPUN).edits:
        assert 0 < edit.confidence <= 1
        assert SPUN[edit.start : edit.end] == edit.before
        assert edit.evidence["candidates"]
        assert edit.before in edit.evidence["context"]
        assert "near" not in edit.evidence
        assert msgspec.json.decode(msgspec.json.encode(edit))["before"] == edit.before


def test_capitals_and_curly_apostrophes_are_preserved() -> None:
    text = SPUN + "\n\nOfficers at Wall Road corporations mentioned it’s the corporate’s determination.\n"
    assert "Wall Street" in repaired(text)
    assert "'" not in repaired(text)
