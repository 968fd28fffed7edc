"""Tells an editor's changes from a spinner's.

A spinner replaces words and leaves the rest. Who edits a report also inserts and removes words, writes other function
words and other forms of a word. Another paper's copy of a report differs from the spun article's original in such
places, and in words that the lexicon, too, has for each other: *past* for *last*.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from clean_news.stages.source.phrase_pairs import Segment
from clean_news.stages.source.tokenised import Tokenised
from clean_news.stages.source.undoubted import is_undoubted, only_function_words, same_words

MIN_CLAUSE_TOKENS = 4  # of a run of tokens that only one sentence has, from which it counts as a clause
# Undoubted pairs of words that the lexicon lacks, for each that it has: where it has nearly all words of a spinner, one
# that it lacks is an editor's as likely. Source: 43 such words in 300 articles beside other editions of them.
MIN_UNKNOWN_RATE = 0.1


class Stretch(NamedTuple):
    """The segments between two equal ones, or between one and the end of the sentence.

    Attributes:
        begin: index of its first segment.
        end: the index after its last one.
        segments: its segments.
    """

    begin: int
    end: int
    segments: Sequence[Segment]

    @property
    def is_known(self) -> bool:
        """Whether the lexicon explains it all."""
        return all(segment.kind == "known" for segment in self.segments)


def stretches(segments: Sequence[Segment]) -> Iterator[Stretch]:
    """Yield the stretches of a pair of sentences that are not equal, in order.

    Args:
        segments: its segments.
    """
    for is_equal, run in groupby(range(len(segments)), key=lambda index: segments[index].kind == "equal"):
        indices = list(run)
        if not is_equal:
            yield Stretch(indices[0], indices[-1] + 1, segments[indices[0] : indices[-1] + 1])


def places_of_editors(
    sentences: Sequence[Sequence[Segment]], article: Tokenised, source: Tokenised, is_cut: bool
) -> int:
    """Return the number of places that an editor changed, not a spinner.

    Function words and inflections for others count where the lexicon has nearly all other words of the spinner.

    Args:
        sentences: the segments of each pair of sentences.
        article: the article.
        source: its source.
        is_cut: whether the source was shortened: then words that are missing beside a punctuation mark were cut.
    """
    places = [
        stretch
        for segments in sentences
        for stretch in stretches(segments)
        if stretch.begin > 0 and stretch.end < len(segments)
        if not (is_cut and _is_beside_mark(stretch, segments, article, source))
    ]
    if lacks_words(sentences, article, source):
        return sum(_is_inserted(place) for place in places)
    return sum(_is_inserted(place) or _is_rewritten(place, article, source) for place in places)


def lacks_words(sentences: Sequence[Sequence[Segment]], article: Tokenised, source: Tokenised) -> bool:
    """Whether the lexicon lacks so many words of the spinner that a pair that it lacks is probably the spinner's.

    Args:
        sentences: the segments of each pair of sentences.
        article: the article.
        source: its source.
    """
    known = sum(segment.kind == "known" for segments in sentences for segment in segments)
    undoubted = sum(
        segment.kind == "unknown" and is_undoubted(segments, index, article, source)
        for segments in sentences
        for index, segment in enumerate(segments)
    )
    return undoubted >= max(MIN_UNKNOWN_RATE * known, 1)


def _is_inserted(stretch: Stretch) -> bool:
    """Whether a stretch is words, fewer than a clause, that only one text has."""
    return 0 < _missing_tokens(stretch) < MIN_CLAUSE_TOKENS and all(each.kind == "gap" for each in stretch.segments)


def _is_rewritten(stretch: Stretch, article: Tokenised, source: Tokenised) -> bool:
    """Whether a stretch has words that one text lacks beside others, or other function words or inflections."""
    missing = _missing_tokens(stretch)
    if missing:
        return missing < MIN_CLAUSE_TOKENS
    return any(
        segment.kind == "unknown"
        and (only_function_words(segment, article, source) or same_words(segment, article, source))
        for segment in stretch.segments
    )


def _missing_tokens(stretch: Stretch) -> int:
    """The number of tokens of a stretch that one text lacks."""
    gaps = (segment for segment in stretch.segments if segment.kind == "gap")
    return sum(len(range(*segment.spun)) + len(range(*segment.original)) for segment in gaps)


def _is_beside_mark(stretch: Stretch, segments: Sequence[Segment], article: Tokenised, source: Tokenised) -> bool:
    """Whether a stretch begins or ends with a punctuation mark, or is beside one, in either text."""
    before, after = segments[stretch.begin - 1], segments[stretch.end]
    ours = article.keys[before.spun[0] : after.spun[1]]
    theirs = source.keys[before.original[0] : after.original[1]]
    return any(not token[0].isalnum() for side in (ours, theirs) for token in (*side[:2], *side[-2:]))
