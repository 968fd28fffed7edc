"""Classify lines that consist entirely of boilerplate, each by itself; their neighbours: ``lines_in_context``."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from clean_news.stages.boilerplate.date_stamps import FIRST_WORDS, stamp_line
from clean_news.stages.boilerplate.phrase_lists import (
    ANY_NUMBER,
    FIRST_WORD,
    Phrase,
    PhraseMatch,
    clauses,
    phrase_in,
    phrases,
)
from clean_news.stages.boilerplate.picture_credits import (
    LABEL_WORDS,
    MAX_AGENCY_CHARS,
    MAX_CREDIT_CHARS,
    VIA,
    credit_line,
)
from clean_news.stages.boilerplate.statements import NOTICE_STARTS, is_statement, starts_small
from clean_news.stages.boilerplate.stray_markup import is_markup, shortcode_pattern

RULE_BY_KIND = {
    "date": "BOIL001",
    "updated": "BOIL001",
    "image": "BOIL002",
    "ad": "BOIL003",
    "read_more": "BOIL004",
    "video": "BOIL004",
    "source": "BOIL006",
    "copyright": "BOIL006",
    "markup": "BOIL008",
    "link": "BOIL010",
    "author": "BOIL011",
    "contact": "BOIL011",
    "caption": "BOIL013",
    "site": "BOIL015",
}
OTHER_RULE = "BOIL005"  # share, newsletter, app, comment, cookie, subscription
FIELD_BY_KIND = {"image": "credit", "author": "author", "caption": "caption", "date": "published", "updated": "updated"}

MAX_LINE_CHARS = 300  # a longer line is a paragraph of the article
MAX_FORM_CHARS = 1_500  # of a line with a clause of sign-up forms
FORM_ANCHORS = ("subscri", "signing up")  # each clause has one of them
ADDRESS = re.compile(r"(?:(?:https?://|www\.|pic\.twitter\.com/)\S+\s*)+", re.IGNORECASE)
ADDRESS_OR_POST = "hHwWpT"  # first letters of both
POST = r"The post [A-Z0-9“‘\"'].{2,250}? (?:appeared first|first appeared) on \S.{1,80}"
POST_START, POST_LINE = "The post ", re.compile(POST)
COPYRIGHT_NUMBER = re.compile(r"\d{4}(?:\s*[–-]\s*\d{2,4})?,?\s+")


class Finding(NamedTuple):
    """Boilerplate to remove from the text.

    Attributes:
        kind: key under which it is kept in the metadata.
        value: the text that is kept.
        rule: code of the rule that removes it.
        field: what the value is for an article's record: ``author``, ``published``, ``updated``, ``caption`` or
            ``credit``; empty for other values.
        label: whether it is a label with something after it, e.g. "Date: …".
        evidence: more facts for the log.
    """

    kind: str
    value: str
    rule: str
    field: str = ""
    label: bool = False
    evidence: Mapping[str, str | int] = MappingProxyType({})


def finding_of(kind: str, value: str, *, label: bool = False) -> Finding:
    """Return the finding of a kind, with the kind's rule and field."""
    return Finding(kind, value, RULE_BY_KIND.get(kind, OTHER_RULE), FIELD_BY_KIND.get(kind, ""), label)


def finding_in(words: str) -> Finding | None:
    """Classify a line of at most :data:`MAX_LINE_CHARS`; None unless it consists entirely of boilerplate."""
    if words[0] in "<[-–/" or words[-1] == ">":
        found = _markup_in(words)
        if found:
            return found
    word = words.partition(" ")[0]
    if not word.isalnum():  # most are; a pattern takes longer
        first = FIRST_WORD.match(words)
        word = first[1] if first else ""
    word = word.lower()
    found = None
    if word in FIRST_WORDS:
        found = _date_in(words)
    if found is None:
        candidates = phrases().get(ANY_NUMBER if word.isdecimal() else word)
        if candidates:
            found = _known_phrase_in(words, candidates)
    if found or (len(words) > MAX_CREDIT_CHARS and words[0] not in ADDRESS_OR_POST):
        return found
    return _address_or_credit_in(words, word)


def forms_in(text: str) -> list[tuple[int, str]]:
    """Find the clauses that only the forms of pages have, e.g. "By signing up, you agree to".

    Returns:
        The offset of each in code points, and its kind.
    """
    found: list[tuple[int, str]] = []
    if not any(anchor in text for anchor in FORM_ANCHORS):
        return found
    for kind, clause in clauses():
        at = text.find(clause)
        while at >= 0:
            found.append((at, kind))
            at = text.find(clause, at + len(clause))
    return found


def _markup_in(words: str) -> Finding | None:
    """Recognise a line of tags or shortcodes, or of boilerplate next to a shortcode."""
    if is_markup(words):
        return Finding("markup", words, "BOIL008" if words[0] == "[" else "BOIL009")
    rest = shortcode_pattern()[0].sub("", words).strip() if words[0] == "[" else words
    return finding_in(rest) if rest and rest != words else None


def _date_in(words: str) -> Finding | None:
    """Recognise a date stamp."""
    stamp = stamp_line(words)
    return Finding("date", stamp.date, RULE_BY_KIND["date"], stamp.field, label=":" in words) if stamp else None


def _known_phrase_in(words: str, candidates: tuple[Phrase, ...]) -> Finding | None:
    """Recognise a phrase of the dictionaries; a sentence that one of them matches is not recognised."""
    match = phrase_in(words, candidates)
    if not match or _says_something(words, match):
        return None
    kind = match.phrase.kind
    for name in ("caption", "author", "credit"):
        if name in match.fields:
            value = once(match.fields[name])
            return finding_of(kind, value)._replace(field=name)
    found = finding_of(kind, match.value, label=bool(match.rest))
    # What is kept of a picture's button is no credit.
    return found if found.field not in ("credit", "caption") else found._replace(field="")


def _says_something(words: str, match: PhraseMatch) -> bool:
    """Whether a line is a sentence that happens to begin like a phrase."""
    if match.rest is not None:
        return starts_small(match.rest)
    if not match.phrase.is_open:
        return False
    if match.fields:  # a caption may quote somebody
        return any(value[0].islower() and starts_small(value) and " " in once(value) for value in match.fields.values())
    if match.phrase.kind == "copyright":
        number = COPYRIGHT_NUMBER.search(words)
        if number and starts_small(words[number.end() :], NOTICE_STARTS):
            return True
    return is_statement(words, match.phrase.kind)


def once(words: str) -> str:
    """Return a text that is written twice in a row once: "Jane Doe/AP Jane Doe/AP"."""
    half = len(words) // 2
    return words[:half] if len(words) % 2 and words[:half] == words[half + 1 :] else words


def _address_or_credit_in(words: str, word: str) -> Finding | None:
    """Recognise a line of web addresses, the last line of a feed, or a picture credit.

    Args:
        words: the line.
        word: its first word, in lower case.
    """
    if words[0] in ADDRESS_OR_POST and ADDRESS.fullmatch(words):
        return finding_of("link", words)
    if words.startswith(POST_START) and POST_LINE.fullmatch(words):
        return finding_of("source", words)
    if len(words) > MAX_CREDIT_CHARS:
        return None
    if word not in LABEL_WORDS and len(words) > MAX_AGENCY_CHARS and not ("/" in words or "|" in words or VIA in words):
        return None
    credit = credit_line(words)
    return finding_of("image", credit, label=":" in words) if credit else None
