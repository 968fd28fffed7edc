"""Builds the language model from genuine articles: ``clean-news model build CORPUS…``.

Estimates an interpolated modified Kneser-Ney model (Chen and Goodman 1998) of order 4, prunes it to the size of the
file by weighted difference (Seymore and Rosenfeld 1996), and recomputes the back-off weights of the remaining n-grams.
N-grams are sorted NumPy arrays of 16-bit word ids packed into 64-bit keys, so that 78 million words take minutes.
"""

import gzip
import json
import lzma
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.language import binary_fuse_filter, language_model
from clean_news.language.tokens import CLASSES, START, class_of_unknown, normal_form, sentences

ORDER = language_model.ORDER
BITS = np.uint64(16)
VOCABULARY_SIZE = 1 << 16
NGRAM_BUDGET = {2: 2_000_000, 3: 3_400_000, 4: 1_200_000}  # by order; just under 30 MB with the back-off weights

Keys = NDArray[np.uint64]
Floats = NDArray[np.float64]
ProgressCallback = Callable[[str], None]


class NgramLevel(NamedTuple):
    """All n-grams of one order; arrays have shape (n-grams,) unless noted.

    Attributes:
        keys: packed word ids, sorted.
        seen: counts in the corpus.
        probability: probability of the last word after the others.
        backoff: back-off weight of each n-gram of the order below.
    """

    keys: Keys
    seen: NDArray[np.int64]
    probability: Floats
    backoff: Floats


