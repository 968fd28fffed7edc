"""The sentences of an article and of its source, side by side, from the log alone; in text, JSON, SARIF, the review."""

import json
from pathlib import Path

import msgspec
import pytest
from log_making import log_of

from clean_news.batch.clean_articles import CleanArticle
from clean_news.change_log import StageLog, write
from clean_news.change_log.edit_places import trace_edits
from clean_news.edits import apply, identify, replace
from clean_news.failures import Failure
from clean_news.review.beside_source import Excerpt, beside_source, lines_of, used_source
from clean_news.review.diff.json_lines import json_line
from clean_news.review.diff.sarif import results
from clean_news.review.diff.text import article_lines, plain
from clean_news.review.edit_filter import EditFilter
from clean_news.review.report.article_body import body_of, placed_pieces
from clean_news.review.terminal import descriptions
from clean_news.review.terminal.articles import open_articles
from clean_news.review.terminal.filtering import ReviewFilter
from clean_news.review.terminal.lines_file import LinesFile
from clean_news.review.terminal.session import Reviewer, Session

RAW = "Tbe harbour board mentioned on Monday that the outdated pier would shut. It has 40 shops.\n"
ORIGIN, NAME = "archive/2022.jsonl", "2022.jsonl#7"
USED = {"id": NAME, "origin": ORIGIN, "similarity": 0.976}
HOSTILE = "<img src=x onerror=alert(1)></script>\x1b[2J\u202e\x07\n[bold]"
INVISIBLE = {"\x1b", "\u202e", "\x07"}


def edit_of(text, before, after, rule="SRC001", state="applied", **evidence):
    """An edit of the stage, with the evidence that it writes."""
    start = text.index(before)
    found = {
        "source": NAME,
        "similarity": 0.976,
        "place": [19, 23],
        "original": after,
        "around": ["The harbour board ", " on Monday that the old pier would close."],
        "sentence_similarity": 0.9,
        "by": "lexicon",
        **evidence,
    }
    edit = replace(text, start, start + len(before), after, rule, 0.99, **found)
    return msgspec.structs.replace(edit, state=state)


def made(document=None, **evidence):
    """The article: a misreading repaired, two words taken from the source, and a number that differs."""
    read = apply(RAW, ocr := [replace(RAW, 0, 3, "The", "OCR001", 0.9)])
    shops = {"around": ["It has ", " shops."], "original": "45", "by": None, "differs": "number"}
    taken = [
        edit_of(read, "mentioned", "said", **evidence),
        edit_of(read, "outdated", "old", by="alignment"),
        edit_of(read, "40", "45", "SRC002", "suggested", **shops),
    ]
    stages = [StageLog("ocr", tuple(identify(RAW, ocr))), StageLog("source", tuple(identify(read, taken)))]
    clean = apply(read, stages[1].edits)
    return clean, log_of(RAW, clean, stages, document={"source": USED} if document is None else document)


def shown(article, *rules):
    clean, log = article
    lines = article_lines(
        CleanArticle(Path("clean", log.id), clean, log), trace_edits(clean, log), EditFilter(rules=rules), 1, plain
    )
    return "".join(lines).splitlines()


def test_the_diff_shows_the_sentences_one_below_the_other():
    assert shown(made(), "SRC")[:-1] == [
        "clean/one.txt  2 applied, 1 suggested",
        "source: archive/2022.jsonl (2022.jsonl#7), similarity 0.98",
        "1 │ The harbour board [-mentioned-]{+said+} on Monday that the [-outdated-]{+old+} pier would shut. "
        "It has {?40→45?} shops.",
        "  │   SRC001   0.99 applied    “mentioned” → “said”  raw 1:19",
        "  │            article  The harbour board >>mentioned<< on Monday that the outdated pier …",
        "  │            source   The harbour board >>said<< on Monday that the old pier would …",
        "  │   SRC001   0.99 applied    “outdated” → “old”  raw 1:48",
        "  │            article  … mentioned on Monday that the >>outdated<< pier would shut.",
        "  │            source                The harbour board >>old<< on Monday that the old pier would …",
        "  │   SRC002   0.99 suggested  “40” → “45”  raw 1:81",
        "  │            article  It has >>40<< shops.",
        "  │            source   It has >>45<< shops.",
        "  │            the number differs: facts are never taken from a source by themselves",
    ]


def test_a_filter_by_rule_shows_the_source_only_with_its_edits():
    assert any(line.startswith("source: ") for line in shown(made(), "SRC002"))
    assert not any("article  " in line or "source" in line for line in shown(made(), "OCR"))


def test_an_article_without_a_source_shows_nothing_new():
    text = "A yr ago."
    stage = StageLog("spin", tuple(identify(text, [replace(text, 2, 4, "year", "SPIN001", 0.9)])))
    clean = apply(text, stage.edits)
    log = log_of(text, clean, [StageLog("source", ()), stage])
    assert used_source(log) == ""
    assert beside_source(clean, log) == {}
    assert shown((clean, log)) == [
        "clean/one.txt  1 applied",
        "1 │ A [-yr-]{+year+} ago.",
        "  │   SPIN001  0.90 applied    “yr” → “year”  raw 1:3",
        "",
    ]
    body = msgspec.to_builtins(body_of(placed_pieces(trace_edits(clean, log)), log))
    assert not {"beside", "words_from"} & set(body)


