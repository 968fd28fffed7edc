"""Articles are cleaned again at once after a decision, by the code of a run, and not where a run would do otherwise."""

import json
import shutil
import threading
from pathlib import Path

import pytest
from served_pages import make_raw, wait_for

from clean_news.batch.run import run
from clean_news.batch.run_lock import beside_other_runs
from clean_news.batch.run_options import RunOptions
from clean_news.change_log import read, revert
from clean_news.decisions import Decision, write
from clean_news.review.serve.review import A_RUN_IS_WRITING
from clean_news.settings import Settings


def spun_edit(page):
    """An edit of the sample that was applied."""
    row = page.review.index.rows[page.number("spun.txt")]
    edits = page.edits("spun.txt")
    return next(
        edit for edit, state in zip(edits, row.edits["state"], strict=True) if edit["rule"] == "SPIN001" and state == 0
    )


def reject(edit, scope="once"):
    return {"action": "reject", "scope": scope, **edit}


def rerun(clean, **options):
    """A run of the main job over the raw files of the tests; nothing may be left to do if all is as it should be."""
    log = read((clean / "quiet.txt.changes.json").read_bytes(), "")
    raw = log.source.removesuffix("/quiet.txt")
    return run(Path(raw), clean, RunOptions(Settings(), **options))


def test_the_reader_sees_the_result_and_a_run_has_nothing_left_to_do(page, clean):
    generation = page.get("/api/columns")["generation"]
    before, edit = page.text("spun.txt"), spun_edit(page)
    assert page.decide(reject(edit))["cannot_clean"] == ""
    page.settled()
    after = page.text("spun.txt")
    assert after != before
    assert after == (clean / "spun.txt").read_text(encoding="utf-8")
    (changed,) = page.get("/api/changes", since=generation)["articles"]
    at = changed["ids"].index(edit["id"])
    assert (changed["name"], changed["state"][at]) == ("spun.txt", 2)
    summary = rerun(clean)
    assert (summary.unchanged, summary.cleaned) == (5, 0)


def test_undo_gives_the_old_text_back(page):
    before = page.text("spun.txt")
    step = page.decide(reject(spun_edit(page)))["step"]
    page.settled()
    assert page.text("spun.txt") != before
    page.post("/api/undo", {"step": step})
    page.settled()
    assert page.text("spun.txt") == before


def test_a_pair_everywhere_is_decided_in_all_its_articles(page, clean):
    edit = next(each for each in page.edits("echo/harbour.txt") if each["rule"] == "CHAR009")
    answer = page.decide(reject(edit, "everywhere"))
    assert answer["cleaning"] == [page.number(f"{name}.txt") for name in ("echo/harbour", "echo/pier", "post/market")]
    page.settled()
    for name, words in (("echo/harbour.txt", "harbour  board"), ("post/market.txt", "market  hall")):
        assert words in (clean / name).read_text(encoding="utf-8")
    assert rerun(clean).cleaned == 0


def test_words_are_written_by_hand_once_in_the_article_and_everywhere(page, clean):
    def write_by_hand(name, words, after, scope):
        text = page.text(name)
        start = text.index(words)
        hand = {"article": page.number(name), "start": start, "end": start + len(words), "words": words, "after": after}
        answer = page.decide({"scope": scope, "note": "asked her", "hand": hand})
        page.settled()
        return answer

    write_by_hand("echo/harbour.txt", "Monday", "Tuesday", "once")
    assert "met on Tuesday." in page.text("echo/harbour.txt")
    answer = write_by_hand("echo/pier.txt", "Ines Okafor", "Inés Okafor", "everywhere")
    assert len(answer["cleaning"]) == 2
    for name in ("echo/harbour.txt", "echo/pier.txt"):
        assert page.text(name).endswith("said Inés Okafor.\n")
    # over words that were written by hand: the new edit stands for the earlier one
    write_by_hand("echo/harbour.txt", "on Tuesday", "today", "once")
    assert "met today." in page.text("echo/harbour.txt")
    log = read((clean / "echo" / "harbour.txt.changes.json").read_bytes(), "")
    raw = revert((clean / "echo" / "harbour.txt").read_text(encoding="utf-8"), log)
    assert raw.startswith(b"The harbour  board met on Monday.")
    assert rerun(clean).cleaned == 0


