"""Disagreements between reviewers, what settles them, notes, agreement and speed."""

import random

import msgspec
import pytest
from typer.testing import CliRunner

from clean_news.cli.app import app
from clean_news.decisions import Decision, Decisions, describe, disagreements, iterate, latest_of_each, write
from clean_news.decisions.agreement import (
    DecidedEdit,
    Judgements,
    agreements,
    by_person,
    cohens_kappa,
    steps_a_minute,
)


def decided(by, action, minute=0, scope="everywhere", *, id_="77", article="a.txt", after="overseas", **others):
    return Decision(
        action=action,
        scope=scope,
        id=id_,
        article=article,
        rule="SPIN001",
        before="abroad",
        after=after,
        by=by,
        at=f"2026-11-30T10:{minute:02}:00+00:00",
        **others,
    )


def said(found):
    return [(str(each.key), [decision.by for decision in each.decisions], each.kept.by) for each in found]


def test_two_people_who_differ_disagree_and_those_who_say_the_same_do_not():
    ada, bob = decided("Ada", "reject", 1), decided("Bob", "accept", 2)
    (found,) = disagreements([bob, ada])
    assert (found.decisions, found.kept, found.about) == ((ada, bob), bob, ada)
    assert disagreements([ada, decided("Bob", "reject", 2)]) == []
    assert disagreements([ada, decided("Ada", "accept", 2)]) == []  # who changes a mind disagrees with nobody


def test_who_gives_way_ends_a_disagreement():
    lines = [decided("Ada", "reject", 1), decided("Bob", "accept", 2), decided("Bob", "reject", 3)]
    assert len(disagreements(lines[:2])) == len(Decisions(lines[:2]).conflicts) == 1
    assert disagreements(lines) == Decisions(lines).conflicts == []


def test_a_verdict_settles_it_and_who_decides_otherwise_later_disagrees_with_the_verdict():
    lines = [decided("Ada", "reject", 1), decided("Bob", "accept", 2), decided("Cem", "reject", 3, verdict=True)]
    assert disagreements(lines) == Decisions(lines).conflicts == []
    lines.append(decided("Bob", "accept", 4))
    assert said(disagreements(lines)) == [("('everywhere', 'SPIN001', 'abroad', 'overseas')", ["Cem", "Bob"], "Bob")]
    assert [(kept.by, other.by) for kept, other in Decisions(lines).conflicts] == [("Bob", "Cem")]


def test_without_the_mark_a_third_decision_settles_nothing():
    lines = [decided("Ada", "reject", 1), decided("Bob", "accept", 2), decided("Cem", "reject", 3)]
    (found,) = disagreements(lines)
    assert [each.by for each in found.decisions] == ["Ada", "Bob", "Cem"]


def test_a_decision_of_a_narrower_scope_disagrees_with_one_that_covers_it():
    wide, narrow = decided("Ada", "reject", 2), decided("Bob", "accept", 1, "once")
    (found,) = disagreements([wide, narrow])
    assert (found.about, found.kept) == (narrow, narrow)  # the narrower one is in effect, though it is older
    assert str(found) == (
        "edit 77 in a.txt: SPIN001 'abroad' → 'overseas': accept (Bob) overrides reject everywhere (Ada)"
    )
    settled = decided("Cem", "reject", 3, "once", verdict=True)
    assert disagreements([wide, narrow, settled]) == []
    own_exception = decided("Ada", "accept", 1, "once")
    assert disagreements([wide, own_exception]) == []


def test_other_edits_are_no_disagreement():
    lines = [
        decided("Ada", "reject"),
        decided("Bob", "accept", after="away"),
        decided("Cem", "accept", scope="article"),
    ]
    (found,) = disagreements(lines)
    assert {each.by for each in found.decisions} == {"Ada", "Cem"}


def test_two_people_who_write_different_words_at_one_place_disagree():
    assert len(disagreements([by_hand("Ada", "noon", 1), by_hand("Bob", "one", 2)])) == 1
    assert disagreements([by_hand("Ada", "noon", 1), by_hand("Bob", "noon", 2)]) == []


