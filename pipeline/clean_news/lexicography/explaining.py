"""Look up a word in the dictionaries: its possible originals, its spun forms, its inflections, and their sources."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from clean_news.language.tokens import key_of
from clean_news.lexicography.entry_files import EntryLine, read, spin_files
from clean_news.stages.spin import inflection
from clean_news.stages.spin.entries import KEPT_FORM
from clean_news.stages.spin.inflection import Inflections
from clean_news.stages.spin.lexicon import Lexicon

COLUMNS = ("original", "form", "P(form)", "cost", "readiness", "source")


class ExplainedPair(NamedTuple):
    """An original and one of its spun forms.

    Attributes:
        original, form: the pair.
        cost: −ln P(form | the original is swapped).
        readiness: offset of the original to the log odds of the article's swap rate.
        sources: where the pair is defined, as ``file:line``.
    """

    original: str
    form: str
    cost: float
    readiness: float
    sources: tuple[str, ...]


def originals_of(word: str, lexicon: Lexicon, sources: Mapping[tuple[str, str], Sequence[str]]) -> list[ExplainedPair]:
    """The pairs that have the word as their form, by falling P(form)."""
    key = key_of(word)
    found = {original.text: original for each in (key, key.lower()) for original in lexicon.originals(each)}
    return [
        ExplainedPair(text, word, original.cost, original.readiness, tuple(sources.get((key_of(text), key), ())))
        for text, original in sorted(found.items(), key=lambda item: item[1].cost)
    ]


def forms_of(word: str, lexicon: Lexicon, sources: Mapping[tuple[str, str], Sequence[str]]) -> list[ExplainedPair]:
    """The pairs that have the word as their original, by falling P(form)."""
    key = key_of(word)
    found = (
        ExplainedPair(original.text, form, original.cost, original.readiness, tuple(sources.get((key, form), ())))
        for form in _form_keys(word, lexicon)
        for original in lexicon.originals(form)
        if original.text == word
    )
    return sorted(found, key=lambda pair: pair.cost)


def _form_keys(word: str, lexicon: Lexicon) -> list[str]:
    """The keys of the spun forms of an original."""
    if word not in lexicon.texts:
        return []
    begin, original, *_ = lexicon.rows
    rows = np.flatnonzero(original == lexicon.texts.index(word))
    numbers = set((np.searchsorted(begin, rows, "right") - 1).tolist())
    return [form for form, number in lexicon.inverse.items() if number in numbers]


def _sources_of(
    word: str, lines: Iterable[EntryLine], counted: Iterable[tuple[str, str, str]], table: Inflections
) -> dict[tuple[str, str], list[str]]:
    """The sources of each pair that contains the word, by the keys of original and form.

    Args:
        word: the word or phrase.
        lines: the entries of the dictionaries.
        counted: original, form and source of each counted pair; see :func:`_counted_pairs`.
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
    for original, form, source in counted:
        pair = (key_of(original), key_of(form))
        if key in pair:
            found.setdefault(pair, []).append(source)
    return found


def _counted_pairs(path: Path) -> Iterator[tuple[str, str, str]]:
    """Original, form and source of each line of ``spin-weights.tsv``, except the counts of kept words."""
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        columns = text.split("\t")
        if not text.startswith("#") and len(columns) == 3 and columns[1] != KEPT_FORM:
            yield columns[0], columns[1], f"{path.name}:{number}"


def _table_of(pairs: Sequence[ExplainedPair]) -> list[str]:
    """Format the pairs as a table with a heading; empty if there are no pairs."""
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
    """One line for each part of speech under which the table lists the word."""
    return [
        f"{kind}: {', '.join(form or '-' for form in table[word, kind])}"
        for kind in inflection.INFLECTION_COUNTS
        if (word, kind) in table
    ]


def explanation(word: str, dictionaries: Path, lexicon: Lexicon) -> list[str]:
    """Everything the dictionaries have on a word, as lines to print; empty if they do not have the word."""
    inflections, counts = dictionaries / "inflections.tsv", dictionaries / "spin-weights.tsv"
    table = inflection.read(inflections) if inflections.exists() else {}
    lines = [line for path in spin_files(dictionaries) for line in read(path).lines]
    sources = _sources_of(word, lines, _counted_pairs(counts) if counts.exists() else (), table)
    sections = {
        f"possible originals of {word!r}:": _table_of(originals_of(word, lexicon, sources)),
        f"spun forms of {word!r}:": _table_of(forms_of(word, lexicon, sources)),
        f"inflections of {word!r}:": _inflections_of(word, table),
    }
    return [text for heading, found in sections.items() if found for text in (heading, *found, "")]
