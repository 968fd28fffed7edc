"""Compares an article with a possible source, word by word.

Two reports of one event share names, numbers and quotations; a spun copy shares its sentences, but for words that the
lexicon calls spun forms of those in the source.
"""

from collections.abc import Sequence
from typing import NamedTuple

from clean_news.stages.source.editing import lacks_words, places_of_editors
from clean_news.stages.source.phrase_pairs import Kind, Segment
from clean_news.stages.source.possible_originals import PossibleOriginals
from clean_news.stages.source.sentence_pairs import SentencePair, equal_shares, pairs
from clean_news.stages.source.tokenised import Tokenised

# Similarities of pairs of sentences. Source: 140 forward-spun articles of seven families against their originals, with
# 30% of the sentences missing and clauses cut, and 1,871 pairs of reports of one event. Of the words taken from
# sentences above them, 1 in 700 is wrong; between .5 and .7, 1 in 60.
MIN_EXPLAINED = 0.5  # with the clauses that only one of the two has
MIN_SIMILARITY = 0.8  # without them
# Share of a source that the article covers, from which its sentences may lack clauses of the article: an editor cut it.
# Sources that were cut are covered from .56 on, others that are not the article's own up to .53.
MIN_CUT_COVERAGE = 0.55
MAX_UNCHANGED_SHARE = 0.8  # of the tokens of a spun article, in sentences without a swap
MIN_EQUAL_SHARE = 0.4  # of the best pair of a sentence in the first look


class Comparison(NamedTuple):
    """An article beside a possible source.

    Attributes:
        article: the article.
        source: the source.
        pairs: the sentences of the article that have a counterpart in the source.
        similarity: share of the article's tokens that the source has in the same sentences, or of which it has what
            the lexicon calls a possible original, 0–1.
        source_coverage: share of the source's tokens that the article has in the same sentences, likewise.
        swaps: number of phrases of which the source has a possible original.
        equal: number of the article's tokens that the source has, too, in the same sentences.
        edited: share of the pairs of similar sentences that an editor changed.
        editors_changes: number of places of these that an editor changed, not a spinner.
        lexicon_lacks_words: whether the lexicon lacks many words of the spinner.
    """

    article: Tokenised
    source: Tokenised
    pairs: list[SentencePair]
    similarity: float
    source_coverage: float
    swaps: int
    equal: int
    edited: float
    editors_changes: int
    lexicon_lacks_words: bool


def compare(article: Tokenised, source: Tokenised, possible: PossibleOriginals) -> Comparison:
    """Compare an article with a possible source.

    Args:
        article: the article.
        source: the source.
        possible: the possible originals of a form.
    """
    alike = [pair for pair in pairs(article, source, possible) if _belongs(pair)]
    is_cut = _coverage_of_source(alike, source) >= MIN_CUT_COVERAGE
    found = [pair for pair in alike if is_cut or _is_whole(pair)]
    segments = [segment for pair in found for segment in pair.segments]
    equal = _spun_tokens(segments, "equal")
    return Comparison(
        article,
        source,
        found,
        (equal + _spun_tokens(segments, "known")) / max(len(article.forms), 1),
        _coverage_of_source(found, source),
        sum(segment.kind == "known" for segment in segments),
        equal,
        sum(pair.is_edited for pair in alike) / max(len(alike), 1),
        places_of_editors([pair.segments for pair in alike], article, source, is_cut),
        lacks_words([pair.segments for pair in alike], article, source),
    )


def shared(article: Tokenised, source: Tokenised) -> float:
    """Return an upper estimate of the similarity or coverage, whichever is higher, without aligning any words.

    It is the share of the tokens of either text that are in sentences with enough equal tokens; 0 if nearly all of the
    article's sentences are in the source as they are: then it is the same article, and was not spun.
    """
    import numpy as np

    equal = equal_shares(article, source, source.bounds)
    unchanged = np.any(equal == 1, axis=1)
    if _share_of_tokens(article, unchanged.tolist()) >= MAX_UNCHANGED_SHARE:
        return 0.0
    shares = equal >= MIN_EQUAL_SHARE
    sentences, others = np.any(shares, axis=1), np.any(shares, axis=0)
    return max(_share_of_tokens(article, sentences.tolist()), _share_of_tokens(source, others.tolist()))


def _share_of_tokens(tokens: Tokenised, chosen: Sequence[bool]) -> float:
    """The share of the tokens that are in the chosen sentences."""
    counts = (end - begin for (begin, end), is_chosen in zip(tokens.bounds, chosen, strict=True) if is_chosen)
    return sum(counts) / max(len(tokens.forms), 1)


def _belongs(pair: SentencePair) -> bool:
    """Whether one sentence was perhaps spun from the other."""
    return pair.similarity >= MIN_SIMILARITY and pair.explained >= (MIN_SIMILARITY if pair.is_edited else MIN_EXPLAINED)


def _is_whole(pair: SentencePair) -> bool:
    """Whether both sentences have all words of each other, or others instead."""
    return pair.explained == pair.similarity and not pair.is_edited


def _coverage_of_source(found: list[SentencePair], source: Tokenised) -> float:
    """The share of the source's tokens that the article has, or has spun forms of."""
    covered = {
        token
        for pair in found
        for segment in pair.segments
        if segment.kind in {"equal", "known"}
        for token in range(*segment.original)
    }
    return len(covered) / max(len(source.forms), 1)


def _spun_tokens(segments: list[Segment], kind: Kind) -> int:
    """The number of the article's tokens in segments of a kind."""
    return sum(segment.spun[1] - segment.spun[0] for segment in segments if segment.kind == kind)
