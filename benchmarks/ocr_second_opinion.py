"""Measure and fit the second opinion of scans: errors removed without and with it, and the reliability of its edits.

    python benchmarks/ocr_second_opinion.py PAIRS.jsonl… [--interval 4] [--leave-out] [--fit] [--model auto|MODEL.gguf]

Pairs have the fields ``ocr`` and ``truth``; of a file whose name ends in ``:4``, every fourth pair is taken, from the
fourth. With ``--leave-out`` a document is judged by weights that were fitted to the documents of other folds; ``--fit``
prints the weights of all, for ``stages/ocr/second_opinion/weights.py``. A text of a place is right if none of its texts
brings the article nearer to the truth, hyphens and white space aside, and an edit if it brings it nearer at all.
"""

import argparse
import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import conditional_logistic
import numpy as np
from ocr import Pair, read_pairs
from ocr_reliability import BINS, CONFIDENT, QUALITIES
from rapidfuzz.distance import Levenshtein
from scan_news import distance, squeeze
from scipy.optimize import minimize

from clean_news import Cleaner, edits
from clean_news.article import Article
from clean_news.edits import Edit
from clean_news.language.change_selection import TextSpan
from clean_news.language.neural.variant_scores import NeuralModel
from clean_news.settings import Settings
from clean_news.stages import opinion_model
from clean_news.stages.ocr import names, stage
from clean_news.stages.ocr.second_opinion import asking, ranking, weights
from clean_news.stages.ocr.second_opinion.asking import Judged
from clean_news.stages.ocr.second_opinion.evidence import Evidence, log_share
from clean_news.stages.ocr.second_opinion.places import Passes, Place, places_of
from clean_news.stages.ocr.second_opinion.ranking import Surety

FOLDS = 10
RIDGE = 0.5  # of the squared weights of the evidence, in standard deviations
THRESHOLDS = (0.5, 0.69)  # from which edits are applied; the second is that of the level normal


class Document(NamedTuple):
    """A scan, and what the passes leave unsure in it.

    Attributes:
        pair: the scan and its truth.
        page: the article as the stage receives it.
        passes: what the passes found.
        places: the unsure places.
        found: the evidence for their texts.
        errors: for each place the character errors of the article with each text.
    """

    pair: Pair
    page: names.Page
    passes: Passes
    places: list[Place]
    found: list[dict[str, Evidence]]
    errors: list[dict[str, int]]


class Choice(NamedTuple):
    """The texts of a place: their evidence, shape (texts, features), and which are right."""

    features: np.ndarray
    right: np.ndarray


class Weights(NamedTuple):
    """The weights; see :mod:`clean_news.stages.ocr.second_opinion.weights`."""

    before: Evidence
    after: Evidence
    sure: Surety


class Made(NamedTuple):
    """An edit that was made: the page's share of unknown words, its confidence, and whether it was right."""

    share: float
    confidence: float
    right: bool


def document_of(pair: Pair, settings: Settings) -> Document | None:
    """Run both passes over a scan; None if it is not taken for one."""
    text = Cleaner(Settings(stages=("encoding", "characters", "layout"))).clean(pair.ocr).text
    captured: list[Document] = []

    def ask(page: names.Page, passes: Passes, stays: Sequence[TextSpan], spun: object, _: Settings) -> asking.Asked:
        places = places_of(passes, sorted(stays), spun)  # type: ignore[arg-type]
        found = asking.evidence_of(page, passes, places)
        captured.append(Document(pair, page, passes, places, found, list(errors(pair, passes, places))))
        return asking.Asked([], {})

    with patch.object(asking, "ask", ask):
        stage.propose(Article(text), settings)
    return captured[0] if captured else None


def errors(pair: Pair, passes: Passes, places: Sequence[Place]) -> Iterator[dict[str, int]]:
    """Yield the character errors with each text of each place, the rest as both passes leave it."""
    output, truth = edits.apply(passes.text, passes.output), squeeze(pair.truth)
    for place, (start, end) in zip(places, edits.map_spans([each.span for each in places], passes.output), strict=True):
        yield {text: Levenshtein.distance(squeeze(output[:start] + text + output[end:]), truth) for text in place.texts}


def choice(found: Mapping[str, Evidence], wrong: Mapping[str, int], kept: str) -> Choice:
    """Judge texts of a place: right are those with the fewest errors, or the one that stands there if it has as few."""
    least = min(wrong[text] for text in found)
    right = [text == kept if wrong[kept] == least else wrong[text] == least for text in found]
    return Choice(np.array(list(found.values()), float), np.array(right))


