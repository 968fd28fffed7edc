"""Look up a word in the dictionaries: its possible originals, its spun forms, its inflections, and their sources.

The compiled lexicon can only be asked for a form, so the forms of an original are taken from the dictionary files.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from clean_news.language.tokens import key_of
from clean_news.lexicography.entry_files import is_family_file, read, spin_files
from clean_news.lexicography.reference_data import inflected_pairs
from clean_news.stages.spin import inflection
from clean_news.stages.spin.entries import KEPT_FORM
from clean_news.stages.spin.inflection import Inflections
from clean_news.stages.spin.lexicon import Lexicon
from clean_news.stages.spin.lexicon_sources import counts_files, family_of_counts, inflection_file
from clean_news.user_files import numbered_lines

COLUMNS = ("original", "form", "P(form)", "cost", "readiness", "families", "source")


class Source(NamedTuple):
    """Where a pair is listed.

    Attributes:
        line: the file's name and the line number, as ``file:line``.
        family: the family whose file it is; None for the synonyms of every spinner.
    """

    line: str
    family: str | None


Listed = Mapping[tuple[str, str], Sequence[Source]]
"""Where each pair is listed, by the keys of original and form."""


class ExplainedPair(NamedTuple):
    """An original and one of its spun forms.

    Attributes:
        original, form: the pair.
        cost: −ln P(form | the original is swapped) of a spinner of unknown family.
        readiness: offset of the original to the log odds of the article's swap rate.
        families: the same cost for each family in whose files the pair is listed, by name.
        sources: where the pair is listed.
    """

    original: str
    form: str
    cost: float
    readiness: float
    families: Mapping[str, float]
    sources: Sequence[Source]


def originals_of(word: str, lexicon: Lexicon, listed: Listed) -> list[ExplainedPair]:
    """The pairs that have the word as their form, by falling P(form)."""
    key = key_of(word)
    found = {pair.original: pair for each in dict.fromkeys((key.lower(), key)) for pair in _rows(each, lexicon, listed)}
    return sorted((pair._replace(form=word) for pair in found.values()), key=lambda pair: pair.cost)


def forms_of(word: str, lexicon: Lexicon, listed: Listed) -> list[ExplainedPair]:
    """The listed pairs that have the word as their original, by falling P(form)."""
    key = key_of(word)
    forms = (form for original, form in listed if original == key)
    found = (pair for form in forms for pair in _rows(form, lexicon, listed) if key_of(pair.original) == key)
    return sorted(found, key=lambda pair: pair.cost)


def _rows(form: str, lexicon: Lexicon, listed: Listed) -> Iterator[ExplainedPair]:
    """The pairs of a form, given as its key, in the lexicon."""
    number = lexicon.inverse.get(form)
    if number is None:
        return
    for row in range(lexicon.rows.begin[number], lexicon.rows.begin[number + 1]):
        original = lexicon.rows.original[row]
        text = lexicon.texts[original]
        sources = listed.get((key_of(text), form), ())
        own = {source.family for source in sources}
        costs = dict(zip(lexicon.families, lexicon.rows.family_cost[row].tolist(), strict=True))
        yield ExplainedPair(
            text,
            form,
            float(lexicon.rows.cost[row]),
            float(lexicon.rows.readiness[original]),
            {family: cost for family, cost in costs.items() if family in own},
            sources,
        )


def listed_with(word: str, dictionaries: Path, table: Inflections) -> Listed:
    """Where each pair that contains the word is listed: entries, then counts.

    Args:
        word: the word or phrase.
        dictionaries: the folder of the dictionaries.
        table: the inflections.
    """
    key = key_of(word)
    found: dict[tuple[str, str], list[Source]] = {}
    for path in spin_files(dictionaries):
        family = path.stem if is_family_file(path) else None
        for line in read(path).lines:
            for original, form in dict.fromkeys(inflected_pairs(line.entry, table)):
                pair = key_of(original), key_of(form)
                if key in pair:
                    found.setdefault(pair, []).append(Source(f"{path.name}:{line.number}", family))
    for path in counts_files(dictionaries):
        for number, original, form in _counted_pairs(path):
            pair = key_of(original), key_of(form)
            if key in pair:
                found.setdefault(pair, []).append(Source(f"{path.name}:{number}", family_of_counts(path)))
    return found


def _counted_pairs(path: Path) -> Iterator[tuple[int, str, str]]:
    """Line number, original and form of each line of a file of counts, except the counts of kept words."""
    for number, text in numbered_lines(path):
        columns = text.split("\t")
        if not text.startswith("#") and len(columns) == len(("original", "form", "count")) and columns[1] != KEPT_FORM:
            yield number, columns[0], columns[1]


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
                ", ".join(f"{family} {cost:.2f}" for family, cost in pair.families.items()) or "-",
                ", ".join(source.line for source in pair.sources),
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
    inflections = inflection_file(dictionaries)
    table = inflection.read(inflections) if inflections.exists() else {}
    listed = listed_with(word, dictionaries, table)
    sections = {
        f"possible originals of {word!r}:": _table_of(originals_of(word, lexicon, listed)),
        f"spun forms of {word!r}:": _table_of(forms_of(word, lexicon, listed)),
        f"inflections of {word!r}:": _inflections_of(word, table),
    }
    return [text for heading, found in sections.items() if found for text in (heading, *found, "")]
