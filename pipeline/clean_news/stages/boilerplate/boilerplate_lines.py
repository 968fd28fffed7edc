"""Classify lines that consist entirely of boilerplate."""

import re
from collections.abc import Callable
from typing import NamedTuple

from clean_news.stages.boilerplate.date_stamps import FIRST_WORDS, stamp_line
from clean_news.stages.boilerplate.phrase_lists import FIRST_WORD, phrase_in
from clean_news.stages.boilerplate.picture_credits import credit_line
from clean_news.stages.boilerplate.stray_markup import is_markup, shortcode_pattern

RULE_BY_KIND = {
    "date": "BOIL001",
    "image": "BOIL002",
    "ad": "BOIL003",
    "read_more": "BOIL004",
    "video": "BOIL004",
    "source": "BOIL006",
    "copyright": "BOIL006",
    "markup": "BOIL008",
    "link": "BOIL010",
}
OTHER_RULE = "BOIL005"  # share, newsletter, app, comment, cookie, site

MAX_LINE_CHARS = 300  # a longer line is a paragraph of the article
ADDRESS = re.compile(r"(?:(?:https?://|www\.|pic\.twitter\.com/)\S+\s*)+", re.IGNORECASE)
POST = r"The post [A-Z0-9“‘\"'].{2,250}? (?:appeared first|first appeared) on \S.{1,80}"
POST_LINE = re.compile(POST)


class Finding(NamedTuple):
    """Boilerplate to remove from the text.

    Attributes:
        kind: key under which it is kept in the metadata.
        value: the text that is kept.
        rule: code of the rule that removes it.
    """

    kind: str
    value: str
    rule: str


def finding_in(words: str) -> Finding | None:
    """Classify a line; None unless it consists entirely of boilerplate."""
    if len(words) > MAX_LINE_CHARS:
        return None
    for detect in DETECTORS:
        found = detect(words)
        if found:
            return found
    return None


def _markup_in(words: str) -> Finding | None:
    """Recognise a line of tags or shortcodes, or of boilerplate next to a shortcode."""
    if words[0] not in "<[-–/" and words[-1] != ">":
        return None
    if is_markup(words):
        return Finding("markup", words, "BOIL008" if words[0] == "[" else "BOIL009")
    rest = shortcode_pattern()[0].sub("", words).strip() if words[0] == "[" else words
    return finding_in(rest) if rest and rest != words else None


def _address_in(words: str) -> Finding | None:
    """Recognise a line of web addresses."""
    return Finding("link", words, RULE_BY_KIND["link"]) if words[0] in "hHwWp" and ADDRESS.fullmatch(words) else None


def _date_in(words: str) -> Finding | None:
    """Recognise a date stamp."""
    first = FIRST_WORD.match(words)
    date = stamp_line(words) if first and first[1].lower() in FIRST_WORDS else None
    return Finding("date", date, RULE_BY_KIND["date"]) if date else None


def _known_phrase_in(words: str) -> Finding | None:
    """Recognise a phrase of the dictionaries."""
    found = phrase_in(words)
    if not found:
        return None
    phrase, value = found
    return Finding(phrase.kind, value, RULE_BY_KIND.get(phrase.kind, OTHER_RULE))


def _post_in(words: str) -> Finding | None:
    """Recognise the last line of a feed, "The post … appeared first on …"."""
    fits = words.startswith("The post ") and POST_LINE.fullmatch(words)
    return Finding("source", words, RULE_BY_KIND["source"]) if fits else None


def _credit_in(words: str) -> Finding | None:
    """Recognise a picture credit."""
    credit = credit_line(words)
    return Finding("image", credit, RULE_BY_KIND["image"]) if credit else None


DETECTORS: tuple[Callable[[str], Finding | None], ...] = (
    _markup_in,
    _address_in,
    _date_in,
    _known_phrase_in,
    _post_in,
    _credit_in,
)
