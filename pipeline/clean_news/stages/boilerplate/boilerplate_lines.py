"""What a line of an article is, if it is nothing but boilerplate."""

import re
from collections.abc import Callable
from typing import NamedTuple

from clean_news.stages.boilerplate.date_stamps import FIRST_WORDS, stamp_line
from clean_news.stages.boilerplate.phrase_book import FIRST_WORD, phrase_in
from clean_news.stages.boilerplate.picture_credits import credit_line
from clean_news.stages.boilerplate.stray_markup import is_markup, shortcode_pattern

RULE_OF = {
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
OTHER = "BOIL005"  # share, newsletter, app, comment, cookie, site

LONGEST = 300  # characters of a line of boilerplate; a paragraph is longer
ADDRESS = re.compile(r"(?:(?:https?://|www\.|pic\.twitter\.com/)\S+\s*)+", re.IGNORECASE)
POST = r"The post [A-Z0-9“‘\"'].{2,250}? (?:appeared first|first appeared) on \S.{1,80}"
POST_LINE = re.compile(POST)


class Finding(NamedTuple):
    """Something to take out of the text.

    Attributes:
        kind: what it is kept as in the metadata.
        value: what is kept.
        rule: the rule's code.
    """

    kind: str
    value: str
    rule: str


def finding_in(words: str) -> Finding | None:
    """What a line is, if it is nothing but boilerplate."""
    if len(words) > LONGEST:
        return None
    for detect in DETECTORS:
        found = detect(words)
        if found:
            return found
    return None


def _markup_in(words: str) -> Finding | None:
    """A line of tags or shortcodes, or of boilerplate beside a shortcode."""
    if words[0] not in "<[-–/" and words[-1] != ">":
        return None
    if is_markup(words):
        return Finding("markup", words, "BOIL008" if words[0] == "[" else "BOIL009")
    rest = shortcode_pattern()[0].sub("", words).strip() if words[0] == "[" else words
    return finding_in(rest) if rest and rest != words else None


def _address_in(words: str) -> Finding | None:
    """A line of addresses."""
    return Finding("link", words, RULE_OF["link"]) if words[0] in "hHwWp" and ADDRESS.fullmatch(words) else None


def _date_in(words: str) -> Finding | None:
    """A date stamp."""
    first = FIRST_WORD.match(words)
    date = stamp_line(words) if first and first[1].lower() in FIRST_WORDS else None
    return Finding("date", date, RULE_OF["date"]) if date else None


def _known_phrase_in(words: str) -> Finding | None:
    """A line of the dictionary."""
    found = phrase_in(words)
    if not found:
        return None
    phrase, value = found
    return Finding(phrase.kind, value, RULE_OF.get(phrase.kind, OTHER))


def _post_in(words: str) -> Finding | None:
    """A feed's last line, "The post … appeared first on …"."""
    fits = words.startswith("The post ") and POST_LINE.fullmatch(words)
    return Finding("source", words, RULE_OF["source"]) if fits else None


def _credit_in(words: str) -> Finding | None:
    """A picture's credit."""
    credit = credit_line(words)
    return Finding("image", credit, RULE_OF["image"]) if credit else None


DETECTORS: tuple[Callable[[str], Finding | None], ...] = (
    _markup_in,
    _address_in,
    _date_in,
    _known_phrase_in,
    _post_in,
    _credit_in,
)