def test_decisions_made_without_the_server_are_carried_out_when_it_starts(opened, clean):
    (clean / ".clean-news").mkdir(exist_ok=True)
    edit = opened(clean, started=False).edits("echo/harbour.txt")[0]
    decision = Decision(**reject(edit), by="Bob", at="2026-01-01T00:00:00+00:00")
    (clean / ".clean-news" / "decisions.jsonl").write_bytes(write([decision]))
    page = opened(clean)
    wait_for(lambda: "harbour  board" in page.text("echo/harbour.txt"))
    (clean / ".clean-news" / "decisions.jsonl").unlink()  # and taken back when they are gone
    wait_for(lambda: "harbour board" in page.text("echo/harbour.txt"))
    page.settled()
    page.review.stop()
    (clean / ".clean-news" / "decisions.jsonl").write_bytes(write([decision]))
    rerun(clean)
    (clean / ".clean-news" / "decisions.jsonl").unlink()
    again = opened(clean)
    wait_for(lambda: "harbour board" in again.text("echo/harbour.txt"))


def test_somebody_else_s_decision_is_carried_out(page, clean):
    edit = page.edits("echo/harbour.txt")[0]
    (clean / ".clean-news").mkdir(exist_ok=True)
    decision = Decision(**reject(edit), by="Bob", at="2026-01-01T00:00:00+00:00")
    (clean / ".clean-news" / "decisions.jsonl").write_bytes(write([decision]))
    wait_for(lambda: "harbour  board" in page.text("echo/harbour.txt"))
    assert [each["by"] for each in page.get("/api/decisions")["decisions"]] == ["Bob"]


def test_while_a_run_writes_a_decision_is_kept_and_waits(page, clean):
    before, edit = page.text("echo/harbour.txt"), page.edits("echo/harbour.txt")[0]
    with beside_other_runs(clean):
        page.decide(reject(edit))
        wait_for(lambda: page.review.state()["waiting"] == A_RUN_IS_WRITING)
        assert page.review.state()["cleaning"] == 1
        assert page.text("echo/harbour.txt") == before
    page.settled()
    assert page.text("echo/harbour.txt") != before
    assert page.review.state()["waiting"] == ""


def test_runs_beside_it_and_decisions_end_in_the_same_text(page, clean, cleaned, cleaned_in):
    """Runs that clean everything again, and decisions meanwhile: each log fits its text, and none is lost."""
    edits = [edit for edit in page.edits("spun.txt") if edit["rule"] == "SPIN001"][:12]
    ended = []

    def run_twice():
        for _ in range(2):
            cleaned_in(clean.parent, str(cleaned / "raw"), "clean", "--force", "--quiet")
            ended.append(True)

    running = threading.Thread(target=run_twice)
    running.start()
    for number, edit in enumerate(edits):
        page.decide(reject(edit))
        if number % 4 == 3:
            page.text("spun.txt")
    running.join()
    assert len(ended) == 2
    page.settled()
    assert rerun(clean).unchanged == 5
    log = read((clean / "spun.txt.changes.json").read_bytes(), "")
    states = {edit.id: edit.state for stage in log.stages for edit in stage.edits}
    assert {states[edit["id"]] for edit in edits} == {"rejected"}


def test_articles_of_a_run_are_noticed(page, clean, cleaned, tmp_path):
    raw = tmp_path / "raw"
    shutil.copytree(cleaned / "raw", raw)
    (raw / "post" / "new.txt").write_text("A new  article about the lock.\n", encoding="utf-8")
    generation = page.get("/api/columns")["generation"]
    run(raw, clean, RunOptions(Settings()))
    wait_for(lambda: len(page.review.index.rows) == 6)
    changes = page.get("/api/changes", since=generation)
    new = next(each for each in changes["articles"] if each["name"] == "post/new.txt")
    assert (new["article"], new["gone"], len(new["ids"])) == (5, False, 1)
    for path in (clean / "post").glob("new.txt*"):
        path.unlink()
    wait_for(lambda: page.review.index.rows[5].is_gone)
    assert page.client.get("/api/articles/5").status_code == 404


