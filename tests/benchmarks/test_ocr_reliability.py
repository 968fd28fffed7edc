"""benchmarks/ocr_reliability.py on a page of our own."""

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "ocr_reliability.py"
PRINTED = (
    "The steamer was detained at the wharf by a fire in the hold, and the crew were at once put to the pumps. "
    "The captain said that the damage was heavy, and that the vessel had been insured in London. "
) * 2


def test_the_edits_of_the_first_pass_are_judged_by_page_quality(tmp_path: Path) -> None:
    read = PRINTED.replace("the wharf", "tho wharf").replace("captain", "captaiu").replace("and that", "aud that")
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text(json.dumps({"ocr": read, "truth": PRINTED}), encoding="utf-8")
    command = [sys.executable, str(SCRIPT), str(pairs)]
    shown = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout
    assert "from 0.9: 100.0% of " in shown
