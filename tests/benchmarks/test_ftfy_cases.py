"""The comparison with ftfy's cases, on a file of the same form with cases of our own."""

import json
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

CASES = [
    {"label": "Messy language names: Welsh", "original": "Cymraeg Å´yn", "fixed": "Cymraeg Ŵyn", "expect": "pass"},
    {"label": "Negative: a brand", "original": "BLÅ™", "fixed": "BLÅ™", "expect": "pass"},
    {"label": "Synthetic, negative: a root", "original": "2√π", "fixed": "2√π", "expect": "pass"},
    {"label": "A café", "original": "cafÃ©", "fixed-encoding": "café", "fixed": "cafe", "expect": "pass"},
    {"label": "Another answer", "original": "a quay", "fixed": "a key", "expect": "pass"},
    {"label": "HTML entity on top of a word", "original": "R&amp;D", "fixed": "R&amp;D", "expect": "pass"},
    {"label": "Negative: unsolved", "original": "x", "fixed": "y", "expect": "fail"},
]


@pytest.fixture
def ftfy_cases():
    path = Path(__file__).parents[2] / "benchmarks" / "ftfy_cases.py"
    spec = spec_from_file_location("ftfy_cases", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_kinds(ftfy_cases):
    kinds = [ftfy_cases.kind_of(case) for case in CASES]
    assert kinds == [
        *("language names", "negative", "synthetic", "in the wild", "in the wild", "in the wild", "known failures")
    ]


def test_the_table_counts_what_is_as_good(ftfy_cases, tmp_path, monkeypatch, capsys):
    path = tmp_path / "cases.json"
    path.write_text(json.dumps(CASES), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["ftfy_cases.py", str(path)])
    ftfy_cases.main()
    printed = capsys.readouterr().out
    assert "| in the wild | 3 | 1 | 1 | 1 | 3 |" in printed
    assert "| known failures | 1 | 0 | 0 | 1 | 1 |" in printed
    assert printed.count("NOT AS GOOD") == 2
    monkeypatch.setattr(sys, "argv", ["ftfy_cases.py", str(tmp_path), "--all"])
    ftfy_cases.main()
    assert "as ftfy does in fix_text" in capsys.readouterr().out
