"""Edits by hand: made last, found again, overlapping, rejected, hostile."""

import time

import pytest

from clean_news import Cleaner, revert
from clean_news.change_log import check, read, write
from clean_news.decisions import HAND, Decision, Decisions, describe, in_effect, key_of, read_all
from clean_news.decisions import write as write_decisions
from clean_news.hand_edits import CONTEXT_CHARS, decision_at, decisions_digest, edits_by_hand, find, whole_words

TEXT = "The ferry left Port Ellis at noon. The ferry came back at one. Nobody on the ferry was hurt.\n"


def once(text, words, after, number=0, article="a.txt", **said):
    start = [at for at in range(len(text)) if text.startswith(words, at)][number]
    return decision_at(text, start, start + len(words), after, article, **said)


def wherever(before, after, scope="everywhere", article="a.txt", action="accept", **said):
    return Decision(
        action=action, scope=scope, id="", article=article, rule=HAND, before=before, after=after, prefix="the ", **said
    )


def about(made, action="accept", scope="once", **said):
    """A decision about an edit by hand, without the places around it."""
    return Decision(
        action=action,
        scope=scope,
        id=made.id,
        article=made.article,
        rule=HAND,
        before=made.before,
        after=made.after,
        **said,
    )


def cleaned(raw, *decisions, name="a.txt"):
    result = Cleaner(decisions=Decisions(decisions)).clean(raw, name)
    assert revert(result.text, read(write(result.log), "log")) == raw.encode()
    return result


def hand_edits_in(log):
    return [edit for stage in log.stages if stage.name == "hand" for edit in stage.edits]


def test_an_edit_by_hand_is_the_last_step_and_says_who_made_it():
    raw = TEXT.replace("Nobody", "Nobodyâ€™s dog")
    text = raw.replace("â€™", "’")
    by_ada = once(text, "ferry", "old ferry", 1, by="Ada", at="2026-11-30T08:00:00+00:00", note="its name")
    result = cleaned(raw, by_ada)
    assert result.text == text.replace("The ferry came", "The old ferry came")
    assert result.log.stages[-1].name == "hand"
    (edit,) = hand_edits_in(result.log)
    assert (edit.rule, edit.state, edit.confidence, edit.before, edit.after) == (
        HAND,
        "applied",
        1,
        "ferry",
        "old ferry",
    )
    assert edit.evidence == {"by": "Ada", "at": "2026-11-30T08:00:00+00:00", "note": "its name"}
    assert cleaned(raw).text == text, "without decisions there is no such edit"
    assert cleaned(raw, by_ada, name="b.txt").text == text, "and none in another article"


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_place_among_equal_ones_is_found(number):
    text = "No comment. " * 20
    start = 12 * (number * 8) + 3
    decision = decision_at(text, start, start + 7, "answer", "a")
    assert find(text, decision) == start


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        (TEXT.replace("The ferry left Port Ellis", "On Monday the vessel left Port Ellis"), True),
        (TEXT.replace("Port Ellis", "Port  Ellis"), True),
        (TEXT.replace("at one", "at two"), True),
        (TEXT.replace("came back", "returned"), False),
        (TEXT.replace("The ferry came back at one. ", ""), False),
        (f"{TEXT}Later: {TEXT}", True),
        ("", False),
    ],
)
def test_a_place_is_found_if_enough_around_it_is_as_it_was(changed, found):
    decision = once(TEXT, "back", "home")
    assert find(changed, decision) == (changed.index("back") if found else None)


def test_insertions_at_the_ends():
    begin, end = decision_at(TEXT, 0, 0, "“", "a.txt"), decision_at(TEXT, len(TEXT), len(TEXT), "Ends.\n", "a.txt")
    assert cleaned(TEXT, begin, end).text == f"“{TEXT}Ends.\n"


def test_an_article_that_is_empty_or_becomes_so():
    assert cleaned("", decision_at("", 0, 0, "Nothing was found.\n", "a.txt")).text == "Nothing was found.\n"
    assert cleaned(TEXT, decision_at(TEXT, 0, len(TEXT), "", "a.txt")).text == ""


