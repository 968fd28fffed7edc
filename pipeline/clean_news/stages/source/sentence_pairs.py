"""Finds the sentence of the source that each sentence of the article was spun from.

Editors reorder and cut, so that the order of the sentences says little; the words that a spinner leaves say enough.
"""

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from clean_news.stages.source.editing import MIN_CLAUSE_TOKENS
from clean_news.stages.source.phrase_pairs import Bounds, Segment
from clean_news.stages.source.possible_originals import PossibleOriginals
from clean_news.stages.source.tokenised import Tokenised, units
from clean_news.stages.source.word_alignment import align

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FIRST_CHARACTER = 0x10000  # tokens are compared as characters, from here on: above the surrogates
MIN_EQUAL = 0.3  # of two sentences, the share of equal tokens from which their words are aligned
MAX_TRIED = 2  # sentences of the source with which the words of one of the article are aligned
ORDER_BONUS = 0.02  # of a sentence that follows the one before it in the source, too
MAX_SENTENCE_TOKENS = 500  # longer ones are lists and tables without a full stop


class SentencePair(NamedTuple):
    """A sentence of the article and the one of the source that it was perhaps spun from.

    Attributes:
        spun: its tokens in the article.
        original: its tokens in the source.
        segments: its words, aligned.
        explained: share of the tokens of both that are aligned with equal ones or with those that the lexicon calls
            possible, 0–1.
        similarity: the same without clauses that only one of them has: an editor cuts clauses, a spinner does not.
        is_edited: whether one of them has words that the other lacks, fewer than a clause: an editor changed it.
    """

    spun: Bounds
    original: Bounds
    segments: list[Segment]
    explained: float
    similarity: float
    is_edited: bool


def pairs(article: Tokenised, source: Tokenised, possible: PossibleOriginals) -> list[SentencePair]:
    """Return the best pair of each sentence of the article that has one, in order.

    Args:
        article: the article.
        source: the source.
        possible: the possible originals of a form.
    """
    import numpy as np

    places = [place for place in units(source) if _size_of(place) <= MAX_SENTENCE_TOKENS]
    shares = equal_shares(article, source, places)
    order = np.argsort(-shares, axis=1, kind="stable")[:, :MAX_TRIED].tolist()
    found: list[SentencePair] = []
    for row, spun in enumerate(article.bounds):
        tried = [places[column] for column in order[row] if shares[row, column] >= MIN_EQUAL]
        if tried and _size_of(spun) <= MAX_SENTENCE_TOKENS:
            candidates = [_aligned(article, spun, source, place, possible) for place in tried]
            following = found[-1].original[1] if found else -1
            ranks = [each.explained + ORDER_BONUS * (each.original[0] == following) for each in candidates]
            found.append(candidates[ranks.index(max(ranks))])
    return found


def equal_shares(article: Tokenised, source: Tokenised, places: list[Bounds]) -> "NDArray[np.float32]":
    """Return the share of equal tokens, in order, of each sentence of the article and each place of the source.

    Args:
        article: the article.
        source: the source.
        places: places of the source.

    Returns:
        Twice the longest common subsequence by the number of tokens of both; shape (sentences, places).
    """
    import numpy as np
    from rapidfuzz.distance import Indel
    from rapidfuzz.process import cdist

    numbers: dict[str, int] = {}

    def encoded(tokens: list[str]) -> str:
        return "".join(chr(FIRST_CHARACTER + numbers.setdefault(token, len(numbers))) for token in tokens)

    ours = [encoded(article.compared[slice(*part)]) for part in article.bounds]
    theirs = [encoded(source.compared[slice(*part)]) for part in places]
    if not ours or not theirs:
        return np.zeros((len(ours), len(theirs)), np.float32)
    return cdist(ours, theirs, scorer=Indel.normalized_similarity, dtype=np.float32)


def _aligned(
    article: Tokenised, spun: Bounds, source: Tokenised, original: Bounds, possible: PossibleOriginals
) -> SentencePair:
    """Align the words of a pair of sentences."""
    segments = align(article, spun, source, original, possible)
    size = _size_of(spun) + _size_of(original)
    matched = sum(_size(segment) for segment in segments if segment.kind in {"equal", "known"})
    gaps = _gap_lengths(segments)
    clauses = sum(length for length in gaps if length >= MIN_CLAUSE_TOKENS)
    is_edited = any(length < MIN_CLAUSE_TOKENS for length in gaps)
    return SentencePair(spun, original, segments, matched / size, matched / max(size - clauses, 1), is_edited)


def _gap_lengths(segments: list[Segment]) -> list[int]:
    """The number of tokens of each run of gaps."""
    runs = groupby(segments, key=lambda segment: segment.kind == "gap")
    return [sum(map(_size, run)) for is_gap, run in runs if is_gap]


def _size(segment: Segment) -> int:
    """The number of tokens of both sides."""
    return _size_of(segment.spun) + _size_of(segment.original)


def _size_of(bounds: Bounds) -> int:
    """The number of tokens."""
    return bounds[1] - bounds[0]
