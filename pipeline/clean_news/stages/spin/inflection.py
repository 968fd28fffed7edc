"""Inflects dictionary entries: from ``announce → introduce`` follows ``announced → introduced`` and so on.

The forms are listed in ``dictionaries/inflections.tsv``, which ``clean-news dictionary inflect`` generates with
lemminflect and which was corrected by hand. Unlisted words are inflected by the regular rules, so that a line added to
a dictionary takes effect at once.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

Kind = Literal["verb", "noun", "adj", "-"]
INFLECTION_COUNTS: dict[str, int] = {"verb": 4, "noun": 1, "adj": 2}  # number of inflected forms besides the base form
"""verb: third person, past, participle, gerund; noun: plural; adj: comparative, superlative."""

Inflections = Mapping[tuple[str, str], tuple[str, ...]]

SIBILANTS = ("s", "x", "z", "ch", "sh")
DOUBLED = "bdgklmnprt"  # letters
DOUBLING = re.compile(r"^[^aeiou]*[aeiou][bdgklmnprt]$")


def read(path: Path) -> dict[tuple[str, str], tuple[str, ...]]:
    """Read the file of inflections; see :func:`parse`."""
    return parse(path.read_text(encoding="utf-8"))


def parse(text: str) -> dict[tuple[str, str], tuple[str, ...]]:
    r"""Return the inflections by (word, kind). A missing form is ``-`` in the text and an empty string here.

    >>> parse("say\tverb\tsays\tsaid\tsaid\tsaying")
    {('say', 'verb'): ('says', 'said', 'said', 'saying')}
    """
    table = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            word, kind, *forms = line.split("\t")
            table[word, kind] = tuple("" if form == "-" else form for form in forms)
    return table


def text_of(table: Inflections) -> str:
    """Return inflections as text; see :func:`parse`."""
    lines = ("\t".join((*key, *(form or "-" for form in forms))) for key, forms in table.items())
    return "".join(f"{line}\n" for line in lines)


def regular(word: str, kind: str) -> tuple[str, ...]:
    """Return the regular inflections of a word, in the order of :data:`INFLECTION_COUNTS`.

    >>> regular("carry", "verb")
    ('carries', 'carried', 'carried', 'carrying')
    >>> regular("box", "noun")
    ('boxes',)
    """
    if word.endswith("y") and len(word) > 1 and word[-2] not in "aeiou":
        plural, stem = word[:-1] + "ies", word[:-1] + "i"
    else:
        plural, stem = word + ("es" if word.endswith(SIBILANTS) else "s"), word
    if kind == "noun":
        return (plural,)
    doubles = word[-1:] in DOUBLED and DOUBLING.match(word) is not None
    doubled = word + word[-1] if doubles else stem
    if kind == "adj":
        ending = doubled.removesuffix("e")
        short = len(re.findall(r"[aeiouy]+", word.removesuffix("e"))) < 2 or word.endswith("y")
        return (ending + "er", ending + "est") if short else ("", "")
    past = word + "d" if word.endswith("e") else doubled + "ed"
    silent = word.endswith("e") and len(word) > 1 and word[-2] not in "eoy"
    bare = word[:-1] if silent else (doubled if doubles else word)
    return (plural, past, past, bare + "ing")


def inflect(phrase: str, kind: str, table: Inflections) -> tuple[str, ...]:
    """Return all forms of a phrase: the first word of a verb phrase is inflected, the last of a noun phrase.

    Args:
        phrase: base form, one or more words.
        kind: ``verb``, ``noun``, ``adj`` or ``-`` (no inflection).
        table: the listed forms; see :func:`read`.

    Returns:
        The base form and its inflections; an empty string for a form that does not exist.

    >>> inflect("put an end to", "verb", {("put", "verb"): ("puts", "put", "put", "putting")})[1]
    'puts an end to'
    """
    if kind == "-":
        return (phrase,)
    words = phrase.split(" ")
    if kind == "adj" and len(words) > 1:
        return (phrase, "", "")
    index = 0 if kind == "verb" else len(words) - 1
    forms = table.get((words[index], kind)) or regular(words[index], kind)
    return (
        phrase,
        *(" ".join((*words[:index], form, *words[index + 1 :])) if form else "" for form in forms),
    )
