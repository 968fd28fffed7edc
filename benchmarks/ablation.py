"""Ablation of de-spinning: the figures of the full system and of variants without one of its parts.

    python benchmarks/ablation.py GOLD.jsonl… [--leave-one-out] [--declared GOLD.jsonl…]
        [--genuine NEWS.jsonl[.xz]] [--articles 300] [--only WORD…]

Prints a Markdown table: precision, recall and F0.5 of each variant on each gold file, F0.5 by family if the file has
several, and, with ``--genuine``, the words per 10,000 of genuine articles that the spin stage changes. Variants are not
tuned or calibrated again, and each decides itself whether an article was spun. Articles of ``--declared`` files are
declared to be spun, since text spun with a thesaurus other than ours is often classified as genuine.

With ``--leave-one-out`` the counts of spun articles are those of the gold files, in each article of all the others, not
the shipped ones. An article belongs to the family whose name and a digit its id begins with, otherwise to ``--family``.
The dictionaries are only read.
"""

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial, reduce
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np
from msgspec.structs import replace

from clean_news import Cleaner
from clean_news.article import Article
from clean_news.dictionaries import folder
from clean_news.language import forward_backward, language_model
from clean_news.language.model_building import read_texts, unwrap
from clean_news.lexicography import observed_swaps
from clean_news.scoring.alignment import words
from clean_news.scoring.figures import Figures, totals
from clean_news.scoring.gold import GoldRow, read
from clean_news.scoring.judgement import Judgement, judge
from clean_news.settings import Settings
from clean_news.stages.spin import (
    calibration,
    families,
    lexicon_building,
    lexicon_columns,
    lexicon_sources,
    name_support,
    readings,
    spun_forms,
    stage,
    swap_rate,
)
from clean_news.stages.spin.calibration import Calibration
from clean_news.stages.spin.entries import read_entries
from clean_news.stages.spin.families import Floats
from clean_news.stages.spin.lexicon import Lexicon
from clean_news.stages.spin.lexicon_inputs import Counts, Family, Sources, summed
from clean_news.stages.spin.readings import PARTS
from clean_news.stages.spin.spun_forms import CandidateRows, FormKey, SpunForms

