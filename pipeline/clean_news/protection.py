"""Find the spans that no stage may change: protected terms, and text that its writer marked with “[sic]”.

Terms are words and phrases; case is ignored. They are indexed by their first token, so that the cost of a lookup does
not depend on their number.
"""

import hashlib
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec

from clean_news.edits import Edit, trim_common_affixes
from clean_news.language.tokens import FOLDED_PUNCTUATION, TOKEN, Sentence
from clean_news.settings import Settings
from clean_news.user_files import FileVersion, file_versions, read_lines

Span = tuple[int, int]  # start, exclusive end, in code points

SIC = re.compile(r"[\[(]\s*sic\b[.!]?\s*[\])]", re.IGNORECASE)
TRAILING_PUNCTUATION = ".,;:!?"  # may occur between a quotation and its “[sic]”
# Closing quotation marks and their opening ones.
OPENING_QUOTES = {"”": "“", "’": "‘", '"': '"', "'": "'", "»": "«"}
MAX_QUOTATION_CHARS = 400  # code points of a quotation that a “[sic]” may refer to


class Terms(NamedTuple):
    """Index of protected terms.

    Attributes:
        by_first_token: the terms by their first token, longest first; each is a tuple of normalised tokens.
        digest: SHA-256 of all terms, in hex.
    """

    by_first_token: dict[str, list[tuple[str, ...]]]
    digest: str


def load_terms(settings: Settings) -> Terms:
    """Load the protected terms of the settings and of the files that they name.

    Raises:
        SettingsError: if a file cannot be read.
    """
    return compile_terms(settings.protect, file_versions(settings.protect_file))


@lru_cache(maxsize=2)
def compile_terms(terms: tuple[str, ...], files: tuple[FileVersion, ...]) -> Terms:
    """Build the index of the given terms and of those in the files."""
    named = {*terms, *(term for file in files for term in _read_terms(file.path))}
    tokens = {tuple(normalised_tokens(term)) for term in named} - {()}
    by_first_token = defaultdict(list)
    for term in sorted(tokens, key=lambda term: (-len(term), term)):
        by_first_token[term[0]].append(term)
    joined = "\n".join(sorted(map(" ".join, tokens)))
    return Terms(dict(by_first_token), hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest())


def _read_terms(path: str) -> list[str]:
    """Read the terms of a file: one per line; lines that begin with ``#`` are comments.

    Raises:
        SettingsError: if the file cannot be read.
    """
    return [line.strip() for _, line in read_lines(path)]


def normalised_tokens(text: str) -> list[str]:
    """Return the tokens of a text in lower case, with straight quotation marks."""
    return [token.translate(FOLDED_PUNCTUATION).lower() for token in TOKEN.findall(text)]


def protected_spans(text: str, settings: Settings) -> list[Span]:
    """Return the spans of an article that must not change, sorted and disjoint.

    Args:
        text: text of the article.
        settings: settings, which name protected terms.
    """
    terms = load_terms(settings).by_first_token if settings.protect or settings.protect_file else {}
    found = [*_sic_spans(text), *(term_spans(text, terms) if terms else ())]
    return merge_spans(found) if found else []


def term_spans(text: str, by_first_token: dict[str, list[tuple[str, ...]]]) -> Iterator[Span]:
    """Yield the spans of protected terms, the longest one at each token; see :attr:`Terms.by_first_token`."""
    matches = list(TOKEN.finditer(text))
    tokens = [match.group().translate(FOLDED_PUNCTUATION).lower() for match in matches]
    for index, token in enumerate(tokens):
        for term in by_first_token.get(token, ()):
            if len(term) == 1 or tuple(tokens[index : index + len(term)]) == term:
                yield matches[index].start(), matches[index + len(term) - 1].end()
                break


def _sic_spans(text: str) -> Iterator[Span]:
    """Yield the span of every “[sic]” or “(sic)”, together with the preceding quotation or else the preceding word."""
    for mark in SIC.finditer(text):
        first = max(0, mark.start() - MAX_QUOTATION_CHARS)
        before = text[first : mark.start()].rstrip()
        stripped = before.rstrip(TRAILING_PUNCTUATION)
        opening = OPENING_QUOTES.get(stripped[-1:], "")
        opened = stripped.rfind(opening, 0, len(stripped) - 1) if opening else -1
        if opened < 0 or "\n" in stripped[opened:]:
            words = before.rsplit(maxsplit=1)
            opened = len(before) - len(words[-1]) if words else 0
        yield first + opened, mark.end()


def merge_spans(spans: Iterable[Span]) -> list[Span]:
    """Merge overlapping and adjacent spans; the result is sorted.

    >>> merge_spans([(4, 6), (0, 2), (5, 9)])
    [(0, 2), (4, 9)]
    """
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def overlaps_any(span: Span, spans: Sequence[Span]) -> bool:
    """Whether a span overlaps any of the spans, which are sorted and disjoint.

    >>> overlaps_any((2, 5), [(0, 2), (4, 9)]), overlaps_any((2, 4), [(0, 2), (4, 9)])
    (True, False)
    """
    index = bisect_right(spans, span[0], key=lambda other: other[1])
    return index < len(spans) and spans[index][0] < span[1]


def leaving_fixed(text: str, edits: Iterable[Edit], fixed: Sequence[Span]) -> list[Edit]:
    """Return edits that leave fixed spans as they are.

    An edit that overlaps one loses what its texts have in common at their ends. If it still overlaps one, it is
    dropped, or, if it is a removal of words, divided into removals of what is between the fixed spans. A hyphen before
    a fixed line end stays: without it, a word would be in two parts.

    Args:
        text: the text that the edits are for.
        edits: the edits.
        fixed: the spans, sorted and disjoint.
    """
    found: list[Edit] = []
    for edit in edits:
        if not overlaps_any(edit.span, fixed):
            found.append(edit)
            continue
        start, end, after = trim_common_affixes(text, *edit.span, edit.after)
        if overlaps_any((start, end), fixed):
            spans = [] if after else list(_between((start, end), fixed))
            spans = spans if any(char.isalnum() for each in spans for char in text[slice(*each)]) else []
        else:
            spans = [(start, end)] if start < end or after else []
        found += (msgspec.structs.replace(edit, span=each, before=text[slice(*each)], after=after) for each in spans)
    return found


def _between(span: Span, fixed: Sequence[Span]) -> Iterator[Span]:
    """Yield the parts of a span that overlap none of the fixed ones."""
    start, end = span
    for first, last in fixed[bisect_right(fixed, start, key=lambda other: other[1]) :]:
        if first >= end:
            break
        if start < first:
            yield start, first
        start = last
    if start < end:
        yield start, end


def protected_token_indices(sentences: Sequence[Sentence], protected: Sequence[Span]) -> list[set[int]]:
    """Return, for each sentence, the indices of the tokens that must not change.

    Args:
        sentences: sentences of the text that the spans refer to.
        protected: see :func:`protected_spans`.
    """
    if not protected:
        return [set() for _ in sentences]
    return [
        {index for index, span in enumerate(sentence.spans) if overlaps_any(span, protected)} for sentence in sentences
    ]
