"""Measure the confidences of the first pass over scans by page quality, and fit them.

    python benchmarks/ocr_reliability.py PAIRS.jsonl… [--part kept|other] [--leave-one-out] [--fit]
        [--news NEWS.jsonl.xz --articles 60 --rate .05]

Pairs have the fields ``ocr`` and ``truth``; ``--part kept`` takes every fourth document, ``other`` the other three.
``--news`` adds genuine articles with the noise of scan_news.py. An edit is right if it alone brings the text nearer to
the truth, hyphens and white space aside. Pages are clean, middling or ruined by their share of unknown words.

``--fit`` fits the weights by ridge-penalised logistic regression, and writes dictionaries/ocr/confidence.tsv;
``--leave-one-out`` prints the table of such a fit, each document judged by the weights of the others.
"""

import argparse
import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from ocr import Pair, read_pairs, with_noise
from rapidfuzz.distance import Levenshtein
from scan_news import articles, squeeze

from clean_news import Cleaner
from clean_news.article import Article
from clean_news.dictionaries import folder
from clean_news.language.model_mixture import mixture_for
from clean_news.language.tokens import sentences
from clean_news.settings import Settings
from clean_news.stages.ocr import confidence, long_s, names, scan_gate, stage
from clean_news.stages.ocr.character_model import second_pass

FOLDS = 4  # the kept-aside documents are every fourth
NEWS_WEIGHT = 0.1  # of an edit in news with noise, which has ten times as many as scans
RIDGE = 2.0  # penalty of the squared weights, the constant's aside
NEWTON_STEPS = 25
QUALITIES = {"clean": (0.0, 0.03), "middling": (0.03, 0.1), "ruined": (0.1, 1.0), "all": (0.0, 1.0)}
BINS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.67, 0.75, 0.85, 0.9, 0.95, 0.99, 1.01)
CONFIDENT = 0.9


class JudgedEdit(NamedTuple):
    """An edit that the stage logs.

    Attributes:
        document: number of its document.
        share: the document's share of unknown words.
        evidence: see :class:`.confidence.Evidence`.
        gain: by how many characters it brings the text nearer to the truth.
        confidence: as logged.
        suggested: whether it is a suggestion, whatever its confidence.
    """

    document: int
    share: float
    evidence: confidence.Evidence
    gain: int
    confidence: float
    suggested: bool


def judged(pairs: Iterable[Pair]) -> Iterator[JudgedEdit]:
    """Judge the edits of each document, in the text that the stage receives."""
    before = Cleaner(Settings(stages=("encoding", "characters", "layout")))
    settings = Settings(suggest_from=0.0, rules_off=(second_pass.RULE,))
    for number, pair in enumerate(pairs):
        text, truth = before.clean(pair.ocr).text, squeeze(pair.truth)
        share = scan_gate.unknown_share(text)
        page = names.page_of(text, share, mixture_for(sentences(text)))
        errors = Levenshtein.distance(squeeze(text), truth)
        for edit in stage.propose(Article(text), settings).edits:
            if edit.rule != long_s.RULE:
                corrected = squeeze(text[: edit.start] + edit.after + text[edit.end :])
                gain = errors - Levenshtein.distance(corrected, truth)
                found = confidence.evidence(edit, page)
                yield JudgedEdit(number, share, found, gain, edit.confidence, edit.state != "applied")


def fit(edits: Sequence[JudgedEdit], weights: NDArray[np.float64]) -> confidence.Evidence:
    """Fit the weights of the evidence with Newton's method; every edit has a weight of its own."""
    design, right = np.array([edit.evidence for edit in edits], float), np.array([edit.gain > 0 for edit in edits])
    penalty = np.full(design.shape[1], RIDGE)
    penalty[0] = 0.0
    found = np.zeros(design.shape[1])
    for _ in range(NEWTON_STEPS):
        expected = 1 / (1 + np.exp(-(design @ found)))
        slope = design.T @ (weights * (right - expected)) - penalty * found
        curvature = (design.T * (weights * expected * (1 - expected))) @ design + np.diag(penalty)
        found = found + np.linalg.solve(curvature, slope)
    return confidence.Evidence(*map(float, found))


def left_out(
    scans: Sequence[JudgedEdit], fitted_too: Sequence[JudgedEdit], weights: NDArray[np.float64]
) -> list[JudgedEdit]:
    """The edits of scans with confidences by weights that were fitted without their document."""
    found = []
    for document in sorted({edit.document for edit in scans}):
        kept = [edit.document != document for edit in scans]
        chosen = [*itertools.compress(scans, kept), *fitted_too]
        own = fit(chosen, np.concatenate([weights[: len(scans)][kept], weights[len(scans) :]]))
        found += [
            edit._replace(confidence=confidence.confidence(edit.evidence, own))
            for edit in scans
            if edit.document == document
        ]
    return found


def table(title: str, edits: Sequence[JudgedEdit]) -> Iterator[str]:
    """Format the reliability by page quality: for each bin the number of edits, and the share of right ones."""
    yield f"\n{title}"
    for quality, (low, high) in QUALITIES.items():
        inside = [edit for edit in edits if low <= edit.share < high]
        cells = []
        for start, end in itertools.pairwise(BINS):
            chosen = [edit.gain > 0 for edit in inside if start <= edit.confidence < end]
            if chosen:
                cells.append(f"{start:g}: {np.mean(chosen):.2f} of {len(chosen)}")
        sure = [edit.gain > 0 for edit in inside if edit.confidence >= CONFIDENT]
        yield f"{quality:9} {', '.join(cells)}"
        yield f"          from {CONFIDENT:g}: {np.mean(sure) if sure else 0:.1%} of {len(sure)}"


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", type=Path, nargs="+")
    parser.add_argument("--part", choices=("kept", "other"))
    parser.add_argument("--news", type=Path)
    parser.add_argument("--articles", type=int, default=60)
    parser.add_argument("--rate", type=float, default=0.05)
    parser.add_argument("--leave-one-out", action="store_true")
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    pairs = [pair for path in options.pairs for pair in read_pairs(path)]
    if options.part:
        wanted = options.part == "kept"
        pairs = [pair for number, pair in enumerate(pairs) if (number % FOLDS == FOLDS - 1) == wanted]
    scans, news = list(judged(pairs)), []
    if options.news:
        texts = itertools.islice(articles([options.news]), options.articles)
        news = list(judged(with_noise(texts, options.rate, 1)))
    weights = np.array([1.0] * len(scans) + [NEWS_WEIGHT] * len(news))
    if options.leave_one_out:
        scans = left_out(scans, news, weights)
    if options.fit:
        confidence.write(folder() / "ocr" / confidence.CONFIDENCE_FILE, fit([*scans, *news], weights))
    print(*table("scans", scans), *(table("news with noise", news) if news else ()), sep="\n")


if __name__ == "__main__":
    main()
