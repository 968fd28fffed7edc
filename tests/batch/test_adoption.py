"""Changes made by hand in clean files are adopted: nothing else changes, reruns keep them, the raw bytes come back."""

import os
import shutil
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clean_news.batch.adoption import Adopter, adopt, find_changed
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.change_log import read
from clean_news.decisions import HAND, Decision, decisions_of, write
from clean_news.edits import apply, spans_after
from clean_news.formats import text as text_format
from clean_news.hand_edits import edits_by_hand, text_before
from clean_news.settings import Settings

RAW = sorted((Path(__file__).parents[2] / "raw").glob("*.txt"))
OPTIONS = RunOptions(Settings(jobs=1))
EXAMPLES = 200 if os.environ.get("CLEAN_NEWS_FULL") else 12
NEWS = (
    '{"id": 1, "text": "It didnâ€™t leave the harbour.", "site": "a"}\n'
    '{"id": 2, "text": "Caf\\u00e9 owners met on Monday."}\n'
    "\n"
    '{"id": 4, "text": "It didnâ€™t leave the harbour."}\n'
)
WRITTEN = [
    "",
    " ",
    "\n",
    "word",
    "The ",
    ".",
    ",",
    "—",
    "é",
    "\r\n",
    "a b",
    "\t",
    "’s",
    "\u200b",
    "\x00",
    "A new line.\n\n",
]


def by_hand(scope, article, before, after, **said):
    """A decision that words become others, wherever they stand."""
    return Decision(action="accept", scope=scope, id="", article=article, rule=HAND, before=before, after=after, **said)


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    """The samples and their clean files."""
    top = tmp_path_factory.mktemp("samples")
    (top / "raw").mkdir()
    for path in RAW:
        shutil.copy(path, top / "raw")
    assert run(top / "raw", top / "clean", OPTIONS).failures == []
    return top


def adopted(clean, raw=None, **said):
    """Adopt the changes; return the number of articles."""
    failures = []
    found = find_changed(clean, (), raw, Adopter(at="2026-11-30T08:00:00+00:00", **said), failures.append)
    done = adopt(clean, found, failures.append) if found else 0
    assert failures == []
    return done


def reverted(clean):
    target = BytesIO()
    text_format.restore(clean, clean.with_name(f"{clean.name}.changes.json"), target)
    return target.getvalue()


def log_of(clean):
    return read(clean.with_name(f"{clean.name}.changes.json").read_bytes(), "log")


@st.composite
def hand_edits(draw, text, log):
    """A text changed in a few places: anywhere, at the ends, and beside our own edits."""
    spots = st.integers(0, len(text)) | st.sampled_from([0, len(text)])
    beside = [offset for span in spans_after(log.stages[-1].edits) for offset in span] if log.stages else []
    if beside:
        spots |= st.sampled_from(beside)
    for _ in range(draw(st.integers(1, 4))):
        start = min(draw(spots), len(text))
        size = draw(st.sampled_from([0, 0, 1, 3, 12, 200]))
        if draw(st.booleans()):  # whole words or lines
            while start and text[start - 1].isalnum():
                start -= 1
        text = text[:start] + draw(st.sampled_from(WRITTEN)) + text[start + size :]
    return text


@pytest.mark.parametrize("name", [path.name for path in RAW])
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_changes_are_kept_and_the_raw_bytes_come_back(samples, tmp_path_factory, name, data):
    top = tmp_path_factory.mktemp("adopt")
    clean, logs = top / name, top / f"{name}.changes.json"
    for path in (clean, logs):
        shutil.copy(samples / "clean" / path.name, path)
    received = clean.read_bytes().decode()
    raw = samples / "raw" / name
    for _ in range(2):  # the second time over what was adopted
        written = clean.read_bytes().decode()
        wanted = data.draw(hand_edits(written, read(logs.read_bytes(), "log")))
        clean.write_bytes(wanted.encode())
        assert adopted(clean, raw) == (wanted != written)
        assert clean.read_bytes().decode() == wanted, "the clean file stays as it is"
        assert reverted(clean) == raw.read_bytes()
        assert adopted(clean, raw) == 0, "a second time there is nothing to adopt"
        log = read(logs.read_bytes(), "log")
        assert text_before(wanted, log.stages) == received
        decisions = decisions_of(clean)
        made = edits_by_hand(received, name, decisions)
        assert (apply(received, made.edits) if made else received) == wanted, "a rerun writes the same text"
        assert made == next((stage for stage in log.stages if stage.name == "hand"), None), "with the same log"


