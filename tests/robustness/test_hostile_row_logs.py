"""A damaged line in the log of a file with many articles costs only its row, where the file is not restored whole."""

import base64
import json
import re
import shutil
import zlib
from pathlib import Path

import pytest
from hostile_logs import MISLEADING, UNSOUND, changed, without
from typer.testing import CliRunner

from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.cli.app import app
from clean_news.formats import format_of
from clean_news.review.terminal.articles import open_articles
from clean_news.settings import Settings

SETTINGS = Settings(stages=("encoding", "characters"))
# A byte that is not UTF-8 cannot be in a row; the U+FFFD is what a suggestion needs.
TEXT = "The minis\u200btry didnâ€™t reply on Monday.\nIts â€œofficeâ€\x9d was closed, and the f\u200berry left. \ufffd"
ROWS = 3
BOMB = base64.b64encode(zlib.compress(bytes(50 << 20), 9)).decode()
# What the format needs to restore a row. Its text and edits are sound, so that the row is shown.
CARRIERS = {
    "news.jsonl": {
        "no literal": without("literal"),
        "an unknown style": changed("literal", to="ascii sparkling"),
        "a literal that is a number": changed("literal", to=7),
        "a literal of garbage": changed("literal", to={"zlib": "!"}),
        "a literal that is a bomb": changed("literal", to={"zlib": BOMB}),
        "a deep literal": changed(
            "literal", to={"zlib": base64.b64encode(zlib.compress(b"[" * 300 + b"]" * 300)).decode()}
        ),
        "the literal of another text": changed(
            "literal", to={"zlib": base64.b64encode(zlib.compress(b'"another"')).decode()}
        ),
    },
    "news.parquet": {},
    "crawl.wet": {
        "headers are a text": changed("headers", to="Content-Type"),
        "a header is a number": changed("headers", to={"Content-Type": 7}),
        "a header with a line end": changed("headers", to={"Content-Type": "text/plain\r\nX-Evil: 1"}),
        "another header": changed("headers", to={"WARC-Type\r\nX-Evil": "response"}),
    },
}
# Of the carriers, those without which the row cannot even be found.
FIELDS = {
    "no field": without("field"),
    "another field": changed("field", to="id"),
    "a field of a list": changed("field", to=[1]),
}
# One of each kind; the others take the same ways.
LINES = (
    "random bytes", "an empty object", "another schema", "deep evidence", "lone surrogate escape", "no stages",
    "clean digest of another text", "raw digest of another file", "rot13", "raw_zlib of garbage", "a negative span",
    "a suggestion out of range", "another text before", "edits in reverse", "id is a number",
)  # fmt: skip


def write_jsonl(path: Path) -> None:
    path.write_text("".join(json.dumps({"id": n, "text": TEXT}) + "\n" for n in range(ROWS)), encoding="utf-8")


def write_parquet(path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pyarrow.Table.from_pylist([{"id": n, "text": TEXT} for n in range(ROWS)]), path)


def write_wet(path: Path) -> None:
    pytest.importorskip("fastwarc")
    block = TEXT.encode()
    path.write_bytes(
        b"".join(
            f"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: http://news.example/{n}\r\n"
            f"WARC-Date: 2026-01-01T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-00000000000{n}>\r\n"
            f"Content-Type: text/plain\r\nContent-Length: {len(block)}\r\n\r\n".encode()
            + block
            + b"\r\n\r\n"
            for n in range(ROWS)
        )
    )


WRITE = {"news.jsonl": write_jsonl, "news.parquet": write_parquet, "crawl.wet": write_wet}


@pytest.fixture(scope="module", params=WRITE)
def good(request, tmp_path_factory):
    """A RAW of a file with many rows and a plain text, and its CLEAN."""
    folder = tmp_path_factory.mktemp("rows")
    (folder / "raw").mkdir()
    WRITE[request.param](folder / "raw" / request.param)
    (folder / "raw" / "other.txt").write_text(TEXT, encoding="utf-8")
    assert run(folder / "raw", folder / "clean", RunOptions(SETTINGS)).failures == []
    return folder, request.param


@pytest.fixture
def copy(good, tmp_path):
    """A copy of that."""
    shutil.copytree(good[0], tmp_path / "copy")
    return tmp_path / "copy", good[1]


def damage(folder: Path, name: str, change) -> None:
    """Change the second line of the log."""
    logs = folder / "clean" / f"{name}{format_of(Path(name)).LOG_SUFFIX}"
    lines = logs.read_bytes().splitlines(keepends=True)
    made = change(json.loads(lines[1]))
    lines[1] = (made if isinstance(made, bytes) else json.dumps(made).encode()).replace(b"\n", b" ") + b"\n"
    logs.write_bytes(b"".join(lines))


def in_carrier(change):
    """Change the carrier of a log."""
    return lambda log: {**log, "carrier": change(log["carrier"])}


