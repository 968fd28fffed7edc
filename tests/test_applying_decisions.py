"""Applying decisions: the result must equal the text without the rejected edits, computed independently."""

import os
from functools import cache
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clean_news import Cleaner
from clean_news.applying_decisions import Replacement, compare_replacements, replace_all
from clean_news.article import Article
from clean_news.change_log import ChangeLog, revert
from clean_news.cleaner import Cleaned
from clean_news.decisions import Decision, Decisions, decision_on
from clean_news.edits import Edit
from clean_news.pipeline import Pipeline
from clean_news.settings import Settings

RAW = sorted((Path(__file__).parents[1] / "raw").glob("*.txt"))
BOLD = Settings(level="bold")
SUBSETS = 60 if os.environ.get("CLEAN_NEWS_FULL") else 6


@cache
def undecided(path: Path) -> Cleaned:
    return Cleaner(BOLD).clean(path.read_bytes(), path.name)


def decided(path: Path, *decisions: Decision) -> Cleaned:
    return Cleaner(BOLD, Decisions(decisions)).clean(path.read_bytes(), path.name)


def edits_of(log: ChangeLog, state: str = "applied") -> list[Edit]:
    return [edit for stage in log.stages for edit in stage.edits if edit.state == state]


def reject(edit: Edit, path: Path, scope: str = "once") -> Decision:
    return decision_on(edit, path.name, "reject", scope)


class Atom(msgspec.Struct):
    """A character of the judged text, of the reviewed text (without the rejected edits), or of both."""

    character: str
    judged: bool = True  # whether the judged text has it
    reviewed: bool = True  # whether the reviewed text has it
    unmatched: bool = False  # only the reviewed text has it, and the judged text has nothing in its place


def without(raw: str, log: ChangeLog, rejected: set[str]) -> str:
    """Apply a log to the raw text without these edits and those that depend on them; uses none of the pipeline's code.

    An edit is dropped if the edit that it depends on is dropped, or if the text that it replaces does not exist.
    """
    atoms = [Atom(character) for character in raw]
    dropped_ids = set(rejected)
    for stage in log.stages:
        offsets = [number for number, atom in enumerate(atoms) if atom.judged] + [len(atoms)]
        additions: list[tuple[int, list[Atom]]] = []
        for edit in stage.edits:
            if edit.state != "applied":
                continue
            segment = offsets[edit.start : edit.end]
            between = atoms[segment[0] : segment[-1] + 1] if segment else []
            gap = edit.start and offsets[edit.start - 1] + 1, offsets[edit.start]
            dropped = (
                edit.id in dropped_ids or edit.depends_on in dropped_ids or not all(atom.reviewed for atom in between)
            )
            dropped = dropped or any(not atom.judged for atom in between)
            if not segment:
                dropped = dropped or any(atom.unmatched for atom in atoms[slice(*gap)])
            if dropped:
                dropped_ids.add(edit.id)
            for number in segment:
                atoms[number].judged = False
                atoms[number].reviewed = atoms[number].reviewed and dropped
                atoms[number].unmatched = not edit.after
            position = segment[-1] + 1 if segment else gap[0]
            additions.append((position, [Atom(character, reviewed=not dropped) for character in edit.after]))
        for position, new in reversed(additions):
            atoms[position:position] = new
        atoms = [atom for atom in atoms if atom.judged or atom.reviewed]
    return "".join(atom.character for atom in atoms if atom.reviewed)


def raw_text(log: ChangeLog, path: Path) -> str:
    text = path.read_bytes().decode(log.decoding.codec, "replace").removeprefix("\ufeff")
    return text.replace("\r\n", "\n") if log.decoding.line_ends == "crlf" else text


@pytest.mark.parametrize("path", RAW, ids=lambda path: path.name)
def test_the_log_applied_to_the_raw_text_gives_the_clean_text(path: Path) -> None:
    cleaned = undecided(path)
    assert without(raw_text(cleaned.log, path), cleaned.log, set()) == cleaned.text