def read_texts(path: Path) -> Iterator[str]:
    """Yield the articles of a corpus file: JSON lines with a field ``text``, plain, ``.gz`` or ``.xz``."""
    openers: dict[str, Callable[..., IO[str]]] = {".gz": gzip.open, ".xz": lzma.open}
    with openers.get(path.suffix, open)(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"]


def unwrap(text: str) -> str:
    """Join the lines of each paragraph of hard-wrapped wire copy; other text is returned unchanged.

    Text counts as hard-wrapped if it has at least ten lines, of which at least nine in ten have fewer than 90 code
    points and at most one in four is blank.
    """
    lines = text.split("\n")
    short = sum(len(line) < 90 for line in lines)
    if len(lines) < 10 or short < 0.9 * len(lines) or text.count("\n\n") > len(lines) / 4:
        return text
    return text.replace("\n\n", "\0").replace("\n", " ").replace("\0", "\n\n")


def _token_stream(path: Path) -> tuple[list[str], NDArray[np.int32]]:
    """Tokenise a corpus file.

    Returns:
        Its distinct tokens, and the sequence of tokens: 0 begins a sentence, k is token k-1, and -k is the same token
        where its capital carries no information.
    """
    index: dict[str, int] = {}
    stream: list[int] = []
    for text in read_texts(path):
        for sentence in sentences(unwrap(text)):
            stream.append(0)
            for position, form in enumerate(sentence.forms):
                token = index.setdefault(normal_form(form), len(index) + 1)
                case_unreliable = sentence.title_case or position == sentence.first_word
                stream.append(-token if case_unreliable and form[0].isupper() else token)
    return list(index), np.array(stream, np.int32)


def _encode_corpus(
    paths: Iterable[Path], vocabulary: Sequence[str], report: ProgressCallback
) -> tuple[list[str], NDArray[np.uint16]]:
    """The vocabulary, and the corpus as word ids in true case; every sentence begins with 0 and ends with 1.

    Args:
        paths: the corpus files.
        vocabulary: the words by id; empty for the most frequent ones of the corpus.
        report: called with progress messages.
    """
    index: dict[str, int] = {}
    streams = []
    with ProcessPoolExecutor() as pool:
        for forms, stream in pool.map(_token_stream, paths):
            shared_ids = np.array([0] + [index.setdefault(form, len(index) + 1) for form in forms], np.int32)
            streams.append(np.sign(stream) * shared_ids[np.abs(stream)])
            report(f"  read {sum(map(len, streams)):,} tokens")
    stream = np.concatenate(streams)
    forms = ["", *index]
    counts = np.bincount(stream[stream > 0], minlength=len(forms))
    words = list(vocabulary) or _frequent_words(forms, counts)
    ids = {word: position for position, word in enumerate(words)}
    as_written = np.array([0] + [ids.get(form, ids[class_of_unknown(form)]) for form in forms[1:]], np.uint16)
    true_case = as_written.copy()
    for k, form in enumerate(forms):
        lower_index = index.get(form.lower())
        has_case = k and form[0].isupper() and form != "I"
        if has_case and lower_index and form.lower() in ids and counts[lower_index] >= counts[k]:
            true_case[k] = ids[form.lower()]
    encoded = np.where(stream < 0, true_case[np.abs(stream)], as_written[np.abs(stream)])
    starts = np.flatnonzero(stream == 0)
    return words, np.append(np.insert(encoded, starts[1:], 1), 1).astype(np.uint16)


def _frequent_words(forms: Sequence[str], counts: NDArray[np.int64]) -> list[str]:
    """The token classes and the most frequent forms, without those that occur once; the first form is no word."""
    special = set(CLASSES)
    by_count = [k for k in np.argsort(-counts, kind="stable") if k and forms[k] not in special and counts[k] > 1]
    return [*CLASSES, *(forms[k] for k in by_count[: VOCABULARY_SIZE - len(CLASSES)])]


def _count_ngrams(corpus: NDArray[np.uint16], order: int) -> tuple[Keys, NDArray[np.int64]]:
    """The distinct n-grams within sentences as sorted packed keys, and their counts."""
    position = np.arange(len(corpus))
    since_start = position - np.maximum.accumulate(np.where(corpus == 0, position, 0))
    valid = position[since_start >= max(order - 1, 1)]
    keys = np.zeros(len(valid), np.uint64)
    for step in range(order - 1, -1, -1):
        keys = (keys << BITS) | corpus[valid - step].astype(np.uint64)
    keys.sort()
    starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    return keys[starts], np.diff(np.append(starts, len(keys)))


def _continuation_counts(keys: Keys, seen: NDArray[np.int64], longer: Keys, order: int) -> NDArray[np.int64]:
    """Number of distinct words that precede each n-gram; n-grams that begin with ``<s>`` keep their count."""
    suffix = np.sort(longer & np.uint64((1 << (16 * order)) - 1))
    starts = np.flatnonzero(np.append(True, suffix[1:] != suffix[:-1]))
    counts = seen.copy()
    at = np.searchsorted(keys, suffix[starts])
    counts[at] = np.diff(np.append(starts, len(suffix)))
    return counts


def _kneser_ney(counts: NDArray[np.int64], keys: Keys, below: Floats) -> tuple[Floats, Floats, Keys]:
    """Interpolated modified Kneser-Ney estimates of one order.

    Args:
        counts: count of each n-gram, continuation counts for all but the highest order.
        keys: packed keys of the n-grams, sorted.
        below: lower-order probability of each n-gram's last word.

    Returns:
        The probabilities, the interpolation weight of each distinct context, and the contexts' keys.
    """
    counts_of_counts = [np.count_nonzero(counts == k) for k in (1, 2, 3, 4)]
    if all(counts_of_counts):
        base = counts_of_counts[0] / (counts_of_counts[0] + 2 * counts_of_counts[1])
        discounts = [float(k - (k + 1) * base * counts_of_counts[k] / counts_of_counts[k - 1]) for k in (1, 2, 3)]
    else:  # too little text to estimate the discounts
        discounts = [0.5, 0.75, 1.0]
    discount = np.array([0.0, *discounts]).clip(0.0, 2.9)[np.minimum(counts, 3)]
    context = keys >> BITS
    starts = np.flatnonzero(np.append(True, context[1:] != context[:-1]))
    total = np.add.reduceat(counts, starts).astype(float)
    weight = np.add.reduceat(discount, starts) / total
    context_of = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(keys))))
    return (counts - discount) / total[context_of] + weight[context_of] * below, weight, context[starts]


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


def _retained_ngrams(levels: dict[int, NgramLevel], budget: dict[int, int]) -> dict[int, NDArray[np.bool_]]:
    """Which n-grams of each order to retain: those whose removal costs most, and all parts of retained longer ones."""
    keep: dict[int, NDArray[np.bool_]] = {1: np.ones(len(levels[1].keys), bool)}
    needed = np.zeros(0, np.uint64)
    for order in range(ORDER, 1, -1):
        keys, seen, probability, backoff = levels[order]
        lower = levels[order - 1]
        suffix = keys & np.uint64((1 << (16 * (order - 1))) - 1)
        below = lower.probability[np.searchsorted(lower.keys, suffix)]
        at = np.minimum(np.searchsorted(lower.keys, keys >> BITS), len(lower.keys) - 1)
        loss = seen * (np.log(probability) - np.log(backoff[at] * below))
        if order > 2:
            loss[seen < 2] = -np.inf  # singletons are often accidental
        loss[np.searchsorted(keys, needed)] = np.inf
        chosen = np.argpartition(-loss, min(budget[order], len(loss) - 1))[: budget[order]]
        retained = np.zeros(len(keys), bool)
        retained[chosen] = loss[chosen] > 0
        retained |= loss == np.inf
        keep[order] = retained
        mask = np.uint64((1 << (16 * (order - 1))) - 1)
        parts = np.concatenate((keys[retained] >> BITS, keys[retained] & mask))
        parts = np.unique(parts)
        at = np.minimum(np.searchsorted(lower.keys, parts), len(lower.keys) - 1)
        needed = parts[lower.keys[at] == parts]  # "<s>" alone is not a 1-gram
    return keep


