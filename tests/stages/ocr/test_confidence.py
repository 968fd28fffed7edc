"""Test the confidences of the first pass over scans."""

from pathlib import Path

import pytest

from clean_news.edits import Edit
from clean_news.language.language_model import standard
from clean_news.stages.ocr import confidence
from clean_news.stages.ocr.confidence import ConfidenceError, Evidence
from clean_news.stages.ocr.names import page_of

TEXT = "The inaiiager of tho mine went down with Mr. Brownlie and the Brownlie boys to tne pit-\nhead."


def edit_of(before: str, after: str, rule: str = "OCR001", posterior: float = 0.999, **others: float) -> Edit:
    start = TEXT.index(before)
    evidence = {"posterior": posterior, "candidates": {after: posterior, **others}}
    return Edit(rule, (start, start + len(before)), before, after, evidence=evidence)


def evidence_of(edit: Edit) -> Evidence:
    return confidence.evidence(edit, page_of(TEXT, 0.06, standard()))


def confidence_of(edit: Edit, share: float = 0.06) -> float:
    (found,) = confidence.calibrated([edit], page_of(TEXT, share, standard()))
    return found.confidence


def test_the_evidence() -> None:
    found = evidence_of(edit_of("tho", "the", tho=0.0005))
    assert (found.constant, found.short, found.known, found.name, found.single) == (1, 1, 0, 0, 0)
    assert found.posterior == confidence.TURN
    assert 2 < found.surety < 4
    assert found.share == 0
    assert evidence_of(edit_of("tho", "t ho")).splits
    assert evidence_of(edit_of("went down", "wentdown", "OCR003")).joins
    assert evidence_of(edit_of("pit", "pita")).line_end
    assert evidence_of(edit_of("Brownlie", "Brownlee")).name_repeated
    assert evidence_of(edit_of("tho", "Brownlie")).name_elsewhere
    assert evidence_of(edit_of("tho", "xqz")).unknown


def test_the_confidence_rises_with_the_posterior() -> None:
    found = [confidence_of(edit_of("inaiiager", "manager", posterior=posterior)) for posterior in (0.2, 0.9, 0.999)]
    assert found == sorted(found)
    assert found[0] < 0.67 < found[-1] <= confidence.MAX_CONFIDENCE


def test_of_equal_posteriors_some_kinds_of_edits_are_less_sure() -> None:
    sure = confidence_of(edit_of("inaiiager", "manager"))
    assert confidence_of(edit_of("inaiiager", "in rage")) < sure
    assert confidence_of(edit_of("Brownlie", "Brownlee")) < sure
    assert confidence_of(edit_of("inaiiager", "mxqager")) < sure
    assert confidence_of(edit_of("inaiiager", "manager"), share=0.3) < sure


def test_the_long_s_keeps_its_posterior() -> None:
    assert confidence_of(edit_of("tho", "the", "OCR005", posterior=0.4)) == 0.4


def test_weights_are_written_and_read(tmp_path: Path) -> None:
    weights = Evidence(*(round(0.25 * number - 3, 2) for number in range(len(Evidence._fields))))
    confidence.write(tmp_path / "weights.tsv", weights)
    assert confidence.read(tmp_path / "weights.tsv") == weights


@pytest.mark.parametrize("text", ["", "constant\t1\n", "constant\tone\n", "surprise\t1\n", "constant 1\n"])
def test_a_malformed_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "weights.tsv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfidenceError, match="one line each for constant, posterior"):
        confidence.read(path)