def test_whole_words_only():
    assert list(whole_words("art, Bart, art’s, arts, café art", "art")) == [0, 11, 29]
    assert list(whole_words("cafe\u0301 cafe", "cafe")) == [6]
    assert list(whole_words("a--b", "--")) == [1]
    assert list(whole_words("abc", "")) == []


def test_scopes_and_which_one_wins():
    article = wherever("ferry", "boat", "article")
    everywhere = wherever("ferry", "vessel")
    here = once(TEXT, "ferry", "dinghy", 1)
    expected = TEXT.replace("ferry", "{}").format("boat", "dinghy", "boat")
    assert cleaned(TEXT, everywhere, article, here).text == expected
    assert cleaned(TEXT, everywhere, article, here, name="b.txt").text == TEXT.replace("ferry", "vessel")
    log = cleaned(TEXT, everywhere, here).log
    assert [edit.id for edit in hand_edits_in(log)] == list(dict.fromkeys(edit.id for edit in hand_edits_in(log)))


def test_an_edit_is_rejected_and_comes_back():
    made = once(TEXT, "ferry", "boat", at="1")
    no = about(made, action="reject", at="2")
    result = cleaned(TEXT, made, no)
    assert result.text == TEXT
    assert [edit.state for edit in hand_edits_in(result.log)] == ["rejected"]
    own = about(made, action="replace", text="ship", at="3")
    assert cleaned(TEXT, made, no, own).text == TEXT.replace("ferry", "ship", 1)


def test_accepting_edits_everywhere_in_a_report_makes_no_new_ones():
    made = once(TEXT, "ferry", "boat", at="1")
    accepted = about(made, scope="everywhere", at="2")
    assert cleaned(TEXT, made, accepted).text == TEXT.replace("ferry", "boat", 1)
    assert cleaned(TEXT, wherever("ferry", "boat", at="1"), accepted).text == TEXT.replace("ferry", "boat")


def test_one_occurrence_of_an_edit_everywhere_is_rejected():
    everywhere = wherever("ferry", "boat", at="1")
    edit = hand_edits_in(cleaned(TEXT, everywhere).log)[1]
    no = Decision(
        action="reject", scope="once", id=edit.id, article="a.txt", rule=HAND, before="ferry", after="boat", at="2"
    )
    assert cleaned(TEXT, everywhere, no).text == TEXT.replace("ferry", "{}").format("boat", "ferry", "boat")


def test_two_reviewers_at_one_place_disagree_and_the_later_one_counts():
    ada, bob = once(TEXT, "noon", "12", by="Ada", at="1"), once(TEXT, "noon", "midday", by="Bob", at="2")
    decisions = Decisions([bob, ada])
    assert cleaned(TEXT, bob, ada).text == TEXT.replace("noon", "midday")
    (conflict,) = decisions.conflicts
    assert "replace by 'midday' (Bob) overrides replace by '12' (Ada)" in str(conflict)


def test_overlapping_edits_the_later_one_is_made_and_the_other_is_seen():
    ada, bob = once(TEXT, "at noon", "at 12", at="1"), once(TEXT, "noon. The", "night. The", at="2")
    result = cleaned(TEXT, ada, bob)
    assert result.text == TEXT.replace("noon", "night")
    assert {edit.after: edit.state for edit in hand_edits_in(result.log)} == {
        "at 12": "suggested",
        "night. The": "applied",
    }


def test_decisions_whose_place_is_gone_are_unmatched():
    gone, there = once("Another text than this one.", "text", "word"), once(TEXT, "noon", "night")
    decisions = Decisions([gone, there])
    edits = hand_edits_in(cleaned(TEXT, gone, there).log)
    assert list(decisions.unmatched(decisions.matching_keys(edits, "a.txt"))) == [gone]
    assert "HAND 'text' → 'word'" in describe(gone)


