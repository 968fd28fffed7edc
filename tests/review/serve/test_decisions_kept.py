"""Decisions are kept once, with name and time; others who write the same file are noticed; wrong ones are refused."""

import json
import os
import threading
from datetime import datetime
from pathlib import Path

import pytest

from clean_news.batch.keeping_decisions import add_decisions
from clean_news.decisions import Decision, iterate, read, write
from clean_news.review.serve.wanted import DecisionsRequest, decoded
from clean_news.review.terminal.lines_file import LinesFile

STEP = "5" * 32


def file_of(page):
    return page.review.log.path


def reject(edit, **others):
    return {"action": "reject", "scope": "once", **edit, **others}


def test_a_decision_is_in_the_file_before_it_is_answered(reading):
    edit = reading.edits("echo/harbour.txt")[0]
    answer = reading.decide(reject(edit, note="as in the paper"), step=STEP)
    (kept,) = read(file_of(reading))
    assert (kept.action, kept.scope, kept.id, kept.by, kept.note) == (
        "reject",
        "once",
        edit["id"],
        "Ada",
        "as in the paper",
    )
    assert kept.step == STEP
    assert datetime.fromisoformat(kept.at).utcoffset() is not None
    assert answer["decisions"] == [json.loads(write([kept]))]
    assert answer["cleaning"] == [reading.number("echo/harbour.txt")]
    assert reading.get("/api/decisions") == {"version": answer["version"], "decisions": answer["decisions"]}


def test_a_step_that_arrives_twice_is_kept_once(reading):
    edits = reading.edits("echo/harbour.txt") + reading.edits("echo/pier.txt")
    first = reading.decide(*map(reject, edits), step=STEP)
    second = reading.decide(*map(reject, edits), step=STEP)
    assert (first["again"], second["again"]) == (False, True)
    assert first["decisions"] == second["decisions"]
    assert len(read(file_of(reading))) == len(edits)


def test_a_step_is_known_after_the_server_has_started_again(opened, clean):
    one = opened(clean, started=False)
    edit = one.edits("echo/harbour.txt")[0]
    one.decide(reject(edit), step=STEP)
    assert opened(clean, started=False).decide(reject(edit), step=STEP)["again"]
    assert len(read(file_of(one))) == 1


def test_undo_takes_back_a_step_and_nothing_else(reading):
    one, other = reading.edits("echo/harbour.txt")[0], reading.edits("echo/pier.txt")[0]
    reading.decide(reject(one))
    before = file_of(reading).read_bytes()
    reading.decide(reject(other), reject(one, action="accept"), step=STEP)
    undone = reading.post("/api/undo", {"step": STEP, "by": "Ada"})
    assert (undone["removed"], len(undone["decisions"]), len(undone["cleaning"])) == (2, 2, 2)
    assert file_of(reading).read_bytes() == before
    assert reading.post("/api/undo", {"step": STEP})["removed"] == 0


def test_undo_leaves_lines_of_others_as_they_were_written(reading):
    edit = reading.edits("echo/harbour.txt")[0]
    reading.decide(reject(edit), step=STEP)
    odd = b'\n  \n{"scope": "once", "action":"accept","id":"x","article":"a","rule":"R","before":"","after":"","new":1}'
    with file_of(reading).open("ab") as file:
        file.write(odd)
    reading.post("/api/undo", {"step": STEP})
    assert file_of(reading).read_bytes() == odd + b"\n"


def test_lines_without_a_line_end_and_byte_order_marks_do_not_break_the_file(reading):
    path = file_of(reading)
    path.parent.mkdir(exist_ok=True)
    line = write([Decision(action="accept", scope="once", id="x", article="a", rule="R", before="", after="")])
    path.write_bytes(b"\xef\xbb\xbf" + line.rstrip(b"\n"))
    reading.decide(reject(reading.edits("echo/harbour.txt")[0]))
    assert next(each.id for each in iterate(path)) == "x"
    assert len(read(path)) == 2


def test_later_decisions_are_later_even_if_the_clock_is_not(reading):
    path = file_of(reading)
    path.parent.mkdir(exist_ok=True)
    edit = reading.edits("echo/harbour.txt")[0]
    future = Decision(**reject(edit), by="Bob", at="2999-01-01T00:00:00+00:00")
    path.write_bytes(write([future]))
    (made,) = reading.decide(reject(edit, action="accept"))["decisions"]
    assert made["at"] == future.at
    assert reading.review.log.decisions[-1].action == "accept"


def test_what_others_write_is_kept_and_told(reading):
    edit, other = reading.edits("echo/harbour.txt")[0], reading.edits("echo/pier.txt")[0]
    reading.decide(reject(edit))
    version = reading.get("/api/decisions")["version"]
    LinesFile(file_of(reading)).append(write([Decision(**reject(other), by="Bob", at="2026-01-01T00:00:00+00:00")]))
    reading.decide(reject(edit, action="accept"))
    assert [each.by for each in read(file_of(reading))] == ["Ada", "Bob", "Ada"]
    assert reading.get("/api/decisions")["version"] > version + 1


def test_many_pages_and_another_program_write_at_once(reading):
    edits = reading.edits("spun.txt")
    answers = []

    def decide(number):
        answers.append(reading.decide(reject(edits[number % len(edits)]), by=f"page {number}"))

    def program():
        for number in range(10):
            line = Decision(**reject(edits[0]), by="program", at=f"2026-01-01T00:00:{number:02}+00:00")
            add_decisions(file_of(reading), [line])

    threads = [threading.Thread(target=decide, args=(number,)) for number in range(20)]
    threads.append(threading.Thread(target=program))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 20
    names = [each.by for each in read(file_of(reading))]
    assert sorted(names) == sorted([f"page {number}" for number in range(20)] + ["program"] * 10)


