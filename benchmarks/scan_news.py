"""Add OCR errors to genuine articles, to get scanned modern text with known originals.

    python benchmarks/scan_news.py NEWS.jsonl[.xz] [TEXT.txt ...] -o PAIRS.jsonl --limit 150 --rate .03 --seed 1

Web boilerplate is removed first. Confusions are sampled in proportion to held-back-confusions.tsv: sequences of one to
three characters (rn → m, li → h), lost and added spaces, misread punctuation and capital letters. Misreadings are drawn
until the character error rate is reached, as the benchmarks count it: without hyphens and with white space collapsed.
Line breaks stay. The output is deterministic; its rows have the fields ``ocr`` and ``truth``.
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
PRINTED_ALIKE = str.maketrans("’‘“”", "''\"\"")  # the ground truth of the old newspapers has no curly quotes
MAX_PRINTED_CHARS = 3  # of a printed piece


class Misreading(NamedTuple):
    """A possible misreading of a printed piece.

    Attributes:
        read: the text that is read instead.
        probability: P(read | printed) in the held-back documents.
    """

    read: str
    probability: float


class Draw(NamedTuple):
    """A misreading at a position of the text.

    Attributes:
        start: offset of the printed piece in code points.
        end: its exclusive end; equal to ``start`` for an insertion.
        read: the text that is read instead.
        probability: see :class:`Misreading`.
    """

    start: int
    end: int
    read: str
    probability: float


Misreadings = dict[str, list[Misreading]]
"""The possible misreadings by printed piece; those of ``""`` are insertions."""


def misreadings_of(counts: dict[Piece, int]) -> Misreadings:
    """The misreadings of a confusion table that change the text as the benchmarks count it."""
    total: dict[str, int] = defaultdict(int)
    for (printed, _), count in counts.items():
        total[printed] += count
    total[""] = sum(count for printed, count in total.items() if len(printed) == 1)
    found: Misreadings = defaultdict(list)
    for (printed, read), count in counts.items():
        if printed != read and len(printed) <= MAX_PRINTED_CHARS and squeeze(f"x{printed}x") != squeeze(f"x{read}x"):
            found[printed].append(Misreading(read, count / total[printed]))
    return found


def squeeze(text: str) -> str:
    """Normalise a text for counting errors: no hyphens, single spaces; as in the outside scorer."""
    return " ".join(HYPHEN.sub("", text).split())


def distance(one: str, other: str) -> int:
    """The number of character errors between two texts."""
    from rapidfuzz.distance import Levenshtein

    return Levenshtein.distance(squeeze(one), squeeze(other))


def edges_of(text: str) -> Iterator[str]:
    """For each position the classes of the characters before and after it: ``w`` word, ``p`` punctuation, or space."""
    kinds = ["w" if character.isalnum() else " " if character.isspace() else "p" for character in text]
    yield from map("".join, itertools.pairwise([" ", *kinds]))


@cache
def fits(read: str, edge: str) -> bool:
    """Whether an insertion is plausible at a position; see :func:`edges_of`.

    Punctuation is inserted at the edge of a word, spaces inside one, letters inside it and before it.
    """
    opens, closes = edge in {" w", " p"}, edge in {"w ", "p "}
    if read.isspace():
        return " " not in edge
    if read.endswith(" ") or read.startswith(" "):
        return opens if read.endswith(" ") else closes
    return edge == "ww" or opens if read.isalnum() else opens or closes


def possible(text: str, misreadings: Misreadings) -> Iterator[Draw]:
    """Every possible misreading of a text."""
    folded = text.translate(PRINTED_ALIKE)
    for start in range(len(folded)):
        for end in range(start + 1, min(start + MAX_PRINTED_CHARS, len(folded)) + 1):
            for read, probability in misreadings.get(folded[start:end], ()):
                yield Draw(start, end, read, probability)
    edges = list(edges_of(text))
    for read, probability in misreadings.get("", ()):
        positions = [position for position, edge in enumerate(edges) if fits(read, edge)]
        for position in positions:
            yield Draw(position, position, read, probability * len(text) / len(positions))


def scan(text: str, misreadings: Misreadings, rate: float, rng: random.Random) -> str:
    """Add misreadings to a text.

    Args:
        text: the article.
        misreadings: see :func:`misreadings_of`.
        rate: the character error rate to reach; fewer errors are made if the text does not allow it.
        rng: the random number generator.
    """
    target = round(rate * len(squeeze(text)))
    # Exponential waiting times: sampling without replacement in proportion to the probabilities.
    waiting = [(rng.expovariate(draw.probability), draw) for draw in possible(text, misreadings)]
    heapq.heapify(waiting)
    taken: list[Draw] = []
    covered: set[int] = set()
    errors = 0
    while waiting:
        if errors >= target:
            errors = distance(scanned(text, taken), text)  # adjacent misreadings may cancel out
            if errors >= target:
                break
        draw = heapq.heappop(waiting)[1]
        span = set(range(draw.start, max(draw.end, draw.start + 1)))
        if covered.isdisjoint(span):
            covered |= span
            taken.append(draw)
            errors += max(distance(f"x{text[draw.start : draw.end]}x", f"x{draw.read}x"), 1)
    return scanned(text, taken)


def scanned(text: str, draws: Iterable[Draw]) -> str:
    """Apply misreadings that do not overlap."""
    pieces, at = [], 0
    for start, end, read, _ in sorted(draws):
        pieces += [text[at:start], read]
        at = end
    return "".join([*pieces, text[at:]])


def pairs_of(texts: Iterable[str], rate: float = RATE, seed: int = 1) -> Iterator[dict[str, str]]:
    """Rows of a pairs file with the fields ``ocr`` and ``truth``, one for each non-blank text."""
    misreadings = misreadings_of(read_table(HELD_BACK))
    for number, text in enumerate(filter(str.strip, texts)):
        rng = random.Random(seed * 1_000_003 + number)  # noqa: S311  # no secret, repeatable
        yield {"ocr": scan(text, misreadings, rate, rng), "truth": text}


def articles(paths: Iterable[Path]) -> Iterator[str]:
    """The articles of corpus files and of text files, without web boilerplate."""
    for path in paths:
        texts = [path.read_text(encoding="utf-8")] if path.suffix == ".txt" else read_texts(path)
        yield from map(without_boilerplate, texts)


def without_boilerplate(text: str) -> str:
    """The text without web boilerplate such as "Read more" lines."""
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
