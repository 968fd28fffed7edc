"""benchmarks/ocr_second_opinion.py on a page of our own, with a tiny model."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
SCRIPT = TESTS.parent / "benchmarks" / "ocr_second_opinion.py"
PRINTED = (
    "The steamer was detained at the wharf by a fire in the hold, and the crew were at once put to the pumps. "
    "The captain said that the damage was heavy, and that the vessel had been insured in London. "
) * 2


def test_errors_removed_and_reliability_are_printed(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime", reason="the extra neural is not installed")
    sys.path.insert(0, str(TESTS / "language" / "neural"))
    import tiny_model

    read = PRINTED.replace("the wharf", "tho whaif").replace("captain", "captaiu").replace("and that", "aud thnt")
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text(json.dumps({"ocr": read, "truth": PRINTED}), encoding="utf-8")
    command = [sys.executable, str(SCRIPT), str(pairs), "--model", str(tiny_model.write(tmp_path / "tiny.gguf"))]
    shown = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout
    assert "off " in shown
    assert "second opinion, from 0.69" in shown
    assert "0 of 1 documents worse" in shown
    assert "from 0.9: " in shown
