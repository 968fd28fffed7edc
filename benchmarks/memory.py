"""What one process needs, and whether it grows: resident memory over thousands of distinct articles.

    python benchmarks/memory.py NEWS.jsonl[.xz] … [--articles 20000] [--every 500] [--spin 10] [--noise 10]

The articles are cleaned one after the other by one :class:`clean_news.Cleaner`, on one core. Every so many, one is
also spun with our own dictionary (``--spin 10``: every tenth) and one misread at random (``--noise 10``), so that all
stages work, with ever new words. Each line gives the articles so far, resident memory that is the process's own
(``anonymous``) and that of mapped files (the language model's pages, shared by all workers), and words a second since
the line before. Linux only: it reads /proc/self/status.
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


def misread(text: str, chance: random.Random, share: float = 0.08) -> str:
    """The text with this share of its words misread in one letter."""
    words = text.split(" ")
    for place, word in enumerate(words):
        if chance.random() < share:
            before, after = chance.choice(MISREAD)
            words[place] = word.replace(before, after, 1)
    return " ".join(words)


def spun(text: str, chance: random.Random, forms: dict[str, list[str]], share: float = 0.5) -> str:
    """The text with this share of the words that the dictionary knows swapped."""
    words = text.split(" ")
    for place, word in enumerate(words):
        if word in forms and chance.random() < share:
            words[place] = chance.choice(forms[word][:3])
    return " ".join(words)


def swaps() -> dict[str, list[str]]:
    """What a spinner writes for each original, likeliest first."""
    from clean_news.stages.spin import lexicon_building

    words = lexicon_building.standard()
    found: dict[str, list[tuple[float, str]]] = {}
    for form in words.inverse:
        for original in words.originals(form):
            found.setdefault(original.text, []).append((original.cost, form))
    return {text: [form for _, form in sorted(forms)] for text, forms in found.items()}


def stream(paths: list[Path], spin_each: int, noise_each: int) -> Iterator[tuple[str, str]]:
    """Articles, as (kind, text)."""
    from clean_news.language.model_building import read_texts, unwrap

    chance = random.Random(6)  # noqa: S311  # nothing secret
    forms = swaps() if spin_each else {}
    texts = (unwrap(text) for path in paths for text in read_texts(path))
    for number, text in enumerate(texts, 1):
        yield "genuine", text
        if spin_each and number % spin_each == 0:
            yield "spun", spun(text, chance, forms)
        if noise_each and number % noise_each == 0:
            yield "scanned", misread(text, chance)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="+", type=Path)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--every", type=int, default=500)
    parser.add_argument("--spin", type=int, default=10, metavar="N", help="spin every Nth; 0 for none")
    parser.add_argument("--noise", type=int, default=10, metavar="N", help="misread every Nth; 0 for none")
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
