"""Measure the second opinion: precision, recall, F0.5 and words a second without it and with it, by family.

    python benchmarks/second_opinion.py GOLD.jsonl… [--leave-one-out] [--model auto|MODEL.gguf] [--fit]
        [--names tests/gold/names]

With ``--leave-one-out`` an article is cleaned with counts and weights of the features that come from all the others
(see ablation.py). ``--fit`` prints the weights of all articles, for ``stages/spin/second_opinion.py``. ``--names``
counts the names that are damaged in marked articles (see tests/test_names.py), with and without it. The time is that of
whole articles in one process, the models being loaded; the number of threads is that of the program. Another model may
need other weights, so fit them before you compare.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import conditional_logistic
import numpy as np
from ablation import Lexicons, family_of, unchanged
from msgspec.structs import replace
from reliability import is_correct

from clean_news import Cleaner, edits
from clean_news.article import Article
from clean_news.language import change_selection
from clean_news.scoring.figures import Figures, totals
from clean_news.scoring.gold import GoldRow, read
from clean_news.scoring.judgement import Judgement, judge
from clean_news.settings import NO_SECOND_OPINION, Settings
from clean_news.stages.spin import asking, second_opinion, stage
from clean_news.stages.spin.opinion_places import REPAIRED_FROM
from clean_news.stages.spin.second_opinion import Features, SpanOpinions

REGULARISATION = 0.05  # of the squared weights
ANY_WEIGHTS = Features(0.0, 0.0, 0.0, 0.0, 0.0)


class Choice(NamedTuple):
    """A span: the features of keeping it and of its changes, shape (choices, features), and which are right."""

    features: np.ndarray
    right: np.ndarray


def choices(row: GoldRow, settings: Settings) -> list[Choice]:
    """The choices in an article, each judged beside the changes that are probable elsewhere."""
    found: list[Choice] = []
    opinions_of = second_opinion.opinions_of

    def judged(text: str, changes: second_opinion.Changes, model: object) -> list[SpanOpinions]:
        opinions = opinions_of(text, changes, model)
        likely = [each[:2] for each in change_selection.likeliest_changes(changes, REPAIRED_FROM)]
        for each in opinions:
            start, end = each.span
            others = [
                edits.replace(row.spun, *span, after, "SPIN001", 1.0)
                for span, after in likely
                if span[1] <= start or end <= span[0]
            ]
            right = [not any(gold.start < end and gold.end > start and not gold.optional for gold in row.edits)]
            for change in each.changes:
                edit = edits.replace(row.spun, start, end, change, "SPIN001", 0.99)
                right.append(is_correct(row, edit, [*others, edit]))
            found.append(Choice(np.array(each.features), np.array(right)))
        return opinions

    with patch.object(second_opinion, "opinions_of", judged):
        stage.propose(Article(row.spun), settings)
    return found


def fitted(of_articles: Sequence[Sequence[Choice]]) -> Features:
    """Fit the weights by maximum likelihood: the probability of all right choices together."""
    useful = [choice for of_article in of_articles for choice in of_article if choice.right.any()]
    most = max(len(choice.right) for choice in useful)
    features = np.zeros((len(useful), most, len(Features._fields)))
    right, given = np.zeros((2, len(useful), most), bool)
    for number, choice in enumerate(useful):
        size = len(choice.right)
        features[number, :size], right[number, :size], given[number, :size] = choice.features, choice.right, True
    return Features(*conditional_logistic.fitted(features, right, given, REGULARISATION).tolist())


def using(weights: Features) -> AbstractContextManager[object]:
    """Decide with other weights."""
    return patch.object(second_opinion.chosen, "__defaults__", (weights,))


class Cleaned(NamedTuple):
    """The judgements and seconds of an article, without and with the second opinion, and its family."""

    family: str
    words: int
    judgements: tuple[Judgement, Judgement]
    seconds: tuple[float, float]


def cleaned(row: GoldRow, family: str, cleaners: Sequence[Cleaner]) -> Cleaned:
    """Clean an article without and with the second opinion."""
    judgements, seconds = [], []
    cleaners[0].clean(row.spun, row.id)  # so that what is looked up is in memory for both
    for cleaner in cleaners:
        began = time.perf_counter()
        found = cleaner.clean(row.spun, row.id)
        seconds.append(time.perf_counter() - began)
        judgements.append(judge(row, found.text))
    return Cleaned(family, len(row.spun.split()), tuple(judgements), tuple(seconds))


def table(found: Sequence[Cleaned]) -> Iterator[str]:
    """Format the figures of the articles of a file, and of each family."""
    grouped: dict[str, list[Cleaned]] = {"all": list(found)}
    for family in sorted({each.family for each in found}):
        grouped[family] = [each for each in found if each.family == family]
    yield "family  articles   off: P / R / F0.5, words/s         second opinion: P / R / F0.5, words/s"
    for family, of_family in grouped.items() if len(grouped) > 2 else [("all", list(found))]:
        sides = [
            f"{decimals(totals(each.judgements[side] for each in of_family))}, "
            f"{sum(each.words for each in of_family) / sum(each.seconds[side] for each in of_family):6.0f}"
            for side in (0, 1)
        ]
        yield f"{family:6}  {len(of_family):8}   {sides[0]}         {sides[1]}"


def decimals(figures: Figures) -> str:
    """Precision, recall and F0.5."""
    return f"{figures.precision:.3f} / {figures.recall:.3f} / {figures.f_half:.3f}"


def damaged_names(folder: Path, cleaners: Sequence[Cleaner]) -> Iterator[str]:
    """Count the damaged names in marked articles."""
    import sys

    sys.path.insert(0, str(folder.parents[1]))
    from test_names import articles_of, damaged

    articles = [each for path in sorted(folder.glob("*.txt")) for each in articles_of(path.read_text("utf-8"))]
    for name, cleaner in zip(("off", "second opinion"), cleaners, strict=True):
        results = [(each, cleaner.clean(each.row.spun, each.row.id)) for each in articles]
        wrong = [name for each, result in results for name in damaged(each, result)]
        figures = totals(judge(each.row, result.text) for each, result in results)
        yield f"{name}: {len(wrong)} of {sum(len(each.names) for each in articles)} names damaged; {decimals(figures)}"
        yield from (f"  {each}" for each in wrong)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--model", default="auto")
    parser.add_argument("--family", default="a", help="of the articles whose id names none")
    parser.add_argument("--leave-one-out", action="store_true")
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--names", type=Path)
    options = parser.parse_args()
    golds = {path: read(path) for path in options.gold}
    everything = [row for rows in golds.values() for row in rows]
    lexicons = Lexicons(everything if options.leave_one_out or options.fit else [], options.family)
    settings = Settings(second_opinion=options.model)
    learned: dict[str, list[Choice]] = {}
    if options.leave_one_out or options.fit:
        for row in everything:
            with lexicons.using(lexicons.without(row.id, unchanged)):
                learned[row.id] = choices(row, settings)
        rounded = [round(weight, 2) for weight in fitted(list(learned.values()))]
        print("weights of all articles:", Features(*rounded), flush=True)
    cleaners = [Cleaner(replace(settings, second_opinion=NO_SECOND_OPINION)), Cleaner(settings)]
    model = asking.standard(settings)
    print(f"model: {model.network.contents.name}, {model.source.path.name}, SHA-256 {model.source.sha256[:16]}")
    for path, rows in golds.items():
        found = []
        for row in rows:
            others = [of_article for name, of_article in learned.items() if name != row.id]
            weights = fitted(others) if options.leave_one_out else second_opinion.WEIGHTS
            left_out = row.id if options.leave_one_out else None
            with lexicons.using(lexicons.without(left_out, unchanged)), using(weights):
                found.append(cleaned(row, family_of(row, options.family, lexicons.known), cleaners))
        print(f"\n{path.name}", *table(found), sep="\n", flush=True)
    if options.names:
        print("", *damaged_names(options.names, cleaners), sep="\n")


if __name__ == "__main__":
    main()
