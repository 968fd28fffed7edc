"""Tools for those who write the dictionaries: checking, sorting, inflecting. Nothing here runs in a clean."""

from collections.abc import Iterable
from pathlib import Path

from clean_news.channel import inflection
from clean_news.channel.lexicon import Entry, read_entries

INFLECTIONS_HEADER = """\
# Inflected forms of the words in dictionaries/spin: word, kind, then for a verb third person, past, participle
# and gerund, for a noun the plural, for an adjective comparative and superlative; "-" where there is none.
# Made with lemminflect (MIT licence) by "clean-news dictionary inflect"; lines may be corrected by hand, they stay.
"""
TAGS = {"verb": ("VBZ", "VBD", "VBN", "VBG"), "noun": ("NNS",), "adj": ("JJR", "JJS")}


def heads(entries: Iterable[Entry]) -> set[tuple[str, str]]:
    """The (word, kind) pairs whose inflection decides the entries' other forms."""
    found = set()
    for entry in entries:
        if entry.kind == "-":
            continue
        for phrase in (entry.original, *entry.forms):
            words = phrase.split(" ")
            if entry.kind == "adj" and len(words) > 1:
                continue
            found.add((words[0 if entry.kind == "verb" else -1], entry.kind))
    return found


def inflected(word: str, kind: str) -> tuple[str, ...]:
    """The word's forms by lemminflect, by the regular rules where it knows none.

    Raises:
        ModuleNotFoundError: if lemminflect is not installed (``pip install clean-news[dictionary]``).
    """
    from lemminflect import getInflection

    forms = []
    for tag, rule in zip(TAGS[kind], inflection.regular(word, kind), strict=True):
        known = getInflection(word, tag, inflect_oov=False)
        forms.append(known[0] if known else ("" if kind == "adj" else rule))
    return tuple(forms)


def write_inflections(dictionaries: Path) -> int:
    """Bring ``inflections.tsv`` up to date with the spin dictionaries; returns the number of its lines.

    A line that is there stays as it is; words no longer used go.
    """
    path = dictionaries / "inflections.tsv"
    known = inflection.read(path) if path.exists() else {}
    entries = [
        entry for file in sorted((dictionaries / "spin").glob("*.tsv")) for entry in read_entries(file)
    ]
    rows = {head: known.get(head) or inflected(*head) for head in heads(entries)}
    lines = ["\t".join((*head, *(form or "-" for form in forms))) for head, forms in sorted(rows.items())]
    path.write_text(INFLECTIONS_HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    return len(lines)
