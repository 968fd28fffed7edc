"""Measure the resident memory of one process over thousands of distinct articles.

    python benchmarks/memory.py NEWS.jsonl[.xz] … [--articles 20000] [--every 500] [--spin 10] [--noise 10]

The articles are cleaned one by one by a single :class:`clean_news.Cleaner`, on one core. Every Nth article is also spun
with our dictionary (``--spin 10``: every tenth) or misread at random (``--noise 10``), so that all stages keep meeting
new words. Each line has the articles so far, the anonymous resident memory, that of mapped files (the language model,
shared by all workers), and the words per second since the previous line. Linux only: it reads /proc/self/status.
"""

import argparse
import itertools
import random
import time
from collections.abc import Iterator
from pathlib import Path

STATUS = Path("/proc/self/status")
MISREAD = (("m", "rn"), ("e", "c"), ("h", "b"), ("l", "1"), ("in", "m"), ("o", "0"), ("a", "u"), ("t", "f"))


def resident() -> tuple[float, float]:
    """Resident memory in MB: anonymous, and of mapped files."""
    kilobytes = {}
    for line in STATUS.read_text(encoding="ascii").splitlines():
        name, _, value = line.partition(":")
        if name in {"RssAnon", "RssFile"}:
            kilobytes[name] = int(value.split()[0])
    return kilobytes["RssAnon"] / 1024, kilobytes["RssFile"] / 1024


def misread(text: str, rng: random.Random, share: float = 0.08) -> str:
    """Replace one letter or letter pair in this share of the words."""
    words = text.split(" ")
    for index, word in enumerate(words):
        if rng.random() < share:
            before, after = rng.choice(MISREAD)
            words[index] = word.replace(before, after, 1)
    return " ".join(words)


def spun(text: str, rng: random.Random, forms: dict[str, list[str]], share: float = 0.5) -> str:
    """Swap this share of the words that the dictionary has."""
    words = text.split(" ")
    for index, word in enumerate(words):
        if word in forms and rng.random() < share:
            words[index] = rng.choice(forms[word][:3])
    return " ".join(words)


def swaps() -> dict[str, list[str]]:
    """The forms of each original, most likely first."""
    from forward_spin import dictionary_swaps

    found: dict[str, list[tuple[float, str]]] = {}
    for swap in dictionary_swaps():
        found.setdefault(swap.original, []).append((-swap.weight, swap.spun))
    return {text: [form for _, form in sorted(forms)] for text, forms in found.items()}


def stream(paths: list[Path], spin_each: int, noise_each: int) -> Iterator[tuple[str, str]]:
    """Yield articles as (kind, text)."""
    from clean_news.language.model_building import read_texts, unwrap

    rng = random.Random(6)  # noqa: S311  # nothing secret
    forms = swaps() if spin_each else {}
    texts = (unwrap(text) for path in paths for text in read_texts(path))
    for number, text in enumerate(texts, 1):
        yield "genuine", text
        if spin_each and number % spin_each == 0:
            yield "spun", spun(text, rng, forms)
        if noise_each and number % noise_each == 0:
            yield "scanned", misread(text, rng)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="+", type=Path)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--every", type=int, default=500)
    parser.add_argument("--spin", type=int, default=10, metavar="N", help="spin every Nth article; 0 for none")
    parser.add_argument("--noise", type=int, default=10, metavar="N", help="misread every Nth article; 0 for none")
    options = parser.parse_args()

    from clean_news import Cleaner

    cleaner = Cleaner()
    print(f"{'articles':>9} {'anonymous MB':>13} {'mapped MB':>10} {'words/s':>9}")
    taken = itertools.islice(stream(options.corpus, options.spin, options.noise), options.articles)
    first: set[str] = set()
    words, began = 0, time.perf_counter()
    for number, (kind, text) in enumerate(taken, 1):
        cleaner.clean(text)
        words += len(text.split())
        label = "" if kind in first else f"   after the first {kind} article"
        first.add(kind)
        if label or number % options.every == 0:
            own, mapped = resident()
            now = time.perf_counter()
            print(f"{number:9,} {own:13.1f} {mapped:10.1f} {words / (now - began):9,.0f}{label}", flush=True)
            words, began = 0, now


if __name__ == "__main__":
    main()
