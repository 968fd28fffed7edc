"""Read and compile the boilerplate dictionaries: lines, labels, clauses and agencies."""

import re
from functools import cache
from typing import NamedTuple

from clean_news.dictionaries import folder

ANYTHING = r".{1,200}?"
NAME = r"[^.:|]{1,40}?"  # what "…" matches within a label: the name of a page or a newspaper
NUMBER = r"\d[\d.,:–-]*"
TOKEN = re.compile(r"\([^()]*\)|[^\s(]+")
FIELD = re.compile(r"<([a-z]+)>")  # anything, kept under this name
FIRST_WORD = re.compile(r"[^\w©\n]{0,12}([\w©]+)")
ANY_NUMBER = "#"  # first word of phrases that begin with a number
# Symbols allowed before and after the words of a boilerplate line: bullets, arrows, punctuation.
FRONT, BACK = r"[\s*•▪●►▶→»>|_#~–—-]*", r"[\s*•.!:;,»›>→|_~…–—-]*"
REST = r"\s*[:|]+(?P<rest>(?:.{0,200}[^.\s])??)"  # of a line after its label: no sentence; it may be empty
IGNORED = (("(", ""), (")", ""), ("[", ""), ("]", ""), ("’", "'"), ("\xa0", " "))  # and what they are read as


class Phrase(NamedTuple):
    """A boilerplate phrase of the dictionaries.

    Attributes:
        kind: key under which the line is kept in the metadata.
        pattern: matches the whole line, without its brackets; the group ``rest`` is the text after a label, the others
            are what the entry names in angle brackets.
        words: the dictionary entry.
        is_open: whether it has a wildcard, so that a sentence may match it.
    """

    kind: str
    pattern: re.Pattern[str]
    words: str
    is_open: bool


class PhraseMatch(NamedTuple):
    """A line that a phrase matches.

    Attributes:
        phrase: the phrase.
        value: the text after its label; the whole line if it is not a label, or nothing follows.
        rest: the text after the label of a label; empty if nothing follows; None if the phrase is not a label.
        fields: what the entry names in angle brackets, e.g. ``{"caption": "…"}``.
    """

    phrase: Phrase
    value: str
    rest: str | None
    fields: dict[str, str]


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
        InvalidEntryError: if the phrase begins with a wildcard other than a number.
    """
    if phrase[0] in "(…<" or not (phrase[0] == ANY_NUMBER or FIRST_WORD.match(phrase)):
        raise InvalidEntryError(
            f"{phrase!r} must begin with a word or a number; write each alternative on its own line"
        )
    pattern = ""
    for token in TOKEN.findall(phrase):
        gap = (r"[.,:;!?]?\s+" if token[0] in "…<" else r"\s+") if pattern else ""
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
    named = FIELD.sub(lambda field: f"(?P<{field[1]}>{ANYTHING})", spaced)
    return named.replace("…", ANYTHING).replace(r"\#", NUMBER)


@cache
def phrases() -> dict[str, tuple[Phrase, ...]]:
    """The phrases of ``lines.tsv`` and ``labels.tsv`` by their first word, in lower case; the longest entries first."""
    by_word: dict[str, list[Phrase]] = {}
    for kind, words in entries("lines.tsv"):
        pattern = pattern_of(words)
        _add(by_word, Phrase(kind, re.compile(f"{FRONT}{pattern}{BACK}", re.IGNORECASE), words, ANYTHING in pattern))
    for kind, words in entries("labels.tsv"):
        label = pattern_of(words).replace(ANYTHING, NAME)
        flags = re.NOFLAG if words.isupper() else re.IGNORECASE
        _add(by_word, Phrase(kind, re.compile(f"{FRONT}{label}{REST}", flags), f"{words}:", is_open=True))
    return {word: tuple(sorted(found, key=lambda phrase: -len(phrase.words))) for word, found in by_word.items()}


def _add(by_word: dict[str, list[Phrase]], phrase: Phrase) -> None:
    """Add a phrase under its first word."""
    first = FIRST_WORD.match(phrase.words)
    key = ANY_NUMBER if phrase.words[0] == ANY_NUMBER or first is None else first[1].lower()
    by_word.setdefault(key, []).append(phrase)


def phrase_in(line: str, candidates: tuple[Phrase, ...]) -> PhraseMatch | None:
    """Find the phrase that a whole line matches; None if none does.

    Args:
        line: the line, without white space around it.
        candidates: the phrases with its first word.
    """
    plain = line
    for symbol, read_as in IGNORED:
        if symbol in plain:  # faster than str.translate
            plain = plain.replace(symbol, read_as)
    plain = plain.strip()
    if line.endswith((")", "]")):  # a headline in brackets may end in an abbreviation
        plain = plain.rstrip(".")
    for phrase in candidates:
        match = phrase.pattern.fullmatch(plain)
        if match:
            groups = match.groupdict()
            rest = groups.pop("rest", None)
            if rest is None and phrase.words.endswith(":"):
                rest = ""
            # Offsets in the line itself, unless brackets were removed from it.
            written = line if len(line) == len(plain) else plain
            fields = {name: written[slice(*match.span(name))].strip() for name in groups}
            after = written[slice(*match.span("rest"))].strip() if rest else rest
            return PhraseMatch(phrase, after or line, after, fields)
    return None


@cache
def clauses() -> tuple[tuple[str, str], ...]:
    """The clauses of ``clauses.tsv``: pairs of a kind and a clause as pages write it."""
    return entries("clauses.tsv")


@cache
def agencies() -> tuple[str, str]:
    """Return the names of all agencies, and of the picture agencies, as alternatives of a regular expression."""
    found = sorted(entries("agencies.tsv"), key=lambda entry: -len(entry[1]))
    every = [re.escape(name) for _, name in found]
    pictures = [re.escape(name) for kind, name in found if kind == "pictures"]
    return "|".join(every), "|".join(pictures)
