"""Regression test: the main text of the gold pages, which were written for this project in the manner of news sites."""

import importlib
import sys
from pathlib import Path

import pytest

pytest.importorskip("trafilatura")

TOP = Path(__file__).parents[2]
GOLD = TOP / "tests" / "gold" / "pages"
HELD_BACK = TOP / "tests" / "gold" / "pages-held-back"

# Minimum figures of the extraction alone, slightly below those measured when they were last set. Raise them when it
# improves; lowering one means accepting a regression.
MIN_PRECISION = 0.955  # measured .972
MIN_RECALL = 0.99  # measured 1.000
MIN_ADVANTAGE = 0.08  # F over that of trafilatura's default; measured .110


@pytest.fixture(scope="module")
def benchmark():
    sys.path.insert(0, str(TOP / "benchmarks"))
    yield importlib.import_module("pages")
    sys.path.remove(str(TOP / "benchmarks"))
    sys.modules.pop("pages", None)


@pytest.fixture(scope="module")
def pages(benchmark):
    return benchmark.read(GOLD)


def test_the_figures_stay_above_their_minima(benchmark, pages):
    ours = benchmark.count(pages, [benchmark.main_text_of(page.content) for page in pages])
    by_default = benchmark.extractors()["trafilatura"]
    theirs = benchmark.count(pages, [by_default(page.content) for page in pages])
    assert ours.precision >= MIN_PRECISION
    assert ours.recall >= MIN_RECALL
    assert ours.f_score >= theirs.f_score + MIN_ADVANTAGE
    assert ours.empty == 0


def test_layouts_that_nothing_was_tuned_on(benchmark):
    pages = benchmark.read(HELD_BACK)
    ours = benchmark.count(pages, [benchmark.main_text_of(page.content) for page in pages])
    theirs = benchmark.count(pages, list(map(benchmark.extractors()["trafilatura"], [page.content for page in pages])))
    assert ours.f_score >= theirs.f_score + 0.05  # measured .929 and .840
    assert ours.recall >= theirs.recall
    assert ours.empty == 0


def test_there_are_enough_pages(pages):
    assert len(pages) >= 40
    assert len({page.name.split("-")[0] for page in pages}) >= 10
    assert {page.name for page in pages} == {path.name for path in GOLD.glob("*.html")}


def test_every_chunk_is_in_its_page(pages):
    from trafilatura import html2txt, load_html

    for page in pages:
        text = " ".join(load_html(page.content).xpath("string()").split()) + " ".join(html2txt(page.content).split())
        lost = [chunk for chunk in page.wanted + page.unwanted if chunk not in text and "articleBody" not in text]
        assert not lost, page.name


def test_the_benchmark_counts_chunks(benchmark):
    page = benchmark.Page("a.html", b"", ["one two", "three"], ["share"])
    found = benchmark.count([page], ["One two\n\none  two share"])
    assert found == (1, 1, 1, 0)
    assert (found.precision, found.recall, found.f_score) == (0.5, 0.5, 0.5)
