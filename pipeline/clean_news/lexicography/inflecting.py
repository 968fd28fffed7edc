"""Inflections for ``dictionaries/inflections.tsv``, by lemminflect, the vocabulary and the regular rules."""

from collections.abc import Callable, Iterable
from pathlib import Path

from clean_news.optional_library import load_optional
from clean_news.stages.spin import inflection
from clean_news.stages.spin.entries import Entry, read_entries

HEADER = """\
# Inflected forms of the words in dictionaries/spin: word, kind, then for a verb third person, past, participle
# and gerund, for a noun the plural, for an adjective comparative and superlative; "-" where there is none.
# Made with lemminflect (MIT licence) by "clean-news dictionary inflect"; lines may be corrected by hand, they stay.
"""
TAGS = {"verb": ("VBZ", "VBD", "VBN", "VBG"), "noun": ("NNS",), "adj": ("JJR", "JJS")}


def heads_of(entry: Entry) -> set[tuple[str, str]]:
    """The (word, kind) pairs whose inflection decides the entry's other forms.

    >>> sorted(heads_of(Entry("put an end to", "verb", ("stop",))))
    [('put', 'verb'), ('stop', 'verb')]
    """
    if entry.kind == "-":
        return set()
    phrases = [phrase.split(" ") for phrase in (entry.original, *entry.forms)]
    place = 0 if entry.kind == "verb" else -1
    return {(words[place], entry.kind) for words in phrases if entry.kind != "adj" or len(words) == 1}


def inflected(word: str, kind: str, is_word: Callable[[str], bool]) -> tuple[str, ...]:
    """The word's forms by lemminflect, by the regular rules where it knows none; empty where neither gives a word.

    Args:
        word: base form.
        kind: ``verb``, ``noun`` or ``adj``.
        is_word: whether a form is a word; a word in the wrong kind (*superior* as a verb) has no such form.

    Raises:
        MissingLibraryError: if lemminflect is not installed.
    """
    lemminflect = load_optional("lemminflect", "dictionary")

    forms = []
    for tag, rule in zip(TAGS[kind], inflection.regular(word, kind), strict=True):
        listed = lemminflect.getInflection(word, tag, inflect_oov=False)
        others = (form for form in listed[1:] if form != word)  # the plural of a mass noun is no plural
        forms.append(next((form for form in (*listed[:1], *others, rule) if form and is_word(form)), ""))
    return tuple(forms)


def write_inflections(dictionaries: Path) -> int:
    """Bring ``inflections.tsv`` up to date with the spin dictionaries; returns the number of its lines.

    A line that is there stays as it is if all its forms are words; words no longer used go.

    Raises:
        MissingLibraryError: see :func:`inflected`.
        EntryError: if a dictionary line is malformed.
    """
    from clean_news.lexicography.knowledge import standard

    is_word = standard(dictionaries).are_words
    path = dictionaries / "inflections.tsv"
    table = inflection.read(path) if path.exists() else {}
    entries: Iterable[Entry] = (
        entry for file in sorted((dictionaries / "spin").glob("*.tsv")) for entry in read_entries(file)
    )
    rows = {}
    for head in {head for entry in entries for head in heads_of(entry)}:
        listed = table.get(head)
        keeps = listed is not None and (all(map(is_word, listed)) or not is_word(head[0]))
        rows[head] = listed if listed and keeps else inflected(*head, is_word)
    lines = ["\t".join((*head, *(form or "-" for form in forms))) for head, forms in sorted(rows.items())]
    path.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    return len(lines)
