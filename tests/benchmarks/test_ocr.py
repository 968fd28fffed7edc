import json
import os
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
PAIRS = (
    {
        "ocr": "Tlie ferry left the liarbour at noon, aud the wel-\ncome was warm.",
        "truth": "The ferry left the harbour at noon, and the wel-\ncome was warm.",
    },
    {"ocr": "The council met on Monday.", "truth": "The council met on Monday."},
)
ROWS = (
    "identity",
    "ftfy fix_text",
    "symspellpy lookup",
    "symspellpy lookup, guarded by",
    "symspellpy lookup_compound",
    "clean-news: ocr",
    "clean-news: encoding, characters, layout, ocr",
    "clean-news: all stages",
)


def own_process():
    return lambda _: os.getpid()


@pytest.fixture
def ocr(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    import ocr

    return ocr


def test_errors_are_counted_per_document_without_hyphens(ocr):
    pairs = [ocr.Pair("in-\nstalled  aud", "installed and"), ocr.Pair("the", "the")]
    before = ocr.errors_of([pair.ocr for pair in pairs], pairs)
    assert before == ocr.Errors((1, 0), 16)
    after = ocr.errors_of(["installed and", "tho"], pairs)
    line = ocr.row("ours", before, after, 1234.0, 2.0)
    assert line == "| ours | 6.25% | 0.0% | 50.0% | 50.0% | 1,234 | 2.0 |"


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="textacy, a part of the baseline, cannot be installed")
def test_one_run_prints_every_row(ocr, tmp_path, monkeypatch, capsys):
    path = tmp_path / "own.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in PAIRS), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["ocr.py", str(path)])
    monkeypatch.setattr(ocr, "measured", ocr.timed)  # a process per row would load everything eight times
    monkeypatch.setattr(ocr, "warm_up", list)
    ocr.main()
    printed = capsys.readouterr().out.splitlines()
    assert printed[1].startswith("own: 2 documents")
    lines = printed[5:]
    assert len(lines) == len(ROWS)
    for line, name in zip(lines, ROWS, strict=True):
        assert line.startswith(f"| {name}")
        assert line.count("|") == 8
    assert "| 0.0% | 0.0% | 0.0% |" in lines[0]  # the speed of two tiny texts may or may not be printed


def test_rows_are_selected_by_name(ocr, monkeypatch):
    monkeypatch.setattr(ocr, "measured", lambda _, texts: (texts, 1.0))
    lines = list(ocr.table("own", [ocr.Pair("one", "one")], "lookup"))
    assert [line.split("|")[1].strip().split(",")[0] for line in lines[2:]] == [
        "symspellpy lookup",
        "symspellpy lookup",
        "symspellpy lookup_compound",
    ]


def test_each_row_is_measured_in_a_separate_process(ocr):
    made, seconds = ocr.measured(own_process, ["one", "two"])
    assert made[0] == made[1] != os.getpid()
    assert seconds > 0


@pytest.mark.usefixtures("ocr")
@pytest.mark.parametrize(
    ("text", "every", "guarded"),
    [
        ("Tbe COUNCIIL met.", "The COUNCIL met.", "Tbe COUNCIIL met."),
        ("a harbonr by Vennlaag", "a harbour by Vennlaag", "a harbour by Vennlaag"),
    ],
)
def test_case_is_kept_and_the_guard_skips_names(text, every, guarded):
    import correctors

    assert correctors.every_lookup()(text) == every
    assert correctors.guarded_lookup()(text) == guarded
