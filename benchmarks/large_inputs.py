"""Measure what a large user dictionary and many decisions cost above a plain run.

    python benchmarks/large_inputs.py [--lines 300000] [--decisions 200000] [--program clean-news] [--repeat 1]

Each run cleans one spun article of ``raw/`` in a process of its own, with a cache of its own that has the shipped
lexicon. A line for each kind of run: user CPU seconds and peak resident megabytes, and how much of either is above the
plain run; ``again`` is the run after it, when the dictionary is compiled. With ``--program`` another version is
measured, on the same inputs. Unix only: it uses ``os.wait4``.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from clean_news.language import language_model

ARTICLE = Path(__file__).parent.parent / "raw" / "02-spun-foreign-ministry.txt"
KINDS = ("verb", "noun", "noun", "adj", "-")
SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]


def entries(count: int, rng: random.Random, words: list[str]) -> Iterator[str]:
    """Lines of a dictionary: one to three words, a fifth of them invented, and one to five forms each."""

    def phrase(most: int) -> str:
        return " ".join(
            rng.choice(words) if rng.random() < 0.8 else "".join(rng.choices(SYLLABLES, k=rng.randint(2, 4)))
            for _ in range(rng.randint(1, most))
        )

    for _ in range(count):
        yield f"{phrase(3)}\t{rng.choice(KINDS)}\t{' | '.join(phrase(2) for _ in range(rng.randint(1, 5)))}\n"


def decisions(count: int, rng: random.Random, words: list[str]) -> Iterator[str]:
    """Lines of a file of decisions, most of which match no edit."""
    for number in range(count):
        decision = {
            "schema": "clean-news/decisions/1",
            "action": rng.choice(("accept", "reject")),
            "scope": rng.choice(("once", "once", "article", "everywhere")),
            "id": hashlib.sha256(str(number).encode()).hexdigest()[:12],
            "article": f"news/{number // 5:06}.txt",
            "rule": "SPIN001",
            "before": rng.choice(words),
            "after": rng.choice(words),
            "by": "Ann",
            "at": f"2026-11-{1 + number % 28:02}T12:00:00+00:00",
        }
        yield json.dumps(decision, separators=(",", ":")) + "\n"


def measured(program: str, folder: Path, arguments: list[str]) -> tuple[float, float]:
    """User CPU seconds and peak resident megabytes of a run into a new folder."""
    clean = tempfile.mkdtemp(dir=folder)
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
    command = [program, str(folder / "raw"), clean, "--quiet", *arguments]
    process = subprocess.Popen(command, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return usage.ru_utime, usage.ru_maxrss / 1024


def main() -> None:
    """Make the inputs and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=300_000)
    parser.add_argument("--decisions", type=int, default=200_000)
    parser.add_argument("--program", default="clean-news")
    parser.add_argument("--repeat", type=int, default=1, help="the smallest of so many runs counts")
    arguments = parser.parse_args()
    words = [word for word in language_model.standard().words if len(word) > 3 and word.isalpha() and word.islower()]
    rng = random.Random(7)  # noqa: S311  # nothing secret
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "raw").mkdir()
        shutil.copy(ARTICLE, folder / "raw")
        with (folder / "words.tsv").open("w", encoding="utf-8") as file:
            file.writelines(entries(arguments.lines, rng, words[:30_000]))
        with (folder / "decisions.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(decisions(arguments.decisions, rng, words[:30_000]))
        dictionary = ["--dictionary", str(folder / "words.tsv")]
        runs = {
            "plain": [],
            f"dictionary of {arguments.lines:,} lines": dictionary,
            "again": dictionary,
            f"{arguments.decisions:,} decisions": ["--decisions", str(folder / "decisions.jsonl")],
        }
        measured(arguments.program, folder, [])  # compiles the shipped lexicon
        plain = (0.0, 0.0)
        for kind, options in runs.items():
            found = []
            for _ in range(arguments.repeat):
                if options is dictionary and kind != "again":
                    for compiled in (folder / "cache" / "clean-news").glob("own-lexicon-*"):
                        compiled.unlink()
                found.append(measured(arguments.program, folder, options))
            seconds, megabytes = map(min, zip(*found, strict=True))
            plain = plain if options else (seconds, megabytes)
            above = f"{seconds - plain[0]:+8.2f} s {megabytes - plain[1]:+8.0f} MB" if options else ""
            print(f"{kind:32}{seconds:8.2f} s {megabytes:8.0f} MB {above}", flush=True)


if __name__ == "__main__":
    main()