def test_json_and_sarif_name_the_source():
    clean, log = made()
    article, trace = CleanArticle(Path("clean/one.txt"), clean, log), trace_edits(clean, log)
    line = json.loads(json_line(article, trace, EditFilter(rules=("SRC",))))
    assert line["source"] == USED
    assert line["edits"][0]["evidence"]["around"][0] == "The harbour board "
    assert "source" not in json.loads(json_line(article, trace, EditFilter(rules=("OCR",))))
    messages = [json.loads(each)["message"]["text"] for each in results(article, trace, EditFilter())]
    ends = [each.endswith("; source: archive/2022.jsonl (2022.jsonl#7), similarity 0.98") for each in messages]
    assert ends == [False, True, True, True]


def test_the_report_has_the_sentences_and_the_other_evidence():
    clean, log = made()
    body = body_of(placed_pieces(trace_edits(clean, log)), log)
    assert list(body.beside) == ["1", "2", "3"]
    assert body.beside["1"].article == Excerpt(
        "The harbour board ", "mentioned", " on Monday that the outdated pier would shut."
    )
    assert body.beside["3"].source == Excerpt("It has ", "45", " shops.")
    assert body.words_from == "archive/2022.jsonl (2022.jsonl#7), similarity 0.98"
    assert body.evidence[1] == {"place": [19, 23], "sentence_similarity": 0.9}
    assert body.evidence[0] == log.stages[0].edits[0].evidence


def session_of(folder, clean, log):
    folder.mkdir()
    (folder / "one.txt").write_text(clean, encoding="utf-8")
    (folder / "one.txt.changes.json").write_bytes(write(log))

    def failed(failure: Failure) -> None:
        pytest.fail(str(failure))

    return Session(
        open_articles(folder, failed),
        [],
        [],
        LinesFile(folder / "decisions.jsonl"),
        LinesFile(folder / "protected.txt"),
        Reviewer("ada", lambda: "2026-11-22T19:00:00+00:00"),
        ReviewFilter(EditFilter(stages=("source",)), False),
        "place",
    )


def described(session, full=False):
    """What the review says of each edit of the stage."""
    describe = descriptions.full_description if full else descriptions.description_lines
    found = []
    for edit in session.articles[0].edits:
        if edit.stage == "source":
            session.cursor = session.queue.find(edit.key)
            found.append([line.plain for line in describe(session, session.item, {"SRC001": "a word"})])
    return found


def test_the_review_shows_the_sentences_and_the_source(tmp_path):
    first, _, fact = described(session_of(tmp_path / "clean", *made()))
    assert first[2:5] == [
        "article  The harbour board >>mentioned<< on Monday that the outdated …",
        "source   The harbour board >>said<< on Monday that the old pier …",
        "From archive/2022.jsonl (2022.jsonl#7), similarity 0.98; the dictionaries call it a possible original",
    ]
    assert len(first) <= 7, "the lines of the screen"
    assert fact[0] == "40 → 45"
    assert "facts are never taken" in fact[4]


@pytest.mark.parametrize(
    "evidence",
    [
        {"around": None},
        {"around": ["", 1]},
        {"around": ["", "", ""]},
        {"around": {"a": ""}},
        {"around": "ab"},
        {"original": 7},
        {"original": None},
    ],
)
def test_an_edit_with_other_evidence_is_shown_as_any_other(tmp_path, evidence):
    clean, log = made(**evidence)
    assert len(beside_source(clean, log)) == 2
    assert any("“mentioned” → “said”" in line for line in shown((clean, log)))
    first, *_ = described(session_of(tmp_path / "clean", clean, log))
    assert "Sentence similarity: 0.9" in first


@pytest.mark.parametrize("used", [7, [], {}, {"id": 1, "origin": "a"}, {"id": "a"}, {"origin": "a"}, None])
def test_a_fact_that_names_no_source_is_no_source(used):
    clean, log = made({"source": used})
    assert used_source(log) == ""
    assert len(beside_source(clean, log)) == 3
    assert not any(line.startswith("source:") for line in shown((clean, log)))


@pytest.mark.parametrize("similarity", ["high", None, True, [1]])
def test_a_similarity_that_is_no_number_is_left_out(similarity):
    _, log = made({"source": {**USED, "similarity": similarity}})
    assert used_source(log) == "archive/2022.jsonl (2022.jsonl#7)"


def test_hostile_sources_do_not_reach_the_terminal(tmp_path):
    used = {"id": HOSTILE, "origin": HOSTILE + "/a", "similarity": 0.5}
    hostile = {"around": [HOSTILE, HOSTILE], "original": HOSTILE, "by": HOSTILE, "source": HOSTILE}
    clean, log = made({"source": used}, **hostile)
    text = "\n".join(shown((clean, log)))
    assert not INVISIBLE & set(text)
    assert r"\x1b[2J\u202e\x07" in text
    assert len(shown((clean, log))) == len(shown(made())), "no line end of a source ends a line"
    for lines in described(session_of(tmp_path / "clean", clean, log), full=True):
        assert not INVISIBLE & set("".join(lines))


def test_long_words_and_sentences_are_shortened():
    long = Excerpt("left " * 100, "word " * 100, " right" * 100)
    for line in lines_of(beside_source(*made())[next(iter(beside_source(*made())))]._replace(source=long), 30):
        assert len(line) <= 9 + 30 + 2 + 60 + 2 + 30
