"""How long a large report takes to open, in chromium: 5,000 articles with 200,000 edits unless told otherwise.

    python benchmarks/report_opening.py [--articles 5000] [--edits 200000] [--runs 5] [--keep report.html]

The corpus is generated: made-up words, two of five changes only suggested, each with the evidence that a spun word has.
Opening counts from the start of the navigation until the list is drawn and every key works. What a reviewer does then
is measured in the same page, until the next frame. Needs chromium and chromedriver, and `pip install selenium`.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from clean_news.change_log import ChangeLog, StageLog, sha256
from clean_news.charsets.decoding import Decoding
from clean_news.edits import apply, identify, replace
from clean_news.review.edit_places import Traced, traced
from clean_news.review.report.report_file import write

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "reporting"))
from headless_chromium import chromium, missing

WORDS = 400  # of an article
VOCABULARY = 8_000
STAGES = ("encoding", "characters", "layout", "boilerplate", "ocr", "spin", "agreement")
RULES = {"ocr": "OCR001", "spin": "SPIN001"}
OPENED = """
const done = arguments[0];
requestAnimationFrame(() => setTimeout(() => done([
  performance.now(), performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0]), 0));
"""
TIMED = """
const [act, done] = arguments, from = performance.now();
new Function(act)();
requestAnimationFrame(() => setTimeout(() => done(performance.now() - from), 0));
"""
CLICK = "document.getElementById('{}').click()"
ACTS = {
    "first article opened": "document.dispatchEvent(new KeyboardEvent('keydown', {key: 'j'}))",
    "one facet chosen": "document.querySelector('input[data-facet=state]').click()",
    "facet taken back": CLICK.format("reset"),
    "table of all pairs": CLICK.format("tab-pairs"),
    "sorted by text": "document.querySelector('[data-column=before] button').click()",
    "charts": CLICK.format("tab-charts"),
    "pair rejected everywhere": CLICK.format("tab-pairs")
    + "; document.querySelector('#pair-rows .decision button:nth-child(2)').click()",
}


def main() -> None:
    given = arguments()
    if missing():
        sys.exit(missing())
    with tempfile.TemporaryDirectory() as folder:
        report = given.keep or Path(folder, "report.html")
        started = time.perf_counter()
        with report.open("wb") as file:
            written = write(corpus(given.articles, given.edits), file, "generated", {})
        print(
            f"{written.articles:,} articles, {written.edits:,} edits, {len(written.pairs):,} pairs: "
            f"{report.stat().st_size / 1e6:.1f} MB, generated and written in {time.perf_counter() - started:.0f} s"
        )
        openings = []
        for run in range(given.runs):
            with chromium(Path(folder, f"profile-{run}")) as browser:
                browser.set_script_timeout(60)
                browser.get(report.resolve().as_uri())
                assert browser.execute_script("return document.body.dataset.ready") == "", "the page did not start"
                timing = (
                    "const t = performance.getEntriesByType('navigation')[0]; return [t.domInteractive, t.duration]"
                )
                openings.append([*browser.execute_script(timing), browser.execute_async_script(OPENED)[1]])
                acts = {name: browser.execute_async_script(TIMED, act) for name, act in ACTS.items()}
        for name, times in zip(
            ("all is there", "page loaded", "first paint"), zip(*openings, strict=True), strict=True
        ):
            print(f"{name:26} {statistics.median(times):6.0f} ms, at most {max(times):6.0f} ms")
        for name, spent in acts.items():
            print(f"{name:26} {spent:6.0f} ms")


def corpus(articles: int, edits: int) -> Iterator[tuple[Traced, ChangeLog]]:
    """Generated articles with their logs; the same at every call."""
    chance = random.Random(5)  # noqa: S311  # not for secrets
    vocabulary = ["".join(chance.choices("abcdefghilmnoprstu", k=chance.randint(2, 11))) for _ in range(VOCABULARY)]
    weights = [1 / (rank + 5) for rank in range(VOCABULARY)]
    for number in range(articles):
        share = edits // articles + (number < edits % articles)
        yield article(number, share, chance, chance.choices(vocabulary, weights, k=max(WORDS, share)), vocabulary)


def article(
    number: int, edits: int, chance: random.Random, words: list[str], vocabulary: list[str]
) -> tuple[Traced, ChangeLog]:
    """An article of these words in which so many of them were changed."""
    raw = " ".join(word + ".\n\n" * (at % 60 == 59) for at, word in enumerate(words))
    stage = chance.choice(tuple(RULES))
    starts, at = [], 0
    for word in raw.split(" "):
        starts.append(at)
        at += len(word) + 1
    found = []
    for place in sorted(chance.sample(range(len(words)), edits)):
        start, end = starts[place], starts[place] + len(words[place])
        # The same word is mostly repaired alike, so that there are pairs that come often.
        after = vocabulary[(vocabulary.index(words[place]) + chance.choice((1, 1, 1, 2, 3))) % VOCABULARY]
        sure = round(chance.uniform(0.2, 1), 4)
        near = raw[max(0, start - 30) : end + 30]
        edit = replace(raw, start, end, after, RULES[stage], sure, candidates={after: sure}, near=near)
        found.append(msgspec.structs.replace(edit, state="applied" if sure > 0.5 else "suggested"))
    logged = tuple(identify(raw, found))
    text = apply(raw, logged)
    log = ChangeLog(
        id=f"folder-{number // 100:02}/article-{number:05}.txt",
        source=f"raw/{number}",
        raw_sha256=sha256(raw),
        clean_sha256=sha256(text),
        version="0",
        settings_sha256="",
        dictionaries={},
        decoding=Decoding("utf-8"),
        document={"spun": chance.random(), "scanned": chance.random() / 2},
        metadata={},
        stages=tuple(StageLog(name, logged if name == stage else ()) for name in STAGES),
    )
    return traced(text, log), log


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=5_000)
    parser.add_argument("--edits", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="write the report here and leave it there")
    return parser.parse_args()


if __name__ == "__main__":
    main()