def fitted(choices: Sequence[Choice]) -> Evidence:
    """Fit weights by maximum likelihood: the probability of all right texts together."""
    most, size = max(len(each.right) for each in choices), len(Evidence._fields)
    features = np.zeros((len(choices), most, size))
    right, given = np.zeros((2, len(choices), most), bool)
    for number, each in enumerate(choices):
        texts = len(each.right)
        features[number, :texts], right[number, :texts], given[number, :texts] = each.features, each.right, True
    deviation = features[given].std(axis=0) + 1e-9
    features /= deviation
    found = conditional_logistic.fitted(features, right, given, RIDGE, 400)
    return Evidence(*(round(float(each), 3) for each in np.where(deviation > 1e-6, found / deviation, 0.0)))


def fitted_surety(judged: Sequence[tuple[Document, Judged]], after: Evidence) -> Surety:
    """Fit how sure the best change of a place is, by logistic regression."""
    rows = []
    for document, each in judged:
        found = ranking.probabilities(each.found, after)
        text = max((text for text in found if text != each.place.kept), key=found.__getitem__)
        wrong = document.errors[document.places.index(each.place)]
        sure = ranking.surety(found[text], found[each.place.kept], log_share(document.page))
        rows.append((sure, wrong[text] < wrong[each.place.kept]))
    design, right = np.array([sure for sure, _ in rows]), np.array([right for _, right in rows])
    signs = np.where(right, 1.0, -1.0)

    def loss(own: np.ndarray) -> float:
        return float(np.logaddexp(0.0, -signs * (design @ own)).sum() + 0.01 * own @ own)

    return Surety(*(round(float(each), 3) for each in minimize(loss, np.zeros(design.shape[1])).x))


def all_judged(documents: Sequence[Document], before: Sequence[Evidence], model: NeuralModel) -> list[list[Judged]]:
    """Ask the neural model about each document, with the weights of the evidence before that."""
    return [
        asking.judged(
            document.page, document.passes, document.places, partial(ranking.probabilities, weights=own), model
        )
        for document, own in zip(documents, before, strict=True)
    ]


def weights_before(documents: Sequence[Document]) -> Evidence:
    """Fit the weights of the evidence before the neural model is asked."""
    return fitted(
        [
            choice(found, wrong, place.kept)
            for document in documents
            for place, found, wrong in zip(document.places, document.found, document.errors, strict=True)
        ]
    )


def weights_after(documents: Sequence[Document], judged: Sequence[Sequence[Judged]]) -> tuple[Evidence, Surety]:
    """Fit the weights of the evidence with the neural model's, and those of how sure a change is."""
    together = [(document, each) for document, own in zip(documents, judged, strict=True) for each in own]
    after = fitted(
        [
            choice(each.found, document.errors[document.places.index(each.place)], each.place.kept)
            for document, each in together
        ]
    )
    return after, fitted_surety(together, after)


def learned(documents: Sequence[Document], model: NeuralModel) -> tuple[Weights, list[Weights], list[list[Judged]]]:
    """Fit the weights of all documents, and for each document those without the documents of its fold.

    Returns:
        The weights of all, those for each document, and what the neural model said of it.
    """
    folds = [number % FOLDS for number in range(len(documents))]
    by_fold = [
        weights_before(list(itertools.compress(documents, [each != fold for each in folds]))) for fold in range(FOLDS)
    ]
    judged = all_judged(documents, [by_fold[fold] for fold in folds], model)
    after = []
    for fold in range(FOLDS):
        kept = [each != fold for each in folds]
        after.append(weights_after(list(itertools.compress(documents, kept)), list(itertools.compress(judged, kept))))
    everything = Weights(weights_before(documents), *weights_after(documents, judged))
    return everything, [Weights(by_fold[fold], *after[fold]) for fold in folds], judged


def edits_with(document: Document, own: Weights, judged: Sequence[Judged], settings: Settings) -> list[Edit]:
    """The edits of a document with these weights."""
    with ExitStack() as patched:
        for name, value in own._asdict().items():
            patched.enter_context(patch.object(weights, name.upper(), value))
        patched.enter_context(patch.object(asking, "judged", lambda *_: judged))
        patched.enter_context(patch.object(asking, "places_of", lambda *_: document.places))
        return asking.ask(document.page, document.passes, (), (), settings).edits


