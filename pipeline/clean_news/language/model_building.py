"""Building the language model from genuine articles: ``clean-news model build CORPUS…``.

Interpolated modified Kneser-Ney (Chen and Goodman 1998) over the four orders; then the n-grams whose removal
changes the model least are dropped by weighted difference (Seymore and Rosenfeld 1996) until the file fits, and
the back-off weights of what stays are made anew. Everything is sorted NumPy arrays of 16-bit word ids packed
into 64-bit keys, so that 78 million words take minutes.
"""

import gzip
import json
import lzma
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.language import fuse_table, language_model
from clean_news.language.tokens import CLASSES, START, class_of_unknown, normal_form, sentences

ORDER = language_model.ORDER
BITS = np.uint64(16)
VOCABULARY_SIZE = 1 << 16
NGRAM_BUDGET = {2: 2_000_000, 3: 3_400_000, 4: 1_200_000}  # n-grams kept: with the back-offs just under 30 MB

Keys = NDArray[np.uint64]
Floats = NDArray[np.float64]
ProgressCallback = Callable[[str], None]


class NgramLevel(NamedTuple):
    """All n-grams of one order: packed keys in order, how often each was seen, probability, back-off."""

    keys: Keys
    seen: NDArray[np.int64]
    probability: Floats
    backoff: Floats  # of each n-gram of the order below: the weight of backing off from it


