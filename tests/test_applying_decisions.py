"""A reviewer's decisions: the same text as if the rejected edits had been taken out of the log."""

import os
from functools import cache
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clean_news import Cleaner
from clean_news.applying_decisions import Change, differences, rendered
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
    """A character that stands in the text that the stages judged, in the one without the rejected edits, or in both."""

    character: str
    judged: bool = True
    kept: bool = True
    lone: bool = False  # only kept, and the judged text has nothing in its place


def without(raw: str, log: ChangeLog, rejected: set[str]) -> str:
    """The text by a log without these edits and those that depend on them; none of the pipeline's code is used.

    An edit falls if its basis does, or if the text that it replaces is not there.
    """
    atoms = [Atom(character) for character in raw]
    fallen = set(rejected)
    for stage in log.stages:
        places = [number for number, atom in enumerate(atoms) if atom.judged] + [len(atoms)]
        additions: list[tuple[int, list[Atom]]] = []
        for edit in stage.edits:
            if edit.state != "applied":
                continue
            segment = places[edit.start : edit.end]
            between = atoms[segment[0] : segment[-1] + 1] if segment else []
            gap = edit.start and places[edit.start - 1] + 1, places[edit.start]
            falls = edit.id in fallen or edit.depends_on in fallen or not all(atom.kept for atom in between)
            falls = falls or any(not atom.judged for atom in between)
            if not segment:
                falls = falls or any(atom.lone for atom in atoms[slice(*gap)])
            if falls:
                fallen.add(edit.id)
            for number in segment:
                atoms[number].judged = False
                atoms[number].kept = atoms[number].kept and falls
                atoms[number].lone = not edit.after
            at = segment[-1] + 1 if segment else gap[0]
            additions.append((at, [Atom(character, kept=not falls) for character in edit.after]))
        for at, new in reversed(additions):
            atoms[at:at] = new
        atoms = [atom for atom in atoms if atom.judged or atom.kept]
    return "".join(atom.character for atom in atoms if atom.kept)


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
def test_rejected_edits_go_with_what_depends_on_them_and_nothing_else_moves(path: Path, data: st.DataObject) -> None:
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
            "own words",
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


def test_scopes_reach_as_far_as_they_say(make_stage) -> None:
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


def test_the_narrower_scope_counts() -> None:
    edit = Edit("TEST001", (0, 1), "a", "b", id="1")
    wide, narrow = (
        decision_on(edit, "a.txt", act, scope) for act, scope in (("reject", "everywhere"), ("accept", "once"))
    )
    assert Decisions([wide, narrow]).about(edit, "a.txt") == narrow


def test_an_accepted_suggestion_is_applied_and_what_follows_from_it_too(make_stage) -> None:
    doubtful = make_stage("return Proposal([replace(text, 2, 8, 'option', 'TEST001', 0.3)])")
    run = Pipeline(Settings(stages=(doubtful, "agreement"), suggest_from=0.1)).run
    article = Article("a choice.", "a.txt")
    before = run(article)
    assert before.text == "a choice."
    # The stage's rule is none that agreement looks at, so it is given the name of one.
    renamed = make_stage("return Proposal([replace(text, 2, 8, 'option', 'SPIN999', 0.3)])", "SPIN999")
    run = Pipeline(Settings(stages=(renamed, "agreement"), suggest_from=0.1)).run
    (edit,) = run(article).stages[0].edits
    accepted = Decisions([decision_on(edit, "a.txt", "accept", "once")])
    assert run(article, accepted).text == "an option."
    own = Decisions([decision_on(edit, "a.txt", "replace", "once", "hour")])
    assert run(article, own).text == "an hour."


def test_a_replaced_edit_names_what_was_proposed() -> None:
    edit = edits_of(undecided(SPUN).log)[0]
    own = decision_on(edit, SPUN.name, "replace", "once", "something else")
    found = next(each for each in edits_of(decided(SPUN, own).log) if each.id == edit.id)
    assert (found.after, found.evidence["proposed"]) == ("something else", edit.after)
    assert Decisions([own]).about(found, SPUN.name) == own


texts = st.text("ab ", max_size=12)


@st.composite
def change_sets(draw: st.DrawFn, base: str) -> list[Change]:
    cuts = sorted(draw(st.lists(st.integers(0, len(base)), max_size=6, unique=True)))
    return [Change(start, end, draw(texts)) for start, end in zip(cuts[::2], cuts[1::2], strict=False)]


@given(st.data())
def test_differences_lead_from_one_text_to_the_other(data: st.DataObject) -> None:
    base = data.draw(texts)
    judged, wanted = data.draw(change_sets(base)), data.draw(change_sets(base))
    ours = rendered(base, 0, len(base), judged)
    drift = differences(base, judged, wanted)
    assert rendered(ours, 0, len(ours), drift) == rendered(base, 0, len(base), wanted)
