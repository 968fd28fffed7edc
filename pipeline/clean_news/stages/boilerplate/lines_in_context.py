"""Find the boilerplate lines of an article: each line by itself, then those that its neighbours make boilerplate."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from clean_news.rule_selection import is_off
from clean_news.settings import Settings
from clean_news.stages.boilerplate.boilerplate_lines import (
    MAX_FORM_CHARS,
    MAX_LINE_CHARS,
    Finding,
    finding_in,
    finding_of,
    forms_in,
)
from clean_news.stages.boilerplate.bylines import byline
from clean_news.stages.boilerplate.galleries import MARK, gallery_lines
from clean_news.stages.boilerplate.linked_headlines import READ_MORE, announced_headlines, headlines_in_capitals, teaser
from clean_news.stages.boilerplate.navigation_bars import bar_lines
from clean_news.stages.boilerplate.protected_lines import belongs_to_article
from clean_news.stages.boilerplate.statements import is_statement
from clean_news.stages.text_lines import Line

SENTENCE_ENDS = '.,;:”"'
MAX_SHORT_CHARS = 220
CAPTIONS, HEADLINES, BARS = "BOIL013", "BOIL014", "BOIL015"


def boilerplate_lines(text: str, lines: Sequence[Line], settings: Settings) -> dict[int, Finding]:
    """Find the lines that consist entirely of boilerplate.

    Args:
        text: the article's text.
        lines: its lines that are not blank.
        settings: the settings; only the disabled rules are used.

    Returns:
        The findings of rules that are not off, by position in ``lines``.
    """
    found = {}
    for at, line in enumerate(lines):
        words = line.words
        finding = finding_in(words) if len(words) <= MAX_LINE_CHARS else None
        if finding is None and words.endswith(READ_MORE):
            finding = teaser(words)
        if finding and not is_off(finding.rule, settings):
            found[at] = finding
    gone = {at: finding for at, finding in found.items() if not belongs_to_article(lines, at, found)}
    for at, kind in _form_lines(text, lines):
        _add(gone, at, finding_of(kind, lines[at].words), settings)
    if MARK in text:
        for at in gallery_lines(lines):
            _add(gone, at, Finding("caption", lines[at].words, CAPTIONS, "caption"), settings)
    # Bars and headlines do not end like sentences.
    unfinished = [
        at
        for at, line in enumerate(lines)
        if line.words[-1] not in SENTENCE_ENDS and len(line.words) <= MAX_SHORT_CHARS
    ]
    for at in bar_lines(lines, unfinished):
        _add(gone, at, Finding("site", lines[at].words, BARS), settings)
    author = byline(lines, gone)
    if author:
        _add(gone, author[0], finding_of("author", author[1]), settings)
    for at in [*announced_headlines(lines, gone), *headlines_in_capitals(lines, unfinished, gone)]:
        _add(gone, at, Finding("read_more", lines[at].words, HEADLINES), settings)
    return gone


def _form_lines(text: str, lines: Sequence[Line]) -> Iterable[tuple[int, str]]:
    """Yield the positions of lines with a clause of a page's forms, and the kind of each clause."""
    places = forms_in(text)
    if places:
        starts = [line.start for line in lines]
        for offset, kind in places:
            at = bisect_right(starts, offset) - 1
            words = lines[at].words
            if len(words) <= MAX_FORM_CHARS and "“" not in words and not is_statement(words, kind):
                yield at, kind


def _add(gone: dict[int, Finding], at: int, finding: Finding, settings: Settings) -> None:
    """Add a finding unless its line has one, or its rule is off."""
    if at not in gone and not is_off(finding.rule, settings):
        gone[at] = finding
