"""The stage with a second opinion: what the log says, what is never asked, and what it does to scans of our own."""

import os
import re
import sys
from itertools import pairwise
from pathlib import Path

import pytest
import tiny_model
from rapidfuzz.distance import Levenshtein

from clean_news.article import Article
from clean_news.edits import Edit, apply, invert
from clean_news.language.neural import weights_file
from clean_news.settings import Settings
from clean_news.stages import opinion_model
from clean_news.stages.ocr import stage
from clean_news.stages.ocr.second_opinion import asking

TESTS = Path(__file__).parents[3]
PRINTED = (
    "The members of the council met at the hall on Tuesday evening to hear the report of the committee on the new "
    "bridge. The chairman said that the work had been delayed by the rain, and that timber was still lying at the "
    "wharf. It was resolved that the engineer should be asked to attend the next meeting, and to bring with him the "
    "plans of the approaches."
)
DAMAGE = {
    "The members": "Tlio mernbcrs", "evening": "ovoning", "report of the": "ropoit ofthc", "hear": "hoar",
    "committee on": "com mittoo ou", "had been": "hadboon", "delayed": "dolaycd", "work": "wosk",
    "rain, and": "ram. aud", "still": "stili", "resolved": "icsolvod", "engineer": "onginoor", "bring": "biing",
    "meeting, and": "mooting. aud", "with him": "witli liim", "plans": "pians",
}  # fmt: skip
SCAN = PRINTED
for printed, read in DAMAGE.items():
    SCAN = SCAN.replace(printed, read)


@pytest.fixture(scope="module")
def tiny_file(tmp_path_factory) -> Path:
    pytest.importorskip("onnxruntime", reason="the extra neural is not installed")
    return tiny_model.write(tmp_path_factory.mktemp("tiny") / "tiny.gguf")


@pytest.fixture(scope="module")
def auto() -> str:
    pytest.importorskip("onnxruntime", reason="the extra neural is not installed")
    try:
        weights_file.located("auto")
    except weights_file.NeuralModelError as error:
        pytest.skip(f"the weights are not installed: {error}")
    return "auto"


def proposed(choice: object, text: str = SCAN, **settings: object) -> stage.Proposal:
    return stage.propose(Article(text), Settings(min_words=0, second_opinion=str(choice), **settings))


def repaired(edits: list[Edit], text: str = SCAN) -> str:
    return apply(text, [edit for edit in edits if edit.state == "applied" and edit.confidence >= Settings().apply_from])


@pytest.fixture(scope="module")
def by_tiny(tiny_file: Path) -> stage.Proposal:
    return proposed(tiny_file)


def test_the_log_has_both_opinions_and_the_model(by_tiny: stage.Proposal) -> None:
    found = by_tiny
    assert found.document[opinion_model.FACT]["model"] == "Tiny"
    assert found.document[opinion_model.FACT]["words"] == len(SCAN.split())
    own = [edit for edit in found.edits if opinion_model.EVIDENCE in edit.evidence]
    assert own
    before = {(edit.span, edit.after) for edit in proposed("off").edits if edit.confidence >= Settings().apply_from}
    for edit in own:
        opinions = edit.evidence[opinion_model.EVIDENCE]
        assert set(opinions) == {"n_grams", "neural", "differ"}
        assert 0 <= opinions["n_grams"] <= 1
        is_applied = edit.state == "applied" and edit.confidence >= Settings().apply_from
        if (edit.span, edit.after) in before:
            assert opinions["differ"] == (not is_applied)


def test_its_edits_are_in_order_and_can_be_undone(tiny_file: Path, by_tiny: stage.Proposal) -> None:
    edits = by_tiny.edits
    assert all(one.end <= other.start for one, other in pairwise(edits))
    assert all(SCAN[edit.start : edit.end] == edit.before != edit.after for edit in edits)
    assert apply(apply(SCAN, edits), invert(edits)) == SCAN
    assert edits == proposed(tiny_file).edits, "the same text gives the same edits"


def test_off_is_as_if_there_were_no_such_setting(monkeypatch) -> None:
    monkeypatch.setattr(asking, "ask", None)
    found = proposed("off")
    assert opinion_model.FACT not in found.document
    assert all(opinion_model.EVIDENCE not in edit.evidence for edit in found.edits)


def test_what_was_printed_right_and_what_has_no_second_pass_is_not_asked(tiny_file: Path, monkeypatch) -> None:
    monkeypatch.setattr(asking, "ask", None)
    assert proposed(tiny_file, PRINTED).edits == []
    assert proposed(tiny_file, rules_off=("OCR006",)).edits


def test_protected_words_stay(tiny_file: Path) -> None:
    found = proposed(tiny_file, protect=("wosk", "mernbcrs"), apply_from=0.0).edits
    assert not [edit for edit in found if "wosk" in edit.before or "mernbcrs" in edit.before]


def test_scans_are_repaired_better(auto: str) -> None:
    off, on = (repaired(proposed(choice).edits) for choice in ("off", auto))
    assert Levenshtein.distance(on, PRINTED) < Levenshtein.distance(off, PRINTED) < Levenshtein.distance(SCAN, PRINTED)


PAGE_MARK = re.compile(r"\{([^{}|]+)\|([^{}]*)\}")
PAGES = sorted((TESTS / "gold" / "scan-names").glob("*.txt"))
SOME = [path for path in PAGES if path.stem == "mild-09-city"]  # it tempts most


@pytest.mark.parametrize("path", PAGES if os.environ.get("CLEAN_NEWS_FULL") else SOME, ids=lambda path: path.stem)
def test_no_name_is_invented(auto: str, path: Path) -> None:
    sys.path.insert(0, str(TESTS))
    from test_scan_names import invented, ocr_edits, page_of

    page = page_of(path)
    assert invented(page, ocr_edits(page, Settings(stages=("ocr",), second_opinion=auto))) == []
