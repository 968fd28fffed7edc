"""The compiled kernel gives what NumPy gives, to the bit. It is built here if there is a C compiler; else skipped."""

import itertools
import math
import random
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from clean_news import Cleaner
from clean_news.language import forward_backward, kernel, language_model
from clean_news.language import lattice as lattices
from clean_news.language.lattice import Edge
from clean_news.language.tokens import sentences
from clean_news.stages.ocr import costs
from clean_news.stages.spin import lexicon_building, phrase_hashes, readings

TOP = Path(__file__).parents[2]
SOURCE = TOP / "kernel" / "source"
COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
FLAGS = ["-shared", "-fPIC", "-O1", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror"]
FLAGS += ["-undefined", "dynamic_lookup"] if sys.platform == "darwin" else []
MODEL = language_model.standard()


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The kernel, built from its source."""
    headers = Path(sysconfig.get_paths()["include"])
    if not COMPILER or not (headers / "Python.h").exists():
        pytest.skip("needs a C compiler and the headers of Python")
    library = tmp_path_factory.mktemp("kernel") / f"{kernel.MODULE}.so"
    macros = ["-DPy_LIMITED_API=0x030B0000", "-DPY_SSIZE_T_CLEAN"]
    files = sorted(map(str, SOURCE.glob("*.c")))
    subprocess.run([COMPILER, *FLAGS, *macros, f"-I{headers}", *files, "-o", library], check=True)
    loader = ExtensionFileLoader(kernel.MODULE, str(library))
    module = module_from_spec(spec_from_loader(kernel.MODULE, loader))
    loader.exec_module(module)
    return module


@pytest.fixture
def with_and_without(compiled: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], Any]:
    """Runs something in NumPy and with the kernel; returns both results."""

    def run(what: Callable[[], Any]) -> tuple[Any, Any]:
        results = []
        for module in (None, compiled):
            monkeypatch.setattr(kernel, "KERNEL", module)
            results.append(what())
        return tuple(results)

    return run


def same(one: Any, other: Any) -> bool:
    """Whether two results are the same to the bit, arrays of the same type and shape."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def words_of(text: str) -> list[int]:
    return [MODEL.id_of(form) for sentence in sentences(text) for form in sentence.forms]


TEXT = (TOP / "raw" / "02-spun-foreign-ministry.txt").read_text(encoding="utf-8")
WORDS = words_of(TEXT)


def document(seed: int, most: int) -> tuple[list[int], lattices.Edges]:
    """Sentences of words that follow each other in news, each token with up to ``most`` other readings."""
    chance = random.Random(seed)
    lengths, by_sentence = [], []
    for start in range(0, 60, 12):
        own = WORDS[start : start + chance.randint(3, 12)]
        edges = [Edge(at, at + 1, (word,)) for at, word in enumerate(own)]
        for at in range(len(own)):
            for _ in range(chance.choice((0, 1, 3, most))):
                end = min(at + chance.choice((1, 1, 1, 2, 3)), len(own))
                edges.append(Edge(at, end, tuple(chance.choices(WORDS, k=chance.randint(1, 3)))))
        lengths.append(len(own))
        by_sentence.append(edges)
    return lengths, lattices.edge_arrays(by_sentence)


@pytest.mark.parametrize(("seed", "most", "order"), [(1, 4, 4), (2, 12, 3), (3, 300, 2), (4, 30, 3), (5, 0, 4)])
def test_decoding(with_and_without, seed, most, order):
    """300 readings of a token: NumPy adds more than 8 and more than 128 numbers in other orders."""
    lengths, edges = document(seed, most)
    lattice = lattices.build(lengths, edges)
    scores = np.random.default_rng(seed).normal(-4, 3, len(edges.start))

    def decoded() -> tuple[Any, ...]:
        graph, posterior = forward_backward.decode(lattice, MODEL, scores, 0.65, order)
        evidence = forward_backward.total_log_evidence(lattice, graph, scores / 2, 0.65)
        return (*graph[:-1], *posterior, evidence)

    plain, fast = with_and_without(decoded)
    assert len(plain[1]) > len(WORDS[:60])
    assert same(plain, fast)


def test_arrays_of_smaller_integers(with_and_without):
    """NumPy 1 has them by default on Windows."""
    lengths, edges = document(7, 5)
    lattice = lattices.build(lengths, edges)
    scores = np.linspace(-9, 0, len(edges.start))
    small = lattice._replace(
        **{name: column.astype(np.int32) for name, column in lattice._asdict().items() if column.dtype == np.int64}
    )
    assert small.word.dtype == np.int32
    plain, _ = with_and_without(lambda: tuple(forward_backward.decode(lattice, MODEL, scores, 1.0)[1]))
    _, fast = with_and_without(lambda: tuple(forward_backward.decode(small, MODEL, scores, 1.0)[1]))
    assert same(plain, fast)


def test_weights_out_of_range_are_summed_as_logarithms(with_and_without):
    lengths, edges = document(6, 5)
    lattice = lattices.build(lengths, edges)
    scores = np.where(np.arange(len(edges.start)) % 3, -1e4, 1e4)
    plain, fast = with_and_without(lambda: tuple(forward_backward.decode(lattice, MODEL, scores, 1.0)[1]))
    assert same(plain, fast)
    assert np.isfinite(plain[2])


def test_probabilities_of_words(with_and_without):
    grams = np.array([WORDS[at : at + 4] for at in range(len(WORDS) - 4)], np.uint16)
    shuffled = np.random.default_rng(1).permuted(grams, axis=0)
    for order, rows in itertools.product((2, 3, 4), (grams, shuffled, grams[:0])):
        assert same(*with_and_without(lambda order=order, rows=rows: MODEL.log_probability(rows, order)))
    assert same(*with_and_without(lambda: MODEL.bigrams(shuffled[:, 0], shuffled[:, 1])))


PHRASES = ["", " ", "a", "in spite of", "a  b", "naïve", "“x”", "日本 語", "x" * 300, "𝔘 v", *TEXT.split()]


@pytest.mark.parametrize("phrases", [PHRASES, [], ["one"], ["a \ud800", "b"]], ids=["many", "none", "one", "surrogate"])
def test_hashes(with_and_without, phrases):
    assert same(*with_and_without(lambda: phrase_hashes.hashes_of(phrases)))
    assert same(*with_and_without(lambda: phrase_hashes.hashes_of_keys(phrases)))
    assert same(*with_and_without(lambda: phrase_hashes.TokenHashes().of(phrases)))


@pytest.mark.parametrize("size", [0, 1, 2, 3, 1000])
def test_tables_of_hashes(with_and_without, size):
    chance = np.random.default_rng(size)
    held = np.unique(chance.integers(0, 1 << 64, size, np.uint64, endpoint=False))
    clustered = np.unique(np.concatenate((held, np.arange(size // 2, dtype=np.uint64))))  # spread unevenly
    edges = np.array([0, 1, (1 << 64) - 1], np.uint64)
    for hashes in (held, clustered):
        table = phrase_hashes.HashTable(hashes)
        wanted = np.concatenate((hashes, hashes + np.uint64(1), hashes - np.uint64(1), edges))
        assert same(*with_and_without(lambda table=table, wanted=wanted: table.indices_of(wanted)))


def test_forms_of_several_tokens(with_and_without):
    tokens = [sentence.forms for sentence in sentences(TEXT)]
    lexicon = lexicon_building.standard(())
    plain, fast = with_and_without(lambda: readings._multiword_forms(tokens, lexicon))
    assert plain == fast
    assert sum(map(len, plain)) > 10


@pytest.mark.parametrize("width", [0, 1, 14])
def test_costs_of_misreadings(with_and_without, width):
    """Forms and words with common ends, and of other characters; middles of more than 12 characters have no cost."""
    chance = random.Random(width)
    letters = "abcdefghilmnorstu,.'ſé𝔘 rnmcl"
    texts = ["".join(chance.choices(letters, k=chance.randint(0, width))) for _ in range(300)]
    others = [text.replace("m", "rn").replace("li", "h") + chance.choice(("", "s")) for text in texts]
    pairs = [*zip(texts, others, strict=True), *zip(texts, reversed(texts), strict=True), ("tlie", "the"), ("", "")]
    plain, fast = with_and_without(lambda: costs.reading_costs([*pairs, ("a" * 15, "b" * 15)]))
    assert plain == fast
    assert plain[-1] == math.inf
    if width == 1:
        assert with_and_without(lambda: costs.pair_costs(costs.texts_of([]), costs.texts_of([])).shape) == ((0,), (0,))


def test_articles(with_and_without):
    cleaner = Cleaner()
    texts = [TEXT, (TOP / "raw" / "04-scanned-harbour.txt").read_text(encoding="utf-8")]
    plain, fast = with_and_without(lambda: [cleaner.clean(text) for text in texts])
    assert plain == fast
    assert all(len([edit for stage in cleaned.log.stages for edit in stage.edits]) > 10 for cleaned in plain)


def wrong_calls(module: ModuleType) -> list[Callable[[], object]]:
    """Calls with arrays that do not match, or with indices out of range."""
    table = MODEL.tables["bigram"]
    numbers, one = np.arange(3), np.zeros(1, np.int64)
    words = np.array([1, 2, 3], np.uint16)
    nodes = np.ones(3, bool), numbers, numbers, np.zeros(3, np.int64)
    return [
        lambda: module.bigrams(table, MODEL.unigram, MODEL.unigram_backoff, words, words[:2]),
        lambda: module.bigrams(table, MODEL.unigram[:2], MODEL.unigram_backoff[:2], words, words),
        lambda: module.bigrams((words, words, 1, table.codebook), MODEL.unigram, MODEL.unigram_backoff, words, words),
        lambda: module.topology(numbers, numbers[:2], numbers),
        lambda: module.topology(one + 7, one, numbers),
        lambda: module.topology(one - 1, one, numbers),
        lambda: module.topology(one + 2, one, numbers),  # an arc that leads back
        lambda: module.relative_weights(nodes, (1, one + 9, one, one), np.zeros(1), np.zeros(3), 1.0),
        lambda: module.relative_weights(nodes, (1, one, one + 5, one), np.zeros(1), np.zeros(3), 1.0),
        lambda: module.path_weights(nodes, (1, numbers, one, one), bytes(8), numbers, np.zeros(1), 3),
        lambda: module.spans_of_forms(numbers, numbers[:1], numbers, numbers, numbers, numbers),
        lambda: module.indices_of(b"123", numbers),
        lambda: module.pair_costs((words, np.array([4])), (words, np.array([3])), costs._for_kernel()),
        lambda: module.pair_costs((words, np.array([3])), (words, np.array([3, 3])), costs._for_kernel()),
        lambda: module.pair_costs(
            (words, np.array([3])), (words, np.array([3])), (numbers + 10**6, *costs._for_kernel()[1:])
        ),
    ]


def test_arrays_that_do_not_match_are_refused(compiled):
    for number, call in enumerate(wrong_calls(compiled)):
        with pytest.raises(ValueError, match="arrays do not match"):
            pytest.fail(f"call {number} returned {call()}")
    with pytest.raises(TypeError):
        compiled.token_hashes(("a", "b"))
    with pytest.raises(TypeError):
        compiled.token_hashes(["a", 1])


def test_a_kernel_of_another_interface_is_not_used(compiled, monkeypatch):
    monkeypatch.delenv(kernel.SWITCH, raising=False)
    monkeypatch.setitem(sys.modules, kernel.MODULE, compiled)
    assert kernel.load() is compiled
    monkeypatch.setenv(kernel.SWITCH, kernel.OFF)
    assert kernel.load() is None
    monkeypatch.delenv(kernel.SWITCH)
    monkeypatch.setattr(kernel, "INTERFACE", kernel.INTERFACE + 1)
    assert kernel.load() is None
    monkeypatch.setitem(sys.modules, kernel.MODULE, None)  # cannot be imported
    assert kernel.load() is None
