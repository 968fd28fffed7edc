"""The setting log-detail: what is left out of logs, and that nothing is lost that reverting and reviewing need."""

import json
from pathlib import Path

import msgspec
import pytest

from clean_news import Cleaner, revert
from clean_news.change_log import check, read, write
from clean_news.change_log.detail import MIN_CANDIDATE_PROBABILITY, SAID_ELSEWHERE, evidence_shown
from clean_news.provenance import provenance
from clean_news.settings import Settings

RAW = sorted((Path(__file__).parents[1] / "raw").glob("*.txt"))
REDUCED = ("standard", "minimal")


def logs(detail):
    cleaner = Cleaner(log_detail=detail)
    return [cleaner.clean(path.read_bytes(), path.name) for path in RAW]


def edits_of(log):
    return [edit for stage in log.stages for edit in stage.edits]


@pytest.fixture(scope="module")
def full():
    return logs("full")


@pytest.mark.parametrize("detail", REDUCED)
def test_nothing_that_matters_is_left_out(detail, full):
    for path, cleaned, whole in zip(RAW, logs(detail), full, strict=True):
        line = write(cleaned.log)
        log = read(line, "log")
        assert log == cleaned.log
        assert log.detail == detail
        assert check(cleaned.text, log, "log").raw == path.read_bytes()
        assert revert(cleaned.text, log) == path.read_bytes()
        plain = [msgspec.structs.replace(edit, evidence={}) for edit in edits_of(log)]
        assert plain == [msgspec.structs.replace(edit, evidence={}) for edit in edits_of(whole.log)]
        assert {stage.name: stage.held_off for stage in log.stages if stage.held_off} == {
            stage.name: stage.held_off for stage in whole.log.stages if stage.held_off
        }
        assert (log.document, log.metadata, log.publication) == (
            whole.log.document,
            whole.log.metadata,
            whole.log.publication,
        )


def test_candidates_that_were_not_chosen_are_kept_unless_minimal(full):
    for standard, minimal, whole in zip(logs("standard"), logs("minimal"), full, strict=True):
        for edit, other in zip(edits_of(standard.log), edits_of(whole.log), strict=True):
            wanted = other.evidence.get("candidates", {})
            kept = edit.evidence.get("candidates", {})
            others = {text for text, each in wanted.items() if text != edit.after and each >= MIN_CANDIDATE_PROBABILITY}
            assert kept.keys() - {edit.after} == others
            shown = evidence_shown(edit).get("candidates", {})
            assert shown == {text: wanted[text] for text in shown}
            assert next(iter(shown), edit.after) == edit.after
            assert edit.evidence.keys().isdisjoint(SAID_ELSEWHERE)
        assert all("candidates" not in edit.evidence for edit in edits_of(minimal.log))


def test_half_of_the_room(full):
    def size(cleaned):
        return sum(len(write(each.log)) for each in cleaned)

    assert size(logs("standard")) <= 0.5 * size(full)
    assert size(logs("minimal")) < size(logs("standard"))


def test_defaults_are_not_written_in_reduced_logs():
    cleaned = Cleaner(log_detail="standard").clean(RAW[1].read_bytes())
    written = [edit for stage in json.loads(write(cleaned.log))["stages"] for edit in stage.get("edits", ())]
    assert any("state" not in edit for edit in written)
    assert all(edit.get("state") != "applied" and edit.get("confidence") != 1.0 for edit in written)
    assert json.loads(write(cleaned.log))["decoding"] == {"codec": "utf-8", "why": "valid UTF-8"}


def test_one_digest_stands_for_all_dictionaries_and_changes_with_each(tmp_path):
    before = provenance(Settings(log_detail="standard"))
    assert list(before.dictionaries) == ["all"]
    (tmp_path / "own.tsv").write_text("harbour\tnoun\thaven\n", encoding="utf-8")
    own = provenance(Settings(log_detail="standard", dictionary=(str(tmp_path / "own.tsv"),)))
    assert own.dictionaries != before.dictionaries
    whole = provenance(Settings(log_detail="full"))
    assert whole.settings_sha256 != before.settings_sha256
    assert len(whole.dictionaries) > 5
    assert provenance(Settings()) == before


def test_a_log_that_does_not_say_is_full(full):
    assert b'"detail"' not in write(full[0].log)
    assert read(write(full[0].log), "log").detail == "full"
