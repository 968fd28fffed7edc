"""Compare the speed of clean-news and other systems, interleaved article by article, on one core.

    python benchmarks/speed.py [--genuine NEWS.jsonl[.xz]] [--spun SPUN.jsonl] [--scanned SCANNED.jsonl]
        [--words 200000] [--slow-words 10000]

The files are JSON lines with a field ``text``, ``spun`` or ``ocr``; ``benchmarks/forward_spin.py`` and
``benchmarks/scan_news.py`` generate the latter two from the first. Only spun articles that are detected as spun are
used. Without files the articles of raw/ are repeated, which favours caches.

Time is process time. Imports and the first article are not timed; caches of words start empty. The other systems, our
stages and the whole pipeline run in one process each, together with the baseline; each article passes through all
systems of the process before the next one, so that load on the machine affects all of them alike. Only the ratio to the
baseline is meaningful (``benchmarks/baseline.py``). Slow systems get only the first ``--slow-words`` words.
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import cycle, islice
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from baseline import RAW, baseline, stage_runner, whole

Runner = Callable[[str], object]
OWN = {"genuine": ("01-*.txt", "09-*.txt"), "spun": ("02-*.txt", "03-*.txt"), "scanned": ("04-*.txt",)}
BASELINE, SLOW = "baseline", "slow"
FIELDS = ("spun", "ocr", "text")


class Unavailable(Exception):
    """The system is not available; the message says why."""


class System(NamedTuple):
    """A system to time.

    Attributes:
        name: of the row.
        build: builds the system, untimed.
        group: systems of a group are timed in one process, together with the baseline.
    """

    name: str
    build: Callable[[], Runner]
    group: str = "others"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for kind in OWN:
        parser.add_argument(f"--{kind}", type=Path, metavar="FILE")
    parser.add_argument("--words", type=int, default=200_000)
    parser.add_argument("--slow-words", type=int, default=10_000)
    options = parser.parse_args()
    with suppress(AttributeError):  # not on macOS
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    for kind in OWN:
        articles = enough(of_kind(kind, getattr(options, kind)), options.words)
        print(f"\n**{kind}**: {len(articles):,} articles, {words_in(articles):,} words\n", flush=True)
        print("|  | words/s | × baseline |\n|---|---|---|")
        table(kind, articles, enough(articles, options.slow_words))


def systems(kind: str) -> Iterator[System]:
    """The systems to time on articles of a kind."""
    from clean_news.settings import STAGES

    yield System(BASELINE, baseline)
    if kind == "genuine":
        yield System("identity", lambda: str)
        yield System("ftfy fix_text", ftfy_alone)
        yield System("textacy's normalisers", textacy_alone)
        yield System("clean-text", clean_text)
        yield System("symspellpy lookup_compound", lookup_compound, SLOW)
        yield System("language-tool-python", language_tool, SLOW)
    for name in STAGES:
        yield System(f"clean-news: {name}", partial(stage_runner, name), "stages")
    yield System("clean-news: all stages", whole, "whole")


def ftfy_alone() -> Runner:
    """ftfy with its defaults."""
    import ftfy

    return ftfy.fix_text


def textacy_alone() -> Runner:
    """The normalisers of the baseline."""
    from textacy.preprocessing import make_pipeline, normalize

    return make_pipeline(
        normalize.unicode,
        normalize.bullet_points,
        normalize.quotation_marks,
        normalize.hyphenated_words,
        normalize.whitespace,
    )


def clean_text() -> Runner:
    """clean-text, without changing case and line breaks."""
    try:
        from cleantext import clean
    except ImportError as error:
        raise Unavailable("pip install clean-text") from error
    return lambda text: clean(text, lower=False, no_line_breaks=False)


def lookup_compound() -> Runner:
    """symspellpy's correction of whole lines."""
    from correctors import lookup_compound as build

    return build()


