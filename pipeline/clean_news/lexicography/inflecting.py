"""Generate ``dictionaries/inflections.tsv`` with lemminflect, the regular rules and a check against the vocabulary."""

from collections.abc import Callable, Iterable
from pathlib import Path

from clean_news.lexicography.entry_files import spin_files
from clean_news.optional_library import load_optional
from clean_news.stages.spin import inflection
from clean_news.stages.spin.entries import KEPT_FORM, Entry, read_entries

HEADER = """\
# Inflected forms of the words in dictionaries/spin and its families. Columns: word, kind, then for a verb the third
# person, past, participle and gerund, for a noun the plural, for an adjective the comparative and superlative; "-" for
# no such form.
# Generated with lemminflect (MIT licence) by "clean-news dictionary inflect", which keeps corrections made by hand.
"""
TAGS = {"verb": ("VBZ", "VBD", "VBN", "VBG"), "noun": ("NNS",), "adj": ("JJR", "JJS")}


def heads_of(entry: Entry) -> set[tuple[str, str]]:
    """The (head word, kind) pairs that are inflected when the phrases of the entry are inflected.

    >>> sorted(heads_of(Entry("put an end to", "verb", ("stop",))))
    [('put', 'verb'), ('stop', 'verb')]
    """
    if entry.kind == "-":
        return set()
    phrases = [phrase.split(" ") for phrase in (entry.original, *entry.forms) if phrase != KEPT_FORM]
    head = 0 if entry.kind == "verb" else -1
    return {(words[head], entry.kind) for words in phrases if entry.kind != "adj" or len(words) == 1}


def inflected(word: str, kind: str, is_word: Callable[[str], bool]) -> tuple[str, ...]:
    """Inflect a word with lemminflect, or by the regular rules if it does not know the word.

    Args:
        word: the base form.
        kind: ``verb``, ``noun`` or ``adj``.
        is_word: whether a form is a word; it rejects forms of words in the wrong kind (*superior* as a verb).

    Returns:
        One form for each of the kind's tags in ``TAGS``; empty strings for forms that are not words.

    Raises:
        MissingLibraryError: if lemminflect is not installed.
    """
    lemminflect = load_optional("lemminflect", "dictionary")

    forms = []
    for tag, rule in zip(TAGS[kind], inflection.regular(word, kind), strict=True):
        listed = lemminflect.getInflection(word, tag, inflect_oov=False)
        others = (form for form in listed[1:] if form != word)  # a mass noun is listed as its own plural
        forms.append(next((form for form in (*listed[:1], *others, rule) if form and is_word(form)), ""))
    return tuple(forms)


def write_inflections(dictionaries: Path) -> int:
    """Update ``inflections.tsv`` for the spin dictionaries.

    Existing lines whose forms are all words are kept; words that are no longer used are removed.

    Returns:
        The number of lines written.

    Raises:
        MissingLibraryError: see :func:`inflected`.
        EntryError: if a dictionary line is malformed.
    """
    from clean_news.lexicography.reference_data import standard

    is_word = standard(dictionaries).are_words
    path = dictionaries / "inflections.tsv"
    table = inflection.read(path) if path.exists() else {}
    entries: Iterable[Entry] = (entry for file in spin_files(dictionaries) for entry in read_entries(file))
    rows = {}
    for head in {head for entry in entries for head in heads_of(entry)}:
        listed = table.get(head)
        keeps = listed is not None and (all(map(is_word, listed)) or not is_word(head[0]))
        rows[head] = listed if listed and keeps else inflected(*head, is_word)
    path.write_text(HEADER + inflection.text_of(dict(sorted(rows.items()))), encoding="utf-8")
    return len(rows)
