"""Find the sources of spun articles in archives of growing size: our index, TF-IDF over all words, MinHash LSH.

    python benchmarks/sources.py NEWS.jsonl[.xz] OTHERS.jsonl[.xz] … [--sizes 1000 10000 100000] [--queries 150]
        [--methods index tfidf minhash] [--minhash-up-to 20000] [--jobs 2] [--folder FOLDER]

The first articles of NEWS are spun forward (:mod:`forward_spin`). The archive has all articles of NEWS and those of
OTHERS; when it needs more, replicas of these with other names and numbers. A query is a spun article, and again with
30% of its sentences missing and the rest shuffled. Each method builds and queries in a process of its own, so that
memory is that of the method. ``minhash`` needs ``pip install datasketch``; it hashes the words of an article, 128
permutations, and ranks what LSH returns from a Jaccard similarity of .3 on. Linux only: it reads /proc/self/status.

A line for each method, size and kind of query: articles found at rank 1, the lowest score of a source, the highest of
another article at rank 1 or 2, milliseconds a query (median). Then seconds to build, of the clock and of the building
process alone (with ``--jobs 1`` that is all), its largest memory in MB, bytes an article on disk, seconds to open, and
the memory of the querying process: anonymous, and of mapped files.
"""

import argparse
import json
import lzma
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import forward_spin
from memory import STATUS, resident

from clean_news.batch.workers import Workers
from clean_news.language.model_building import unwrap
from clean_news.sources import open_index, update
from clean_news.sources.features import feature_texts

SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
NAME_OR_NUMBER = re.compile(r"[A-Z][a-z]+|\d+")
MISSING = 0.3  # share of the sentences that are missing in the second kind of query
PERMUTATIONS, MIN_JACCARD = 128, 0.3
Searcher = Callable[[str], list[tuple[str, float]]]


def articles(paths: Iterable[Path]) -> Iterator[str]:
    """The texts of JSON lines."""
    for path in paths:
        with (lzma.open if path.suffix == ".xz" else open)(path, "rt", encoding="utf-8") as lines:
            yield from (unwrap(json.loads(line)["text"]) for line in lines)


def replica(text: str, number: int, names: list[str]) -> str:
    """The text with other names and numbers: each name becomes the same other one throughout, each number too."""
    features = feature_texts(text)

    def other(found: re.Match[str]) -> str:
        word = found[0]
        key = zlib.crc32(f"{number} {word}".encode())
        if word.isdecimal():
            return str(key % 9 + 1) + str(key).zfill(len(word))[-len(word) + 1 :] if len(word) > 1 else str(key % 10)
        return names[key % len(names)] if word.lower() in features else word

    return NAME_OR_NUMBER.sub(other, text)


def write_archive(path: Path, size: int, news: list[str], others: list[str]) -> None:
    """Write an archive: the articles of NEWS by number, then others, then replicas."""
    originals = news + others
    names = sorted({found for text in originals[:4000] for found in NAME_OR_NUMBER.findall(text) if found.isalpha()})
    with path.open("w", encoding="utf-8") as out:
        for number in range(size):
            copy, place = divmod(number, len(originals))
            text = replica(originals[place], copy, names) if copy else originals[place]
            out.write(json.dumps({"id": str(number), "text": text}) + "\n")


def cut(text: str, number: int) -> str:
    """The text without some of its sentences, the others in another order."""
    rng = random.Random(number)  # noqa: S311  # no secret, repeatable
    kept = [sentence for sentence in SENTENCE_END.split(text) if rng.random() >= MISSING]
    rng.shuffle(kept)
    return " ".join(kept)


def spun_articles(news: list[str], rate: float) -> list[str]:
    """The articles spun forward."""
    swaps, longest = forward_spin.forward("whole", forward_spin.dictionary_swaps())
    return [
        forward_spin.spin(text, swaps, longest, rate, random.Random(number))["spun"]  # noqa: S311
        for number, text in enumerate(news)
    ]


def our_index(archive: Path, folder: Path, jobs: int) -> Callable[[], Searcher]:
    """Build our index; return what opens it."""
    workers = Workers(jobs)
    update(folder, [archive], spread=lambda prepared, batches: workers.results(prepared, batches, _never))
    workers.close()

    def opened() -> Searcher:
        index = open_index(folder)
        return lambda text: [(hit.id.partition("#")[2], hit.score) for hit in index.nearest(text, 2)]

    return opened


def _never(_: object) -> Any:  # noqa: ANN401
    """A process died."""
    raise SystemExit("a worker process died; use fewer --jobs")


def rows(archive: Path) -> Iterator[tuple[str, str]]:
    """The ids and the texts of an archive."""
    with archive.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield row["id"], row["text"]


