"""Recognise date stamps of web pages ("Published: March 22, 2022"), as opposed to journalistic datelines."""

import re

MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
DAY = r"(?:(?:Mon|Tue|Tues|Wed|Wednes|Thu|Thur|Thurs|Fri|Sat|Satur|Sun)(?:day)?\.?,?\s+)?"
TIME = (
    r"(?:\d{1,2}[:.]\d{2}(?::\d{2})?(?:\s*[ap]\.?m\.?)?|\d{1,2}\s*[ap]\.?m\.?)"
    r"(?:\s*\(?(?:[ECMP][SD]?T|GMT|UTC|BST|IST|CES?T|AES?T)\)?)?"
)
ISO = r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?"
DATE = (
    rf"(?:{ISO}|\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{4}}|{DAY}{MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}"
    rf"|{DAY}\d{{1,2}}(?:st|nd|rd|th)?\s+{MONTH},?\s+\d{{4}})"
)
STAMP = rf"(?P<date>(?:{TIME},?\s+)?{DATE}(?:(?:,|\s+at|\s*[–|-])?\s*{TIME})?)"
LABEL = (
    r"(?:(?:article |originally |first |last )?(?:date|dated|posted|published|publish(?:ed)? date|created"
    r"|updated|modified|date (?:published|posted))(?: (?:on|at))?)"
)
# The label may end in a colon; without one the date must follow immediately.
WHOLE = re.compile(rf"\W{{0,3}}{LABEL}\s*+[:|–-]*+\s*+{STAMP}\W{{0,3}}", re.IGNORECASE)
# Before text: a new sentence must follow; otherwise the date is part of the sentence ("Published May 3, 1901 in …").
LEADING = re.compile(
    rf"(?:{LABEL}\s*+[:|–-]*+\s*+{STAMP})(?:\s*[|–—-]+\s*|\s+)(?=(?-i:[A-Z\"“‘']))",
    re.IGNORECASE,
)
BARE = re.compile(rf"(?P<date>{ISO})(?:\s*[|–—-]+\s*|\s+)(?=[A-Z\"“‘'])")
FIRST_WORDS = frozenset(
    {"article", "created", "date", "dated", "first", "last", "modified", "originally", "posted", "publish"}
    | {"published", "updated"}
)


def stamp_line(line: str) -> str | None:
    """Return the date, as written, of a line that consists entirely of a date stamp; else None."""
    match = WHOLE.fullmatch(line) if len(line) < 90 else None
    return match["date"] if match else None


def leading_stamp(line: str) -> tuple[int, str] | None:
    """Return the length in characters and the date of a stamp that begins an article's first line; else None."""
    match = LEADING.match(line) or BARE.match(line)
    return (match.end(), match["date"]) if match else None
