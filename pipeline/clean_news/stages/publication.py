"""Collects what an article's page and text say about its publication: authors, dates, captions and credits.

A stage that removes such a line names it in the evidence of its edit: ``field``, one of :data:`FIELDS`, and ``value``.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from clean_news.change_log import Publication, StageLog

FIELDS = ("author", "published", "updated", "caption", "credit")

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
MONTH = "(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\\.?"
DATES = [
    re.compile(r"(?P<year>\d{4})[-/](?P<digits>\d{2})[-/](?P<day>\d{2})(?=\D|$)"),
    re.compile(rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {MONTH},? (?P<year>\d{{4}})(?!\d)", re.IGNORECASE),
    re.compile(rf"(?<![a-z]){MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})(?!\d)", re.IGNORECASE),
]
# 03/04/2025 is the third of April or the fourth of March; only a number over 12 tells.
SLASHED = re.compile(r"(?<!\d)(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?!\d)")
TIME = re.compile(
    r"""
    (?<![\d/.:-]) (?P<hour>\d{1,2}) [:.] (?P<minute>\d{2}) (?:[:.](?P<second>\d{2})(?:\.\d{1,9})?)? (?![\d/]|\.\d)
    (?:[ ]?(?P<half>[ap])\.?m\b)?
    """,
    re.IGNORECASE | re.VERBOSE,
)
OFFSETS = {  # in hours
    "GMT": 0,
    "UTC": 0,
    "BST": 1,
    "EDT": -4,
    "EST": -5,
    "CDT": -5,
    "CST": -6,
    "MDT": -6,
    "MST": -7,
    "PDT": -7,
    "PST": -8,
}
# After a time; "-10:30" is an offset only in ISO 8601, otherwise the end of an event.
NAMED_ZONE = re.compile(rf"(?<![A-Za-z])({'|'.join(OFFSETS)})(?![A-Za-z])")
ISO_ZONE = re.compile(r"(?:(Z)|([+-]\d{2}):?(\d{2}))(?![\w:])")
BY = re.compile(r"^(?:by|from) ", re.IGNORECASE)
# What the author is, after the name: ", Staff writer", ", Special to the Mercury".
ROLE = re.compile(
    r",[^,]{0,30}\b(?:writer|editor|correspondent|reporter|contributor|columnist)s?\b.{0,60}$|, special to .{0,60}$",
    re.IGNORECASE,
)


def publication_of(stages: Iterable[StageLog], page: Mapping[str, Any] | None = None) -> Publication | None:
    """Return what is known of the publication of an article; None if nothing is.

    Args:
        stages: the logs of the stages; only applied edits count.
        page: what a web page says; see :func:`clean_news.formats.pages.metadata.metadata_of`. It takes precedence over
            the text.
    """
    values = list(_values(stages))
    if not values and not page:
        return None
    said: dict[str, list[str]] = {field: [] for field in FIELDS}
    for field, value in values:
        said[field].append(value)
    page = page or {}
    found = Publication(
        authors=_strings(page.get("authors")) or _unique(name for value in said["author"] for name in names_in(value)),
        published=_date(page.get("published"), said["published"]),
        updated=_date(page.get("updated"), said["updated"]),
        captions=_unique([*_strings(page.get("captions")), *said["caption"]]),
        credits=_unique([*_strings(page.get("credits")), *said["credit"]]),
    )
    return None if found == Publication() else found


def _values(stages: Iterable[StageLog]) -> Iterator[tuple[str, str]]:
    """Yield the fields and the values that the applied edits name."""
    for stage in stages:
        for edit in stage.edits:
            field, value = edit.evidence.get("field"), edit.evidence.get("value")
            if edit.state == "applied" and field in FIELDS and isinstance(value, str):
                yield field, value


def _strings(values: Any) -> tuple[str, ...]:  # noqa: ANN401  # any JSON
    """Return the strings of a list; nothing if it is not one."""
    return tuple(value for value in values if isinstance(value, str)) if isinstance(values, list | tuple) else ()


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    """Return the values without repetitions and empty ones, in order."""
    return tuple(dict.fromkeys(filter(None, values)))


def _date(of_page: Any, of_text: list[str]) -> str:  # noqa: ANN401  # any JSON
    """Return the first date that can be read, in ISO 8601; empty if none can."""
    values = [of_page] if isinstance(of_page, str) else []
    return next(filter(None, map(iso_date_of, [*values, *of_text])), "")


def names_in(byline: str) -> list[str]:
    """Return the names in a byline.

    >>> names_in("By Ann Lee, Bo Kim and AP staff")
    ['Ann Lee', 'Bo Kim', 'AP staff']
    """
    text = ROLE.sub("", BY.sub("", byline.strip(), count=1))
    parts = [text]
    if " and " in text or " & " in text:
        parts = [each for part in re.split(r" and | & ", text) for each in part.split(",")]
    return [name for part in parts if (name := part.strip()) and name != name.lower()]


def iso_date_of(stamp: str) -> str:
    """Return the date of a stamp in ISO 8601, with the time and the offset from UTC if they are known.

    A stamp such as "3 hours ago" has none; of "03/04/2025" it is unknown which number is the month.

    >>> iso_date_of("March 3, 2025 at 9:14 p.m. EST")
    '2025-03-03T21:14:00-05:00'
    >>> iso_date_of("Mon 3 Mar 2025"), iso_date_of("03/04/2025")
    ('2025-03-03', '')
    """
    date, rest = _day_of(stamp)
    if not date:
        return ""
    time = TIME.search(rest)
    hour = int(time["hour"]) if time else 0
    if time and time["half"]:
        hour = hour % 12 + 12 * (time["half"].lower() == "p")
    if not time or hour > 23 or int(time["minute"]) > 59:
        return date
    is_iso = rest[: time.start()].endswith("T")
    offset = _offset(rest, time.end(), is_iso)
    return f"{date}T{hour:02}:{time['minute']}:{time['second'] or '00'}{offset}"


def _day_of(stamp: str) -> tuple[str, str]:
    """Return the day of a stamp as ``YYYY-MM-DD``, and the stamp without it; two empty texts if there is none."""
    for pattern in DATES:
        if found := pattern.search(stamp):
            parts = found.groupdict()
            month = int(parts["digits"]) if "digits" in parts else MONTHS.index(parts["month"].lower()) + 1
            return _checked(parts["year"], month, int(parts["day"])), f"{stamp[: found.start()]} {stamp[found.end() :]}"
    if found := SLASHED.search(stamp):
        first, second = int(found[1]), int(found[2])
        if first > 12 or second > 12 or first == second:
            month, day = (second, first) if first > 12 else (first, second)
            return _checked(found[3], month, day), f"{stamp[: found.start()]} {stamp[found.end() :]}"
    return "", ""


def _checked(year: str, month: int, day: int) -> str:
    """Return a date in ISO 8601; empty if there is no such month or day."""
    return f"{year}-{month:02}-{day:02}" if 1 <= month <= 12 and 1 <= day <= 31 else ""


def _offset(stamp: str, end: int, is_iso: bool) -> str:
    """Return the offset from UTC of a time that ends at ``end``; empty if it is unknown."""
    if is_iso:
        zone = ISO_ZONE.match(stamp, end)
        return "" if zone is None else "+00:00" if zone[1] else f"{zone[2]}:{zone[3]}"
    named = NAMED_ZONE.search(stamp, end)
    if named is None:
        return ""
    hours = OFFSETS[named[1]]
    return f"{'-' if hours < 0 else '+'}{abs(hours):02}:00"
