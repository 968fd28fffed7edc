"""Detect words that are torn within a line: at a hyphen whose line break was lost, and at a ligature.

Extracting the text of a PDF may lose line breaks ("antici- pation"), and may set a ligature apart or leave its last
letter out ("de fi nite", "di ff cult").
"""

import re
from collections.abc import Callable, Iterator

from clean_news.stages.layout.dehyphenation import PREFIXES, SUSPENDING, WordTest, hyphen_replacement

IsWord = Callable[[str], bool]
Tear = tuple[int, int, str]  # start, exclusive end and repair

INLINE_HYPHEN = re.compile(r"(?<![\w'’-])([A-Za-z][a-z]+)- ([a-z]{2,})(?![\w-])")
# The same with a literal at its beginning, which is searched for ten times as fast.
TORN = re.compile(r"- (?<=[a-z]- )[a-z]")
OTHER_PREFIXES = frozenset({"be", "de", "in", "out", "over", "re", "under", "up"})
MIN_TEARS = 3  # in a text whose compounds are torn too

LIGATURE = re.compile(r"(?<![^\W_])(?:([A-Za-z]+) )?(ff[il]?|[fF][il])(?: ([a-z]+))?(?![\w’'-])")
# What a ligature may have been: the last letter of ffi and ffl is lost more often than not.
READINGS = {
    "ff": ("ff", "ffi", "ffl"),
    "fi": ("fi", "ffi"),
    "fl": ("fl", "ffl"),
    "ffi": ("ffi",),
    "ffl": ("ffl",),
    "Fi": ("Fi",),
    "Fl": ("Fl",),
}
# "to fi nd" is not one word; and in "sci fi" nothing is torn.
# A text without any of these has no torn ligature; searching for them takes a tenth of the time of the patterns. Most
# texts have none of the first either, of which each of the others has one.
LIGATURE_PARTS = (" ff", "\nff", "fi ", "fl ", "Fi ", "Fl ")
LIGATURE_MARKS = (" ff", "\nff", "ffi ", "ffl ", " fi ", " fl ", "\nfi ", "\nfl ", "Fi ", "Fl ")
STANDING_ALONE = frozenset(
    {"a", "an", "as", "at", "by", "he", "in", "is", "it", "no", "of", "on", "or", "so", "the", "to"}
)
SHORT_FORMS = frozenset({"hi", "lo", "sci", "wi"})
# The ligature is part of one half: "e ffective", "signi ficant", "offi ce".
HALF = re.compile(
    r"(?<![\w’'-])(?:([A-Za-z][a-z]*) (f(?:f[il]?|[il])[a-z]+)|([A-Za-z][a-z]*f(?:f[il]?|[il])) ([a-z]+))(?![\w’'-])"
)


def inline_hyphens(text: str, test: WordTest, is_word: IsWord) -> Iterator[Tear]:
    """Yield the hyphens within lines that were at the end of a line, with the space after them.

    A hyphen is removed if the word without it is in the vocabulary. Suspended hyphens ("two- or three-year"), those of
    prefixes before a word ("re- elected") and those of compounds stay. If several words of a text are torn, compounds
    are too: of these, only the space is removed ("well- known").

    Args:
        text: the text; offsets are code points.
        test: the word lookups of the article.
        is_word: whether a word is in the vocabulary, whatever the article says.
    """
    found = [match for match in INLINE_HYPHEN.finditer(text) if match[2] not in SUSPENDING]
    torn = {match.start(): match for match in found if _is_torn(match[1].lower(), match[2], test, is_word)}
    for match in torn.values():
        yield match.end(1), match.start(2), ""
    if len(torn) >= MIN_TEARS:
        for match in found:
            if match.start() not in torn and hyphen_replacement(f"{match[1]}-", match[2], test) == "-":
                yield match.end(1), match.start(2), "-"


def _is_torn(left: str, right: str, test: WordTest, is_word: IsWord) -> bool:
    """Whether two halves are the syllables of one word."""
    if not is_word(left + right) or f"{left}-{right}" in test.compounds:
        return False
    return not (left in PREFIXES | OTHER_PREFIXES and is_word(right))


def ligature_gaps(text: str, is_word: IsWord) -> Iterator[Tear]:
    """Yield the words that are torn at a ligature, from their first to their last letter.

    Args:
        text: the text; offsets are code points.
        is_word: whether a word is in the vocabulary.
    """
    if not (_has_any(LIGATURE_PARTS, text) and _has_any(LIGATURE_MARKS, text)):
        return
    for match in LIGATURE.finditer(text):
        yield from _joined_ligature(match, is_word)
    for match in HALF.finditer(text):
        start, middle = (1, 2) if match[1] else (3, 4)
        left, right = match[start], match[middle]
        is_half = not is_word(right) and (right.startswith("ff") or not is_word(left))  # no word begins with ff
        if is_half and is_word(left + right):
            yield match.end(start), match.start(middle), ""


def _has_any(parts: tuple[str, ...], text: str) -> bool:
    """Whether a text has any of the parts."""
    return any(part in text for part in parts)


def _joined_ligature(match: re.Match[str], is_word: IsWord) -> Iterator[Tear]:
    """Yield the word that a ligature is part of: with both neighbours, the following one or the preceding one."""
    before, ligature, after = match[1] or "", match[2], match[3] or ""
    if before.lower() in SHORT_FORMS:
        return
    wholes = [(match.start(2), match.end(3), "", after)] if after else []
    if before:
        both = (match.start(1), match.end(3), before, after)
        wholes = [*wholes, both] if before.lower() in STANDING_ALONE else [both, *wholes]
        wholes.append((match.start(1), match.end(2), before, ""))
    for start, end, left, right in wholes:
        for reading in READINGS[ligature]:
            if end > start and is_word(left + reading + right):
                yield start, end, left + reading + right
                return