def refused(page, message):
    """Wait until a decision about an article is kept and not carried out, and the page is told why."""
    before = page.text("echo/harbour.txt")
    page.decide(reject(page.edits("echo/harbour.txt")[0]))
    wait_for(lambda: message in page.review.state()["problem"])
    assert len(page.get("/api/decisions")["decisions"]) == 1
    assert page.text("echo/harbour.txt") == before


@pytest.fixture
def own_raw(tmp_path):
    """A CLEAN with raw files of its own, which tests may change."""
    raw = make_raw(tmp_path / "own" / "raw")
    run(raw, tmp_path / "own" / "clean", RunOptions(Settings()))
    return raw, tmp_path / "own" / "clean"


def test_without_raw_files_decisions_are_kept(opened, own_raw):
    raw, clean = own_raw
    raw.rename(raw.with_name("moved"))
    page = opened(clean)
    server = page.client.get("/", params={"token": "the-token-of-the-tests"}).text
    assert '"can_clean":false' in server
    refused(page, "raw file")
    page.review.stop()
    moved = opened(clean, raw.with_name("moved"))  # as with --raw
    wait_for(lambda: "harbour  board" in moved.text("echo/harbour.txt"))


def test_a_raw_file_that_was_changed_is_left_to_the_next_run(opened, own_raw):
    raw, clean = own_raw
    (raw / "echo" / "harbour.txt").write_text("Something else  entirely.\n", encoding="utf-8")
    refused(opened(clean), "was changed after the run")


def test_a_log_that_names_another_file_gets_nothing_of_it(opened, own_raw, tmp_path):
    _, clean = own_raw
    secret = tmp_path / "secret.txt"
    secret.write_text("The  password is swordfish.\n", encoding="utf-8")
    log = clean / "echo" / "harbour.txt.changes.json"
    log.write_text(json.dumps({**json.loads(log.read_text()), "source": str(secret)}))
    page = opened(clean)
    refused(page, "was changed after the run")
    assert "swordfish" not in (clean / "echo" / "harbour.txt").read_text()


def test_other_settings_are_left_to_the_next_run(opened, clean):
    page = opened(clean, settings=Settings(level="bold"))
    assert "with other settings" in page.review.why_not_cleaned()  # which is said at once
    refused(page, "with other settings")


def test_a_text_that_was_changed_by_hand_stays_as_it_is(page, clean):
    path = clean / "echo" / "harbour.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("Monday", "Sunday"), encoding="utf-8")
    wait_for(lambda: "Sunday" in page.text("echo/harbour.txt"))
    page.decide(reject(next(each for each in page.edits("echo/harbour.txt") if each["rule"] == "CHAR009")))
    wait_for(lambda: "was changed by hand, 1 place" in page.review.state()["problem"])
    assert "Sunday" in path.read_text(encoding="utf-8")


def test_rows_of_a_file_of_many_articles(opened, tmp_path):
    raw = tmp_path / "rows" / "raw"
    raw.mkdir(parents=True)
    rows = [{"id": name, "text": f"The {name}  is open.\n"} for name in ("park", "bridge", "school")]
    (raw / "all.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    run(raw, tmp_path / "rows" / "clean", RunOptions(Settings()))
    page = opened(tmp_path / "rows" / "clean")
    page.decide(reject(page.edits("all.jsonl#bridge")[0]))
    page.settled()
    assert [page.text(f"all.jsonl#{row['id']}") for row in rows] == [
        "The park is open.\n",
        "The bridge  is open.\n",
        "The school is open.\n",
    ]


def test_one_clean_file_alone(opened, tmp_path):
    raw = tmp_path / "in.txt"
    raw.write_text("One  article.\n")
    run(raw, tmp_path / "out.txt", RunOptions(Settings()))
    page = opened(tmp_path / "out.txt")
    page.decide(reject(page.edits("in.txt")[0]))
    page.settled()
    assert page.text("in.txt") == "One  article.\n"


def test_the_state_is_told_and_a_decisions_file_that_breaks_too(page, clean):
    path = clean / ".clean-news" / "decisions.jsonl"
    path.parent.mkdir(exist_ok=True)
    path.write_text("nonsense\n")
    wait_for(lambda: "is not a decision" in page.review.state()["problem"])
    path.unlink()
    wait_for(lambda: page.review.state()["problem"] == "")
