"""Measure how long a large report takes to open in Chromium: by default 5,000 articles with 200,000 edits.

    python benchmarks/report_opening.py [--articles 5000] [--edits 200000] [--runs 5] [--keep report.html]

The corpus is generated: made-up words, two of five edits only suggested, each with the evidence of a spun word. Opening
is measured from the start of the navigation until the inbox is drawn and every key works. The actions of a reviewer are
measured in the same page, until the next frame. Needs chromium and chromedriver, and `pip install selenium`.
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

from clean_news.change_log import ChangeLog, StageLog
from clean_news.change_log.edit_places import Trace, trace_edits
from clean_news.edits import apply, identify, replace
from clean_news.review.report.report_file import write

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "review"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "review" / "report"))
from headless_chromium import chromium, missing
from log_making import log_of

WORDS = 400  # per article
VOCABULARY = 8_000
STAGES = ("encoding", "characters", "layout", "boilerplate", "ocr", "spin", "agreement")
RULES = {"ocr": "OCR001", "spin": "SPIN001"}
OPENED = """
const done = arguments[0];
requestAnimationFrame(() => setTimeout(() => done([
  performance.now(), performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0]), 0));
"""
TIMED = """
const [action, done] = arguments, from = performance.now();
new Function(action)();
requestAnimationFrame(() => setTimeout(() => done(performance.now() - from), 0));
"""
# A search for words of many texts, which stops for the browser to draw: how long it takes, and its longest stop.
SEARCHED = """
const done = arguments[0], from = performance.now();
let last = from, slowest = 0;
location.hash = '#/found?q=er';
const beat = () => {
  const now = performance.now();
  slowest = Math.max(slowest, now - last);
  last = now;
  if (/ places$/.test(document.getElementById('hits-count').textContent)) done([now - from, slowest]);
  else setTimeout(beat);
};
setTimeout(beat);
"""
CLICK = "document.getElementById('{}').click()"
ACTIONS = {
    "list of articles": CLICK.format("tab-articles"),
    "first article opened": "document.querySelector('#list button').click()",
    "one facet selected": "document.querySelector('input[data-facet=state]').click()",
    "facet reset": CLICK.format("reset"),
    "table of all pairs": CLICK.format("tab-pairs"),
    "sorted by text": "document.querySelector('[data-column=before] button').click()",
    "charts": CLICK.format("tab-charts"),
    "inbox": CLICK.format("tab-inbox"),
    "group accepted in the inbox": "document.querySelector('#groups .actions button').click()",
    "sources": CLICK.format("tab-sources"),
    "pair rejected everywhere": CLICK.format("tab-pairs")
    + "; document.querySelector('#pair-rows .decision button:nth-child(2)').click()",
}


def main() -> None:
    """Run from the command line."""
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
                actions = {name: browser.execute_async_script(TIMED, action) for name, action in ACTIONS.items()}
                searched, slowest = browser.execute_async_script(SEARCHED)
        for name, times in zip(("page ready", "page loaded", "first paint"), zip(*openings, strict=True), strict=True):
            print(f"{name:27} {statistics.median(times):6.0f} ms, at most {max(times):6.0f} ms")
        for name, spent in actions.items():
            print(f"{name:27} {spent:6.0f} ms")
        print(f"{'all texts searched':27} {searched:6.0f} ms, drawn every {slowest:.0f} ms at the latest")


def corpus(articles: int, edits: int) -> Iterator[tuple[Trace, ChangeLog]]:
    """Generate articles with their logs; deterministic."""
    rng = random.Random(5)  # noqa: S311  # not for secrets
    vocabulary = ["".join(rng.choices("abcdefghilmnoprstu", k=rng.randint(2, 11))) for _ in range(VOCABULARY)]
    weights = [1 / (rank + 5) for rank in range(VOCABULARY)]
    for number in range(articles):
        share = edits // articles + (number < edits % articles)
        yield article(number, share, rng, rng.choices(vocabulary, weights, k=max(WORDS, share)), vocabulary)


def article(
    number: int, edits: int, rng: random.Random, words: list[str], vocabulary: list[str]
) -> tuple[Trace, ChangeLog]:
    """Generate an article of these words with this number of edits."""
    raw = " ".join(word + ".\n\n" * (at % 60 == 59) for at, word in enumerate(words))
    stage = rng.choice(tuple(RULES))
    starts, at = [], 0
    for word in raw.split(" "):
        starts.append(at)
        at += len(word) + 1
    found = []
    for index in sorted(rng.sample(range(len(words)), edits)):
        start, end = starts[index], starts[index] + len(words[index])
        # A word mostly gets the same repair, so that some pairs are frequent.
        after = vocabulary[(vocabulary.index(words[index]) + rng.choice((1, 1, 1, 2, 3))) % VOCABULARY]
        confidence = round(rng.uniform(0.2, 1), 4)
        context = raw[max(0, start - 30) : end + 30]
        edit = replace(
            raw, start, end, after, RULES[stage], confidence, candidates={after: confidence}, context=context
        )
        found.append(msgspec.structs.replace(edit, state="applied" if confidence > 0.5 else "suggested"))
    logged = tuple(identify(raw, found))
    text = apply(raw, logged)
    log = log_of(
        raw,
        text,
        [StageLog(name, logged if name == stage else ()) for name in STAGES],
        f"folder-{number // 100:02}/article-{number:05}.txt",
        source=f"raw/{number}",
        document={"spun": rng.random(), "scanned": rng.random() / 2},
    )
    return trace_edits(text, log), log


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=5_000)
    parser.add_argument("--edits", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="write the report to this file and keep it")
    return parser.parse_args()


if __name__ == "__main__":
    main()
