"""Recognise that a line says something about a label, rather than being one: "Follow us on Twitter, the sign said"."""

import re
from functools import cache
from typing import NamedTuple

from clean_news.stages.boilerplate.phrase_lists import entries

# Kinds of lines that quote a headline, a caption or a title, which may be about what somebody said.
QUOTING = frozenset({"read_more", "video", "image", "caption", "site"})


class _Patterns(NamedTuple):
    """What makes a line a statement.

    Attributes:
        attributed: ends in words such as ", the sign said" or ", she told them".
        finite: has a finite verb of a statement.
        shown: is about where a text is to be seen: "was printed on", "is painted on".
    """

    attributed: re.Pattern[str]
    finite: re.Pattern[str]
    shown: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    """Compile the patterns, with the verbs of ``statements.tsv``."""
    verbs = entries("statements.tsv")
    reporting = "|".join(verb for kind, verb in verbs if kind == "reporting")
    others = "|".join(verb for kind, verb in verbs if kind == "statement")
    marks = "|".join(verb for kind, verb in verbs if kind == "mark")
    name = r"[\w’'.-]+"
    return _Patterns(
        re.compile(
            rf"[,?!:”\"’'–—-]\s+(?:{name}\s+){{0,6}}(?<!\bto )(?:{reporting})(?:\s+{name}){{0,5}}[.!]?[\"”’']?\Z",
            re.IGNORECASE,
        ),
        re.compile(rf"\b(?:{others})\b", re.IGNORECASE),
        re.compile(rf"\b(?:is|are|was|were|be|been|being)\s+(?:{marks})\b", re.IGNORECASE),
    )


def is_statement(line: str, kind: str) -> bool:
    """Whether a line that matches a phrase with a wildcard is a sentence about it.

    Args:
        line: the line.
        kind: the phrase's kind.
    """
    patterns = _patterns()
    if patterns.attributed.search(line) or patterns.shown.search(line):
        return True
    return kind not in QUOTING and patterns.finite.search(line) is not None


LETTER = re.compile(r"[^\W_]")
SMALL_STARTS = ("http", "www.", "via ", "courtesy ")  # of addresses and credits
NOTICE_STARTS = (*SMALL_STARTS, "by ", "the ", "and ", "all ")  # of copyright notices, after the year


def starts_small(text: str, allowed: tuple[str, ...] = SMALL_STARTS) -> bool:
    """Whether the text after a label or a year goes on like a sentence: in lower case.

    Args:
        text: the text.
        allowed: beginnings in lower case that no sentence has there.
    """
    letter = LETTER.search(text)
    return letter is not None and letter[0].islower() and not text[letter.start() :].startswith(allowed)
