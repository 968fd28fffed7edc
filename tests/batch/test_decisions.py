"""Decisions in a run: applied, detected on a rerun, reported if they match no edit, merged."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clean_news import decisions as decision_records
from clean_news.batch.keeping_decisions import add_decisions
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.batch.watch import rounds
from clean_news.change_log import read
from clean_news.cleaner import Cleaner
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
    assert result.stdout.splitlines() == [
        "everywhere: SPIN001 'abroad' → 'overseas': accept (Bob) overrides reject (Ada)",
        "b.txt: SPIN001 'abroad' → 'overseas': replace by 'elsewhere' (Bob) overrides reject everywhere (Ada)",
    ]
    assert decision_records.read(tmp_path / "all.jsonl") == [ada, bob, own]  # each one's latest: who disagrees is kept


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


def decided(folders: tuple[Path, Path], action: decision_records.Action, by: str, at: str) -> Path:
    """A file with a decision about an applied edit of a.txt, outside CLEAN."""
    raw, clean = folders
    if not clean.exists():
        run(raw, clean, RunOptions(Settings()))
    edit = next(edit for edit in edits(clean) if edit.rule == "SPIN001")
    return store(raw.parent / by / "d.jsonl", decision_on(edit, "a.txt", action, "article", by=by, at=at))


def test_a_decision_given_once_stays(folders: tuple[Path, Path]) -> None:
    raw, clean = folders
    given = decided(folders, "reject", "Ada", "2026-01-01T10:00:00+00:00")
    own = clean / ".clean-news" / "decisions.jsonl"
    with_it = CliRunner().invoke(app, [str(raw), str(clean), "--decisions", str(given)])
    assert with_it.exit_code == 0
    assert "1 decision in effect" in with_it.stderr
    assert own.read_bytes() == given.read_bytes()
    text = (clean / "a.txt").read_bytes()
    given.unlink()
    plain = CliRunner().invoke(app, [str(raw), str(clean)])
    assert "2 up to date" in plain.stderr
    assert "1 decision in effect" in plain.stderr
    assert (clean / "a.txt").read_bytes() == text


def test_adding_decisions_again_changes_nothing(folders: tuple[Path, Path]) -> None:
    raw, clean = folders
    given = decided(folders, "reject", "Ada", "2026-01-01T10:00:00+00:00")
    own = clean / ".clean-news" / "decisions.jsonl"
    run(raw, clean, RunOptions(Settings(), decisions=(given,)))
    stamp = own.stat()
    summary = run(raw, clean, RunOptions(Settings(), decisions=(given, own, given)))
    assert (own.stat().st_ino, own.stat().st_mtime_ns) == (stamp.st_ino, stamp.st_mtime_ns)
    assert (summary.unchanged, summary.decisions, summary.conflicts) == (2, 1, [])


def test_the_later_of_two_decisions_wins_and_their_conflict_is_listed(folders: tuple[Path, Path]) -> None:
    raw, clean = folders
    late = decided(folders, "accept", "Bob", "2026-01-02T10:00:00+00:00")
    early = decided(folders, "reject", "Ada", "2026-01-01T10:00:00+00:00")
    own = clean / ".clean-news" / "decisions.jsonl"
    own.write_bytes(late.read_bytes().rstrip(b"\n"))
    result = CliRunner().invoke(app, [str(raw), str(clean), "--decisions", str(early)])
    assert ": accept (Bob) overrides reject (Ada)\n" in result.stderr
    assert "1 decision in effect, 1 conflict between decisions" in result.stderr
    assert [each.by for each in decision_records.read(own)] == ["Bob", "Ada"]
    assert next(edit.state for edit in edits(clean) if edit.rule == "SPIN001") == "applied"


@pytest.mark.parametrize("flag", ["--check", "--dry-run"])
def test_without_writing_decisions_are_used_but_not_kept(folders: tuple[Path, Path], flag: str) -> None:
    raw, clean = folders
    given = decided(folders, "reject", "Ada", "2026-01-01T10:00:00+00:00")
    plain = CliRunner().invoke(app, [str(raw), str(clean), flag])
    with_it = CliRunner().invoke(app, [str(raw), str(clean), flag, "--decisions", str(given)])
    assert with_it.stdout != plain.stdout
    assert "1 decision in effect" in with_it.stderr
    assert not (clean / ".clean-news" / "decisions.jsonl").exists()


def test_each_round_of_watching_reads_the_given_file_again(folders: tuple[Path, Path]) -> None:
    raw, clean = folders
    given = decided(folders, "reject", "Ada", "2026-01-01T10:00:00+00:00")
    waiting = [
        lambda: None,
        lambda: (raw / "b.txt").write_text("The ferry left."),
        lambda: decided(folders, "accept", "Ada", "2026-01-02T10:00:00+00:00"),
    ]

    def sleep(_: float) -> None:
        if not waiting:
            raise KeyboardInterrupt
        waiting.pop(0)()

    options, states = RunOptions(Settings(), decisions=(given,)), []
    with suppress(KeyboardInterrupt):
        for summary in rounds(raw, lambda ready: run(raw, clean, options, ready=ready), sleep):
            states.append(next(edit.state for edit in edits(clean) if edit.rule == "SPIN001"))
            assert summary.decisions == 1
    assert states == ["rejected", "applied"]


def test_decisions_that_cannot_be_kept_stop_the_run(folders: tuple[Path, Path]) -> None:
    raw, clean = folders
    given = decided(folders, "reject", "Ada", "2026-01-01T10:00:00+00:00")
    shutil.rmtree(clean)
    clean.mkdir()
    (clean / ".clean-news").write_text("a file", encoding="utf-8")
    result = CliRunner().invoke(app, [str(raw), str(clean), "--decisions", str(given)])
    assert result.exit_code == 2
    assert "decisions cannot be kept: " in result.stderr
    assert not (clean / "a.txt").exists()


def test_python_reads_the_decisions_of_a_clean_folder(folders: tuple[Path, Path]) -> None:
    raw, clean = folders
    assert not decision_records.decisions_of(clean)
    given = decided(folders, "reject", "Ada", "2026-01-01T10:00:00+00:00")
    run(raw, clean, RunOptions(Settings(), decisions=(given,)))
    for place in (clean, clean / "a.txt"):
        cleaner = Cleaner(decisions=decision_records.decisions_of(place))
        assert cleaner.clean((raw / "a.txt").read_bytes(), "a.txt").text == (clean / "a.txt").read_text()


def test_several_processes_add_decisions_and_none_is_lost(tmp_path: Path) -> None:
    edit = Edit("SPIN001", (0, 1), "abroad", "overseas")
    path = tmp_path / ".clean-news" / "decisions.jsonl"
    lots = [[decision_on(edit, f"{adder}-{each}.txt", "reject", "article") for each in range(20)] for adder in range(4)]

    def add(own: list[Decision]) -> None:
        for each in own:
            add_decisions(path, [each])

    with ThreadPoolExecutor() as pool:
        list(pool.map(add, lots))
    assert set(decision_records.read(path)) == {each for own in lots for each in own}
