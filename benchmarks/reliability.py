"""Measure the calibration of the spin stage: a reliability table, and the figures of each level.

    python benchmarks/reliability.py GOLD.jsonl… [--document spun] [--levels] [--fit]

An edit is correct if its span, together with the touching edits of at least the same confidence, gets a form that the
gold file accepts; a change outside all gold spans is wrong. ``--fit`` fits the calibration to all files, with equal
weight, and writes dictionaries/calibration.tsv; fit it on text that the weights were not estimated from.
"""

import argparse
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, get_args

import msgspec

from clean_news import Cleaner
from clean_news.article import Article
from clean_news.dictionaries import folder
from clean_news.edits import Edit, apply
from clean_news.scoring.figures import score, totals
from clean_news.scoring.gold import GoldRow, read
from clean_news.scoring.judgement import judge
from clean_news.settings import Document, Level, Settings
from clean_news.stages.spin import calibration, stage

LOGGED_FROM = 0.05
BINS = (LOGGED_FROM, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.01)


class JudgedEdit(NamedTuple):
    """The confidence of an edit, and whether it is correct."""

    confidence: float
    correct: bool


def judged(rows: Sequence[GoldRow], document: Document) -> Iterator[JudgedEdit]:
    """Judge every edit that the spin stage logs."""
    settings = Settings(document=document, suggest_from=LOGGED_FROM)
    for row in rows:
        edits = list(stage.propose(Article(row.spun), settings).edits)
        for edit in edits:
            yield JudgedEdit(edit.confidence, is_correct(row, edit, edits))


def is_correct(row: GoldRow, edit: Edit, edits: Sequence[Edit]) -> bool:
    """Whether the edit is correct, together with the touching edits of at least the same confidence."""
    start, end = edit.span
    while True:
        others = [each for each in edits if overlaps(each, start, end) and each.confidence >= edit.confidence]
        spans = [span for span in row.edits if overlaps(span, start, end)]
        wider = (min(each.start for each in [*others, *spans]), max(each.end for each in [*others, *spans]))
        if wider == (start, end):
            break
        start, end = wider
    local_spans = [msgspec.structs.replace(span, start=span.start - start, end=span.end - start) for span in spans]
    moved = [msgspec.structs.replace(each, span=(each.start - start, each.end - start)) for each in others]
    local = GoldRow(row.id, row.spun[start:end], local_spans)
    judgement = judge(local, apply(local.spun, sorted(moved, key=lambda each: each.span)))
    return not judgement.missed and not judgement.wrong


def overlaps(span: object, start: int, end: int) -> bool:
    """Whether an edit or a gold span overlaps the text from start to end."""
    return span.start < end and span.end > start


def table(found: Sequence[JudgedEdit]) -> Iterator[str]:
    """Format the reliability table."""
    yield "confidence   edits  mean confidence  correct"
    for low, high in pairwise(BINS):
        inside = [each for each in found if low <= each.confidence < high]
        if inside:
            confidence, correct = mean("confidence", inside), mean("correct", inside)
            yield f"{low:.2f}–{min(high, 1):.2f}  {len(inside):6}  {confidence:15.3f}  {correct:.3f}"
    confident = [each for each in found if each.confidence >= 0.9]
    if confident:
        yield f"edits logged at .9–1.0 are correct: {mean('correct', confident):.1%} of {len(confident)}"


def mean(field: str, found: Sequence[JudgedEdit]) -> float:
    """The mean of a field."""
    return sum(getattr(each, field) for each in found) / len(found)


def levels(rows: Sequence[GoldRow], document: Document) -> Iterator[str]:
    """Format the table of levels."""
    yield "level    precision  recall   F0.5  wrong edits per 10,000 words"
    for level in get_args(Level):
        cleaner = Cleaner(Settings(document=document, level=level))
        figures = totals(judgement for _, judgement in score(rows, cleaner))
        yield (
            f"{level:8}     {figures.precision:.3f}   {figures.recall:.3f}  {figures.f_half:.3f}  "
            f"{figures.wrong_per_10k_words:.1f}"
        )


def fitted(files: Sequence[Sequence[JudgedEdit]], present: calibration.Calibration) -> calibration.Calibration:
    """Fit a calibration to the posteriors, which the present one is inverted to get; files have equal weight."""
    weighted = [(each, 1 / len(found)) for found in files for each in found]
    return calibration.fit(
        [present.invert(each.confidence) for each, _ in weighted],
        [each.correct for each, _ in weighted],
        [weight for _, weight in weighted],
    )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--document", choices=get_args(Document), default="auto")
    parser.add_argument("--levels", action="store_true")
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    files = []
    for path in options.gold:
        rows = read(path)
        files.append(list(judged(rows, options.document)))
        print(f"\n{path}", *table(files[-1]), sep="\n")
        if options.levels:
            print(*levels(rows, options.document), sep="\n", flush=True)
    if options.fit:
        found = fitted(files, calibration.standard())
        calibration.write(folder() / calibration.CALIBRATION_FILE, found)
        print(f"\nfitted: intercept {found.intercept:.3f}, slope {found.slope:.3f}")


if __name__ == "__main__":
    main()
