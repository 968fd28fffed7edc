"""Estimate the confusion tables: the shipped one of the OCR stage, and the held-back one that scan_news.py samples.

    python benchmarks/estimate_confusions.py ../shared/bench/ocr-train.jsonl

Every fourth document is held back: benchmarks/held-back-confusions.tsv is estimated from these documents, and
dictionaries/ocr/confusions.tsv from the others, so that the engine has not seen the errors it is measured on. The input
is JSON lines with the fields ``ocr`` and ``truth``; both tables contain counts of short character sequences only.
"""

import argparse
import json
from pathlib import Path

from clean_news.dictionaries import folder
from clean_news.stages.ocr import confusion

SHIPPED = folder() / "ocr" / "confusions.tsv"
HELD_BACK = Path(__file__).with_name("held-back-confusions.tsv")
HELD_BACK_INTERVAL = 4  # one document of so many is held back
HEADER = """\
# Counts of what scanners read for printed characters, in the documents that are held back from
# dictionaries/ocr/confusions.tsv: the noise of benchmarks/scan_news.py. Statistics only; format and source as there.
"""


def is_held_back(number: int) -> bool:
    """Whether the document with this index, from 0, is held back from the engine."""
    return number % HELD_BACK_INTERVAL == HELD_BACK_INTERVAL - 1


def tables(pairs: list[tuple[str, str]]) -> tuple[dict[confusion.Piece, int], dict[confusion.Piece, int]]:
    """The engine's counts and the held-back counts, from pairs of a corrected text and its scan."""
    engine = confusion.estimate(pair for number, pair in enumerate(pairs) if not is_held_back(number))
    held_back = confusion.estimate(pair for number, pair in enumerate(pairs) if is_held_back(number))
    return engine, held_back


def main() -> None:
    """Write both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--engine", type=Path, default=SHIPPED)
    parser.add_argument("--held-back", type=Path, default=HELD_BACK)
    options = parser.parse_args()
    rows = map(json.loads, options.pairs.read_text(encoding="utf-8").splitlines())
    engine, held_back = tables([(row["truth"], row["ocr"]) for row in rows])
    confusion.write_table(options.engine, engine)
    confusion.write_table(options.held_back, held_back, HEADER)


if __name__ == "__main__":
    main()