def by_hand(name, words, minute, scope="once", **others):
    place = {"prefix": "left at ", "suffix": ". It", "id_": "f00", "after": words}
    return msgspec.structs.replace(decided(name, "accept", minute, scope, **place, **others), rule="HAND")


@pytest.mark.parametrize("scope", ["article", "everywhere"])
def test_two_people_who_write_different_words_for_the_same_ones_disagree(scope):
    lines = [by_hand("Ada", "noon", 1, scope), by_hand("Bob", "one", 2, scope)]
    (found,) = disagreements(lines)
    assert (found.kept.by, [each.after for each in found.decisions]) == ("Bob", ["noon", "one"])
    assert disagreements([*lines, by_hand("Cem", "noon", 3, scope, verdict=True)]) == []
    assert disagreements([lines[0], by_hand("Bob", "noon", 2, scope)]) == []


def test_merging_keeps_what_each_person_said_last(tmp_path):
    lines = [
        decided("Ada", "accept", 1),
        decided("Ada", "reject", 2, note="the paper is British"),
        decided("Bob", "accept", 3, note="it is what the source has"),
    ]
    (tmp_path / "one.jsonl").write_bytes(write(lines))
    merged = tmp_path / "all.jsonl"
    result = CliRunner().invoke(app, ["decisions", "merge", str(tmp_path / "one.jsonl"), "-o", str(merged)])
    assert result.exit_code == 1
    assert "accept (Bob: it is what the source has) overrides reject (Ada: the paper is British)" in result.stdout
    assert list(iterate(merged)) == lines[1:]
    again = CliRunner().invoke(app, ["decisions", "merge", str(merged), "-o", str(merged)])
    assert (again.stdout, list(iterate(merged))) == (result.stdout, lines[1:])


def test_the_rest_of_the_lines_changes_nothing():
    rng = random.Random(8)
    for _ in range(200):
        lines = [
            decided(
                rng.choice("ABC"),
                rng.choice(("accept", "reject")),
                rng.randrange(60),
                rng.choice(("once", "article", "everywhere")),
                id_=rng.choice("12"),
                article=rng.choice(("a.txt", "b.txt")),
                verdict=rng.random() < 0.2,
            )
            for _ in range(12)
        ]
        kept = latest_of_each(lines)
        assert {each.key for each in disagreements(kept)} == {each.key for each in disagreements(lines)}
        assert Decisions(kept).by_key == Decisions(lines).by_key


def test_notes_are_shown_and_old_lines_are_read_unchanged(tmp_path):
    decision = decided("Ada", "reject", note="a \x1b[2J name")
    assert describe(decision).endswith("reject everywhere (Ada: a \\x1b[2J name)")
    old = (
        b'{"action":"reject","scope":"everywhere","id":"7","article":"a.txt","rule":"SPIN001","before":"vessel",'
        b'"after":"ship","by":"Ada","at":"2026-11-22T19:45:00+00:00"}\n'
    )
    (tmp_path / "old.jsonl").write_bytes(old)
    assert write(iterate(tmp_path / "old.jsonl")) == old


def test_the_agreement_of_two_people_is_cohens_kappa():
    """The example of the article: https://en.wikipedia.org/wiki/Cohen%27s_kappa, 50 proposals."""
    votes = [("accept", "accept")] * 20 + [("accept", "reject")] * 5 + [("reject", "accept")] * 10
    votes += [("reject", "reject")] * 15
    edits = [DecidedEdit(str(number), "a.txt", "SPIN001", "abroad", "overseas") for number in range(50)]
    lines = [
        decided(name, vote[at], 1, "once", id_=str(number))
        for number, vote in enumerate(votes)
        for at, name in enumerate(("Ada", "Bob"))
    ]
    lines.append(decided("Cem", "accept", 1, "once", id_="no such edit"))
    people = {name: Judgements(some) for name, some in by_person(lines).items()}
    (found,) = agreements(people, edits)
    assert found == ("Ada", "Bob", 50, 35, pytest.approx(0.4))


