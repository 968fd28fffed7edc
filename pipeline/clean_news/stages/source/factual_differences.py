"""Finds differences in facts: numbers, names and negations are never taken from a source."""

from collections.abc import Iterator
from typing import Literal

from clean_news.stages.source.phrase_pairs import Segment
from clean_news.stages.source.tokenised import Tokenised

Fact = Literal["number", "name", "negation"]

NEGATION: Fact = "negation"
NEGATIONS = frozenset(
    {"no", "not", "never", "none", "nobody", "nothing", "nowhere", "neither", "nor", "without", "cannot"}
)
NEGATED = "n't"  # the end of a negated verb
NEGATING_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non")
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_LARGE = {"dozen": "12", "hundred": "100", "thousand": "1000", "million": "1000000", "billion": "1000000000"}
CARDINALS = {
    **{word: str(number) for number, word in enumerate(_SMALL.split())},
    **{word: str(10 * number) for number, word in enumerate(_TENS.split(), 2)},
    **{word + end: number for word, number in _LARGE.items() for end in ("", "s")},
}
ONE = CARDINALS["one"]  # more often a pronoun than a number
MIN_IDIOM_TOKENS = 3  # of a phrase with a negation that means something else: *not too long ago*, *whether or not*


def differing_fact(segment: Segment, article: Tokenised, source: Tokenised) -> Fact | None:
    """Return what kind of fact differs between the two phrases of a segment; None if none does.

    Where the lexicon calls the source's phrase a possible original, only numbers and negations that the article lacks
    count: *year* may replace *12 months*, but *two* no *couple*. A capitalised word is then one that a spinner took for
    a common one (*Home* for *House*), and *one* is a pronoun.

    Args:
        segment: a segment that is not equal.
        article: the article.
        source: its source.
    """
    ours, theirs = article.keys[slice(*segment.spun)], source.keys[slice(*segment.original)]
    if "".join(ours) == "".join(theirs):  # *with out*
        return None
    if segment.kind == "known":
        if not _numbers(theirs) - {ONE} <= _numbers(ours):
            return "number"
        is_idiom = len(ours) >= MIN_IDIOM_TOKENS and not is_negated(theirs)
        return NEGATION if is_negated(ours) != is_negated(theirs) and not is_idiom else None
    if _numbers(ours) != _numbers(theirs):
        return "number"
    if _negates(ours, theirs):
        return NEGATION
    if _has_name(article, *segment.spun) or _has_name(source, *segment.original):
        return "name"
    return None


def _numbers(tokens: list[str]) -> set[str]:
    """The numbers among tokens, in digits; grouped thousands and ``1000s`` as others."""
    return {
        CARDINALS.get(token, token.replace(",", "").removesuffix("s"))
        for token in tokens
        if token[0].isdigit() or token in CARDINALS
    }


def is_negated(tokens: list[str]) -> bool:
    """Return whether tokens, in lower case and with straight apostrophes, have a negation."""
    return any(token in NEGATIONS or token.endswith(NEGATED) for token in tokens)


def _negates(ours: list[str], theirs: list[str]) -> bool:
    """Whether a pair of phrases that the lexicon does not know is about a negation: *no*, *never*; *fair*, *unfair*."""
    if is_negated(ours) or is_negated(theirs):
        return True
    return any(one in _negatives(other) or other in _negatives(one) for one in ours for other in theirs)


def _negatives(word: str) -> Iterator[str]:
    """The word with each of the prefixes that negate it."""
    return (prefix + word for prefix in NEGATING_PREFIXES)


def _has_name(tokens: Tokenised, begin: int, end: int) -> bool:
    """Whether a token has a capital that says that it is a name."""
    return any(tokens.forms[at][0].isupper() and not tokens.starts[at] for at in range(begin, end))
