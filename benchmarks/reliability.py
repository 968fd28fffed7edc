"""Measure the calibration of the spin stage: a reliability table, and the figures of each level.

    python benchmarks/reliability.py GOLD.jsonl… [--document spun] [--leave-one-out] [--family a] [--levels] [--fit]

For a file with articles of several families (see ``ablation.py``) there is a line for each as well.

An edit is correct if its span, together with the touching edits that are applied at the level "normal" or have at least
the same confidence, gets a form that the gold file accepts; a change outside all gold spans is wrong. ``--fit`` fits
the calibration to all files, with equal weight, and writes dictionaries/calibration.tsv; fit it on text that the
weights were not estimated from.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, get_args

import msgspec
from ablation import Lexicons, family_of, unchanged

from clean_news import Cleaner
from clean_news.article import Article
from clean_news.dictionaries import folder
from clean_news.edits import Edit, apply
from clean_news.scoring.figures import score, totals
from clean_news.scoring.gold import GoldRow, read
from clean_news.scoring.judgement import judge
from clean_news.settings import LEVELS, Document, Level, Settings
from clean_news.stages.spin import calibration, lexicon_sources, stage

LOGGED_FROM = 0.05
CONFIDENT = 0.9
BINS = (LOGGED_FROM, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.01)


class JudgedEdit(NamedTuple):
    """The confidence of an edit, and whether it is correct."""

    confidence: float
    correct: bool


class JudgedRow(NamedTuple):
    """A gold article, and the edits that the spin stage logs in it."""

    row: GoldRow
    edits: list[JudgedEdit]


def judged(row: GoldRow, document: Document) -> JudgedRow:
    """Judge every edit that the spin stage logs."""
    settings = Settings(document=document, suggest_from=LOGGED_FROM)
    edits = list(stage.propose(Article(row.spun), settings).edits)
    return JudgedRow(row, [JudgedEdit(edit.confidence, is_correct(row, edit, edits)) for edit in edits])


def is_correct(row: GoldRow, edit: Edit, edits: Sequence[Edit]) -> bool:
    """Whether the edit is correct, together with the touching ones that are applied whenever it is; see the module."""
    start, end = edit.span
    applied_from = min(edit.confidence, LEVELS["normal"].apply_from)
    while True:
        others = [each for each in edits if overlaps(each, start, end) and each.confidence >= applied_from]
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
    yield f"edits logged at .9–1.0 are correct: {of_confident(found)}"


def of_confident(found: Sequence[JudgedEdit]) -> str:
    """The share of correct edits among the confident ones."""
    confident = [each for each in found if each.confidence >= CONFIDENT]
    return f"{mean('correct', confident):.1%} of {len(confident)}" if confident else "none"


def by_family(found: Sequence[JudgedRow], default: str) -> Iterator[str]:
    """Format a line for each family of spinners, if there are several."""
    known = [path.stem for path in lexicon_sources.family_files(folder())]
    grouped: dict[str, list[JudgedEdit]] = defaultdict(list)
    for row, edits in found:
        grouped[family_of(row, default, known)] += edits
    if len(grouped) > 1:
        for family, of_family in sorted(grouped.items()):
            yield f"  family {family}: {of_confident(of_family)}"


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
    parser.add_argument("--family", default="a", help="of the articles whose id names none")
    parser.add_argument("--leave-one-out", action="store_true", help="see ablation.py; not for the figures of levels")
    parser.add_argument("--levels", action="store_true")
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    golds = {path: read(path) for path in options.gold}
    everything = [row for rows in golds.values() for row in rows]
    lexicons = Lexicons(everything if options.leave_one_out else [], options.family)
    files = []
    for path, rows in golds.items():
        by_row = []
        for row in rows:
            with lexicons.using(lexicons.without(row.id, unchanged)):
                by_row.append(judged(row, options.document))
        files.append([edit for each in by_row for edit in each.edits])
        print(f"\n{path}", *table(files[-1]), *by_family(by_row, options.family), sep="\n")
        if options.levels:
            print(*levels(rows, options.document), sep="\n", flush=True)
    if options.fit:
        found = fitted(files, calibration.standard())
        calibration.write(folder() / calibration.CALIBRATION_FILE, found)
        print(f"\nfitted: intercept {found.intercept:.3f}, slope {found.slope:.3f}")


if __name__ == "__main__":
    main()