def made(document: Document, found: Sequence[Edit]) -> Iterator[Made]:
    """Judge edits that have a second opinion, each alone in the article as both passes leave it."""
    text, truth = document.page.text, squeeze(document.pair.truth)
    for edit in found:
        if opinion_model.EVIDENCE in edit.evidence and edit.state == "applied":
            others = [each for each in document.passes.output if each.end <= edit.start or edit.end <= each.start]
            without = Levenshtein.distance(squeeze(edits.apply(text, others)), truth)
            changed = Levenshtein.distance(squeeze(edits.apply(text, [*others, edit])), truth)
            yield Made(document.page.share, edit.confidence, changed < without)


def figures(documents: Sequence[Document], found: Sequence[Sequence[Edit]], skipped: Sequence[Pair]) -> Iterator[str]:
    """Format the errors removed without and with the second opinion."""
    before = [distance(document.pair.ocr, document.pair.truth) for document in documents]
    unread = sum(distance(pair.ocr, pair.truth) for pair in skipped)

    def row(name: str, texts: Sequence[str]) -> str:
        left = [distance(text, document.pair.truth) for text, document in zip(texts, documents, strict=True)]
        worse = sum(new > old for new, old in zip(left, before, strict=True))
        removed = 1 - (sum(left) + unread) / (sum(before) + unread)
        return f"{name:28} {removed:6.1%} removed, {worse} of {len(before) + len(skipped)} documents worse"

    yield row("off", [edits.apply(each.page.text, each.passes.output) for each in documents])
    for threshold in THRESHOLDS:
        texts = [
            edits.apply(
                each.page.text, [edit for edit in own if edit.state == "applied" and edit.confidence >= threshold]
            )
            for each, own in zip(documents, found, strict=True)
        ]
        yield row(f"second opinion, from {threshold:g}", texts)


def reliability(rows: Sequence[Made]) -> Iterator[str]:
    """Format the reliability by page quality: for each bin the number of edits, and the share of right ones."""
    for quality, (low, high) in QUALITIES.items():
        inside = [each for each in rows if low <= each.share < high]
        cells = []
        for start, end in itertools.pairwise(BINS):
            right = [each.right for each in inside if start <= each.confidence < end]
            if right:
                cells.append(f"{start:g}: {np.mean(right):.2f} of {len(right)}")
        sure = [each.right for each in inside if each.confidence >= CONFIDENT]
        yield f"{quality:9} {', '.join(cells)}"
        yield f"          from {CONFIDENT:g}: {np.mean(sure) if sure else 0:.1%} of {len(sure)}"


def pairs_of(name: str) -> list[Pair]:
    """The pairs of a file, or every Nth, from the Nth, if ``:N`` follows its name."""
    path, _, interval = name.partition(":")
    step = int(interval or 1)
    return read_pairs(Path(path))[step - 1 :: step]


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", nargs="+")
    parser.add_argument("--model", default="auto")
    parser.add_argument("--leave-out", action="store_true")
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    settings = Settings(second_opinion=options.model)
    model = opinion_model.standard(settings)
    by_file = {name: [(pair, document_of(pair, settings)) for pair in pairs_of(name)] for name in options.pairs}
    documents = [document for of_file in by_file.values() for _, document in of_file if document is not None]
    shipped = Weights(weights.BEFORE, weights.AFTER, weights.SURE)
    if options.leave_out or options.fit:
        everything, own, judged = learned(documents, model)
        if options.fit:
            print(*(f"{name.upper()} = {value}" for name, value in everything._asdict().items()), sep="\n", flush=True)
        own = own if options.leave_out else [everything] * len(documents)
    else:
        own = [shipped] * len(documents)
        judged = all_judged(documents, [each.before for each in own], model)
    found = [edits_with(*each, settings) for each in zip(documents, own, judged, strict=True)]
    at = 0
    for name, of_file in by_file.items():
        scans = [document for _, document in of_file if document is not None]
        of_scans = found[at : at + len(scans)]
        at += len(scans)
        print(
            f"\n{Path(name).name}",
            *figures(scans, of_scans, [pair for pair, each in of_file if each is None]),
            sep="\n",
        )
        rows = [each for document, own_edits in zip(scans, of_scans, strict=True) for each in made(document, own_edits)]
        print(*reliability(rows), sep="\n", flush=True)


if __name__ == "__main__":
    main()