def rerun(top, force=False):
    return run(top / "raw", top / "clean", OPTIONS._replace(force=force))


def test_reruns_keep_what_was_adopted(samples, tmp_path):
    shutil.copytree(samples, tmp_path, dirs_exist_ok=True)
    wanted = {}
    for number, path in enumerate(sorted((tmp_path / "clean").glob("*.txt"))):
        words = path.read_text("utf-8").split(" ")
        words[number * 3 + 1 : number * 3 + 2] = ["REPLACED", "BY", "HAND"]
        del words[-8]
        wanted[path.name] = " ".join([*words, "Last words.\n"]).encode()
        path.write_bytes(wanted[path.name])
    assert adopted(tmp_path / "clean", tmp_path / "raw", by="Ada", note="checked") == len(wanted)
    logs = {name: log_of(tmp_path / "clean" / name) for name in wanted}
    summary = rerun(tmp_path)
    assert (summary.cleaned, summary.unchanged, summary.failures) == (0, len(wanted), [])
    summary = rerun(tmp_path, force=True)
    assert (summary.cleaned, summary.unmet, summary.failures) == (len(wanted), [], [])
    for name, text in wanted.items():
        assert (tmp_path / "clean" / name).read_bytes() == text
        again = log_of(tmp_path / "clean" / name)
        assert msgspec.structs.replace(again, source=logs[name].source) == logs[name]
        assert reverted(tmp_path / "clean" / name) == (tmp_path / "raw" / name).read_bytes()
    table = (tmp_path / "clean" / ".clean-news" / "summary.md").read_text("utf-8")
    assert "words that a person wrote" in table


