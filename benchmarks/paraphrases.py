"""Measure whether paraphrased and translated news can be told from genuine news by how it surprises the model.

    python benchmarks/paraphrases.py PARAPHRASED.jsonl --genuine NEWS.jsonl.xz… [--old PRINT.jsonl.xz…]

For every article of PARAPHRASED: the share of genuine articles, cut to a similar length, that a detector finds at least
as suspicious. A verdict would need at most .1% for most of them. The detectors: each feature alone, in the better
direction, which favours it; and a ridge logistic regression of all of them, trained without the article (leave one out)
and, for the genuine ones, on the other four fifths. The genuine files must not be part of the model's training news.
"""

import argparse
import json
import lzma
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from clean_news.language import language_model
from clean_news.language.tokens import CLASSES, UNKNOWN, sentences

LENGTHS = (200, 250, 300)  # words that genuine articles are cut to
MIN_TOKENS = 60
FOLDS = 5
STRENGTHS = (0.001, 0.01, 0.1)
SURPRISING = -10.0  # natural log probability of a word in its context
FREQUENT = -6.5  # natural log probability of a function word without context
NAMES = (
    "log probability of a word", "log probability of a lower-case word", "what the context adds",
    "unseen bigrams of lower-case words", "words less likely in context", "very surprising words", "unknown words",
    "log probability of frequent words", "unseen bigrams before frequent words", "what the fourth word adds",
)  # fmt: skip
Floats = NDArray[np.float64]


def features(text: str) -> list[float] | None:
    """The features of an article in the order of NAMES; None if it is too short."""
    model = language_model.standard()
    true_forms = [model.true_forms(sentence) for sentence in sentences(text)]
    ids = [[0, 0, 0, *map(model.id_of, forms)] for forms in true_forms]
    grams = np.array([each[at : at + 4] for each in ids for at in range(len(each) - 3)], np.uint16)
    if len(grams) < MIN_TOKENS:
        return None
    forms = [form for each in true_forms for form in each]
    words = np.array([form[0].isalpha() for form in forms])
    lower = np.array([form.islower() for form in forms]) & (grams[:, 3] >= len(CLASSES))
    after_lower = np.array([at > 0 and each[at - 1].islower() for each in true_forms for at in range(len(each))])
    in_pair = lower & after_lower & (grams[:, 2] >= len(CLASSES))
    alone, held = model.unigram[grams[:, 3]], model.bigrams(grams[:, 2], grams[:, 3])[1]
    fourgram, trigram = model.log_probability(grams), model.log_probability(grams, 3)
    frequent = in_pair & (alone > FREQUENT)
    unknown = grams[:, 3] == model.ids[UNKNOWN]
    columns = (
        fourgram[words], fourgram[lower], (fourgram - alone)[in_pair], ~held[in_pair], (fourgram < alone)[in_pair],
        fourgram[in_pair] < SURPRISING, unknown[words], fourgram[frequent], ~held[frequent],
        (fourgram - trigram)[in_pair],
    )  # fmt: skip
    return [float(np.mean(column)) for column in columns]


def texts_of(path: Path) -> Iterator[str]:
    with lzma.open(path, "rt") if path.suffix == ".xz" else path.open() as lines:
        for line in lines:
            yield json.loads(line)["text"]


def cut(text: str, words: int) -> str:
    found = re.match(rf"\s*(?:\S+\s+){{{words}}}", text)
    return found[0] if found else text


def of_all(paths: Sequence[Path], rng: random.Random) -> Floats:
    cuts = (cut(text, rng.choice(LENGTHS)) for path in paths for text in texts_of(path))
    return np.array([found for text in cuts if (found := features(text))])


def leave_one_out(paraphrased: Floats, genuine: Floats, old: Floats, strength: float) -> Iterator[tuple[float, float]]:
    """For each paraphrased article, the shares of genuine and of old articles that are at least as suspicious."""
    scaler = StandardScaler().fit(genuine)
    paraphrased, genuine, old = (scaler.transform(each) if len(each) else each for each in (paraphrased, genuine, old))
    fold = np.arange(len(genuine)) % FOLDS
    for out in range(len(paraphrased)):
        rest = np.delete(paraphrased, out, axis=0)
        scores, own, of_old = np.zeros(len(genuine)), 0.0, np.zeros(len(old))
        for each in range(FOLDS):
            train = genuine[fold != each]
            labels = np.repeat([0, 1], [len(train), len(rest)])
            found = LogisticRegression(C=strength, class_weight="balanced", max_iter=2000)
            found.fit(np.vstack((train, rest)), labels)
            scores[fold == each] = found.decision_function(genuine[fold == each])
            own += found.decision_function(paraphrased[out : out + 1])[0] / FOLDS
            of_old += found.decision_function(old) / FOLDS if len(old) else 0.0
        yield float((scores >= own).mean()), float((of_old >= own).mean()) if len(old) else float("nan")


def row(name: str, shares: Sequence[float]) -> str:
    return f"| {name} | {' | '.join(f'{share:.1%}' for share in shares)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paraphrased", type=Path)
    parser.add_argument("--genuine", type=Path, nargs="+", required=True)
    parser.add_argument("--old", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    rng = random.Random(3)  # noqa: S311  # not for secrets
    genuine, old = of_all(options.genuine, rng), of_all(options.old, rng)
    paraphrased = np.array([found for text in texts_of(options.paraphrased) if (found := features(text))])
    print(f"{len(genuine)} genuine articles, {len(old)} of old print\n")
    print(f"| detector | {' | '.join(f'article {at + 1}' for at in range(len(paraphrased)))} |")
    print(f"|---|{'---|' * len(paraphrased)}")
    for at, name in enumerate(NAMES):
        values, own = genuine[:, at], paraphrased[:, at]
        print(row(name, [min((values >= each).mean(), (values <= each).mean()) for each in own]))
    for strength in STRENGTHS:
        found = list(leave_one_out(paraphrased, genuine, old, strength))
        print(row(f"all, leave one out, C = {strength:g}", [share for share, _ in found]))
        if len(old):
            print(row("– share of old print", [share for _, share in found]))


if __name__ == "__main__":
    main()
