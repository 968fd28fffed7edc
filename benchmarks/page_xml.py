"""Compare how scanned texts are repaired as plain text and in place, in the page XML of a scanner.

    python benchmarks/page_xml.py PAIRS.jsonl … [--kinds alto hocr page] [--confidences good]

Pairs are JSON lines with the fields ``ocr`` and ``truth``. Each text is written as a page by the writers of the tests,
one line of the page for each of its lines, cleaned, and read again from the clean page. A table has the share of
character errors removed (see ocr.py) from the plain text, by the pipeline from the page, and in the words of the clean
page. ``--confidences`` adds word confidences from beta distributions: with ``good`` ones the mean is 0.6 for misread
words and 0.85 for others, with ``poor`` ones 0.75 and 0.8, and ``useless`` ones do not depend on the word.
"""

import argparse
import io
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from ocr import errors_of, read_pairs

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "formats" / "page_xml"))

import page_writers

from clean_news.batch.row_cleaning import Origin, clean_rows
from clean_news.cleaner import Cleaner
from clean_news.formats.page_xml import page_files
from clean_news.settings import Settings

WRITERS = {"alto": page_writers.alto, "hocr": page_writers.hocr, "page": page_writers.page}
HEAD = "| {} | plain text | pipeline | words of the page |\n|---|---|---|---|"
# Parameters of the beta distributions of the confidences of misread words, and of others.
DISTRIBUTIONS = {
    "good": ((3.0, 2.0), (8.5, 1.5)),
    "poor": ((6.0, 2.0), (8.0, 2.0)),
    "useless": ((8.0, 2.0), (8.0, 2.0)),
}


def confidences(truth: str, quality: str, seed: int) -> Callable[[str, int], float]:
    """Return a function that gives a word's confidence: misread words are those that the correct text lacks."""
    words, generator = set(truth.split()), random.Random(seed)  # noqa: S311  # reproducible, no secret

    def confidence(word: str, _number: int) -> float:
        return generator.betavariate(*DISTRIBUTIONS[quality][word in words])

    return confidence


def unknown(_word: str, _number: int) -> None:
    """The confidence of a program that gives none."""


def cleaned(content: bytes, cleaner: Cleaner, folder: Path) -> tuple[str, str]:
    """Clean a page; return the clean text of the pipeline, and the text of the clean page."""
    raw = folder / "page.xml"
    raw.write_bytes(content)
    rows = [row for row, _ in clean_rows(page_files.read(raw, cleaner.settings), cleaner, Origin(raw.name, str(raw)))]
    clean = io.BytesIO()
    page_files.write(rows, raw, clean, io.BytesIO())
    return rows[0].text, str(page_files.row_of(clean.getvalue()).article)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", type=Path, nargs="+")
    parser.add_argument("--kinds", nargs="+", choices=WRITERS, default=list(WRITERS))
    parser.add_argument("--confidences", choices=DISTRIBUTIONS)
    options = parser.parse_args()
    cleaner = Cleaner(Settings())
    for path in options.pairs:
        pairs = read_pairs(path)
        before = sum(errors_of((pair.ocr for pair in pairs), pairs).by_document)
        plain = sum(errors_of((cleaner.clean(pair.ocr).text for pair in pairs), pairs).by_document)
        print(f"\n{path.stem}: {len(pairs)} documents, {before:,} character errors\n")
        print(HEAD.format("share removed"))
        for kind in options.kinds:
            with tempfile.TemporaryDirectory() as folder:
                made = []
                for number, pair in enumerate(pairs):
                    given = confidences(pair.truth, options.confidences, number) if options.confidences else unknown
                    content = WRITERS[kind](pair.ocr, confidence=given).encode()
                    made.append(cleaned(content, cleaner, Path(folder)))
            errors = [sum(errors_of(texts, pairs).by_document) for texts in zip(*made, strict=True)]
            print("| {} | {:.2%} | {:.2%} | {:.2%} |".format(kind, *(1 - each / before for each in (plain, *errors))))


if __name__ == "__main__":
    main()
