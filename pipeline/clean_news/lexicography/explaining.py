"""What the dictionaries say of a word: what it may stand for, what it may become, and where that is written."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from clean_news.language.tokens import key_of
from clean_news.lexicography.entry_files import Line, read, spin_files
from clean_news.stages.spin import inflection
from clean_news.stages.spin.entries import KEPT
from clean_news.stages.spin.inflection import Inflections
from clean_news.stages.spin.lexicon import Lexicon

COLUMNS = ("original", "form", "P(form)", "cost", "readiness", "where")


class Pair(NamedTuple):
    """An original and a form of it.

    Attributes:
        original, form: the pair.
        cost: minus the natural log of the probability that the spinner, swapping the original, writes the form.
        readiness: how much readier than usual the spinner swaps the original, in log odds.
        sources: where the pair is written, as file:line.
    """

    original: str
    form: str
    cost: float
    readiness: float
    sources: tuple[str, ...]


def stands_for(word: str, lexicon: Lexicon, sources: Mapping[tuple[str, str], Sequence[str]]) -> list[Pair]:
    """The pairs of which the word is the form, likeliest form first."""
    key = key_of(word)
    found = {original.text: original for each in (key, key.lower()) for original in lexicon.originals(each)}
    return [
        Pair(text, word, original.cost, original.readiness, tuple(sources.get((key_of(text), key), ())))
        for text, original in sorted(found.items(), key=lambda item: item[1].cost)
    ]


def becomes(word: str, lexicon: Lexicon, sources: Mapping[tuple[str, str], Sequence[str]]) -> list[Pair]:
    """The pairs of which the word is the original, likeliest form first."""
    key = key_of(word)
    found = (
        Pair(original.text, form, original.cost, original.readiness, tuple(sources.get((key, form), ())))
        for form in _forms_of(word, lexicon)
        for original in lexicon.originals(form)
        if original.text == word
    )
    return sorted(found, key=lambda pair: pair.cost)


def _forms_of(word: str, lexicon: Lexicon) -> list[str]:
    """The spun forms that may stand for an original."""
    if word not in lexicon.texts:
        return []
    begin, original, *_ = lexicon.rows
    rows = np.flatnonzero(original == lexicon.texts.index(word))
    wanted = set((np.searchsorted(begin, rows, "right") - 1).tolist())
    return [form for form, number in lexicon.inverse.items() if number in wanted]


def _sources_of(
    word: str, lines: Iterable[Line], numbered: Iterable[tuple[str, str, str]], table: Inflections
) -> dict[tuple[str, str], list[str]]:
    """Where each pair that has the word is written, by the keys of original and form.

    Args:
        word: the word or phrase.
        lines: of the dictionaries.
        numbered: original, form and place of what was counted; see :func:`counted`.
        table: the inflections.
    """
    key = key_of(word)
    found: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        entry = line.entry
        originals = [key_of(form) for form in inflection.inflect(entry.original, entry.kind, table)]
        for form in entry.forms:
            written = [key_of(each) for each in inflection.inflect(form, entry.kind, table)]
            for pair in dict.fromkeys(zip(originals, written, strict=True)):
                if key in pair:
                    found.setdefault(pair, []).append(f"{line.path.name}:{line.number}")
    for original, form, place in numbered:
        pair = (key_of(original), key_of(form))
        if key in pair:
            found.setdefault(pair, []).append(place)
    return found


def counted(path: Path) -> Iterator[tuple[str, str, str]]:
    """Original, form and place of each line of ``spin-weights.tsv``, those that keep a word left out."""
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        columns = text.split("\t")
        if not text.startswith("#") and len(columns) == 3 and columns[1] != KEPT:
            yield columns[0], columns[1], f"{path.name}:{number}"


def _table_of(pairs: Sequence[Pair]) -> list[str]:
    """The pairs as lines of a table with a heading; none for no pairs."""
    if not pairs:
        return []
    rows = [
        COLUMNS,
        *(
            (
                pair.original,
                pair.form,
                f"{math.exp(-pair.cost):.3f}",
                f"{pair.cost:.2f}",
                f"{pair.readiness:+.1f}",
                ", ".join(pair.sources),
            )
            for pair in pairs
        ),
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _inflections_of(word: str, table: Inflections) -> list[str]:
    """A line for each kind of word that the inflections list it as."""
    return [
        f"{kind}: {', '.join(form or '-' for form in table[word, kind])}"
        for kind in inflection.FORMS
        if (word, kind) in table
    ]


def explanation(word: str, dictionaries: Path, lexicon: Lexicon) -> list[str]:
    """All that the dictionaries say of a word, as lines to print; empty if that is nothing."""
    inflections, counts = dictionaries / "inflections.tsv", dictionaries / "spin-weights.tsv"
    table = inflection.read(inflections) if inflections.exists() else {}
    lines = [line for path in spin_files(dictionaries) for line in read(path).lines]
    sources = _sources_of(word, lines, counted(counts) if counts.exists() else (), table)
    sections = {
        f"{word!r} as a spun form may stand for:": _table_of(stands_for(word, lexicon, sources)),
        f"{word!r} as an original may become:": _table_of(becomes(word, lexicon, sources)),
        f"{word!r} is inflected:": _inflections_of(word, table),
    }
    return [text for heading, found in sections.items() if found for text in (heading, *found, "")]