def tfidf(archive: Path, _folder: Path, _jobs: int) -> Callable[[], Searcher]:
    """TF-IDF over all words, scikit-learn's defaults, in memory."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer()
    by_word = vectorizer.fit_transform(text for _, text in rows(archive)).T.tocsr()

    def search(text: str) -> list[tuple[str, float]]:
        scores = (vectorizer.transform([text]) @ by_word).toarray()[0]
        best = scores.argpartition(-2)[-2:]
        return sorted(((str(place), float(scores[place])) for place in best), key=lambda found: -found[1])

    return lambda: search


def minhash(archive: Path, _folder: Path, _jobs: int) -> Callable[[], Searcher]:
    """MinHash LSH over the words of an article."""
    from datasketch import MinHash, MinHashLSH

    def signature(text: str) -> Any:  # noqa: ANN401
        found = MinHash(PERMUTATIONS)
        found.update_batch([word.encode() for word in set(re.findall(r"\w+", text.lower()))])
        return found

    lsh, signatures = MinHashLSH(MIN_JACCARD, PERMUTATIONS), {}
    for name, text in rows(archive):
        signatures[name] = signature(text)
        lsh.insert(name, signatures[name])

    def search(text: str) -> list[tuple[str, float]]:
        wanted = signature(text)
        found = ((name, wanted.jaccard(signatures[name])) for name in lsh.query(wanted))
        return sorted(found, key=lambda each: -each[1])[:2]

    return lambda: search


def largest_memory() -> float:
    """The largest resident memory of this process so far, in MB."""
    (line,) = (line for line in STATUS.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


METHODS = {"index": our_index, "tfidf": tfidf, "minhash": minhash}


def one(method: str, archive: Path, queries: Path, folder: Path, jobs: int) -> dict[str, Any]:
    """Build and query with one method, in this process."""
    began, place = time.perf_counter(), folder / method
    shutil.rmtree(place, ignore_errors=True)
    opened = METHODS[method](archive, place, jobs)
    built = time.perf_counter() - began
    found: dict[str, Any] = {"build_s": built, "build_cpu_s": time.process_time(), "build_mb": largest_memory()}
    found["disk"] = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    began = time.perf_counter()
    search = opened()
    found["open_s"] = time.perf_counter() - began
    for kind, texts in json.loads(queries.read_text(encoding="utf-8")).items():
        hits, sources, others, times = 0, [], [], []
        for number, text in enumerate(texts):
            began = time.perf_counter()
            nearest = search(text)
            times.append((time.perf_counter() - began) * 1000)
            hits += bool(nearest) and nearest[0][0] == str(number)
            sources += [score for name, score in nearest if name == str(number)]
            others += [score for name, score in nearest if name != str(number)]
        found[kind] = {
            "rank 1": f"{hits}/{len(texts)}",
            "source ≥": round(min(sources, default=0), 3),
            "others ≤": round(max(others, default=0), 3),
            "ms": round(statistics.median(times), 2),
        }
    found["query_mb"] = [round(each) for each in resident()]
    return found


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("news", type=Path)
    parser.add_argument("others", type=Path, nargs="*")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--queries", type=int, default=150)
    parser.add_argument("--rate", type=float, default=0.5, help="share of the swappable words that are swapped")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--minhash-up-to", type=int, default=20_000, help="it takes ten minutes for 100,000 articles")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where archives and indexes go; a temporary one by default")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:  # a process for one method: NEWS is the archive, the first of OTHERS the queries
        print(json.dumps(one(options.one, options.news, options.others[0], options.folder, options.jobs)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        compare(options, options.folder or Path(temporary))


def compare(options: argparse.Namespace, folder: Path) -> None:
    """Run all methods over archives of all sizes."""
    news, others = list(articles([options.news])), list(articles(options.others))
    spun = spun_articles(news[: options.queries], options.rate)
    queries = folder / "queries.json"
    kinds = {"spun": spun, "cut": [cut(text, number) for number, text in enumerate(spun)]}
    queries.write_text(json.dumps(kinds), encoding="utf-8")
    for size in options.sizes:
        archive = folder / "archive.jsonl"
        write_archive(archive, size, news, others)
        for method in options.methods:
            if method == "minhash" and size > options.minhash_up_to:
                continue
            command = [sys.executable, __file__, "--one", method, "--folder", folder, "--jobs", str(options.jobs)]
            done = subprocess.run([*command, archive, queries], check=True, stdout=subprocess.PIPE, text=True)
            show(method, size, json.loads(done.stdout))


def show(method: str, size: int, found: dict[str, Any]) -> None:
    """Print the figures of a method and a size."""
    for kind in ("spun", "cut"):
        print(f"{method:8} {size:>9,} {kind:5}", *(f"{name} {value}" for name, value in found[kind].items()), sep="  ")
    anonymous, mapped = found["query_mb"]
    print(
        f"{'':19} build {found['build_s']:.1f} s, process {found['build_cpu_s']:.1f} s, {found['build_mb']:.0f} MB; "
        f"{found['disk'] / size:.0f} bytes an article; open {found['open_s']:.2f} s; "
        f"query {anonymous} MB + {mapped} MB mapped",
        flush=True,
    )


if __name__ == "__main__":
    main()
