"""Estimate the confusion tables: what the engine knows of scanners, and what the noise of scan_news.py is made of.

    python benchmarks/estimate_confusions.py ../shared/bench/ocr-train.jsonl

Every fourth document is held back from dictionaries/ocr/confusions.tsv, which is estimated from the others, and
makes benchmarks/held-back-confusions.tsv, so that the engine has not seen the errors it is measured on. Input are JSON
lines with the fields ``ocr`` and ``truth``; both tables hold counts of short pieces, no sentence.
"""

import argparse
import json
from pathlib import Path

from clean_news.dictionaries import folder
from clean_news.stages.ocr import confusion

SHIPPED = folder() / "ocr" / "confusions.tsv"
HELD_BACK = Path(__file__).with_name("held-back-confusions.tsv")
EVERY = 4
HEADER = """\
# What scanners read for a piece of print, and how often, in the documents that dictionaries/ocr/confusions.tsv is not
# estimated from: the noise of benchmarks/scan_news.py. Statistics only; form and source are that table's.
"""


def is_held_back(number: int) -> bool:
    """Whether the document of this number, counted from 0, is kept from the engine."""
    return number % EVERY == EVERY - 1


def tables(pairs: list[tuple[str, str]]) -> tuple[dict[confusion.Piece, int], dict[confusion.Piece, int]]:
    """The engine's counts and those held back, from pairs of a corrected text and its scan."""
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
