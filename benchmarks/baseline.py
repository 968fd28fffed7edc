"""Measure the speed of each stage relative to the baseline, over the same texts, in one run on one core.

    python benchmarks/baseline.py [NEWS.jsonl[.xz]] [--words 200000]

The baseline is ``ftfy.fix_text`` with its defaults followed by textacy's ``unicode``, ``bullet_points``,
``quotation_marks``, ``hyphenated_words`` and ``whitespace`` normalisers. Without a corpus the articles of raw/ are
repeated, which favours caches. Imports and the first article are not timed.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

RAW = Path(__file__).parents[1] / "raw"


def corpus(path: Path | None, words: int) -> list[str]:
    """Articles with at least this many words in total."""
    from clean_news.language.model_building import read_texts, unwrap

    if path:
        texts = (unwrap(text) for text in read_texts(path))
    else:
        own = [file.read_text(encoding="utf-8", errors="replace") for file in sorted(RAW.glob("*.txt"))]
        texts = (own[number % len(own)] for number in range(10**6))
    chosen: list[str] = []
    count = 0
    for text in texts:
        chosen.append(text)
        count += len(text.split())
        if count >= words:
            break
    return chosen


def baseline() -> Callable[[str], object]:
    """The baseline as a function of a text."""
    import ftfy
    from textacy.preprocessing import normalize

    steps = (
        normalize.unicode,
        normalize.bullet_points,
        normalize.quotation_marks,
        normalize.hyphenated_words,
        normalize.whitespace,
    )

    def run(text: str) -> str:
        text = ftfy.fix_text(text)
        for step in steps:
            text = step(text)
        return text

    return run


def stage_runner(name: str) -> Callable[[str], object]:
    """A stage as a function of a text."""
    from clean_news.article import Article
    from clean_news.pipeline import load_stage
    from clean_news.settings import Settings

    stage, settings = load_stage(name), Settings()
    return lambda text: stage.propose(Article(text), settings)


def whole() -> Callable[[str], object]:
    """The whole pipeline as a function of a text."""
    from clean_news import Cleaner

    return Cleaner().clean


def seconds(run: Callable[[str], object], texts: list[str]) -> float:
    """Wall-clock seconds for all texts; the first one is run once before, untimed."""
    run(texts[0])
    began = time.perf_counter()
    for text in texts:
        run(text)
    return time.perf_counter() - began


def main() -> None:
    """Print the table."""
    from clean_news.settings import STAGES

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="?", type=Path)
    parser.add_argument("--words", type=int, default=200_000)
    options = parser.parse_args()
    texts = corpus(options.corpus, options.words)
    count = sum(len(text.split()) for text in texts)
    base = seconds(baseline(), texts)
    print(f"{'':12} {'words/s':>10} {'× baseline':>10}   ({count:,} words)")
    print(f"{'baseline':12} {count / base:10,.0f} {1:10.2f}")
    for name, run in (*((name, stage_runner(name)) for name in STAGES), ("whole", whole())):
        took = seconds(run, texts)
        print(f"{name:12} {count / took:10,.0f} {took / base:10.2f}", flush=True)


if __name__ == "__main__":
    main()
