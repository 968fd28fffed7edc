"""Compare correctors of scanned text: clean-news, symspellpy and ftfy; one table per file of pairs, in one run.

    python benchmarks/ocr.py [PAIRS.jsonl …] [--news NEWS.jsonl[.xz] --articles 150 --rate .03 --seed 1]
        [--rows clean-news] [--causes]

Pairs are JSON lines with the fields ``ocr`` and ``truth``; ``--news`` generates them from genuine articles with
scan_news.py, and without either they are generated from the samples in clean/. Character errors are counted over all
documents together, without hyphens and with white space collapsed. Times are process time on one core, each row in a
separate process, so that all start with empty caches; imports and a warm-up over noisy samples are not timed.
× baseline is the time relative to benchmarks/baseline.py over the same texts. ``--rows`` prints only the rows whose
name contains the argument, ``--causes`` adds the errors that the last row left, by cause.
"""

import argparse
import itertools
import json
import multiprocessing
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeVar

import error_causes
from baseline import baseline
from correctors import correctors
from scan_news import RATE, articles, distance, pairs_of, squeeze

CLEAN = Path(__file__).parents[1] / "clean"
WARM_UP_SEED = 0
MIN_RELATIVE_TIME = 0.01  # of the baseline; the speed of doing nothing is not printed
COPIES = 5  # of the samples, each with different errors
HEAD = "| {} | error rate | removed | better | worse | words/s | × baseline |\n|---|---|---|---|---|---|---|"
Output = TypeVar("Output")


class Pair(NamedTuple):
    """A document.

    Attributes:
        ocr: the text as scanned.
        truth: the printed text.
    """

    ocr: str
    truth: str


class Errors(NamedTuple):
    """Character errors of a set of documents.

    Attributes:
        by_document: the number of errors in each document.
        characters: the number of characters of all correct texts.
    """

    by_document: tuple[int, ...]
    characters: int

    @property
    def rate(self) -> float:
        """The character error rate."""
        return sum(self.by_document) / max(self.characters, 1)


def errors_of(texts: Iterable[str], pairs: Sequence[Pair]) -> Errors:
    """Count the character errors in the repaired text of each document."""
    counts = tuple(distance(text, pair.truth) for text, pair in zip(texts, pairs, strict=True))
    return Errors(counts, sum(len(squeeze(pair.truth)) for pair in pairs))


def measured(build: Callable[[], Callable[[str], Output]], texts: Sequence[str]) -> tuple[list[Output], float]:
    """Run a corrector in a new process; returns its outputs and the seconds of process time."""
    warm_up()  # cached before the fork
    with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as process:
        return process.submit(timed, build, texts).result()


def timed(build: Callable[[], Callable[[str], Output]], texts: Sequence[str]) -> tuple[list[Output], float]:
    """As :func:`measured`, in this process."""
    run = build()
    for text in warm_up():
        run(text)
    began = time.process_time()
    made = [run(text) for text in texts]
    return made, max(time.process_time() - began, 1e-9)


def row(name: str, before: Errors, after: Errors, words_per_second: float, times_baseline: float) -> str:
    """Format a row of the table."""
    compared = list(zip(before.by_document, after.by_document, strict=True))
    removed = 1 - sum(after.by_document) / max(sum(before.by_document), 1)
    better = sum(new < old for old, new in compared) / len(compared)
    worse = sum(new > old for old, new in compared) / len(compared)
    share = f"{after.rate:.2%} | {removed:.1%} | {better:.1%} | {worse:.1%}"
    speed = f"{words_per_second:,.0f} | {times_baseline:.1f}" if times_baseline > MIN_RELATIVE_TIME else "– | –"
    return f"| {name} | {share} | {speed} |"


def table(title: str, pairs: Sequence[Pair], rows: str = "", *, causes: bool = False) -> Iterator[str]:
    """Yield the lines of a table, each as soon as it is measured.

    Args:
        title: of the table.
        pairs: the documents.
        rows: a substring of the names of the rows to print.
        causes: whether to add the errors that the last corrector left, by cause.
    """
    texts = [pair.ocr for pair in pairs]
    words = sum(len(text.split()) for text in texts)
    before = errors_of(texts, pairs)
    yield f"\n{title}: {len(pairs)} documents, {words:,} words, character error rate {before.rate:.2%}\n"
    yield HEAD.format("")
    _, base = measured(baseline, texts)
    last = texts
    for name, build in correctors():
        if rows not in name:
            continue
        made, seconds = measured(build, texts)
        yield row(name, before, errors_of(made, pairs), words / seconds, seconds / base)
        last = made
    if causes:
        yield from error_causes.rows(last, [pair.truth for pair in pairs])


def read_pairs(path: Path) -> list[Pair]:
    """Read the documents of a pairs file."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [Pair(row["ocr"], row["truth"]) for row in rows]


def samples() -> list[str]:
    """The sample articles of the repository."""
    return list(articles(sorted(CLEAN.glob("*.txt"))))


@cache
def warm_up() -> list[str]:
    """Texts that trigger all lazy loading."""
    return [pair.ocr for pair in with_noise(samples(), RATE, WARM_UP_SEED)]


def with_noise(texts: Iterable[str], rate: float, seed: int) -> list[Pair]:
    """Add the noise of scan_news.py to genuine texts."""
    return [Pair(**row) for row in pairs_of(texts, rate, seed)]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", type=Path, nargs="*")
    parser.add_argument("--news", type=Path)
    parser.add_argument("--articles", type=int, default=150)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", default="")
    parser.add_argument("--causes", action="store_true")
    options = parser.parse_args()
    files = [(path.stem, read_pairs(path)) for path in options.pairs]
    noisy = f"with {options.rate:.0%} noise, seed {options.seed}"
    if options.news:
        texts = itertools.islice(articles([options.news]), options.articles)
        files.append((f"{options.news.name} {noisy}", with_noise(texts, options.rate, options.seed)))
    if not files:
        files.append((f"clean/ {noisy}", with_noise(samples() * COPIES, options.rate, options.seed)))
    for title, pairs in files:
        for line in table(title, pairs, options.rows, causes=options.causes):
            print(line, flush=True)


if __name__ == "__main__":
    main()
