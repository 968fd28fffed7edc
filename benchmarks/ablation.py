"""Ablation of de-spinning: the figures of the full system and of variants without one of its parts.

    python benchmarks/ablation.py GOLD.jsonl… [--declared GOLD.jsonl…] [--genuine NEWS.jsonl[.xz]] [--articles 300]

Prints a Markdown table: precision, recall and F0.5 of each variant on each gold file and, with ``--genuine``, the words
per 10,000 of genuine articles that the spin stage changes. Variants are not tuned or calibrated again, and each decides
itself whether an article was spun. Articles of ``--declared`` files are declared to be spun, since text spun with a
thesaurus other than ours is often classified as genuine. The dictionaries are only read.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np
from msgspec.structs import replace

from clean_news import Cleaner
from clean_news.article import Article
from clean_news.dictionaries import folder
from clean_news.language import lattice
from clean_news.language.model_building import read_texts, unwrap
from clean_news.scoring.alignment import words
from clean_news.scoring.figures import Figures, score, totals
from clean_news.scoring.gold import GoldRow, read
from clean_news.settings import Settings
from clean_news.stages.spin import (
    calibration,
    inflection,
    lexicon_building,
    lexicon_sources,
    spun_forms,
    stage,
    swap_rate,
)
from clean_news.stages.spin.calibration import Calibration
from clean_news.stages.spin.readings import PARTS

THRESHOLDS = (0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
COUNTS, CHOICES, NAMES = "spin-weights.tsv", "first-choices.tsv", "names.tsv"


class Variant(NamedTuple):
    """The system without one of its parts.

    Attributes:
        name: its name in the table.
        change: returns a context manager that removes the part.
        settings: the settings of the run.
        thresholds: values of ``apply-from`` to choose the best from for each file; empty for that of the level.
        needs: a file of dictionaries/ that the variant removes; without the file the variant is skipped.
    """

    name: str
    change: Callable[[], AbstractContextManager[Any]] = nullcontext
    settings: Settings = Settings()
    thresholds: tuple[float, ...] = ()
    needs: str = CHOICES


@contextmanager
def lexicon_without(*files: str, **constants: float) -> Iterator[None]:
    """Compile the lexicon without some files, and with other values of constants of its module."""
    with ExitStack() as stack:
        for name, value in constants.items():
            stack.enter_context(patch.object(lexicon_building, name, value))
        with tempfile.TemporaryDirectory() as name:
            (Path(name) / "spin").mkdir()
            for path in lexicon_sources.files(folder()):
                if path.exists() and path.name not in files:
                    (Path(name) / path.relative_to(folder())).symlink_to(path)
            compiled = lexicon_building.compile_lexicon(Path(name))
        stack.enter_context(patch.object(lexicon_building, "standard", return_value=compiled))
        yield


@contextmanager
def uninflected() -> Iterator[None]:
    """Compile the lexicon without inflected forms."""
    with patch.object(inflection, "inflect", lambda phrase, _kind, _table: (phrase,)), lexicon_without():
        yield


def fixed_rate() -> AbstractContextManager[Any]:
    """Use one swap rate for all parts of all documents."""
    rates = np.full(len(PARTS), swap_rate.INITIAL_SWAP_RATE)
    return patch.object(swap_rate, "part_rates", lambda _readings, _posterior: rates)


def passes(number: int) -> AbstractContextManager[Any]:
    """Decode the lattice with this number of passes after the bigram pass."""
    return patch.object(lattice, "PRUNE_BELOW", lattice.PRUNE_BELOW[:number])


def uncalibrated() -> AbstractContextManager[Any]:
    """Use the posterior as the confidence."""
    return patch.object(calibration, "standard", return_value=Calibration(0.0, 1.0))


VARIANTS = (
    Variant("full system"),
    Variant("no first choices", lambda: lexicon_without(CHOICES)),
    Variant("no counts of spun articles", lambda: lexicon_without(COUNTS), needs=COUNTS),
    Variant("neither", lambda: lexicon_without(CHOICES, COUNTS), needs=COUNTS),
    Variant("uniform weights", lambda: lexicon_without(CHOICES, COUNTS, RANK_POWER=0.0)),
    Variant("no inflected forms", uninflected),
    Variant("no names", lambda: lexicon_without(NAMES)),
    Variant("swap rate fixed at .3", fixed_rate),
    Variant("no gate", settings=Settings(document="spun")),
    Variant("trigrams", lambda: passes(1)),
    Variant("bigrams", lambda: passes(0)),
    Variant("no calibration", uncalibrated),
    Variant("no calibration, best threshold", uncalibrated, thresholds=THRESHOLDS),
    Variant("full system, best threshold", thresholds=THRESHOLDS),
)


def best(variant: Variant, rows: Sequence[GoldRow], declared: bool) -> tuple[Figures, float | None]:
    """The figures of a variant on a gold file, and the threshold if one was chosen on it."""
    settings = replace(variant.settings, document="spun") if declared else variant.settings
    if not variant.thresholds:
        return totals(judgement for _, judgement in score(rows, Cleaner(settings))), None
    tried = []
    for threshold in variant.thresholds:
        cleaner = Cleaner(replace(settings, apply_from=threshold, suggest_from=threshold))
        tried.append((totals(judgement for _, judgement in score(rows, cleaner)), threshold))
    return max(tried, key=lambda each: each[0].f_half)


def changed(settings: Settings, texts: Sequence[str]) -> float:
    """Words per 10,000 that the spin stage changes in genuine articles."""
    count = 0
    for text in texts:
        for edit in stage.propose(Article(text), settings).edits:
            if edit.confidence >= settings.apply_from:
                count += max(len(words(edit.before)), len(words(edit.after)))
    return 1e4 * count / sum(len(words(text)) for text in texts)


def cells(variant: Variant, golds: Sequence[tuple[list[GoldRow], bool]], genuine: Sequence[str]) -> Iterator[str]:
    """The cells of a variant's row of the table.

    Args:
        variant: the variant.
        golds: the rows of each gold file, and whether they are declared to be spun.
        genuine: texts that were not spun.
    """
    yield variant.name
    for rows, declared in golds:
        figures, threshold = best(variant, rows, declared)
        at = f" (from {threshold:g})" if threshold else ""
        yield f"{figures.precision:.3f} / {figures.recall:.3f} / **{figures.f_half:.3f}**{at}"
    if genuine:
        yield "" if variant.thresholds else f"{changed(variant.settings, genuine):.2f}"


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--declared", nargs="+", type=Path, default=[])
    parser.add_argument("--genuine", type=Path)
    parser.add_argument("--articles", type=int, default=300)
    options = parser.parse_args()
    paths = [*((path, False) for path in options.gold), *((path, True) for path in options.declared)]
    golds = [(read(path), declared) for path, declared in paths]
    texts = islice(read_texts(options.genuine), options.articles) if options.genuine else ()
    genuine = [unwrap(text) for text in texts]
    titles = [
        f"{path.stem} ({len(rows)}{', declared' * declared})"
        for (path, declared), (rows, _) in zip(paths, golds, strict=True)
    ]
    titles += [f"genuine ({len(genuine)})"] if genuine else []
    print("| P / R / **F0.5** |", " | ".join(titles), "|")
    print("|---" * (len(titles) + 1) + "|")
    for variant in (each for each in VARIANTS if (folder() / each.needs).exists()):
        print(f"{variant.name} …", file=sys.stderr)
        spun_forms.table.cache_clear()
        with variant.change():
            print("|", " | ".join(cells(variant, golds, genuine)), "|", flush=True)
    spun_forms.table.cache_clear()


if __name__ == "__main__":
    main()