def language_tool() -> Runner:
    """LanguageTool, if it is installed; its 250 MB of data are not downloaded here."""
    import shutil

    if not shutil.which("java"):
        raise Unavailable("Java is not installed")
    try:
        import language_tool_python
        from language_tool_python.utils import find_existing_language_tool_downloads, get_language_tool_download_path
    except ImportError as error:
        raise Unavailable("pip install language-tool-python") from error
    if not find_existing_language_tool_downloads(get_language_tool_download_path()):
        raise Unavailable("its data are not installed")
    return language_tool_python.LanguageTool("en-GB").correct


def table(kind: str, articles: Sequence[str], few: Sequence[str]) -> None:
    """Time the systems on the articles, slow ones on a few of them, and print a row for each."""
    groups: dict[str, list[str]] = {}
    for system in systems(kind):
        groups.setdefault(system.group, []).append(system.name)
    for group, names in groups.items():
        over = few if group == SLOW else articles
        with ProcessPoolExecutor(1, get_context("spawn")) as process:  # separate processes, so that caches start empty
            taken = process.submit(timed, kind, names, over).result()
        reference = taken[BASELINE]
        for name in names:
            took = taken[name]
            if isinstance(took, str):
                print(f"| {name} | – | – ({took}) |", flush=True)
            else:
                print(f"| {name} | {words_in(over) / max(took, 1e-9):,.0f} | {took / reference:.2f} |", flush=True)


def timed(kind: str, names: Sequence[str], articles: Sequence[str]) -> dict[str, float | str]:
    """Process time of the named systems and the baseline, or the reason why a system is not available."""
    runners: dict[str, Runner] = {BASELINE: baseline()}
    unavailable: dict[str, float | str] = {}
    for system in systems(kind):
        if system.name in names:
            try:
                runners[system.name] = system.build()
            except Unavailable as reason:
                unavailable[system.name] = str(reason)
    return seconds(runners, articles) | unavailable


def seconds(runners: dict[str, Runner], articles: Sequence[str]) -> dict[str, float | str]:
    """Process time in seconds of each system on the articles."""
    taken = dict.fromkeys(runners, 0.0)
    for run in runners.values():
        run(articles[0])
    for article in articles:
        for system, run in runners.items():
            began = time.process_time()
            run(article)
            taken[system] += time.process_time() - began
    return dict(taken)


def of_kind(kind: str, path: Path | None) -> Iterator[str]:
    """Articles of a kind, from a file, or endlessly from raw/."""
    if path is None:
        files = sorted(file for pattern in OWN[kind] for file in RAW.glob(pattern))
        yield from cycle([file.read_text(encoding="utf-8") for file in files])
        return
    from clean_news.language.model_building import unwrap

    texts = (unwrap(text) if kind == "genuine" else text for text in read(path))
    yield from filter(is_spun(), texts) if kind == "spun" else texts


def read(path: Path) -> Iterator[str]:
    """Read the articles of a JSON lines file, plain or .xz."""
    import lzma

    with lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield next(row[field] for field in FIELDS if field in row)


def is_spun() -> Callable[[str], bool]:
    """A test whether an article is detected as spun; in another process, so that caches here stay empty."""
    process = ProcessPoolExecutor(1, get_context("spawn"))
    return lambda text: process.submit(found_spun, text).result()


def found_spun(text: str) -> bool:
    """Whether the spin stage classifies the article as spun."""
    facts = stage_runner("spin")(text).document  # type: ignore[attr-defined]
    return facts.get("spun", 0.0) >= 0.5


def enough(texts: Iterable[str], words: int) -> list[str]:
    """The first articles with at least this many words in total; all articles if there are fewer."""
    chosen: list[str] = []
    count = 0
    for text in islice(texts, 10**6):
        chosen.append(text)
        count += len(text.split())
        if count >= words:
            break
    return chosen


def words_in(texts: Iterable[str]) -> int:
    """The number of words, separated by white space."""
    return sum(len(text.split()) for text in texts)


if __name__ == "__main__":
    main()
