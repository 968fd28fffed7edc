"""The boilerplate dictionaries: lines, labels and agencies, read once and compiled."""

import re
from functools import cache
from typing import NamedTuple

from clean_news.dictionaries import folder

ANYTHING = r".{1,100}?"
NAME = r"[^.:|]{1,40}?"  # what "…" may be within a label: a page's or a paper's name
NUMBER = r"\d[\d.,–-]*"
TOKEN = re.compile(r"\([^)]*\)|[^\s(]+")
FIRST_WORD = re.compile(r"[^\w©\n]{0,12}([\w©]+)")
# What may stand around the words of a line of boilerplate: brackets, bullets, arrows, stops.
FRONT, BACK = r"[\s*•▪●►▶→»>|_#~–—-]*", r"[\s*•.!:;,»›>→|_~…–—-]*"
BRACKETS = str.maketrans({"(": None, ")": None, "[": None, "]": None, "’": "'", "\xa0": " "})


class Phrase(NamedTuple):
    """A line of boilerplate.

    Attributes:
        kind: what it is kept as in the metadata.
        pattern: matches the whole line, less brackets; its group ``rest`` is what a label led to.
        words: the dictionary's entry, for the log.
    """

    kind: str
    pattern: re.Pattern[str]
    words: str


class WrongEntryError(ValueError):
    """A line of a dictionary cannot be read; the message names the file, the line and what is allowed."""


@cache
def entries(name: str) -> tuple[tuple[str, str], ...]:
    """The pairs of a file of ``dictionaries/boilerplate``: a kind, and what has it.

    Raises:
        WrongEntryError: if a line is not two fields parted by a tab.
    """
    path = folder() / "boilerplate" / name
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line and not line.startswith("#"):
            fields = line.split("\t")
            if len(fields) != 2 or not all(fields):
                raise WrongEntryError(f"{path}:{number}: {line!r} is not a kind, a tab and an entry")
            found.append((fields[0], fields[1]))
    return tuple(found)


def pattern_of(phrase: str) -> str:
    """The regular expression of a dictionary's phrase; its signs are explained in ``lines.tsv``.

    Raises:
        WrongEntryError: if the phrase begins with one of these signs.
    """
    if not FIRST_WORD.match(phrase) or phrase[0] in "(…#":
        raise WrongEntryError(f"{phrase!r} must begin with a word; write each alternative on a line of its own")
    pattern = ""
    for token in TOKEN.findall(phrase):
        gap = r"\s+" if pattern else ""
        if token[0] == "(":
            choices = token[1:-1].split("|")
            body = "|".join(literal(choice) for choice in choices if choice)
            optional = "" in choices
            pattern += f"(?:{gap}(?:{body})){'?' if optional else ''}"
        else:
            pattern += gap + literal(token)
    return pattern


def literal(words: str) -> str:
    """A word of a phrase as a regular expression."""
    spaced = r"\s+".join(re.escape(word) for word in words.split())
    return spaced.replace("…", ANYTHING).replace(r"\#", NUMBER)


@cache
def _phrases() -> dict[str, tuple[Phrase, ...]]:
    """The lines and labels by their first word, in small letters."""
    by_word: dict[str, list[Phrase]] = {}
    for kind, words in entries("lines.tsv"):
        add(by_word, kind, words, pattern_of(words))
    for kind, words in entries("labels.tsv"):
        # What follows must not end as a sentence does; nothing at all may follow.
        label = pattern_of(words).replace(ANYTHING, NAME)
        add(by_word, kind, f"{words}:", label + r"\s*[:|]+(?P<rest>(?:.{0,160}[^.\s])??)")
    return {word: tuple(found) for word, found in by_word.items()}


def add(by_word: dict[str, list[Phrase]], kind: str, words: str, pattern: str) -> None:
    """Files a phrase under its first word."""
    first = FIRST_WORD.match(words)
    assert first is not None
    whole = re.compile(f"{FRONT}{pattern}{BACK if not pattern.endswith('??)') else ''}", re.IGNORECASE)
    by_word.setdefault(first[1].lower(), []).append(Phrase(kind, whole, words))


def phrase_in(line: str) -> tuple[Phrase, str] | None:
    """The phrase that a line consists of, and what it leads to (the line itself where it is no label)."""
    first = FIRST_WORD.match(line)
    candidates = _phrases().get(first[1].lower()) if first else None
    if not candidates:
        return None
    plain = line.translate(BRACKETS).strip()
    for phrase in candidates:
        match = phrase.pattern.fullmatch(plain)
        if match:
            rest = match.groupdict().get("rest") or ""
            return phrase, rest.strip() or line
    return None


@cache
def agencies() -> tuple[str, str]:
    """The names of all agencies, and of those for pictures alone, as alternatives of a regular expression."""
    found = sorted(entries("agencies.tsv"), key=lambda entry: -len(entry[1]))
    every = [re.escape(name) for _, name in found]
    pictures = [re.escape(name) for kind, name in found if kind == "pictures"]
    return "|".join(every), "|".join(pictures)