@pytest.mark.parametrize("path", RAW, ids=lambda path: path.name)
@settings(max_examples=SUBSETS, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_rejected_edits_and_their_dependents_are_dropped_and_nothing_else_changes(
    path: Path, data: st.DataObject
) -> None:
    before = undecided(path)
    applied = edits_of(before.log)
    if not applied:
        return
    chosen = data.draw(st.lists(st.sampled_from(applied), unique_by=lambda edit: edit.id))
    after = decided(path, *(reject(edit, path) for edit in chosen))
    rejected = {edit.id for edit in chosen}
    assert after.text == without(raw_text(before.log, path), before.log, rejected)
    assert revert(after.text, after.log, path.name) == path.read_bytes()
    assert rejected.isdisjoint(edit.id for edit in edits_of(after.log))


@pytest.mark.parametrize("path", RAW, ids=lambda path: path.name)
@settings(max_examples=SUBSETS, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_decisions_are_carried_out_and_the_bytes_come_back(path: Path, data: st.DataObject) -> None:
    edits = [edit for stage in undecided(path).log.stages for edit in stage.edits]
    if not edits:
        return
    chosen = data.draw(st.lists(st.sampled_from(edits), unique_by=lambda edit: edit.id, max_size=12))
    decisions = [
        decision_on(
            edit,
            path.name,
            data.draw(st.sampled_from(("accept", "reject", "replace"))),
            data.draw(st.sampled_from(("once", "article", "everywhere"))),
            "other words",
        )
        for edit in chosen
    ]
    after = decided(path, *decisions)
    assert revert(after.text, after.log, path.name) == path.read_bytes()
    again = decided(path, *decisions)
    assert (again.text, again.log) == (after.text, after.log)


SPUN = next(path for path in RAW if "spun" in path.name)


def test_a_rejected_edit_stays_in_the_log_as_rejected() -> None:
    edit = next(edit for edit in edits_of(undecided(SPUN).log) if edit.rule.startswith("SPIN"))
    log = decided(SPUN, reject(edit, SPUN)).log
    assert [found.id for found in edits_of(log, "rejected")] == [edit.id]
    assert log.decisions


def test_scopes(make_stage) -> None:
    stage = make_stage("return Proposal([replace(text, at, at + 3, 'dog', 'TEST001') for at in (0, 4)])")
    outcome = Pipeline(Settings(stages=(stage,))).run(Article("cat cat", "a.txt"))
    first = outcome.stages[0].edits[0]

    def text(scope: str, article: str) -> str:
        decisions = Decisions([decision_on(first, "a.txt", "reject", scope)])
        return Pipeline(Settings(stages=(stage,))).run(Article("cat cat", article), decisions).text

    assert text("once", "a.txt") == "cat dog"
    assert text("once", "moved.txt") == "cat dog"
    assert text("article", "a.txt") == "cat cat"
    assert text("article", "b.txt") == "dog dog"
    assert text("everywhere", "b.txt") == "cat cat"


def test_the_narrower_scope_wins() -> None:
    edit = Edit("TEST001", (0, 1), "a", "b", id="1")
    wide, narrow = (
        decision_on(edit, "a.txt", act, scope) for act, scope in (("reject", "everywhere"), ("accept", "once"))
    )
    assert Decisions([wide, narrow]).decision_for(edit, "a.txt") == narrow


def test_an_accepted_suggestion_is_applied_and_its_dependents_too(make_stage) -> None:
    doubtful = make_stage("return Proposal([replace(text, 2, 8, 'option', 'TEST001', 0.3)])")
    run = Pipeline(Settings(stages=(doubtful, "agreement"), suggest_from=0.1)).run
    article = Article("a choice.", "a.txt")
    before = run(article)
    assert before.text == "a choice."
    # The agreement stage only follows certain rules, so the rule must have the code of one of them.
    renamed = make_stage("return Proposal([replace(text, 2, 8, 'option', 'SPIN999', 0.3)])", "SPIN999")
    run = Pipeline(Settings(stages=(renamed, "agreement"), suggest_from=0.1)).run
    (edit,) = run(article).stages[0].edits
    accepted = Decisions([decision_on(edit, "a.txt", "accept", "once")])
    assert run(article, accepted).text == "an option."
    replaced = Decisions([decision_on(edit, "a.txt", "replace", "once", "hour")])
    assert run(article, replaced).text == "an hour."


def test_a_replaced_edit_records_the_proposal() -> None:
    edit = edits_of(undecided(SPUN).log)[0]
    decision = decision_on(edit, SPUN.name, "replace", "once", "something else")
    found = next(each for each in edits_of(decided(SPUN, decision).log) if each.id == edit.id)
    assert (found.after, found.evidence["proposed"]) == ("something else", edit.after)
    assert Decisions([decision]).decision_for(found, SPUN.name) == decision


texts = st.text("ab ", max_size=12)


@st.composite
def replacements(draw: st.DrawFn, base: str) -> list[Replacement]:
    cuts = sorted(draw(st.lists(st.integers(0, len(base)), max_size=6, unique=True)))
    return [Replacement(start, end, draw(texts)) for start, end in zip(cuts[::2], cuts[1::2], strict=False)]


@given(st.data())
def test_differences_turn_the_judged_text_into_the_reviewed_one(data: st.DataObject) -> None:
    base = data.draw(texts)
    to_judged, to_reviewed = data.draw(replacements(base)), data.draw(replacements(base))
    judged = replace_all(base, 0, len(base), to_judged)
    differences = compare_replacements(base, to_judged, to_reviewed)
    assert replace_all(judged, 0, len(judged), differences) == replace_all(base, 0, len(base), to_reviewed)
