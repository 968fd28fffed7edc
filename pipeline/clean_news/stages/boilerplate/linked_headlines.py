"""Recognise headlines of other articles: after "Read more:", before "Read more", and in capitals."""

import re
from collections.abc import Iterator, Mapping, Sequence

from clean_news.stages.boilerplate.boilerplate_lines import Finding, finding_of
from clean_news.stages.text_lines import Line

MAX_LABEL_CHARS = 40
# Labels that announce headlines; other prompts, such as "Click here", do not.
ANNOUNCES = re.compile(
    r"\W{0,4}(?:also read|also see|don[’']t miss|in other news|more|more (?:coverage|stories|reading)"
    r"|more (?:from|on|in) .{1,30}|must reads?|read also"
    r"|read more|read next|recommended(?: .{1,20})?|related(?: \w+)?|see also|see more"
    r"|you (?:may|might) also like)\W{0,4}",
    re.IGNORECASE,
)
MIN_WORDS, MAX_WORDS, MAX_HEADLINE_CHARS = 3, 25, 150
MIN_ALONE_WORDS = 4  # of a single headline between a label and the text
STARTS = re.compile(r"[•*▪●–-]?\s{0,3}[\"“‘'’]?[A-Z0-9$]")
CREDITS = ("Contributing", "Reporting by", "Additional reporting", "Editing by")  # of the article's writers
NO_HEADLINE_ENDS = (".", ":", ";", ",", "…", ".”", '."', ".’", ".'", ",”", ',"', "—", "–")


def _is_headline(words: str) -> bool:
    """Whether a line may be a headline: short, and not a sentence with a full stop."""
    return (
        len(words) <= MAX_HEADLINE_CHARS
        and not words.endswith(NO_HEADLINE_ENDS)
        and STARTS.match(words) is not None
        and not words.startswith(CREDITS)
        and "@" not in words
        and "©" not in words
        and MIN_WORDS <= len(words.split()) <= MAX_WORDS
    )


def announced_headlines(lines: Sequence[Line], gone: Mapping[int, Finding]) -> Iterator[int]:
    """Yield the positions of headlines after a label such as "Read more:".

    Headlines belong to the label if there are several, if nothing but boilerplate follows them, or, a single one, if
    the label ends in a colon. Otherwise a single one may be a heading of the article.

    Args:
        lines: the article's lines that are not blank.
        gone: the lines that are boilerplate, by position.
    """
    for at in sorted(gone):
        label = lines[at].words
        if _announces(label, at, gone):
            run, end = _headlines_after(lines, at, gone)
            is_alone = len(run) == 1 and end < len(lines)
            if run and (not is_alone or (label.endswith(":") and len(lines[run[0]].words.split()) >= MIN_ALONE_WORDS)):
                yield from run


def _announces(words: str, at: int, gone: Mapping[int, Finding]) -> bool:
    """Whether a line is a label of headlines that follow it."""
    is_link = at in gone and gone[at].kind == "read_more"
    return is_link and len(words) <= MAX_LABEL_CHARS and ANNOUNCES.fullmatch(words) is not None


def _headlines_after(lines: Sequence[Line], label: int, gone: Mapping[int, Finding]) -> tuple[list[int], int]:
    """Return the positions of the headlines after a label, and that of the first line that is neither."""
    run: list[int] = []
    at = label + 1
    while (
        at < len(lines) and (at in gone or _is_headline(lines[at].words)) and not _announces(lines[at].words, at, gone)
    ):
        if at not in gone:
            run.append(at)
        at += 1
    return run, at


READ_MORE = " Read more"
MAX_LINK_CHARS = 220
ENDED = (".", ".”", '."', ":", ";", ",", "…", "...")


def teaser(words: str) -> Finding | None:
    """Recognise a line that ends in :data:`READ_MORE`, its button, as a headline: "Who wants a ferry? Read more"."""
    if len(words) > MAX_LINK_CHARS:
        return None
    headline = words[: -len(READ_MORE)]
    return None if headline.endswith(ENDED) or not STARTS.match(headline) else finding_of("read_more", headline)


MIN_CAPITAL_WORDS = 7  # a shorter line in capitals may be a heading of the article
MAX_HEADING_WORDS = 3
HEADING = re.compile(r"Q[:. ]|\d{1,2}[.)] |[(–—-]")  # a question, a number, a sound in a transcript
SENTENCE_ENDS = (".", "!", "?", "”", '"', "’", ")")
LONG_WORD = re.compile(r"[A-Z]{3}")


def headlines_in_capitals(
    lines: Sequence[Line], candidates: Sequence[int], gone: Mapping[int, Finding]
) -> Iterator[int]:
    """Yield the positions of lines in capitals that link to other articles, between two paragraphs.

    If the article has short lines in capitals, its own headings are written so, and nothing is yielded.

    Args:
        lines: the article's lines that are not blank.
        candidates: positions of those that may be such lines, ascending.
        gone: the lines that are boilerplate, by position.
    """
    capitals = [at for at in candidates if lines[at].words.isupper()]
    capitals = [at for at in capitals if at not in gone and LONG_WORD.search(lines[at].words)]
    found = [at for at in capitals if at > 0 and _is_capital_link(lines, at)]
    if not found or any(len(lines[at].words.split()) <= MAX_HEADING_WORDS for at in capitals):
        return
    yield from found


def _is_capital_link(lines: Sequence[Line], at: int) -> bool:
    """Whether a line in capitals is as long as a headline, is no question, and stands after the end of a paragraph."""
    words = lines[at].words
    is_heading = words.endswith("?") or HEADING.match(words) is not None
    is_long = len(words.split()) >= MIN_CAPITAL_WORDS
    return is_long and not is_heading and lines[at - 1].words.endswith(SENTENCE_ENDS)
