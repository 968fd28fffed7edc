"""Spin genuine articles forward, to have spun text whose original is known.

    python benchmarks/forward_spin.py NEWS.jsonl[.xz] OUT.jsonl --limit 200 --rate 0.5 --seed 1 [--part held-back]

Each article gets one form for each original that it swaps (spinners are consistent). With ``--part`` only a fifth
of the dictionary's originals, chosen by hash, is used (``held-back``), or the other four fifths (``open``).
The rows are those of a gold file for ``clean-news score``: id, spun, edits.
"""

import argparse
import json
import lzma
import math
import random
import zlib
from collections import defaultdict
from pathlib import Path

from clean_news.channel import lexicon as lexicons
from clean_news.channel.lexicon import key_of
from clean_news.channel.model_building import unwrap
from clean_news.channel.spun_forms import with_case_of
from clean_news.channel.tokens import SAME, sentences

RANK_WEIGHT = {"open": {1, 2, 3, 4}, "held-back": {0}, "whole": {0, 1, 2, 3, 4}}


def forward(part: str) -> tuple[dict[str, list[tuple[str, float]]], dict[str, int]]:
    """For each original its forms with their probabilities, and the longest original that a word begins."""
    lexicon = lexicons.standard()
    forms: dict[str, list[tuple[str, float]]] = defaultdict(list)
    longest: dict[str, int] = defaultdict(int)
    for spun in lexicon.inverse:
        for original in lexicon.originals(spun):
            if zlib.crc32(original.text.encode()) % 5 not in RANK_WEIGHT[part]:
                continue
            key = key_of(original.text)
            forms[key].append((spun, math.exp(-original.cost)))
            words = key.split(" ")
            longest[words[0]] = max(longest[words[0]], len(words))
    return forms, longest


def spin(text: str, forms: dict, longest: dict, rate: float, dice: random.Random) -> dict:
    """One article spun: its text and the edits that lead back."""
    pieces, edits, at, size = [], [], 0, 0
    choice: dict[str, str | None] = {}
    for sentence in sentences(text):
        tokens = [form.translate(SAME) for form in sentence.forms]
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
                if choice[key] is None:
                    continue
                start, stop = sentence.spans[place][0], sentence.spans[end - 1][1]
                spun = with_case_of(sentence.forms[place:end], choice[key].replace(" - ", "-").replace(" '", "'"))
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
    parser.add_argument("--part", choices=RANK_WEIGHT, default="whole")
    options = parser.parse_args()
    forms, longest = forward(options.part)
    opener = lzma.open if options.news.suffix == ".xz" else open
    with opener(options.news, "rt", encoding="utf-8") as news, options.out.open("w", encoding="utf-8") as out:
        for number, line in zip(range(options.limit), news, strict=False):
            dice = random.Random(options.seed * 1_000_003 + number)  # noqa: S311  # no secret, repeatable
            row = spin(unwrap(json.loads(line)["text"])[:3000], forms, longest, options.rate, dice)
            out.write(json.dumps({"id": f"synthetic-{number:04}", **row}) + "\n")


if __name__ == "__main__":
    main()
