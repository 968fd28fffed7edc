"""Judging an output: hits, misses and wrong edits, on small examples and against the outside scorer."""

import importlib.util
import json
import random
from pathlib import Path

import pytest

from clean_news import Cleaner
from clean_news.scoring.figures import totals
from clean_news.scoring.gold import read, row_of
from clean_news.scoring.judgement import Missed, Wrong, judge
from clean_news.scoring.marked_text import articles

BENCH = Path(__file__).parents[3] / "shared" / "bench"


def judged(marked, output):
    [article] = articles(f"## test\n{marked}\n")
    return judge(row_of(*article), output)


def outcome(marked, output):
    found = judged(marked, output)
    return found.hits, len(found.missed), len(found.wrong)


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("The company rose.", (1, 0, 0)),
        ("The Business, rose!", (1, 0, 0)),
        ("The firm rose.", (0, 1, 0)),
        ("The group rose.", (0, 1, 1)),
        ("The trading group rose.", (0, 1, 1)),
        ("The rose.", (0, 1, 1)),
        ("The company fell.", (1, 0, 1)),
        ("A company fell sharply.", (1, 0, 2)),
        ("The company quickly rose.", (1, 0, 1)),
        ("", (0, 1, 3)),
    ],
)
def test_a_required_span(output, expected):
    assert outcome("The {firm|company|business} rose.", output) == expected


@pytest.mark.parametrize(
    ("output", "expected"),
    [("The firm rose.", (0, 0, 0)), ("The company rose.", (0, 0, 0)), ("The team rose.", (0, 0, 1))],
)
def test_an_optional_span(output, expected):
    assert outcome("The {?firm|company} rose.", output) == expected


def test_forms_of_several_words_and_empty_forms():
    marked = "{date 2022 |}It fell {forward of|ahead of|before} the {buying and selling|trading}{ now|}."
    assert outcome(marked, "It fell before the trading.") == (4, 0, 0)
    assert outcome(marked, "date 2022 It fell ahead of the trading now.") == (2, 2, 0)
    assert outcome(marked, "It fell ahead the selling.") == (2, 2, 2)


def test_misses_and_wrong_edits_are_listed():
    found = judged("The {firm|company} said the {inventory|stock} rose.", "The group said a the inventory soared.")
    assert found.missed == [Missed("firm", "company", left=False), Missed("inventory", "stock", left=True)]
    assert found.wrong == [Wrong("firm", "group"), Wrong("", "a"), Wrong("rose", "soared")]


def test_the_figures_of_no_articles_are_zero():
    figures = totals([])
    assert (figures.precision, figures.recall, figures.f_half, figures.wrong_per_10k_words) == (0, 0, 0, 0)


def test_the_figures():
    found = [judged("The {firm|company} rose.", output) for output in ("The company rose.", "The group fell.")]
    figures = totals(found)
    assert (figures.documents, figures.words, figures.hits, figures.misses, figures.wrong) == (2, 6, 1, 1, 2)
    assert figures.precision == pytest.approx(1 / 3)
    assert figures.recall == pytest.approx(1 / 2)
    assert figures.f_half == pytest.approx(1.25 / 6 / (0.25 / 3 + 0.5))
    assert figures.wrong_per_10k_words == pytest.approx(2e4 / 6)


@pytest.fixture(scope="module")
def outside():
    """The outside scorer as a module, if it is available."""
    path = BENCH / "score.py"
    if not path.exists():
        pytest.skip("no ../shared/bench")
    spec = importlib.util.spec_from_file_location("outside_score", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_outside_scorer_agrees(outside):
    path = BENCH / "spin-learn.jsonl"
    rows = read(path)
    raw = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    cleaner = Cleaner()
    rng = random.Random(1)
    for row, source in zip(rows, raw, strict=True):
        cleaned = cleaner.clean(row.spun).text
        for output in (row.spun, cleaned, disturbed(cleaned, row, rng)):
            found = judge(row, output)
            hits, misses, wrong, outcome = outside.score_document(source, output)
            assert (found.hits, len(found.missed), len(found.wrong)) == (hits, misses, wrong)
            ours = [(each.spun, each.original, "left" if each.left else "wrong") for each in found.missed]
            assert ours == outcome


def disturbed(text, row, rng):
    """The text with some words deleted, doubled, or replaced by the text of another gold span."""
    found = text.split(" ")
    for _ in range(30):
        index = rng.randrange(len(found))
        found[index] = rng.choice(["", f"{found[index]} {found[index]}", rng.choice(row.edits).spun])
    return " ".join(found)
