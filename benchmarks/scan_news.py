"""Put a scanner's errors into genuine articles, to have scanned modern text whose original is known.

    python benchmarks/scan_news.py NEWS.jsonl[.xz] [TEXT.txt ...] -o PAIRS.jsonl --limit 150 --rate .03 --seed 1

Web boilerplate is taken out first. The confusions are those of held-back-confusions.tsv, in proportion: pieces of one
to three characters (rn → m, li → h), spaces lost and found, signs and capitals misread. Misreadings are drawn until
the character error rate is reached, as the benchmarks count it: hyphens left out, white space collapsed. Lines stay
as they are. The same options give the same file; its rows have the fields ``ocr`` and ``truth``.
"""

import argparse
import heapq
import itertools
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from estimate_confusions import HELD_BACK

from clean_news.article import Article
from clean_news.edits import apply
from clean_news.language.model_building import read_texts
from clean_news.settings import Settings
from clean_news.stages.boilerplate import stage
from clean_news.stages.ocr.confusion import Piece, read_table

RATE = 0.03
HYPHEN = re.compile(r"[-¬\u00ad]\s*")
PRINTED_ALIKE = str.maketrans("’‘“”", "''\"\"")  # the old papers were typed without curly quotes
LONGEST = 3  # characters of a printed piece


class Misreading(NamedTuple):
    """What a piece may be read as.

    Attributes:
        read: the text that takes its place.
        chance: of this, where the piece is printed, in the documents that were held back.
    """

    read: str
    chance: float


class Draw(NamedTuple):
    """A misreading at its place.

    Attributes:
        start: first code point of what was printed.
        end: code point behind the last; ``start`` where something was read that is not there.
        read: what was read.
        chance: see :class:`Misreading`.
    """

    start: int
    end: int
    read: str
    chance: float


Habits = dict[str, list[Misreading]]
"""What a scanner does, by the printed piece."""


def habits_of(counts: dict[Piece, int]) -> Habits:
    """The misreadings of a confusion table, for those that change anything that counts."""
    total: dict[str, int] = defaultdict(int)
    for (printed, _), count in counts.items():
        total[printed] += count
    total[""] = sum(count for printed, count in total.items() if len(printed) == 1)
    found: Habits = defaultdict(list)
    for (printed, read), count in counts.items():
        if printed != read and len(printed) <= LONGEST and squeeze(f"x{printed}x") != squeeze(f"x{read}x"):
            found[printed].append(Misreading(read, count / total[printed]))
    return found


def squeeze(text: str) -> str:
    """What counts of a text: without hyphens, white space as single spaces; as the outside scorer has it."""
    return " ".join(HYPHEN.sub("", text).split())


def distance(one: str, other: str) -> int:
    """Character errors between two texts."""
    from rapidfuzz.distance import Levenshtein

    return Levenshtein.distance(squeeze(one), squeeze(other))


def edges_of(text: str) -> Iterator[str]:
    """For each place before a character what stands before and behind it: ``w`` word, ``p`` sign, `` `` white space."""
    kinds = ["w" if character.isalnum() else " " if character.isspace() else "p" for character in text]
    yield from map("".join, itertools.pairwise([" ", *kinds]))


@cache
def fits(read: str, edge: str) -> bool:
    """Whether something that is not printed may be read at a place; see :func:`edges_of`.

    Specks are read at the edge of a word, spaces within one, letters within it and before it.
    """
    opens, closes = edge in {" w", " p"}, edge in {"w ", "p "}
    if read.isspace():
        return " " not in edge
    if read.endswith(" ") or read.startswith(" "):
        return opens if read.endswith(" ") else closes
    return edge == "ww" or opens if read.isalnum() else opens or closes


def possible(text: str, habits: Habits) -> Iterator[Draw]:
    """Every misreading that may happen to a text."""
    looked = text.translate(PRINTED_ALIKE)
    for start in range(len(looked)):
        for end in range(start + 1, min(start + LONGEST, len(looked)) + 1):
            for read, chance in habits.get(looked[start:end], ()):
                yield Draw(start, end, read, chance)
    edges = list(edges_of(text))
    for read, chance in habits.get("", ()):
        places = [place for place, edge in enumerate(edges) if fits(read, edge)]
        for place in places:
            yield Draw(place, place, read, chance * len(text) / len(places))


def scan(text: str, habits: Habits, rate: float, dice: random.Random) -> str:
    """A text as a scanner would have read it.

    Args:
        text: the article.
        habits: see :func:`habits_of`.
        rate: character errors wanted, by the text's characters; a text in which so many cannot be made gets fewer.
        dice: where chance comes from.
    """
    wanted = round(rate * len(squeeze(text)))
    # What would happen first, if all waited for their turn: a draw in proportion, without replacement.
    waiting = [(dice.expovariate(draw.chance), draw) for draw in possible(text, habits)]
    heapq.heapify(waiting)
    taken: list[Draw] = []
    covered: set[int] = set()
    errors = 0
    while waiting:
        if errors >= wanted:
            errors = distance(scanned(text, taken), text)  # neighbours may have made up for each other
            if errors >= wanted:
                break
        draw = heapq.heappop(waiting)[1]
        span = set(range(draw.start, max(draw.end, draw.start + 1)))
        if covered.isdisjoint(span):
            covered |= span
            taken.append(draw)
            errors += max(distance(f"x{text[draw.start : draw.end]}x", f"x{draw.read}x"), 1)
    return scanned(text, taken)


def scanned(text: str, draws: Iterable[Draw]) -> str:
    """The text with these misreadings, none of which overlaps another."""
    pieces, at = [], 0
    for start, end, read, _ in sorted(draws):
        pieces += [text[at:start], read]
        at = end
    return "".join([*pieces, text[at:]])


def pairs_of(texts: Iterable[str], rate: float = RATE, seed: int = 1) -> Iterator[dict[str, str]]:
    """Rows of a pairs file, one for each text that says anything: ``ocr``, ``truth``."""
    habits = habits_of(read_table(HELD_BACK))
    for number, text in enumerate(filter(str.strip, texts)):
        dice = random.Random(seed * 1_000_003 + number)  # noqa: S311  # no secret, repeatable
        yield {"ocr": scan(text, habits, rate, dice), "truth": text}


def articles(paths: Iterable[Path]) -> Iterator[str]:
    """The articles of corpus files and of text files, as a newspaper would print them."""
    for path in paths:
        texts = [path.read_text(encoding="utf-8")] if path.suffix == ".txt" else read_texts(path)
        yield from map(as_printed, texts)


def as_printed(text: str) -> str:
    """The text without what only web pages have, such as "Read more" lines."""
    return apply(text, stage.propose(Article(text), Settings()).edits)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("news", type=Path, nargs="+")
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    texts = itertools.islice(articles(options.news), options.limit)
    with options.out.open("w", encoding="utf-8") as out:
        for row in pairs_of(texts, options.rate, options.seed):
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
