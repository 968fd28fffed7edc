"""The reader of CLEAN that diff, report and review share, and ``decisions check``: a broken log costs only itself."""

import msgspec
import pytest
from typer.testing import CliRunner

from clean_news import change_log, decisions
from clean_news.cli.app import app
from clean_news.files.discovery import InputError
from clean_news.review.traced_articles import traced_articles


@pytest.fixture
def clean(tmp_path, by_stages):
    """Three articles: the text of one was changed, the log of another is damaged."""
    for name in ("good.txt", "changed.txt", "damaged.txt"):
        _, text, log = by_stages("The overseas ministry wrote.\n", spin=[("overseas", "foreign")])
        (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / f"{name}.changes.json").write_bytes(change_log.write(msgspec.structs.replace(log, id=name)))
    (tmp_path / "changed.txt").write_text("Another text.\n", encoding="utf-8")
    (tmp_path / "damaged.txt.changes.json").write_text("{", encoding="utf-8")
    return tmp_path


def test_articles_with_a_broken_log_are_left_out_and_reported(clean):
    failures = []
    (article,) = traced_articles(clean, (), failures.append)
    assert article.log.id == "good.txt"
    assert [each.edit.after for each in article.trace.edits] == ["foreign"]
    assert sorted(str(each).split(": ", 2)[1].split(" ")[0] for each in failures) == ["is", "was"]
    assert all(any(f"{clean}/{name}" in str(each) for each in failures) for name in ("changed.txt", "damaged.txt"))


def test_only_wanted_articles_are_read(clean):
    failures = []
    assert [each.article.path.name for each in traced_articles(clean, ["good.txt"], failures.append)] == ["good.txt"]
    assert failures == []
    with pytest.raises(InputError, match=r"other\.txt"):
        list(traced_articles(clean, ["other.txt"], failures.append))


def test_a_trace_is_computed_once_and_only_if_needed(clean, monkeypatch):
    calls = []
    monkeypatch.setattr("clean_news.review.traced_articles.trace_edits", lambda *_: calls.append(1))
    (article,) = traced_articles(clean, ["good.txt"], print)
    assert calls == []
    assert article.trace is article.trace
    assert calls == [1]


@pytest.mark.parametrize(("before", "unmet"), [("overseas", 0), ("abroad", 1)])
def test_decisions_check_reports_broken_logs_and_reads_the_others(clean, by_stages, before, unmet):
    _, _, log = by_stages("The overseas ministry wrote.\n", spin=[("overseas", "foreign")])
    edit = msgspec.structs.replace(log.stages[0].edits[0], before=before)
    path = clean / ".clean-news" / "decisions.jsonl"
    path.parent.mkdir()
    path.write_bytes(decisions.write([decisions.decision_on(edit, "good.txt", "reject", "everywhere")]))
    checked = CliRunner().invoke(app, ["decisions", "check", str(clean)])
    assert (checked.exit_code, len(checked.stdout.splitlines())) == (2, unmet)
    for name in ("damaged.txt", "changed.txt"):
        assert name in checked.stderr
        (clean / name).unlink()
    checked = CliRunner().invoke(app, ["decisions", "check", str(clean)])
    assert (checked.exit_code, len(checked.stdout.splitlines())) == (unmet, unmet)


def test_decisions_check_needs_clean_files(tmp_path):
    (tmp_path / ".clean-news").mkdir()
    (tmp_path / ".clean-news" / "decisions.jsonl").touch()
    checked = CliRunner().invoke(app, ["decisions", "check", str(tmp_path)])
    assert checked.exit_code == 2
    assert "name a folder of clean files" in checked.stderr
