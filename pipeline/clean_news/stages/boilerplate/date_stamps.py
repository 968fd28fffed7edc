"""Recognise date stamps of web pages ("Published: March 22, 2022"), as opposed to journalistic datelines."""

import re
from typing import NamedTuple

MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
WEEKDAY = r"(?:Mon|Tue|Tues|Wed|Wednes|Thu|Thur|Thurs|Fri|Sat|Satur|Sun)(?:day)?\b\.?"
DAY = rf"(?:{WEEKDAY},?\s{{1,4}})?"
ZONE = r"(?:[ECMP][SD]?T|E\.[SD]?\.?T\.?|GMT|UTC|BST|IST|CES?T|AES?T|Eastern|Pacific|local time)"
TIME = (
    r"(?:\d{1,2}[:.]\d{2}(?::\d{2})?(?:\s{0,4}[ap]\.?m\.?)?|\d{1,2}\s{0,4}[ap]\.?m\.?|noon|midnight)"
    rf"(?:\s{{0,4}}\(?{ZONE}\)?)?"
)
ISO = r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?"
DATE = (
    rf"(?:{ISO}|\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{4}}|{DAY}{MONTH}\s{{1,4}}\d{{1,2}}(?:st|nd|rd|th)?,?\s{{1,4}}\d{{4}}"
    rf"|{DAY}\d{{1,2}}(?:st|nd|rd|th)?\s{{1,4}}{MONTH},?\s{{1,4}}\d{{4}})"
)
STAMP = rf"(?P<date>(?:{TIME},?\s{{1,4}})?{DATE}(?:(?:,|\s{{1,4}}at|\s{{0,4}}[–|-])?\s{{0,4}}{TIME})?)"
LABEL = (
    r"(?:(?:article |originally |first |last )?(?:date|dated|posted|published|publish(?:ed)? date|created"
    r"|updated|modified|revised|date (?:published|posted))(?: (?:on|at))?)"
)
# The label may end in a colon; without one the date must follow immediately.
WHOLE = re.compile(rf"\W{{0,3}}(?P<label>{LABEL})\s{{0,4}}+[:|–-]*+\s{{0,4}}+{STAMP}\W{{0,3}}", re.IGNORECASE)
# A moment without a year: "Updated at 4:56 p.m. ET", "This report was updated on Nov. 20 at 3:13 p.m."
VERB = r"(?:posted|published|updated|modified|revised|corrected)"
ADVERB = r"(?:originally |first |last |most recently )?"
NOUN = r"(?:article|story|report|post|piece|column|page|entry|transcript)"
SHORT_DATE = (
    rf"(?:{MONTH}\s{{1,4}}\d{{1,2}}(?:st|nd|rd|th)?\b|\d{{1,2}}(?:st|nd|rd|th)?\s{{1,4}}{MONTH}|\d{{1,2}}/\d{{1,2}}\b)"
)
ITEM = rf"(?:{DATE}|{TIME}|{SHORT_DATE}|{WEEKDAY}|today|yesterday)"
MOMENT = rf"{ITEM}(?:,?\s{{1,4}}(?:(?:at|on|@|-|–|\|)\s{{1,4}})?{ITEM}){{0,3}}"
AGO = r"(?:\d{1,3}|an?|one|two|three)\s{1,4}(?:min|minute|hour|hr|day|week|month|year)s?\s{1,4}ago"
UPDATE = re.compile(
    rf"\W{{0,4}}(?P<label>(?:this {NOUN} (?:was|has been) {ADVERB}|{ADVERB}){VERB})"
    rf"(?::|\s{{1,4}}(?:at|on|@))?\s{{1,4}}(?P<date>{MOMENT}|{AGO})\W{{0,4}}",
    re.IGNORECASE,
)
CHANGE = re.compile(r"updated|modified|revised|corrected", re.IGNORECASE)
# Before text: a new sentence must follow; otherwise the date is part of the sentence ("Published May 3, 1901 in …").
LEADING = re.compile(
    rf"(?P<label>{LABEL})\s{{0,4}}+[:|–-]*+\s{{0,4}}+{STAMP}(?:\s{{0,4}}[|–—-]+\s{{0,4}}|\s{{1,4}})(?=(?-i:[A-Z\"“‘']))",
    re.IGNORECASE,
)
BARE = re.compile(rf"(?P<label>)(?P<date>{ISO})(?:\s{{0,4}}[|–—-]+\s{{0,4}}|\s{{1,4}})(?=[A-Z\"“‘'])")
FIRST_WORDS = frozenset(
    {"article", "corrected", "created", "date", "dated", "first", "last", "modified", "most", "originally", "posted"}
    | {"publish", "published", "revised", "this", "updated"}
)
MAX_STAMP_CHARS = 90


class DateStamp(NamedTuple):
    """A date stamp.

    Attributes:
        date: the date or time, as written.
        field: what the page says of it: ``published`` or ``updated``.
        length: of the stamp with its label, in characters.
    """

    date: str
    field: str
    length: int


def stamp_line(line: str) -> DateStamp | None:
    """Recognise a line that consists entirely of a date stamp."""
    match = (WHOLE.fullmatch(line) or UPDATE.fullmatch(line)) if len(line) < MAX_STAMP_CHARS else None
    return _stamp_of(match) if match else None


def leading_stamp(line: str) -> DateStamp | None:
    """Recognise a stamp that begins an article's first line."""
    match = LEADING.match(line) or BARE.match(line)
    return _stamp_of(match) if match else None


def _stamp_of(match: re.Match[str]) -> DateStamp:
    """The date stamp that a pattern matched."""
    return DateStamp(match["date"], "updated" if CHANGE.search(match["label"]) else "published", match.end())
