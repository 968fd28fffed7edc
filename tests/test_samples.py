"""``clean/`` is the current output of ``clean-news raw clean``, and git does not convert the files in ``raw/``."""

import subprocess
from pathlib import Path

import pytest

from clean_news import change_log, revert

TOP = Path(__file__).parents[1]
SAMPLES = sorted(path.name for path in (TOP / "raw").glob("[!.]*"))
STALE = "clean/ is stale; refresh it with: clean-news raw clean --force"
every_sample = pytest.mark.parametrize("name", SAMPLES)


@pytest.fixture(scope="module")
def fresh(cleaned_in, tmp_path_factory):
    """A folder with the current output for raw/."""
    clean = tmp_path_factory.mktemp("fresh") / "clean"
    cleaned_in(TOP, "raw", clean)
    return clean


def stored(clean, name):
    """The text and the log of a clean file; the test fails if they do not exist."""
    text, log = clean / name, clean / f"{name}.changes.json"
    assert text.exists(), STALE
    assert log.exists(), STALE
    return text.read_bytes().decode(), change_log.read(log.read_bytes(), log.name)


def edits_in(log):
    return [(stage.name, edit) for stage in log.stages for edit in stage.edits]


def exact(log):
    """The edits without their figures, as readable lines; confidences are compared with a tolerance."""
    return [
        f"{stage} {edit.rule} {edit.span} {edit.before!r} -> {edit.after!r} {edit.state}, depends on {edit.depends_on}"
        for stage, edit in edits_in(log)
    ]


@every_sample
def test_clean_text_is_current(fresh, name):
    assert stored(TOP / "clean", name)[0] == stored(fresh, name)[0], STALE


@every_sample
def test_log_is_current(fresh, name):
    committed, now = (stored(clean, name)[1] for clean in (TOP / "clean", fresh))
    assert exact(committed) == exact(now), STALE
    assert committed.metadata == now.metadata, STALE
    confidences = [[edit.confidence for _, edit in edits_in(log)] for log in (committed, now)]
    assert confidences[0] == pytest.approx(confidences[1], abs=0.02), STALE


@every_sample
def test_no_stage_failed(name):
    _, log = stored(TOP / "clean", name)
    assert [(stage.name, stage.failed) for stage in log.stages if stage.failed] == []


@every_sample
def test_log_reverts_to_the_raw_file(name):
    text, log = stored(TOP / "clean", name)
    assert revert(text, log) == (TOP / "raw" / name).read_bytes(), STALE


def test_clean_contains_every_sample_and_nothing_else():
    # clean/.clean-news/ has the summary of a local run with its duration, and is not committed.
    there = {path.name for path in (TOP / "clean").iterdir() if path.name != ".clean-news"}
    assert there == {name + end for name in SAMPLES for end in ("", ".changes.json")}, STALE


def test_the_summary_is_not_committed(tracked):
    ignored = subprocess.run(["git", "check-ignore", "-q", "clean/.clean-news/summary.md"], cwd=TOP, check=False)
    assert ignored.returncode == 0
    assert [path for path in tracked if ".clean-news" in path.parts] == []


@pytest.mark.usefixtures("tracked")
@every_sample
def test_git_does_not_convert_a_raw_file(name):
    shown = subprocess.check_output(["git", "check-attr", "text", f"raw/{name}"], cwd=TOP, text=True)
    assert shown == f"raw/{name}: text: unset\n"


def test_the_windows_sample_has_not_been_converted():
    raw = (TOP / "raw" / "06-windows-1252.txt").read_bytes()
    assert raw.count(b"\n") == raw.count(b"\r\n") > 0
    assert b"\x93" in raw, "a curly quotation mark in cp1252"
    with pytest.raises(UnicodeDecodeError):
        raw.decode()
