"""Inflected forms of dictionary entries: ``announce → introduce`` gives ``announced → introduced`` and so on.

The forms stand in ``dictionaries/inflections.tsv`` (made with lemminflect by ``clean-news dictionary inflect``,
corrected by hand); a word that is not there is inflected by the regular rules, so that a line added to a
dictionary counts at once.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

Kind = Literal["verb", "noun", "adj", "-"]
FORMS: dict[str, int] = {"verb": 4, "noun": 1, "adj": 2}  # inflected forms beside the base form
"""verb: third person, past, participle, gerund; noun: plural; adj: comparative, superlative."""

Inflections = Mapping[tuple[str, str], tuple[str, ...]]

SIBILANT = re.compile(r"(?:s|x|z|ch|sh)$")
CONSONANT_Y = re.compile(r"[^aeiou]y$")
DOUBLING = re.compile(r"^[^aeiou]*[aeiou][bdgklmnprt]$")


def read(path: Path) -> dict[tuple[str, str], tuple[str, ...]]:
    """The inflections by (word, kind). A missing form is written ``-`` in the file and empty here."""
    table = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            word, kind, *forms = line.split("\t")
            table[word, kind] = tuple("" if form == "-" else form for form in forms)
    return table


def regular(word: str, kind: str) -> tuple[str, ...]:
    """The regular inflections of a word.

    >>> regular("carry", "verb")
    ('carries', 'carried', 'carried', 'carrying')
    >>> regular("box", "noun")
    ('boxes',)
    """
    if CONSONANT_Y.search(word):
        plural, stem = word[:-1] + "ies", word[:-1] + "i"
    else:
        plural, stem = word + ("es" if SIBILANT.search(word) else "s"), word
    if kind == "noun":
        return (plural,)
    doubled = word + word[-1] if DOUBLING.match(word) else stem
    if kind == "adj":
        ending = doubled.removesuffix("e")
        short = len(re.findall(r"[aeiouy]+", word.removesuffix("e"))) < 2 or word.endswith("y")
        return (ending + "er", ending + "est") if short else ("", "")
    past = word + "d" if word.endswith("e") else doubled + "ed"
    bare = word[:-1] if re.search(r"[^eoy]e$", word) else (doubled if DOUBLING.match(word) else word)
    return (plural, past, past, bare + "ing")


def inflect(phrase: str, kind: str, table: Inflections) -> tuple[str, ...]:
    """All forms of a phrase, the base form first: the first word of a verb changes, the last of a noun.

    Args:
        phrase: base form, one or more words.
        kind: ``verb``, ``noun``, ``adj`` or ``-`` (no inflection).
        table: irregular and listed forms; see :func:`read`.

    Returns:
        The base form and its inflections; empty strings where there is none.

    >>> inflect("put an end to", "verb", {("put", "verb"): ("puts", "put", "put", "putting")})[1]
    'puts an end to'
    """
    if kind == "-":
        return (phrase,)
    words = phrase.split(" ")
    if kind == "adj" and len(words) > 1:
        return (phrase, "", "")
    place = 0 if kind == "verb" else len(words) - 1
    forms = table.get((words[place], kind)) or regular(words[place], kind)
    return (
        phrase,
        *(" ".join((*words[:place], form, *words[place + 1 :])) if form else "" for form in forms),
    )
