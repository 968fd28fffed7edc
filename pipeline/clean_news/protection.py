"""What nobody may repair: protected terms, and what a writer marked with “[sic]”.

Terms are words and phrases, in whatever case. They are looked up by their first token, so that ten thousand of them
cost no more than ten.
"""

import hashlib
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from clean_news.language.tokens import FOLDED_PUNCTUATION, TOKEN, Sentence
from clean_news.settings import Settings
from clean_news.user_files import Version, lines, versions

Span = tuple[int, int]  # first code point, code point behind the last

SIC = re.compile(r"[\[(]\s*sic\b[.!]?\s*[\])]", re.IGNORECASE)
STOPS = ".,;:!?"  # may stand between the writer's words and the mark
OPENING = {"”": "“", "’": "‘", '"': '"', "'": "'", "»": "«"}
LONGEST_QUOTED = 400  # code points of a quoted phrase that a mark speaks of


class Terms(NamedTuple):
    """Protected terms, ready to be looked up.

    Attributes:
        by_first: by its first token those of each term, as tokens in small letters, the longest first.
        digest: SHA-256 of all of them, in hex.
    """

    by_first: dict[str, list[tuple[str, ...]]]
    digest: str


def terms_of(settings: Settings) -> Terms:
    """The protected terms of the settings and of the files that they name.

    Raises:
        SettingsError: if a file cannot be read.
    """
    return compiled(settings.protect, versions(settings.protect_file))


@lru_cache(maxsize=2)
def compiled(terms: tuple[str, ...], files: tuple[Version, ...]) -> Terms:
    """These terms and those of the files."""
    named = {*terms, *(term for file in files for term in _read_terms(file.path))}
    tokens = {tuple(tokens_of(term)) for term in named} - {()}
    by_first = defaultdict(list)
    for term in sorted(tokens, key=lambda term: (-len(term), term)):
        by_first[term[0]].append(term)
    whole = "\n".join(sorted(map(" ".join, tokens)))
    return Terms(dict(by_first), hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest())


def _read_terms(path: str) -> list[str]:
    """The terms of a file: one a line; lines that begin with ``#`` are comments.

    Raises:
        SettingsError: if it cannot be read.
    """
    return [line.strip() for _, line in lines(path)]


def tokens_of(text: str) -> list[str]:
    """The text's tokens in small letters, quotation marks made straight."""
    return [token.translate(FOLDED_PUNCTUATION).lower() for token in TOKEN.findall(text)]


def guarded_spans(text: str, settings: Settings) -> list[Span]:
    """The stretches that must stay as they are, in order, none meeting another.

    Args:
        text: an article.
        settings: their terms count.
    """
    terms = terms_of(settings).by_first if settings.protect or settings.protect_file else {}
    found = [*_marked_spans(text), *(term_spans(text, terms) if terms else ())]
    return merged(found) if found else []


def term_spans(text: str, by_first: dict[str, list[tuple[str, ...]]]) -> Iterator[Span]:
    """Where terms stand; see :attr:`Terms.by_first`."""
    matches = list(TOKEN.finditer(text))
    tokens = [match.group().translate(FOLDED_PUNCTUATION).lower() for match in matches]
    for place, token in enumerate(tokens):
        for term in by_first.get(token, ()):
            if len(term) == 1 or tuple(tokens[place : place + len(term)]) == term:
                yield matches[place].start(), matches[place + len(term) - 1].end()
                break


def _marked_spans(text: str) -> Iterator[Span]:
    """Every “[sic]” or “(sic)” with the word before it, or the quotation that ends before it."""
    for mark in SIC.finditer(text):
        first = max(0, mark.start() - LONGEST_QUOTED)
        before = text[first : mark.start()].rstrip()
        stripped = before.rstrip(STOPS)
        opening = OPENING.get(stripped[-1:], "")
        opened = stripped.rfind(opening, 0, len(stripped) - 1) if opening else -1
        if opened < 0 or "\n" in stripped[opened:]:
            words = before.rsplit(maxsplit=1)
            opened = len(before) - len(words[-1]) if words else 0
        yield first + opened, mark.end()


def merged(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, those that meet or touch as one.

    >>> merged([(4, 6), (0, 2), (5, 9)])
    [(0, 2), (4, 9)]
    """
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def meets(span: Span, guarded: Sequence[Span]) -> bool:
    """Whether a span has a code point in common with any of these, which are in order and apart.

    >>> meets((2, 5), [(0, 2), (4, 9)]), meets((2, 4), [(0, 2), (4, 9)])
    (True, False)
    """
    at = bisect_right(guarded, span[0], key=lambda other: other[1])
    return at < len(guarded) and guarded[at][0] < span[1]


def guarded_places(sentences: Sequence[Sentence], guarded: Sequence[Span]) -> list[set[int]]:
    """For each sentence the indices of the tokens that must stay.

    Args:
        sentences: of the text that the spans were found in.
        guarded: see :func:`guarded_spans`.
    """
    if not guarded:
        return [set() for _ in sentences]
    return [{place for place, span in enumerate(sentence.spans) if meets(span, guarded)} for sentence in sentences]
