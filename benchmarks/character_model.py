"""Fit the confidences of the OCR stage's second pass on scans that its model has not seen; print their reliability.

    python benchmarks/character_model.py PAIRS.jsonl … --fit
    python benchmarks/character_model.py PAIRS.jsonl … --interval 4

The input is JSON lines with the fields ``ocr`` and ``truth``; ``--interval N`` uses every Nth line, from the Nth. A
correction is right if it brings the text nearer to the truth, hyphens and white space aside. ``--fit`` prints the
coefficients for ``confidence.py``, of a ridge-penalised logistic regression on standardised features, and the table of
documents whose coefficients were fitted to the others.
"""

import argparse
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rapidfuzz.distance import Levenshtein
from scan_news import squeeze
from scipy.optimize import minimize

from clean_news import Cleaner
from clean_news import edits as splicing
from clean_news.article import Article
from clean_news.language.model_mixture import mixture_for
from clean_news.language.tokens import sentences
from clean_news.settings import Settings
from clean_news.stages.ocr import stage
from clean_news.stages.ocr.character_model import confidence, second_pass, weights
from clean_news.stages.ocr.character_model.choosing import chosen_readings
from clean_news.stages.ocr.character_model.decoding import corrections
from clean_news.stages.ocr.halves import in_one_line

RIDGE = 1.0  # penalty of the squared coefficients of the standardised features, the constant's aside
FOLDS = 8
BINS = (0.0, 0.3, 0.5, 0.6, 0.69, 0.75, 0.85, 0.9, 1.0)
FIRST_PASS = Settings(rules_off=(second_pass.RULE,))


class Judged(NamedTuple):
    """A correction, judged by the truth.

    Attributes:
        document: index of its document.
        evidence: what speaks for and against it.
        gain: by how many characters it brings the text nearer to the truth.
    """

    document: int
    evidence: Sequence[float]
    gain: int


def judged(pairs: Sequence[tuple[str, str]]) -> list[Judged]:
    """Judge the corrections of the second pass that are no facts.

    Args:
        pairs: scans and their truths.
    """
    layout = Cleaner(Settings(stages=("layout",)))
    own: list[Judged] = []
    for number, (scan, truth) in enumerate(pairs):
        text = layout.clean(scan).text
        edits = stage.propose(Article(text), FIRST_PASS).edits
        applied = [edit for edit in edits if edit.state == "applied" and edit.confidence >= FIRST_PASS.apply_from]
        read = splicing.apply(text, applied)
        found = corrections(read, weights.standard())
        gain = gains(read, truth)
        for chosen in chosen_readings(read, found, mixture_for(sentences(in_one_line(read)))):
            corrected = gain(chosen.start, chosen.end, chosen.after)
            if not chosen.is_fact and corrected is not None:
                own.append(Judged(number, chosen.evidence, corrected))
    return own


def gains(text: str, truth: str) -> Callable[[int, int, str], int | None]:
    """Return a function from a replacement to what it gains; None if it changes hyphens and white space only."""
    squeezed, wanted = squeeze(text), squeeze(truth)
    distance = Levenshtein.distance(squeezed, wanted)

    def gain(start: int, end: int, after: str) -> int | None:
        corrected = squeeze(text[:start] + after + text[end:])
        return None if corrected == squeezed else distance - Levenshtein.distance(corrected, wanted)

    return gain


def fit(rows: Sequence[Judged]) -> list[float]:
    """Fit coefficients."""
    features = np.array([row.evidence for row in rows])
    signs = np.where([row.gain > 0 for row in rows], 1, -1)
    mean, deviation = features.mean(axis=0), features.std(axis=0) + 1e-9
    mean[0], deviation[0] = 0.0, 1.0  # the constant
    standardised = (features - mean) / deviation

    def loss(coefficients: np.ndarray) -> float:
        margins = signs * (standardised @ coefficients)
        return float(np.logaddexp(0, -margins).sum() + RIDGE * (coefficients[1:] ** 2).sum())

    own = minimize(loss, np.zeros(features.shape[1]), method="L-BFGS-B").x / deviation
    own[0] -= own[1:] @ mean[1:]
    return [round(float(each), 3) for each in own]


def of_others(rows: Sequence[Judged]) -> Iterator[tuple[float, int]]:
    """Yield confidences by coefficients that were fitted to other documents, and the gains."""
    for fold in range(FOLDS):
        coefficients = fit([row for row in rows if row.document % FOLDS != fold])
        for row in rows:
            if row.document % FOLDS == fold:
                yield float(1 / (1 + np.exp(-np.dot(coefficients, row.evidence)))), row.gain


def table(title: str, rows: Sequence[tuple[float, int]]) -> Iterator[str]:
    """Yield the lines of a reliability table.

    Args:
        title: its title.
        rows: confidences and gains.
    """
    yield f"\n{title}\nconfidence  corrections  right  characters gained"
    for low, high in itertools.pairwise(BINS):
        own = [gain for sure, gain in rows if low <= sure < high]
        if own:
            share = sum(gain > 0 for gain in own) / len(own)
            yield f"{low:.2f}–{high:.2f}  {len(own):11}  {share:5.2f}  {sum(own):6}"


def main() -> None:
    """Print the reliability, or the coefficients."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", type=Path, nargs="+")
    parser.add_argument("--interval", type=int, default=1)
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    lines = itertools.chain.from_iterable(
        itertools.islice(path.read_text(encoding="utf-8").splitlines(), options.interval - 1, None, options.interval)
        for path in options.pairs
    )
    rows = judged([(row["ocr"], row["truth"]) for row in map(json.loads, lines)])
    if options.fit:
        print(confidence.Evidence(*fit(rows)))
        print(*table("By coefficients of other documents", list(of_others(rows))), sep="\n")
    else:
        as_shipped = [(confidence.confidence(confidence.Evidence(*row.evidence)), row.gain) for row in rows]
        print(*table("As shipped", as_shipped), sep="\n")


if __name__ == "__main__":
    main()