def read_texts(path: Path) -> Iterator[str]:
    """The articles of a corpus file: JSON lines with a field ``text``, plain or ``.gz`` or ``.xz``."""
    openers: dict[str, Callable[..., IO[str]]] = {".gz": gzip.open, ".xz": lzma.open}
    with openers.get(path.suffix, open)(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"]


def unwrap(text: str) -> str:
    """Wire copy with hard-wrapped lines as one line a paragraph; other text as it is.

    Text is taken as hard-wrapped if it has ten lines, and nine in ten of them are under 90 code points.
    """
    lines = text.split("\n")
    short = sum(len(line) < 90 for line in lines)
    if len(lines) < 10 or short < 0.9 * len(lines) or text.count("\n\n") > len(lines) / 4:
        return text
    return text.replace("\n\n", "\0").replace("\n", " ").replace("\0", "\n\n")


def _token_stream(path: Path) -> tuple[list[str], NDArray[np.int32]]:
    """A file's distinct tokens and their stream.

    In the stream 0 begins a sentence, k is token k-1, and -k the same where a capital says nothing.
    """
    index: dict[str, int] = {}
    stream: list[int] = []
    for text in read_texts(path):
        for sentence in sentences(unwrap(text)):
            stream.append(0)
            for place, form in enumerate(sentence.forms):
                token = index.setdefault(normal_form(form), len(index) + 1)
                case_unreliable = sentence.title_case or place == sentence.first_word
                stream.append(-token if case_unreliable and form[0].isupper() else token)
    return list(index), np.array(stream, np.int32)


def _encode_corpus(paths: Iterable[Path], report: ProgressCallback) -> tuple[list[str], NDArray[np.uint16]]:
    """The vocabulary and the whole corpus as its ids, in true case; every sentence begins with 0, ends with 1."""
    index: dict[str, int] = {}
    streams = []
    with ProcessPoolExecutor() as pool:
        for forms, stream in pool.map(_token_stream, paths):
            own = np.array([0] + [index.setdefault(form, len(index) + 1) for form in forms], np.int32)
            streams.append(np.sign(stream) * own[np.abs(stream)])
            report(f"  read {sum(map(len, streams)):,} tokens")
    stream = np.concatenate(streams)
    forms = ["", *index]
    counts = np.bincount(stream[stream > 0], minlength=len(forms))
    special = {name: place for place, name in enumerate(CLASSES)}
    ranked = [k for k in np.argsort(-counts, kind="stable") if k and forms[k] not in special and counts[k] > 1]
    kept = ranked[: VOCABULARY_SIZE - len(CLASSES)]
    words = [*CLASSES, *(forms[k] for k in kept)]
    ids = {word: place for place, word in enumerate(words)}
    as_is = np.array([0] + [ids.get(form, ids[class_of_unknown(form)]) for form in forms[1:]], np.uint16)
    lowered = as_is.copy()
    for k, form in enumerate(forms):
        low = index.get(form.lower())
        if k and form[0].isupper() and form != "I" and low and form.lower() in ids and counts[low] >= counts[k]:
            lowered[k] = ids[form.lower()]
    encoded = np.where(stream < 0, lowered[np.abs(stream)], as_is[np.abs(stream)])
    starts = np.flatnonzero(stream == 0)
    return words, np.append(np.insert(encoded, starts[1:], 1), 1).astype(np.uint16)


def _count_ngrams(corpus: NDArray[np.uint16], order: int) -> tuple[Keys, NDArray[np.int64]]:
    """The distinct n-grams inside sentences as sorted packed keys, and their counts."""
    place = np.arange(len(corpus))
    since = place - np.maximum.accumulate(np.where(corpus == 0, place, 0))
    valid = place[since >= max(order - 1, 1)]
    keys = np.zeros(len(valid), np.uint64)
    for step in range(order - 1, -1, -1):
        keys = (keys << BITS) | corpus[valid - step].astype(np.uint64)
    keys.sort()
    edges = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    return keys[edges], np.diff(np.append(edges, len(keys)))


def _continuation_counts(keys: Keys, seen: NDArray[np.int64], longer: Keys, order: int) -> NDArray[np.int64]:
    """In how many distinct words' company each n-gram was seen; begun by ``<s>`` it keeps its count."""
    suffix = np.sort(longer & np.uint64((1 << (16 * order)) - 1))
    edges = np.flatnonzero(np.append(True, suffix[1:] != suffix[:-1]))
    counts = seen.copy()
    at = np.searchsorted(keys, suffix[edges])
    counts[at] = np.diff(np.append(edges, len(suffix)))
    return counts


def _kneser_ney(counts: NDArray[np.int64], keys: Keys, below: Floats) -> tuple[Floats, Floats, Keys]:
    """Interpolated modified Kneser-Ney estimates of one order.

    Args:
        counts: (continuation) count of each n-gram.
        keys: their sorted packed keys.
        below: the lower order's probability of each n-gram's last word.

    Returns:
        The probabilities, the interpolation weight of each distinct context, and the contexts' keys.
    """
    how_many = [np.count_nonzero(counts == k) for k in (1, 2, 3, 4)]
    if all(how_many):
        base = how_many[0] / (how_many[0] + 2 * how_many[1])
        discounts = [float(k - (k + 1) * base * how_many[k] / how_many[k - 1]) for k in (1, 2, 3)]
    else:  # too little text to estimate them
        discounts = [0.5, 0.75, 1.0]
    discount = np.array([0.0, *discounts]).clip(0.0, 2.9)[np.minimum(counts, 3)]
    context = keys >> BITS
    edges = np.flatnonzero(np.append(True, context[1:] != context[:-1]))
    total = np.add.reduceat(counts, edges).astype(float)
    weight = np.add.reduceat(discount, edges) / total
    group = np.repeat(np.arange(len(edges)), np.diff(np.append(edges, len(keys))))
    return (counts - discount) / total[group] + weight[group] * below, weight, context[edges]


def _smoothed_levels(corpus: NDArray[np.uint16], report: ProgressCallback) -> dict[int, NgramLevel]:
    """Kneser-Ney estimates of all orders, unpruned."""
    raw = {order: _count_ngrams(corpus, order) for order in range(1, ORDER + 1)}
    levels: dict[int, NgramLevel] = {}
    for order in range(1, ORDER + 1):
        keys, seen = raw[order]
        counts = seen if order == ORDER else _continuation_counts(keys, seen, raw[order + 1][0], order)
        if order == 1:
            below = np.full(len(keys), 1 / len(keys))
            levels[1] = NgramLevel(keys, seen, _kneser_ney(counts, keys, below)[0], np.zeros(0))
            continue
        lower = levels[order - 1]
        suffix = keys & np.uint64((1 << (16 * (order - 1))) - 1)
        below = lower.probability[np.searchsorted(lower.keys, suffix)]
        probability, weight, contexts = _kneser_ney(counts, keys, below)
        backoff = np.ones(len(lower.keys))
        at = np.searchsorted(lower.keys, contexts)
        inside = (at < len(lower.keys)) & (lower.keys[np.minimum(at, len(lower.keys) - 1)] == contexts)
        backoff[at[inside]] = weight[inside]
        levels[order] = NgramLevel(keys, seen, probability, backoff)
        report(f"  {order}-grams: {len(keys):,}")
    return levels


def _prune(levels: dict[int, NgramLevel], budget: dict[int, int]) -> dict[int, NDArray[np.bool_]]:
    """Which n-grams stay: those that the model would miss most, and every part of a longer one that stays."""
    keep: dict[int, NDArray[np.bool_]] = {1: np.ones(len(levels[1].keys), bool)}
    needed = np.zeros(0, np.uint64)
    for order in range(ORDER, 1, -1):
        keys, seen, probability, backoff = levels[order]
        lower = levels[order - 1]
        suffix = keys & np.uint64((1 << (16 * (order - 1))) - 1)
        below = lower.probability[np.searchsorted(lower.keys, suffix)]
        at = np.minimum(np.searchsorted(lower.keys, keys >> BITS), len(lower.keys) - 1)
        worth = seen * (np.log(probability) - np.log(backoff[at] * below))
        if order > 2:
            worth[seen < 2] = -np.inf  # seen once: as likely an accident of one article
        worth[np.searchsorted(keys, needed)] = np.inf
        chosen = np.argpartition(-worth, min(budget[order], len(worth) - 1))[: budget[order]]
        stays = np.zeros(len(keys), bool)
        stays[chosen] = worth[chosen] > 0
        stays |= worth == np.inf
        keep[order] = stays
        mask = np.uint64((1 << (16 * (order - 1))) - 1)
        parts = np.concatenate((keys[stays] >> BITS, keys[stays] & mask))
        parts = np.unique(parts)
        at = np.minimum(np.searchsorted(lower.keys, parts), len(lower.keys) - 1)
        needed = parts[lower.keys[at] == parts]  # "<s>" alone is no 1-gram
    return keep


def _new_backoffs(levels: dict[int, NgramLevel], keep: dict[int, NDArray[np.bool_]], order: int) -> tuple[Keys, Floats]:
    """Contexts of the kept n-grams of an order, and the weight of backing off from each, so that all sums to 1."""
    stays = keep[order]
    if not stays.any():
        return np.zeros(0, np.uint64), np.zeros(0)
    keys, probability = levels[order].keys[stays], levels[order].probability[stays]
    lower = levels[order - 1]
    suffix = keys & np.uint64((1 << (16 * (order - 1))) - 1)
    below = lower.probability[np.searchsorted(lower.keys, suffix)]
    context = keys >> BITS
    edges = np.flatnonzero(np.append(True, context[1:] != context[:-1]))
    left = 1 - np.add.reduceat(probability, edges)
    left_below = 1 - np.add.reduceat(below, edges)
    return context[edges], left.clip(1e-6) / left_below.clip(1e-6)


def _quantise(values: Floats) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """6-bit codes of real numbers and the 64 numbers they stand for: equal shares, refined by 12 Lloyd rounds."""
    if not len(values):
        return np.zeros(0, np.uint8), np.zeros(1 << fuse_table.VALUE_BITS, np.float32)
    sample = np.sort(values if len(values) < 400_000 else np.random.default_rng(0).choice(values, 400_000))
    levels = 1 << fuse_table.VALUE_BITS
    codebook = np.unique(np.quantile(sample, np.linspace(0.001, 0.999, levels)))
    for _ in range(12):
        bins = np.searchsorted((codebook[1:] + codebook[:-1]) / 2, sample)
        size = np.bincount(bins, minlength=len(codebook))
        codebook = np.where(size > 0, np.bincount(bins, sample, len(codebook)) / np.maximum(size, 1), codebook)
    codes = np.searchsorted((codebook[1:] + codebook[:-1]) / 2, values).astype(np.uint8)
    return codes, np.append(codebook, np.zeros(levels - len(codebook))).astype(np.float32)


def build(corpus: Iterable[Path], target: Path, report: ProgressCallback, budget: dict[int, int] | None = None) -> None:
    """Build the model file ``target`` from the corpus files.

    Args:
        corpus: files that :func:`read_texts` understands.
        target: the file to write.
        say: called with progress lines.
        budget: n-grams kept of each order from 2 to 4; by default what fits into 30 MB.
    """
    paths = sorted(corpus)
    report(f"reading {len(paths)} files")
    words, encoded = _encode_corpus(paths, report)
    report(f"estimating from {len(encoded):,} tokens, {len(words):,} words")
    levels = _smoothed_levels(encoded, report)
    keep = _prune(levels, budget or NGRAM_BUDGET)
    arrays: dict[str, NDArray[np.generic]] = {}
    seeds: dict[str, int] = {}
    entries: dict[str, int] = {}

    def add(name: str, keys: Keys, values: Floats) -> None:
        codes, codebook = _quantise(values)
        # The decoder takes the best of many readings, so it would find every wrongly recognised n-gram: with
        # one in 1024 it did ("subpoenaed the diplomat"). Back-offs are only asked for contexts that are there.
        guarded = not name.endswith("backoff")
        arrays[name], arrays[f"{name}_guard"], seeds[name] = fuse_table.build(keys, codes, guarded)
        arrays[f"{name}_codebook"] = codebook
        entries[name] = len(keys)
        report(f"  {name}: {len(keys):,}")

    never_seen = float(np.log(np.min(levels[1].probability))) - 7.0  # a class without a word in this corpus
    unigram = np.full(len(words), never_seen)
    unigram[levels[1].keys.astype(np.int64)] = np.log(levels[1].probability)
    unigram_backoff = np.zeros(len(words))
    contexts, weights = _new_backoffs(levels, keep, 2)
    unigram_backoff[contexts.astype(np.int64)] = np.log(weights)
    arrays["unigram"], arrays["unigram_backoff"] = (
        unigram.astype(np.float32),
        unigram_backoff.astype(np.float32),
    )
    names = {2: "bigram", 3: "trigram", 4: "fourgram"}
    for order, name in names.items():
        add(name, levels[order].keys[keep[order]], np.log(levels[order].probability[keep[order]]))
        if order < ORDER:
            contexts, weights = _new_backoffs(levels, keep, order + 1)
            add(f"{name}_backoff", contexts, np.log(weights))
    source = f"{START} {len(encoded):,} tokens of {len(paths)} files"
    language_model.write(target, source, words, arrays, seeds, entries)
    report(f"{target}: {target.stat().st_size / 1e6:.1f} MB")