def test_a_decision_about_a_pair_counts_for_each_of_its_edits_and_verdicts_do_not():
    edits = [DecidedEdit(str(number), "a.txt", "SPIN001", "abroad", "overseas") for number in range(4)]
    lines = [
        decided("Ada", "reject"),
        decided("Ada", "accept", 1, "once", id_="3"),
        decided("Bob", "reject"),
        decided("Bob", "accept", 2, "once", id_="2", verdict=True),
    ]
    (found,) = agreements({name: Judgements(some) for name, some in by_person(lines).items()}, edits)
    assert found[:4] == ("Ada", "Bob", 4, 3)


def test_kappa_of_people_who_never_agree_and_of_those_who_use_one_label():
    assert cohens_kappa({("a", "b"): 5, ("b", "a"): 5}) == -1
    assert cohens_kappa({("a", "a"): 9}) is None
    assert cohens_kappa({}) is None
    assert cohens_kappa({("a", "a"): 5, ("b", "b"): 5}) == 1


@pytest.mark.parametrize(
    ("times", "speed"),
    [
        (["10:00:00", "10:00:20", "10:00:40", "10:01:00"], 3.0),
        (["10:00:00", "10:00:20", "10:00:40", "10:01:00", "15:00:00", "15:00:20"], 3.0),  # a pause is not counted
        (["10:00:00"] * 50 + ["10:00:20", "10:00:40", "10:01:00"], 3.0),  # fifty at once are one step
        (["10:00:00", "10:00:20"], None),
        (["10:00:00"] * 9, None),
    ],
)
def test_speed_is_that_of_the_time_at_work(times, speed):
    lines = [decided("Ada", "accept") for _ in times]
    timed = [
        msgspec.structs.replace(line, at=f"2026-11-30T{time}+00:00") for line, time in zip(lines, times, strict=True)
    ]
    assert steps_a_minute(timed) == speed


def test_times_that_are_none_tell_no_speed():
    lines = [decided("Ada", "accept", minute) for minute in range(3)]
    odd = msgspec.structs.replace(lines[0], at="yesterday")
    assert steps_a_minute([odd] * 5) is None


def test_the_command_prints_people_and_their_agreement(tmp_path):
    from clean_news.batch.run import run
    from clean_news.batch.run_options import RunOptions
    from clean_news.change_log import read
    from clean_news.decisions import decision_on
    from clean_news.settings import Settings

    raw, clean = tmp_path / "raw", tmp_path / "clean"
    raw.mkdir()
    (raw / "a.txt").write_text("One  two  three  four.\n")
    run(raw, clean, RunOptions(Settings()))
    (stage,) = (each for each in read((clean / "a.txt.changes.json").read_bytes(), "").stages if each.edits)
    actions = {"Ada": ("accept", "accept", "reject"), "Bob": ("accept", "reject", "reject")}
    lines = [
        decision_on(edit, "a.txt", action, "once", by=name, at=f"2026-11-30T10:00:0{number}+00:00")
        for name, some in actions.items()
        for number, (edit, action) in enumerate(zip(stage.edits, some, strict=True))
    ]
    (clean / ".clean-news" / "decisions.jsonl").write_bytes(write(lines))
    done = CliRunner().invoke(app, ["decisions", "agreement", str(clean)])
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "Ada: 3 decisions in 3 steps",
        "Bob: 3 decisions in 3 steps",
        "Ada and Bob: 3 edits decided by both, 2 alike, kappa 0.40",
    ]
    assert done.stderr == "1 disagreement; clean-news decisions merge lists them\n"
    missing = CliRunner().invoke(app, ["decisions", "agreement", str(clean), str(tmp_path / "none.jsonl")])
    assert (missing.exit_code, "cannot be read" in missing.stderr) == (2, True)
