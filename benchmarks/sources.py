"""Find the sources of spun articles in archives of growing size: our index, TF-IDF over all words, MinHash LSH.

    python benchmarks/sources.py NEWS.jsonl[.xz] OTHERS.jsonl[.xz] … [--sizes 1000 10000 100000] [--queries 150]
        [--methods index tfidf minhash] [--minhash-up-to 20000] [--jobs 2] [--shard 250000] [--folder FOLDER]

The first articles of NEWS are spun forward (:mod:`forward_spin`). The archive has all articles of NEWS and those of
OTHERS; when it needs more, replicas of these with other names and numbers. A query is a spun article, and again with
30% of its sentences missing and the rest shuffled. Each method builds and queries in a process of its own, so that
memory is that of the method. ``minhash`` needs ``pip install datasketch``; it hashes the words of an article, 128
permutations, and ranks what LSH returns from a Jaccard similarity of .3 on. Linux only: it reads /proc/self/status.

A line for each method, size and kind of query: articles found at rank 1, the lowest score of a source, the highest of
another article at rank 1 or 2, milliseconds a query, of the clock (median) and of the processor (mean). Then seconds
to build, of the clock and of the building process alone (with ``--jobs 1`` that is all), its largest memory in MB,
bytes an article on disk, and the memory of the querying process: anonymous, and of mapped files. With ``--shard`` each
size adds shards to those of the one before, and only these are timed.
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


class Replicas:
    """Articles by number: the originals, then replicas of these with other names and numbers.

    In a replica each name becomes the same other one throughout, and each number too.
    """

    def __init__(self, originals: list[str]) -> None:
        """Split the originals at names and numbers, once."""
        self.originals = originals
        self.pieces: dict[int, tuple[list[str], list[bool]]] = {}
        found = {word for text in originals[:4000] for word in NAME_OR_NUMBER.findall(text) if word.isalpha()}
        self.names = sorted(found)

    def text(self, number: int) -> str:
        """The text of an article."""
        copy, place = divmod(number, len(self.originals))
        if not copy:
            return self.originals[place]
        if place not in self.pieces:
            features = feature_texts(self.originals[place])
            pieces = re.split(rf"({NAME_OR_NUMBER.pattern})", self.originals[place])
            changed = [bool(at % 2) and piece.lower() in features for at, piece in enumerate(pieces)]
            self.pieces[place] = pieces, changed
        other: dict[str, str] = {}
        out = []
        for piece, changes in zip(*self.pieces[place], strict=True):
            if changes and piece not in other:
                other[piece] = self.instead_of(piece, copy)
            out.append(other[piece] if changes else piece)
        return "".join(out)

    def instead_of(self, piece: str, copy: int) -> str:
        """The name or number that a replica has instead of an original's."""
        key = zlib.crc32(f"{copy} {piece}".encode())
        if piece.isdecimal():
            return str(key % 9 + 1) + str(key // 9).zfill(len(piece))[len(piece) * -1 + 1 :][: len(piece) - 1]
        return self.names[key % len(self.names)]


def write_archive(folder: Path, size: int, shard: int, replicas: Replicas) -> list[Path]:
    """Write an archive, a file for each shard of so many articles; those that are there already are kept."""
    paths = []
    for first in range(0, size, shard):
        end = min(first + shard, size)
        paths.append(folder / f"archive-{first}-{end}.jsonl")
        if not paths[-1].exists():
            with paths[-1].open("w", encoding="utf-8") as out:
                for number in range(first, end):
                    out.write(json.dumps({"id": str(number), "text": replicas.text(number)}) + "\n")
    return paths


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


def our_index(archive: list[Path], folder: Path, jobs: int) -> Searcher:
    """Our index; a shard that is there already is not built again."""
    workers = Workers(jobs)
    shards = [folder / path.stem for path in archive]
    for path, shard in zip(archive, shards, strict=True):
        if not shard.exists():
            update(shard, [path], spread=lambda prepared, batches: workers.results(prepared, batches, _never))
    workers.close()
    index = open_index(shards[0] if len(shards) == 1 else folder)
    return lambda text: [(hit.id.partition("#")[2], hit.score) for hit in index.nearest(text, 2)]


def _never(_: object) -> Any:  # noqa: ANN401
    """A process died."""
    raise SystemExit("a worker process died; use fewer --jobs")


def rows(archive: list[Path]) -> Iterator[tuple[str, str]]:
    """The ids and the texts of an archive."""
    for path in archive:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                yield row["id"], row["text"]


def tfidf(archive: list[Path], _folder: Path, _jobs: int) -> Searcher:
    """TF-IDF over all words, scikit-learn's defaults, in memory."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer()
    by_word = vectorizer.fit_transform(text for _, text in rows(archive)).T.tocsr()

    def search(text: str) -> list[tuple[str, float]]:
        scores = (vectorizer.transform([text]) @ by_word).toarray()[0]
        best = scores.argpartition(-2)[-2:]
        return sorted(((str(place), float(scores[place])) for place in best), key=lambda found: -found[1])

    return search


def minhash(archive: list[Path], _folder: Path, _jobs: int) -> Searcher:
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

    return search


def largest_memory() -> float:
    """The largest resident memory of this process so far, in MB."""
    (line,) = (line for line in STATUS.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


METHODS = {"index": our_index, "tfidf": tfidf, "minhash": minhash}


def one(method: str, archive: list[Path], queries: Path, folder: Path, jobs: int) -> dict[str, Any]:
    """Build and query with one method, in this process."""
    began, place = time.perf_counter(), folder / method
    search = METHODS[method](archive, place, jobs)
    found: dict[str, Any] = {"build_s": time.perf_counter() - began, "build_cpu_s": time.process_time()}
    found["build_mb"] = largest_memory()
    found["disk"] = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    search("A first query loads the models.")
    for kind, texts in json.loads(queries.read_text(encoding="utf-8")).items():
        hits, sources, others, times = 0, [], [], []
        cpu = time.process_time()
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
            "ms of the processor": round((time.process_time() - cpu) / len(texts) * 1000, 2),
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
    parser.add_argument("--shard", type=int, help="articles in a shard of our index; by default it is not sharded")
    parser.add_argument("--folder", type=Path, help="where archives and indexes go; a temporary one by default")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:  # a process for one method: NEWS are the queries, OTHERS the archive
        print(json.dumps(one(options.one, options.others, options.news, options.folder, options.jobs)))
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
    replicas = Replicas(news + others)
    for size in options.sizes:
        archive = write_archive(folder, size, options.shard or size, replicas)
        for method in options.methods:
            if method == "minhash" and size > options.minhash_up_to:
                continue
            if not options.shard:
                shutil.rmtree(folder / method, ignore_errors=True)
            command = [sys.executable, __file__, "--one", method, "--folder", folder, "--jobs", str(options.jobs)]
            figures = [
                json.loads(subprocess.run([*command, queries, *archive], check=True, stdout=subprocess.PIPE).stdout)
                for _ in range(1 + (method == "index"))  # the second time it is only opened
            ]
            show(method, size, figures[0], figures[-1])


def show(method: str, size: int, built: dict[str, Any], queried: dict[str, Any]) -> None:
    """Print the figures of a method and a size."""
    for kind in ("spun", "cut"):
        print(
            f"{method:8} {size:>9,} {kind:5}", *(f"{name} {value}" for name, value in queried[kind].items()), sep="  "
        )
    anonymous, mapped = queried["query_mb"]
    print(
        f"{'':19} build {built['build_s']:.1f} s, process {built['build_cpu_s']:.1f} s, {built['build_mb']:.0f} MB; "
        f"{built['disk'] / size:.0f} bytes an article; query {anonymous} MB + {mapped} MB mapped",
        flush=True,
    )


if __name__ == "__main__":
    main()
