"""Read and compile the boilerplate dictionaries: lines, labels and agencies."""

import re
from functools import cache
from typing import NamedTuple

from clean_news.dictionaries import folder

ANYTHING = r".{1,100}?"
NAME = r"[^.:|]{1,40}?"  # what "…" matches within a label: the name of a page or a newspaper
NUMBER = r"\d[\d.,–-]*"
TOKEN = re.compile(r"\([^()]*\)|[^\s(]+")
FIRST_WORD = re.compile(r"[^\w©\n]{0,12}([\w©]+)")
# Symbols allowed before and after the words of a boilerplate line: bullets, arrows, punctuation.
FRONT, BACK = r"[\s*•▪●►▶→»>|_#~–—-]*", r"[\s*•.!:;,»›>→|_~…–—-]*"
BRACKETS = str.maketrans({"(": None, ")": None, "[": None, "]": None, "’": "'", "\xa0": " "})


class Phrase(NamedTuple):
    """A boilerplate phrase of the dictionaries.

    Attributes:
        kind: key under which the line is kept in the metadata.
        pattern: matches the whole line, without its brackets; the group ``rest`` is the text after a label.
        words: the dictionary entry.
    """

    kind: str
    pattern: re.Pattern[str]
    words: str


class InvalidEntryError(ValueError):
    """A dictionary line cannot be parsed; the message names the file, the line and the expected format."""


@cache
def entries(name: str) -> tuple[tuple[str, str], ...]:
    """Read a file of ``dictionaries/boilerplate``.

    Args:
        name: name of the file.

    Returns:
        Pairs of a kind and an entry of this kind, in file order.

    Raises:
        InvalidEntryError: if a line is not two non-empty fields separated by a tab.
    """
    path = folder() / "boilerplate" / name
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line and not line.startswith("#"):
            fields = line.split("\t")
            if len(fields) != 2 or not all(fields):
                raise InvalidEntryError(f"{path}:{number}: {line!r} is invalid; expected a kind, a tab and an entry")
            found.append((fields[0], fields[1]))
    return tuple(found)


def pattern_of(phrase: str) -> str:
    """Translate a phrase to a regular expression; the header of ``lines.tsv`` explains the wildcards.

    Raises:
        InvalidEntryError: if the phrase begins with a wildcard.
    """
    if not FIRST_WORD.match(phrase) or phrase[0] in "(…#":
        raise InvalidEntryError(f"{phrase!r} must begin with a word; write each alternative on its own line")
    pattern = ""
    for token in TOKEN.findall(phrase):
        gap = r"\s+" if pattern else ""
        if token[0] == "(":
            choices = token[1:-1].split("|")
            body = "|".join(_token_pattern(choice) for choice in choices if choice)
            optional = "" in choices
            pattern += f"(?:{gap}(?:{body})){'?' if optional else ''}"
        else:
            pattern += gap + _token_pattern(token)
    return pattern


def _token_pattern(words: str) -> str:
    """Translate one token of a phrase to a regular expression."""
    spaced = r"\s+".join(re.escape(word) for word in words.split())
    return spaced.replace("…", ANYTHING).replace(r"\#", NUMBER)


@cache
def _phrases() -> dict[str, tuple[Phrase, ...]]:
    """The phrases of ``lines.tsv`` and ``labels.tsv`` by their first word, in lower case."""
    by_word: dict[str, list[Phrase]] = {}
    for kind, words in entries("lines.tsv"):
        _add(by_word, kind, words, pattern_of(words))
    for kind, words in entries("labels.tsv"):
        # The rest of the line must not end like a sentence; it may be empty.
        label = pattern_of(words).replace(ANYTHING, NAME)
        _add(by_word, kind, f"{words}:", label + r"\s*[:|]+(?P<rest>(?:.{0,160}[^.\s])??)")
    return {word: tuple(found) for word, found in by_word.items()}


def _add(by_word: dict[str, list[Phrase]], kind: str, words: str, pattern: str) -> None:
    """Compile a phrase and add it under its first word."""
    first = FIRST_WORD.match(words)
    assert first is not None
    whole = re.compile(f"{FRONT}{pattern}{BACK if not pattern.endswith('??)') else ''}", re.IGNORECASE)
    by_word.setdefault(first[1].lower(), []).append(Phrase(kind, whole, words))


def phrase_in(line: str) -> tuple[Phrase, str] | None:
    """Find the phrase that a whole line matches.

    Returns:
        The phrase, and the text after its label (the whole line if it is not a label or nothing follows);
        None if no phrase matches.
    """
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
    """Return the names of all agencies, and of the picture agencies, as alternatives of a regular expression."""
    found = sorted(entries("agencies.tsv"), key=lambda entry: -len(entry[1]))
    every = [re.escape(name) for _, name in found]
    pictures = [re.escape(name) for kind, name in found if kind == "pictures"]
    return "|".join(every), "|".join(pictures)
