"""Property test: files and session agree after any actions, and undoing everything restores the files."""

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clean_news.decisions import Decisions, read
from clean_news.review.terminal.session import ActionError
from clean_news.user_files import read_lines

ACTIONS = st.one_of(
    st.tuples(
        st.just("decide"),
        st.sampled_from(["accept", "reject", "replace"]),
        st.sampled_from(["once", "article", "everywhere"]),
        st.sampled_from(["", "own text", "said", "firm", "two\nlines"]),
    ),
    st.tuples(st.sampled_from(["undo", "next", "previous", "next_article", "previous_article", "unfold"])),
    st.tuples(st.just("protect"), st.sampled_from(["firm", "vessel", "the firm", "mentioned the vessel"])),
)
BEFORE = [
    None,
    b"",
    b'{"action":"accept","scope":"everywhere","id":"0","article":"x","rule":"SPIN001","before":"firm","after":"company"'
    b',"by":"bob","at":"2030-01-01T00:00:00+00:00"}',  # no final line end, as some editors write it
    b'{"action":"reject","scope":"article","id":"0","article":"one.txt","rule":"SPIN001","before":"mentioned",'
    b'"after":"said"}\n\n',
]


def content(path):
    return path.read_bytes() if path.exists() else None


def act(session, action):
    """Perform an action that may not be possible."""
    with contextlib.suppress(ActionError):
        getattr(session, action[0])(*action[1:])


def agree(session, start, clean, decided, protected):
    """The files have the session's decisions and terms, and a new session has the same undecided edits."""
    on_disk = Decisions(read(decided) if decided.exists() else [])
    assert on_disk.by_key == session.decision_index.decisions.by_key
    terms = [term for _, term in read_lines(protected)] if protected.exists() else []
    assert [step.term for step in session.steps if step.term] == [term for term in terms if term != "boats"]
    assert start(clean).decision_index.undecided == session.decision_index.undecided


@pytest.mark.parametrize("before", BEFORE, ids=["no file", "empty", "no line end", "two lines"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=st.lists(ACTIONS, max_size=12))
def test_files_and_session_agree_and_undo_restores_the_files(clean, start, before, actions):
    decided, protected = (clean / ".clean-news" / name for name in ("decisions.jsonl", "protected.txt"))
    decided.parent.mkdir(exist_ok=True)
    for path, was in ((decided, before), (protected, b"# names\nboats" if before else None)):
        path.unlink(missing_ok=True)
        if was is not None:
            path.write_bytes(was)
    files = content(decided), content(protected)
    session = start(clean)
    for action in actions:
        act(session, action)
        agree(session, start, clean, decided, protected)
    while session.steps:
        session.undo()
    agree(session, start, clean, decided, protected)
    assert (content(decided), content(protected)) == files


def test_undo_keeps_what_another_session_wrote(clean, start):
    one, other = start(clean), start(clean, by="bob")
    one.decide("accept")
    other.next()
    other.decide("reject")
    one.undo()
    (left,) = read(clean / ".clean-news" / "decisions.jsonl")
    assert left.by == "bob"