def _new_backoffs(levels: dict[int, NgramLevel], keep: dict[int, NDArray[np.bool_]], order: int) -> tuple[Keys, Floats]:
    """The contexts of the retained n-grams of an order, with the back-off weights that normalise the model."""
    retained = keep[order]
    if not retained.any():
        return np.zeros(0, np.uint64), np.zeros(0)
    keys, probability = levels[order].keys[retained], levels[order].probability[retained]
    lower = levels[order - 1]
    suffix = keys & np.uint64((1 << (16 * (order - 1))) - 1)
    below = lower.probability[np.searchsorted(lower.keys, suffix)]
    context = keys >> BITS
    starts = np.flatnonzero(np.append(True, context[1:] != context[:-1]))
    left = 1 - np.add.reduceat(probability, starts)
    left_below = 1 - np.add.reduceat(below, starts)
    return context[starts], left.clip(1e-6) / left_below.clip(1e-6)


def _quantise(values: Floats) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Quantise numbers to 6-bit codes and a codebook of 64: quantiles refined by 12 rounds of Lloyd's algorithm."""
    if not len(values):
        return np.zeros(0, np.uint8), np.zeros(1 << binary_fuse_filter.VALUE_BITS, np.float32)
    sample = np.sort(values if len(values) < 400_000 else np.random.default_rng(0).choice(values, 400_000))
    levels = 1 << binary_fuse_filter.VALUE_BITS
    codebook = np.unique(np.quantile(sample, np.linspace(0.001, 0.999, levels)))
    for _ in range(12):
        bins = np.searchsorted((codebook[1:] + codebook[:-1]) / 2, sample)
        size = np.bincount(bins, minlength=len(codebook))
        codebook = np.where(size > 0, np.bincount(bins, sample, len(codebook)) / np.maximum(size, 1), codebook)
    codes = np.searchsorted((codebook[1:] + codebook[:-1]) / 2, values).astype(np.uint8)
    return codes, np.append(codebook, np.zeros(levels - len(codebook))).astype(np.float32)


def build(
    corpus: Iterable[Path],
    target: Path,
    report: ProgressCallback,
    size: float = 1.0,
    vocabulary: Sequence[str] = (),
) -> None:
    """Build a model file from corpus files.

    Args:
        corpus: files in the format of :func:`read_texts`.
        target: the file to write.
        report: called with progress messages.
        size: the number of n-grams that are retained, relative to :data:`NGRAM_BUDGET`.
        vocabulary: the words by id, those of a model that this one is to be mixed with
            (:mod:`clean_news.language.model_mixture`); empty for the most frequent ones of the corpus.
    """
    paths = sorted(corpus)
    report(f"reading {len(paths)} files")
    words, encoded = _encode_corpus(paths, vocabulary, report)
    report(f"estimating from {len(encoded):,} tokens, {len(words):,} words")
    levels = _smoothed_levels(encoded, report)
    keep = _retained_ngrams(levels, {order: round(size * most) for order, most in NGRAM_BUDGET.items()})
    arrays: dict[str, NDArray[np.generic]] = {}
    seeds: dict[str, int] = {}
    entries: dict[str, int] = {}

    def add_table(name: str, keys: Keys, values: Floats) -> None:
        codes, codebook = _quantise(values)
        # The decoder maximises over many readings, so it finds false positives: with a rate of 1/1024 it did
        # ("subpoenaed the diplomat"). Back-off weights are only looked up for contexts that are in the model.
        guarded = not name.endswith("backoff")
        arrays[name], arrays[f"{name}_guard"], seeds[name] = binary_fuse_filter.build(keys, codes, guarded)
        arrays[f"{name}_codebook"] = codebook
        entries[name] = len(keys)
        report(f"  {name}: {len(keys):,}")

    never_seen = float(np.log(np.min(levels[1].probability))) - 7.0  # a class without a word in the corpus
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
        add_table(name, levels[order].keys[keep[order]], np.log(levels[order].probability[keep[order]]))
        if order < ORDER:
            contexts, weights = _new_backoffs(levels, keep, order + 1)
            add_table(f"{name}_backoff", contexts, np.log(weights))
    source = f"{START} {len(encoded):,} tokens of {len(paths)} files"
    language_model.write(target, source, words, arrays, seeds, entries)
    report(f"{target}: {target.stat().st_size / 1e6:.1f} MB")
