"""Decisions in a run: applied, detected on a rerun, reported if they match no edit, merged."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from clean_news import decisions as decision_records
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.change_log import read
from clean_news.cli.app import app
from clean_news.decisions import Decision, decision_on
from clean_news.edits import Edit
from clean_news.settings import Settings


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    raw = tmp_path / "raw"
    raw.mkdir()
    source = next(Path(__file__).parents[2].glob("raw/02-*.txt"))
    (raw / "a.txt").write_bytes(source.read_bytes())
    (raw / "b.txt").write_bytes(source.read_bytes())
    return raw, tmp_path / "clean"


def edits(clean: Path, name: str = "a.txt") -> list[Edit]:
    log = read((clean / f"{name}.changes.json").read_bytes(), name)
    return [edit for stage in log.stages for edit in stage.edits]


def store(path: Path, *decisions: Decision) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(decision_records.write(decisions))
    return path


def test_a_rejected_edit_is_reverted_and_nothing_else_changes(folders: tuple[Path, Path]) -> None:
    raw, clean = folders
    run(raw, clean, RunOptions(Settings()))
    before = (clean / "a.txt").read_text()
    edit = next(edit for edit in edits(clean) if edit.rule == "SPIN001" and edit.state == "applied")
    store(clean / ".clean-news" / "decisions.jsonl", decision_on(edit, "a.txt", "reject", "article", by="Ada"))
    summary = run(raw, clean, RunOptions(Settings()))
    assert (summary.cleaned, summary.unchanged, summary.unmet) == (1, 1, [])
    after = (clean / "a.txt").read_text()
    assert after != before
    assert len(after.split()) - len(before.split()) == len(edit.before.split()) - len(edit.after.split())
    assert (clean / "b.txt").read_text() == before
    assert run(raw, clean, RunOptions(Settings())).unchanged == 2
    (clean / ".clean-news" / "decisions.jsonl").unlink()
    run(raw, clean, RunOptions(Settings()))
    assert (clean / "a.txt").read_text() == before


def test_the_next_run_of_the_same_process_reads_new_decisions(folders: tuple[Path, Path]) -> None:
    raw, clean = folders
    run(raw, clean, RunOptions(Settings()))
    edit = next(edit for edit in edits(clean) if edit.rule == "SPIN001" and edit.state == "applied")
    for action, state in (("reject", "rejected"), ("accept", "applied")):
        decision = decision_on(edit, "a.txt", action, "article", by="Ada")
        store(clean / ".clean-news" / "decisions.jsonl", decision)
        assert run(raw, clean, RunOptions(Settings())).cleaned == 1
        assert next(each.state for each in edits(clean) if each.id == edit.id) == state


def test_a_dry_run_applies_the_decisions(folders: tuple[Path, Path]) -> None:
    raw, clean = folders
    before = run(raw, clean, RunOptions(Settings())).total("applied")
    edit = next(edit for edit in edits(clean) if edit.rule == "SPIN001" and edit.state == "applied")
    store(clean / ".clean-news" / "decisions.jsonl", decision_on(edit, "a.txt", "reject", "article", by="Ada"))
    assert run(raw, None, RunOptions(Settings()), project=clean).total("applied") < before


def test_unmatched_decisions_are_reported(folders: tuple[Path, Path]) -> None:
    raw, clean = folders
    lost = Decision(
        action="reject",
        scope="everywhere",
        id="0",
        article="a.txt",
        rule="SPIN001",
        before="no",
        after="such",
        by="Ada",
    )
    path = store(raw.parent / "mine" / "decisions.jsonl", lost)
    summary = run(raw, clean, RunOptions(Settings(), decisions=(path,)))
    assert summary.unmet == ["SPIN001 'no' → 'such': reject everywhere (Ada)"]
    assert "SPIN001 'no' → 'such'" in (clean / ".clean-news" / "summary.md").read_text()
    checked = CliRunner().invoke(app, ["decisions", "check", str(clean), str(path)])
    assert (checked.exit_code, checked.stdout) == (1, f"{summary.unmet[0]}\n")


def test_an_invalid_file_of_decisions_stops_the_run_before_it_begins(folders: tuple[Path, Path]) -> None:
    raw, clean = folders
    wrong = raw.parent / "wrong.jsonl"
    wrong.write_text('{"action": "reject"}\n')
    result = CliRunner().invoke(app, [str(raw), str(clean), "--decisions", str(wrong)])
    assert result.exit_code == 2
    assert "wrong.jsonl, line 1: is not a decision" in result.stderr
    assert not clean.exists()


def test_decisions_of_two_reviewers_are_merged_and_conflicts_listed(tmp_path: Path) -> None:
    edit = Edit("SPIN001", (0, 1), "abroad", "overseas", id="77")
    ada = decision_on(edit, "a.txt", "reject", "everywhere", by="Ada", at="2026-01-01T10:00:00+00:00")
    bob = decision_on(edit, "a.txt", "accept", "everywhere", by="Bob", at="2026-01-02T10:00:00+00:00")
    own = decision_on(edit, "b.txt", "replace", "article", "elsewhere", by="Bob", at="2026-01-02T10:00:00+00:00")
    one, other = store(tmp_path / "1" / "d.jsonl", ada), store(tmp_path / "2" / "d.jsonl", bob, own)
    result = CliRunner().invoke(app, ["decisions", "merge", str(other), str(one), "-o", str(tmp_path / "all.jsonl")])
    assert result.exit_code == 1
    assert result.stdout == "everywhere: SPIN001 'abroad' → 'overseas': accept (Bob) overrides reject (Ada)\n"
    assert set(decision_records.read(tmp_path / "all.jsonl")) == {bob, own}


def test_unusual_line_ends_in_decisions_are_preserved(tmp_path: Path) -> None:
    edit = Edit("CHA001", (0, 3), "a\u2028b", "c\u2029d\x85e\x0bf", 1.0, id="1")
    decision = decision_on(edit, "a.txt", "replace", "article", text="x\u2028\r\ny", by="Ada")
    assert decision_records.read(store(tmp_path / "decisions.jsonl", decision, decision)) == [decision, decision]


def test_a_reviewers_later_decision_is_not_a_conflict() -> None:
    edit = Edit("SPIN001", (0, 1), "abroad", "overseas", id="77")
    first = decision_on(edit, "a.txt", "reject", "once", by="Ada", at="2026-01-01T10:00:00+00:00")
    second = decision_on(edit, "a.txt", "accept", "once", by="Ada", at="2026-01-01T10:00:01+00:00")
    known = decision_records.Decisions([second, first])
    assert known.decision_for(edit, "a.txt") == second
    assert known.conflicts == []
