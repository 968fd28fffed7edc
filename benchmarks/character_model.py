"""Fit the confidences of the character model (OCR006) on scans that it was not trained on, and print their reliability.

    python benchmarks/character_model.py PAIRS.jsonl --fit
    python benchmarks/character_model.py PAIRS.jsonl

The input is JSON lines with the fields ``ocr``, as the first pass leaves it, and ``truth``. A correction is right if
it brings the text nearer to the truth, hyphens and white space aside. ``--fit`` prints the coefficients for
``confidence.py``, of a ridge-penalised logistic regression.
"""

import argparse
import itertools
import json
from pathlib import Path

import numpy as np
from rapidfuzz.distance import Levenshtein
from scan_news import squeeze
from scipy.optimize import minimize

from clean_news.stages.ocr.character_model import confidence, weights
from clean_news.stages.ocr.character_model.decoding import corrections
from clean_news.stages.ocr.character_model.second_pass import MIN_READING_PROBABILITY

RIDGE = 0.5  # penalty of the squared coefficients, the constant's aside
BINS = (0.0, 0.3, 0.5, 0.6, 0.69, 0.75, 0.85, 0.9, 1.0)


def judged(path: Path) -> list[tuple[confidence.Evidence, int]]:
    """The evidence for each correction, and by how many characters it brings the text nearer to the truth."""
    found = []
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        text, truth = row["ocr"], squeeze(row["truth"])
        distance = Levenshtein.distance(squeeze(text), truth)
        for start, end, readings in corrections(text, weights.standard()):
            after, probability = next(iter(readings.items()))
            corrected = squeeze(text[:start] + after + text[end:])
            is_plausible = confidence.is_plausible(text[start:end], after)
            if not is_plausible or probability < MIN_READING_PROBABILITY or corrected == squeeze(text):
                continue
            gain = distance - Levenshtein.distance(corrected, truth)
            found.append((confidence.evidence(text[start:end], after, readings, text), gain))
    return found


def fit(rows: list[tuple[confidence.Evidence, int]]) -> confidence.Evidence:
    """Fit the coefficients."""
    features = np.array([evidence for evidence, _ in rows])
    right = np.array([gain > 0 for _, gain in rows])
    penalised = np.array([name != "constant" for name in confidence.Evidence._fields])

    def loss(coefficients: np.ndarray) -> float:
        margins = np.where(right, 1, -1) * (features @ coefficients)
        return float(np.logaddexp(0, -margins).sum() + RIDGE * (coefficients[penalised] ** 2).sum())

    found = minimize(loss, np.zeros(features.shape[1]), method="L-BFGS-B")
    return confidence.Evidence(*(round(float(each), 2) for each in found.x))


def main() -> None:
    """Print the reliability, or the coefficients."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", type=Path, nargs="+")
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    rows = [row for path in options.pairs for row in judged(path)]
    if options.fit:
        print(fit(rows))
    print("confidence  corrections  right  characters gained")
    for low, high in itertools.pairwise(BINS):
        gains = [gain for evidence, gain in rows if low <= confidence.confidence(evidence) < high]
        if gains:
            share = sum(gain > 0 for gain in gains) / len(gains)
            print(f"{low:.2f}–{high:.2f}  {len(gains):11}  {share:5.2f}  {sum(gains):6}")


if __name__ == "__main__":
    main()