THRESHOLDS = (0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
NAMES = "names.tsv"
FAMILY_OF_ID = re.compile(r"([a-z]+)\d")

Change = Callable[[Sources], Sources]


def unchanged(of: Sources) -> Sources:
    """The full dictionaries."""
    return of


class Variant(NamedTuple):
    """The system without one of its parts.

    Attributes:
        name: its name in the table.
        sources: takes the part out of what the lexicon is compiled from.
        change: returns a context manager that takes the part out of the program.
        settings: the settings of the run.
        thresholds: values of ``apply-from`` to choose the best from for each file; empty for that of the level.
    """

    name: str
    sources: Change = unchanged
    change: Callable[[], AbstractContextManager[Any]] = nullcontext
    settings: Settings = Settings()
    thresholds: tuple[float, ...] = ()


def without_families(of: Sources) -> Sources:
    """Only the general dictionaries, and the counts of all families."""
    return of._replace(families={}, general_counts=_summed_counts(of))


def without_family(name: str, of: Sources) -> Sources:
    """The dictionaries without those of one family."""
    return of._replace(families={each: family for each, family in of.families.items() if each != name})


def without_counts(of: Sources) -> Sources:
    """The dictionaries without what was counted in spun articles."""
    by_name = {name: family._replace(counts={}) for name, family in of.families.items()}
    return of._replace(families=by_name, general_counts={})


def without_families_and_counts(of: Sources) -> Sources:
    """Only the general dictionaries."""
    return of._replace(families={}, general_counts={})


def without_names(of: Sources) -> Sources:
    """The dictionaries without the names, which are a file."""
    names = set(read_entries(folder() / "spin" / NAMES))
    return of._replace(shipped=[entry for entry in of.shipped if entry not in names])


def without_inflections(of: Sources) -> Sources:
    """The dictionaries with the base forms only."""
    by_name = {
        name: family._replace(entries=[entry._replace(kind="-") for entry in family.entries])
        for name, family in of.families.items()
    }
    return of._replace(shipped=[entry._replace(kind="-") for entry in of.shipped], families=by_name)


def _summed_counts(of: Sources) -> Counts:
    """The counts of all families, in full."""
    return reduce(summed, (family.counts for family in of.families.values()), of.general_counts)


def uniform(lexicon: Lexicon) -> Floats:
    """The prior probabilities of the families: all equal."""
    return np.full(len(lexicon.families), 1 / len(lexicon.families))


def uninferred() -> AbstractContextManager[Any]:
    """Decode every document with the same mixture of all families."""
    return patch.object(families, "posterior", lambda *arguments: uniform(arguments[-1]))


def names_like_other_words() -> AbstractContextManager[Any]:
    """Let a capitalised word inside a sentence become any other."""
    before = SpunForms._swapped_rows

    def swapped_rows(table: SpunForms, keys: Sequence[FormKey]) -> CandidateRows:
        rows = before(table, keys)
        return rows._replace(recased=np.zeros_like(rows.recased))

    return patch.object(SpunForms, "_swapped_rows", swapped_rows)


def names_read_once() -> AbstractContextManager[Any]:
    """Do not look elsewhere in the document whether a capitalised word is a name."""
    return patch.object(
        readings,
        "unreliable_capitals",
        lambda found: [[each.title_case or at == each.first_word for at in range(len(each.forms))] for each in found],
    )


def unsupported_names() -> AbstractContextManager[Any]:
    """Do not ask whether the model knows a repaired name."""
    return patch.object(name_support, "with_name_costs", lambda found, *_: found)


def fixed_rate() -> AbstractContextManager[Any]:
    """Use one swap rate for all parts of all documents."""
    rates = np.full(len(PARTS), swap_rate.INITIAL_SWAP_RATE)
    return patch.object(swap_rate, "part_rates", lambda _readings, _posterior: rates)


def passes(number: int) -> AbstractContextManager[Any]:
    """Decode the lattice with this number of passes after the bigram pass."""
    return patch.object(forward_backward, "PRUNE_BELOW", forward_backward.PRUNE_BELOW[:number])


def uncalibrated() -> AbstractContextManager[Any]:
    """Use the posterior as the confidence."""
    return patch.object(calibration, "standard", return_value=Calibration(0.0, 1.0))


def unranked() -> AbstractContextManager[Any]:
    """Give all forms of an entry the same weight."""
    return patch.object(lexicon_columns, "RANK_POWER", 0.0)


def variants() -> Iterator[Variant]:
    """Yield all variants."""
    yield Variant("full system")
    yield Variant("no families", without_families)
    for path in lexicon_sources.family_files(folder()):
        yield Variant(f"without family {path.stem}", partial(without_family, path.stem))
    yield Variant("family not inferred", change=uninferred)
    yield Variant("no counts of spun articles", without_counts)
    yield Variant("no families, no counts", without_families_and_counts)
    yield Variant("the same, uniform weights", without_families_and_counts, unranked)
    yield Variant("no inflected forms", without_inflections)
    yield Variant("no list of names", without_names)
    yield Variant("names repaired into any word", change=names_like_other_words)
    yield Variant("names judged by one place", change=names_read_once)
    yield Variant("repaired names need not be known", change=unsupported_names)
    yield Variant("swap rate fixed at .3", change=fixed_rate)
    yield Variant("no gate", settings=Settings(document="spun"))
    yield Variant("trigrams", change=lambda: passes(1))
    yield Variant("bigrams", change=lambda: passes(0))
    yield Variant("no calibration", change=uncalibrated)
    yield Variant("no calibration, best threshold", change=uncalibrated, thresholds=THRESHOLDS)
    yield Variant("full system, best threshold", thresholds=THRESHOLDS)


def family_of(row: GoldRow, default: str, known: Sequence[str]) -> str:
    """The family of an article; see the module's description."""
    named = FAMILY_OF_ID.match(row.id)
    return named[1] if named and named[1] in known else default


class Lexicons:
    """Compiles the lexicons of the variants.

    Args:
        rows: all gold articles, if what is counted is to be counted in them, leaving out the one that is cleaned.
        default: the family of the articles whose id names none.
    """

    def __init__(self, rows: Sequence[GoldRow], default: str) -> None:
        shipped = lexicon_building.sources(folder())
        self._sources = shipped._replace(shipped=list(shipped.shipped))
        self.known = list(shipped.families)
        self._counted: dict[str, tuple[str, observed_swaps.Observed]] = {}
        self._compiled: dict[str, Lexicon] = {}  # of the full dictionaries, by article
        self._in_use: Lexicon | None = None
        if rows:
            lexicon, model = lexicon_building.standard(), language_model.standard()
            for row in rows:
                seen = observed_swaps.from_gold([row], lexicon, model)
                self._counted[row.id] = family_of(row, default, self.known), seen

    def without(self, article: str | None, change: Change) -> Lexicon:
        """Return the lexicon that an article is cleaned with.

        Args:
            article: its id; None for an article that is not among the gold ones.
            change: takes the variant's part out of the sources.
        """
        left_out = article if article in self._counted else ""
        if change is unchanged and left_out in self._compiled:
            return self._compiled[left_out]
        of = change(self._of_the_others(left_out) if self._counted else self._sources)
        compiled = lexicon_building.compile_lexicon(of, language_model.standard())
        if change is unchanged:
            self._compiled[left_out] = compiled
        return compiled

    def using(self, lexicon: Lexicon) -> AbstractContextManager[Any]:
        """Clean with a lexicon instead of the standard one."""
        if lexicon is not self._in_use:
            spun_forms.table.cache_clear()
            self._in_use = lexicon
        return patch.object(lexicon_building, "standard", return_value=lexicon)

    def _of_the_others(self, left_out: str) -> Sources:
        """The sources with the counts of all articles but one."""
        counts: dict[str, dict[str, dict[str, float]]] = {name: {} for name in self.known}
        for article, (family, seen) in self._counted.items():
            if article != left_out:
                for (original, form), count in seen.items():
                    of_original = counts[family].setdefault(original, {})
                    of_original[form] = of_original.get(form, 0.0) + count
        by_name = {name: Family(family.entries, counts[name]) for name, family in self._sources.families.items()}
        return self._sources._replace(families=by_name, general_counts={})


class Gold(NamedTuple):
    """A gold file.

    Attributes:
        name: its name.
        rows: its articles.
        declared: whether they are declared to be spun.
    """

    name: str
    rows: list[GoldRow]
    declared: bool


def judged(
    variant: Variant, gold: Gold, lexicons: Lexicons, leave_one_out: bool
) -> dict[float | None, list[Judgement]]:
    """Clean the articles of a gold file; returns the judgements by threshold, None for that of the level."""
    settings = replace(variant.settings, document="spun") if gold.declared else variant.settings
    cleaners = {
        threshold: Cleaner(replace(settings, apply_from=threshold, suggest_from=threshold) if threshold else settings)
        for threshold in variant.thresholds or (None,)
    }
    found: dict[float | None, list[Judgement]] = {threshold: [] for threshold in cleaners}
    common = None if leave_one_out else lexicons.without(None, variant.sources)
    for row in gold.rows:
        with lexicons.using(common or lexicons.without(row.id, variant.sources)):
            for threshold, cleaner in cleaners.items():
                found[threshold].append(judge(row, cleaner.clean(row.spun, row.id).text))
    return found


def changed(settings: Settings, texts: Sequence[str]) -> float:
    """Words per 10,000 that the spin stage changes in genuine articles."""
    count = 0
    for text in texts:
        for edit in stage.propose(Article(text), settings).edits:
            if edit.confidence >= settings.apply_from:
                count += max(len(words(edit.before)), len(words(edit.after)))
    return 1e4 * count / sum(len(words(text)) for text in texts)


def families_in(gold: Gold, lexicons: Lexicons, default: str) -> list[str]:
    """The family of each article of a gold file; empty if there is but one."""
    found = [family_of(row, default, lexicons.known) for row in gold.rows]
    return found if len(set(found)) > 1 else []


def cells(
    variant: Variant, golds: Sequence[Gold], genuine: Sequence[str], lexicons: Lexicons, options: argparse.Namespace
) -> Iterator[str]:
    """The cells of a variant's row of the table; see :func:`main` for the columns."""
    yield variant.name
    for gold in golds:
        by_threshold = judged(variant, gold, lexicons, options.leave_one_out)
        threshold, best = max(by_threshold.items(), key=lambda each: totals(each[1]).f_half)
        figures = totals(best)
        at = f" (from {threshold:g})" if threshold else ""
        yield f"{figures.precision:.3f} / {figures.recall:.3f} / **{figures.f_half:.3f}**{at}"
        by_family: dict[str, list[Judgement]] = defaultdict(list)
        for family, judgement in zip(families_in(gold, lexicons, options.family), best, strict=False):
            by_family[family].append(judgement)
        if by_family:
            yield " ".join(decimals(totals(of_family)) for _, of_family in sorted(by_family.items()))
    if genuine:
        with lexicons.using(lexicons.without(None, variant.sources)):
            yield "" if variant.thresholds else f"{changed(variant.settings, genuine):.2f}"


def decimals(figures: Figures) -> str:
    """F0.5 in two digits."""
    return f"{figures.f_half:.2f}".removeprefix("0")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--leave-one-out", action="store_true")
    parser.add_argument("--family", default="a")
    parser.add_argument("--declared", nargs="+", type=Path, default=[])
    parser.add_argument("--genuine", type=Path)
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--only", nargs="+", default=[], help="the variants whose names contain one of these words")
    options = parser.parse_args()
    paths = [*((path, False) for path in options.gold), *((path, True) for path in options.declared)]
    golds = [Gold(path.stem, read(path), declared) for path, declared in paths]
    lexicons = Lexicons([row for gold in golds for row in gold.rows] if options.leave_one_out else [], options.family)
    texts = islice(read_texts(options.genuine), options.articles) if options.genuine else ()
    genuine = [unwrap(text) for text in texts]
    titles = []
    for gold in golds:
        titles.append(f"{gold.name} ({len(gold.rows)}{', declared' * gold.declared})")
        by_family = sorted(set(families_in(gold, lexicons, options.family)))
        titles += [f"F0.5 of {' '.join(by_family)}"] if by_family else []
    titles += [f"genuine ({len(genuine)})"] if genuine else []
    print("| P / R / **F0.5** |", " | ".join(titles), "|")
    print("|---" * (len(titles) + 1) + "|")
    for variant in variants():
        if options.only and not any(word in variant.name for word in options.only):
            continue
        print(f"{variant.name} …", file=sys.stderr)
        spun_forms.table.cache_clear()
        with variant.change():
            print("|", " | ".join(cells(variant, golds, genuine, lexicons, options)), "|", flush=True)
    spun_forms.table.cache_clear()


if __name__ == "__main__":
    main()