def test_a_file_that_cannot_be_read_is_not_written(reading):
    path = file_of(reading)
    path.parent.mkdir(exist_ok=True)
    path.write_text('{"action": "reject"}\n')
    answer = reading.decide(reject(reading.edits("echo/harbour.txt")[0]), status=503)
    assert answer["kind"] == "cannot-write"
    assert "line 1: is not a decision" in answer["error"]
    assert path.read_text() == '{"action": "reject"}\n'


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
@pytest.mark.parametrize("where", ["file", "folder"])
def test_links_are_not_followed(reading, tmp_path, where):
    path = file_of(reading)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "decisions.jsonl").write_bytes(b"")
    if where == "file":
        path.parent.mkdir(exist_ok=True)
        path.symlink_to(outside / "decisions.jsonl")
    else:
        for leftover in path.parent.iterdir() if path.parent.exists() else ():
            leftover.unlink()
        path.parent.rmdir()
        path.parent.symlink_to(outside)
    answer = reading.decide(reject(reading.edits("echo/harbour.txt")[0]), status=503)
    assert "symbolic link" in answer["error"]
    assert (outside / "decisions.jsonl").read_bytes() == b""


def bad(name, status, **changes):
    return pytest.param(status, changes, id=name)


@pytest.mark.parametrize(
    ("status", "changes"),
    [
        bad("note of two lines", 422, note="one\ntwo"),
        bad("note with an escape sequence", 422, note="\x1b[2J"),
        bad("note with a line separator", 422, note="one\u2028two"),
        bad("note too long", 422, note="x" * 1001),
        bad("text too long", 422, action="replace", text="x" * 100_001),
        bad("no id", 422, id=""),
        bad("no article", 422, article=""),
        bad("no rule", 422, rule=""),
        bad("no such article", 409, article="../../etc/passwd"),
        bad("no such edit", 409, id="000000000000"),
        bad("another scope", 400, scope="nowhere"),
        bad("another action", 400, action="delete"),
        bad("a place that the page made up", 400, prefix="left at "),
        bad("a number for a text", 400, before=7),
        bad("an unknown field", 400, file="/etc/passwd"),
        bad("a verdict that is no truth value", 400, verdict="yes"),
        bad("by hand in no article", 404, hand={"article": 99, "start": 0, "end": 1, "words": "T", "after": "t"}),
        bad("by hand before the text", 400, hand={"article": 0, "start": -1, "end": 1, "words": "T", "after": "t"}),
        bad("by hand after the text", 409, hand={"article": 0, "start": 0, "end": 9999, "words": "T", "after": "t"}),
        bad("by hand other words", 409, hand={"article": 0, "start": 0, "end": 3, "words": "The", "after": "t"}),
        bad("by hand the same words", 422, hand={"article": 0, "start": 0, "end": 3, "words": "Not", "after": "Not"}),
        bad(
            "by hand everywhere half a word",
            422,
            scope="everywhere",
            hand={"article": 0, "start": 0, "end": 2, "words": "No", "after": "no"},
        ),
    ],
)
def test_a_decision_that_is_none_is_refused_and_nothing_is_written(reading, status, changes):
    edit = reading.edits("echo/harbour.txt")[0]
    answer = reading.decide(reject(edit), reject(edit, **changes), status=status)
    assert answer["error"]
    assert not file_of(reading).exists()


@pytest.mark.parametrize("name", ["x" * 81, "Ada\nBob", "\x1b[31mAda"])
def test_a_name_is_one_short_line(reading, name):
    reading.decide(reject(reading.edits("echo/harbour.txt")[0]), by=name, status=422)
    assert not file_of(reading).exists()


def test_what_the_page_says_of_name_and_time_does_not_count(reading):
    edit = reading.edits("echo/harbour.txt")[0]
    (made,) = reading.decide(reject(edit, by="Eve", at="1999", schema="other"))["decisions"]
    assert (made["by"], made["at"] > "2020", "schema" in made) == ("Ada", True, False)


def test_own_text_that_is_the_old_or_the_proposed_one_is_no_replacement(reading):
    edit = next(each for each in reading.edits("spun.txt") if each["rule"] == "SPIN001")
    texts = (edit["before"], edit["after"], "something else")
    made = [reading.decide(reject(edit, action="replace", text=text))["decisions"][0] for text in texts]
    assert [(each["action"], each.get("text")) for each in made] == [
        ("reject", None),
        ("accept", None),
        ("replace", "something else"),
    ]


def test_text_that_looks_like_markup_is_kept_as_it_is(reading):
    edit = next(each for each in reading.edits("spun.txt") if each["rule"] == "SPIN001")
    hostile = "</script><script>alert(1)</script>\u2028<!--"
    reading.decide(reject(edit, action="replace", text=hostile, note="</script><img src=x onerror=alert(1)>"))
    (kept,) = read(file_of(reading))
    assert kept.text == hostile
    page = reading.client.get("/", params={"token": "the-token-of-the-tests"}).text
    assert page.count("<script") == page.count("</script>")
    assert "alert(1)" not in page


def test_the_example_of_the_docs_is_a_request():
    docs = (Path(__file__).parents[3] / "docs" / "reviewing.md").read_text(encoding="utf-8")
    (example,) = (line for line in docs.splitlines() if line.startswith('{"step"'))
    request = decoded(example.encode(), DecisionsRequest)
    assert request.decisions[0].hand.words == "noon"