def test_the_digest_changes_with_decisions_that_concern_the_article():
    def digest(*decisions):
        result = cleaned(TEXT, *decisions)
        again = decisions_digest(Decisions(decisions), result.text, result.log.stages, "a.txt")
        assert again == result.log.decisions
        return again

    digests = [
        digest(),
        digest(once(TEXT, "noon", "one")),
        digest(once(TEXT, "noon", "two")),
        digest(wherever("noon", "one")),
        digest(wherever("noon", "one", "article")),
        digest(once("other text", "other", "same")),
    ]
    assert len(set(digests)) == len(digests)
    assert digest(wherever("absent", "one")) == digest(once(TEXT, "noon", "one", article="b.txt")) == ""


@pytest.mark.parametrize(
    "words", ["\x00\x1b[31m\r\u202e", "\ufeff", "\u2028\x85", "<script>", '"}]\n{', "x" * 1_000_000, "👩‍👩‍👧", "\ufdd0"]
)
def test_hostile_words_are_written_and_reverted(words):
    result = cleaned(TEXT, once(TEXT, "noon", words), wherever("ferry", words, "article"))
    assert result.text == TEXT.replace("noon", words).replace("ferry", words)
    check(result.text, result.log)


def test_surrogates_cost_the_edits_but_not_the_article():
    result = cleaned(TEXT, once(TEXT, "noon", "\ud800"))
    assert result.text == TEXT
    assert "UnicodeEncodeError" in result.log.stages[-1].failed


@pytest.mark.parametrize(
    "wrong",
    [
        {"prefix": "", "suffix": ""},
        {"before": ""},
        {"ordinal": 10**12},
        {"prefix": "e" * 100_000},
        {"suffix": "T" * 100_000},
        {"before": TEXT * 100},
        {"prefix": "\x00", "suffix": "\x00"},
    ],
)
def test_hostile_places_change_no_other_place(wrong):
    import msgspec

    decision = msgspec.structs.replace(once(TEXT, "noon", "NIGHT"), **wrong)
    assert cleaned(TEXT, decision).text in {TEXT, TEXT.replace("noon", "NIGHT"), TEXT.replace("noon", "NIGHTnoon")}


def test_many_edits_in_a_long_article_take_linear_time():
    def seconds(size):
        text = "".join(f"Line {number} is here.\n" for number in range(size))
        ends = [at for at, character in enumerate(text) if character == "\n"]
        decisions = Decisions(
            [wherever("here", "there", "article", "a"), *(decision_at(text, at, at + 1, "\r\n", "a") for at in ends)]
        )
        began = time.perf_counter()
        log = edits_by_hand(text, "a", decisions)
        took = time.perf_counter() - began
        assert len(log.edits) == 2 * size
        return took

    assert seconds(2000) < 1.5 + 40 * seconds(200)


def test_decisions_that_stay_in_their_file_are_found(tmp_path, monkeypatch):
    made = [
        once(TEXT, "noon", "night", at="1"),
        wherever("ferry", "boat", at="1"),
        once("Other text.", "text", "word", article="b"),
    ]
    made += [
        Decision(
            action="reject",
            scope="once",
            id=made[0].id,
            article="a.txt",
            rule=HAND,
            before="noon",
            after="night",
            at="2",
        )
    ]
    (tmp_path / "d.jsonl").write_bytes(write_decisions(made))
    in_memory = read_all([tmp_path / "d.jsonl"])
    monkeypatch.setattr(in_effect, "MAX_IN_MEMORY", 1)
    stored = read_all([tmp_path / "d.jsonl"])
    assert not isinstance(stored.by_key, dict)
    for article in ("a.txt", "b", "c"):
        assert sorted(map(key_of, stored.by_hand(article))) == sorted(map(key_of, in_memory.by_hand(article)))
        assert {each.prefix for each in stored.by_hand(article)} == {each.prefix for each in in_memory.by_hand(article)}
    assert stored.by_hand("a.txt")[0].prefix == TEXT[29 - CONTEXT_CHARS if CONTEXT_CHARS < 29 else 0 : 29]
