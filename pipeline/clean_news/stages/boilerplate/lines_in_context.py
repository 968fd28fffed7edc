"""Find the boilerplate lines of an article: each line by itself, then those that its neighbours make boilerplate."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

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
from clean_news.stages.boilerplate.bylines import bylines
from clean_news.stages.boilerplate.galleries import MARK, gallery_lines
from clean_news.stages.boilerplate.linked_headlines import READ_MORE, announced_headlines, headlines_in_capitals, teaser
from clean_news.stages.boilerplate.navigation_bars import bar_lines
from clean_news.stages.boilerplate.protected_lines import belongs_to_article
from clean_news.stages.boilerplate.statements import is_statement
from clean_news.stages.text_lines import Line

SENTENCE_ENDS = '.,;:”"'
MAX_SHORT_CHARS = 220
MAX_ROUNDS = 12  # two or three are usual
CAPTIONS, HEADLINES, BARS = "BOIL013", "BOIL014", "BOIL015"


def boilerplate_lines(text: str, lines: Sequence[Line], settings: Settings) -> dict[int, Finding]:
    """Find the lines that consist entirely of boilerplate.

    What is left without them is looked at again until nothing is found: a second run finds nothing.

    Args:
        text: the article's text.
        lines: its lines that are not blank.
        settings: the settings; only the disabled rules are used.

    Returns:
        The findings of rules that are not off, by position in ``lines``.
    """
    gone: dict[int, Finding] = {}
    by_themselves = {}
    for at, line in enumerate(lines):
        words = line.words
        finding = finding_in(words) if len(words) <= MAX_LINE_CHARS else None
        if finding is None and words.endswith(READ_MORE):
            finding = teaser(words)
        if finding and not is_off(finding.rule, settings):
            by_themselves[at] = finding
    if MARK in text:
        _add(
            gone,
            ((at, Finding("caption", lines[at].words, CAPTIONS, "caption")) for at in gallery_lines(lines)),
            settings,
        )
    _add(gone, ((at, finding_of(kind, lines[at].words)) for at, kind in _form_lines(text, lines)), settings)
    left = list(range(len(lines))) if not gone else [at for at in range(len(lines)) if at not in gone]
    for _ in range(MAX_ROUNDS):
        found: dict[int, Finding] = {}
        known = (
            {place: by_themselves[at] for place, at in enumerate(left) if at in by_themselves} if by_themselves else {}
        )
        _add(found, _findings([lines[at] for at in left] if gone else lines, known), settings)
        if not found:
            break
        gone |= {left[place]: finding for place, finding in found.items()}
        left = [at for place, at in enumerate(left) if place not in found]
    return gone


def _findings(lines: Sequence[Line], known: dict[int, Finding]) -> Iterator[tuple[int, Finding]]:
    """Yield the positions of boilerplate lines, and what they are.

    Args:
        lines: the lines that are left of an article.
        known: those that are boilerplate by themselves, by position.
    """
    gone = {at: finding for at, finding in known.items() if not belongs_to_article(lines, at, known)}
    # Bars and headlines do not end like sentences.
    unfinished = [
        at
        for at, line in enumerate(lines)
        if line.words[-1] not in SENTENCE_ENDS and len(line.words) <= MAX_SHORT_CHARS
    ]
    for at in bar_lines(lines, unfinished):
        gone.setdefault(at, Finding("site", lines[at].words, BARS))
    gone |= {at: finding_of("author", author) for at, author in bylines(lines, gone).items()}
    yield from gone.items()
    for at in [*announced_headlines(lines, gone), *headlines_in_capitals(lines, unfinished, gone)]:
        yield at, Finding("read_more", lines[at].words, HEADLINES)


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


def _add(gone: dict[int, Finding], findings: Iterable[tuple[int, Finding]], settings: Settings) -> None:
    """Add findings, except for lines that have one, and those of rules that are off."""
    for at, finding in findings:
        if at not in gone and not is_off(finding.rule, settings):
            gone[at] = finding
