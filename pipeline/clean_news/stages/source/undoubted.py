"""Decides whether an alignment leaves no doubt that one word replaced another that the lexicon does not have for it."""

from collections.abc import Sequence
from itertools import product

from clean_news.stages.source.phrase_pairs import Bounds, Segment
from clean_news.stages.source.tokenised import Tokenised

MAX_TOKENS = 3  # of either phrase
MIN_STEM_LETTERS = 4  # that two inflections of a word have in common at the start, at least
MIN_STEM_SHARE = 0.6  # of the letters of the longer one
# What editors change as often as spinners do.
FUNCTION_WORDS = frozenset(
    """a about above after again against all along also am among and any are around as at be because been before being
    below between both but by can could did do does done during each either even ever every few for from further had has
    have he her here hers him his how i if in into is it its just may me might mine more most must my near nor of off on
    once only onto or other our out over own per same she should since so some such than that the their them then there
    these they this those though through to too toward towards under until up upon us very was we were what when where
    whether which while who whom whose why will with within would yet you your""".split()  # noqa: SIM905  # readable
)


def is_undoubted(segments: Sequence[Segment], index: int, article: Tokenised, source: Tokenised) -> bool:
    """Whether an alignment leaves no doubt: short phrases of other words, with equal words on both sides.

    Args:
        segments: the segments of a pair of sentences that belong together.
        index: the segment in question.
        article: the article.
        source: its source.
    """
    segment = segments[index]
    if max(_size(segment.spun), _size(segment.original)) > MAX_TOKENS:
        return False
    if any(each.kind != "equal" for each in (*segments[max(0, index - 1) : index], *segments[index + 1 : index + 2])):
        return False
    return not only_function_words(segment, article, source) and not same_words(segment, article, source)


def only_function_words(segment: Segment, article: Tokenised, source: Tokenised) -> bool:
    """Whether either phrase of a segment has function words only.

    Args:
        segment: the segment.
        article: the article.
        source: its source.
    """
    ours, theirs = _words(article, segment.spun), _words(source, segment.original)
    return FUNCTION_WORDS.issuperset(ours) or FUNCTION_WORDS.issuperset(theirs)


def same_words(segment: Segment, article: Tokenised, source: Tokenised) -> bool:
    """Whether the phrases of a segment have a word in common, perhaps in another inflection.

    Args:
        segment: the segment.
        article: the article.
        source: its source.
    """
    ours, theirs = _words(article, segment.spun), _words(source, segment.original)
    return any(_is_same_word(one, other) for one, other in product(ours, theirs))


def _size(bounds: Bounds) -> int:
    """The number of tokens."""
    return bounds[1] - bounds[0]


def _words(tokens: Tokenised, bounds: Bounds) -> list[str]:
    """The words of a phrase, in lower case."""
    return [key for key in tokens.keys[slice(*bounds)] if key[0].isalpha()]


def _is_same_word(one: str, other: str) -> bool:
    """Whether two words are probably inflections of one: an editor changes these, a spinner the word.

    >>> _is_same_word("lifted", "lifts"), _is_same_word("move", "arrest")
    (True, False)
    """
    shared = 0
    for ours, theirs in zip(one, other, strict=False):
        if ours != theirs:
            break
        shared += 1
    return one == other or shared >= max(MIN_STEM_LETTERS, MIN_STEM_SHARE * max(len(one), len(other)))