def invoke(*words):
    done = CliRunner().invoke(app, [str(word) for word in words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def outputs(folder: Path) -> dict[str, bytes]:
    found = (path for path in (folder / "clean").iterdir() if path.is_file())
    return {path.name: re.sub(rb'"source":"[^"]*"', b"", path.read_bytes()) for path in found}


def check(folder: Path, good: Path, name: str, shown: int, is_of_another_version: bool = False) -> None:
    """Check every command.

    Args:
        folder: the folder with the damaged log.
        good: the folder as it was.
        name: the file with many rows.
        shown: the number of its rows that are shown.
        is_of_another_version: whether another version wrote the log, so that a rerun has no damage to tell of.
    """
    clean = folder / "clean"
    done = invoke("diff", clean, "-f", "json")
    ids = [json.loads(line)["id"] for line in done.stdout.splitlines()]
    assert (len(ids), done.exit_code) == (shown + 1, 0 if shown == ROWS else 2)
    assert "other.txt" in ids
    assert (name in done.stderr) == (shown < ROWS)
    failures = []
    assert len(open_articles(clean, failures.append)) == shown + 1
    assert len(failures) == (shown < ROWS)
    done = invoke("report", clean, "-o", folder / "report.html")
    assert f"in {shown + 1} articles" in done.stderr
    done = invoke("revert", clean, folder / "back")
    assert done.exit_code == 2
    assert [name in line for line in done.stderr.splitlines()] == [True, False]
    assert "clean-news itself failed" not in done.stderr
    assert [path.name for path in (folder / "back").iterdir()] == ["other.txt"], "half a raw file is not the raw file"
    summary = run(folder / "raw", clean, RunOptions(SETTINGS))
    if is_of_another_version:
        assert (summary.failures, summary.cleaned, summary.unchanged) == ([], 1, 1)
        assert outputs(folder) == outputs(good)
        return
    (failure,) = summary.failures
    rows = "" if shown == ROWS else " in 1 row"  # that a row cannot be restored shows only in the whole file
    assert f"{name}: its change log was damaged{rows} (" in str(failure)
    assert "cleaned again" in failure.message
    assert (summary.damaged_logs, summary.cleaned, summary.unchanged, summary.failed) == (1, 1, 1, 0)
    assert outputs(folder) == outputs(good)
    summary = run(folder / "raw", clean, RunOptions(SETTINGS))
    assert (summary.failures, summary.unchanged) == ([], 2)


@pytest.mark.parametrize("case", LINES)
def test_an_unsound_line(copy, good, case):
    damage(*copy, UNSOUND[case])
    check(copy[0], good[0], copy[1], ROWS - 1, is_of_another_version=case == "another schema")


def test_the_number_of_damaged_rows_is_told(copy):
    folder, name = copy
    logs = folder / "clean" / f"{name}.changes.jsonl"
    lines = logs.read_bytes().splitlines(keepends=True)
    logs.write_bytes(b"".join([lines[0], b"{}\n", lines[2].replace(b'"raw_sha256":"', b'"raw_sha256":"0')]))
    summary = run(folder / "raw", folder / "clean", RunOptions(SETTINGS))
    (failure,) = summary.failures
    assert failure.message == (
        "its change log was damaged in 2 rows (not a valid log, cannot restore the raw bytes); cleaned again"
    )


def test_carriers(good, tmp_path):
    for number, change in enumerate(CARRIERS[good[1]].values()):
        folder = tmp_path / str(number)
        shutil.copytree(good[0], folder)
        damage(folder, good[1], in_carrier(change))
        check(folder, good[0], good[1], ROWS)


@pytest.mark.parametrize("case", FIELDS)
def test_a_field_that_the_row_does_not_have(copy, good, case):
    if good[1] == "crawl.wet":
        pytest.skip("a web archive has no fields")
    damage(*copy, in_carrier(FIELDS[case]))
    check(copy[0], good[0], copy[1], ROWS - 1)


@pytest.mark.parametrize("lines", [0, 1, 2, 4])
def test_a_line_missing_or_too_many(copy, good, lines):
    folder, name = copy
    logs = folder / "clean" / f"{name}.changes.jsonl"
    found = logs.read_bytes().splitlines(keepends=True)
    logs.write_bytes(b"".join((found * 2)[:lines]))
    done = invoke("revert", folder / "clean", folder / "back")
    assert (done.exit_code, name in done.stderr) == (2, True)
    assert [path.name for path in (folder / "back").iterdir()] == ["other.txt"]
    done = invoke("diff", folder / "clean", "-f", "json")
    assert (done.exit_code, name in done.stderr) == (2, True)
    summary = run(folder / "raw", folder / "clean", RunOptions(SETTINGS))
    (failure,) = summary.failures
    assert failure.message == ("its change log was damaged (does not belong to the clean file); it was cleaned again")
    assert outputs(folder) == outputs(good[0])


@pytest.mark.parametrize("case", ["an id with control characters", "stages of the same name"])
def test_a_misleading_line_is_read(copy, case):
    damage(*copy, MISLEADING[case])
    done = invoke("diff", copy[0] / "clean", "-f", "json")
    assert (done.exit_code, len(done.stdout.splitlines())) == (0, ROWS + 1)