@pytest.fixture
def small(tmp_path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_bytes(b"It didn\xe2\x80\x99t leave.\r\nThe ferry stayed.\r\n")
    (tmp_path / "raw" / "news.jsonl").write_text(NEWS, "utf-8")
    assert rerun(tmp_path).failures == []
    return tmp_path


def change(path, before, after):
    text = path.read_bytes().decode()
    assert before in text
    path.write_bytes(text.replace(before, after).encode())


def test_rows_are_adopted(small):
    clean = small / "clean" / "news.jsonl"
    change(clean, 'didn’t leave the harbour.",', 'did not leave.",')
    change(clean, "Monday", "Tuesday")
    wanted = clean.read_bytes()
    assert adopted(small / "clean", small / "raw") == 2
    assert clean.read_bytes() == wanted
    assert rerun(small).unchanged == 2
    assert rerun(small, force=True).failures == []
    assert clean.read_bytes() == wanted
    from clean_news.batch.reversion import restore

    assert restore(small / "clean", small / "back").failures == []
    assert (small / "back" / "news.jsonl").read_text("utf-8") == NEWS


def test_a_new_version_of_the_raw_article_keeps_what_was_adopted(small):
    clean, raw = small / "clean" / "a.txt", small / "raw" / "a.txt"
    change(clean, "ferry", "boat")
    adopted(small / "clean", small / "raw")
    raw.write_bytes(b"On Monday: " + raw.read_bytes() + b"Later it rained.\r\n")
    summary = rerun(small)
    assert (summary.cleaned, summary.unmet, summary.failures) == (1, [], [])
    assert clean.read_text("utf-8") == "On Monday: It didn’t leave.\nThe boat stayed.\nLater it rained.\n"
    raw.write_bytes(b"Another article.\r\n")
    (unmet,) = rerun(small).unmet
    assert "HAND 'ferry' → 'boat'" in unmet
    assert clean.read_text("utf-8") == "Another article.\n"


def test_what_was_adopted_can_be_taken_back_by_hand(small):
    clean = small / "clean" / "a.txt"
    first = clean.read_bytes()
    change(clean, "ferry", "boat")
    assert adopted(small / "clean", small / "raw") == 1
    change(clean, "boat", "ferry")
    assert adopted(small / "clean", small / "raw") == 1
    assert rerun(small, force=True).failures == []
    assert clean.read_bytes() == first


def test_an_edit_everywhere_is_changed_in_one_article(small):
    everywhere = by_hand("everywhere", "", "leave", "depart", prefix="did not ", at="2026-12-24")
    (small / "d.jsonl").write_bytes(write([everywhere]))
    run(small / "raw", small / "clean", OPTIONS._replace(decisions=(small / "d.jsonl",)))
    clean = small / "clean" / "a.txt"
    change(clean, "depart", "go")
    assert adopted(small / "clean", small / "raw") == 1
    rerun(small, force=True)
    assert "didn’t go." in clean.read_text("utf-8")
    assert "didn’t depart the harbour" in (small / "clean" / "news.jsonl").read_text("utf-8")
    change(clean, "go.", "leave.")
    assert adopted(small / "clean", small / "raw") == 1
    rerun(small, force=True)
    assert "didn’t leave." in clean.read_text("utf-8")


def test_decisions_that_were_not_applied_yet_are_not_forgotten(small):
    pending = by_hand("article", "a.txt", "It", "She", suffix=" did", at="2026-11-01")
    (small / "clean" / ".clean-news" / "decisions.jsonl").write_bytes(write([pending]))
    change(small / "clean" / "a.txt", "ferry", "boat")
    assert adopted(small / "clean", small / "raw") == 1
    assert rerun(small).cleaned == 1
    assert (small / "clean" / "a.txt").read_text("utf-8") == "She didn’t leave.\nThe boat stayed.\n"


def test_if_the_decisions_are_lost_adopting_again_makes_all_of_them(small):
    change(small / "clean" / "a.txt", "ferry", "boat")
    adopted(small / "clean", small / "raw")
    (small / "clean" / ".clean-news" / "decisions.jsonl").unlink()
    change(small / "clean" / "a.txt", "It", "She")
    assert adopted(small / "clean", small / "raw") == 1
    rerun(small, force=True)
    assert (small / "clean" / "a.txt").read_text("utf-8") == "She didn’t leave.\nThe boat stayed.\n"


def test_killed_between_decisions_and_logs(small, monkeypatch):
    from clean_news.batch import adoption

    change(small / "clean" / "a.txt", "ferry", "boat")
    wanted = (small / "clean" / "a.txt").read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(adoption, "_replace_lines", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            adopted(small / "clean", small / "raw")
    again = shutil.copytree(small, small.parent / f"{small.name}-again")
    assert rerun(small).failures == [], "a rerun writes the same text"
    assert (small / "clean" / "a.txt").read_bytes() == wanted
    assert adopted(again / "clean", again / "raw") == 1, "and adopting again the same decisions"
    lines = (again / "clean" / ".clean-news" / "decisions.jsonl").read_bytes().splitlines()
    assert len({msgspec.json.decode(line)["id"] for line in lines}) == 1


@pytest.mark.parametrize("what", ["gone", "changed", "other row"])
def test_without_the_raw_article_nothing_is_touched(small, what):
    name = "news.jsonl" if what == "other row" else "a.txt"
    raw, clean = small / "raw" / name, small / "clean" / name
    change(clean, "leave", "go")
    if what == "gone":
        raw.unlink()
    else:
        change(raw, "leave", "stay in")
    before = {path: path.read_bytes() for path in (small / "clean").rglob("*") if path.is_file()}
    failures = []
    assert find_changed(small / "clean", (), small / "raw", Adopter(), failures.append) == []
    assert failures
    for failure in failures:
        assert ("is not there" if what == "gone" else "was changed too") in str(failure)
        assert "keep a copy" in str(failure)
    assert {path: path.read_bytes() for path in before} == before
    if what != "gone":
        assert rerun(small).failures, "a rerun does not overwrite it either"
        assert clean.read_bytes() == before[clean]


def test_a_log_with_other_edits_is_refused(small):
    change(small / "clean" / "a.txt", "ferry", "boat")
    log = small / "clean" / "a.txt.changes.json"
    log.write_bytes(log.read_bytes().replace(b'"codec":"utf-8"', b'"codec":"zip"'))
    failures = []
    assert find_changed(small / "clean", (), small / "raw", Adopter(), failures.append) == []
    assert "does not reproduce the raw bytes" in str(failures[0])
