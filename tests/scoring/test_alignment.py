"""The alignment of an output with the lattice of acceptable texts: what is cut off changes nothing."""

import random

import pytest

from clean_news.scoring import alignment
from clean_news.scoring.alignment import ACCEPTED_BONUS, EDIT_COST, AlignedWord, align, lattice, words
from clean_news.scoring.gold import row_of
from clean_news.scoring.marked_text import articles

SPANS = ("{a|b}", "{a b|c}", "{b|a c d}", "{c d|a| b}", "{?a|b c}", "{ a b c|}", "{d|}", "{a|b|c|d e f}")


def random_row(rng):
    """A gold row of few different words, so that many paths are equally good."""
    parts = [rng.choice((*SPANS, *"abcd")) for _ in range(rng.randrange(1, 14))]
    [article] = articles(f"## test\nx {' '.join(parts)}\n")
    return row_of(*article)


def random_output(row, rng):
    """The words of one of the acceptable texts, some deleted, doubled or replaced."""
    found, at = "", 0
    for edit in row.edits:
        found += row.spun[at : edit.start] + rng.choice((edit.spun, *edit.accept))
        at = edit.end
    share = rng.choice((0, 0.1, 0.3, 1))
    chosen = words(found + row.spun[at:])
    disturbed = (
        rng.choice(("", word * 2, f"{word} {word}", "a", "d")) if rng.random() < share else word for word in chosen
    )
    return " ".join(disturbed).split()


def aligned_by_full_matrix(arcs, nodes, output):
    """The same alignment from a matrix of all nodes and words; of equal moves, the first one counts."""
    into = [[arc for arc in arcs if arc.end == node] for node in range(nodes)]
    best = {(-1, -1): (0, None)}
    for node in range(nodes):
        for consumed in range(len(output) + 1):
            found = [(0, None)] if node == consumed == 0 else []
            for arc in into[node]:
                bonus = ACCEPTED_BONUS if arc.kind == "accept" else 0
                deleted = bonus if arc.word is None else EDIT_COST
                step = AlignedWord(arc.span, arc.kind, arc.word is not None, arc.word, None)
                found.append((best[arc.start, consumed][0] + deleted, (arc.start, consumed, step)))
                if arc.word is not None and consumed:
                    word = output[consumed - 1]
                    cost = bonus if word == arc.word else EDIT_COST
                    step = AlignedWord(arc.span, arc.kind, word != arc.word, arc.word, word)
                    found.append((best[arc.start, consumed - 1][0] + cost, (arc.start, consumed - 1, step)))
            if consumed:
                step = AlignedWord(None, "extra", True, None, output[consumed - 1])
                found.append((best[node, consumed - 1][0] + EDIT_COST, (node, consumed - 1, step)))
            best[node, consumed] = min(found, key=lambda each: each[0])
    steps, at = [], (nodes - 1, len(output))
    while move := best[at][1]:
        *at, step = move
        at = tuple(at)
        steps.append(step)
    return steps[::-1]


@pytest.mark.parametrize("limit", [1, 3, 64])
def test_the_alignment_is_that_of_the_full_matrix(monkeypatch, limit):
    monkeypatch.setattr(alignment, "FIRST_LIMIT", limit)
    rng = random.Random(limit)
    for _ in range(300):
        row = random_row(rng)
        arcs, nodes = lattice(row)
        output = random_output(row, rng)
        assert align(arcs, nodes, output) == aligned_by_full_matrix(arcs, nodes, output), (row, output)


def test_what_is_computed_grows_with_the_edits_and_not_with_the_square_of_the_words(monkeypatch):
    widths = []
    windows_of = alignment._windows
    monkeypatch.setattr(alignment, "_windows", lambda *given: widths.append(windows_of(*given)) or widths[-1])
    rng = random.Random(0)
    text = [f"w{rng.randrange(500)}" for _ in range(2000)]
    marked = (f"{{{word} x|{word}}}" if rng.random() < 0.2 else word for word in text)
    [article] = articles(f"## test\n{' '.join(marked)}\n")
    align(*lattice(row_of(*article)), text)
    [found] = widths
    assert max(len(window.moves) for window in found) < len(text) / 4
